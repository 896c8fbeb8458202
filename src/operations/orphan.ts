import { parseExpression } from '../core/expressions/parse.ts';
import { foldStatus } from '../core/status/fold.ts';
import { workFromBundle } from '../core/works/document.ts';
import { withExecutorRecord } from '../core/works/own-annotations.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';
import type { Budget } from './budget.ts';
import { keptExecutor } from './executor.ts';
import { publishSafely, type PublishDeps } from './publish.ts';
import { waitForWorks, type WaitDeps } from './wait/wait-for-works.ts';

const failureGraceMs = 30_000;

/**
 * Makes the agent let go of a work's objects, so that deleting the work leaves
 * them on the cluster. An update that is not delivered when the delete is
 * accepted never is (the server skips updates of deleting rows), so this waits
 * until the agent has applied it.
 *
 * @returns the bundle to delete: the orphaned one, as read when it was applied
 * @throws MaestroError timeout, conflict or failure; nothing was deleted then
 */
export async function orphanWork(
  bundle: ResourceBundle,
  source: string,
  deps: PublishDeps & Pick<WaitDeps, 'onProgress'>,
  budget: Budget,
): Promise<ResourceBundle> {
  const isOrphan = bundle.deleteOption?.['propagationPolicy'] === 'Orphan';
  if (isOrphan && ['applied', 'available'].includes(foldStatus(bundle, bundle.version).kind)) return bundle;
  const target = { id: bundle.id, consumer: bundle.consumerName, source };
  const work = withExecutorRecord({
    ...workFromBundle(bundle),
    ...(await keptExecutor(deps.reader, bundle, budget)),
    deleteOption: { propagationPolicy: 'Orphan' },
  });
  if (!isOrphan) await publishSafely({ kind: 'update', target, work, version: bundle.version }, bundle.version, deps, budget);
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
    { expression: parseExpression('Applied'), failureGraceMs, feedbackSettleMs: 0 },
    deps,
    budget,
  );
  if (result?.error !== undefined) throw result.error;
  return result?.bundle ?? bundle;
}
