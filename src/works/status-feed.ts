import type { StatusEvent } from '../clients/transport.ts';
import { MaestroError } from '../errors.ts';
import { reportsDeletion } from '../core/works/report-order.ts';
import { followStream, type StreamDeps, type StreamOptions, type StreamState } from './stream.ts';

export interface FeedOptions extends StreamOptions {
  /** Events of other works are dropped as they come. */
  readonly wants?: (event: StatusEvent) => boolean;
  /** Told when the stream breaks or cannot be opened, and whether it is given up. */
  readonly onTrouble?: (error: MaestroError, givenUp: boolean) => void;
  readonly onState?: (state: StreamState, error?: MaestroError) => void;
}

/**
 * The events of a source for somebody who reads REST anyway and wants to know
 * sooner: it never fails, it is only live or not. What waits to be taken is
 * the latest event of each work, and its `Deleted`, so memory is bounded by the
 * number of works however slow the taker is, and the stream is always drained.
 */
export class StatusFeed {
  readonly source: string;
  readonly #deps: StreamDeps;
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;
  readonly #events = new Map<string, StatusEvent>();
  readonly #options: FeedOptions;
  #state: StreamState = 'connecting';
  #mustRead = false;
  /** Whoever sleeps until there is something: it may be several at once. */
  readonly #sleepers = new Set<() => void>();

  constructor(source: string, deps: StreamDeps, options: FeedOptions) {
    this.source = source;
    this.#deps = deps;
    this.#options = options;
    this.#following = this.#follow(AbortSignal.any([options.signal, this.#stop.signal]));
  }

  get live(): boolean {
    return this.#state === 'live';
  }

  /** What came since the last call, and whether events may have been missed since: the stream was (re)opened. */
  take(): { readonly events: readonly StatusEvent[]; readonly mustRead: boolean } {
    const taken = { events: [...this.#events.values()], mustRead: this.#mustRead };
    this.#events.clear();
    this.#mustRead = false;
    return taken;
  }

  /** Waits until the stream stands, is given up, or the time is over; rejects with the signal's reason. */
  async opened(withinMs: number, signal: AbortSignal): Promise<boolean> {
    const untilMs = this.#deps.clock.monotonicMs() + withinMs;
    while (this.#state !== 'live' && this.#state !== 'closed') {
      const leftMs = untilMs - this.#deps.clock.monotonicMs();
      if (leftMs <= 0) break;
      await this.#sleep(leftMs, signal);
    }
    return this.live;
  }

  /** Sleeps, and wakes early when there is something to take; rejects with the signal's reason. */
  async rest(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#events.size > 0 || this.#mustRead) return;
    await this.#sleep(ms, signal);
  }

  /** Ends the stream; resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#stop.abort(new MaestroError('interrupted', 'the stream was closed'));
    await this.#following;
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = (): void => woken.abort();
    this.#sleepers.add(wake);
    try {
      await this.#deps.clock.sleep(ms, AbortSignal.any([signal, woken.signal]));
    } catch (reason) {
      if (signal.aborted || !woken.signal.aborted) throw reason;
    } finally {
      this.#sleepers.delete(wake);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { onTrouble, wants } = this.#options;
    try {
      await followStream(
        this.source,
        this.#deps,
        { ...this.#options, signal },
        {
          onConnecting: () => this.#become('connecting'),
          onReady: () => {
            this.#mustRead = true;
            this.#become('live');
          },
          onHeartbeat: (session) => session.markHealthy(),
          onEvent: (event, session) => {
            session.markHealthy();
            if (wants?.(event) === false) return;
            this.#events.set(reportsDeletion(event.status) ? `${event.id} deleted` : event.id, event);
            this.#wake();
          },
          // What it tells is read from REST, if it can be.
          onUnreadable: (_event, session) => {
            session.markHealthy();
            this.#mustRead = true;
            this.#wake();
          },
          onWaiting: (error) => {
            this.#become('waiting', error);
            onTrouble?.(
              error ?? new MaestroError('unavailable', 'the server ended the stream', { transient: true }),
              false,
            );
          },
        },
      );
      this.#become('closed');
    } catch (caught) {
      const error = MaestroError.from(caught);
      this.#become('closed', error);
      onTrouble?.(error, true);
    }
  }

  #wake(): void {
    for (const wake of this.#sleepers) wake();
  }

  #become(state: StreamState, error?: MaestroError): void {
    this.#state = state;
    this.#options.onState?.(state, error);
    // Whoever rests has slept by the pace of the state before.
    this.#wake();
  }
}
