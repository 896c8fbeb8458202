import type { ContentDifference } from '../core/works/compare.ts';
import { manifestLabel } from '../core/works/manifest-work.ts';

/** One difference in words; `removes` marks what takes an object off the cluster. */
export function describeDifference(difference: ContentDifference): { readonly text: string; readonly removes: boolean } {
  switch (difference.part) {
    case 'manifest': {
      const label = manifestLabel(difference.key);
      if (difference.change === 'removed') return { text: `removes ${label}, which will be deleted from the cluster`, removes: true };
      return { text: `${difference.change === 'added' ? 'adds' : 'changes'} ${label}`, removes: false };
    }
    case 'labels':
    case 'annotations':
      return { text: `${difference.part} ${difference.name} ${difference.change}`, removes: false };
    case 'manifestConfigs':
    case 'deleteOption':
      return { text: `${difference.part} ${difference.change}`, removes: false };
    case 'order':
      return { text: 'manifests in another order', removes: false };
  }
}
