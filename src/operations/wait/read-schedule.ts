import { bundleId } from '../../core/works/bundle-id.ts';
import { lastEventMs } from '../../works/last-event.ts';
import type { StatusFeed } from '../../works/status-feed.ts';
import type { WaitTarget } from './judge.ts';

/**
 * While the stream is live, reads look only for what it does not tell: another version, a deletion that was requested.
 */
const readEveryMs = 5_000;
/** So few works are all looked at whenever one of them is told of. */
const fewWorks = 50;
/**
 * Of more, those that nothing is told of are looked at so often: each event of a fleet would cost a look at each work
 * otherwise.
 */
const passEveryMs = 200;

/** When a wait that hears a stream has to read its works all the same. Times are monotonic. */
export class ReadSchedule {
  readonly #feed: StatusFeed;
  readonly #absentSinceMs = new Map<string, number>();
  readonly #covered = new Map<string, boolean>();
  #readAtMs = Number.NEGATIVE_INFINITY;
  #passedAtMs = Number.NEGATIVE_INFINITY;
  #mustRead = true;

  constructor(feed: StatusFeed) {
    this.#feed = feed;
  }

  /** An event lacked something, or some were missed. */
  mustRead(): void {
    this.#mustRead = true;
  }

  wasRead(ids: Iterable<string>, monotonicMs: number): void {
    this.#readAtMs = monotonicMs;
    this.#mustRead = false;
    for (const id of ids) this.#absentSinceMs.delete(id);
  }

  /** True when all works have to be looked at, and not only those that were told of: time passes for them, too. */
  isPassDue(works: number, monotonicMs: number): boolean {
    const isDue =
      this.#mustRead || !this.#feed.live || works <= fewWorks || monotonicMs - this.#passedAtMs >= passEveryMs;
    if (isDue) this.#passedAtMs = monotonicMs;
    return isDue;
  }

  /** True when the works have to be read: an event lacked something, the stream was opened, or is silent about them. */
  isReadDue(targets: readonly WaitTarget[], monotonicMs: number): boolean {
    if (this.#mustRead || !this.#feed.live || !targets.every((target) => this.#covers(target))) return true;
    return monotonicMs - this.#readAtMs >= readEveryMs || targets.some(({ id }) => this.#absentSinceMs.has(id));
  }

  /**
   * A 404 only proves that Maestro forgot the work; the event that may still
   * come proves that the cluster did. So the end of a work that was there, and
   * whose stream is live, is not told at once.
   */
  mayStillEnd(target: WaitTarget, monotonicMs: number): boolean {
    if (!this.#feed.live || !this.#covers(target)) return false;
    const sinceMs = this.#absentSinceMs.get(target.id) ?? monotonicMs;
    this.#absentSinceMs.set(target.id, sinceMs);
    return monotonicMs - sinceMs < lastEventMs;
  }

  /** Only works of the source come down its stream. */
  #covers({ id, name, consumer }: WaitTarget): boolean {
    const known = this.#covered.get(id) ?? id === bundleId(this.#feed.source, consumer, name);
    this.#covered.set(id, known);
    return known;
  }
}
