import {
  type BundleFilter,
  type SetAsideRow,
  type StatusEvent,
  type StatusSubscriber,
  type WorkReader,
} from '../../clients/index.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { backoffMs } from '../../core/back-off.ts';
import { followStream, type StreamSession } from '../../works/stream.ts';
import type { MaestroListener } from '../store/maestro-listener.ts';

export interface MaestroFeedDeps {
  readonly reader: WorkReader;
  readonly subscriber: StatusSubscriber;
  /** The machine's, of which the wall time is set right now and then: what changed is asked for by Maestro's times. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly onProblem: (what: string, error: MaestroError) => void;
}

export interface MaestroFeedOptions {
  readonly source: string;
  /** A whole read, however quiet the stream is. Milliseconds. */
  readonly wholeReadEveryMs: number;
}

const pageSize = 200;
const idsPerRead = 100;
/** Rows that are looked at before others get the event loop. */
const partSize = 20;
/** After each part, so that a whole read leaves the event loop and Maestro time for others. */
const partPauseMs = 1;
/** How far the clocks of Maestro and of this machine may differ, for the read of what changed meanwhile. */
const clockSkewMs = 300_000;
const readTimeoutMs = 3_600_000;

/**
 * Follows Maestro for ever: one stream, drained at once, and reads that make up
 * for what a stream cannot tell. After the first whole read, a reconnect reads
 * only what changed since the stream was last heard (`updated_at` moves with
 * status writes) and asks for the ids whose end is awaited; a whole read comes
 * at a slow beat, for it alone shows what vanished.
 */
export class MaestroFeed {
  readonly #options: MaestroFeedOptions;
  readonly #handler: MaestroListener;
  readonly #deps: MaestroFeedDeps;
  readonly #toRead = new Set<string>();
  #readingChosen = false;
  #wokeReader: (() => void) | undefined;
  /** Up to when nothing can have been missed: while a stream is caught up, when it was last heard. */
  #wholeUntil: { readonly wallMs: number; readonly monotonicMs: number } | undefined;
  #caughtUp = false;
  #wholeReads = 0;
  #lastWholeReadMs = Number.NEGATIVE_INFINITY;

  constructor(options: MaestroFeedOptions, handler: MaestroListener, deps: MaestroFeedDeps) {
    this.#options = options;
    this.#handler = handler;
    this.#deps = deps;
  }

  /** All bundles have been read at least once. */
  get synced(): boolean {
    return this.#wholeReads > 0;
  }

  /** Reads the bundle soon, together with others. */
  readSoon(id: string): void {
    this.#toRead.add(id);
    this.#wokeReader?.();
  }

