import type { AppFacts } from '../index/facts.ts';
import type { HubFacts } from '../index/hub-facts.ts';
import { oneShotStand, refreshDoubtLimitMs } from '../policy/one-shots.ts';
import { ownBundle } from '../policy/propagation.ts';
import type { WorkQueue } from '../queue/work-queue.ts';
import { decideByContent, type StatusDecision, type WriteConditions } from '../status/decide.ts';
import { reportIsCurrent } from '../status/report.ts';
import type { TakenReport } from '../store/listener.ts';
import { writeConditions } from './look.ts';
import type { HubStatusParts } from './parts.ts';

type Parts = Pick<HubStatusParts, 'store' | 'states' | 'deliveries' | 'liveness'>;

const none: StatusDecision = { write: 'none' };
const now: StatusDecision = { write: 'now' };

/** Puts keys on the queue of statuses, for what the store tells and for what time brings. */
export class HubStatusKeys {
  readonly #parts: Parts;
  readonly #queue: WorkQueue;

  constructor(parts: Parts, queue: WorkQueue) {
    this.#parts = parts;
    this.#queue = queue;
  }

  /** For whole passes: queues it when a look could lead to a write. */
  changed(app: AppFacts): void {
    // Times that have only moved are a matter for the next report.
    const mayWrite = this.#lookFor(app, 'never').write !== 'none';
    if (mayWrite || this.#parts.store.owesLeave(app)) this.#queue.put(app.key, 'resync');
  }

  /** Time has brought a condition, or taken one back. */
  timePassed(app: AppFacts): void {
    const { states, liveness } = this.#parts;
    if (app.hub !== undefined && !this.#isLeftAlone(app.hub) && states.get(app.key).due !== liveness.due(app))
      this.#queue.put(app.key, 'resync');
  }

  readabilityChanged(app: AppFacts): void {
    this.#queue.put(app.key, 'change');
  }

  /** What a new report calls for: a look now or later, or none. */
  reported({ app, bundle, status, report, transition }: TakenReport): void {
    const { store, states } = this.#parts;
    const { clock, metrics, settings } = store.deps;
    if (!settings.controllers.aggregation) return;
    if (bundle.refreshDoubtMs !== undefined) this.#queue.putAfter(app.key, 'change', refreshDoubtLimitMs);
    // A report that is there at the start may be of any age: no lag is measured from it, and all are looked at then.
    if (!store.synced) return;
    // Of a bundle that goes, or that was made for another application, the hub shows nothing.
    if (app.hub?.selected !== true || ownBundle(app, app.hub) !== bundle || this.#isLeftAlone(app.hub)) return;
    const state = states.edit(app.key);
    const heardMs = clock.monotonicMs();
    if (state.unwrittenSinceMs === 0) state.unwrittenSinceMs = heardMs;
    if (transition) state.held += 1;
    // That the hub may deploy it too is told beside its first status.
    const mayReconcile = !app.hub.skipReconcile && app.hub.deletionTimestamp === '';
    // Of what a worker looks at or writes right now, nobody knows what the hub will show.
    const isHeld = this.#queue.isHeld(app.key);
    const look = mayReconcile || isHeld ? now : this.#lookFor(app, store.deps.settings.noise);
    if (look.write === 'none') {
      metrics.statusDone(reportIsCurrent(report, bundle.stored.version) ? 'suppressed' : 'stale');
      state.unwrittenSinceMs = 0;
      // The hub has shown it before it was told.
      if (bundle.reported?.full === app.written?.full) state.held = 0;
      store.reports.delete(app.key);
      return;
    }
    store.reports.set(app.key, { status, heardMs });
    if (look.write === 'now') return this.#queue.put(app.key, 'change');
    if (look.lane === 'change') state.held ||= 1;
    this.#queue.putAfter(app.key, look.lane, look.afterMs);
  }

  /** What its conditions tell of its delivery is other than before, or will be after so long. */
  deliveryChanged(key: string, afterMs?: number): void {
    if (afterMs === undefined) this.#queue.put(key, 'change');
    else this.#queue.putAfter(key, 'resync', afterMs);
  }

  /** When to look: by what is known of its report and of our conditions, none of which is made here. */
  #lookFor(app: AppFacts, noise: WriteConditions['noise']): StatusDecision {
    const { store } = this.#parts;
    const { hub } = app;
    if (hub?.selected !== true || this.#isLeftAlone(hub)) return none;
    const own = ownBundle(app, hub);
    if (own?.troubled === true || this.#tells(app)) return now;
    if (own?.reported === undefined) return none;
    const stand = oneShotStand(app, hub, own, store.deps.clock.monotonicMs());
    return decideByContent(own.reported, writeConditions(this.#parts, app, stand, noise));
  }

  /** Its cluster is switched off for us. */
  #isLeftAlone({ cluster }: HubFacts): boolean {
    return !this.#parts.store.clusters.isOurs(cluster);
  }

  /** Its conditions tell of something, or are to: what exactly, a look finds out. */
  #tells(app: AppFacts): boolean {
    const { states, deliveries, liveness } = this.#parts;
    const { blocked, unsent } = deliveries.get(app.key);
    return (
      blocked !== undefined ||
      unsent !== undefined ||
      app.classicWorks.length > 0 ||
      (app.written?.delivery ?? '') !== '' ||
      states.get(app.key).due !== liveness.due(app)
    );
  }
}
