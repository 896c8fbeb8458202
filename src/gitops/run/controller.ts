import { setMaxListeners } from 'node:events';
import { slept, steadyClock } from '../../clock.ts';
import { MaestroError } from '../../errors.ts';
import { inTurns } from '../queue/in-turns.ts';
import { ClassicWorksSearch } from '../watch/classic-works.ts';
import { pollConsumers } from '../watch/consumers.ts';
import { HubWatches } from '../watch/hub-watches.ts';
import { Follower } from '../../works/follow.ts';
import type { ControllerDeps } from './controller-deps.ts';
import { snapshotOf } from './snapshot.ts';
import { wireControllers, type Controllers } from './wiring.ts';

/** Beyond the publishes under way, so that a slow read does not idle the window. */
const spareWorkers = 16;
const statusWorkers = 32;
/** For reading again what may be gone, in a process that does not propagate. */
const lookingWorkers = 4;
/** Conditions that come with time are looked for this often. */
const timeScanMs = 15_000;
/** Of the time to stop in, for calls under way; the rest is for giving the lease back. */
const callShare = 0.75;

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
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  /** Calls under way may finish for a while after the stop. */
  readonly #calls = new AbortController();
  readonly #parts: Controllers;
  readonly #feed: Follower;
  readonly #watches: HubWatches;
  readonly #classicWorks: ClassicWorksSearch;

  /** @param machine the clock as it is set, by which Maestro is asked for what changed */
  constructor(deps: ControllerDeps, machine: ControllerDeps['clock'], signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    setMaxListeners(0, this.#signal, this.#calls.signal);
    const { random, maestro, settings } = deps;
    this.#parts = wireControllers(deps, (id, report) => this.#feed.readSoon(id, report), this.#calls.signal);
    this.#watches = new HubWatches(deps, this.#parts.hubHandler, this.#parts.store.setAside);
    this.#classicWorks = new ClassicWorksSearch(deps, this.#parts.store, this.#parts.hubHandler);
    this.#feed = new Follower(
      { where: { source: settings.sourceId }, wholeReadEveryMs: settings.resyncIntervalMs, stubborn: true },
      { reader: maestro.reader, subscriber: maestro.subscriber, clock: machine, random },
      this.#parts.maestroHandler,
    );
  }

  async run(): Promise<void> {
    const { metrics, health, guard } = this.#deps;
    const { maestroHandler, delivery, status } = this.#parts;
    const stopListening = guard.onChange(({ blocked }) => {
      if (blocked) return;
      this.#classicWorks.again();
      delivery.workers.release();
      status.workers.release();
    });
    metrics.readSnapshotFrom(() => snapshotOf(this.#parts));
    health.attach({
      hubSynced: () => this.#watches.synced,
      maestroSynced: () => this.#feed.synced,
      streamLive: () => maestroHandler.streamLive,
      hubHeardMs: () => this.#watches.heardMs,
      oldestReconcileMs: () =>
        [delivery, status].flatMap(({ running }) => running.oldestMs ?? []).sort((left, right) => left - right)[0],
    });
    const tasks = this.#tasks();
    this.#signal.addEventListener('abort', () => this.#endQueues(), { once: true });
    if (this.#signal.aborted) this.#endQueues();
    try {
      await this.#allOf(tasks);
    } finally {
      stopListening();
      metrics.readSnapshotFrom(undefined);
      health.attach(undefined);
      this.#calls.abort(new MaestroError('interrupted', 'the controllers have stopped'));
    }
  }

  #tasks(): readonly Promise<void>[] {
    const { settings } = this.#deps;
    const { propagation, aggregation } = settings.controllers;
    const { store, delivery, status, setReports } = this.#parts;
    return [
      ...this.#watches.run(this.#signal),
      this.#feed.run(this.#signal),
      this.#syncThenSweep(),
      pollConsumers(this.#deps, store, delivery.parts.missingConsumers, this.#signal),
      this.#scanTime(),
      this.#classicWorks.run(this.#signal),
      delivery.queue.runTimer(this.#signal),
      status.queue.runTimer(this.#signal),
      ...delivery.workers.run(
        propagation ? settings.maxConcurrency + spareWorkers : lookingWorkers,
        this.#calls.signal,
      ),
      ...status.workers.run(aggregation ? statusWorkers : 0, this.#calls.signal),
      ...(aggregation && settings.setReports !== 'never' ? [setReports.run(this.#signal)] : []),
    ];
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

  #endQueues(): void {
    this.#parts.delivery.queue.end();
    this.#parts.status.queue.end();
    void this.#cutCalls();
  }

  /** What is under way gets its time; then it is cut. */
  async #cutCalls(): Promise<void> {
    const { clock, settings } = this.#deps;
    if (await slept(clock, settings.shutdownMs * callShare, this.#calls.signal))
      this.#calls.abort(new MaestroError('interrupted', 'the time to stop is up'));
  }

  /** Nothing is decided before both sides have been read: until then, absence means nothing. */
  async #syncThenSweep(): Promise<void> {
    const { log, settings, clock } = this.#deps;
    const { store, delivery } = this.#parts;
    while (!this.#ready()) if (!(await this.#sleep(100))) return;
    store.synced = true;
    log.info('hub and Maestro have been read', {
      applications: store.index.size,
      bundles: store.index.bundles,
      clusters: store.clusters.size,
      switchedOff: store.clusters.switchedOff,
    });
    await inTurns(store.index.all(), { clock, signal: this.#signal }, (app) => store.changed(app));
    if (this.#signal.aborted) return;
    const { intervalMs } = settings.gc;
    if (intervalMs === undefined || !settings.controllers.propagation) return;
    let lastMs = Number.NEGATIVE_INFINITY;
    while (await this.#sleep(Math.max(10, lastMs + intervalMs - clock.monotonicMs()))) {
      lastMs = clock.monotonicMs();
      await delivery.parts.garbage.sweep(this.#signal, () => this.#maySweep());
    }
  }

  /** Without a hub and a Maestro that answer, absence proves nothing. */
  #maySweep(): boolean {
    return this.#ready() && this.#parts.maestroHandler.streamLive && !this.#deps.guard.current().blocked;
  }

  #ready(): boolean {
    return this.#feed.synced && this.#watches.synced;
  }

  async #scanTime(): Promise<void> {
    const { store, status } = this.#parts;
    while (await this.#sleep(timeScanMs)) {
      // Half of what is known would take conditions back that the other half brings again.
      if (!store.synced) continue;
      await inTurns(store.index.all(), { clock: this.#deps.clock, signal: this.#signal }, (app) =>
        status.keys.timePassed(app),
      );
    }
  }

  /** False once the controllers are to stop. */
  async #sleep(ms: number): Promise<boolean> {
    return slept(this.#deps.clock, ms, this.#signal);
  }
}
