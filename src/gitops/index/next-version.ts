import type { JsonObject } from '../../core/json.ts';
import { isSameOperation, operationMark } from '../bundle/operation-mark.ts';
import type { StoredBundle } from '../bundle/stored-bundle.ts';
import type { BundleFacts } from './facts.ts';
import type { BundleRecord, DroppedOneShot } from './records.ts';

/** What travels with a version. */
export interface Travelling {
  readonly operation: JsonObject | undefined;
  /** RFC 3339, since when the version waits to be applied. */
  readonly since: string;
}

/** Before `next` is what is stored: of that version nothing was reported yet, or what was is to be judged again. */
export function beginVersion(
  bundle: BundleRecord,
  next: StoredBundle,
  travelling: Travelling,
  monotonicMs: number,
): void {
  if (bundle.stored.oneShot?.op !== next.oneShot?.op) bundle.operationSinceMs = monotonicMs;
  bundle.dropped = droppedBy(bundle, next);
  // What has begun once has begun, in whichever version it goes on.
  if (!staysSame(bundle, next, travelling.operation)) bundle.operationBegunMs = undefined;
  bundle.operation = travelling.operation;
  bundle.operationFinished = false;
  bundle.displacedSinceMs = undefined;
  bundle.refreshFinishedMs = undefined;
  bundle.refreshDoubtMs = undefined;
  bundle.reported = undefined;
  bundle.pendingSince = travelling.since;
}

/** One without our mark, as the Go controllers publish it, is told by what it says. */
function staysSame(
  { stored, operation }: BundleFacts,
  next: StoredBundle,
  travelling: JsonObject | undefined,
): boolean {
  if (operation === undefined || travelling === undefined || stored.oneShot?.op !== next.oneShot?.op) return false;
  return (
    isSameOperation(operation, travelling) || (operationMark(operation) === '' && operationMark(travelling) === '')
  );
}

/**
 * What the publish of `next` over what is known takes away, beside what is taken away but not applied yet. A report may
 * have shown `next` as applied before it was read.
 */
function droppedBy({ stored, dropped, appliedVersion }: BundleFacts, next: StoredBundle): DroppedOneShot | undefined {
  if (appliedVersion >= next.version) return undefined;
  const operation = next.oneShot?.op ? '' : (stored.oneShot?.op ?? '') || (dropped?.operation ?? '');
  const refresh =
    next.oneShot?.refreshAfter === undefined &&
    (stored.oneShot?.refreshAfter !== undefined || dropped?.refresh === true);
  return operation === '' && !refresh ? undefined : { version: next.version, operation, refresh };
}
