/**
 * How long after a row was found gone its last event may still come down a live stream, milliseconds. The row goes
 * first, and the event alone tells that the objects went, too. Whoever tells once, for good, how a work ended waits for
 * it so long: `delete --watch`, `wait` and `watch` tell the same end then. Whoever can tell more later waits for
 * nothing, as `Follower` and `LiveWorks` do.
 */
export const lastEventMs = 2_000;
