import { systemClock, type Clock } from '../../../src/clock.ts';

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
