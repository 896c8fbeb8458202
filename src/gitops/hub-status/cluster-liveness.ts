import type { DeliverState } from '../deliver/state.ts';
import type { AppFacts } from '../index/facts.ts';
import type { States } from '../index/states.ts';
import { operationWait } from '../policy/one-shots.ts';
import { isOverwrittenAgain } from '../policy/overwrites.ts';
import { currentBundle } from '../policy/propagation.ts';
import { noStatusMs, pendingGraceMs, tellsOfSilence } from '../status/delivery-conditions.ts';
import { noneDue, withDue, type DueConditions } from '../status/due-conditions.ts';
import type { Store } from '../store/store.ts';

/** A deletion that is quicker than this is not worth telling on the application. */
const deletionGraceMs = 10_000;

/** What is told because time passed and nothing happened. */
export class ClusterLiveness {
  readonly #store: Store;
  readonly #deliveries: Pick<States<DeliverState>, 'get'>;
  readonly #startMs: number;

  constructor(store: Store, deliveries: Pick<States<DeliverState>, 'get'>) {
    this.#store = store;
    this.#deliveries = deliveries;
    this.#startMs = store.deps.clock.wallMs();
  }

  /** RFC 3339 of the last report of the application's cluster when that is too long ago; undefined when it is not. */
  silentSince({ hub, delivery }: AppFacts): string | undefined {
    const { settings, clock } = this.#store.deps;
    const heardMs = this.#store.heardMs.get(hub?.cluster ?? '');
    const lastMs = heardMs ?? this.#startMs;
    if (settings.staleAfterMs === undefined) return undefined;
    // What an earlier process told stays until the cluster is heard: a restart is no news of it.
    const shown = heardMs === undefined && delivery.some((condition) => tellsOfSilence(condition));
    if (!shown && clock.wallMs() - lastMs < settings.staleAfterMs) return undefined;
    return new Date(lastMs).toISOString();
  }

  /** Which conditions time has brought. */
  due(app: AppFacts): DueConditions {
    const { hub } = app;
    if (hub === undefined) return noneDue;
    const { clock } = this.#store.deps;
    const [wallMs, monotonicMs] = [clock.wallMs(), clock.monotonicMs()];
    const { blocked, unsent, overwrites } = this.#deliveries.get(app.key);
    const bundle = currentBundle(app, hub);
    const late = (since: string | undefined, graceMs: number): boolean =>
      since !== undefined && since !== '' && wallMs - Date.parse(since) >= graceMs;
    let due = noneDue;
    if (late(bundle?.pendingSince, pendingGraceMs)) due = withDue(due, 'pending');
    if (late(unsent?.since, pendingGraceMs)) due = withDue(due, 'unsent');
    if (hub.deletionTimestamp !== '' && late(app.deletionPendingSince, deletionGraceMs)) due = withDue(due, 'deletion');
    if (bundle !== undefined && this.silentSince(app) !== undefined) due = withDue(due, 'silent');
    if (bundle?.reported === undefined && late(bundle?.appliedSince, noStatusMs)) due = withDue(due, 'no-status');
    if (bundle !== undefined && this.#store.clusters.get(hub.cluster)?.available === false)
      due = withDue(due, 'unavailable');
    if (isOverwrittenAgain(overwrites, monotonicMs)) due = withDue(due, 'overwritten');
    // Of one that is not delivered at all that is told.
    if (blocked !== undefined || !late(app.operationSince, pendingGraceMs)) return due;
    const wait = operationWait(app, hub, bundle, monotonicMs);
    return wait === undefined ? due : withDue(due, `operation-${wait.reason}`);
  }
}
