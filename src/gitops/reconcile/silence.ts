import type { AppRecord, BundleRecord, HubFacts } from '../index/records.ts';
import { operationWait } from '../policy/one-shots.ts';
import { isOverwrittenAgain } from '../policy/overwrites.ts';
import { currentBundle } from '../policy/propagation.ts';
import { defaultNoStatusMs, defaultPendingGraceMs, tellsOfSilence } from '../status/delivery-conditions.ts';
import type { ControllerState } from './state.ts';

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

  /** Which conditions time has brought: another text when another one has become due, or is not any more. */
  timely(app: AppRecord): string {
    const { hub } = app;
    if (hub === undefined) return '';
    const wallMs = this.#state.deps.clock.wallMs();
    const bundle = currentBundle(app, hub);
    const late = (since: string | undefined, graceMs: number): boolean =>
      since !== undefined && since !== '' && wallMs - Date.parse(since) >= graceMs;
    const away = bundle !== undefined && this.#state.clusters.get(hub.cluster)?.available === false;
    return [
      late(bundle?.pendingSince, defaultPendingGraceMs) ? 'p' : '',
      late(app.unsent?.since, defaultPendingGraceMs) ? 'w' : '',
      hub.deletionTimestamp !== '' && late(app.deletionPendingSince, deletionGraceMs) ? 'd' : '',
      bundle !== undefined && this.since(app) !== undefined ? 's' : '',
      bundle?.reported === undefined && late(bundle?.appliedSince, defaultNoStatusMs) ? 'n' : '',
      away ? 'u' : '',
      isOverwrittenAgain(app.overwrites, this.#state.deps.clock.monotonicMs()) ? 'x' : '',
      late(app.operationSince, defaultPendingGraceMs) ? this.#waits(app, hub, bundle) : '',
    ].join('');
  }

  /** Another text when the operation waits for something else. */
  #waits(app: AppRecord, hub: HubFacts, bundle: BundleRecord | undefined): string {
    const wait = operationWait(app, hub, bundle, this.#state.deps.clock.monotonicMs());
    return wait === undefined ? '' : `o(${wait.reason})`;
  }
}
