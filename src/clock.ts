import { uptime } from 'node:process';

/** Time, injected. Nothing else in src reads a clock or sets a timer. */
export interface Clock {
  /** Wall time in milliseconds since the epoch, for timestamps that people read. */
  wallMs(): number;
  /** Never goes back; for deadlines. */
  monotonicMs(): number;
  /** Resolves after the time, rejects with the signal's reason when aborted. Keeps the process alive. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * The clock of the machine. Each call to a server has a sleep that is cut short, so that costs no exception but the
 * reason. `performance.now()` would do as well, but its module costs a process more than a millisecond to load.
 */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => uptime() * 1000,
  sleep: async (ms, signal) => {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      },
      Math.max(0, ms),
    );
    signal.addEventListener('abort', onAbort, { once: true });
    return promise;
  },
};

/**
 * Calls again and again, for what is drawn on a terminal and decides nothing: real time, which no test has to move. It
 * keeps no process alive.
 *
 * @returns what ends it
 */
export function everyMs(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Sleeps, for loops that end quietly.
 *
 * @returns false when the signal ended it
 */
export async function slept(clock: Pick<Clock, 'sleep'>, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return !signal.aborted;
}

/**
 * The same clock, with a wall time that goes on from where it is now as time
 * passes, whatever becomes of the clock of the machine. For programs that run
 * for weeks and tell how long something has lasted: a step of an hour would
 * otherwise make everything an hour older at once. The times that they tell are
 * those of the machine as it was when they began.
 */
export function steadyClock(clock: Clock): Clock {
  const aheadMs = clock.wallMs() - clock.monotonicMs();
  return {
    wallMs: () => aheadMs + clock.monotonicMs(),
    monotonicMs: () => clock.monotonicMs(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}
