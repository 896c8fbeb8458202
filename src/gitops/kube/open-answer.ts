import type { Dispatcher } from 'undici';

/** An answer whose body is still to be read. */
export interface OpenAnswer {
  readonly status: number;
  readonly retryAfter?: string;
  /** Its bytes as they come, for one reader. Leaving the loop early ends the connection. */
  readonly body: AsyncIterableIterator<Buffer, undefined>;
}

/** More that nobody has taken yet, and the connection is read no further; as much as undici's streams hold. */
const mostWaiting = 64 * 1024;

/** What the connection of an answer that nobody reads to its end is closed with. */
const leftEarly = new Error('the answer was not read to its end');

/**
 * Sends a request and waits for the head of its answer, through undici's
 * callbacks: see `exchange`. Body and call fail with the signal's reason once
 * it has aborted.
 *
 * @throws what undici fails with, or the signal's reason
 */
export async function openAnswer(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<OpenAnswer> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<OpenAnswer>();
  const body = new Body(signal);
  dispatcher.dispatch(options, {
    onRequestStart: (controller) => body.begin(controller),
    onResponseStart: (_controller, status, headers) => {
      // What comes before the answer, such as early hints.
      if (status < 200) return;
      const retryAfter = headers['retry-after'];
      resolve({ status, body, ...(typeof retryAfter === 'string' ? { retryAfter } : {}) });
    },
    onResponseData: (_controller, chunk) => body.push(chunk),
    onResponseEnd: () => body.end(),
    onResponseError: (_controller, error) => body.end(error),
  });
  body.failed.catch(reject);
  return promise;
}

type Step = IteratorResult<Buffer, undefined>;

class Body implements AsyncIterableIterator<Buffer, undefined> {
  /** Never resolves; rejects when the call fails. */
  readonly failed: Promise<never>;
  readonly #fail: (error: unknown) => void;
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.#giveUp(this.#signal.reason as Error);
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #controller: Dispatcher.DispatchController | undefined;
  #reader: { readonly resolve: (step: Step) => void; readonly reject: (error: unknown) => void } | undefined;
  #ended: { readonly error?: unknown } | undefined;

  constructor(signal: AbortSignal) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.#fail = reject;
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  begin(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited for a connection when it was given up.
    if (this.#ended !== undefined) controller.abort(leftEarly);
  }

  push(chunk: Buffer): void {
    // A proxy's refusal fails the call by its head, and what it says goes on; nobody would ever resume it.
    if (this.#ended !== undefined) return;
    const reader = this.#reader;
    if (reader !== undefined) {
      this.#reader = undefined;
      return reader.resolve({ value: chunk, done: false });
    }
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= mostWaiting) this.#controller?.pause();
  }

  /** What came is still given out, unless the call failed. */
  end(error?: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = error === undefined ? {} : { error };
    this.#signal.removeEventListener('abort', this.#onAbort);
    if (error !== undefined) this.#fail(error);
    const reader = this.#reader;
    this.#reader = undefined;
    if (error === undefined) reader?.resolve({ value: undefined, done: true });
    else reader?.reject(error);
  }

  async next(): Promise<Step> {
    const ended = this.#ended;
    if (ended !== undefined && 'error' in ended) throw ended.error;
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#bytes -= chunk.length;
      if (this.#controller?.paused === true && this.#bytes < mostWaiting) this.#controller.resume();
      return { value: chunk, done: false };
    }
    if (ended !== undefined) return { value: undefined, done: true };
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  async return(): Promise<Step> {
    this.#giveUp(leftEarly);
    return { value: undefined, done: true };
  }

  #giveUp(error: unknown): void {
    if (this.#ended !== undefined) return;
    this.end(error);
    this.#controller?.abort(error as Error);
  }
}
