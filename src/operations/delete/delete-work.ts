import { counted } from '../../core/text.ts';
import type { Loss } from '../../core/ownership/merge-works.ts';
import type { RemovedManifest } from '../../core/ownership/removals.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { workName } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { applyWork } from '../apply/apply-work.ts';
import type { Applied } from '../apply/carry-out.ts';
import { planApply } from '../apply/plan.ts';
import { withinMs, type Budget } from '../budget.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import { longestDeletionMs } from '../publish.ts';
import { untilApplied } from '../wait/conditions.ts';
import { waitForWorks, type WaitDeps } from '../wait/wait-for-works.ts';
import type { WaitResult } from '../wait/waiting.ts';
import { letGoWork, refuseLateOrphan, tellToLetGo, type LettingGo } from './orphan.ts';
import {
  findForDelete,
  planDelete,
  requestDelete,
  type DeleteDeps,
  type DeleteRequest,
  type StoredForDelete,
} from './plan.ts';
import { reduceWork, type ReduceRequest } from './reduce-work.ts';

/** What is to be deleted of a work, on whose behalf, and whether at all. */
export interface DeleteWorkRequest extends DeleteRequest, Partial<Pick<ReduceRequest, 'resources'>> {
  /** Say what would be deleted, and send nothing. */
  readonly dryRun?: boolean;
  /** Delete the work only while it is this one, which somebody was shown. */
  readonly onlyAs?: Pick<ResourceBundle, 'version' | 'createdAt'>;
}

export interface DeleteWorkDeps extends DeleteDeps, Partial<Pick<WaitDeps, 'onProgress' | 'onLook'>> {
  /** Told when the agent has let go of the objects, before the work is deleted. */
  readonly onOrphaned?: (bundle: ResourceBundle) => void;
}

/** What a delete came to. `losses` is what other managers lose, or would lose, by it. */
export type Deleted =
  | Extract<StoredForDelete, { readonly action: 'absent' }>
  /** Maestro was asked for it less than a minute ago, and is not asked again. */
  | { readonly action: 'underway'; readonly bundle: ResourceBundle; readonly losses: readonly Loss[] }
  | { readonly action: 'requested'; readonly bundle: ResourceBundle; readonly losses: readonly Loss[] }
  /** The work holds none of the manifests that were named; what an earlier write took out may still be going. */
  | { readonly action: 'holds-none'; readonly bundle: ResourceBundle }
  /** Manifests were taken out of the work, which was `bundle`; `labels` names those. */
  | {
      readonly action: 'reduced';
      readonly bundle: ResourceBundle;
      readonly applied: Applied;
      readonly labels: readonly string[];
      readonly losses: readonly Loss[];
    }
  /** A dry run: `what` would be done, as a person reads it. */
  | {
      readonly action: 'predicted';
      readonly bundle: ResourceBundle;
      readonly what: string;
      readonly losses: readonly Loss[];
      readonly removed?: readonly RemovedManifest[];
    };

/** A delete that has to wait for the agent to let go, before the work itself is deleted. */
export type Begun = Deleted | ({ readonly action: 'letting-go' } & LettingGo);

/**
 * Deletes a work, or takes manifests out of it, as `beginDelete` does, and waits where an agent has to let go first.
 *
 * @throws MaestroError as `beginDelete` and `deleteLetGo` do
 */
export async function deleteWork(
  address: WorkAddress,
  request: DeleteWorkRequest,
  deps: DeleteWorkDeps,
  budget: Budget,
): Promise<Deleted> {
  const begun = await beginDelete(address, request, deps, budget);
  if (begun.action !== 'letting-go') return begun;
  const [result = { target: begun.target }] = await waitForWorks(
    [begun.target],
    untilApplied,
    { onProgress: () => undefined, ...deps },
    budget,
  );
  return deleteLetGo({ lettingGo: begun, result }, request, deps, budget);
}

/**
 * Deletes a work, or takes manifests out of it; with `orphan`, it only tells its agent to let go of the objects where
 * that is not proven yet. This is the one place that decides what a delete does; the answer of Maestro means
 * "requested", not "gone".
 *
 * @throws MaestroError not-found for a consumer that does not exist; ownership
 *   for another source's work and for what other managers own, unless it is
 *   forced; conflict for what is too late, and for a work that is not as `onlyAs` says
 */
