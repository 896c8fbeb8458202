import type { StatusEvent, StatusSubscriber, UnreadableEvent } from '../clients/transport.ts';
import { MaestroError } from '../errors.ts';
import { slept, type Clock } from '../clock.ts';
import { backoffMs } from '../core/back-off.ts';

/**
 * Where somebody is who hears of works over a stream:
 * - `idle`: no stream is open, because nothing asked for one.
 * - `connecting`: opening the stream, for the first time or again.
 * - `catching-up`: the stream stands, and what was missed before is being read.
 * - `live`: every report comes as it happens.
 * - `waiting`: the stream broke; the next try comes after a back-off.
 * - `closed`: it was closed, or cannot be opened for a reason that does not heal; who reads as well goes on reading.
 */
export type ConnectionState = 'idle' | 'connecting' | 'catching-up' | 'live' | 'waiting' | 'closed';

/** The same of one stream that was asked for. */
export type StreamState = Exclude<ConnectionState, 'idle'>;

export interface StreamDeps {
  readonly subscriber: StatusSubscriber;
  readonly clock: Clock;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
}

export interface StreamOptions {
  readonly signal: AbortSignal;
}

/** One stream, from its opening to its end, as its handlers see it. */
export interface StreamSession {
  /** Aborted when the stream ends, for whatever reason. */
  readonly signal: AbortSignal;
  /** Runs beside the stream and is awaited with its end; it must not reject. */
  spawn(work: Promise<void>): void;
  /** Ends the stream with an error: one that may heal is followed by another try. */
  fail(error: MaestroError): void;
  /** The stream carries something: the next back-off starts from the beginning. */
  markHealthy(): void;
}

export interface StreamHandlers {
  onConnecting(): void;
  /** The subscription stands: from now on no event is missed, but those before were. */
  onReady(session: StreamSession): void;
  onEvent(event: StatusEvent, session: StreamSession): void;
  /** A report came that cannot be read. */
  onUnreadable(event: UnreadableEvent, session: StreamSession): void;
  onHeartbeat(session: StreamSession): void;
  /** The stream ended, and the next try comes after a back-off; undefined when the server ended it well. */
  onWaiting(error: MaestroError | undefined): void;
}

/** Silence for this long means a dead connection; the server's heartbeat comes every 10 s. */
const silenceMs = 30_000;
const firstBackoffMs = 250;
const longestBackoffMs = 30_000;

/**
 * Keeps one Subscribe stream open until the signal ends it: a lost, refused or
 * silent one is opened again after a capped, jittered back-off.
 *
 * @throws MaestroError for a mistake that cannot heal (no right to subscribe); an abort ends it without
 */
export async function followStream(
  source: string,
  deps: StreamDeps,
  options: StreamOptions,
  handlers: StreamHandlers,
): Promise<void> {
  for (let failures = 0; !options.signal.aborted; failures += 1) {
    handlers.onConnecting();
    const { error, hasProved } = await runSession(source, deps, options, handlers);
    if (options.signal.aborted) return;
    if (error !== undefined && !error.transient) throw error;
    if (hasProved) failures = 0;
    handlers.onWaiting(error);
    await slept(deps.clock, backoffMs(failures, deps.random, firstBackoffMs, longestBackoffMs), options.signal);
  }
}

async function runSession(
  source: string,
  { subscriber, clock }: StreamDeps,
  options: StreamOptions,
  handlers: StreamHandlers,
): Promise<{ readonly error: MaestroError | undefined; readonly hasProved: boolean }> {
  const end = new AbortController();
  const signal = AbortSignal.any([options.signal, end.signal]);
  const beside: Promise<void>[] = [];
  let hasProved = false;
  const session: StreamSession = {
    signal,
    spawn: (work) => void beside.push(work),
    fail: (error) => end.abort(error),
    markHealthy: () => {
      hasProved = true;
    },
  };
  let heardAtMs = clock.monotonicMs();
  beside.push(endInSilence(() => heardAtMs, { clock, end, signal }));
  try {
    for await (const item of subscriber.subscribe({ source }, { signal })) {
      heardAtMs = clock.monotonicMs();
      if (item.kind === 'status') handlers.onEvent(item, session);
      else if (item.kind === 'unreadable') handlers.onUnreadable(item, session);
      else if (item.kind === 'heartbeat') handlers.onHeartbeat(session);
      else handlers.onReady(session);
    }
    return { error: undefined, hasProved };
  } catch (caught) {
    if (options.signal.aborted) return { error: undefined, hasProved };
    return { error: MaestroError.from(end.signal.aborted ? end.signal.reason : caught), hasProved };
  } finally {
    end.abort(new MaestroError('unavailable', 'the stream ended', { transient: true }));
    await Promise.all(beside);
  }
}

/** One timer a stream, set anew only when it rings, so that an event costs no timer. */
async function endInSilence(
  heardAtMs: () => number,
  { clock, end, signal }: { readonly clock: Clock; readonly end: AbortController; readonly signal: AbortSignal },
): Promise<void> {
  try {
    for (;;) {
      const leftMs = heardAtMs() + silenceMs - clock.monotonicMs();
      if (leftMs <= 0) {
        end.abort(
          new MaestroError('unavailable', `nothing was heard from Maestro for ${silenceMs} ms, not even a heartbeat`, {
            transient: true,
          }),
        );
        return;
      }
      await clock.sleep(leftMs, signal);
    }
  } catch {
    // The stream ended for another reason.
  }
}
