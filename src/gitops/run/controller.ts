import { setMaxListeners } from 'node:events';
import { MaestroError } from '../../errors.ts';
import { steadyClock } from '../../clock.ts';
import { reflect, type Reflector, type ReflectorEvent, type ReflectorProblem } from '../kube/reflector.ts';
import type { ResourcePath } from '../kube/kube-api.ts';
import { createWriteBudget } from '../kube/write-budget.ts';
import { parseManagedCluster, parsePlacementDecision } from '../model/clusters.ts';
import { parseHubApplication, pullSelector } from '../model/hub-application.ts';
import { OrphanSweep } from '../policy/orphans.ts';
import type { AppRecord } from '../index/records.ts';
import type { WorkQueue } from '../queue/work-queue.ts';
import { objectAt, textAt } from '../model/fields.ts';
import { refuseShallow } from '../model/shallow.ts';
import { canonicalJson, type JsonObject } from '../../core/json.ts';
import { MaestroFeed } from '../watch/maestro-feed.ts';
import { backoffMs } from '../../core/back-off.ts';
import { Aggregator } from '../hub-status/reconcile.ts';
import type { ControllerDeps } from './controller-deps.ts';
import { inTurns } from '../queue/in-turns.ts';
import { Intake } from '../store/maestro-handler.ts';
import { Propagator } from '../deliver/reconcile.ts';
import { snapshotOf } from './snapshot.ts';
import type { SetAsideKind } from '../store/set-aside.ts';
import { applications, appProjects, ControllerState, managedClusters, placementDecisions } from '../store/store.ts';

/** Beyond the publishes under way, so that a slow read does not idle the window. */
const spareWorkers = 16;
const statusWorkers = 32;
/** For reading again what may be gone, in a process that does not propagate. */
const lookingWorkers = 4;
/** Conditions that come with time are looked for this often. */
const timeScanMs = 15_000;
/** Of the time to stop in, for calls under way; the rest is for giving the lease back. */
const callShare = 0.75;
/** Consumers that applications wait for are asked for this often, so many at once. */
const consumerPollMs = 3_000;
const consumersPerRead = 100;
/** While Maestro does not answer that. */
const consumerLongestPollMs = 60_000;

/** What the hub is watched for. */
type HubResource = 'applications' | 'managedclusters' | 'placementdecisions' | 'appprojects';
const setAsideKindOf: Readonly<Record<HubResource, SetAsideKind>> = {
  applications: 'application',
  managedclusters: 'cluster',
  placementdecisions: 'decision',
  appprojects: 'project',
};

/**
 * Runs both roles until the signal aborts, then stops taking work in, lets what
 * is under way finish, and resolves. Called once for each term as the leader;
 * it starts from what the hub and Maestro say, and keeps nothing between terms.
 *
 * @throws MaestroError internal, for a bug
 */
export async function runController(deps: ControllerDeps, signal: AbortSignal): Promise<void> {
  // Ages are told to people and decide on reads, so no step of the machine's clock may make one.
  await new Controller({ ...deps, clock: steadyClock(deps.clock) }, deps.clock, signal).run();
}

