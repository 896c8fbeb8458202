import { MaestroError } from '../../errors.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { buildBundle, storedBundleOf } from '../bundle/build-bundle.ts';
import { bundleNameOf, hashedBundleName } from '../bundle/bundle-name.ts';
import { bundleProblems } from '../bundle/bundle-problems.ts';
import { readStoredBundle, withoutCascade, withVersion } from '../bundle/stored-bundle.ts';
import { isBarred } from '../index/app-index.ts';
import type { AppRecord, BundleRecord } from '../index/records.ts';
import { clearAnnotationPatch, clearOperationPatch, finalizersPatch } from '../kube/patches.ts';
import { refreshAnnotation } from '../constants.ts';
import { isArgoFinalizer } from '../model/finalizers.ts';
import type { HubSummary } from '../model/hub-application.ts';
import { beginsInAnotherSecond, isAnotherSecond, lookAgainMs, oneShotPauseMs } from '../policy/one-shots.ts';
import { afterUndoing } from '../policy/overwrites.ts';
import { currentBundle, decidePropagation, mayDelete, spareWorkload, type Action } from '../policy/propagation.ts';
import { FailedSteps } from './failed-steps.ts';
import { HubSide, type HubSeen } from '../access/hub-applications.ts';
import { laneOf } from '../policy/lane.ts';
import { MaestroSide } from '../access/stored-bundles.ts';
import { mayWrite } from '../access/may-write.ts';
import { oneShotOf } from './one-shot-fields.ts';
import { Publisher } from './publisher.ts';
import type { ControllerState } from '../store/store.ts';
import { neverSucceeds } from '../queue/unreached.ts';
import { surroundingsOf } from './decision-input.ts';

/** A deletion that waits for its cluster is looked at again after this long. */
const deletionAgainMs = 30_000;
/** What comes up before both sides have been read waits, and is looked at again after this long. */
const unsyncedAgainMs = 1_000;
/** Whether an earlier application's bundle is gone at last is asked after this long. */
const predecessorAgainMs = 60_000;

/** What the rest of the controllers does for this one. */
export interface PropagatorHooks {
  /** The hub application as it is now; undefined when it is gone. */
  readonly hubSeen: HubSeen;
  /** A bundle as REST has it. */
  readonly bundleSeen: (bundle: ResourceBundle) => void;
  /** Has a bundle read again, beside the step. */
  readonly readSoon: (id: string) => void;
  /**
   * A step begins, or has ended, to wait for its turn to publish: for as long as others take, which is no fault of its
   * own.
   */
  waiting(key: string, waits: boolean): void;
  bundleMissing(id: string): void;
}

/**
 * Takes the next step for one application at a time: decides with
 * `decidePropagation` and carries it out. A step that fails is tried again
 * later; a step that was taken leads to the next through what it changed.
 */
export class Propagator {
  readonly #state: ControllerState;
  readonly #hooks: PropagatorHooks;
  readonly #publisher: Publisher;
  readonly #hub: HubSide;
  readonly #maestro: MaestroSide;
  /** Keys that wait for the guard to allow writing. */
  readonly #blocked = new Set<string>();
  readonly #failures: FailedSteps;

  constructor(state: ControllerState, hooks: PropagatorHooks, signal: AbortSignal) {
    this.#state = state;
    this.#hooks = hooks;
    this.#publisher = new Publisher(state, hooks, signal);
    this.#hub = new HubSide(state, hooks.hubSeen, signal);
    this.#maestro = new MaestroSide(state, hooks, signal);
    this.#failures = new FailedSteps(state, signal);
  }

  get inFlight(): number {
    return this.#publisher.inFlight;
  }

  get window(): number {
    return this.#publisher.window;
  }

  /** There is no step to take now: what was kept for one is dropped. */
  settled(app: AppRecord): void {
    this.#lookAgain(app);
    this.#state.contents.delete(app.key);
    this.#failures.sent(app);
    this.#state.unpark(app);
  }

