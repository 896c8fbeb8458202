/** So many writes of one application's status go out as soon as they are due. */
export const freeStatusWrites = 6;
/**
 * From then on one in so many milliseconds, which is also how long a pause
 * makes up for one write. A sync has some five transitions in a minute; only
 * what flaps, or what somebody else writes all the time, comes to feel this.
 */
export const pacedStatusEveryMs = 5_000;

/**
 * How long the next write of an application's status has to wait. What is to be
 * written is decided anew by then, so that the last state is the one written.
 *
 * @param pacedMs monotonic: when all writes so far would have been sent, had there been one each `pacedStatusEveryMs`
 */
export function statusPaceMs(pacedMs: number, monotonicMs: number): number {
  return Math.max(0, pacedMs - (freeStatusWrites - 1) * pacedStatusEveryMs - monotonicMs);
}

/**
 * The same time after one more was sent, whatever became of it: the hub had its work either way.
 *
 * @param answersHub the write takes an operation or a refresh off the hub. What follows is what the hub asked for: an
 *   ApplicationSet with RollingSync asks again at each look and waits for the end of each, so it begins anew
 */
export function pacedAfterWrite(pacedMs: number, monotonicMs: number, answersHub: boolean): number {
  return answersHub ? monotonicMs : Math.max(pacedMs, monotonicMs) + pacedStatusEveryMs;
}
