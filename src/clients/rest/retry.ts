import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { translateHttpAnswer, translateHttpFailure } from '../translate-error.ts';
import type { HttpCallFacts } from '../translate-error.ts';
import { restTraceHeaders } from '../trace-headers.ts';
import type { CallOptions, OnRequest } from '../transport.ts';
import type { HttpAnswer, HttpRequest, HttpSender } from './http.ts';

/** One try takes no longer than this, so that a stuck connection is left behind. */
const longestTryMs = 10_000;
const firstPauseMs = 100;
const longestPauseMs = 2_000;
const retryStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export type Send = (request: HttpRequest, options: CallOptions) => Promise<HttpAnswer>;

/**
 * Sends a request until it is answered, inside the deadline. GETs are tried
 * again on 429, 502, 503, 504 and on every fault that may heal; writes only
 * when nothing of them was sent. The answer of the last try is given back
 * whatever its status. Rejects with a MaestroError, or with the signal's reason.
 */
export function createRetrier(
  sender: HttpSender,
  endpoint: string,
  deps: { readonly clock: Clock; readonly random: () => number; readonly onRequest?: OnRequest },
): Send {
  const { clock, random, onRequest } = deps;
  return async (asked, options) => {
    const { trace } = options;
    const request =
      trace === undefined ? asked : { ...asked, headers: { ...asked.headers, ...restTraceHeaders(trace) } };
    const facts: HttpCallFacts = {
      method: request.method,
      url: `${endpoint}${request.path.split('?')[0]}`,
      consumer: '',
    };
    let last: Outcome | undefined;
    for (let attempt = 0; ; attempt += 1) {
      options.signal.throwIfAborted();
      const leftMs = options.deadlineMs - clock.monotonicMs();
      // That the time is up says less than why it was used up.
      if (leftMs <= 0 && last !== undefined) return last.finish();
      if (leftMs <= 0)
        throw new MaestroError('timeout', `${facts.method} ${facts.url}: no time is left`, { delivery: 'not-sent' });
      const startedMs = clock.monotonicMs();
      const outcome = await attemptOnce(sender, request, facts, {
        signal: options.signal,
        timeoutMs: Math.min(leftMs, longestTryMs),
      });
      onRequest?.({
        method: request.method,
        target: `${endpoint}${request.path}`,
        status: outcome.status,
        milliseconds: Math.round(clock.monotonicMs() - startedMs),
        retries: attempt,
      });
      const again = outcome.retry && (request.method === 'GET' || outcome.delivery === 'not-sent');
      const pauseMs = Math.max(outcome.waitMs ?? 0, pause(attempt, random));
      if (!again || clock.monotonicMs() + pauseMs >= options.deadlineMs) return outcome.finish();
      last = outcome;
      if (outcome.error !== undefined) options.onRetry?.(outcome.error);
      await clock.sleep(pauseMs, options.signal);
    }
  };
}

interface Outcome {
  /** Of HTTP, or what went wrong. */
  readonly status: string;
  readonly retry: boolean;
  readonly delivery: MaestroError['delivery'];
  /** Why it is to be tried again. */
  readonly error?: MaestroError;
  /** What the server asked to wait. */
  readonly waitMs?: number;
  /** Gives the answer or throws the error. */
  readonly finish: () => HttpAnswer;
}

async function attemptOnce(
  sender: HttpSender,
  request: HttpRequest,
  facts: HttpCallFacts,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<Outcome> {
  let answer: HttpAnswer;
  try {
    answer = await sender.send(request, signal, timeoutMs);
  } catch (error) {
    const isOurs = error instanceof MaestroError && error !== signal.reason;
    if (signal.aborted && !isOurs) throw interrupted(signal, request);
    const failure = translateHttpFailure(error, facts);
    return {
      status: failure.message,
      retry: failure.transient,
      delivery: failure.delivery,
      error: failure,
      finish: () => {
        throw failure;
      },
    };
  }
  const error =
    answer.status === 500 || retryStatuses.has(answer.status)
      ? translateHttpAnswer(answer.status, answer.body, facts)
      : undefined;
  const retry = retryStatuses.has(answer.status) || error?.transient === true;
  const waitMs = retry ? retryAfterMs(answer.retryAfter) : undefined;
  return {
    status: String(answer.status),
    retry,
    delivery: (retry ? error?.delivery : undefined) ?? 'refused',
    ...(error === undefined ? {} : { error }),
    finish: () => answer,
    ...(waitMs === undefined ? {} : { waitMs }),
  };
}

/**
 * An aborted read is the signal's reason. An aborted write may have been carried out: it ends as what ended it, and the
 * reason says that its effect is unknown.
 */
function interrupted(signal: AbortSignal, request: HttpRequest): unknown {
  if (request.method === 'GET') return signal.reason;
  const { code, message } = MaestroError.fromAbort(signal);
  return new MaestroError(code, `${message} before the answer to the request, which may have been carried out`, {
    reason: 'OutcomeUnknown',
    delivery: 'unknown',
    cause: signal.reason,
  });
}

/** Doubles from 100 ms to 2 s, between half and the whole of it, so that clients spread. */
function pause(attempt: number, random: () => number): number {
  const whole = Math.min(firstPauseMs * 2 ** Math.min(attempt, 10), longestPauseMs);
  return whole * (0.5 + random() / 2);
}

/** Seconds of `Retry-After`; its date form is not worth a wall clock here. */
function retryAfterMs(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text.trim()) ? Number(text) * 1000 : undefined;
}
