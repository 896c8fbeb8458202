import { EndedWorks } from '../../core/works/ended-works.ts';
import { compareReports, type ReportPlace } from '../../core/works/report-order.ts';
import type { WorkChange } from './work-change.ts';

interface Seen {
  consumer: string;
  name: string;
  version: number;
  report: ReportPlace | undefined;
  deleting: boolean;
  epoch: number;
}

/**
 * What was seen of each work, so that duplicates and stragglers are dropped and
 * a work that is missing from a whole read is known to be gone. Small on
 * purpose: one record a work, no content.
 */
export class SeenWorks {
  readonly #works = new Map<string, Seen>();
  readonly #ended = new EndedWorks();
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
    const { id, createdAt, status } = change;
    if (this.#ended.after(id, { createdAt, report: status }) !== undefined) return false;
    if (change.kind !== 'status') {
      this.#works.delete(id);
      this.#ended.bury(id, { createdAt, ...(status === undefined ? {} : { report: placeOf(status) }) });
      return true;
    }
    this.#ended.forget(id);
    return this.#isLater(change);
  }

  /** Begins a whole read; what is seen from now on, by whatever way, is there. */
  beginRead(): void {
    this.#epoch += 1;
  }

  /** The work is there, though its row cannot be read. */
  keep(id: string): void {
    const seen = this.#works.get(id);
    if (seen !== undefined) seen.epoch = this.#epoch;
  }

  /** After a whole read: the works that nothing has shown since it began. They are forgotten here. */
  takeMissing(): readonly {
    readonly id: string;
    readonly consumer: string;
    readonly name: string;
    readonly version: number;
  }[] {
    const missing = [...this.#works].filter(([, seen]) => seen.epoch < this.#epoch);
    for (const [id] of missing) this.#works.delete(id);
    return missing.map(([id, { consumer, name, version }]) => ({ id, consumer, name, version }));
  }

  #isLater(change: WorkChange): boolean {
    const report = change.status === undefined ? undefined : placeOf(change.status);
    const deleting = change.deletedAt !== undefined;
    const seen = this.#works.get(change.id);
    if (seen === undefined) {
      const { consumer, name, version } = change;
      this.#works.set(change.id, { consumer, name, version, report, deleting, epoch: this.#epoch });
      return true;
    }
    seen.epoch = this.#epoch;
    const order = compareReports(report, seen.report);
    const laterStored = change.version > seen.version || (deleting && !seen.deleting);
    if (order < 0 || !(order > 0 || laterStored)) return false;
    seen.version = Math.max(seen.version, change.version);
    seen.report = report;
    seen.deleting ||= deleting;
    return true;
  }
}

/** Without the report itself, which is large. */
function placeOf({ observedVersion, sequenceId }: ReportPlace): ReportPlace {
  return { observedVersion, sequenceId };
}
