import type { AppRecord } from '../index/records.ts';
import { operationWait } from '../policy/one-shots.ts';
import { isOverwrittenAgain } from '../policy/overwrites.ts';
import { currentBundle } from '../policy/propagation.ts';
import { defaultNoStatusMs, defaultPendingGraceMs, tellsOfSilence } from '../status/delivery-conditions.ts';
import { noneDue, withDue, type DueConditions } from '../status/due-conditions.ts';
import type { ControllerState } from '../store/store.ts';

/** A deletion that is quicker than this is not worth telling on the application. */
const deletionGraceMs = 10_000;

/** What is told because time passed and nothing happened. */
export class Silence {
  readonly #state: ControllerState;
  /** Wall time of the last report of a cluster; of the start, when there was none. */
  readonly #heard = new Map<string, number>();
  readonly #startMs: number;

  constructor(state: ControllerState) {
    this.#state = state;
    this.#startMs = state.deps.clock.wallMs();
  }

  heard(cluster: string): void {
    this.#heard.set(cluster, this.#state.deps.clock.wallMs());
  }

  /** RFC 3339 of the last report of the application's cluster when that is too long ago; undefined when it is not. */
  since({ hub, delivery }: AppRecord): string | undefined {
    const { settings, clock } = this.#state.deps;
    const heardMs = this.#heard.get(hub?.cluster ?? '');
    const lastMs = heardMs ?? this.#startMs;
    if (settings.staleAfterMs === undefined) return undefined;
    // What an earlier process told stays until the cluster is heard: a restart is no news of it.
    const told = heardMs === undefined && delivery.some((condition) => tellsOfSilence(condition));
    if (!told && clock.wallMs() - lastMs < settings.staleAfterMs) return undefined;
    return new Date(lastMs).toISOString();
  }

  /** Which conditions time has brought. */
  due(app: AppRecord): DueConditions {
    const { hub } = app;
    if (hub === undefined) return noneDue;
    const { wallMs, monotonicMs } = this.#now();
    const bundle = currentBundle(app, hub);
    const late = (since: string | undefined, graceMs: number): boolean =>
      since !== undefined && since !== '' && wallMs - Date.parse(since) >= graceMs;
    let due = noneDue;
    if (late(bundle?.pendingSince, defaultPendingGraceMs)) due = withDue(due, 'pending');
    if (late(app.unsent?.since, defaultPendingGraceMs)) due = withDue(due, 'unsent');
    if (hub.deletionTimestamp !== '' && late(app.deletionPendingSince, deletionGraceMs)) due = withDue(due, 'deletion');
    if (bundle !== undefined && this.since(app) !== undefined) due = withDue(due, 'silent');
    if (bundle?.reported === undefined && late(bundle?.appliedSince, defaultNoStatusMs))
      due = withDue(due, 'no-status');
    if (bundle !== undefined && this.#state.clusters.get(hub.cluster)?.available === false)
      due = withDue(due, 'unavailable');
    if (isOverwrittenAgain(app.overwrites, monotonicMs)) due = withDue(due, 'overwritten');
    const wait = late(app.operationSince, defaultPendingGraceMs)
      ? operationWait(app, hub, bundle, monotonicMs)
      : undefined;
    return wait === undefined ? due : withDue(due, `operation-${wait.reason}`);
  }

  #now(): { readonly wallMs: number; readonly monotonicMs: number } {
    const { clock } = this.#state.deps;
    return { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
  }
}
