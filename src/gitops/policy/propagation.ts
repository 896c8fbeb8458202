import { markAgain } from '../bundle/operation-mark.ts';
import { freezeStampPrefix, ownPullModel, pullModelAnnotation } from '../constants.ts';
import type { AppFacts, BundleFacts } from '../index/facts.ts';
import type { HubFacts } from '../index/hub-facts.ts';
import type { BlockReason } from './block-reason.ts';
import { undoInMs, type Overwrites } from './overwrites.ts';
import {
  beginsInAnotherSecond,
  isAnotherSecond,
  oneShotStand,
  refreshDoneMs,
  takenLate,
  takesAny,
  type OneShotStand,
} from './one-shots.ts';

/** What a decision about one application rests on beside what is known of itself. */
export interface DecisionInput {
  readonly hubId: string;
  /** undefined when the hub has no such ManagedCluster. */
  readonly cluster: { readonly local: boolean } | undefined;
  /**
   * Monotonic, when the last ManagedCluster that its bundles are for was found missing; undefined while there is one,
   * or no bundle.
   */
  readonly clusterGoneMs: number | undefined;
  /** A PlacementDecision of the application's namespace selects the cluster, or nobody asks for one. */
  readonly authorised: boolean;
  readonly namespaceAllowed: boolean;
  /** The application that has the same name on the spoke already. */
  readonly spokeHolder: string | undefined;
  readonly deletion: 'confirmed' | 'requested';
  /** Works of the classic model that deliver the application too do not keep it from being deleted. */
  readonly classicMayStay: boolean;
  /** How long a deletion waits for a cluster that the hub does not have any more, milliseconds. */
  readonly deletionFallbackMs: number;
  /** What another client made of its bundle; absent while nobody changed it. */
  readonly overwrites?: Overwrites | undefined;
  /** What a cluster is left to in our place, see `ManagedCluster.leftTo`; undefined while its applications are ours. */
  readonly leftTo: (cluster: string) => string | undefined;
  /** Why the bundle that Maestro has for the application cannot be read; absent when it can, or there is none. */
  readonly bundleUnreadable?: string;
  readonly monotonicMs: number;
}

/** What travels in the one-shot fields of the next publish. */
export interface OneShotPlan {
  /** `again`: the one that travels, for another try. */
  readonly operation: 'none' | 'new' | 'kept' | 'again';
  readonly refresh: 'none' | 'new' | 'kept';
}

export type Action =
  | { readonly do: 'nothing' }
  | { readonly do: 'publish'; readonly over: BundleFacts | undefined; readonly oneShot: OneShotPlan }
  | { readonly do: 'clear-one-shot'; readonly operation: boolean; readonly refresh: boolean }
  | { readonly do: 'delete'; readonly bundle: BundleFacts }
  /** Publish it again so that its deletion spares the workload. */
  | { readonly do: 'strip'; readonly bundle: BundleFacts }
  /** `untilMs`, monotonic: when it need not be awaited any longer. */
  | { readonly do: 'await-deletion'; readonly bundles: readonly BundleFacts[]; readonly untilMs?: number }
  | { readonly do: 'release'; readonly confirmed: boolean }
  | { readonly do: 'block'; readonly reason: BlockReason; readonly message: string };

/** A delete that was accepted is not asked for again within a minute (the server repeats nothing by it). */
export const deleteAgainMs = 60_000;

/**
 * An operation whose end was never reported makes way for another one after
 * this long: the cluster's Argo CD discards one that comes while it syncs by
 * itself, and says so to nobody.
 */
export const operationLimitMs = 1_800_000;

/**
 * An operation that nobody on the hub asked for is seen to run on the cluster:
 * one from the hub waits for its end, and is sent all the same after this long.
 * The Go controllers leave some that never end, because they take `.operation`
 * away in the middle; Argo CD goes on with those as soon as it is given one.
 */
export const runningLimitMs = 600_000;

/**
 * A report that another operation was run in the place of the one that travels
 * is believed after this long: longer than the time in which the cluster's Argo
 * CD takes one up, and its agent tells.
 */
export const displacedMs = 60_000;

const nothing: Action = { do: 'nothing' };

/**
 * The next step for one application, out of what is known. Every step is safe
 * to take again: after a crash the same facts lead to the same step.
 */