  /**
   * Resolves when the signal aborts. A refusal, such as a token that expired or
   * a certificate that is being renewed, is told and tried again at a slow beat:
   * giving up would cost all that was read of the hub.
   *
   * @throws MaestroError internal, for a bug
   */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await this.#follow(signal);
      } catch (caught) {
        const error = MaestroError.from(caught);
        if (error.code === 'internal') throw error;
        if (this.#caughtUp) failures = 0;
        this.#lost(error);
        await this.#sleep(backoffMs(failures, this.#deps.random, 1_000, 60_000), signal);
      }
    }
  }

  #lost(error: MaestroError | undefined): void {
    this.#caughtUp = false;
    this.#handler.live(false);
    if (error !== undefined) this.#deps.onProblem('the status stream', error);
  }

  /** @throws MaestroError for a mistake that does not heal by itself */
  async #follow(signal: AbortSignal): Promise<void> {
    await followStream(
      this.#options.source,
      this.#deps,
      { signal },
      {
        onReady: (session) => session.beside(this.#catchUp(session)),
        onEvent: (event) => {
          this.#heard();
          this.#reported(event);
        },
        onUnreadable: (event) => {
          this.#heard();
          this.#handler.unreadableReport(event);
        },
        onHeartbeat: () => this.#heard(),
        onWaiting: (error) => this.#lost(error),
      },
    );
  }

  /** Everything beside one stream: catching up, chosen reads, and whole reads at their beat. */
  async #catchUp(session: StreamSession): Promise<void> {
    const { signal } = session;
    const sinceMs = this.#missedSinceMs();
    if (this.synced) await this.#untilDone('what changed meanwhile', signal, () => this.#readChanged(sinceMs, signal));
    await this.#readWholeIfDue(signal);
    if (signal.aborted) return;
    this.#caughtUp = true;
    this.#heard();
    session.proved();
    this.#handler.live(true);
    session.beside(this.#readChosen(signal));
    while (!signal.aborted) {
      await this.#sleep(Math.max(1_000, this.#dueInMs()), signal);
      await this.#readWholeIfDue(signal);
    }
  }

  #heard(): void {
    const { clock } = this.#deps;
    if (this.#caughtUp) this.#wholeUntil = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
  }

  /**
   * Wall time since when something may have been missed, by the clock as it is now: it may have been ahead when
   * the stream was last heard. The monotonic one stands still while the machine sleeps, so the earlier of both counts.
   */
  #missedSinceMs(): number {
    const { clock } = this.#deps;
    if (this.#wholeUntil === undefined) return 0;
    return Math.min(this.#wholeUntil.wallMs, clock.wallMs() - (clock.monotonicMs() - this.#wholeUntil.monotonicMs));
  }

  #dueInMs(): number {
    return this.#lastWholeReadMs + this.#options.wholeReadEveryMs - this.#deps.clock.monotonicMs();
  }

  async #readWholeIfDue(signal: AbortSignal): Promise<void> {
    if (this.#dueInMs() > 0 || signal.aborted) return;
    await this.#untilDone('all bundles', signal, () => this.#readWhole(signal));
  }

  async #readWhole(signal: AbortSignal): Promise<void> {
    const startedMs = this.#deps.clock.monotonicMs();
    this.#handler.beginRead();
    await this.#readWhere({ source: this.#options.source }, signal);
    // What was made or changed while the pages were read may only look missing.
    await this.#readIds(await this.#handler.endRead(signal), signal);
    this.#wholeReads += 1;
    this.#lastWholeReadMs = startedMs;
  }

  async #readChanged(sinceMs: number, signal: AbortSignal): Promise<void> {
    const since = new Date(Math.max(0, sinceMs - clockSkewMs)).toISOString();
    await this.#readWhere({ source: this.#options.source, updatedAfter: since }, signal);
    await this.#readIds(this.#handler.awaited(), signal);
  }

  async #readWhere(where: BundleFilter, signal: AbortSignal): Promise<void> {
    const { clock, reader } = this.#deps;
    const options = { signal, deadlineMs: clock.monotonicMs() + readTimeoutMs };
    for await (const part of reader.listBundles(
      { where, pageSize, partSize, onSetAside: (row) => this.#handler.unreadable(row) },
      options,
    )) {
      for (const bundle of part) this.#stored(bundle);
      if (part.length >= partSize) await clock.sleep(partPauseMs, signal);
    }
  }

  /** Reads these; those that Maestro does not have are told as missing. */
  async #readIds(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const { clock, reader } = this.#deps;
    for (let start = 0; start < ids.length; start += idsPerRead) {
      const some = ids.slice(start, start + idsPerRead);
      const missing = new Set(some);
      const options = { signal, deadlineMs: clock.monotonicMs() + readTimeoutMs };
      const onSetAside = (row: SetAsideRow): void => {
        missing.delete(row.id);
        this.#handler.unreadable(row);
      };
      for await (const page of reader.listBundles(
        { where: { ids: some }, pageSize: idsPerRead, onSetAside },
        options,
      )) {
        for (const bundle of page) {
          missing.delete(bundle.id);
          this.#stored(bundle);
        }
      }
      for (const id of missing) this.#handler.missing(id);
    }
  }

  /** One that cannot be taken in stops none of the others. */
  #stored(bundle: ResourceBundle): void {
    try {
      this.#handler.stored(bundle);
    } catch (caught) {
      this.#handler.unreadable({
        id: bundle.id,
        consumerName: bundle.consumerName,
        name: workName(bundle),
        error: MaestroError.from(caught),
      });
    }
  }

  #reported(event: StatusEvent): void {
    try {
      this.#handler.reported(event);
    } catch (caught) {
      this.#handler.unreadableReport({ id: event.id, consumer: event.consumer, error: MaestroError.from(caught) });
    }
  }

  async #readChosen(signal: AbortSignal): Promise<void> {
    if (this.#readingChosen) return;
    this.#readingChosen = true;
    try {
      while (!signal.aborted) {
        if (this.#toRead.size === 0) await this.#untilWoken(signal);
        const ids = [...this.#toRead].slice(0, idsPerRead);
        if (ids.length === 0) continue;
        // One that is asked for while it is read is read again: the read may be of before.
        for (const id of ids) this.#toRead.delete(id);
        await this.#untilDone('chosen bundles', signal, () => this.#readIds(ids, signal));
        if (signal.aborted) for (const id of ids) this.#toRead.add(id);
      }
    } finally {
      this.#readingChosen = false;
    }
  }

  async #untilWoken(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        this.#wokeReader = undefined;
        resolve();
      };
      this.#wokeReader = wake;
      signal.addEventListener('abort', wake, { once: true });
      if (signal.aborted) wake();
    });
  }

  /**
   * Tries until it is done or the stream has ended; a mistake that cannot heal is told and tried again all the same,
   * at a slow beat.
   */
  async #untilDone(what: string, signal: AbortSignal, read: () => Promise<void>): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        return await read();
      } catch (caught) {
        if (signal.aborted) return;
        this.#deps.onProblem(`reading ${what}`, MaestroError.from(caught));
        await this.#sleep(backoffMs(failures, this.#deps.random, 250, 30_000), signal);
      }
    }
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#deps.clock.sleep(ms, signal);
    } catch {
      // The loop looks at the signal.
    }
  }
}
