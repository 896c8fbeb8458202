import type { Clock } from '../../clock.ts';
import { KeyLine } from './key-line.ts';
import { lanes, type Lane } from './lanes.ts';

/** Times are kept to a tenth of a second, so that a look at what is due touches slots, not keys. */
const slotMs = 100;

/** Without a reason, AbortController makes an exception with a stack each time. */
const woken = Symbol('woken');

interface Waiting {
  lane: Lane;
  readonly sinceMs: number;
}

/**
 * Keys that wait to be looked at, each at most once.
 *
 * A key that is put again keeps its age and takes the more important lane. A
 * key that is put while a worker holds it comes again afterwards, so that no
 * change is missed and no key is worked on twice at once. Keys may be put for
 * later; putting them for now overtakes that.
 */
export class WorkQueue {
  readonly #clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #ready = new Map<Lane, KeyLine>(lanes.map((lane) => [lane, new KeyLine()]));
  readonly #held = new Set<string>();
  /** Put while held. */
  readonly #again = new Map<string, Lane>();
  readonly #later = new Map<string, { lane: Lane; dueMs: number }>();
  /** Keys of `#later` by the tenth of a second in which they are due; some may have been moved or dropped since. */
  readonly #due = new Map<number, string[]>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #ended = false;
  #wakeTimer: (() => void) | undefined;

  constructor(clock: Pick<Clock, 'monotonicMs' | 'sleep'>) {
    this.#clock = clock;
  }

  /** Keys that wait for a worker now. */
  depth(lane: Lane): number {
    return this.#ready.get(lane)?.size ?? 0;
  }

  /** Keys that wait for a time. */
  get later(): number {
    return this.#later.size;
  }

  get held(): number {
    return this.#held.size;
  }

  /** True while a worker has the key. */
  isHeld(key: string): boolean {
    return this.#held.has(key);
  }

  /** Milliseconds since the first key of the lane began to wait; 0 for an empty lane. */
  ageMs(lane: Lane): number {
    const first = this.#waiting.get(this.#ready.get(lane)?.first() ?? '');
    return first === undefined ? 0 : this.#clock.monotonicMs() - first.sinceMs;
  }

  put(key: string, lane: Lane): void {
    if (this.#ended) return;
    this.#later.delete(key);
    if (this.#held.has(key)) {
      this.#again.set(key, higher(lane, this.#again.get(key)));
      return;
    }
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      this.#waiting.set(key, { lane, sinceMs: this.#clock.monotonicMs() });
      this.#ready.get(lane)?.add(key);
    } else if (higher(lane, waiting.lane) !== waiting.lane) {
      this.#ready.get(waiting.lane)?.delete(key);
      waiting.lane = lane;
      this.#ready.get(lane)?.add(key);
    }
    this.#serve();
  }

  /**
   * For later; a key that waits already, for now or for an earlier time, stays as it is. One that comes again when its
   * worker is done takes the more important lane.
   */
  putAfter(key: string, lane: Lane, delayMs: number): void {
    if (this.#ended || this.#waiting.has(key)) return;
    const again = this.#again.get(key);
    if (again !== undefined) {
      this.#again.set(key, higher(lane, again));
      return;
    }
    if (delayMs <= 0) return this.put(key, lane);
    const dueMs = this.#clock.monotonicMs() + delayMs;
    const planned = this.#later.get(key);
    if (planned !== undefined && planned.dueMs <= dueMs) planned.lane = higher(lane, planned.lane);
    else {
      this.#later.set(key, { lane: higher(lane, planned?.lane), dueMs });
      const slot = Math.ceil(dueMs / slotMs);
      const keys = this.#due.get(slot);
      if (keys !== undefined) keys.push(key);
      else {
        this.#due.set(slot, [key]);
        this.#wakeTimer?.();
      }
    }
  }

  /** The next key, most important lane first; undefined once the queue has ended. Give it back with `done`. */
  async take(): Promise<string | undefined> {
    const key = this.#next();
    if (key !== undefined) return key;
    if (this.#ended) return undefined;
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  done(key: string): void {
    this.#held.delete(key);
    const lane = this.#again.get(key);
    if (lane === undefined) return;
    this.#again.delete(key);
    this.put(key, lane);
  }

  /** Nobody gets a key any more; what waits is dropped. */
  end(): void {
    this.#ended = true;
    this.#later.clear();
    this.#due.clear();
    this.#waiting.clear();
    for (const keys of this.#ready.values()) keys.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
    this.#wakeTimer?.();
  }

  /** Moves keys whose time has come; runs until the signal ends it. */
  async runTimer(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#ended) {
      const monotonicMs = this.#clock.monotonicMs();
      let nextMs = Number.POSITIVE_INFINITY;
      for (const [slot, keys] of this.#due) {
        if (slot * slotMs > monotonicMs) {
          nextMs = Math.min(nextMs, slot * slotMs);
          continue;
        }
        this.#due.delete(slot);
        for (const key of keys) {
          const planned = this.#later.get(key);
          if (planned !== undefined && planned.dueMs <= monotonicMs) this.put(key, planned.lane);
        }
      }
      await this.#sleepUntil(nextMs, signal);
    }
  }

  async #sleepUntil(dueMs: number, signal: AbortSignal): Promise<void> {
    const early = new AbortController();
    this.#wakeTimer = () => early.abort(woken);
    try {
      // A look every now and then costs little, and bounds what an odd clock can do.
      const delayMs = Math.min(60_000, Math.max(10, dueMs - this.#clock.monotonicMs()));
      await this.#clock.sleep(delayMs, AbortSignal.any([signal, early.signal]));
    } catch {
      // Woken early, or ended: the loop looks which.
    } finally {
      this.#wakeTimer = undefined;
    }
  }

  #serve(): void {
    while (this.#takers.length > 0) {
      const key = this.#next();
      if (key === undefined) return;
      this.#takers.shift()?.(key);
    }
  }

  #next(): string | undefined {
    if (this.#ended) return undefined;
    for (const line of this.#ready.values()) {
      const key = line.first();
      if (key === undefined) continue;
      line.delete(key);
      this.#waiting.delete(key);
      this.#held.add(key);
      return key;
    }
    return undefined;
  }
}

function higher(lane: Lane, other: Lane | undefined): Lane {
  return other === undefined || lanes.indexOf(lane) < lanes.indexOf(other) ? lane : other;
}