export function decidePropagation(app: AppFacts, input: DecisionInput): Action {
  const { hub } = app;
  if (hub === undefined) return nothing;
  const left = input.leftTo(hub.cluster);
  if (left !== undefined) return switchedOff(hub.cluster, left);
  // Without knowing what is there it may be neither written over nor taken for gone.
  if (input.bundleUnreadable !== undefined) return block('BundleUnreadable', input.bundleUnreadable);
  const migrating = app.bundles.find(({ stored }) => stored.migration !== undefined)?.stored;
  if (migrating !== undefined) {
    const { migration = '', consumer } = migrating;
    if (migration.startsWith(freezeStampPrefix))
      return block(
        'Frozen',
        `the work for cluster ${consumer} was frozen by ${migration}: "maestro-cli gitops unfreeze" lets it follow the hub again`,
      );
    return block('Migrating', `migration ${migration} works on the bundle for cluster ${consumer}`);
  }
  if (hub.deletionTimestamp !== '') return decideDeletion(app, hub, input);
  if (!isWanted(hub, input)) return removal(app.bundles, hub, input) ?? nothing;
  const current = currentBundle(app, hub);
  const refusal = refusalOf(hub, input, current);
  if (refusal !== undefined) return refusal;
  if (current?.stored.deleting === true) {
    const whose =
      current.stored.hubUid === hub.uid
        ? 'its own earlier bundle, from before it moved away,'
        : 'the bundle of an earlier application of this name';
    return block('PredecessorDeleting', `${whose} is still being deleted on ${hub.cluster}`);
  }
  const action = decidePublish(app, hub, current, input);
  if (action.do !== 'nothing') return action;
  // The old cluster loses it when the new one has it: until then it would run nowhere.
  if (current === undefined || current.appliedVersion === 0) return nothing;
  return (
    removal(
      app.bundles.filter((bundle) => bundle !== current),
      hub,
      input,
    ) ?? nothing
  );
}

/** The bundle for the application's present cluster; a deleting one only when there is no other. */
export function currentBundle(app: AppFacts, hub: HubFacts): BundleFacts | undefined {
  // Asked for every application of every pass, so it makes no lists.
  let first: BundleFacts | undefined;
  for (const bundle of app.bundles) {
    if (bundle.stored.consumer !== hub.cluster) continue;
    if (!bundle.stored.deleting) return bundle;
    first ??= bundle;
  }
  return first;
}

/** False for what is not, or not any more, to be on any cluster by our doing. */
export function isWanted(hub: HubFacts, { cluster }: Pick<DecisionInput, 'cluster'>): boolean {
  return hub.selected && hub.cluster !== '' && cluster?.local !== true;
}

/** The bundle was made for this very application, not for an earlier one of its name. */
export function belongs(hub: HubFacts, { stored }: BundleFacts): boolean {
  return (
    stored.consumer === hub.cluster &&
    stored.managedBy !== 'foreign' &&
    (stored.hubUid === '' || stored.hubUid === hub.uid)
  );
}

/** The bundle of which its status on the hub tells: the current one, when it was made for this very application. */
export function ownBundle(app: AppFacts, hub: HubFacts): BundleFacts | undefined {
  const bundle = currentBundle(app, hub);
  return bundle !== undefined && belongs(hub, bundle) ? bundle : undefined;
}

/** Why nothing may be delivered for it; undefined when it may. */
export function refusalOf(hub: HubFacts, input: DecisionInput, current: BundleFacts | undefined): Action | undefined {
  if (hub.unreadable !== undefined && hub.unreadable !== '')
    return block('Unreadable', `the application cannot be read: ${hub.unreadable}`);
  if (input.cluster === undefined) return block('ClusterMissing', `the hub has no ManagedCluster ${hub.cluster}`);
  if (!input.authorised)
    return block(
      'NotAuthorised',
      `no PlacementDecision in the namespace of the application selects cluster ${hub.cluster}`,
    );
  if (!input.namespaceAllowed)
    return block('NamespaceNotAllowed', `namespace ${hub.spokeNamespace} is not among the allowed target namespaces`);
  if (input.spokeHolder !== undefined) {
    return block(
      'SpokeNameTaken',
      `application ${input.spokeHolder} has this name in namespace ${hub.spokeNamespace} of cluster ${hub.cluster} already`,
    );
  }
  if (current !== undefined && current.stored.managedBy === 'foreign') {
    return block(
      'ForeignBundle',
      `bundle ${current.stored.id} of cluster ${hub.cluster} was not written for this application`,
    );
  }
  if (current !== undefined && current.stored.hubId !== '' && current.stored.hubId !== input.hubId) {
    return block(
      'OtherHub',
      `the bundle belongs to the hub with id ${current.stored.hubId}; start with --hub-id to take its bundles over`,
    );
  }
  return undefined;
}

