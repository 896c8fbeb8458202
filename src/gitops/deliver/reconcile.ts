import { MaestroError } from '../../errors.ts';
import type { AppFacts } from '../index/facts.ts';
import { awaitDeletion } from '../index/write-facts.ts';
import { lookAgainMs } from '../policy/one-shots.ts';
import { currentBundle, decidePropagation, mayDelete, spareWorkload, type Action } from '../policy/propagation.ts';
import { neverSucceeds } from '../queue/unreached.ts';
import type { Outcome } from '../queue/workers.ts';
import { block, noteSent, noteUnsent, unblock } from './blocking.ts';
import { decisionInputOf } from './decision-input.ts';
import { askForPredecessor, deleteBundle, mayStillDelete, stripBundle } from './delete.ts';
import type { DeliverParts } from './parts.ts';
import { clearOneShot, publishApplication } from './publish.ts';
import { release } from './release.ts';

/** A deletion that waits for its cluster is looked at again after this long. */
const deletionAgainMs = 30_000;
/** What comes up before both sides have been read waits, and is looked at again after this long. */
const unsyncedAgainMs = 1_000;
/** Whether an earlier application's bundle is gone at last is asked after this long. */
const predecessorAgainMs = 60_000;

/**
 * Takes the next step in the delivery of one application: decides by what is
 * known now, and carries it out. Each step is safe to take again, and leads to
 * the next by what it changed.
 */
export class DeliverReconciler {
  readonly #parts: DeliverParts;

  constructor(parts: DeliverParts) {
    this.#parts = parts;
  }

  /** @throws MaestroError when the step failed, and may succeed later */
  readonly reconcile = async (key: string, signal: AbortSignal): Promise<Outcome> => {
    const { store, states, hub } = this.#parts;
    const app = store.index.get(key);
    if (app === undefined) return {};
    // What is known of the other side may be half of it.
    if (!store.synced) return { requeueAfterMs: unsyncedAgainMs, lane: 'change', waits: true };
    try {
      if (app.stale) await hub.fresh(app, signal);
      const before = states.get(key).blocked;
      const outcome = await this.#carryOut(app, this.decide(app), signal);
      if (outcome.waits === true) return outcome;
      this.#deletionSent(app);
      // Nothing blocked it anew, so what blocked it is over.
      if (before !== undefined && states.get(key).blocked === before) unblock(this.#parts, app);
      return outcome;
    } catch (caught) {
      return this.#failed(app, MaestroError.from(caught));
    }
  };

  /**
   * For a process that does not propagate: reads the hub application again when it may be gone, and no more.
   *
   * @throws MaestroError when it could not be read
   */
  readonly lookAgain = async (key: string, signal: AbortSignal): Promise<Outcome> => {
    const app = this.#parts.store.index.get(key);
    if (app?.stale === true) await this.#parts.hub.fresh(app, signal);
    return {};
  };

  /** The next step, without taking it. */
  decide(app: AppFacts): Action {
    const { store, states, garbage, deps } = this.#parts;
    if (app.hub !== undefined) return decidePropagation(app, decisionInputOf(store, states, app));
    const input = { hubId: deps.hubId, monotonicMs: deps.clock.monotonicMs() };
    const bundle = garbage.isCollecting(app.key)
      ? app.bundles.find((one) => mayDelete(one, input, undefined))
      : undefined;
    return bundle === undefined ? { do: 'nothing' } : spareWorkload(bundle);
  }

  async #carryOut(app: AppFacts, action: Action, signal: AbortSignal): Promise<Outcome> {
    switch (action.do) {
      case 'nothing':
        this.#parts.deps.metrics.publishSkipped();
        return this.#settled(app);
      case 'block': {
        const blocked = block(this.#parts, app, action.reason, action.message);
        // Its own condition says why.
        noteSent(this.#parts, app);
        if (action.reason !== 'PredecessorDeleting') return blocked;
        await askForPredecessor(this.#parts, app, signal);
        return { ...blocked, requeueAfterMs: predecessorAgainMs };
      }
      case 'publish':
        return publishApplication(this.#parts, app, action, signal);
      case 'clear-one-shot':
        return clearOneShot(this.#parts, app, action, signal);
      case 'strip':
        return stripBundle(this.#parts, app, action.bundle, signal);
      case 'delete':
        if (!(await mayStillDelete(this.#parts, app, action.bundle, signal)))
          return { requeueAfterMs: 0, lane: 'change' };
        await deleteBundle(this.#parts, app, action.bundle, signal);
        return { requeueAfterMs: 0, lane: 'delete' };
      case 'await-deletion':
        return this.#await(app, action.untilMs);
      case 'release':
        return release(
          this.#parts,
          app,
          { confirmed: action.confirmed, isStill: () => this.decide(app).do === 'release' },
          signal,
        );
    }
  }

  #await(app: AppFacts, untilMs = Number.POSITIVE_INFINITY): Outcome {
    const { store, deps, tellStatus } = this.#parts;
    awaitDeletion(app, store.now());
    tellStatus(app.key, deletionAgainMs / 2);
    return { requeueAfterMs: Math.min(deletionAgainMs, untilMs - deps.clock.monotonicMs()), lane: 'resync' };
  }

  /** There is no step to take now: what was kept for one is dropped. */
  #settled(app: AppFacts): Outcome {
    const { store, states, deps } = this.#parts;
    store.contents.delete(app.key);
    noteSent(this.#parts, app);
    unblock(this.#parts, app);
    const { hub } = app;
    if (hub === undefined) return {};
    // What is passed on once and has to wait does not wait for ever, nor does one that may have been discarded.
    const afterMs = lookAgainMs(app, hub, currentBundle(app, hub), {
      monotonicMs: deps.clock.monotonicMs(),
      overwrites: states.get(app.key).overwrites,
    });
    return afterMs === undefined ? {} : { requeueAfterMs: afterMs, lane: 'operation' };
  }

  /** What will never succeed is not tried for ever: it is told, and looked at when something changes. */
  #failed(app: AppFacts, error: MaestroError): Outcome {
    if (neverSucceeds(error)) {
      this.#deletionSent(app);
      return block(this.#parts, app, error.delivery === 'not-sent' ? 'Invalid' : 'RefusedByServer', error.message);
    }
    // Whatever step of a deletion it was.
    if (app.hub?.deletionTimestamp) noteUnsent(this.#parts, app, error);
    throw error;
  }

  #deletionSent(app: AppFacts): void {
    if (this.#parts.states.get(app.key).unsent?.what === 'deletion') noteSent(this.#parts, app);
  }
}
