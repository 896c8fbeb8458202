/** Changes of a bundle by another client, which are undone at a slowing pace. */
export interface Overwrites {
  readonly count: number;
  /** Monotonic, when the last one was undone. */
  readonly undoneMs: number;
  /** RFC 3339, when the first one was. */
  readonly since: string;
}

/** The second change that follows the first is undone after so long; each further one waits twice as long. */
export const undoAgainMs = 60_000;
/** At the longest. */
export const longestUndoMs = 3_600_000;

/**
 * How long what another client made of a bundle is left before it is published
 * over: the first time not at all, then longer and longer, because another
 * controller may be at it that never gives up either.
 */
export function undoInMs(overwrites: Overwrites | undefined, monotonicMs: number): number {
  return overwrites === undefined ? 0 : Math.max(0, overwrites.undoneMs + pauseMs(overwrites.count) - monotonicMs);
}

/** After one more was undone; what was quiet for long enough counts anew. `now` is wall time, RFC 3339. */
export function afterUndoing(overwrites: Overwrites | undefined, monotonicMs: number, now: string): Overwrites {
  if (overwrites === undefined || monotonicMs - overwrites.undoneMs > 2 * longestUndoMs)
    return { count: 1, undoneMs: monotonicMs, since: now };
  return { ...overwrites, count: overwrites.count + 1, undoneMs: monotonicMs };
}

/**
 * Once may be a mistake of somebody; more often it is worth a condition, until what was published has stood for long
 * enough.
 */
export function isOverwrittenAgain(overwrites: Overwrites | undefined, monotonicMs: number): overwrites is Overwrites {
  return (
    overwrites !== undefined &&
    overwrites.count > 1 &&
    monotonicMs - overwrites.undoneMs < 2 * pauseMs(overwrites.count)
  );
}

function pauseMs(count: number): number {
  return Math.min(longestUndoMs, undoAgainMs * 2 ** Math.min(count - 1, 10));
}