function switchedOff(cluster: string, leftTo: string): Action {
  return block(
    'ClusterSwitchedOff',
    `annotation ${pullModelAnnotation} of ManagedCluster ${cluster} is ${JSON.stringify(leftTo)}: its applications are left alone until it is removed or ${JSON.stringify(ownPullModel)}`,
  );
}

function block(reason: BlockReason, message: string): Action {
  return { do: 'block', reason, message };
}

function decidePublish(
  app: AppFacts,
  hub: HubFacts,
  current: BundleFacts | undefined,
  { monotonicMs, overwrites }: DecisionInput,
): Action {
  const stored = current?.stored;
  const flight = stored?.oneShot;
  const stand = oneShotStand(app, hub, current, monotonicMs);
  const late = takenLate(stand, current, monotonicMs);
  if (takesAny(late)) return { do: 'clear-one-shot', ...late };
  const overdue = current !== undefined && monotonicMs - current.operationSinceMs >= operationLimitMs;
  const givenUp = overdue && hub.operation === flight?.op && isDiscarded(current, stand);
  const operationTravels = current !== undefined && (flight?.op ?? '') !== '' && !current.operationFinished && !givenUp;
  const displaced =
    operationTravels && current.displacedSinceMs !== undefined && monotonicMs - current.displacedSinceMs >= displacedMs;
  // Another one ran since, and the hub does not ask for this one any more: it ran and ended unseen, or nobody wants it.
  const operationUnderWay = operationTravels && !(displaced && stand.operation !== 'travels');
  const refreshUnderWay =
    current !== undefined && flight?.refreshAfter !== undefined && refreshDoneMs(current, monotonicMs) === undefined;
  // It stays in the bundle until the hub is rid of it: after a restart it would look new, and start again.
  if (stand.refresh === 'done' || (stand.operation === 'begun' && !operationUnderWay)) return nothing;
  const newOperation =
    stand.operation === 'waits' &&
    (!operationUnderWay || overdue) &&
    beginsInAnotherSecond(current, monotonicMs) &&
    !waitsForOperation(hub, current, operationUnderWay, monotonicMs);
  const newRefresh =
    stand.refresh === 'waits' &&
    flight?.refreshAfter === undefined &&
    current?.dropped?.refresh !== true &&
    isAnotherSecond(current, monotonicMs);
  const again =
    displaced &&
    stand.operation === 'travels' &&
    current.operation !== undefined &&
    markAgain(current.operation) !== undefined;
  const drop = flight !== undefined && !operationUnderWay && !refreshUnderWay;
  const stale =
    stored === undefined ||
    stored.hubUid !== hub.uid ||
    (stored.contentHash !== hub.desiredHash && !isLeft(hub, stored, overwrites, monotonicMs));
  if (stale || newOperation || newRefresh || drop || again) {
    const operation = newOperation ? 'new' : again ? 'again' : operationUnderWay ? 'kept' : 'none';
    const refresh = newRefresh ? 'new' : refreshUnderWay ? 'kept' : 'none';
    return { do: 'publish', over: current, oneShot: { operation, refresh } };
  }
  return nothing;
}

/**
 * What another client made of it, and nothing that changed on the hub, is why it differs: that is left for a while when
 * it happens again and again.
 */
function isLeft(
  hub: HubFacts,
  { stampedHash }: BundleFacts['stored'],
  overwrites: Overwrites | undefined,
  monotonicMs: number,
): boolean {
  return stampedHash === hub.desiredHash && undoInMs(overwrites, monotonicMs) > 0;
}

/** Applied for long and nowhere seen to run: Argo CD has thrown it away, so it is taken back, to be sent anew. */
function isDiscarded({ stored, appliedVersion, operationRuns }: BundleFacts, { operation }: OneShotStand): boolean {
  return operation !== 'begun' && !operationRuns && appliedVersion >= stored.version;
}

/**
 * Beside the end of the one that travels. The cluster's Argo CD discards an operation that comes while it syncs by
 * itself, and tells nobody.
 */
function waitsForOperation(
  hub: HubFacts,
  current: BundleFacts | undefined,
  operationUnderWay: boolean,
  monotonicMs: number,
): boolean {
  if (current === undefined) return false;
  const { stored, dropped, operationRuns, runsSinceMs } = current;
  // The same once more waits until the cluster has applied a version without it.
  if (hub.operation === stored.oneShot?.op || hub.operation === dropped?.operation) return true;
  return !operationUnderWay && operationRuns && monotonicMs - runsSinceMs < runningLimitMs;
}