export async function beginDelete(
  address: WorkAddress,
  request: DeleteWorkRequest,
  deps: DeleteWorkDeps,
  budget: Budget,
): Promise<Begun> {
  const { resources = [] } = request;
  if (resources.length > 0) return takeOut(address, { ...request, resources }, deps, budget);
  const plan = await planDelete(address, request, deps, budget);
  if (plan.action === 'absent') return plan;
  const { bundle } = plan;
  if (request.onlyAs !== undefined) refuseOtherThan(request.onlyAs, bundle);
  if (request.orphan === true) refuseLateOrphan(bundle);
  if (plan.action === 'underway') return { action: 'underway', bundle, losses: [] };
  if (request.dryRun === true)
    return { action: 'predicted', bundle, losses: plan.losses, what: whatOf(bundle, request) };
  if (request.orphan !== true)
    return {
      action: 'requested',
      bundle,
      losses: await requestDelete(bundle, request, deps, sending(request, budget)),
    };
  const lettingGo = await tellToLetGo(bundle, request, deps, budget);
  return lettingGo === undefined
    ? requestOrphaned(bundle, request, deps, budget)
    : { action: 'letting-go', ...lettingGo };
}

/**
 * Deletes a work whose agent was waited for; `result` is how that ended.
 *
 * @throws MaestroError as `letGoWork` and `requestDelete` do
 */
export async function deleteLetGo(
  { lettingGo, result }: { readonly lettingGo: LettingGo; readonly result: WaitResult },
  request: DeleteWorkRequest,
  deps: DeleteWorkDeps,
  budget: Budget,
): Promise<Extract<Deleted, { readonly action: 'requested' }>> {
  return requestOrphaned(letGoWork(lettingGo, result, request), request, deps, budget);
}

async function requestOrphaned(
  bundle: ResourceBundle,
  request: DeleteWorkRequest,
  deps: DeleteWorkDeps,
  budget: Budget,
): Promise<Extract<Deleted, { readonly action: 'requested' }>> {
  deps.onOrphaned?.(bundle);
  return { action: 'requested', bundle, losses: await requestDelete(bundle, request, deps, budget) };
}

function whatOf({ manifests }: ResourceBundle, { orphan = false }: DeleteWorkRequest): string {
  const objects = counted(manifests.length, 'manifest');
  return orphan
    ? `would be orphaned first, so that the objects of its ${objects} stay, and then deleted`
    : `would be deleted with ${objects}`;
}

/** Takes the chosen manifests out of a work: an update, under the rules of apply. */
async function takeOut(
  address: WorkAddress,
  request: DeleteWorkRequest & ReduceRequest,
  deps: DeleteWorkDeps,
  budget: Budget,
): Promise<Deleted> {
  const stored = await findForDelete(address, request.source, deps, budget);
  if (stored.action === 'absent') return stored;
  const { bundle } = stored;
  if (bundle.deletedAt !== undefined) throw beingDeleted(bundle);
  const { request: reduced, labels, losses } = await reduceWork(bundle, request, deps, budget);
  if (reduced === undefined) return { action: 'holds-none', bundle };
  if (request.dryRun === true) {
    const plan = await planApply(reduced, deps, budget);
    const removed = plan.action === 'update' ? { removed: plan.removed } : {};
    return { action: 'predicted', bundle, losses, what: `would lose ${labels.join(', ')}`, ...removed };
  }
  const applied = await applyWork(reduced, deps, { conflictRetries: 0 }, budget);
  // Another may have taken them out since they were read.
  return { action: 'reduced', bundle, applied, labels, losses: applied.operation === 'unchanged' ? [] : losses };
}

function refuseOtherThan({ version, createdAt }: Required<DeleteWorkRequest>['onlyAs'], now: ResourceBundle): void {
  const about = `${workName(now)} on ${now.consumerName}`;
  if (now.createdAt !== createdAt)
    throw new MaestroError('conflict', `${about} was deleted and made anew meanwhile, so nothing was done`);
  if (now.version !== version)
    throw new MaestroError('conflict', `${about} is at version ${now.version} by now, so nothing was done`);
}

/** What was true at the look need not be true when a connection comes back. */
function sending({ onlyAs }: DeleteWorkRequest, budget: Budget): Budget {
  return onlyAs === undefined ? budget : withinMs(budget, longestDeletionMs);
}

function beingDeleted(bundle: ResourceBundle): MaestroError {
  return new MaestroError(
    'conflict',
    `${workName(bundle)} is being deleted since ${bundle.deletedAt}; its manifests cannot be changed any more`,
    { reason: 'BeingDeleted' },
  );
}
