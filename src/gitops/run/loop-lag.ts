import { monitorEventLoopDelay } from 'node:perf_hooks';
import { slept, type Clock } from '../../clock.ts';

/** How late timers ran in one window, milliseconds. */
export interface LagWindow {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface LoopLag {
  /** The last whole window, or the current one when that is worse. */
  read(): LagWindow;
  /** Turns windows over until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const resolutionMs = 20;
export const lagWindowMs = 10_000;
const noLag: LagWindow = { p50Ms: 0, p99Ms: 0, maxMs: 0 };

/** Measures how long the event loop was held up; a loop that is stuck altogether answers no probe at all. */
export function createLoopLag({ clock }: { readonly clock: Clock }): LoopLag {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  let last = noLag;
  const current = (): LagWindow =>
    histogram.count === 0
      ? noLag
      : { p50Ms: late(histogram.percentile(50)), p99Ms: late(histogram.percentile(99)), maxMs: late(histogram.max) };
  return {
    read: () => {
      const now = current();
      return now.maxMs > last.maxMs ? now : last;
    },
    run: async (signal) => {
      histogram.enable();
      try {
        for (;;) {
          const dueMs = clock.monotonicMs() + lagWindowMs;
          if (!(await slept(clock, lagWindowMs, signal))) return;
          const window = current();
          // A loop that stood still may turn the window over before the histogram has seen it, and what it has not seen
          // a reset takes away.
          last = { ...window, maxMs: Math.max(window.maxMs, clock.monotonicMs() - dueMs) };
          histogram.reset();
        }
      } finally {
        histogram.disable();
      }
    },
  };
}

/** The histogram holds nanoseconds between samples, the interval included. */
function late(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - resolutionMs);
}
