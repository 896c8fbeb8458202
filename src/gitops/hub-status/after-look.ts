import type { JsonObject } from '../../core/json.ts';
import { compareReports, isLaterReport } from '../../core/works/report-order.ts';
import type { AppFacts } from '../index/facts.ts';
import { ownBundle } from '../policy/propagation.ts';
import { tellDelivery } from './delivery-of.ts';
import { isCurrent, type Look } from './look.ts';
import type { HubStatusParts } from './parts.ts';

/** A write that the hub has taken. */
export interface TakenWrite {
  readonly status: JsonObject;
  /** The application as the hub has it since. */
  readonly answer: JsonObject;
  /** Monotonic, when it was sent. */
  readonly startMs: number;
}

/** Remembers that a status is on the hub, and what of it is over with that. */
export function noteWritten(parts: HubStatusParts, app: AppFacts, look: Look, write: TakenWrite): void {
  const { deps, states, hubHandler } = parts;
  const { clock, metrics, log } = deps;
  const state = states.edit(app.key);
  state.writtenMs = clock.monotonicMs();
  noteShown(parts, app, look);
  tellDelivery(parts, app, look.delivery);
  hubHandler.statusWritten(app, write.status, look.delivery, write.answer);
  metrics.statusDone('written');
  log.debug('status written', { application: app.key, conditions: look.delivery.length });
  // A report that came during the write is not on the hub.
  const isMeasured = isCurrent(look) && state.unwrittenSinceMs > 0 && state.unwrittenSinceMs <= write.startMs;
  if (isMeasured) metrics.statusLag(clock.monotonicMs() - state.unwrittenSinceMs);
  forgetReport(parts, app, look);
}

/** There is nothing to write; what a report brought is on the hub, or not worth a write. */
export function noteSettled(parts: HubStatusParts, app: AppFacts, look: Look): void {
  const { store, deps } = parts;
  noteShown(parts, app, look);
  const wasKept = store.reports.has(app.key);
  forgetReport(parts, app, look);
  if (wasKept && !store.reports.has(app.key)) deps.metrics.statusDone(isCurrent(look) ? 'suppressed' : 'stale');
}

/**
 * The last report of an application needs no write any more, unless it came after the one that was looked at.
 *
 * @param look undefined when nobody waits for any report of it
 */
export function forgetReport({ store, states }: HubStatusParts, app: AppFacts, look?: Look): void {
  const bundle = app.hub === undefined || look === undefined ? undefined : ownBundle(app, app.hub);
  // Of a bundle that is another one by now nothing was looked at.
  const lookedAt = bundle === look?.bundle ? look?.report : undefined;
  const kept = store.reports.get(app.key);
  const isLast = kept !== undefined && bundle !== undefined && compareReports(kept.status, bundle) === 0;
  const isKept = isLast && isLaterReport(kept.status, lookedAt);
  const isNext = bundle !== undefined && lookedAt !== undefined && isLaterReport(bundle, lookedAt);
  const sinceMs = isKept ? kept.heardMs : isNext ? store.deps.clock.monotonicMs() : 0;
  if (states.get(app.key).unwrittenSinceMs !== sinceMs) states.edit(app.key).unwrittenSinceMs = sinceMs;
  if (!isKept) store.reports.delete(app.key);
}

/** The hub shows what the look was at, and with it the transitions up to then. */
function noteShown({ states }: HubStatusParts, { key }: AppFacts, look: Look): void {
  if (look.held === 0 || !isCurrent(look)) return;
  const state = states.edit(key);
  state.held = Math.max(0, state.held - look.held);
}
