import type { WrittenStatus } from '../status/decide.ts';
import type { DeliveryCondition } from '../status/delivery-condition.ts';
import type { Shown } from '../../works/order.ts';
import type { AppFacts, BundleFacts } from './facts.ts';
import { noConditions, noWorks, type AppRecord, type BundleRecord } from './records.ts';

/** The record behind what others see, for the index alone. */
export function writable(app: AppFacts): AppRecord {
  return app as AppRecord;
}

/** A hub application was read in this version. */
export function sawVersion(app: AppFacts, version: number, monotonicMs: number): void {
  const record = writable(app);
  record.seenVersion = version;
  record.seenMs = monotonicMs;
}

/** Whether it may be gone, or not selected any more, so that it is to be read before anything is done. */
export function doubt(app: AppFacts, isDoubtful: boolean): void {
  writable(app).stale = isDoubtful;
}

/** The watch told that it is gone, or not selected any more. */
export function countLoss(app: AppFacts): void {
  writable(app).losses += 1;
}

/** What the hub shows of status and of our conditions; undefined when nobody knows. */
export function showStatus(
  app: AppFacts,
  written: WrittenStatus | undefined,
  delivery: readonly DeliveryCondition[],
): void {
  const record = writable(app);
  record.written = written;
  record.delivery = delivery.length === 0 ? noConditions : delivery;
}

/** Our own write of the status made this resource version. */
export function madeVersion(app: AppFacts, version: number): void {
  const record = writable(app);
  record.ownVersion = Number.isSafeInteger(version) ? version : 0;
  // What it was written over had been seen, and so has all that it holds.
  if (record.ownVersion > 0 && !(version < record.seenVersion)) record.seenVersion = record.ownVersion;
}

/**
 * Of what the hub has: `false` when it is passed on now, so that it is new no more; `true` when the hub was seen
 * without it, so that the same would be new again. What is absent stays.
 */
export function setTaken(app: AppFacts, { operation, refresh }: { operation?: boolean; refresh?: boolean }): void {
  const record = writable(app);
  if (operation !== undefined) record.operationTaken = operation;
  if (refresh !== undefined) record.refreshTaken = refresh;
}

/** These works of the classic model deliver it too. */
export function setClassicWorks(app: AppFacts, works: readonly string[]): void {
  writable(app).classicWorks = works.length === 0 ? noWorks : works;
}

/** A deletion waits for the cluster, since then, RFC 3339, or since earlier. */
export function awaitDeletion(app: AppFacts, since: string): void {
  const record = writable(app);
  if (record.deletionPendingSince === '') record.deletionPendingSince = since;
}

/** One of its bundles has ended. */
export function noteEnd(app: AppFacts, end: 'seen' | 'unseen'): void {
  const record = writable(app);
  record.end = end;
  record.deletionPendingSince = '';
}

/**
 * What became of our request to delete a bundle: `sent` until an answer comes; accepted at that monotonic time; `none`
 * when a read has shown that it is not under way.
 */
export function deletionAsked(bundle: BundleFacts, became: 'sent' | 'none' | number): void {
  const record: BundleRecord = bundle;
  record.deleteUnsure = became === 'sent';
  if (typeof became === 'number') record.deleteSentMs = became;
}

/** Something was taken in of the bundle. */
export function noteShown(bundle: BundleFacts, shown: Shown): void {
  Object.assign(bundle, shown);
}
