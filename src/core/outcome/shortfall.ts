import { isUnfinished, type WorkOutcome } from './outcome.ts';
import type { Standing } from './standing.ts';

/** How a work ended that is not as it was asked to be. */
export type ShortfallKind = 'failed' | 'notBegun' | Standing;

/**
 * How far a work fell short; undefined when it is as it was asked to be. A wait that a signal or the time ended has
 * not failed: Maestro has the work, and where it stood then is told. Summaries, results and reports count by this.
 */
export function shortfallOf(
  outcome: Pick<WorkOutcome, 'reason' | 'phase' | 'exitCode' | 'standing'>,
): ShortfallKind | undefined {
  if (outcome.reason === 'NotBegun') return 'notBegun';
  if (isUnfinished(outcome)) return outcome.standing ?? 'pending';
  return outcome.exitCode === 0 ? undefined : 'failed';
}
