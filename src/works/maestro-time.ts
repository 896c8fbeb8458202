/** Clocks of replicas of Maestro differ, a write can be read a while after its time, and an event comes after it. */
const lateMs = 60_000;
/** How far the clocks of Maestro and of this machine may differ where no row tells. */
const skewMs = 300_000;

/** A moment by the two clocks of this machine. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/**
 * The time of Maestro's rows, by which what changed since a moment is asked for. No row is read before it was written,
 * so the latest ones tell how far its clock is behind at the most. Without that all of the last minutes would have to
 * be read again after each reconnect, which in a fleet that reports is most of it.
 */
export class MaestroTime {
  /** Maestro's clock less our monotonic one, at least. */
  #aheadMs = Number.NEGATIVE_INFINITY;
  #ofThisRead = Number.NEGATIVE_INFINITY;

  /** A list is read from now on. What an earlier one told stands until this one has ended: clocks are set. */
  beginList(): void {
    this.#ofThisRead = Number.NEGATIVE_INFINITY;
  }

  /** @param updatedAt RFC 3339; anything else tells nothing */
  row(updatedAt: string, monotonicMs: number): void {
    const aheadMs = Date.parse(updatedAt) - monotonicMs;
    if (aheadMs > this.#ofThisRead) this.#ofThisRead = aheadMs;
  }

  endList(): void {
    this.#aheadMs = this.#ofThisRead;
  }

  /** Milliseconds since the epoch: rows that changed at the moment or later have a later time than this. */
  before({ wallMs, monotonicMs }: Moment): number {
    // A row of the future tells of a clock that is ahead of the others.
    const byRows = Math.min(wallMs, monotonicMs + this.#aheadMs) - lateMs;
    return Math.max(0, wallMs - skewMs, byRows);
  }
}
