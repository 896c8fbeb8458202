import type { Clock } from '../../clock.ts';

export interface WriteBudgetOptions {
  /** Writes a second when the hub does not complain; 200 when absent. */
  readonly perSecond?: number;
  /** Writes at once after a pause; as many as a second has when absent. */
  readonly burst?: number;
}

/** Below a hundredth of the full rate nothing would move any more. */
const lowestShare = 0.01;
/** Answers to writes under way come in together: they are one complaint. */
const oneComplaintMs = 1_000;
/** The rate doubles after so long without a 429, until it is full again. */
const recoveryMs = 10_000;

/** How many writes the hub is given: a token bucket, full at first, that slows down when the hub says 429. */
export class HubWriteBudget {
  readonly #clock: Clock;
  readonly #fullRate: number;
  readonly #burst: number;
  readonly #waiters: (() => void)[] = [];
  #rate: number;
  #tokens: number;
  #countedMs: number;
  #stoppedUntilMs = 0;
  #complaintMs = Number.NEGATIVE_INFINITY;
  #recoveredMs = 0;
  #pump: AbortController | undefined;

  constructor({ perSecond = 200, burst = perSecond }: WriteBudgetOptions, clock: Clock) {
    this.#clock = clock;
    this.#fullRate = perSecond;
    this.#burst = Math.max(1, burst);
    this.#rate = perSecond;
    this.#tokens = this.#burst;
    this.#countedMs = clock.monotonicMs();
  }

  /** Writes a second now. */
  get rate(): number {
    this.#count();
    return this.#rate;
  }

  get waiting(): number {
    return this.#waiters.length;
  }

  /** Takes one token when there is one now. */
  tryTake(): boolean {
    return this.#waiters.length === 0 && this.#takeOne();
  }

  /** Waits for a token, first come first served. Rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.tryTake()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => {
      const place = this.#waiters.indexOf(resolve);
      if (place !== -1) this.#waiters.splice(place, 1);
      if (this.#waiters.length === 0) this.#pump?.abort();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#waiters.push(resolve);
    this.#startPump();
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Tells of a 429: halves the rate (once a second at most) and stops for `retryAfterMs`. */
  throttled(retryAfterMs = 0): void {
    this.#count();
    const monotonicMs = this.#clock.monotonicMs();
    this.#stoppedUntilMs = Math.max(this.#stoppedUntilMs, monotonicMs + retryAfterMs);
    // What had been saved up would be the next flood.
    this.#tokens = Math.min(this.#tokens, 0);
    this.#recoveredMs = Math.max(monotonicMs, this.#stoppedUntilMs);
    if (monotonicMs - this.#complaintMs < oneComplaintMs) return;
    this.#complaintMs = monotonicMs;
    this.#rate = Math.max(this.#fullRate * lowestShare, this.#rate / 2);
  }

  #takeOne(): boolean {
    this.#count();
    // A sum of fractions may miss the whole by a rounding error.
    if (this.#tokens < 1 - 1e-9) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Adds the tokens of the time since the last look, and the rate that came back in it. */
  #count(): void {
    const monotonicMs = this.#clock.monotonicMs();
    const fromMs = Math.max(this.#countedMs, Math.min(this.#stoppedUntilMs, monotonicMs));
    this.#tokens = Math.min(this.#burst, this.#tokens + ((monotonicMs - fromMs) / 1000) * this.#rate);
    this.#countedMs = monotonicMs;
    while (this.#rate < this.#fullRate && monotonicMs - this.#recoveredMs >= recoveryMs) {
      this.#rate = Math.min(this.#fullRate, this.#rate * 2);
      this.#recoveredMs += recoveryMs;
    }
  }

  #startPump(): void {
    if (this.#pump !== undefined) return;
    const pump = new AbortController();
    this.#pump = pump;
    // It ends by itself, or by the abort of the last one who waited.
    this.#serve(pump.signal)
      .catch(() => undefined)
      .finally(() => {
        this.#pump = undefined;
        if (this.#waiters.length > 0) this.#startPump();
      });
  }

  async #serve(signal: AbortSignal): Promise<void> {
    while (this.#waiters.length > 0) {
      if (this.#takeOne()) {
        this.#waiters.shift()?.();
      } else {
        const stoppedMs = Math.max(0, this.#stoppedUntilMs - this.#clock.monotonicMs());
        await this.#clock.sleep(stoppedMs + Math.max(1, ((1 - this.#tokens) / this.#rate) * 1000), signal);
      }
    }
  }
}
