import type { StatusEvent } from '../clients/transport.ts';
import { EndedWorks, type WorkEnd } from '../core/works/ended-works.ts';
import {
  compareCreations,
  isLaterReport,
  placeOf,
  reportsDeletion,
  type ReportPlace,
} from '../core/works/report-order.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';

/** One read of works, by the order in which reads began. */
export type Read = number;

/** When a work was seen last. */
export interface Shown {
  /** The latest read that showed it, or that had begun when an event did. */
  readonly shownBy: Read;
  /** The latest read that had begun when something was last taken in of it. */
  readonly takenAt: Read;
}

/** What of a known work tells whether a row or an event is later. */
export interface KnownPlace extends ReportPlace, Shown {
  readonly consumer: string;
  /** RFC 3339, of an event in whole seconds, "" when unknown: tells it from a successor under the same id. */
  readonly createdAt: string;
  /** The stored version as far as it is known: a report can be about an older one. */
  readonly version: number;
  /** A delete was accepted. */
  readonly deleting: boolean;
}

/**
 * What a row is beside what is known:
 * - `first`: of a work that is not known.
 * - `successor`: of one that was made anew under the id of the one that is known, which is gone.
 * - `current`: of the same one, and not older than what is known.
 * - `back`: older, and true by now: Maestro was restored from a backup.
 * - `stale`: older; it shows no more than that the work was there when the read began.
 * - `ended`: of before the end of its work, or of the work that was there before.
 * - `unsure`: it contradicts what another read, or an event, has told: the work has to be read once more.
 */
export type RowOrder = 'first' | 'successor' | 'current' | 'back' | 'stale' | 'ended' | 'unsure';

/**
 * What an event is beside what is known:
 * - `first`, `successor`: as of a row.
 * - `later`: a later report of the same work.
 * - `stale`: a report that is known, or an older one.
 * - `end`: the last report of the work that is known, or of one that is not.
 * - `end-of-successor`: the same of one that was made anew, unseen.
 * - `ended`: of before the end of its work, or of the work that was there before.
 * - `foreign`: an agent tells of the work of another cluster.
 * - `unsure`: a read has told that there is no such work; it has to be read once more.
 */
export type EventOrder =
  'first' | 'successor' | 'later' | 'stale' | 'end' | 'end-of-successor' | 'ended' | 'foreign' | 'unsure';

interface End extends WorkEnd {
  readonly seen: boolean;
  /** An agent's word counts for its own cluster only. */
  readonly consumer: string;
  /** The reads that had begun when it was learnt of. */
  readonly reads: Read;
  /** Monotonic. */
  readonly atMs: number;
}

/**
 * A row of before the end of its work comes no later than this. One that comes later is believed: Maestro may have been
 * restored from a backup.
 */
const endBelievedMs = 3_600_000;
/** As many as a thousand clusters lose at once. */
const mostEnds = 50_000;

/**
 * Orders what is read and heard of works, which come in whatever order they like. It is the one place that says which
 * of two is later, and that remembers the ends of works so that nothing older brings them back.
 *
 * A read that began after a work was last seen tells what is true by now, whatever its numbers say; of one that was
 * under way by then the numbers decide.
 */
export class WorkOrder {
  readonly #clock: { monotonicMs(): number };
  readonly #ends = new EndedWorks<End>(mostEnds);
  #reads: Read = 0;

  constructor(clock: { monotonicMs(): number }) {
    this.#clock = clock;
  }

  /** Begins a read; what it shows is ordered by its number. */
  beginRead(): Read {
    this.#reads += 1;
    return this.#reads;
  }

  /** A work was shown by a read, or now by something else than one. */
  shown(before: Shown | undefined, read: Read = this.#reads): Shown {
    return { shownBy: Math.max(before?.shownBy ?? 0, read), takenAt: this.#reads };
  }

  ofRow(row: ResourceBundle, read: Read, known: KnownPlace | undefined): RowOrder {
    const end = this.#ends.after(row.id, { createdAt: row.createdAt, report: row.status });
    if (end !== undefined && end.consumer === row.consumerName) {
      if (!this.#isOver(end, read)) return end.seen ? 'ended' : 'unsure';
      this.#ends.forget(row.id);
    }
    if (known === undefined) return 'first';
    const isUnderWay = known.takenAt >= read;
    const age = compareCreations(row.createdAt, known.createdAt);
    if (age !== 0) return age < 0 && isUnderWay ? 'ended' : 'successor';
    const deleting = row.deletedAt !== undefined;
    const isOlder = row.version < known.version || (known.deleting && !deleting);
    if (!isUnderWay) return isOlder ? 'back' : 'current';
    if (isOlder) return 'stale';
    // A row that is new in one and old in the other would take the later report back.
    if (!isLaterReport(placeOf(known), row.status)) return 'current';
    return row.version > known.version || deleting !== known.deleting ? 'unsure' : 'stale';
  }

  ofEvent(event: StatusEvent, known: KnownPlace | undefined): EventOrder {
    const { id, consumer, status } = event;
    const createdAt = createdAtOf(event);
    const isLast = reportsDeletion(status);
    const last = this.#ends.get(id);
    if (last !== undefined) {
      const end = this.#ends.after(id, { createdAt, report: status });
      if (end?.seen === true && end.consumer === consumer) return 'ended';
      if (end?.seen === false && !isLast) return 'unsure';
      // What was written since has no time of creation until it is read, and is not what ended before.
      const isOfLast = createdAt !== '' && compareCreations(createdAt, last.createdAt) <= 0;
      if (isLast && isOfLast && known?.createdAt === '') return 'ended';
    }
    if (known !== undefined && known.consumer !== consumer) return 'foreign';
    const age = known === undefined ? 0 : compareCreations(createdAt, known.createdAt);
    if (age < 0) return 'ended';
    if (isLast) return age > 0 ? 'end-of-successor' : 'end';
    if (known === undefined) return 'first';
    if (age > 0) return 'successor';
    return isLaterReport(status, placeOf(known)) ? 'later' : 'stale';
  }

  /** Remembers the end that an agent has reported, of the work that is known or of one that is not. */
  endSeen(event: StatusEvent, known: KnownPlace | undefined): void {
    const { observedVersion, sequenceId } = event.status;
    const createdAt = known === undefined || known.createdAt === '' ? createdAtOf(event) : known.createdAt;
    this.#bury(event.id, { createdAt, report: { observedVersion, sequenceId } }, event.consumer, true);
  }

  /** Remembers that Maestro does not have a work any more whose end was not seen. */
  endUnseen(id: string, known: KnownPlace): void {
    const report = placeOf(known);
    this.#bury(id, { createdAt: known.createdAt, ...(report === undefined ? {} : { report }) }, known.consumer, false);
  }

  #bury(id: string, end: WorkEnd, consumer: string, seen: boolean): void {
    // Without the time of its creation nothing would tell it from a successor.
    if (end.createdAt === '') return;
    this.#ends.bury(id, { ...end, consumer, seen, reads: this.#reads, atMs: this.#clock.monotonicMs() });
  }

  /** What a read says that began after the end was learnt of. */
  #isOver({ seen, reads, atMs }: End, read: Read): boolean {
    return seen ? this.#clock.monotonicMs() - atMs >= endBelievedMs : read > reads;
  }
}

/** RFC 3339 in whole seconds, "" when the event does not tell. */
export function createdAtOf({ metadata }: StatusEvent): string {
  const createdAt = metadata['creationTimestamp'];
  return typeof createdAt === 'string' ? createdAt : '';
}
