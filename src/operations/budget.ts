import { setMaxListeners } from 'node:events';
import type { CallOptions } from '../clients/transport.ts';
import type { Clock } from '../clock.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { Tracer } from './tracing.ts';

/**
 * The time that one run has, and the signal that ends it early. One budget for
 * the whole run; every call is bounded inside it.
 */
export interface Budget extends CallOptions {
  readonly clock: Clock;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  /** What the user gave, for messages. */
  readonly totalMs: number;
  /** Told of what takes the time of the run. */
  readonly stopwatch?: Stopwatch;
  /** Makes spans of what is done within it. */
  readonly tracer?: Tracer;
}

/** The time of what waits for a cluster: under the 300 s after which the status-reporter gives up. */
export const waitTimeoutMs = 270_000;
/** The time of all else. */
export const callTimeoutMs = 30_000;

/** What a budget is made of beside its length. */
export type BudgetSource = Pick<Budget, 'clock' | 'random' | 'signal' | 'stopwatch' | 'tracer'>;

/** A budget that begins now. */
export function createBudget(timeoutMs: number, source: BudgetSource): Budget {
  // One signal ends every call of a run, and a fleet has many under way.
  setMaxListeners(0, source.signal);
  return {
    clock: source.clock,
    random: source.random,
    signal: source.signal,
    totalMs: timeoutMs,
    deadlineMs: source.clock.monotonicMs() + timeoutMs,
    ...(source.stopwatch === undefined ? {} : { stopwatch: source.stopwatch }),
    ...(source.tracer === undefined ? {} : { tracer: source.tracer }),
  };
}

export function remainingMs(budget: Budget): number {
  return budget.deadlineMs - budget.clock.monotonicMs();
}

/** A part of the time that is left: the most that one call of a run may take. */
export function withinMs(budget: Budget, mostMs: number): Budget {
  // There may be no end to the run.
  return { ...budget, deadlineMs: Math.min(budget.deadlineMs, budget.clock.monotonicMs() + mostMs) };
}

/** Sleeps, never past the deadline; rejects with the signal's reason when aborted. */
export async function pause(budget: Budget, ms: number): Promise<void> {
  await budget.clock.sleep(Math.max(0, Math.min(ms, remainingMs(budget))), budget.signal);
}