  /** Looks again at everything that the guard held up. */
  unblock(): void {
    for (const key of this.#blocked) this.#state.queue.put(key, 'change');
    this.#blocked.clear();
  }

  /** Maestro, or the hub, answers again: what failed because it was away is looked at once more. */
  reachable(): void {
    this.#failures.reachable();
  }

  /** One step for the application; never throws. */
  async reconcile(key: string): Promise<void> {
    const app = this.#state.index.get(key);
    if (app === undefined) return;
    // What is known of the other side may be half of it.
    if (!this.#state.synced) return this.#state.queue.putAfter(key, 'change', unsyncedAgainMs);
    if (this.#state.deps.guard.current().blocked) {
      this.#blocked.add(key);
      return;
    }
    try {
      if (app.stale) await this.#hub.fresh(app);
      const parkedBefore = app.parked;
      if ((await this.#carryOut(app, this.decide(app))) === 'not-taken') return;
      this.#failures.over(app);
      // Nothing parked it anew, so what parked it is over.
      if (parkedBefore !== undefined && app.parked === parkedBefore) this.#state.unpark(app);
    } catch (caught) {
      this.#stepFailed(app, MaestroError.from(caught));
    }
  }

  /** What will never succeed is not tried for ever: it is told, and looked at when something changes. */
  #stepFailed(app: AppRecord, error: MaestroError): void {
    if (!neverSucceeds(error)) return this.#failures.failed(app, error);
    this.#failures.over(app);
    this.#state.park(app, error.delivery === 'not-sent' ? 'Invalid' : 'RefusedByServer', error.message);
  }

  /**
   * For a process that does not propagate: reads the hub application again when it may be gone, and no more; never
   * throws.
   */
  async lookAgain(key: string): Promise<void> {
    const app = this.#state.index.get(key);
    if (app?.stale !== true) return;
    try {
      await this.#hub.fresh(app);
    } catch (caught) {
      this.#failures.failed(app, MaestroError.from(caught));
    }
  }

  /** Publishes the bundle without what would cascade; for garbage collection too. */
  async strip(app: AppRecord, bundle: BundleRecord): Promise<void> {
    const stored = await this.#maestro.read(bundle.stored.id);
    if (stored === undefined) return this.#hooks.bundleMissing(bundle.stored.id);
    if (stored.version !== bundle.stored.version || stored.deletedAt !== undefined) {
      this.#maestro.believe(stored);
      this.#state.queue.put(app.key, 'change');
      return;
    }
    const work = withVersion(withoutCascade(stored), stored.version + 1);
    await this.#publisher.publish(app.key, 'update', {
      kind: 'update',
      target: this.#target(bundle),
      work,
      version: stored.version,
    });
    const { id, consumer } = bundle.stored;
    const { name, labels, annotations, manifests } = work;
    this.#maestro.adopt(
      app.key,
      readStoredBundle({
        id,
        consumer,
        version: stored.version + 1,
        metadata: { name, labels, annotations },
        manifests,
      }),
    );
  }

