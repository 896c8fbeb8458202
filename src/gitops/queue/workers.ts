import { MaestroError } from '../../errors.ts';
import type { Running } from './running.ts';
import { isAway, retryDelayMs, Unreached } from './unreached.ts';
import type { Lane } from './lanes.ts';
import type { WorkQueue } from './work-queue.ts';

/** What a reconciler says when it has looked at a key. */
export interface Outcome {
  /** Look again after so long, also when nothing changes; 0: when others had their turn. Not at all when absent. */
  readonly requeueAfterMs?: number;
  /** Where it waits for that. */
  readonly lane?: Lane;
  /** Nothing was done yet: what failed before is not over. */
  readonly waits?: true;
}

/**
 * Looks at one key and does what is to be done by what is known now. It throws
 * when that failed; when it is tried again is for the workers to say.
 */
export type Reconcile = (key: string, signal: AbortSignal) => Promise<Outcome>;

export interface WorkersOptions {
  readonly clock: { monotonicMs(): number };
  /** In [0, 1). */
  readonly random: () => number;
  /** Told of what is under way. */
  readonly running: Running;
  /** False while nothing may be done: keys wait for `release`. */
  readonly mayWork: () => boolean;
  /** Where the next try waits. */
  readonly retryLane: (key: string) => Lane;
  readonly onFailed: (key: string, error: MaestroError, againInMs: number) => void;
}

/**
 * Takes keys off one queue and gives them to one reconciler. Owns its back-off:
 * each key has a counter of its own, which nothing but this reconciler's own
 * failures and successes moves.
 */
export class Workers {
  readonly #queue: WorkQueue;
  readonly #reconcile: Reconcile;
  readonly #options: WorkersOptions;
  readonly #failures = new Map<string, number>();
  readonly #unreached = new Unreached();
  readonly #held = new Set<string>();

  constructor(queue: WorkQueue, reconcile: Reconcile, options: WorkersOptions) {
    this.#queue = queue;
    this.#reconcile = reconcile;
    this.#options = options;
  }

  /** So many at once; each resolves when the queue has ended. The signal ends calls that are under way. */
  run(count: number, signal: AbortSignal): Promise<void>[] {
    return Array.from({ length: count }, () => this.#work(signal));
  }

  /** What holds up all is over. */
  release(): void {
    for (const key of this.#held) this.#queue.put(key, 'change');
    this.#held.clear();
  }

  /** The other side answers again: what failed because it was away is tried at once, its back-off may be minutes. */
  reachable(): void {
    for (const key of this.#unreached.wake(this.#options.clock)) this.#queue.put(key, this.#options.retryLane(key));
  }

  /** What failed before counts no more: it is about something else now, or gone. */
  forgive(key: string): void {
    this.#failures.delete(key);
  }

  /** One look at a key, as a worker has it; never throws. */
  async look(key: string, signal: AbortSignal): Promise<void> {
    if (!this.#options.mayWork()) return void this.#held.add(key);
    try {
      const { requeueAfterMs, lane = 'change', waits } = await this.#reconcile(key, signal);
      if (waits !== true) {
        this.#failures.delete(key);
        this.#unreached.delete(key);
      }
      if (requeueAfterMs !== undefined) this.#queue.putAfter(key, lane, requeueAfterMs);
    } catch (caught) {
      if (signal.aborted) return;
      this.#failed(key, MaestroError.from(caught));
    }
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (;;) {
      const key = await this.#queue.take();
      if (key === undefined) return;
      this.#options.running.begin(key);
      try {
        await this.look(key, signal);
      } finally {
        this.#options.running.end(key);
        this.#queue.done(key);
      }
    }
  }

  #failed(key: string, error: MaestroError): void {
    const { random, onFailed, retryLane } = this.#options;
    const failures = this.#failures.get(key) ?? 0;
    const againInMs = retryDelayMs(failures, error, random);
    this.#failures.set(key, failures + 1);
    if (isAway(error)) this.#unreached.add(key);
    onFailed(key, error, againInMs);
    this.#queue.putAfter(key, retryLane(key), againInMs);
  }
}
