import type { WorkRequest } from '../../clients/index.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import type { WrittenWork } from '../../core/works/written-work.ts';
import { MaestroError } from '../../errors.ts';
import { AdaptiveWindow } from '../../operations/fleet/adaptive-window.ts';
import { mostUpdates, Places } from '../../operations/fleet/publish-limits.ts';
import { callLimits } from '../access/call-limits.ts';
import { mayWrite, WriteRefusedError } from '../access/may-write.ts';
import type { ClusterTable } from '../index/clusters.ts';
import type { Running } from '../queue/running.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';

/**
 * Sends what was decided on: as many at once as Maestro answers readily, and
 * nothing that the guard, the lease or the switch of its cluster forbids by the time it is sent.
 */
export class Publisher {
  readonly #deps: ControllerDeps;
  readonly #clusters: Pick<ClusterTable, 'leftTo'>;
  /** Told of the wait for a turn, which takes as long as others take. */
  readonly #running: Pick<Running, 'begin' | 'end'>;
  readonly #window: AdaptiveWindow;
  /** Taken besides a place in the window by what takes two of Maestro's database connections. */
  readonly #updates: Places;
  #inFlight = 0;

  constructor(deps: ControllerDeps, clusters: Pick<ClusterTable, 'leftTo'>, running: Pick<Running, 'begin' | 'end'>) {
    this.#deps = deps;
    this.#clusters = clusters;
    this.#running = running;
    this.#window = new AdaptiveWindow(deps.settings.maxConcurrency);
    this.#updates = new Places(mostUpdates(deps.settings.maxConcurrency));
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many may be under way now. */
  get window(): number {
    return this.#window.size;
  }

  /**
   * @param key of the application that it is for
   * @throws WriteRefusedError when it may not be sent any more
   * @throws MaestroError what Maestro answered
   */
  async publish(key: string, request: WorkRequest<ManifestWork | WrittenWork>, signal: AbortSignal): Promise<void> {
    const { kind } = request;
    this.#running.end(key);
    await this.#window.enter();
    if (kind !== 'create') await this.#updates.enter(signal).catch((reason: unknown) => this.#stopped(key, reason));
    this.#running.begin(key);
    const { clock, maestro, metrics } = this.#deps;
    const startMs = clock.monotonicMs();
    let trouble = false;
    this.#inFlight += 1;
    try {
      mayWrite(this.#deps, this.#clusters, kind === 'delete' ? 'deleted' : 'published', request.target.consumer);
      await maestro.writer.publish(request, callLimits(this.#deps, signal));
      metrics.published(kind, 'sent', clock.monotonicMs() - startMs);
    } catch (caught) {
      const error = MaestroError.from(caught);
      if (error instanceof WriteRefusedError) throw error;
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
    this.#running.begin(key);
    throw reason;
  }
}
