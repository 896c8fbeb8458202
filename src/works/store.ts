import type { StatusEvent } from '../clients/transport.ts';
import { isLaterReport, placeOf } from '../core/works/report-order.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';
import { createdAtOf, WorkOrder, type KnownPlace, type Read } from './order.ts';

/** What is known of one work, and what its user keeps of it. Only the store writes it. */
export class KnownWork<T> implements KnownPlace {
  readonly id: string;
  readonly consumer: string;
  /** What the projection made of the latest row or report. */
  kept: T;
  createdAt = '';
  version = 0;
  deleting = false;
  /** The place of its latest report; 0 and "" when there was none. */
  observedVersion = 0;
  sequenceId = '';
  shownBy: Read = 0;
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

const nothing: Taken<never> = { changes: [], mustRead: false };
const lacking: Taken<never> = { changes: [], mustRead: true };

/**
 * The works of somebody who follows Maestro, out of reads and status events in whatever order they come. Neither
 * network nor time of its own; which of two sightings is later is for `WorkOrder` to say.
 */
export class WorkStore<T> {
  readonly #works = new Map<string, KnownWork<T>>();
  readonly #projection: Projection<T>;
  readonly #order: WorkOrder;

  constructor({
    projection,
    clock,
  }: {
    readonly projection: Projection<T>;
    readonly clock: { monotonicMs(): number };
  }) {
    this.#projection = projection;
    this.#order = new WorkOrder(clock);
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
    return this.#order.beginRead();
  }

  /** Takes in a row that a read has shown. */
  takeRow(row: ResourceBundle, read: Read): Taken<T> {
    const known = this.#works.get(row.id);
    const how = this.#order.ofRow(row, read, known);
    if (how === 'unsure') return lacking;
    if (how === 'ended') return nothing;
    if (known === undefined) return { changes: [this.#add(row, read)], mustRead: false };
    if (how === 'successor') return { changes: [this.#remove(known), this.#add(row, read)], mustRead: false };
    this.#stamp(known, read);
    return how === 'stale' ? nothing : this.#update(known, row);
  }

  /** Takes in a report that the stream told. */
  takeEvent(event: StatusEvent): Taken<T> {
    const known = this.#works.get(event.id);
    const how = this.#order.ofEvent(event, known);
    switch (how) {
      case 'ended':
      case 'foreign':
        return nothing;
      case 'unsure':
        return lacking;
      case 'stale':
        if (known !== undefined) this.#stamp(known);
        return nothing;
      case 'end':
      case 'end-of-successor':
        return { changes: [this.#end(event, known, how === 'end')], mustRead: false };
      default:
        return this.#report(event, how === 'successor' ? undefined : known, how === 'successor' ? known : undefined);
    }
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
    return [...this.missing(read, ids)].map((work) => this.#drop(work));
  }

  /** Maestro does not have the work, and its end was not seen. */
  #drop(work: KnownWork<T>): Change<T> {
    this.#order.endUnseen(work.id, work);
    return this.#remove(work);
  }

  #stamp(work: KnownWork<T>, read?: Read): void {
    Object.assign(work, this.#order.shown(work, read));
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

  /** @param replaced the work that was there before, when the event is about its successor */
  #report(event: StatusEvent, known: KnownWork<T> | undefined, replaced: KnownWork<T> | undefined): Taken<T> {
    const { id, consumer, status } = event;
    const kept = this.#projection.ofReport(event, known);
    if (kept === undefined) return lacking;
    const gone = replaced === undefined ? [] : [this.#remove(replaced)];
    const work = known ?? new KnownWork(id, consumer, kept);
    const before = work.kept;
    const { deletionTimestamp } = event.metadata;
    work.kept = kept;
    if (work.createdAt === '') work.createdAt = createdAtOf(event);
    work.version = Math.max(work.version, event.version);
    work.deleting ||= typeof deletionTimestamp === 'string' && deletionTimestamp !== '';
    work.observedVersion = status.observedVersion;
    work.sequenceId = status.sequenceId;
    this.#stamp(work);
    this.#works.set(id, work);
    if (known === undefined) return { changes: [...gone, { type: 'ADDED', id, kept }], mustRead: false };
    if (this.#projection.same?.(before, kept) === true) return nothing;
    return { changes: [{ type: 'MODIFIED', id, kept, before }], mustRead: false };
  }

  /** @param isKnown it is the end of the work that is known, if one is, and not of an unseen successor */
  #end(event: StatusEvent, known: KnownWork<T> | undefined, isKnown: boolean): Change<T> {
    this.#order.endSeen(event, isKnown ? known : undefined);
    if (known === undefined) return { type: 'ENDED', id: event.id };
    const last = isKnown ? this.#projection.ofReport(event, known) : undefined;
    return this.#remove(known, isKnown, last);
  }

  #remove(known: KnownWork<T>, seen = false, kept: T = known.kept): Change<T> {
    this.#works.delete(known.id);
    return { type: 'DELETED', id: known.id, seen, kept, known };
  }

  *#among(ids: Iterable<string>): Generator<KnownWork<T>> {
    for (const id of ids) {
      const work = this.#works.get(id);
      if (work !== undefined) yield work;
    }
  }
}
