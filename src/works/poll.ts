import type { Clock } from '../clock.ts';
import type { CallOptions, SetAsideRow, StatusEvent, WorkReader } from '../clients/transport.ts';
import { backoffMs } from '../core/back-off.ts';
import { bundleId } from '../core/works/bundle-id.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';
import { MaestroError } from '../errors.ts';
import { lastEventMs } from './last-event.ts';
import type { Selection } from './select.ts';
import type { StatusFeed } from './status-feed.ts';
import { WorkStore, type Change } from './store.ts';
import type { Read } from './order.ts';
import { shownRows } from './whole-rows.ts';

/** What became of a work that was shown. */
export type ShownChange = Exclude<Change<ResourceBundle>, { readonly type: 'ENDED' }>;

/** One look at what there is: the changes since the look before, and whether anything is left to look at. */
export interface Look {
  readonly changes: readonly ShownChange[];
  readonly present: number;
}

/** How long to go on, and by which clock. */
export interface PollBudget extends CallOptions {
  readonly clock: Clock;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
}

export interface PollOptions {
  /** Milliseconds between two reads, more than 0. */
  readonly intervalMs: number;
  /** One read may take this long, milliseconds. */
  readonly readTimeoutMs: number;
  /** Called when reading fails for a second, or for good, with the reason, and with undefined when it works again. */
  readonly onTrouble: (error: MaestroError | undefined) => void;
  /**
   * Told once of a work whose row cannot be read, until it can; the watch goes on with the row before.
   */
  readonly onUnreadable?: (error: MaestroError) => void;
  /** Brings changes between two reads; without it no stream is opened. */
  readonly stream?: {
    readonly feed: StatusFeed;
    /**
     * Milliseconds between two reads while the stream is live and every work is of its source: the stream tells no
     * stored version before an agent reports it.
     */
    readonly liveIntervalMs: number;
  };
}

/** The longest pause after reads that failed. */
const longestPauseMs = 30_000;
/** Tries that fail for no longer than this are nobody's concern. */
const hiccupMs = 1_000;
/** A read of the works that the stream told of. */
const readSomeMs = 10_000;
/**
 * After a read that took long, at least so many times as long passes before the next: watching must not be most of the
 * server's work.
 */
const restFactor = 4;

/**
 * Follows works by reading them again and again, and with a stream by what it tells in between. A server that goes
 * away is waited out with a capped, jittered back-off; a mistake that cannot heal is thrown. Without a stream, what
 * comes and goes between two reads is not seen.
 */
export class Poller {
  readonly #selection: Selection;
  readonly #reader: Pick<WorkReader, 'getBundles'>;
  readonly #budget: PollBudget;
  readonly #store: WorkStore<ResourceBundle>;
  /** Works that do not come down the stream. */
  readonly #foreign = new Set<string>();
  /** Works whose rows cannot be read, and were told of. */
  #unreadable: ReadonlySet<string> = new Set();
  /** Works of which the stream told something that has to be read. */
  readonly #toRead = new Set<string>();
  #mustReadAll = false;
  /** Whose stream is listened to. */
  #source: string | undefined;

  constructor(selection: Selection, reader: Pick<WorkReader, 'getBundles'>, budget: PollBudget) {
    this.#selection = selection;
    this.#reader = reader;
    this.#budget = budget;
    this.#store = new WorkStore({ projection: shownRows, clock: budget.clock });
  }

  /** Whether an event on the stream may be about one of the works. */
  wants(event: StatusEvent): boolean {
    return this.#store.get(event.id) !== undefined || this.#selection.wants(event);
  }

