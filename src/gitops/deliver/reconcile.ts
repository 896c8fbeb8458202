import { MaestroError } from '../../errors.ts';
import { classicWorksLeft } from '../access/classic-works.ts';
import { WriteRefusedError } from '../access/may-write.ts';
import { awaitDeletion, setClassicWorks } from '../index/write-facts.ts';
import { lookAgainMs } from '../policy/one-shots.ts';
import { currentBundle, type Action } from '../policy/propagation.ts';
import { neverSucceeds } from '../queue/unreached.ts';
import type { Outcome } from '../queue/workers.ts';
import { block, noteSent, noteUnsent, unblock } from './blocking.ts';
import { decideStep } from './decide-step.ts';
import { askForPredecessor, deleteBundle, mayStillDelete, stripBundle } from './delete.ts';
import type { DeliverParts, DeliverStep } from './parts.ts';
import { clearOneShot, publishApplication } from './publish.ts';
import { release } from './release.ts';

/** A deletion that waits for its cluster is looked at again after this long. */
const deletionAgainMs = 30_000;
/** What comes up before both sides have been read waits, and is looked at again after this long. */
const unsyncedAgainMs = 1_000;
/** Whether a work of the classic model that holds up a deletion is gone is asked after this long. */
const classicAgainMs = 60_000;
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
    const step = { ...this.#parts, app, signal };
    // What is known of the other side may be half of it.
    if (!store.synced) return { requeueAfterMs: unsyncedAgainMs, lane: 'change', waits: true };
    try {
      if (app.stale) await hub.fresh(app, signal);
      if (isDeletionUnlooked(step)) return { requeueAfterMs: unsyncedAgainMs, lane: 'delete', waits: true };
      const before = states.get(key).blocked;
      const outcome = await carryOut(step, decideStep(this.#parts, app));
      if (outcome.waits === true) return outcome;
      noteDeletionSent(step);
      // Nothing blocked it anew, so what blocked it is over.
      if (before !== undefined && states.get(key).blocked === before) unblock(step);
      return outcome;
    } catch (caught) {
      return failed(step, MaestroError.from(caught));
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
}

async function carryOut(step: DeliverStep, action: Action): Promise<Outcome> {
  switch (action.do) {
    case 'nothing':
      step.deps.metrics.publishSkipped();
      return settled(step);
    case 'block': {
      if (action.reason === 'ClassicWorkLeft') return blockDeletion(step, action.message);
      const blocked = block(step, action.reason, action.message);
      // Its own condition says why.
      noteSent(step);
      if (action.reason !== 'PredecessorDeleting') return blocked;
      await askForPredecessor(step);
      return { ...blocked, requeueAfterMs: predecessorAgainMs };
    }
    case 'publish':
      return publishApplication(step, action);
    case 'clear-one-shot':
      return clearOneShot(step, action);
    case 'strip':
      return stripBundle(step, action.bundle);
    case 'delete':
      if (!(await mayStillDelete(step, action.bundle))) return { requeueAfterMs: 0, lane: 'change' };
      await deleteBundle(step, action.bundle);
      return { requeueAfterMs: 0, lane: 'delete' };
    case 'await-deletion':
      return awaitCluster(step, action.untilMs);
    case 'release':
      return release(step, action.confirmed);
  }
}

/** Whether a work of the classic model would keep it running is not known yet. */
function isDeletionUnlooked({ app: { hub }, deps, store }: DeliverStep): boolean {
  if (hub === undefined || hub.deletionTimestamp === '' || !hub.argoFinalizers) return false;
  return !store.classic.looked && !deps.settings.allowClassicCoexistence;
}

/** A work of the classic model holds it up, unless that is gone by now. */
async function blockDeletion(step: DeliverStep, message: string): Promise<Outcome> {
  const { app, deps, signal } = step;
  const left = await classicWorksLeft(deps, app, signal);
  if (left.length < app.classicWorks.length) {
    setClassicWorks(app, left);
    step.tellStatus(app.key);
    return { requeueAfterMs: 0, lane: 'delete' };
  }
  return { ...block(step, 'ClassicWorkLeft', message), requeueAfterMs: classicAgainMs };
}

function awaitCluster({ app, store, deps, tellStatus }: DeliverStep, untilMs = Number.POSITIVE_INFINITY): Outcome {
  awaitDeletion(app, store.now());
  tellStatus(app.key, deletionAgainMs / 2);
  return { requeueAfterMs: Math.min(deletionAgainMs, untilMs - deps.clock.monotonicMs()), lane: 'resync' };
}

/** There is no step to take now: what was kept for one is dropped. */
function settled(step: DeliverStep): Outcome {
  const { app, store, states, deps } = step;
  store.contents.delete(app.key);
  noteSent(step);
  unblock(step);
  const { hub } = app;
  if (hub === undefined) {
    const afterMs = step.garbage.promptlyInMs(app);
    return afterMs === undefined ? {} : { requeueAfterMs: afterMs, lane: 'delete' };
  }
  // What is passed on once and has to wait does not wait for ever, nor does one that may have been discarded.
  const afterMs = lookAgainMs(app, hub, currentBundle(app, hub), {
    monotonicMs: deps.clock.monotonicMs(),
    overwrites: states.get(app.key).overwrites,
  });
  return afterMs === undefined ? {} : { requeueAfterMs: afterMs, lane: 'operation' };
}

/** What will never succeed is not tried for ever: it is told, and looked at when something changes. */
function failed(step: DeliverStep, error: MaestroError): Outcome {
  if (error instanceof WriteRefusedError && error.switchedOff)
    return { requeueAfterMs: 0, lane: 'change', waits: true };
  if (neverSucceeds(error)) {
    noteDeletionSent(step);
    return block(step, error.delivery === 'not-sent' ? 'Invalid' : 'RefusedByServer', error.message);
  }
  // Whatever step of a deletion it was.
  if (step.app.hub?.deletionTimestamp) noteUnsent(step, error);
  throw error;
}

function noteDeletionSent(step: DeliverStep): void {
  if (step.states.get(step.app.key).unsent?.what === 'deletion') noteSent(step);
}
