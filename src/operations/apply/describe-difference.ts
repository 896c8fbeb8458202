import type { ContentDifference } from '../../core/works/compare.ts';
import { manifestKey, manifestLabel } from '../../core/works/manifest-work.ts';
import type { ApplyPlan } from './plan.ts';

/** One difference in words. */
interface DifferenceText {
  readonly text: string;
  /** It takes an object off the cluster; who is told of effects hears of it there. */
  readonly removes: boolean;
}

/**
 * What an update changes, in words. An object that only changes its API
 * version is neither removed nor added: agents know it by its other names.
 */
export function describeDifferences({
  differences,
  removed,
  stored,
}: Pick<
  Extract<ApplyPlan, { readonly action: 'update' }>,
  'differences' | 'removed' | 'stored'
>): readonly DifferenceText[] {
  const gone = new Set(
    removed.map(({ kind, group = '', namespace = '', name }) => manifestLabel({ kind, group, namespace, name })),
  );
  const before = new Set(stored.manifests.map((manifest) => manifestLabel(manifestKey(manifest))));
  return differences.flatMap((difference): DifferenceText[] => {
    if (difference.part !== 'manifest') return [{ text: partText(difference), removes: false }];
    const label = manifestLabel(difference.key);
    switch (difference.change) {
      case 'removed':
        return gone.has(label)
          ? [{ text: `removes ${label}`, removes: true }]
          : [{ text: `changes the API version of ${label}`, removes: false }];
      case 'added':
        return before.has(label) ? [] : [{ text: `adds ${label}`, removes: false }];
      case 'changed':
        return [{ text: `changes ${label}`, removes: false }];
    }
  });
}

function partText(difference: Exclude<ContentDifference, { readonly part: 'manifest' }>): string {
  switch (difference.part) {
    case 'labels':
    case 'annotations':
      return `${difference.part} ${difference.name} ${difference.change}`;
    case 'manifestConfigs':
    case 'deleteOption':
      return `${difference.part} ${difference.change}`;
    case 'order':
      return 'manifests in another order';
  }
}
