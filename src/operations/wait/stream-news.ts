import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { bundleOfEvent } from '../watch/bundle-of-event.ts';
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
/** The row goes before its last event has come down the stream. */
const lastEventMs = 2_000;

/** What the stream tells a wait between its reads: the same rows, sooner. */
export class StreamNews {
  readonly #feed: StatusFeed;
  readonly #rows = new Map<string, ResourceBundle>();
  readonly #absentSinceMs = new Map<string, number>();
  readonly #ids: ReadonlySet<string>;
  readonly #covered = new Map<string, boolean>();
  #readAtMs = Number.NEGATIVE_INFINITY;
  #passedAtMs = Number.NEGATIVE_INFINITY;
  #mustRead = true;

  constructor(feed: StatusFeed, targets: readonly WaitTarget[]) {
    this.#feed = feed;
    this.#ids = new Set(targets.map(({ id }) => id));
    for (const { id, stored } of targets) if (stored !== undefined) this.#rows.set(id, stored);
  }

  /** Rows of the works that events have changed since the last call. */
  take(): ReadonlyMap<string, ResourceBundle> {
    const { events, mustRead } = this.#feed.take();
    const bundles = new Map<string, ResourceBundle>();
    this.#mustRead ||= mustRead;
    for (const event of events) {
      if (!this.#ids.has(event.id)) continue;
      const row = this.#rows.get(event.id);
      const bundle = row === undefined ? undefined : bundleOfEvent(row, event);
      if (bundle === undefined) this.#mustRead = true;
      else if (bundle !== row) {
        this.#rows.set(event.id, bundle);
        bundles.set(event.id, bundle);
      }
    }
    return bundles;
  }

  /** Takes in a read; events that came meanwhile are taken after it, and told apart by their sequence. */
  wasRead(bundles: ReadonlyMap<string, ResourceBundle>, monotonicMs: number): void {
    this.#readAtMs = monotonicMs;
    this.#mustRead = false;
    for (const [id, bundle] of bundles) {
      this.#rows.set(id, bundle);
      this.#absentSinceMs.delete(id);
    }
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

  /** The row as it was known last; judged anew as time passes. */
  rowOf(id: string): ResourceBundle | undefined {
    return this.#rows.get(id);
  }

  /**
   * A 404 only proves that Maestro forgot the work; the event that may still
   * come proves that the cluster did. So the end of a work whose stream is live
   * is not told at once.
   */
  mayStillEnd(target: WaitTarget, monotonicMs: number): boolean {
    if (!this.#feed.live || !this.#covers(target) || !this.#rows.has(target.id)) return false;
    const sinceMs = this.#absentSinceMs.get(target.id) ?? monotonicMs;
    this.#absentSinceMs.set(target.id, sinceMs);
    return monotonicMs - sinceMs < lastEventMs;
  }

  async rest(ms: number, signal: AbortSignal): Promise<void> {
    await this.#feed.rest(ms, signal);
  }

  /** Only works of the source come down its stream. */
  #covers({ id, name, consumer }: WaitTarget): boolean {
    const known = this.#covered.get(id) ?? id === bundleId(this.#feed.source, consumer, name);
    this.#covered.set(id, known);
    return known;
  }
}
