import type { WorkState } from '../status/fold.ts';
import type { ReasonGroup } from './grouped-reasons.ts';
import { isSilent } from '../status/silence.ts';

/**
 * Where a work stands that is still waited for:
 * - `failing`: the agent reports that it could not apply it; that may heal.
 * - `silent`: for some time the agent has reported nothing about the version.
 * - `pending`: all else.
 */
export type Standing = 'pending' | 'failing' | 'silent';

/** How many of the works of a wait have come to which end, and where the others stand. */
export interface WaitCounts {
  readonly total: number;
  /** What was waited for was seen. */
  readonly met: number;
  readonly failed: number;
  readonly pending: number;
  readonly failing: number;
  readonly silent: number;
}

/** Where the works of a wait stand by one look at them. */
export interface WaitLook {
  readonly counts: WaitCounts;
  /** What is in the way of those that are not as they were asked to be: what failed first, what is only slow last. */
  readonly reasons: () => readonly ReasonGroup[];
}

/**
 * @param state at the version that is waited for; undefined when there is no such work yet
 * @param waitedMs how long it has been waited for
 */
export function standingOf(state: WorkState | undefined, waitedMs: number): Standing {
  if (state === undefined) return 'pending';
  if (state.kind === 'failed') return 'failing';
  return isSilent(state, waitedMs) ? 'silent' : 'pending';
}
