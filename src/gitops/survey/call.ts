import type { CallOptions } from '../../clients/transport.ts';
import { remainingMs, type Budget } from '../../operations/budget.ts';

/** One call takes no longer than this, however much time the run has. */
const callMs = 30_000;

/** Limits of one call within the time of a run. */
export function callWithin(budget: Budget): CallOptions {
  return {
    signal: budget.signal,
    deadlineMs: budget.clock.monotonicMs() + Math.min(callMs, Math.max(0, remainingMs(budget))),
  };
}
