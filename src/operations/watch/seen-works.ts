import type { WorkChange } from './work-change.ts';

interface Seen {
  consumer: string;
  name: string;
  version: number;
  observed: number;
  sequence: bigint;
  deleting: boolean;
  epoch: number;
}

/** The end of a work, kept for a while so that what was read before it does not bring it back. */
interface Tombstone {
  readonly createdAt: string;
  readonly sequence: bigint;
}

const mostTombstones = 10_000;

/**
 * What was seen of each work, so that duplicates and stragglers are dropped and
 * a work that is missing from a whole read is known to be gone. Small on
 * purpose: one record a work, no content.
 */
export class SeenWorks {
  readonly #works = new Map<string, Seen>();
  readonly #ended = new Map<string, Tombstone>();
  #epoch = 0;

  get size(): number {
    return this.#works.size;
  }

  /** The stored version as far as it is known, 0 for a work not seen yet. */
  versionOf(id: string): number {
    return this.#works.get(id)?.version ?? 0;
  }

  /** Takes a change in; false when it tells nothing new. */
  isNews(change: WorkChange): boolean {
    const sequence = sequenceOf(change);
    if (this.#isBeforeTheEnd(change, sequence)) return false;
    if (change.kind !== 'status') {
      this.#works.delete(change.id);
      this.#bury(change, sequence);
      return true;
    }
    this.#ended.delete(change.id);
    return this.#isLater(change, sequence);
  }

  /** Begins a whole read; what is seen from now on, by whatever way, is there. */
  beginRead(): void {
    this.#epoch += 1;
  }

  /** The work is there, though its row can not be read. */
  keep(id: string): void {
    const seen = this.#works.get(id);
    if (seen !== undefined) seen.epoch = this.#epoch;
  }

  /** After a whole read: the works that nothing has shown since it began. They are forgotten here. */
  takeMissing(): readonly { readonly id: string; readonly consumer: string; readonly name: string; readonly version: number }[] {
    const missing = [...this.#works].filter(([, seen]) => seen.epoch < this.#epoch);
    for (const [id] of missing) this.#works.delete(id);
    return missing.map(([id, { consumer, name, version }]) => ({ id, consumer, name, version }));
  }

  #isLater(change: WorkChange, sequence: bigint): boolean {
    const observed = change.status?.observedVersion ?? 0;
    const deleting = change.deletedAt !== undefined;
    const seen = this.#works.get(change.id);
    if (seen === undefined) {
      const { consumer, name, version } = change;
      this.#works.set(change.id, { consumer, name, version, observed, sequence, deleting, epoch: this.#epoch });
      return true;
    }
    seen.epoch = this.#epoch;
    const earlierReport = observed < seen.observed || (observed === seen.observed && sequence < seen.sequence);
    const laterReport = observed > seen.observed || (observed === seen.observed && sequence > seen.sequence);
    const laterStored = change.version > seen.version || (deleting && !seen.deleting);
    if (earlierReport || !(laterReport || laterStored)) return false;
    seen.version = Math.max(seen.version, change.version);
    seen.observed = observed;
    seen.sequence = sequence;
    seen.deleting ||= deleting;
    return true;
  }

  /**
   * A row that was read before the work ended, or the same end told again. A
   * work made anew under the same id has a later report or a later creation.
   */
  #isBeforeTheEnd(change: WorkChange, sequence: bigint): boolean {
    const end = this.#ended.get(change.id);
    if (end === undefined || sequence > end.sequence) return false;
    return change.seenBy === 'stream' || change.createdAt <= end.createdAt;
  }

  #bury(change: WorkChange, sequence: bigint): void {
    this.#ended.delete(change.id);
    this.#ended.set(change.id, { createdAt: change.createdAt, sequence });
    if (this.#ended.size <= mostTombstones) return;
    for (const oldest of this.#ended.keys()) {
      this.#ended.delete(oldest);
      return;
    }
  }
}

/** Snowflake ids outgrow a double; a work without a report comes before all. */
function sequenceOf(change: WorkChange): bigint {
  const text = change.status?.sequenceId ?? '';
  return /^\d{1,20}$/.test(text) ? BigInt(text) : 0n;
}
