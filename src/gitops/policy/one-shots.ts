import type { AppFacts, BundleFacts } from '../index/facts.ts';
import type { HubFacts } from '../index/hub-facts.ts';
import { undoInMs, type Overwrites } from './overwrites.ts';

/** How the fields of the hub that are passed on once stand to what travels with the bundle. */
export interface OneShotStand {
  /**
   * `waits`: not passed on yet. `travels`: passed on, and not seen to begin.
   * `begun`: a report shows that this very operation has begun, so it is taken
   * off the hub with the write of that report.
   */
  readonly operation: 'none' | 'waits' | 'travels' | 'begun';
  /** The same; `done`: a report shows a refresh since it was passed on. */
  readonly refresh: 'none' | 'waits' | 'travels' | 'done';
}

/** What a write of status takes off the hub application. */
export interface TakenOneShot {
  readonly operation: boolean;
  readonly refresh: boolean;
}

/**
 * An operation, or a refresh, of which the cluster has reported is taken off
 * the hub by the write of that report. When no such write came for so long,
 * because the hub refuses the status or no process brings it, it is taken off
 * by itself: it would look new after a restart.
 */
export const takenLateMs = 60_000;

/**
 * Argo CD tells times in whole seconds, and a refresh or an operation is told
 * from the one before by its time alone. One that is published so long after
 * the last was reported is in another second than that.
 */
export const oneShotPauseMs = 1_000;

/** A refresh in the second of the last one that was reported could not be told from it. */
export function isAnotherSecond(bundle: BundleFacts | undefined, monotonicMs: number): boolean {
  return bundle === undefined || monotonicMs - bundle.reconciledSeenMs >= oneShotPauseMs;
}

/**
 * An operation is published a second after the one before was first seen: two
 * that begin in one second look alike. Whoever waits on the hub, such as an
 * ApplicationSet with RollingSync, is told by a change of `startedAt` or of the
 * phase alone, and would never look again.
 */
export function beginsInAnotherSecond(bundle: BundleFacts | undefined, monotonicMs: number): boolean {
  return bundle === undefined || monotonicMs - bundle.startedSeenMs >= oneShotPauseMs;
}

/** How long a refresh is doubted that may be one of before ours was published, when no later one is reported. */
export const refreshDoubtLimitMs = 30_000;

/** A pure function of what is known. */
export function oneShotStand(
  app: Pick<AppFacts, 'operationTaken' | 'refreshTaken'>,
  hub: HubFacts,
  bundle: BundleFacts | undefined,
  monotonicMs: number,
): OneShotStand {
  const flight = bundle?.stored.hubUid === hub.uid || bundle?.stored.hubUid === '' ? bundle.stored.oneShot : undefined;
  return {
    operation: operationStand(app.operationTaken, hub.operation, flight?.op ?? '', bundle),
    refresh: refreshStand(
      app.refreshTaken,
      hub.refresh,
      flight?.refreshAfter !== undefined,
      refreshDoneMs(bundle, monotonicMs),
    ),
  };
}

/** What the next write of the application's status is to take off the hub. */
export function takenWithStatus({ operation, refresh }: OneShotStand): TakenOneShot {
  return { operation: operation === 'begun', refresh: refresh === 'done' };
}

export function takesAny({ operation, refresh }: TakenOneShot): boolean {
  return operation || refresh;
}

/** What is to be taken off the hub by itself, because no write of status came. */
export function takenLate(
  { operation, refresh }: OneShotStand,
  bundle: BundleFacts | undefined,
  monotonicMs: number,
): TakenOneShot {
  const late = (sinceMs: number | undefined): boolean => sinceMs !== undefined && monotonicMs - sinceMs >= takenLateMs;
  return {
    operation: operation === 'begun' && late(bundle?.operationBegunMs),
    refresh: refresh === 'done' && late(refreshDoneMs(bundle, monotonicMs)),
  };
}

/**
 * What waits for a time, or may have been discarded, is looked at again after so long, when nothing else brings a look.
 */
export const waitingAgainMs = 60_000;

