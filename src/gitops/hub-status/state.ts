import { noneDue, type DueConditions } from '../status/due-conditions.ts';

/** What bringing the status of one application home keeps of it. Written in this folder alone. */
export interface HubStatusState {
  /** The conditions that time brings which were due when the status was last looked at. */
  due: DueConditions;
  /** Monotonic, when this process last wrote its status. */
  writtenMs: number;
  /** Monotonic, up to when its writes so far use up the pace that it has; see `statusPaceMs`. */
  pacedMs: number;
  /**
   * Transitions that were reported, or held back for the pace, and are not on the hub yet: what comes of them is
   * written whole, also when it looks like what is there.
   */
  held: number;
  /** Monotonic, when the oldest report that is not on the hub yet arrived, for the lag; 0 for none. */
  unwrittenSinceMs: number;
}

export function newHubStatusState(): HubStatusState {
  return { due: noneDue, writtenMs: Number.NEGATIVE_INFINITY, pacedMs: 0, held: 0, unwrittenSinceMs: 0 };
}
