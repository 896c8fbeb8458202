import type { AppFacts } from '../index/facts.ts';
import type { BlockReason } from '../policy/block-reason.ts';
import { laneToLook } from '../policy/lane.ts';
import { belongs } from '../policy/propagation.ts';
import type { WorkQueue } from '../queue/work-queue.ts';
import type { TakenReport } from '../store/listener.ts';
import { forgetBlock } from './blocking.ts';
import { decisionInputOf } from './decide-step.ts';
import type { DeliverParts } from './parts.ts';

/** Two edits of an application within this time are published as one. */
const coalesceMs = 100;

/** Puts keys on the queue of deliveries, for what the store tells. */
export class DeliverKeys {
  readonly #parts: DeliverParts;
  readonly #queue: WorkQueue;

  constructor(parts: DeliverParts, queue: WorkQueue) {
    this.#parts = parts;
    this.#queue = queue;
  }

  /** @param soon more changes may follow in a moment */
  changed(app: AppFacts, soon = false): void {
    if (!this.#parts.store.deps.settings.controllers.propagation) return;
    const { store, states, garbage } = this.#parts;
    const { blocked, unsent } = states.get(app.key);
    // What the hub shows of its delivery may have to be taken back.
    const shownLane = blocked === undefined && unsent === undefined ? undefined : 'change';
    const lane = laneToLook(app, decisionInputOf(this.#parts, app), garbage.isCollecting(app)) ?? shownLane;
    if (lane === undefined) store.contents.delete(app.key);
    else if (lane === 'change' && soon) this.#queue.putAfter(app.key, lane, coalesceMs);
    else this.#queue.put(app.key, lane);
  }

  due(app: AppFacts, lane: 'delete' | 'resync'): void {
    this.#queue.put(app.key, lane);
  }

  /** A report may be what a step waits for. */
  reported({ app, bundle, droppedApplied }: TakenReport): void {
    const { store, garbage } = this.#parts;
    if (!store.synced || !store.deps.settings.controllers.propagation) return;
    const { hub } = app;
    const leaves =
      garbage.isCollecting(app) || hub === undefined || hub.deletionTimestamp !== '' || !belongs(hub, bundle);
    // An operation on the hub may wait for the end of another sync.
    const operationWaits = (hub?.operation ?? '') !== '' && !bundle.operationRuns;
    const waits =
      droppedApplied ||
      leaves ||
      bundle.operationFinished ||
      bundle.refreshFinishedMs !== undefined ||
      operationWaits ||
      bundle.displacedSinceMs !== undefined ||
      app.bundles.length > 1;
    if (waits) this.#queue.put(app.key, 'change');
  }

  /** Those that are blocked for this reason are looked at again. */
  freed(keys: Iterable<string>, reason: BlockReason): void {
    const { states } = this.#parts;
    for (const key of keys) if (states.get(key).blocked?.reason === reason) this.#queue.put(key, 'change');
  }

  /** Nothing holds up what is not on the hub. */
  offHub({ key }: AppFacts): void {
    forgetBlock(this.#parts, key);
  }
}
