import type { WorkState } from './fold.ts';

/**
 * An agent that works answers within a few seconds; one that has said nothing of a version for longer is told apart
 * from one that is at it. Nothing is decided by it: a silent agent is still waited for.
 */
export const silentAfterMs = 10_000;

/**
 * The one rule for when a work is silent: its agent has reported nothing of the judged version, and of its deletion not
 * that it has begun, for ten seconds. A work whose version was reported is never silent, however long ago that was: an
 * agent reports only what changes.
 *
 * @param unheardMs for how long nothing has been heard of the version; NaN when that is not known
 */
export function isSilent(state: WorkState, unheardMs: number): boolean {
  return unheardMs >= silentAfterMs && isUnheard(state);
}

function isUnheard(state: WorkState): boolean {
  if (state.kind === 'deleting') return !state.agentDeleting;
  return state.kind === 'unknown' || (state.stale && state.observedVersion < state.version);
}
