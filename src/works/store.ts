import type { StatusEvent } from '../clients/transport.ts';
import { EndedWorks, type WorkEnd } from '../core/works/ended-works.ts';
import { compareCreations, isLaterReport, reportsDeletion, type ReportPlace } from '../core/works/report-order.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';

/** One read of the store's works, by the order in which reads began. */
export type Read = number;

/** What is known of one work, and what its user keeps of it. Only the store writes it. */
export class KnownWork<T> implements ReportPlace {
  readonly id: string;
  readonly consumer: string;
  /** What the projection made of the latest row or report. */
  kept: T;
  /** RFC 3339, of an event in whole seconds, "" when unknown: tells it from a successor under the same id. */
  createdAt = '';
  /** The stored version as far as it is known: a report can be about an older one. */
  version = 0;
  /** A delete was accepted. */
  deleting = false;
  /** The place of its latest report; 0 and "" when there was none. */
  observedVersion = 0;
  sequenceId = '';
  /** The latest read that showed it, or that had begun when an event did. */
  shownBy: Read = 0;
  /** The latest read that had begun when something was last taken in of it. */
  takenAt: Read = 0;

  constructor(id: string, consumer: string, kept: T) {
    this.id = id;
    this.consumer = consumer;
    this.kept = kept;
  }
}

/**
 * What became of a work. A `DELETED` is `seen` when its agent reported the end; otherwise Maestro just does not have
 * the work any more, or has another one under its id. `ENDED` is the reported end of a work that was never shown.
 */
export type Change<T> =
  | { readonly type: 'ADDED'; readonly id: string; readonly kept: T }
  | { readonly type: 'MODIFIED'; readonly id: string; readonly kept: T; readonly before: T }
  | {
      readonly type: 'DELETED';
      readonly id: string;
      readonly seen: boolean;
      /** What the projection makes of the last report, else what was kept before. */
      readonly kept: T;
      /** As it was known before. */
      readonly known: KnownWork<T>;
    }
  | { readonly type: 'ENDED'; readonly id: string };

/** What a row or an event led to. */
export interface Taken<T> {
  readonly changes: readonly Change<T>[];
  /** It does not tell enough, or against what another read told: the work has to be read by its id. */
  readonly mustRead: boolean;
}

/** What is kept of works, so that a store of 150,000 can stay small. */
export interface Projection<T> {
  /** @param known what is known of the same work, if it is */
  ofRow(row: ResourceBundle, known: KnownWork<T> | undefined): T;
  /**
   * What is kept after a report that is later than the one that is known, or that is the last one.
   *
   * @param known what is known of the same work, if it is
   * @returns undefined when the work has to be read
   */
  ofReport(event: StatusEvent, known: KnownWork<T> | undefined): T | undefined;
  /**
   * True when a change from the one to the other is no news, though versions or reports be other ones. Without it,
   * what has no other version, deletion or report is no news.
   */
  same?(before: T, after: T): boolean;
}

/** The works by id; `Map` is one. */
export type Shelf<T> = Pick<Map<string, KnownWork<T>>, 'get' | 'set' | 'delete' | 'values' | 'size'>;

interface StoreOptions<T> {
  readonly projection: Projection<T>;
  readonly clock: { monotonicMs(): number };
  readonly shelf?: Shelf<T>;
}

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

const nothing: Taken<never> = { changes: [], mustRead: false };
const lacking: Taken<never> = { changes: [], mustRead: true };

/**
 * The works of somebody who follows Maestro, out of reads and status events in whatever order they come. It is the one
 * place where the later of two reports wins, where a row of before loses to what is known by now, and where the end of
 * a work is remembered so that nothing older brings it back. Neither network nor time of its own.
 *
 * A read that began after a work was last seen tells what is true by now, whatever its numbers say; of one that was
 * under way by then the numbers decide.
 */
export class WorkStore<T> {
  readonly #works: Shelf<T>;
  readonly #projection: Projection<T>;
  readonly #clock: { monotonicMs(): number };
  readonly #ends = new EndedWorks<End>(mostEnds);
  #reads: Read = 0;

  constructor({ projection, clock, shelf = new Map() }: StoreOptions<T>) {
    this.#works = shelf;
    this.#projection = projection;
    this.#clock = clock;
  }

  get size(): number {
    return this.#works.size;
  }

