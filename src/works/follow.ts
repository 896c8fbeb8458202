import type { BundleFilter } from '../clients/filters.ts';
import type { SetAsideRow, StatusEvent, UnreadableEvent, WorkReader } from '../clients/transport.ts';
import { backoffMs } from '../core/back-off.ts';
import { compareReports, placeOf, type ReportPlace } from '../core/works/report-order.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';
import { slept } from '../clock.ts';
import { MaestroError } from '../errors.ts';
import { MaestroTime, type Moment } from './maestro-time.ts';
import type { Read } from './order.ts';
import { followStream, type StreamDeps, type StreamSession, type StreamState } from './stream.ts';

/**
 * Takes in what is read and heard of works, synchronously and in order; a `WorkOrder` tells it what is later. What it
 * then wants to have read it asks for by `readSoon`.
 */
export interface WorkTaker {
  /** A read begins; what it shows is given with its number. */
  beginRead(): Read;
  row(row: ResourceBundle, read: Read): void;
  event(event: StatusEvent): void;
  /** A row that is there and cannot be read. */
  unreadable(row: SetAsideRow, read: Read): void;
  /** The same of a report. REST may have it, or the one before. */
  unreadableEvent(event: Pick<UnreadableEvent, 'id' | 'consumer' | 'error'>): void;
  /** A whole read has ended. @returns ids that it should have shown and did not */
  missing(read: Read, signal: AbortSignal): Promise<readonly string[]> | readonly string[];
  /** A read by id did not find the work: Maestro does not have it, unless an event has shown it since. */
  absent(id: string, read: Read): void;
  /** Ids whose end may have gone unseen while the stream was down; asked for when not all is read anew. */
  awaited(): readonly string[];
  /** Some ids of works that should be there; asked for at the same time. When one is not, all may be lost. */
  standing(): readonly string[];
  state(state: StreamState, error?: MaestroError): void;
  /** Something failed and is tried again. */
  problem?(what: string, error: MaestroError): void;
}

export interface FollowDeps extends StreamDeps {
  readonly reader: Pick<WorkReader, 'listBundles' | 'getBundles'>;
}

export interface FollowOptions {
  /** Which works are read; the stream is that of its source. */
  readonly where: BundleFilter & { readonly source: string };
  /** Which reports are heard; all when absent. */
  readonly wants?: (event: Pick<StatusEvent, 'consumer'>) => boolean;
  /**
   * Milliseconds between two whole reads, however quiet the stream is: after a reconnect only what changed meanwhile is
   * read then. Absent, each stream begins with a whole read, and there are no others.
   */
  readonly wholeReadEveryMs?: number;
  /**
   * A refusal, such as a token that expired or a certificate that is being renewed, is told and tried again at a slow
   * beat: giving up would cost all that is known. Without it that ends the following.
   */
  readonly stubborn?: boolean;
}

const pageSize = 200;
/** Rows that are looked at before others get the event loop. */
const partSize = 20;
/** After each part, so that a whole read leaves the event loop and Maestro time for others. */
const partPauseMs = 1;
const idsPerRead = 100;
/** For a whole read; each request in it is bounded by the reader. */
const readTimeoutMs = 3_600_000;

/**
 * Follows the works of a source: one stream, drained at once whatever its listener does, and reads beside it that make
 * up for what a stream cannot tell. Maestro replays nothing on connect (recordings/lifecycle.json), so each stream
 * begins with a read. Works that a whole read does not show are asked for by their ids before they count as gone.
 */
export class Follower {
  readonly #options: FollowOptions;
  readonly #deps: FollowDeps;
  readonly #taker: WorkTaker;
  /** Works to read, each with the report that is to be seen then. */
  readonly #toRead = new Map<string, ReportPlace | undefined>();
  #wake: (() => void) | undefined;
  /** Up to when nothing can have been missed: while a stream is caught up, when it was last heard. */
  #wholeUntil: Moment | undefined;
  readonly #time = new MaestroTime();
  #caughtUp = false;
  #synced = false;
  #lastWholeReadMs = Number.NEGATIVE_INFINITY;

  constructor(options: FollowOptions, deps: FollowDeps, taker: WorkTaker) {
    this.#options = options;
    this.#deps = deps;
    this.#taker = taker;
  }

  /** All works have been read at least once. */
  get synced(): boolean {
    return this.#synced;
  }

