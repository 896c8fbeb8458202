import { LatestMap } from '../latest-map.ts';
import { compareCreations, isLaterReport, type ReportPlace } from './report-order.ts';

/** How a work ended, kept for a while so that what was read before does not bring it back. */
export interface WorkEnd {
  /**
   * RFC 3339, when the work that ended was created: tells it from a successor under the same id. As exact as it is
   * known, "" when it is not.
   */
  readonly createdAt: string;
  /** Its last report, if there was one. */
  readonly report?: ReportPlace;
}

/** Of a row or an event. */
export interface Sighting {
  readonly createdAt: string;
  readonly report?: ReportPlace | undefined;
}

/**
 * True when what was seen is of before the end: of a work that was there before, or of that very one and no later than
 * its last report. A work that was made anew under the same id was created later.
 */
export function isBeforeEnd(seen: Sighting, end: WorkEnd): boolean {
  // Nothing ties what has a time of creation to an end that has none.
  if (end.createdAt === '' && seen.createdAt !== '') return false;
  const age = compareCreations(seen.createdAt, end.createdAt);
  return age === 0 ? !isLaterReport(seen.report, end.report) : age < 0;
}

/**
 * The ends of works, by id. A list takes its time, and the stream overtakes it:
 * without these a row that was read before its work ended makes it look alive.
 */
export class EndedWorks<E extends WorkEnd> {
  readonly #ends: LatestMap<E>;

  /** @param most ends that are kept, the latest ones */
  constructor(most: number) {
    this.#ends = new LatestMap(most);
  }

  bury(id: string, end: E): void {
    this.#ends.set(id, end);
  }

  /** Something later than the end was seen, or the end is not believed any more. */
  forget(id: string): void {
    this.#ends.delete(id);
  }

  /** The latest end under the id. Cheap, for who asks of every event. */
  get(id: string): E | undefined {
    return this.#ends.get(id);
  }

  /**
   * The end that came after what was seen; undefined when there is none, and the work is there for all that is known.
   */
  after(id: string, seen: Sighting): E | undefined {
    const end = this.#ends.get(id);
    return end !== undefined && isBeforeEnd(seen, end) ? end : undefined;
  }
}
