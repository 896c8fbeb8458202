import type { JsonObject } from '../../core/json.ts';
import { isSameOperation, operationMark } from '../bundle/operation-mark.ts';
import type { StoredBundle } from '../bundle/stored-bundle.ts';
import type { BundleRecord, DroppedOneShot } from './records.ts';

/**
 * Before the index takes `next` for what is stored: of that version nothing was
 * reported yet, or what was is to be judged again.
 *
 * @param travelling its operation, and since when, RFC 3339, it waits to be applied
 */
export function beginVersion(
  bundle: BundleRecord,
  next: StoredBundle,
  travelling: { readonly operation: JsonObject | undefined; readonly since: string },
): void {
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
  { stored, operation }: BundleRecord,
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
function droppedBy({ stored, dropped, appliedVersion }: BundleRecord, next: StoredBundle): DroppedOneShot | undefined {
  if (appliedVersion >= next.version) return undefined;
  const operation = next.oneShot?.op ? '' : (stored.oneShot?.op ?? '') || (dropped?.operation ?? '');
  const refresh =
    next.oneShot?.refreshAfter === undefined &&
    (stored.oneShot?.refreshAfter !== undefined || dropped?.refresh === true);
  return operation === '' && !refresh ? undefined : { version: next.version, operation, refresh };
}