  /**
   * Reads the work soon, together with others.
   *
   * @param report the one that is to be seen then: when a read under way shows it, that is enough. A greater one is
   *   not: it may be of the work that was there before under the same id.
   */
  readSoon(id: string, report?: ReportPlace): void {
    // No more than its place: a status has many KB, and at a start all that report wait to be read.
    this.#toRead.set(id, report === undefined ? undefined : placeOf(report));
    this.#wake?.();
  }

  /**
   * Resolves when the signal aborts.
   *
   * @throws MaestroError for a mistake that cannot heal; a stubborn follower only for a bug (internal)
   */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await this.#follow(signal);
      } catch (caught) {
        const error = MaestroError.from(caught);
        if (this.#options.stubborn !== true || error.code === 'internal') throw error;
        if (this.#caughtUp) failures = 0;
        this.#lost(error);
        await slept(this.#deps.clock, backoffMs(failures, this.#deps.random, 1_000, 60_000), signal);
      }
    }
  }

  #lost(error: MaestroError | undefined): void {
    this.#caughtUp = false;
    this.#taker.state('waiting', error);
    if (error !== undefined) this.#taker.problem?.('the status stream', error);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { where, wants } = this.#options;
    await followStream(
      where.source,
      this.#deps,
      { signal },
      {
        onConnecting: () => this.#taker.state('connecting'),
        onReady: (session) => this.#spawn(session, () => this.#catchUp(session)),
        onEvent: (event) => {
          this.#heard();
          if (wants?.(event) !== false) this.#takeEvent(event);
        },
        onUnreadable: (event) => {
          this.#heard();
          if (wants?.(event) !== false) this.#taker.unreadableEvent(event);
        },
        onHeartbeat: () => this.#heard(),
        onWaiting: (error) => this.#lost(error),
      },
    );
  }

  /** Runs beside one stream, and ends it when it cannot go on. */
  #spawn(session: StreamSession, work: () => Promise<void>): void {
    const fail = (caught: unknown): void => {
      if (!session.signal.aborted) session.fail(MaestroError.from(caught));
    };
    session.spawn(work().catch(fail));
  }

  async #catchUp(session: StreamSession): Promise<void> {
    const { signal } = session;
    this.#taker.state('catching-up');
    const since = this.#missedSince();
    if (this.#synced && this.#options.wholeReadEveryMs !== undefined)
      await this.#untilDone('what changed meanwhile', signal, () => this.#readChanged(since, signal));
    if (this.#dueInMs() <= 0) await this.#untilDone('all bundles', signal, () => this.#readWhole(signal));
    if (signal.aborted) return;
    this.#caughtUp = true;
    this.#heard();
    session.markHealthy();
    this.#taker.state('live');
    this.#spawn(session, () => this.#readChosen(signal));
    if (this.#options.wholeReadEveryMs !== undefined) this.#spawn(session, () => this.#readAgain(signal));
  }

  async #readAgain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await slept(this.#deps.clock, Math.max(1_000, this.#dueInMs()), signal);
      if (this.#dueInMs() <= 0) await this.#untilDone('all bundles', signal, () => this.#readWhole(signal));
    }
  }

  #heard(): void {
    const { clock } = this.#deps;
    if (this.#caughtUp) this.#wholeUntil = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
  }

  /**
   * Since when something may have been missed, with the wall clock as it is now: it may have been ahead when the stream
   * was last heard. The monotonic one stands still while the machine sleeps, so the earlier of both counts.
   */
  #missedSince(): Moment {
    const { clock } = this.#deps;
    const { wallMs, monotonicMs } = this.#wholeUntil ?? { wallMs: 0, monotonicMs: Number.NEGATIVE_INFINITY };
    return { wallMs: Math.min(wallMs, clock.wallMs() - (clock.monotonicMs() - monotonicMs)), monotonicMs };
  }

  /** Not more than 0 when each stream begins with a whole read. */
  #dueInMs(): number {
    return this.#lastWholeReadMs + (this.#options.wholeReadEveryMs ?? 0) - this.#deps.clock.monotonicMs();
  }

  async #readWhole(signal: AbortSignal): Promise<void> {
    const startedMs = this.#deps.clock.monotonicMs();
    const read = this.#taker.beginRead();
    await this.#readList(this.#options.where, read, signal);
    // What was made or changed while the pages were read may only look missing.
    await this.#readIds(await this.#taker.missing(read, signal), signal);
    this.#synced = true;
    this.#lastWholeReadMs = startedMs;
  }

  async #readChanged(since: Moment, signal: AbortSignal): Promise<void> {
    const updatedAfter = new Date(this.#time.before(since)).toISOString();
    await this.#readList({ ...this.#options.where, updatedAfter }, this.#taker.beginRead(), signal);
    await this.#readIds(this.#taker.awaited(), signal);
    // A Maestro that came back without its data has changed nothing since, and tells of no end.
    const lost = await this.#readIds(this.#taker.standing(), signal);
    if (lost > 0) this.#lastWholeReadMs = Number.NEGATIVE_INFINITY;
  }

  async #readList(where: BundleFilter, read: Read, signal: AbortSignal): Promise<void> {
    const { clock, reader } = this.#deps;
    const onSetAside = (row: SetAsideRow): void => this.#taker.unreadable(row, read);
    this.#time.beginList();
    for await (const part of reader.listBundles({ where, pageSize, partSize, onSetAside }, this.#call(signal))) {
      for (const row of part) {
        this.#time.row(row.updatedAt, clock.monotonicMs());
        this.#takeRow(row, read);
      }
      if (part.length >= partSize) await clock.sleep(partPauseMs, signal);
    }
    this.#time.endList();
  }

  /**
   * Reads these; those that Maestro does not have are gone, unless an event has shown them since. That is told at once:
   * when the last event comes later, it is told as well, and a follower has to know soon what there is.
   *
   * @returns how many it does not have
   */
  async #readIds(ids: readonly string[], signal: AbortSignal): Promise<number> {
    const { reader } = this.#deps;
    let absent = 0;
    for (let start = 0; start < ids.length; start += idsPerRead) {
      const some = ids.slice(start, start + idsPerRead);
      const missing = new Set(some);
      const read = this.#taker.beginRead();
      const onSetAside = (row: SetAsideRow): void => {
        missing.delete(row.id);
        this.#taker.unreadable(row, read);
      };
      for await (const page of reader.getBundles(some, { ...this.#call(signal), onSetAside })) {
        for (const row of page) {
          missing.delete(row.id);
          this.#takeRow(row, read);
        }
      }
      absent += missing.size;
      for (const id of missing) this.#taker.absent(id, read);
    }
    return absent;
  }

  /** One that cannot be taken in stops none of the others. */
  #takeRow(row: ResourceBundle, read: Read): void {
    try {
      this.#taker.row(row, read);
      const wanted = this.#toRead.get(row.id);
      if (wanted !== undefined && compareReports(row.status, wanted) === 0) this.#toRead.delete(row.id);
    } catch (caught) {
      const { id, consumerName } = row;
      this.#taker.unreadable({ id, consumerName, name: workName(row), error: MaestroError.from(caught) }, read);
    }
  }

  #takeEvent(event: StatusEvent): void {
    try {
      this.#taker.event(event);
    } catch (caught) {
      const { id, consumer } = event;
      this.#taker.unreadableEvent({ id, consumer, error: MaestroError.from(caught) });
    }
  }

  async #readChosen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#toRead.size === 0) await this.#untilWoken(signal);
      const some: (readonly [string, ReportPlace | undefined])[] = [];
      for (const entry of this.#toRead) if (some.push(entry) === idsPerRead) break;
      if (some.length === 0) continue;
      // One that is asked for while it is read is read again: the read may be of before.
      for (const [id] of some) this.#toRead.delete(id);
      await this.#untilDone('chosen bundles', signal, async () => {
        await this.#readIds(
          some.map(([id]) => id),
          signal,
        );
      });
      if (signal.aborted) for (const [id, report] of some) this.#toRead.set(id, report);
    }
  }

  async #untilWoken(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
      if (signal.aborted) wake();
    });
  }

  /** Tries until it is done or the stream has ended. */
  async #untilDone(what: string, signal: AbortSignal, read: () => Promise<void>): Promise<void> {
    const { random } = this.#deps;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        return await read();
      } catch (caught) {
        if (signal.aborted) return;
        const error = MaestroError.from(caught);
        if (this.#options.stubborn !== true && !error.transient && error.code !== 'timeout') throw error;
        this.#taker.problem?.(`reading ${what}`, error);
        await slept(this.#deps.clock, backoffMs(failures, random, 250, 30_000), signal);
      }
    }
  }

  #call(signal: AbortSignal): { readonly signal: AbortSignal; readonly deadlineMs: number } {
    return { signal, deadlineMs: this.#deps.clock.monotonicMs() + readTimeoutMs };
  }
}