class Controller {
  readonly #deps: ControllerDeps;
  readonly #state: ControllerState;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  /** Calls under way may finish for a while after the stop. */
  readonly #calls = new AbortController();
  readonly #propagator: Propagator;
  readonly #aggregator: Aggregator;
  readonly #intake: Intake;
  readonly #feed: MaestroFeed;
  readonly #reflectors: Reflector[] = [];
  /** The key of each step that is being taken, and since when; both roles may be at one application at once. */
  readonly #running: Readonly<Record<keyof ControllerDeps['settings']['controllers'], Map<string, number>>> = {
    propagation: new Map(),
    aggregation: new Map(),
  };

  /** @param machine the clock as it is set, by which Maestro is asked for what changed */
  constructor(deps: ControllerDeps, machine: ControllerDeps['clock'], signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    setMaxListeners(0, this.#signal, this.#calls.signal);
    this.#state = new ControllerState(deps);
    const { clock, random, maestro, settings, log } = deps;
    this.#propagator = new Propagator(
      this.#state,
      {
        hubSeen: (key, content) => this.#intake.hubSeen(key, content),
        bundleSeen: (bundle) => this.#intake.stored(bundle),
        bundleMissing: (id) => this.#intake.missing(id),
        readSoon: (id) => this.#feed.readSoon(id),
        waiting: (key, waits) => {
          if (waits) this.#running.propagation.delete(key);
          else this.#running.propagation.set(key, clock.monotonicMs());
        },
      },
      this.#calls.signal,
    );
    const budget = createWriteBudget({ perSecond: settings.hubWritesPerSecond }, { clock });
    this.#aggregator = new Aggregator(
      this.#state,
      budget,
      (key, content) => this.#intake.hubSeen(key, content),
      this.#calls.signal,
    );
    this.#intake = new Intake(this.#state, this.#propagator, this.#aggregator, (id) => this.#feed.readSoon(id));
    this.#feed = new MaestroFeed(
      { source: settings.sourceId, wholeReadEveryMs: settings.resyncIntervalMs },
      this.#intake,
      {
        reader: maestro.reader,
        subscriber: maestro.subscriber,
        clock: machine,
        random,
        onProblem: (what, error) => log.warn(`${what}: ${error.message}`, { code: error.code }),
      },
    );
  }

  async run(): Promise<void> {
    const { metrics, health, guard, settings } = this.#deps;
    const stopListening = guard.onChange(({ blocked }) => {
      if (blocked) return;
      this.#propagator.unblock();
      this.#aggregator.unblock();
    });
    metrics.readSnapshotFrom(() => snapshotOf(this.#state, this.#propagator));
    health.attach({
      hubSynced: () => this.#reflectors.every(({ state }) => state.synced),
      maestroSynced: () => this.#feed.synced,
      streamLive: () => this.#intake.streamLive,
      hubHeardMs: () => this.#hubHeardMs(),
      oldestReconcileMs: () =>
        [...this.#running.propagation.values(), ...this.#running.aggregation.values()].sort(
          (left, right) => left - right,
        )[0],
    });
    const { propagation, aggregation } = settings.controllers;
    // What nobody takes is not kept either.
    if (!aggregation) this.#state.statusQueue.end();
    const tasks = [
      ...this.#watchHub(),
      this.#feed.run(this.#signal),
      this.#syncThenSweep(),
      this.#pollConsumers(),
      this.#scanTime(),
      this.#state.queue.runTimer(this.#signal),
      this.#state.statusQueue.runTimer(this.#signal),
      ...(propagation
        ? this.#workers(settings.maxConcurrency + spareWorkers, 'propagation', this.#state.queue, (key) =>
            this.#propagator.reconcile(key),
          )
        : this.#workers(lookingWorkers, 'propagation', this.#state.queue, (key) => this.#propagator.lookAgain(key))),
      ...this.#workers(aggregation ? statusWorkers : 0, 'aggregation', this.#state.statusQueue, (key) =>
        this.#aggregator.write(key),
      ),
    ];
    const endQueues = (): void => {
      this.#state.queue.end();
      this.#state.statusQueue.end();
      // What is under way gets its time; then it is cut.
      void this.#cutCalls();
    };
    this.#signal.addEventListener('abort', endQueues, { once: true });
    if (this.#signal.aborted) endQueues();
    try {
      await this.#allOf(tasks);
    } finally {
      stopListening();
      metrics.readSnapshotFrom(undefined);
      health.attach(undefined);
      this.#calls.abort(new MaestroError('interrupted', 'the controllers have stopped'));
    }
  }

  /** One that fails ends all; every one has ended when this returns. */
  async #allOf(tasks: readonly Promise<void>[]): Promise<void> {
    const failures: unknown[] = [];
    await Promise.all(
      tasks.map(async (task) => {
        try {
          await task;
        } catch (caught) {
          if (!this.#signal.aborted) failures.push(caught);
          this.#stop.abort(MaestroError.from(caught));
        }
      }),
    );
    if (failures.length > 0) throw failures[0];
  }

  async #cutCalls(): Promise<void> {
    try {
      await this.#deps.clock.sleep(this.#deps.settings.shutdownMs * callShare, this.#calls.signal);
    } catch {
      return;
    }
    this.#calls.abort(new MaestroError('interrupted', 'the time to stop is up'));
  }

  #watchHub(): Promise<void>[] {
    const { settings } = this.#deps;
    const intake = this.#intake;
    this.#watch(
      applications,
      'applications',
      { labelSelector: pullSelector, project: parseHubApplication },
      (event) => {
        if (event.kind === 'upsert') intake.hubSeen(event.key, event.item);
        else if (event.kind === 'gone') intake.hubLost(event.key);
        else if (event.kind === 'sweep')
          this.#deps.log.warn('the hub lists fewer applications than were known; each is asked for by itself', {
            listed: event.listed,
            known: event.known,
          });
      },
    );
    this.#watch(
      managedClusters,
      'managedclusters',
      { project: (object) => parseManagedCluster(refuseShallow(object)) },
      (event) => {
        if (event.kind === 'upsert') intake.clusterSeen(event.item);
        else if (event.kind === 'gone') intake.clusterGone(event.key);
      },
    );
    if (settings.authorisation === 'placement') {
      this.#watch(
        placementDecisions,
        'placementdecisions',
        { project: (object) => parsePlacementDecision(refuseShallow(object)) },
        (event) => {
          if (event.kind === 'upsert') intake.decisionSeen(event.item);
          else if (event.kind === 'gone') intake.decisionGone(event.key);
        },
      );
    }
    if (settings.deliverProject) {
      this.#watch(appProjects, 'appprojects', { project: refuseShallow }, (event) => {
        if (event.kind === 'upsert') this.#projectSeen(event.key, event.item);
        else if (event.kind === 'gone') this.#projectSeen(event.key, undefined);
      });
    }
    // The bundle that an application calls for depends on its project, so projects are read first.
    const projects = settings.deliverProject ? this.#reflectors.at(-1) : undefined;
    return this.#reflectors.map((reflector, at) => this.#reflect(reflector, at === 0 ? projects : undefined));
  }

  async #reflect(reflector: Reflector, after: Reflector | undefined): Promise<void> {
    while (after !== undefined && !after.state.synced) if (!(await this.#sleep(20))) return;
    await reflector.run(this.#signal);
  }

  #watch<T>(
    path: ResourcePath,
    resource: HubResource,
    what: { readonly labelSelector?: string; readonly project: (object: JsonObject) => T },
    handler: (event: ReflectorEvent<T>) => void,
  ): void {
    const { kube, clock, random } = this.#deps;
    const onProblem = (problem: ReflectorProblem): void => this.#problem(resource, problem);
    const taking = (event: ReflectorEvent<T>): void => {
      handler(event);
      // An application tells by itself whether it can be read.
      if (resource !== 'applications' && (event.kind === 'upsert' || event.kind === 'gone'))
        this.#state.setAside.taken(setAsideKindOf[resource], event.key);
    };
    this.#reflectors.push(reflect({ path, ...what, handler: taking }, { api: kube, clock, random, onProblem }));
  }

  #problem(resource: HubResource, problem: ReflectorProblem): void {
    const { log, metrics } = this.#deps;
    if (problem.kind === 'refused')
      return void this.#state.setAside.add(setAsideKindOf[resource], problem.key, problem.error.message);
    metrics.watchRestarted(resource, problem.kind === 'expired' ? 'expired' : 'failed');
    log.warn('a watch of the hub starts over', { resource, why: problem.kind, error: problem.error.message });
  }

  /** Applications of the project are built anew; what they hold is read again, one by one. */
  #projectSeen(key: string, project: JsonObject | undefined): void {
    const { projects, index, queue, synced } = this.#state;
    const next =
      project === undefined
        ? undefined
        : { metadata: { name: textAt(objectAt(project, 'metadata'), 'name') }, spec: objectAt(project, 'spec') };
    // A list tells of all of them, changed or not.
    if (canonicalJson(next ?? null) === canonicalJson(projects.get(key) ?? null)) return;
    if (next === undefined) projects.delete(key);
    else projects.set(key, next);
    if (!synced) return;
    const namespace = key.slice(0, key.indexOf('/') + 1);
    for (const app of index.all()) {
      if (!app.key.startsWith(namespace) || app.hub === undefined) continue;
      app.stale = true;
      queue.put(app.key, 'resync');
    }
  }

  /** Nothing is decided before both sides have been read: until then, absence means nothing. */
  async #syncThenSweep(): Promise<void> {
    const { log, settings, clock } = this.#deps;
    while (!this.#ready()) if (!(await this.#sleep(100))) return;
    this.#state.synced = true;
    log.info('hub and Maestro have been read', {
      applications: this.#state.index.size,
      bundles: this.#state.index.bundles,
      clusters: this.#state.clusters.size,
    });
    await this.#intake.considerAll(this.#signal);
    if (this.#signal.aborted) return;
    const { intervalMs } = settings.gc;
    if (intervalMs === undefined || !settings.controllers.propagation) return;
    let lastMs = Number.NEGATIVE_INFINITY;
    while (await this.#sleep(Math.max(10, lastMs + intervalMs - clock.monotonicMs()))) {
      lastMs = clock.monotonicMs();
      await this.#sweep();
    }
  }

  async #sweep(): Promise<void> {
    const { settings, hubId, log } = this.#deps;
    const { index, queue } = this.#state;
    if (!this.#maySweep()) return;
    const sweep = new OrphanSweep(hubId);
    const looked = await inTurns(index.all(), { clock: this.#deps.clock, signal: this.#signal }, (app) =>
      sweep.look(app),
    );
    if (!looked || !this.#maySweep()) return;
    const { collect, found, orphans, brakeOn } = sweep.result(settings.gc);
    for (const app of found)
      this.#state.news.tell(`orphan ${app.key}`, orphanText(app), 'a work of this hub has no application', {
        application: app.key,
        works: orphanText(app),
      });
    this.#state.orphans = orphans;
    if (brakeOn && !this.#state.brakeOn)
      log.error('too many bundles have no hub application; none is deleted', { orphans });
    this.#state.brakeOn = brakeOn;
    for (const app of collect) {
      // Its next step asks the hub for the application once more.
      app.collecting = true;
      app.stale = true;
      queue.put(app.key, 'resync');
    }
  }

  /** Without a hub and a Maestro that answer, absence proves nothing. */
  #maySweep(): boolean {
    return this.#ready() && this.#intake.streamLive && !this.#deps.guard.current().blocked;
  }

  #ready(): boolean {
    return this.#feed.synced && this.#reflectors.every(({ state }) => state.synced);
  }

  /**
   * One page of those that are missing at each beat, one after the other: however many they are, Maestro has one
   * question at a time.
   */
  async #pollConsumers(): Promise<void> {
    const { random } = this.#deps;
    const { missingConsumers, index } = this.#state;
    let failures = 0;
    while (
      await this.#sleep(
        failures === 0 ? consumerPollMs : backoffMs(failures - 1, random, consumerPollMs, consumerLongestPollMs),
      )
    ) {
      for (const name of missingConsumers) if ([...index.ofCluster(name)].length === 0) missingConsumers.delete(name);
      const page = [...missingConsumers].slice(0, consumersPerRead);
      if (page.length === 0) continue;
      try {
        await this.#lookForConsumers(page);
        failures = 0;
      } catch {
        failures += 1;
      }
    }
  }

  async #lookForConsumers(names: readonly string[]): Promise<void> {
    const { maestro } = this.#deps;
    const { missingConsumers, index } = this.#state;
    const query = { where: { names }, pageSize: names.length + 1 };
    for await (const page of maestro.reader.listConsumers(query, this.#state.call(this.#signal))) {
      for (const { name } of page)
        if (missingConsumers.delete(name)) this.#state.wake(index.ofCluster(name), ['ConsumerMissing']);
    }
    // Those that are missing still come behind the others.
    for (const name of names) if (missingConsumers.delete(name)) missingConsumers.add(name);
  }

  async #scanTime(): Promise<void> {
    while (await this.#sleep(timeScanMs)) {
      // Half of what is known would take conditions back that the other half brings again.
      if (!this.#state.synced) continue;
      await inTurns(this.#state.index.all(), { clock: this.#deps.clock, signal: this.#signal }, (app) => {
        if (app.hub !== undefined && app.due !== this.#aggregator.silence.due(app))
          this.#state.statusQueue.put(app.key, 'resync');
      });
    }
  }

  #workers(
    count: number,
    role: keyof ControllerDeps['settings']['controllers'],
    queue: WorkQueue,
    step: (key: string) => Promise<void>,
  ): Promise<void>[] {
    return Array.from({ length: count }, async () => {
      for (;;) {
        const key = await queue.take();
        if (key === undefined) return;
        this.#running[role].set(key, this.#deps.clock.monotonicMs());
        try {
          await step(key);
        } finally {
          this.#running[role].delete(key);
          queue.done(key);
        }
      }
    });
  }

  #hubHeardMs(): number | undefined {
    const heard = this.#reflectors.map(({ state }) => state.lastEventMs);
    return heard.includes(undefined) ? undefined : Math.min(...(heard as number[]));
  }

  /** False once the controllers are to stop. */
  async #sleep(ms: number): Promise<boolean> {
    try {
      await this.#deps.clock.sleep(ms, this.#signal);
      return true;
    } catch {
      return false;
    }
  }
}

/** Its bundles and their clusters. */
function orphanText({ bundles }: AppRecord): string {
  return bundles.map(({ stored: { id, consumer } }) => `${id} of ${consumer}`).join(', ');
}
