import type { WorkRequest } from '../../clients/index.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import type { WrittenWork } from '../../core/works/written-work.ts';
import { MaestroError } from '../../errors.ts';
import { AdaptiveWindow } from '../../operations/fleet/adaptive-window.ts';
import { mostUpdates, Places } from '../../operations/fleet/publish-limits.ts';
import type { PublishKind } from '../run/controller-metrics.ts';
import { mayWrite } from '../access/may-write.ts';
import type { ControllerState } from '../store/store.ts';

/**
 * Sends what the propagator has decided on: as many at once as Maestro answers
 * readily, and nothing that the guard or the lease forbids by the time it is sent.
 */
export class Publisher {
  readonly #state: ControllerState;
  readonly #hooks: { waiting(key: string, waits: boolean): void };
  readonly #window: AdaptiveWindow;
  /** Taken besides a place in the window by what takes two of Maestro's database connections. */
  readonly #updates: Places;
  readonly #signal: AbortSignal;
  #inFlight = 0;

  constructor(state: ControllerState, hooks: { waiting(key: string, waits: boolean): void }, signal: AbortSignal) {
    this.#state = state;
    this.#hooks = hooks;
    this.#signal = signal;
    this.#window = new AdaptiveWindow(state.deps.settings.maxConcurrency);
    this.#updates = new Places(mostUpdates(state.deps.settings.maxConcurrency));
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many may be under way now. */
  get window(): number {
    return this.#window.size;
  }

  /** @throws MaestroError what Maestro answered, or `not-sent` when it may not be sent any more */
  async publish(key: string, kind: PublishKind, request: WorkRequest<ManifestWork | WrittenWork>): Promise<void> {
    this.#hooks.waiting(key, true);
    await this.#window.enter();
    if (kind !== 'create')
      await this.#updates.enter(this.#signal).catch((reason: unknown) => this.#stopped(key, reason));
    this.#hooks.waiting(key, false);
    const { clock, maestro, metrics } = this.#state.deps;
    const startMs = clock.monotonicMs();
    let trouble = false;
    this.#inFlight += 1;
    try {
      mayWrite(this.#state.deps, 'published');
      await maestro.writer.publish(request, this.#state.call(this.#signal));
      metrics.published(kind, 'sent', clock.monotonicMs() - startMs);
    } catch (caught) {
      const error = MaestroError.from(caught);
      trouble = error.code === 'unavailable' || error.code === 'timeout';
      metrics.published(kind, error.code === 'conflict' ? 'conflict' : 'failed', clock.monotonicMs() - startMs);
      throw error;
    } finally {
      this.#inFlight -= 1;
      if (kind !== 'create') this.#updates.leave();
      this.#window.leave(clock.monotonicMs() - startMs, trouble);
    }
  }

  #stopped(key: string, reason: unknown): never {
    this.#window.giveBack();
    this.#hooks.waiting(key, false);
    throw reason;
  }
}
