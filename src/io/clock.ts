import { setTimeout as sleepFor } from 'node:timers/promises';

/** Time, injected. Nothing else in src reads a clock or sets a timer. */
export interface Clock {
  /** Wall time in milliseconds since the epoch, for timestamps that people read. */
  nowMs(): number;
  /** Never goes back; for deadlines. */
  monotonicMs(): number;
  /** Resolves after the time, rejects with the signal's reason when aborted. Keeps the process alive. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    signal.throwIfAborted();
    try {
      await sleepFor(Math.max(0, ms), undefined, { signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error;
    }
  },
};
