import type { WorkStatus } from '../../core/status/work-status.ts';
import type { ReportPlace } from '../../core/works/report-order.ts';
import type { AppFacts, BundleFacts } from '../index/facts.ts';
import type { BlockReason } from '../policy/block-reason.ts';
import type { AppReport } from '../status/report.ts';

/** A report that was taken in. */
export interface TakenReport {
  readonly app: AppFacts;
  readonly bundle: BundleFacts;
  readonly status: WorkStatus;
  readonly report: AppReport;
  /** It tells of another state than the report before it, or than the hub shows when it is the first. */
  readonly transition: boolean;
  /** It shows, for the first time, that what the last publish took away is off the cluster. */
  readonly droppedApplied: boolean;
}

export interface Change {
  /** The hub asks for something else than before. */
  readonly edited?: true;
  /** It is another application of the name. */
  readonly replaced?: boolean;
  /** More of that may follow in a moment. */
  readonly soon?: boolean;
}

/**
 * Told by the store, at once, of what came to be known: it puts keys on queues.
 * Decided is in the reconcilers, when the turn of a key has come.
 */
export interface StoreListener {
  /** Something that decisions about it rest on has changed. */
  changed(app: AppFacts, how: Change): void;
  /** It is on the hub: its bundles are no garbage. */
  onHub(app: AppFacts): void;
  /** A watch told that the application of this uid was deleted, or is selected no more. */
  deletionSeen(app: AppFacts, uid: string): void;
  /** It is not on the hub any more. */
  offHub(app: AppFacts): void;
  /** A cluster of it was switched off for us, or on again: what was found out about its bundles begins anew. */
  switched(app: AppFacts): void;
  /** It is to be looked at, such as one that may be gone from the hub and is to be read again. */
  due(app: AppFacts, lane: 'delete' | 'resync'): void;
  /** Its status on the hub, or what its conditions tell of its cluster, may be other than before. */
  statusChanged(app: AppFacts): void;
  /** Its reports can be read again, or cannot any more. */
  readabilityChanged(app: AppFacts): void;
  reported(taken: TakenReport): void;
  /** A bundle of it is gone. */
  ended(app: AppFacts, bundle: { readonly id: string; readonly consumer: string | undefined }): void;
  /** Something that holds applications up may be over; those that wait for it are looked at. */
  freed(keys: Iterable<string>, reason: BlockReason): void;
  /** Maestro took what we published. */
  published(): void;
  /** The hub, or Maestro, answers again. */
  reachable(): void;
  /** What is known of a bundle may be behind: Maestro, which has this report or a later one, is to be asked soon. */
  unsure(bundleId: string, report?: ReportPlace): void;
}
