import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { backoffMs } from '../../core/back-off.ts';
import { pause, remainingMs, type Budget } from '../budget.ts';
import { KnownWorks, type Look } from './known-works.ts';
import type { StatusFeed } from '../../works/status-feed.ts';

/** Where changes come from. It ends when the budget does. */
export type ChangeSource = AsyncIterable<Look>;

export interface PollingOptions {
  /** Milliseconds between two reads, more than 0. */
  readonly intervalMs: number;
  /** All works to look at, as they are now. */
  readonly read: (budget: Budget) => Promise<readonly ResourceBundle[]>;
  /** One read may take this long, milliseconds. */
  readonly readTimeoutMs: number;
  /** Called when reading fails for a second, or for good, with the reason, and with undefined when it works again. */
  readonly onTrouble: (error: MaestroError | undefined) => void;
  /** Brings changes between two reads; without it no stream is opened. */
  readonly stream?: StreamOfChanges;
}

/** What a stream adds to reading again and again. */
export interface StreamOfChanges {
  readonly feed: StatusFeed;
  /**
   * Milliseconds between two reads while the stream is live and every work is of its source: the stream tells no
   * stored version before an agent reports it.
   */
  readonly liveIntervalMs: number;
  /** Reads works that the stream told of, those that are wanted. */
  readonly readSome: (ids: readonly string[], budget: Budget) => Promise<readonly ResourceBundle[]>;
}

/** The longest pause after reads that failed. */
const longestPauseMs = 30_000;
/** Tries that fail for no longer than this are nobody's concern. */
const hiccupMs = 1_000;
/** A read of the works that the stream told of. */
const readSomeMs = 10_000;
/** How long after a row was found gone its last event may still come. */
const lastEventMs = 1_000;
/**
 * After a read that took long, at least so many times as long passes before the next: watching must not be most of the
 * server's work.
 */
const restFactor = 4;

/**
 * Changes found by reading again and again, and with a stream by what it tells
 * in between. A server that goes away is waited out with a capped, jittered
 * back-off; a mistake that cannot heal is thrown. Without a stream, what comes
 * and goes between two reads is not seen.
 *
 * @throws MaestroError also at the end of the budget when nothing could be read until then: that was not watched
 */
export async function* pollChanges(options: PollingOptions, budget: Budget): AsyncGenerator<Look> {
  const { stream } = options;
  const known = new KnownWorks(stream?.feed.source);
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
  while (remainingMs(budget) > 0) {
    const startMs = budget.clock.monotonicMs();
    // The tries of a read that failed cost the server nothing: what it took is the time of the last one.
    let tryMs = startMs;
    const onRetry = (error: MaestroError): void => {
      tryMs = budget.clock.monotonicMs();
      if (tryMs - startMs >= hiccupMs) tell(error);
    };
    let bundles: readonly ResourceBundle[] | undefined;
    try {
      bundles = await options.read({
        ...budget,
        deadlineMs: Math.min(budget.deadlineMs, startMs + options.readTimeoutMs),
        onRetry,
      });
    } catch (caught) {
      budget.signal.throwIfAborted();
      const error = MaestroError.from(caught);
      if (!error.retryable && error.code !== 'timeout') throw error;
      // What kept it from being read tells more than that the time was up.
      if (unread === undefined || error.code !== 'timeout') unread = error;
      // A read that only the end of the budget cut short is no news of the server.
      if (remainingMs(budget) <= 0) break;
      tell(error);
      failures += 1;
    }
    if (bundles !== undefined) {
      hasRead = true;
      tell(undefined);
      failures = 0;
      if (stream !== undefined) yield* hearTheEnds(stream, known, bundles, budget);
      yield known.takeRead(bundles);
    }
    const endMs = budget.clock.monotonicMs();
    const jitter = budget.random();
    const pauseMs = (): number =>
      bundles === undefined
        ? pauseAfterFailure(options.intervalMs, failures, () => jitter)
        : pauseAfterRead(
            stream?.feed.live === true && known.allOfSource ? stream.liveIntervalMs : options.intervalMs,
            endMs - tryMs,
            () => jitter,
          );
    if (stream === undefined) await pause(budget, pauseMs());
    else if (yield* untilReadIsDue(stream, known, () => endMs + pauseMs() - budget.clock.monotonicMs(), budget))
      hasRead = true;
  }
  if (!hasRead) throw neverRead(unread);
}

/** The time that was to be watched for is no time that was too short: the server did not answer in it. */
function neverRead(why: MaestroError | undefined): MaestroError {
  if (why !== undefined && why.code !== 'timeout') return why;
  return new MaestroError('unavailable', why?.message ?? 'the time was up before anything could be read', {
    retryable: true,
    cause: why,
  });
}

/**
 * A row goes before its last event has come down the stream, and only that
 * event tells that the objects went, too: so the end of a work is not told at once.
 */
async function* hearTheEnds(
  stream: StreamOfChanges,
  known: KnownWorks,
  read: readonly ResourceBundle[],
  budget: Budget,
): AsyncGenerator<Look> {
  const untilMs = Math.min(budget.deadlineMs, budget.clock.monotonicMs() + lastEventMs);
  while (stream.feed.live && known.lacks(read)) {
    const leftMs = untilMs - budget.clock.monotonicMs();
    if (leftMs <= 0) return;
    await stream.feed.rest(leftMs, budget.signal);
    const { look } = known.takeEvents(stream.feed.take().events);
    if (look.changes.length > 0) yield look;
  }
}

/**
 * Gives what the stream tells until the pause is over, the stream was opened anew, or it told more than could be read.
 *
 * @returns whether what it told could be read
 */
async function* untilReadIsDue(
  stream: StreamOfChanges,
  known: KnownWorks,
  leftMs: () => number,
  budget: Budget,
): AsyncGenerator<Look, boolean> {
  let hasRead = false;
  for (;;) {
    const { events, mustRead } = stream.feed.take();
    const { look, unread } = known.takeEvents(events);
    if (look.changes.length > 0) yield look;
    if (mustRead) return hasRead;
    if (unread.length > 0) {
      const options = { ...budget, deadlineMs: Math.min(budget.deadlineMs, budget.clock.monotonicMs() + readSomeMs) };
      try {
        const more = known.takeSome(unread, await stream.readSome(unread, options));
        hasRead = true;
        if (more.changes.length > 0) yield more;
      } catch (caught) {
        budget.signal.throwIfAborted();
        // The whole read that follows tells whether the server is in trouble.
        if (MaestroError.from(caught).code === 'internal') throw caught;
        return hasRead;
      }
    }
    const waitMs = Math.min(leftMs(), remainingMs(budget));
    if (waitMs <= 0) return hasRead;
    await stream.feed.rest(waitMs, budget.signal);
  }
}

function pauseAfterRead(intervalMs: number, tookMs: number, random: () => number): number {
  return Math.max(intervalMs * (0.95 + random() * 0.1), Math.min(longestPauseMs, tookMs * restFactor));
}

/** Never shorter than the interval, and longer than the cap only when the interval is. */
export function pauseAfterFailure(intervalMs: number, failures: number, random: () => number): number {
  return Math.max(intervalMs, backoffMs(failures, random, 500, longestPauseMs));
}
