import type { JsonObject } from '../../core/json.ts';
import { isSameOperation } from '../bundle/operation-mark.ts';
import type { StoredBundle } from '../bundle/stored-bundle.ts';
import type { AppFacts, BundleFacts } from './facts.ts';
import type { HubFacts } from './hub-facts.ts';
import { setTaken, writable } from './write-facts.ts';

/**
 * Before the index takes these facts in: whether what the hub has to be passed
 * on once is what travels already, or new, which is seen by a change, or by its
 * absence, in between.
 *
 * @param now wall time, RFC 3339
 */
export function tellApart(facts: AppFacts, { uid, operation, refresh, unreadable = '' }: HubFacts, now: string): void {
  const app = writable(facts);
  const known = app.hub?.uid === uid ? app.hub : undefined;
  const before = isReadable(known) ? known : app.readBefore;
  app.readBefore = undefined;
  if (unreadable !== '') {
    // Half an operation tells nothing: it is held against the one of before when it can be read again.
    app.readBefore =
      known === undefined || before === undefined
        ? undefined
        : { operation: before.operation, refresh: before.refresh };
    return;
  }
  if (before?.operation !== operation) app.operationSince = operation === '' ? '' : now;
  if (operation === '' || (before !== undefined && before.operation !== operation)) app.operationTaken = true;
  else if (before === undefined) app.operationTaken = false;
  if (refresh === '' || (before !== undefined && before.refresh !== refresh)) app.refreshTaken = true;
  else if (before === undefined) app.refreshTaken = false;
}

function isReadable(hub: HubFacts | undefined): boolean {
  return (hub?.unreadable ?? '') === '';
}

/** What another process, which propagates, has passed on since: of that, what the hub has is no repetition. */
export function passedOnByOther(
  app: AppFacts | undefined,
  { stored, operation: before }: BundleFacts,
  { oneShot }: StoredBundle,
  operation: JsonObject | undefined,
): void {
  if (app === undefined) return;
  const kept =
    stored.oneShot?.op === oneShot?.op &&
    before !== undefined &&
    operation !== undefined &&
    isSameOperation(before, operation);
  if (oneShot?.op && !kept) setTaken(app, { operation: false });
  if (oneShot?.refreshAfter !== undefined && stored.oneShot?.refreshAfter === undefined)
    setTaken(app, { refresh: false });
}