  /**
   * Ends when the budget does.
   *
   * @throws MaestroError also at the end of the budget when nothing could be read until then: that was not watched
   */
  async *looks(options: PollOptions): AsyncGenerator<Look> {
    const { clock, random } = this.#budget;
    const { stream } = options;
    this.#source = stream?.feed.source;
    let failures = 0;
    let troubled = false;
    /** Why there was no read yet that worked. */
    let unread: MaestroError | undefined;
    let hasRead = false;
    const tell = (error: MaestroError | undefined): void => {
      if (troubled === (error !== undefined)) return;
      troubled = error !== undefined;
      options.onTrouble(error);
    };
    while (this.#remainingMs() > 0) {
      const startMs = clock.monotonicMs();
      // The tries of a read that failed cost the server nothing: what it took is the time of the last one.
      let tryMs = startMs;
      const onRetry = (error: MaestroError): void => {
        tryMs = clock.monotonicMs();
        if (tryMs - startMs >= hiccupMs) tell(error);
      };
      let look: Look | undefined;
      try {
        look = await this.#readAll(options, { ...this.#call(options.readTimeoutMs), onRetry });
      } catch (caught) {
        this.#budget.signal.throwIfAborted();
        const error = MaestroError.from(caught);
        if (!error.transient && error.code !== 'timeout') throw error;
        // What kept it from being read tells more than that the time was up.
        if (unread === undefined || error.code !== 'timeout') unread = error;
        // A read that only the end of the budget cut short is no news of the server.
        if (this.#remainingMs() <= 0) break;
        tell(error);
        failures += 1;
      }
      if (look !== undefined) {
        hasRead = true;
        tell(undefined);
        failures = 0;
        yield look;
      }
      const endMs = clock.monotonicMs();
      const jitter = random();
      const pauseMs = (): number =>
        look === undefined
          ? pauseAfterFailure(options.intervalMs, failures, () => jitter)
          : pauseAfterRead(this.#intervalMs(options), endMs - tryMs, () => jitter);
      if (stream === undefined) await this.#pause(pauseMs());
      else if (yield* this.#untilReadIsDue(stream.feed, () => endMs + pauseMs() - clock.monotonicMs())) hasRead = true;
    }
    if (!hasRead) throw neverRead(unread);
  }

  #intervalMs({ intervalMs, stream }: PollOptions): number {
    return stream?.feed.live === true && this.#foreign.size === 0 ? stream.liveIntervalMs : intervalMs;
  }

  /** Nothing of a read is taken in before all of it has come. */
  async #readAll({ stream, onUnreadable }: PollOptions, call: CallOptions): Promise<Look> {
    const read = this.#store.beginRead();
    this.#mustReadAll = false;
    this.#toRead.clear();
    const unreadable = new Map<string, MaestroError>();
    const onSetAside = ({ id, error }: SetAsideRow): void => void unreadable.set(id, error);
    const rows = new Map<string, ResourceBundle>();
    for await (const page of this.#selection.read({ ...call, onSetAside }))
      for (const row of page) rows.set(row.id, row);
    if (!this.#selection.exact) {
      // Not to be listed is not to be deleted.
      const unlisted = [...this.#store.works()].flatMap(({ id }) => (rows.has(id) || unreadable.has(id) ? [] : [id]));
      for await (const page of this.#reader.getBundles(unlisted, { ...call, onSetAside }))
        for (const row of page) rows.set(row.id, row);
    }
    for (const [id, error] of unreadable) if (!this.#unreadable.has(id)) onUnreadable?.(error);
    this.#unreadable = new Set(unreadable.keys());
    const changes = [...this.#takeRows(rows.values(), read, unreadable.keys())];
    if (stream !== undefined) changes.push(...(await this.#hearTheEnds(stream.feed, read)));
    changes.push(...this.#store.endRead(read));
    return this.#lookOf(changes);
  }

  #takeRows(
    rows: Iterable<ResourceBundle>,
    read: Read,
    unreadable: Iterable<string>,
  ): readonly Change<ResourceBundle>[] {
    const changes: Change<ResourceBundle>[] = [];
    for (const row of rows)
      if (this.#store.get(row.id) !== undefined || this.#selection.admits(row))
        changes.push(...this.#store.takeRow(row, read).changes);
    for (const id of unreadable) this.#store.keep(id, read);
    return changes;
  }

  /**
   * A row goes before its last event has come down the stream, and only that
   * event tells that the objects went, too: so the end of a work is not told at once.
   */
  async #hearTheEnds(feed: StatusFeed, read: Read): Promise<readonly Change<ResourceBundle>[]> {
    const changes: Change<ResourceBundle>[] = [];
    const { clock, deadlineMs, signal } = this.#budget;
    const untilMs = Math.min(deadlineMs, clock.monotonicMs() + lastEventMs);
    while (feed.live && this.#awaitsAnEnd(read)) {
      const leftMs = untilMs - clock.monotonicMs();
      if (leftMs <= 0) break;
      await feed.rest(leftMs, signal);
      changes.push(...this.#takeEvents(feed));
    }
    return changes;
  }

  /** What came down the stream since the last time; what it leaves open is read later. */
  #takeEvents(feed: StatusFeed): readonly Change<ResourceBundle>[] {
    const { events, mustRead } = feed.take();
    this.#mustReadAll ||= mustRead;
    return events.flatMap((event) => {
      const taken = this.#store.takeEvent(event);
      if (taken.mustRead) this.#toRead.add(event.id);
      return taken.changes;
    });
  }

  #awaitsAnEnd(read: Read): boolean {
    for (const { id } of this.#store.missing(read)) if (!this.#foreign.has(id)) return true;
    return false;
  }

  /**
   * Gives what the stream tells until the pause is over, the stream was opened anew, or what it told could not be read.
   *
   * @returns whether what it told could be read
   */
  async *#untilReadIsDue(feed: StatusFeed, leftMs: () => number): AsyncGenerator<Look, boolean> {
    const { signal } = this.#budget;
    let hasRead = false;
    for (;;) {
      const look = this.#lookOf(this.#takeEvents(feed));
      if (look.changes.length > 0) yield look;
      if (this.#mustReadAll) return hasRead;
      if (this.#toRead.size > 0) {
        try {
          const more = await this.#readSome([...this.#toRead]);
          hasRead = true;
          if (more.changes.length > 0) yield more;
        } catch (caught) {
          signal.throwIfAborted();
          // The whole read that follows tells whether the server is in trouble.
          if (MaestroError.from(caught).code === 'internal') throw caught;
          return hasRead;
        }
      }
      const waitMs = Math.min(leftMs(), this.#remainingMs());
      if (waitMs <= 0) return hasRead;
      await feed.rest(waitMs, signal);
    }
  }

  /** Reads works that the stream told of. A row of them that cannot be read is told by the next read of all. */
  async #readSome(ids: readonly string[]): Promise<Look> {
    const read = this.#store.beginRead();
    this.#toRead.clear();
    const unreadable: string[] = [];
    const onSetAside = ({ id }: SetAsideRow): void => void unreadable.push(id);
    const rows: ResourceBundle[] = [];
    for await (const page of this.#reader.getBundles(ids, { ...this.#call(readSomeMs), onSetAside }))
      rows.push(...page);
    return this.#lookOf([...this.#takeRows(rows, read, unreadable), ...this.#store.endRead(read, ids)]);
  }

  #lookOf(changes: readonly Change<ResourceBundle>[]): Look {
    const shown = changes.filter((change): change is ShownChange => change.type !== 'ENDED');
    for (const change of shown) this.#noteSource(change);
    return { changes: shown, present: this.#store.size };
  }

  /** REST does not show the source of a work, but its id is made of it. */
  #noteSource({ type, id, kept }: ShownChange): void {
    const source = this.#source;
    if (type === 'DELETED') this.#foreign.delete(id);
    else if (type === 'ADDED' && source !== undefined && id !== bundleId(source, kept.consumerName, workName(kept)))
      this.#foreign.add(id);
  }

  #call(withinMs: number): CallOptions {
    const { deadlineMs, clock } = this.#budget;
    return { ...this.#budget, deadlineMs: Math.min(deadlineMs, clock.monotonicMs() + withinMs) };
  }

  #remainingMs(): number {
    return this.#budget.deadlineMs - this.#budget.clock.monotonicMs();
  }

  async #pause(ms: number): Promise<void> {
    await this.#budget.clock.sleep(Math.max(0, Math.min(ms, this.#remainingMs())), this.#budget.signal);
  }
}

/** The time that was to be watched for is no time that was too short: the server did not answer in it. */
function neverRead(why: MaestroError | undefined): MaestroError {
  if (why !== undefined && why.code !== 'timeout') return why;
  return new MaestroError('unavailable', why?.message ?? 'the time was up before anything could be read', {
    transient: true,
    cause: why,
  });
}

function pauseAfterRead(intervalMs: number, tookMs: number, random: () => number): number {
  return Math.max(intervalMs * (0.95 + random() * 0.1), Math.min(longestPauseMs, tookMs * restFactor));
}

/** Never shorter than the interval, and longer than the cap only when the interval is. */
export function pauseAfterFailure(intervalMs: number, failures: number, random: () => number): number {
  return Math.max(intervalMs, backoffMs(failures, random, 500, longestPauseMs));
}