function decideDeletion(app: AppFacts, hub: HubFacts, input: DecisionInput): Action {
  // On the hub's own cluster, or on none, its own Argo CD does it, unless that was told to leave the application alone.
  if ((hub.cluster === '' || input.cluster?.local === true) && app.bundles.length === 0) {
    return hub.skipReconcile && hub.argoFinalizers ? { do: 'release', confirmed: true } : nothing;
  }
  if (app.classicWorks.length > 0 && hub.argoFinalizers && !input.classicMayStay) {
    const works = app.classicWorks.join(', ');
    return block(
      'ClassicWorkLeft',
      `the classic ManifestWork ${works} owns it too, so that it would go on running: end it with "maestro-cli gitops migrate", then the deletion goes on`,
    );
  }
  const step = removal(app.bundles, hub, input);
  if (step !== undefined) return step;
  const ours = app.bundles.filter(({ stored }) => isOurs(stored, input.hubId, hub.cluster));
  // What is left on an earlier cluster, which is not ours now, is ours to delete again when that is.
  const elsewhere = ours.map(({ stored }) => stored.consumer).find((cluster) => input.leftTo(cluster) !== undefined);
  if (elsewhere !== undefined) return switchedOff(elsewhere, input.leftTo(elsewhere) ?? '');
  if (ours.length === 0) return hub.argoFinalizers ? { do: 'release', confirmed: true } : nothing;
  if (input.deletion === 'requested') return hub.argoFinalizers ? { do: 'release', confirmed: false } : nothing;
  const { clusterGoneMs, monotonicMs, deletionFallbackMs } = input;
  if (clusterGoneMs === undefined || !hub.argoFinalizers) return { do: 'await-deletion', bundles: ours };
  const untilMs = clusterGoneMs + deletionFallbackMs;
  return monotonicMs >= untilMs
    ? { do: 'release', confirmed: false }
    : { do: 'await-deletion', bundles: ours, untilMs };
}

/**
 * The next step towards deleting a bundle whose workload has to stay: the
 * cluster must have applied the Application without Argo CD's finalizers before
 * the deletion reaches it.
 */
export function spareWorkload(
  bundle: BundleFacts,
): Extract<Action, { readonly do: 'strip' | 'delete' | 'await-deletion' }> {
  const { stored, appliedVersion } = bundle;
  if (stored.cascades) return { do: 'strip', bundle };
  return appliedVersion >= stored.version ? { do: 'delete', bundle } : { do: 'await-deletion', bundles: [bundle] };
}

/**
 * The next step towards deleting these; undefined when there is none to delete. One that has to wait holds up no other.
 */
function removal(bundles: readonly BundleFacts[], hub: HubFacts, input: DecisionInput): Action | undefined {
  const steps = bundles
    .filter((bundle) => mayDelete(bundle, input, hub.cluster))
    .map((bundle) => (isSpared(bundle, hub) ? spareWorkload(bundle) : { do: 'delete' as const, bundle }));
  return steps.find((step) => step.do !== 'await-deletion') ?? steps[0];
}

/**
 * Somebody took Argo CD's finalizers away, so the workload is meant to stay:
 * from an application that is being deleted, or from an earlier one of its name
 * that went without being seen.
 */
function isSpared({ stored }: BundleFacts, hub: HubFacts): boolean {
  const predecessors = stored.hubUid !== '' && stored.hubUid !== hub.uid;
  return predecessors || (hub.deletionTimestamp !== '' && !hub.argoFinalizers);
}

/** @param cluster that the hub application names; undefined when there is none */
export function mayDelete(
  { stored, deleteSentMs }: BundleFacts,
  input: Pick<DecisionInput, 'hubId' | 'monotonicMs' | 'leftTo'>,
  cluster: string | undefined,
): boolean {
  if (!isOurs(stored, input.hubId, cluster) || stored.migration !== undefined) return false;
  if (input.leftTo(stored.consumer) !== undefined) return false;
  return !stored.deleting && input.monotonicMs - deleteSentMs >= deleteAgainMs;
}

/**
 * Bundles of the Go controllers carry no hub id, so they are adopted by name,
 * and only on the very cluster that the application names: on any other one
 * they may be another hub's, with a workload of its own.
 */
function isOurs(stored: BundleFacts['stored'], hubId: string, cluster: string | undefined): boolean {
  if (stored.managedBy === 'foreign') return false;
  return stored.hubId === hubId || (stored.hubId === '' && stored.consumer === cluster);
}
