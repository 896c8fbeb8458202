import { MaestroError } from '../../errors.ts';
import type { AppFacts } from '../index/facts.ts';
import type { BlockReason } from '../policy/block-reason.ts';
import { laneToLook } from '../policy/lane.ts';
import { belongs } from '../policy/propagation.ts';
import type { WorkQueue } from '../queue/work-queue.ts';
import type { TakenReport } from '../store/listener.ts';
import { decisionInputOf } from './decision-input.ts';
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
    try {
      const { blocked, unsent } = this.#parts.states.get(app.key);
      const input = decisionInputOf(this.#parts.store, this.#parts.states, app);
      // What it tells on the hub may have to be taken back.
      const toldLane = blocked === undefined && unsent === undefined ? undefined : 'change';
      const lane = laneToLook(app, input, this.#parts.garbage.isCollecting(app.key)) ?? toldLane;
      if (lane === undefined) this.#parts.store.contents.delete(app.key);
      else if (lane === 'change' && soon) this.#queue.putAfter(app.key, lane, coalesceMs);
      else this.#queue.put(app.key, lane);
    } catch (caught) {
      // Its step is tried all the same, and fails for this application alone.
      this.#parts.store.setAside.add('application', app.key, MaestroError.from(caught).message);
      this.#queue.put(app.key, 'resync');
    }
  }

  doubted(app: AppFacts, lane: 'delete' | 'resync'): void {
    this.#queue.put(app.key, lane);
  }

  /** A report may be what a step waits for. */
  reported({ app, bundle, droppedApplied }: TakenReport): void {
    if (!this.#parts.store.synced || !this.#parts.store.deps.settings.controllers.propagation) return;
    const { hub } = app;
    const leaves =
      this.#parts.garbage.isCollecting(app.key) ||
      hub === undefined ||
      hub.deletionTimestamp !== '' ||
      !belongs(hub, bundle);
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
    for (const key of keys) if (this.#parts.states.get(key).blocked?.reason === reason) this.#queue.put(key, 'change');
  }

  /** Nothing holds up what is not on the hub. */
  offHub(app: AppFacts): void {
    if (this.#parts.states.get(app.key).blocked !== undefined) this.#parts.states.edit(app.key).blocked = undefined;
  }
}
