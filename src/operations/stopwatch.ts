import type { Timings } from '../core/outcome/run-facts.ts';

/**
 * What the time of a run goes into, the more telling first: of two that are
 * under way at once the first one counts.
 * - `connect`: loading the transports, checking certificates, and tries that reached no server. The handshakes
 *   of a server that is there are part of the first read and of the first write.
 * - `publish`: writes, until their answer
 * - `wait`: waiting for an outcome, the reads for it included
 * - `read`: all other reads
 */
export type Activity = 'connect' | 'publish' | 'wait' | 'read';
const activities: readonly Activity[] = ['connect', 'publish', 'wait', 'read'];

/** Measures what a run does, on a clock that never goes back. */
export class Stopwatch {
  readonly #monotonicMs: () => number;
  readonly #startedMs: number;
  readonly #under = new Map<Activity, number>();
  readonly #spentMs = new Map<Activity, number>();
  #lastMs: number;
  #startMs: number | undefined;

  /** @param startedMs when the process began, on the same clock */
  constructor(monotonicMs: () => number, startedMs: number) {
    this.#monotonicMs = monotonicMs;
    this.#startedMs = startedMs;
    this.#lastMs = startedMs;
  }

  /** The command begins. */
  started(): void {
    this.#startMs ??= this.#monotonicMs() - this.#startedMs;
  }

  /** Something is under way until what is returned is called. */
  begin(activity: Activity): () => void {
    this.#settle();
    this.#under.set(activity, (this.#under.get(activity) ?? 0) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#settle();
      this.#under.set(activity, (this.#under.get(activity) ?? 1) - 1);
    };
  }

  /** Runs `work`, and counts its time. */
  async during<T>(activity: Activity, work: () => Promise<T>): Promise<T> {
    const end = this.begin(activity);
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** What was measured so far. */
  timings(): Timings {
    this.#settle();
    const spent = (activity: Activity): number => Math.round(this.#spentMs.get(activity) ?? 0);
    const start = Math.round(this.#startMs ?? this.#monotonicMs() - this.#startedMs);
    return { start, connect: spent('connect'), read: spent('read'), publish: spent('publish'), wait: spent('wait') };
  }

  #settle(): void {
    const monotonicMs = this.#monotonicMs();
    const now = activities.find((activity) => (this.#under.get(activity) ?? 0) > 0);
    if (now !== undefined) this.#spentMs.set(now, (this.#spentMs.get(now) ?? 0) + monotonicMs - this.#lastMs);
    this.#lastMs = monotonicMs;
  }
}
