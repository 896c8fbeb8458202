import { systemClock, type Clock } from '../../../src/clock.ts';
import { eventually } from '../rig/index.ts';

/**
 * Time that passes so many times as fast, the wall clock apart: what takes half a minute in life takes seconds here.
 */
export function fastClock(times: number): Clock {
  return {
    wallMs: () => systemClock.wallMs(),
    monotonicMs: () => systemClock.monotonicMs() * times,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  };
}

/** The clock of the machine, until a test has nothing left to wait for but that time passes. */
export class LeapClock implements Clock {
  #aheadMs = 0;
  #leapt = new AbortController();

  /** By which it is ahead of the machine's. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  wallMs(): number {
    return systemClock.wallMs();
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.#aheadMs;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    const endMs = this.monotonicMs() + ms;
    while (this.monotonicMs() < endMs) {
      const leapt = this.#leapt.signal;
      const either = AbortSignal.any([signal, leapt]);
      await systemClock.sleep(endMs - this.monotonicMs(), either).catch(() => signal.throwIfAborted());
    }
    signal.throwIfAborted();
  }

  leap(ms: number): void {
    this.#aheadMs += ms;
    const before = this.#leapt;
    this.#leapt = new AbortController();
    before.abort();
  }

  /**
   * As `eventually`, with some seconds that pass between two tries. They pass for calls that are under way too, so the
   * process needs a long `callTimeoutMs`.
   */
  eventually<T>(assertion: () => T | Promise<T>, boundMs = 20_000, stepMs = 10_000): Promise<T> {
    const tried = async (): Promise<T> => {
      try {
        return await assertion();
      } catch (error) {
        this.leap(stepMs);
        throw error;
      }
    };
    return eventually(tried, boundMs, 50);
  }
}