  /** Asks Maestro to delete the bundle. The caller has made sure that it may go. */
  async delete(app: AppRecord, bundle: BundleRecord): Promise<void> {
    const { clock } = this.#state.deps;
    mayWrite(this.#state.deps, 'deleted');
    const { id, name: workName, version } = bundle.stored;
    // Asking once more for what is gone by now would be answered as if it were under way, and its end is told once.
    if (bundle.deleteUnsure) {
      const stored = await this.#maestro.read(id);
      if (stored === undefined) return this.#hooks.bundleMissing(id);
      bundle.deleteUnsure = false;
      if (stored.deletedAt !== undefined) return this.#maestro.believe(stored);
    }
    bundle.deleteUnsure = true;
    try {
      await this.#publisher.publish(app.key, 'delete', {
        kind: 'delete',
        target: this.#target(bundle),
        workName,
        version,
      });
    } catch (caught) {
      const error = MaestroError.from(caught);
      // Its end went unheard; whether it is really gone, reading it tells.
      if (error.code === 'not-found' && (await this.#maestro.read(id)) === undefined)
        return this.#hooks.bundleMissing(id);
      throw error;
    }
    bundle.deleteUnsure = false;
    bundle.stored = { ...bundle.stored, deleting: true };
    bundle.deleteSentMs = clock.monotonicMs();
    if (app.deletionPendingSince === '') app.deletionPendingSince = this.#state.now();
    this.#state.deps.log.debug('deletion requested', {
      application: app.key,
      bundle: id,
      cluster: bundle.stored.consumer,
    });
  }

  /** The next step, without taking it. */
  decide(app: AppRecord): Action {
    if (app.hub !== undefined) return decidePropagation(app, surroundingsOf(this.#state, app));
    const { hubId, clock } = this.#state.deps;
    const monotonicMs = clock.monotonicMs();
    const garbage = app.collecting
      ? app.bundles.find((bundle) => mayDelete(bundle, { hubId, monotonicMs }, undefined))
      : undefined;
    return garbage === undefined ? { do: 'nothing' } : spareWorkload(garbage);
  }

  /** @returns `not-taken` when it was not the step to take any more, or not yet: it is decided on anew */
  async #carryOut(app: AppRecord, action: Action): Promise<'not-taken' | void> {
    const { queue, statusQueue } = this.#state;
    switch (action.do) {
      case 'nothing':
        this.#state.deps.metrics.publishSkipped();
        return this.settled(app);
      case 'park':
        this.#state.park(app, action.reason, action.message);
        // Its own condition says why.
        this.#failures.sent(app);
        if (action.reason === 'PredecessorDeleting') await this.#askForPredecessor(app);
        return;
      case 'publish':
        return this.#publishApplication(app, action);
      case 'clear-one-shot':
        return this.#clearOneShot(app, action);
      case 'strip':
        await this.strip(app, action.bundle);
        return;
      case 'delete':
        if (!(await this.#mayStillDelete(app, action.bundle))) return queue.put(app.key, 'change');
        await this.delete(app, action.bundle);
        return queue.put(app.key, 'delete');
      case 'await-deletion':
        if (app.deletionPendingSince === '') app.deletionPendingSince = this.#state.now();
        statusQueue.putAfter(app.key, 'resync', deletionAgainMs / 2);
        return queue.putAfter(
          app.key,
          'resync',
          Math.min(deletionAgainMs, (action.untilMs ?? Infinity) - this.#state.deps.clock.monotonicMs()),
        );
      case 'release':
        return this.#release(app, action.confirmed);
    }
  }

  /** What is passed on once and has to wait does not wait for ever, nor does one that may have been discarded. */
  #lookAgain(app: AppRecord): void {
    const afterMs =
      app.hub === undefined
        ? undefined
        : lookAgainMs(app, app.hub, currentBundle(app, app.hub), this.#state.deps.clock.monotonicMs());
    if (afterMs !== undefined) this.#state.queue.putAfter(app.key, 'operation', afterMs);
  }

  /** What the cluster has taken up or done, and no write of status took off the hub. */
  async #clearOneShot(
    app: AppRecord,
    action: Extract<Action, { readonly do: 'clear-one-shot' }>,
  ): Promise<'not-taken' | void> {
    const content = (await this.#hub.contentAsDecided(app, laneOf(action)))?.app;
    if (content === undefined) return 'not-taken';
    if (action.operation && content.operation !== undefined) {
      await this.#hub.patch(app, 'operation', clearOperationPatch(content.uid, content.operation));
      app.operationTaken = true;
    }
    if (action.refresh && content.refresh !== undefined) {
      await this.#hub.patch(app, 'refresh', clearAnnotationPatch(content.uid, refreshAnnotation, content.refresh));
      app.refreshTaken = true;
    }
    this.#state.contents.delete(app.key);
  }

  async #publishApplication(
    app: AppRecord,
    action: Extract<Action, { readonly do: 'publish' }>,
  ): Promise<'not-taken' | void> {
    const { over, oneShot: plan } = action;
    const { bundleSettings, index } = this.#state;
    const read = await this.#hub.contentAsDecided(app, laneOf(action));
    if (read === undefined) return 'not-taken';
    const { app: content, draft } = read;
    const stays = plan.operation === 'kept' || plan.operation === 'again' || plan.refresh === 'kept';
    const stored = over !== undefined && stays ? await this.#maestro.read(over.stored.id) : undefined;
    // A report may have come since.
    const monotonicMs = this.#state.deps.clock.monotonicMs();
    if (
      (plan.refresh === 'new' && !isAnotherSecond(over, monotonicMs)) ||
      (plan.operation === 'new' && !beginsInAnotherSecond(over, monotonicMs))
    ) {
      this.#state.queue.putAfter(app.key, 'operation', oneShotPauseMs);
      return 'not-taken';
    }
    const oneShot = oneShotOf(plan, content, over, stored, this.#state.now());
    const name =
      over?.stored.name ??
      (index.sharesPlainName(app) ? hashedBundleName(app.namespace, app.name) : bundleNameOf(app.namespace, app.name));
    const made = buildBundle(content, draft, bundleSettings, oneShot, name);
    const built = over === undefined ? made : { ...made, id: over.stored.id };
    const problems = bundleProblems(built, content);
    if (problems.length > 0) return this.#state.park(app, 'Invalid', problems.join('; '));
    const { id } = built;
    const target = { id, consumer: content.cluster, source: bundleSettings.sourceId };
    // What is known of the bundle may change before the answer comes.
    const version = (over?.stored.version ?? 0) + 1;
    const overwritten = over?.stored.stampedHash !== undefined;
    const work = withVersion(built.work, version);
    // From here on nobody else may have its name on the cluster.
    if (isBarred(app)) this.#state.unpark(app);
    if (plan.operation === 'new') app.operationTaken = false;
    if (plan.refresh === 'new') app.refreshTaken = false;
    try {
      if (over === undefined) await this.#publisher.publish(app.key, 'create', { kind: 'create', target, work });
      else await this.#publisher.publish(app.key, 'update', { kind: 'update', target, work, version: version - 1 });
    } catch (caught) {
      const error = MaestroError.from(caught);
      this.#failures.unsent(app, error);
      return this.#publishFailed(app, id, error);
    }
    this.#failures.sent(app);
    this.#failures.reachable();
    if (overwritten) this.#undone(app, id, version);
    this.#maestro.adopt(app.key, storedBundleOf(built, content, bundleSettings.hubId, version), oneShot.operation);
    this.#state.deps.log.debug('published', { application: app.key, bundle: id, cluster: content.cluster, version });
    this.#state.contents.delete(app.key);
    if (plan.operation === 'again')
      this.#state.deps.log.info('the cluster ran another operation in the place of this one, which is sent once more', {
        application: app.key,
        cluster: content.cluster,
      });
    // What is left of an earlier cluster goes now that the new one has it.
    if (app.bundles.length > 1) this.#state.queue.put(app.key, 'change');
  }

  /** What another client made of the bundle is published over. */
  #undone(app: AppRecord, bundle: string, version: number): void {
    app.overwrites = afterUndoing(app.overwrites, this.#state.deps.clock.monotonicMs(), this.#state.now());
    const fields = { application: app.key, bundle, version, times: app.overwrites.count };
    this.#state.news.tell(
      `overwritten ${app.key}`,
      String(version),
      'another client of Maestro had changed the work, which is published again',
      fields,
    );
  }

  /** An answer that is not yes. Maestro's answer decides what is true now, so it is read before the next try. */
  async #publishFailed(app: AppRecord, id: string, error: MaestroError): Promise<void> {
    if (error.reason === 'ConsumerNotFound') {
      const cluster = app.hub?.cluster ?? '';
      this.#state.missingConsumers.add(cluster);
      return this.#state.park(app, 'ConsumerMissing', `Maestro has no consumer ${cluster}`);
    }
    if (neverSucceeds(error) || (error.code !== 'conflict' && error.delivery !== 'unknown')) throw error;
    const stored = await this.#maestro.read(id);
    if (stored === undefined) this.#hooks.bundleMissing(id);
    else {
      const facts = readStoredBundle({ ...stored, consumer: stored.consumerName });
      if (facts.managedBy === 'foreign' || `${facts.hubNamespace}/${facts.hubName}` !== app.key) {
        return this.#state.park(
          app,
          'ForeignBundle',
          `bundle ${id} of cluster ${stored.consumerName} was not written for this application`,
        );
      }
      this.#maestro.believe(stored);
    }
    throw error;
  }

  /** Lets the hub application go by taking Argo CD's finalizers away. */
  async #release(app: AppRecord, confirmed: boolean): Promise<void> {
    const content = (await this.#hub.fresh(app))?.app;
    if (content === undefined) return;
    const steps = finalizersPatch(content.uid, content.finalizers, isArgoFinalizer);
    if (steps === undefined || content.deletionTimestamp === undefined) return;
    if (confirmed && (await this.#hasUnknownBundle(app, content))) return;
    if (!confirmed || app.end === 'unseen') {
      const what = confirmed
        ? `Maestro has the bundle no more; that cluster ${content.cluster} removed the application was not seen`
        : `released before cluster ${content.cluster} confirmed that it removed the application`;
      this.#state.deps.events.record({
        regarding: {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Application',
          namespace: app.namespace,
          name: app.name,
          uid: content.uid,
        },
        type: 'Warning',
        reason: 'DeletionUnconfirmed',
        action: 'Delete',
        note: what,
      });
      // Nothing is left on the hub that could tell of it.
      this.#state.deps.log.warn(what, { application: app.key });
    }
    await this.#hub.patch(app, 'finalizers', steps);
    if (app.hub !== undefined) app.hub = { ...app.hub, argoFinalizers: false };
  }

  /**
   * Where no end of a bundle was heard of, Maestro is asked whether there is one
   * after all: a list may have left it out, or a leader before us have published
   * it at the last moment. What is found is taken in, and leads to its deletion.
   */
  async #hasUnknownBundle(app: AppRecord, { namespace, name, cluster }: HubSummary): Promise<boolean> {
    const { bundleSettings, clusters } = this.#state;
    if (app.bundles.length > 0 || app.end !== '' || cluster === '' || clusters.get(cluster)?.local === true)
      return false;
    for (const workName of new Set([bundleNameOf(namespace, name), hashedBundleName(namespace, name)])) {
      const stored = await this.#maestro.read(bundleId(bundleSettings.sourceId, cluster, workName));
      if (stored !== undefined) this.#hooks.bundleSeen(stored);
    }
    return this.decide(app).do !== 'release';
  }

  /** What is about to be deleted is asked about once more: the index may be behind. */
  async #mayStillDelete(app: AppRecord, bundle: BundleRecord): Promise<boolean> {
    const known = app.hub;
    const content = (await this.#hub.fresh(app))?.app;
    if (content === undefined && known === undefined) return app.collecting && !bundle.stored.cascades;
    if (content === undefined || known === undefined || content.uid !== known.uid) return false;
    if (content.deletionTimestamp !== undefined) return app.hub?.argoFinalizers === true || !bundle.stored.cascades;
    const current = app.hub === undefined ? undefined : currentBundle(app, app.hub);
    const local = this.#state.clusters.get(content.cluster)?.local === true;
    return !content.selected || content.cluster === '' || local || current !== bundle;
  }

  /** The end of a bundle is told once, and may have been told too early or to nobody. */
  async #askForPredecessor(app: AppRecord): Promise<void> {
    const id = app.hub === undefined ? undefined : currentBundle(app, app.hub)?.stored.id;
    if (id === undefined) return;
    this.#state.queue.putAfter(app.key, 'resync', predecessorAgainMs);
    const stored = await this.#maestro.read(id);
    if (stored === undefined) this.#hooks.bundleMissing(id);
    else this.#hooks.bundleSeen(stored);
  }

  #target(bundle: BundleRecord): { id: string; consumer: string; source: string } {
    return { id: bundle.stored.id, consumer: bundle.stored.consumer, source: this.#state.bundleSettings.sourceId };
  }
}
