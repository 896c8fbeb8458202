import { storedContent } from '../../core/works/document.ts';
import { withExecutorRecord } from '../../core/works/own-annotations.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import { hasLetGo, keepsObjects } from './let-go.ts';
import { lossesOfDelete, type DeleteRequest } from './plan.ts';
import { keptExecutor } from '../executor.ts';
import { publishSafely, type PublishDeps } from '../publish.ts';
import { untilApplied } from '../wait/conditions.ts';
import { waitForWorks, type WaitDeps } from '../wait/wait-for-works.ts';

/**
 * Makes the agent let go of a work's objects, so that deleting the work leaves
 * them on the cluster. An update that is not delivered when the delete is
 * accepted never is (the server skips updates of deleting rows), so this waits
 * until the agent has applied it. For a work that is being deleted already it is
 * too late, unless it was orphaned before.
 *
 * @returns the bundle to delete: the orphaned one, as read when it was applied
 * @throws MaestroError timeout, conflict, ownership or failure; nothing was deleted then
 */
export async function orphanWork(
  bundle: ResourceBundle,
  request: DeleteRequest,
  deps: PublishDeps & Partial<Pick<WaitDeps, 'onProgress' | 'onLook'>>,
  budget: Budget,
): Promise<ResourceBundle> {
  refuseLateOrphan(bundle);
  if (bundle.deletedAt !== undefined) return bundle;
  const isOrphan = keepsObjects(bundle);
  if (hasLetGo(bundle)) return bundle;
  const target = { id: bundle.id, consumer: bundle.consumerName, source: request.source };
  const work = withExecutorRecord({
    ...storedContent(bundle),
    ...(await keptExecutor(deps.reader, bundle, budget)),
    deleteOption: { propagationPolicy: 'Orphan' },
  });
  if (!isOrphan)
    await publishSafely({ kind: 'update', target, work, version: bundle.version }, bundle.version, deps, budget);
  const [result] = await waitForWorks(
    [
      {
        id: bundle.id,
        name: workName(bundle),
        consumer: bundle.consumerName,
        writtenVersion: isOrphan ? bundle.version : bundle.version + 1,
        written: work,
        known: true,
        mustExist: true,
      },
    ],
    untilApplied,
    { onProgress: () => undefined, ...deps },
    budget,
  );
  if (result?.error !== undefined) throw notDeleted(result.error, result.version ?? bundle.version);
  const orphaned = result?.bundle ?? bundle;
  try {
    // While this waited, others may have put something into the work.
    lossesOfDelete(orphaned, request);
  } catch (caught) {
    throw notDeleted(MaestroError.from(caught), orphaned.version);
  }
  return orphaned;
}

/**
 * Refuses to promise that objects stay when their work is being deleted with them.
 *
 * @throws MaestroError conflict, reason BeingDeleted
 */
export function refuseLateOrphan(bundle: ResourceBundle): void {
  if (bundle.deletedAt === undefined || keepsObjects(bundle)) return;
  throw new MaestroError(
    'conflict',
    `${workName(bundle)} is being deleted since ${bundle.deletedAt}, together with its objects`,
    {
      reason: 'BeingDeleted',
      hint: 'It is too late to keep them: Maestro delivers no update of a work that is being deleted.',
    },
  );
}

/** The orphaning was accepted all the same, so that is said too. */
function notDeleted(error: MaestroError, version: number): MaestroError {
  const text = `${error.message}; nothing was deleted, but the work now keeps its objects when it is (Orphan, version ${version})`;
  return new MaestroError(error.code, text, {
    reason: error.reason,
    hint: 'Do the same again: it goes on from there.',
    ...error.hints,
    cause: error,
  });
}
