import type { JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import { AppIndex } from '../index/app-index.ts';
import { BoundedCache } from '../index/bounded-cache.ts';
import { SharedTexts } from '../index/shared-texts.ts';
import { ClusterTable, DecisionTable } from '../index/clusters.ts';
import { blockReasons, type AppRecord, type Blocked, type BlockReason } from '../index/records.ts';
import type { ResourcePath } from '../kube/kube-api.ts';
import type { HubApplication, HubSummary } from '../model/hub-application.ts';
import { draftBundle, type BundleDraft, type BundleSettings } from '../bundle/draft-bundle.ts';
import type { CallOptions } from '../../clients/index.ts';
import { WorkQueue } from '../queue/work-queue.ts';
import type { WorkStatus } from '../../core/status/work-status.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';
import { News } from '../run/news.ts';
import { SetAside } from './set-aside.ts';
import { isAway, longestBackoffMs } from '../queue/unreached.ts';

export const applications: ResourcePath = { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' };
export const appProjects: ResourcePath = { group: 'argoproj.io', version: 'v1alpha1', resource: 'appprojects' };
export const managedClusters: ResourcePath = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1',
  resource: 'managedclusters',
};
export const placementDecisions: ResourcePath = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1beta1',
  resource: 'placementdecisions',
};

/** A hub application with what its bundle will say. */
export interface HubContent {
  readonly app: HubSummary;
  /** undefined when it calls for no bundle, or when the watch has brought a later one. */
  readonly draft: BundleDraft | undefined;
}

/**
 * Hub applications that are kept for a publish soon to come; others
 * are read again. As many as one ApplicationSet has on 3,000 clusters.
 */
const keptContents = 5_000;
/** Whole reports that are kept for a write soon to come; others are read again from Maestro. */
const keptReports = 2_000;
/** A parked application is looked at again after this long, even when nothing changed. */
const parkedAgainMs = 600_000;

/**
 * What both controllers share during one term as the leader: the index, the
 * queues, and what was read of the surroundings. Everything in it can be had
 * again from the hub and Maestro.
 */
export class ControllerState {
  readonly deps: ControllerDeps;
  readonly bundleSettings: BundleSettings;
  readonly index = new AppIndex((keys) => this.wake(keys, ['SpokeNameTaken']));
  /** Times of statuses. */
  readonly times = new SharedTexts();
  readonly clusters = new ClusterTable();
  readonly decisions = new DecisionTable();
  readonly projects = new Map<string, JsonObject>();
  /** Keys whose delivery has to be looked at. */
  readonly queue: WorkQueue;
  /** Keys whose status on the hub has to be looked at. */
  readonly statusQueue: WorkQueue;
  readonly news: News;
  readonly contents = new BoundedCache<HubContent>(keptContents);
  readonly reports = new BoundedCache<WorkStatus>(keptReports);
  /** Clusters that are no consumers of Maestro yet, for which applications wait. */
  readonly missingConsumers = new Set<string>();
  /** What cannot be read. */
  readonly setAside: SetAside;
  /** Both sides have been read once: absence means something now. */
  synced = false;
  orphans = 0;
  brakeOn = false;
  #hubFailedMs = Number.NEGATIVE_INFINITY;

  constructor(deps: ControllerDeps) {
    this.deps = deps;
    this.setAside = new SetAside(deps.log, deps.metrics);
    this.queue = new WorkQueue(deps.clock);
    this.statusQueue = new WorkQueue(deps.clock);
    this.news = new News(deps.clock, deps.log);
    const { sourceId, deliverNamespace, deliverProject } = deps.settings;
    this.bundleSettings = { sourceId, hubId: deps.hubId, deliverNamespace, deliverProject };
  }

  /** A call to the hub: that it was away is remembered, for what waits for it. */
  async ofHub<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (caught) {
      if (isAway(MaestroError.from(caught))) this.#hubFailedMs = this.deps.clock.monotonicMs();
      throw caught;
    }
  }

  /** The hub was away not long ago, so that steps may wait for it: not longer than the longest back-off. */
  hubWasAway(monotonicMs: number): boolean {
    return monotonicMs - this.#hubFailedMs < longestBackoffMs;
  }

  /** Limits for one call to the hub or to Maestro. */
  call(signal: AbortSignal): CallOptions {
    return { signal, deadlineMs: this.deps.clock.monotonicMs() + this.deps.settings.callTimeoutMs };
  }

  /** RFC 3339 in whole seconds, as Kubernetes writes times. */
  now(): string {
    return `${new Date(this.deps.clock.wallMs()).toISOString().slice(0, 19)}Z`;
  }

  /** The hub's AppProject that goes along with an application; undefined when none is to. */
  projectFor(app: HubSummary): JsonObject | undefined {
    return this.bundleSettings.deliverProject ? this.projects.get(`${app.namespace}/${app.project}`) : undefined;
  }

  /** What the bundle of an application says; undefined when it is to have none. */
  draftOf(app: HubApplication): BundleDraft | undefined {
    if (!app.selected || app.cluster === '' || app.unreadable !== undefined) return undefined;
    const project = this.projectFor(app);
    return draftBundle(app, this.bundleSettings, project === undefined ? {} : { project });
  }

  park(app: AppRecord, reason: BlockReason, message: string): void {
    const same = app.parked?.reason === reason && app.parked.message === message;
    app.parked = { reason, message, since: same ? (app.parked?.since ?? this.now()) : this.now() };
    this.contents.delete(app.key);
    this.queue.putAfter(app.key, 'resync', parkedAgainMs);
    this.news.tell(`parked ${app.key}`, `${reason}: ${message}`, 'an application is not delivered', {
      application: app.key,
      cluster: app.hub?.cluster,
      reason,
      why: message,
    });
    if (same) return;
    this.statusQueue.put(app.key, 'change');
    // Who waits for its name on the spoke may not have to.
    if (reason !== 'SpokeNameTaken') this.wake(this.index.rivals(app), ['SpokeNameTaken']);
    this.deps.events.record({
      regarding: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        namespace: app.namespace,
        name: app.name,
        uid: app.hub?.uid ?? '',
      },
      type: 'Warning',
      reason,
      action: 'Deliver',
      note: message,
    });
  }

  unpark(app: AppRecord): void {
    if (app.parked === undefined) return;
    if (this.news.over(`parked ${app.key}`))
      this.deps.log.info('nothing holds an application up any more', {
        application: app.key,
        reason: app.parked.reason,
      });
    app.parked = undefined;
    this.statusQueue.put(app.key, 'change');
  }

  /** Looks again at the parked applications of a cluster, or of all. */
  wake(keys: Iterable<string>, reasons: readonly Blocked['reason'][] = blockReasons): void {
    for (const key of keys) {
      const parked = this.index.get(key)?.parked;
      if (parked !== undefined && reasons.includes(parked.reason)) this.queue.put(key, 'change');
    }
  }
}
