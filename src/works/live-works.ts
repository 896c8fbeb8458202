import type { CallOptions, WorkReader } from '../clients/transport.ts';
import { slept } from '../clock.ts';
import { backoffMs } from '../core/back-off.ts';
import { MaestroError } from '../errors.ts';
import type { Read } from './order.ts';
import { StatusFeed } from './status-feed.ts';
import { WorkStore, type Change, type Projection } from './store.ts';
import type { StreamDeps, StreamState } from './stream.ts';

/** How fresh what is known of the works is. Times are monotonic milliseconds. */
export interface Sight {
  /** Whether reports of works of the own source come as they happen. */
  readonly stream: StreamState;
  /** Why there is no stream. */
  readonly streamError?: MaestroError;
  /** When the last read ended that showed what had changed; undefined before the first. */
  readonly readAtMs?: number;
  /** When the last read of all began; what has gone unheard since is still shown. */
  readonly wholeReadAtMs?: number;
  /** A read of all is under way that is the first one, and has shown so many works. */
  readonly loading?: number;
  /** Why the last read failed, until one works again. */
  readonly readError?: MaestroError;
  /** Works of which the row cannot be read. */
  readonly unreadable: number;
}

export interface LiveWorksOptions<T> {
  readonly projection: Projection<T>;
  /** Whose stream is listened to; works of every source are read. */
  readonly source: string;
  readonly signal: AbortSignal;
  /** Told of what has changed, and with none when only the sight has. */
  readonly onChange: (changes: readonly Change<T>[]) => void;
  /** Told the id of each work that the stream tells of, whatever it tells. */
  readonly onHeard?: (id: string) => void;
}

export interface LiveWorksDeps extends StreamDeps {
  readonly reader: Pick<WorkReader, 'listBundles' | 'getBundles'>;
}

/** Between two reads of what has changed, and the least between two reads of all. */
const readEveryMs = 5_000;
/** A read of all is followed by so many times as long without one: watching must not be most of the server's work. */
const restFactor = 20;
/** The most between two reads of all, unless reading itself takes longer. */
const wholeReadEveryMs = 600_000;
const leastRestFactor = 4;
/** A write is stamped before it can be read. */
const lateWritesMs = 10_000;
const pageSize = 400;
const partSize = 50;
const idsPerRead = 100;
/** Reports that come together are read together. */
const gatherMs = 50;
const longestPauseMs = 30_000;
/** A stream that takes longer is read without. */
const openedWithinMs = 500;
/** For a read of all; each request in it is bounded by the reader. */
const readTimeoutMs = 600_000;

/**
 * The works of every source, for somebody who looks at them: all are read at the beginning and now and then, what has
 * changed every few seconds, and of one source the stream tells at once. Only what the projection keeps stays in
 * memory. What goes wrong later than the first read is told, and tried again.
 */
export class LiveWorks<T> {
  readonly store: WorkStore<T>;
  readonly #options: LiveWorksOptions<T>;
  readonly #deps: LiveWorksDeps;
  readonly #feed: StatusFeed;
  /** Works of which the row cannot be read, each with the latest read that met it. */
  readonly #unreadable = new Map<string, Read>();
  readonly #end = new AbortController();
  readonly #signal: AbortSignal;
  #sight: Sight = { stream: 'connecting', unreadable: 0 };
  /** The latest time of a change that a row told, on the clock of Maestro: RFC 3339. */
  #latestWrite = '';
  /** What the last read of all took. */
  #wholeTookMs = 0;
  #mustReadAll = false;
  #isHurried = false;
  #wake = new AbortController();

