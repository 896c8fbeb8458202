import { storedContent } from '../../core/works/document.ts';
import { waitTargetOf } from '../apply/wait-target.ts';
import type { WaitTarget } from '../wait/judge.ts';
import type { Deleted } from './delete-work.ts';

/**
 * What a wait judges by where manifests were to be taken out of a work: the version without them, whoever wrote it. An
 * earlier run may have written it, and its agent may have been away since.
 *
 * @returns undefined where no work is left without them
 */
export function reducedTarget(deleted: Deleted): WaitTarget | undefined {
  switch (deleted.action) {
    case 'reduced':
      return waitTargetOf(deleted.applied, deleted.bundle.consumerName);
    case 'holds-none': {
      const { bundle } = deleted;
      const work = storedContent(bundle);
      return waitTargetOf({ id: bundle.id, version: bundle.version, work, brought: work }, bundle.consumerName);
    }
    case 'absent':
    case 'underway':
    case 'requested':
    case 'predicted':
      return undefined;
  }
}
