import { storedContent } from '../../core/works/document.ts';
import { withExecutorRecord } from '../../core/works/own-annotations.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import { hasLetGo, keepsObjects } from './let-go.ts';
import { lossesOfDelete, type DeleteRequest } from './plan.ts';
import { keptExecutor } from '../executor.ts';
import { publishSafely, type PublishDeps } from '../publish.ts';
import type { WaitTarget } from '../wait/judge.ts';
import type { WaitResult } from '../wait/waiting.ts';

/** A work whose agent was told to let go of its objects: it may be deleted once that is proven. */
export interface LettingGo {
  /** As it was read before it was told. */
  readonly bundle: ResourceBundle;
  /** What a wait judges by whether the agent has let go. */
  readonly target: WaitTarget;
}

/**
 * Tells the agent to let go of a work's objects, so that deleting the work leaves
 * them on the cluster. An update that is not delivered when the delete is
 * accepted never is (the server skips updates of deleting rows), so it has to be
 * waited for until the agent has applied it. For a work that is being deleted
 * already it is too late, unless it was orphaned before.
 *
 * @returns undefined where the agent has let go already, and nothing has to be waited for
 * @throws MaestroError conflict or ownership; nothing was sent then
 */
export async function tellToLetGo(
  bundle: ResourceBundle,
  request: DeleteRequest,
  deps: PublishDeps,
  budget: Budget,
): Promise<LettingGo | undefined> {
  refuseLateOrphan(bundle);
  if (bundle.deletedAt !== undefined || hasLetGo(bundle)) return undefined;
  const isOrphan = keepsObjects(bundle);
  const target = { id: bundle.id, consumer: bundle.consumerName, source: request.source };
  const work = withExecutorRecord({
    ...storedContent(bundle),
    ...(await keptExecutor(deps.reader, bundle, budget)),
    deleteOption: { propagationPolicy: 'Orphan' },
  });
  if (!isOrphan)
    await publishSafely({ kind: 'update', target, work, version: bundle.version }, bundle.version, deps, budget);
  return {
    bundle,
    target: {
      id: bundle.id,
      name: workName(bundle),
      consumer: bundle.consumerName,
      writtenVersion: isOrphan ? bundle.version : bundle.version + 1,
      written: work,
      known: true,
      mustExist: true,
    },
  };
}

/**
 * The work to delete: the orphaned one, as it was read when the wait for it ended.
 *
 * @throws MaestroError as the wait ended, and ownership for what others have put in meanwhile; nothing was deleted then
 */
export function letGoWork(
  { bundle }: LettingGo,
  { error, version, bundle: orphaned }: WaitResult,
  request: DeleteRequest,
): ResourceBundle {
  if (error !== undefined) throw notDeleted(error, version ?? bundle.version);
  if (orphaned === undefined) throw new MaestroError('internal', `no row proves that ${workName(bundle)} has let go`);
  try {
    // While this was waited for, others may have put something into the work.
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
