import type { Dispatcher } from 'undici';

/** An answer that has been read to its end. */
export interface WholeAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter?: string;
}

/**
 * Sends a request and reads the whole answer, through undici's callbacks: its
 * streams for bodies took a third of a call's time, and what they left was
 * found only by full collections of garbage (docs/performance.md).
 *
 * @throws what undici fails with, or the signal's reason once it has aborted
 */
export async function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<WholeAnswer> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<WholeAnswer>();
  let running: Dispatcher.DispatchController | undefined;
  let status = 0;
  let retryAfter: string | undefined;
  const parts: Buffer[] = [];
  const onAbort = (): void => {
    running?.abort(signal.reason as Error);
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  dispatcher.dispatch(options, {
    onRequestStart: (controller) => {
      running = controller;
      // It waited for a connection when it was given up.
      if (signal.aborted) controller.abort(signal.reason as Error);
    },
    onResponseStart: (_controller, statusCode, headers) => {
      status = statusCode;
      const after = headers['retry-after'];
      if (typeof after === 'string') retryAfter = after;
    },
    onResponseData: (_controller, chunk) => void parts.push(chunk),
    onResponseEnd: () => resolve({ status, body: textOf(parts), ...(retryAfter === undefined ? {} : { retryAfter }) }),
    onResponseError: (_controller, error) => reject(error),
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function textOf(parts: readonly Buffer[]): string {
  const [first] = parts;
  return (parts.length === 1 && first !== undefined ? first : Buffer.concat(parts)).toString('utf8');
}