  get(id: string): KnownWork<T> | undefined {
    return this.#works.get(id);
  }

  /** All works that are known, in no particular order. */
  works(): Iterable<KnownWork<T>> {
    return this.#works.values();
  }

  /** Begins a read; what it shows is taken with its number. */
  beginRead(): Read {
    this.#reads += 1;
    return this.#reads;
  }

  /** Takes in a row that a read has shown. */
  takeRow(row: ResourceBundle, read: Read): Taken<T> {
    const end = this.#ends.after(row.id, { createdAt: row.createdAt, report: row.status });
    if (end !== undefined && end.consumer === row.consumerName) {
      if (!this.#isOver(end, read)) return end.seen ? nothing : lacking;
      this.#ends.forget(row.id);
    }
    const known = this.#works.get(row.id);
    if (known === undefined) return { changes: [this.#add(row, read)], mustRead: false };
    const isUnderWay = known.takenAt >= read;
    const age = compareCreations(row.createdAt, known.createdAt);
    if (age !== 0) {
      // The row of its predecessor.
      if (age < 0 && isUnderWay) return nothing;
      return { changes: [this.#remove(known, false, known.kept), this.#add(row, read)], mustRead: false };
    }
    const deleting = row.deletedAt !== undefined;
    this.#stamp(known, read);
    if (isUnderWay) {
      if (row.version < known.version || (known.deleting && !deleting)) return nothing;
      const isNews = row.version > known.version || deleting !== known.deleting;
      // A row that is new in one and old in the other would take the later report back.
      if (isLaterReport(placeOf(known), row.status)) return isNews ? lacking : nothing;
    }
    return this.#update(known, row);
  }

  /** Takes in a report that the stream told. */
  takeEvent(event: StatusEvent): Taken<T> {
    const { id, consumer, status } = event;
    const createdAt = textOf(event.metadata['creationTimestamp']);
    const isLast = reportsDeletion(status);
    if (this.#ends.has(id)) {
      const end = this.#ends.after(id, { createdAt, report: status });
      if (end?.seen === true && end.consumer === consumer) return nothing;
      // A read did not show it: whether it is there is for the next one to tell.
      if (end?.seen === false && !isLast) return lacking;
    }
    const known = this.#works.get(id);
    if (known !== undefined && !this.isOf(event, known)) return nothing;
    const age = known === undefined ? 0 : compareCreations(createdAt, known.createdAt);
    if (age < 0) return nothing;
    const same = age === 0 ? known : undefined;
    if (isLast) return { changes: [this.#end(event, known, createdAt, same)], mustRead: false };
    if (same !== undefined && !isLaterReport(status, placeOf(same))) {
      this.#stamp(same, this.#reads);
      return nothing;
    }
    const kept = this.#projection.ofReport(event, same);
    if (kept === undefined) return lacking;
    const changes: Change<T>[] = [];
    if (known !== undefined && same === undefined) changes.push(this.#remove(known, false, known.kept));
    const work = same ?? new KnownWork(id, consumer, kept);
    const before = work.kept;
    work.kept = kept;
    if (work.createdAt === '') work.createdAt = createdAt;
    work.version = Math.max(work.version, event.version);
    work.deleting ||= textOf(event.metadata['deletionTimestamp']) !== '';
    work.observedVersion = status.observedVersion;
    work.sequenceId = status.sequenceId;
    this.#stamp(work, this.#reads);
    if (same === undefined) {
      this.#works.set(id, work);
      changes.push({ type: 'ADDED', id, kept });
    } else if (this.#projection.same?.(before, kept) !== true) {
      changes.push({ type: 'MODIFIED', id, kept, before });
    }
    return { changes, mustRead: false };
  }

  /** An event is an agent's word: it counts for the works of its own cluster only. */
  isOf(event: Pick<StatusEvent, 'consumer'>, known: KnownWork<T>): boolean {
    return event.consumer === known.consumer;
  }

  /** The work is there, though its row cannot be read: what is known of it stays. */
  keep(id: string, read: Read): void {
    const known = this.#works.get(id);
    if (known !== undefined) this.#stamp(known, read);
  }

  /** The works that nothing has shown since the read began, of those that it should have shown. */
  *missing(read: Read, ids?: Iterable<string>): Generator<KnownWork<T>> {
    for (const work of ids === undefined ? this.#works.values() : this.#among(ids)) if (work.shownBy < read) yield work;
  }

  /** A read of these works has ended: Maestro does not have those that it did not show. */
  endRead(read: Read, ids?: Iterable<string>): readonly Change<T>[] {
    return [...this.missing(read, ids)].map((work) => this.drop(work));
  }

  /** Maestro does not have the work, and its end was not seen. */
  drop(work: KnownWork<T>): Change<T> {
    const report = placeOf(work);
    if (work.createdAt !== '') {
      this.#bury(
        work.id,
        { createdAt: work.createdAt, ...(report === undefined ? {} : { report }) },
        work.consumer,
        false,
      );
    }
    return this.#remove(work, false, work.kept);
  }

  #stamp(work: KnownWork<T>, shownBy: Read): void {
    work.shownBy = Math.max(work.shownBy, shownBy);
    work.takenAt = this.#reads;
  }

  #add(row: ResourceBundle, read: Read): Change<T> {
    const { id, consumerName } = row;
    const kept = this.#projection.ofRow(row, undefined);
    const work = new KnownWork(id, consumerName, kept);
    this.#stamp(work, read);
    this.#setRow(work, row);
    this.#works.set(id, work);
    return { type: 'ADDED', id, kept };
  }

  #update(known: KnownWork<T>, row: ResourceBundle): Taken<T> {
    const { id } = row;
    const isNews =
      row.version !== known.version ||
      (row.deletedAt !== undefined) !== known.deleting ||
      isLaterReport(row.status, placeOf(known));
    const before = known.kept;
    const kept = this.#projection.ofRow(row, known);
    known.kept = kept;
    this.#setRow(known, row);
    const isSame = this.#projection.same?.(before, kept) ?? !isNews;
    return isSame ? nothing : { changes: [{ type: 'MODIFIED', id, kept, before }], mustRead: false };
  }

  #setRow(work: KnownWork<T>, { createdAt, version, deletedAt, status }: ResourceBundle): void {
    // After a step back to a backup the reports count from there.
    const isBack = version < work.version;
    work.createdAt = createdAt;
    work.version = version;
    work.deleting = deletedAt !== undefined;
    if (!isBack && !isLaterReport(status, placeOf(work))) return;
    work.observedVersion = status?.observedVersion ?? 0;
    work.sequenceId = status?.sequenceId ?? '';
  }

  /** @param same what is known, when the event is about that very work and not about its successor */
  #end(
    event: StatusEvent,
    known: KnownWork<T> | undefined,
    createdAt: string,
    same: KnownWork<T> | undefined,
  ): Change<T> {
    const { id, consumer, status } = event;
    const born = same === undefined || same.createdAt === '' ? createdAt : same.createdAt;
    const { observedVersion, sequenceId } = status;
    // Without the time of its creation nothing would tell it from a successor.
    if (born !== '') this.#bury(id, { createdAt: born, report: { observedVersion, sequenceId } }, consumer, true);
    if (known !== undefined && same === undefined) return this.#remove(known, false, known.kept);
    if (same === undefined) return { type: 'ENDED', id };
    return this.#remove(same, true, this.#projection.ofReport(event, same) ?? same.kept);
  }

  #remove(known: KnownWork<T>, seen: boolean, kept: T): Change<T> {
    this.#works.delete(known.id);
    return { type: 'DELETED', id: known.id, seen, kept, known };
  }

  #bury(id: string, end: WorkEnd, consumer: string, seen: boolean): void {
    this.#ends.bury(id, { ...end, consumer, seen, reads: this.#reads, atMs: this.#clock.monotonicMs() });
  }

  /** What a read says that began after the end was learnt of. */
  #isOver({ seen, reads, atMs }: End, read: Read): boolean {
    return seen ? this.#clock.monotonicMs() - atMs >= endBelievedMs : read > reads;
  }

  *#among(ids: Iterable<string>): Generator<KnownWork<T>> {
    for (const id of ids) {
      const work = this.#works.get(id);
      if (work !== undefined) yield work;
    }
  }
}

/** The place of its latest report, if it has one. */
function placeOf(work: ReportPlace): ReportPlace | undefined {
  const { observedVersion, sequenceId } = work;
  return observedVersion === 0 && sequenceId === '' ? undefined : { observedVersion, sequenceId };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
