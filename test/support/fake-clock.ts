import type { Clock } from '../../src/clock.ts';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/**
 * A clock that stands still until a test moves it. Wall time and monotonic time
 * move together; the wall starts at a fixed date, so that ages and timestamps
 * are the same in every run.
 */
export class ManualClock implements Clock {
  readonly #wallStartMs: number;
  #elapsedMs = 0;
  #sleepers: Sleeper[] = [];

  constructor(wallStart = '2026-11-22T11:00:00.000Z') {
    this.#wallStartMs = Date.parse(wallStart);
  }

  wallMs(): number {
    return this.#wallStartMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        signal.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        leave();
        reject(signal.reason as Error);
      };
      const sleeper: Sleeper = {
        atMs: this.#elapsedMs + Math.max(0, ms),
        wake: () => {
          leave();
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** Moves time, waking sleepers one after the other at their own moments. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#elapsedMs + ms;
    await settled();
    for (let next = this.#next(); next !== undefined && next.atMs <= endMs; next = this.#next()) {
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      next.wake();
      await settled();
    }
    this.#elapsedMs = endMs;
  }

  /** Moves time from sleeper to sleeper until the promise is settled, and gives its result. */
  async finish<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const end = (): void => {
      done = true;
    };
    promise.then(end, end);
    await settled();
    while (!done) {
      const next = this.#next();
      if (next === undefined) throw new Error('nothing sleeps, and the promise is not settled');
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      next.wake();
      await settled();
    }
    return promise;
  }

  #next(): Sleeper | undefined {
    return this.#sleepers.reduce<Sleeper | undefined>(
      (first, sleeper) => (first === undefined || sleeper.atMs < first.atMs ? sleeper : first),
      undefined,
    );
  }
}

/** Lets every promise that can go on without time go on: fakes use microtasks only. */
async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
