import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';

/** Without a reason, AbortController makes an exception with a stack each time. */
const over = Symbol('over');

/**
 * A signal that aborts with the caller's, or when `limitMs` of the clock have
 * passed since the start or the last `postpone()`. `end()` lets go of both; a
 * caller's signal that lives as long as the process gathers no listeners.
 */
export class CancelSource {
  readonly #controller = new AbortController();
  readonly #timer = new AbortController();
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #callers: AbortSignal;
  readonly #onAbort: () => void;
  #untilMs: number;

  constructor(clock: Clock, callers: AbortSignal, limitMs: number, tooLate: () => MaestroError) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#callers = callers;
    this.#untilMs = clock.monotonicMs() + limitMs;
    this.#onAbort = () => this.#controller.abort(interrupted(callers.reason));
    if (callers.aborted) {
      this.#onAbort();
    } else {
      callers.addEventListener('abort', this.#onAbort, { once: true });
      // The sleep ends by an abort of `#timer` only, which is no failure.
      this.#waitUntilLate().then(
        () => this.#controller.abort(tooLate()),
        () => undefined,
      );
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts the time anew. Costs nothing, so it may be called for every chunk. */
  postpone(): void {
    this.#untilMs = this.#clock.monotonicMs() + this.#limitMs;
  }

  /** What the work failed with when it failed by this signal, whatever the layers below made of the abort. */
  reasonOf(error: unknown): MaestroError | undefined {
    // An answer that came before the abort is the truth, even if it is told after it.
    if (error instanceof MaestroError || !this.signal.aborted) return undefined;
    return this.signal.reason as MaestroError;
  }

  end(): void {
    this.#callers.removeEventListener('abort', this.#onAbort);
    this.#timer.abort(over);
  }

  async #waitUntilLate(): Promise<void> {
    for (let leftMs = this.#limitMs; leftMs > 0; leftMs = this.#untilMs - this.#clock.monotonicMs()) {
      await this.#clock.sleep(leftMs, this.#timer.signal);
    }
  }
}

function interrupted(reason: unknown): MaestroError {
  if (reason instanceof MaestroError) return reason;
  return new MaestroError('interrupted', 'the call to the hub was given up', { delivery: 'unknown', cause: reason });
}
