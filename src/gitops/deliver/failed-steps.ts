import type { MaestroError } from '../../errors.ts';
import type { AppRecord } from '../index/records.ts';
import { currentBundle } from '../policy/propagation.ts';
import { SharedFailures } from './shared-failures.ts';
import type { ControllerState } from '../store/store.ts';
import { isAway, retryDelayMs, Unreached } from '../queue/unreached.ts';

/** Steps of propagation that failed: when they are tried again, and what is told of them meanwhile. */
export class FailedSteps {
  readonly #state: ControllerState;
  readonly #signal: AbortSignal;
  readonly #shared = new SharedFailures();
  readonly #unreached = new Unreached();

  constructor(state: ControllerState, signal: AbortSignal) {
    this.#state = state;
    this.#signal = signal;
  }

  /** Another try follows, the later the more have failed. */
  failed(app: AppRecord, error: MaestroError): void {
    if (this.#signal.aborted) return;
    const { metrics, log, random, clock } = this.#state.deps;
    const delayMs = retryDelayMs(app.deliveryFailures, error, random);
    app.deliveryFailures += 1;
    metrics.reconcileFailed(error.code);
    const fields = { application: app.key, code: error.code, error: error.message, againInMs: Math.round(delayMs) };
    const shared = isAway(error);
    const untold = error.code === 'conflict' ? undefined : shared ? this.#shared.count(clock.monotonicMs()) : 0;
    if (shared) this.#unreached.add(app.key);
    if (untold === undefined) log.debug('will be tried again', fields);
    else log.warn('will be tried again', untold === 0 ? fields : { ...fields, othersSince: untold });
    // Whatever step of a deletion it was.
    if (app.hub?.deletionTimestamp) this.unsent(app, error);
    this.#state.queue.putAfter(app.key, retryLane(app), delayMs);
  }

  /** A step was taken. */
  over(app: AppRecord): void {
    app.deliveryFailures = 0;
    if (app.unsent?.what === 'deletion') this.sent(app);
    this.#unreached.delete(app.key);
  }

  /** What the hub has is stored, or something else is why it is not. */
  sent(app: AppRecord): void {
    if (app.unsent === undefined) return;
    app.unsent = undefined;
    this.#state.statusQueue.put(app.key, 'change');
  }

  /** Looks again at all that could not be done while the other side was away: their back-off may be minutes. */
  reachable(): void {
    for (const key of this.#unreached.wake(() => this.#state.deps.clock.monotonicMs())) {
      const app = this.#state.index.get(key);
      if (app !== undefined) this.#state.queue.put(key, retryLane(app));
    }
  }

  /** Maestro did not take what the hub has: the application is to tell of it after a while. */
  unsent(app: AppRecord, error: MaestroError): void {
    const { hub } = app;
    const { guard, stillLeader } = this.#state.deps;
    // We may not write, which says nothing of Maestro.
    if (guard.current().blocked || !stillLeader()) return;
    if (!isAway(error) || hub === undefined) return this.sent(app);
    const deleting = hub.deletionTimestamp !== '';
    if (!deleting && (!hub.selected || currentBundle(app, hub)?.stored.contentHash === hub.desiredHash))
      return this.sent(app);
    const what = deleting ? 'deletion' : 'content';
    const why = error.code === 'access-denied' ? 'Maestro refuses access' : 'Maestro cannot be reached';
    app.unsent = { what, since: app.unsent?.what === what ? app.unsent.since : this.#state.now(), why };
  }
}

function retryLane({ hub }: AppRecord): 'delete' | 'change' {
  return hub?.deletionTimestamp ? 'delete' : 'change';
}
