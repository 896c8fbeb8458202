import type { WrittenStatus } from '../status/decide.ts';
import type { DeliveryCondition } from '../status/delivery-condition.ts';
import type { AppFacts, BundleFacts } from './facts.ts';
import { noConditions, type AppRecord, type BundleRecord } from './records.ts';

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

/** It may be gone, or not selected any more: it is to be read before anything is done. */
export function doubt(app: AppFacts): void {
  writable(app).stale = true;
}

export function resolveDoubt(app: AppFacts): void {
  writable(app).stale = false;
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

/** What the hub has is passed on now: it is no repetition until the hub was seen without it. */
export function passOn(app: AppFacts, what: { readonly operation: boolean; readonly refresh: boolean }): void {
  const record = writable(app);
  if (what.operation) record.operationTaken = false;
  if (what.refresh) record.refreshTaken = false;
}

/** It was taken off the hub by us. */
export function takeOff(app: AppFacts, what: 'operation' | 'refresh'): void {
  const record = writable(app);
  if (what === 'operation') record.operationTaken = true;
  else record.refreshTaken = true;
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

/** What became of our request to delete a bundle: under way unless an answer came; accepted at that monotonic time. */
export function deletionAsked(bundle: BundleFacts, acceptedMs?: number): void {
  const record: BundleRecord = bundle;
  record.deleteUnsure = acceptedMs === undefined;
  if (acceptedMs !== undefined) record.deleteSentMs = acceptedMs;
}

/** What was asked for is not under way: a read has shown the bundle. */
export function deletionFailed(bundle: BundleFacts): void {
  const record: BundleRecord = bundle;
  record.deleteUnsure = false;
}

/** A whole read has shown the bundle. */
export function shownBy(bundle: BundleFacts, epoch: number): void {
  const record: BundleRecord = bundle;
  record.epoch = epoch;
}
