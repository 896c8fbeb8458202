import type { Clock } from '../clock.ts';

/** Microseconds since the epoch, as PostgreSQL keeps them; a double holds them exactly until 2255. */
export type Micros = number;

/** Gives each write a time of its own: later calls always get a later microsecond. */
export class Timestamps {
  readonly #clock: Clock;
  #last: Micros = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The time now; never the same twice, so that `updated_at` orders writes. */
  next(): Micros {
    const fraction = Math.floor((this.#clock.monotonicMs() % 1) * 1000);
    this.#last = Math.max(this.#last + 1, Math.floor(this.#clock.wallMs()) * 1000 + fraction);
    return this.#last;
  }

  /** Times read back from a file must not be met again. */
  startAfter(micros: Micros): void {
    this.#last = Math.max(this.#last, micros);
  }
}

/** RFC 3339 in UTC with up to six decimals and no trailing zeros, as Go prints a time from PostgreSQL. */
export function formatMicros(micros: Micros): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = String(micros - seconds * 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const whole = formatSeconds(micros).slice(0, -1);
  return fraction === '' ? `${whole}Z` : `${whole}.${fraction}Z`;
}

/** RFC 3339 in UTC without decimals, as metav1.Time prints. */
export function formatSeconds(micros: Micros): string {
  return `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19)}Z`;
}

/** Timers on an injected clock that all end with one signal. */
export class Scheduler {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Calls back once after the time, unless the scheduler or the returned cancel came first. */
  after(ms: number, callback: () => void): () => void {
    let cancelled = false;
    this.#clock.sleep(ms, this.#signal).then(
      () => {
        if (!cancelled && !this.#signal.aborted) callback();
      },
      () => undefined,
    );
    return () => {
      cancelled = true;
    };
  }

  /** Calls back again and again, the time apart. `ms` is read before each round. */
  every(ms: () => number, callback: () => void): () => void {
    let cancel = (): void => undefined;
    let stopped = false;
    const round = (): void => {
      cancel = this.after(ms(), () => {
        callback();
        if (!stopped) round();
      });
    };
    round();
    return () => {
      stopped = true;
      cancel();
    };
  }

  /** Waits, or rejects when the scheduler ends. */
  sleep(ms: number): Promise<void> {
    return this.#clock.sleep(ms, this.#signal);
  }
}