/** When to look again although nothing changes, milliseconds; undefined when there is nothing to wait for. */
export function lookAgainMs(
  app: Pick<AppFacts, 'operationTaken' | 'refreshTaken' | 'bundles'>,
  hub: HubFacts,
  bundle: BundleFacts | undefined,
  { monotonicMs, overwrites }: { readonly monotonicMs: number; readonly overwrites?: Overwrites | undefined },
): number | undefined {
  const { operation, refresh } = oneShotStand(app, hub, bundle, monotonicMs);
  if (refresh === 'waits' && bundle?.stored.oneShot?.refreshAfter === undefined && bundle?.dropped?.refresh !== true)
    return oneShotPauseMs;
  if (operation === 'waits' && !beginsInAnotherSecond(bundle, monotonicMs)) return oneShotPauseMs;
  if (bundle?.stored.stampedHash === hub.desiredHash)
    return Math.max(oneShotPauseMs, undoInMs(overwrites, monotonicMs));
  const waits =
    operation !== 'none' ||
    refresh !== 'none' ||
    app.bundles.some(({ displacedSinceMs }) => displacedSinceMs !== undefined);
  return waits ? waitingAgainMs : undefined;
}

/** Monotonic, since when the refresh that travels is taken for done; undefined while it is not. */
export function refreshDoneMs(bundle: BundleFacts | undefined, monotonicMs: number): number | undefined {
  if (bundle?.refreshFinishedMs !== undefined) return bundle.refreshFinishedMs;
  const doubtedUntilMs = (bundle?.refreshDoubtMs ?? Infinity) + refreshDoubtLimitMs;
  return monotonicMs >= doubtedUntilMs ? doubtedUntilMs : undefined;
}

/**
 * While an operation that has not begun is on the hub, whoever waits for it
 * there takes the next `operationState` that comes for its own: none of an
 * earlier operation is written.
 */
export function awaitsStart({ operation }: OneShotStand): boolean {
  return operation === 'waits' || operation === 'travels';
}

function operationStand(
  taken: boolean,
  wanted: string,
  travelling: string,
  bundle: BundleFacts | undefined,
): OneShotStand['operation'] {
  if (wanted === '') return 'none';
  if (wanted !== travelling || taken) return 'waits';
  return bundle?.operationBegunMs === undefined ? 'travels' : 'begun';
}

function refreshStand(
  taken: boolean,
  wanted: string,
  travels: boolean,
  doneMs: number | undefined,
): OneShotStand['refresh'] {
  if (wanted === '') return 'none';
  if (!travels || taken) return 'waits';
  return doneMs === undefined ? 'travels' : 'done';
}

/** Why an operation on the hub has not begun, and a short name of the reason that changes with it. */
export interface OperationWait {
  readonly reason: 'displaced' | 'not-begun' | 'another' | 'cluster-syncs' | 'taken-back';
  readonly why: string;
}

/**
 * Of an application that is delivered: why its operation has not begun. undefined when none waits, or when it is on its
 * way.
 */
export function operationWait(
  app: Pick<AppFacts, 'operationTaken' | 'refreshTaken'>,
  hub: HubFacts,
  bundle: BundleFacts | undefined,
  monotonicMs: number,
): OperationWait | undefined {
  const { operation } = oneShotStand(app, hub, bundle, monotonicMs);
  if (bundle === undefined || (operation !== 'waits' && operation !== 'travels')) return undefined;
  const { stored, appliedVersion, operationFinished, operationRuns, displacedSinceMs } = bundle;
  if (operation === 'travels') {
    if (appliedVersion < stored.version) return undefined;
    if (displacedSinceMs !== undefined)
      return { reason: 'displaced', why: `cluster ${hub.cluster} ran another one in its place; it is sent once more` };
    return {
      reason: 'not-begun',
      why: `cluster ${hub.cluster} has it and has not begun it; check that an Argo CD runs there and watches namespace ${hub.spokeNamespace}`,
    };
  }
  if ((stored.oneShot?.op ?? '') !== '' && !operationFinished)
    return { reason: 'another', why: `the end of the one before has not come from cluster ${hub.cluster}` };
  if (operationRuns)
    return {
      reason: 'cluster-syncs',
      why: `cluster ${hub.cluster} reports another one as running; it is sent when that has ended, and after ten minutes in any case`,
    };
  return {
    reason: 'taken-back',
    why: `cluster ${hub.cluster} has not applied yet that the same one of before is over`,
  };
}