  constructor(options: LiveWorksOptions<T>, deps: LiveWorksDeps) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#end.signal]);
    this.#deps = deps;
    this.store = new WorkStore({ projection: options.projection, clock: deps.clock });
    this.#feed = new StatusFeed(options.source, deps, {
      signal: this.#signal,
      onState: (stream, streamError) => {
        const { streamError: before, ...sight } = this.#sight;
        // The reason for a wait stays until there is a stream again.
        const error = stream === 'live' ? undefined : (streamError ?? before);
        this.#see({ ...sight, stream, ...(error === undefined ? {} : { streamError: error }) });
      },
    });
  }

  get sight(): Sight {
    return this.#sight;
  }

  /**
   * Follows until the signal ends it.
   *
   * @throws MaestroError when the first read is refused, for a reason that does not heal
   */
  async run(): Promise<void> {
    try {
      await Promise.all([this.#readOn(this.#signal), this.#listen(this.#signal)]);
    } finally {
      this.#end.abort();
      await this.#feed.close();
    }
  }

  async #readOn(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#deps;
    // What is read before the stream stands would have to be read again.
    if (!(await this.#streamOpened(signal))) return;
    for (let failures = 0; !signal.aborted;) {
      try {
        if (this.#wholeDueInMs() <= 0) await this.#readWhole();
        else await this.#readChanged();
        failures = 0;
        const { readError: _, ...sight } = this.#sight;
        this.#see({ ...sight, readAtMs: clock.monotonicMs() });
      } catch (caught) {
        if (signal.aborted) return;
        const error = MaestroError.from(caught);
        const heals = error.transient || error.code === 'timeout';
        if (error.code === 'internal' || (!heals && this.#sight.readAtMs === undefined)) throw error;
        failures += 1;
        this.#see({ ...this.#sight, readError: error });
      }
      const pauseMs = failures === 0 ? readEveryMs : backoffMs(failures, random, 500, longestPauseMs);
      await this.#rest(pauseMs, signal);
    }
  }

  /** @returns false when the signal has ended it */
  async #streamOpened(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#feed.opened(openedWithinMs, signal);
    } catch (caught) {
      if (!signal.aborted) throw caught;
    }
    return !signal.aborted;
  }

  /** Sleeps, and wakes early when something may have been missed. */
  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    this.#wake = new AbortController();
    if (!this.#isHurried) await slept(this.#deps.clock, ms, AbortSignal.any([signal, this.#wake.signal]));
    this.#isHurried = false;
  }

  #wholeDueInMs(): number {
    const { wholeReadAtMs } = this.#sight;
    if (wholeReadAtMs === undefined) return 0;
    const tookMs = this.#wholeTookMs;
    const pauseMs = this.#mustReadAll
      ? tookMs * leastRestFactor
      : Math.max(readEveryMs, tookMs * leastRestFactor, Math.min(wholeReadEveryMs, tookMs * restFactor));
    return wholeReadAtMs + tookMs + pauseMs - this.#deps.clock.monotonicMs();
  }

  async #readWhole(): Promise<void> {
    const { clock } = this.#deps;
    const startedMs = clock.monotonicMs();
    const isFirst = this.#sight.wholeReadAtMs === undefined;
    this.#mustReadAll = false;
    const read = this.store.beginRead();
    await this.#readList({}, read, isFirst);
    // What was made or changed while the pages were read may only look missing.
    await this.#readIds([...this.store.missing(read)].map(({ id }) => id));
    for (const [id, met] of this.#unreadable) if (met < read) this.#unreadable.delete(id);
    this.#wholeTookMs = clock.monotonicMs() - startedMs;
    const { loading: _, ...sight } = this.#sight;
    this.#see({ ...sight, wholeReadAtMs: startedMs, unreadable: this.#unreadable.size });
  }

  async #readChanged(): Promise<void> {
    const sinceMs = Date.parse(this.#latestWrite);
    // Nothing was ever there, or Maestro tells no times: only a read of all shows what is new.
    if (Number.isNaN(sinceMs)) return this.#readWhole();
    await this.#readList(
      { updatedAfter: new Date(sinceMs - lateWritesMs).toISOString() },
      this.store.beginRead(),
      false,
    );
  }

  async #readList(where: { readonly updatedAfter?: string }, read: Read, isFirst: boolean): Promise<void> {
    const { reader, clock } = this.#deps;
    let shown = 0;
    const onSetAside = ({ id }: { readonly id: string }): void => this.#keep(id, read);
    for await (const part of reader.listBundles({ where, pageSize, partSize, onSetAside }, this.#call())) {
      const changes = part.flatMap((row) => {
        this.#unreadable.delete(row.id);
        if (row.updatedAt > this.#latestWrite) this.#latestWrite = row.updatedAt;
        const taken = this.store.takeRow(row, read);
        if (taken.mustRead) this.#mustReadAll = true;
        return taken.changes;
      });
      shown += part.length;
      if (isFirst) this.#sight = { ...this.#sight, loading: shown };
      this.#sight = { ...this.#sight, unreadable: this.#unreadable.size };
      if (changes.length > 0 || isFirst) this.#options.onChange(changes);
      // Keys and pictures come before the rest of a long read.
      if (part.length === partSize) await clock.sleep(1, this.#signal);
    }
  }

  /**
   * Reads these; those that Maestro does not have are gone, unless an event has shown them since. Who looks on is shown
   * what there is, and not how it ended, so no last event is waited for.
   */
  async #readIds(ids: readonly string[]): Promise<void> {
    for (let start = 0; start < ids.length; start += idsPerRead) {
      const some = ids.slice(start, start + idsPerRead);
      const read = this.store.beginRead();
      const onSetAside = ({ id }: { readonly id: string }): void => this.#keep(id, read);
      const changes: Change<T>[] = [];
      for await (const page of this.#deps.reader.getBundles(some, { ...this.#call(), onSetAside }))
        for (const row of page) {
          this.#unreadable.delete(row.id);
          changes.push(...this.store.takeRow(row, read).changes);
        }
      changes.push(...this.store.endRead(read, some));
      if (changes.length > 0) this.#options.onChange(changes);
    }
  }

  #keep(id: string, read: Read): void {
    this.store.keep(id, read);
    this.#unreadable.set(id, read);
    this.#see({ ...this.#sight, unreadable: this.#unreadable.size });
  }

  /** Takes in what the stream tells, and reads what it does not tell whole. */
  async #listen(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    try {
      for (;;) {
        await this.#feed.rest(60_000, signal);
        const { events, mustRead } = this.#feed.take();
        if (mustRead) this.#mustReadAll = true;
        const toRead: string[] = [];
        const changes = events.flatMap((event) => {
          const taken = this.store.takeEvent(event);
          this.#options.onHeard?.(event.id);
          if (taken.mustRead) toRead.push(event.id);
          return taken.changes;
        });
        if (changes.length > 0) this.#options.onChange(changes);
        if (toRead.length > 0) await this.#readHeard(toRead);
        if (mustRead) {
          this.#isHurried = true;
          this.#wake.abort();
        }
        await clock.sleep(gatherMs, signal);
      }
    } catch (caught) {
      if (!signal.aborted) throw caught;
    }
  }

  /** What cannot be read now is read with all that has changed. */
  async #readHeard(ids: readonly string[]): Promise<void> {
    try {
      await this.#readIds(ids);
    } catch (caught) {
      if (this.#signal.aborted) throw caught;
      const error = MaestroError.from(caught);
      if (error.code === 'internal') throw error;
      this.#mustReadAll = true;
    }
  }

  #see(sight: Sight): void {
    this.#sight = sight;
    this.#options.onChange([]);
  }

  #call(): CallOptions {
    return {
      signal: this.#signal,
      deadlineMs: this.#deps.clock.monotonicMs() + readTimeoutMs,
      // The reader tries again by itself for as long as the call may take; that there is trouble is known at once.
      onRetry: (readError) => this.#see({ ...this.#sight, readError }),
    };
  }
}
