import type { JsonObject } from '../../core/json.ts';
import type { WorkStatus } from '../../core/status/work-status.ts';
import { MaestroError } from '../../errors.ts';
import { draftBundle, type BundleDraft, type BundleSettings } from '../bundle/draft-bundle.ts';
import { AppIndex } from '../index/app-index.ts';
import { BoundedCache } from '../index/bounded-cache.ts';
import { ClusterTable, DecisionTable } from '../index/clusters.ts';
import type { AppFacts } from '../index/facts.ts';
import { SharedStates } from '../index/shared-states.ts';
import { SharedTexts } from '../index/shared-texts.ts';
import { doubt, showStatus } from '../index/write-facts.ts';
import type { HubApplication, HubSummary } from '../model/hub-application.ts';
import { longestBackoffMs } from '../queue/unreached.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';
import { News } from '../run/news.ts';
import type { Change, StoreListener } from './listener.ts';
import { SetAside } from './set-aside.ts';

/** What is known of the works that the classic model left on the hub. */
export interface ClassicSight {
  /**
   * It was looked since we may write, or it is not to be looked, or cannot be: until then nobody knows whether a
   * deletion would leave an application running.
   */
  looked: boolean;
  /** A whole look has been made in this term, or none will be: until then what an earlier process told stays. */
  known: boolean;
  /** The last look was let, and saw all of them. */
  visible: boolean;
  /** All on the hub, as last seen; applications know theirs. */
  works: number;
}

/** A hub application with what its bundle will say. */
export interface HubContent {
  readonly app: HubSummary;
  /** undefined when it calls for no bundle, or when the watch has brought a later one. */
  readonly draft: BundleDraft | undefined;
}

/** A whole report that waits to be written to the hub. */
export interface KeptReport {
  readonly status: WorkStatus;
  /** Monotonic, when it came. */
  readonly heardMs: number;
}

export type StoreDeps = Pick<ControllerDeps, 'settings' | 'hubId' | 'clock' | 'log' | 'metrics'>;

/**
 * Hub applications that are kept for a publish soon to come; others
 * are read again. As many as one ApplicationSet has on 3,000 clusters.
 */
const keptContents = 5_000;
/** Whole reports that are kept for a write soon to come; others are read again from Maestro. */
const keptReports = 2_000;

/**
 * What is known of the hub and of Maestro during one term as the leader: both
 * reconcilers read it, and all of it can be had again. `HubHandler` and
 * `MaestroHandler` take in what is heard or read; the listener is told what
 * that touches.
 */
export class Store {
  readonly deps: StoreDeps;
  readonly listener: StoreListener;
  readonly bundleSettings: BundleSettings;
  readonly index: AppIndex;
  /** Times of statuses. */
  readonly times = new SharedTexts();
  readonly states = new SharedStates();
  readonly clusters = new ClusterTable();
  readonly decisions = new DecisionTable();
  readonly projects = new Map<string, JsonObject>();
  /** Wall time of the last report of each cluster; of those that have reported to this process. */
  readonly heardMs = new Map<string, number>();
  readonly contents = new BoundedCache<HubContent>(keptContents);
  readonly reports = new BoundedCache<KeptReport>(keptReports);
  /** What cannot be read. */
  readonly setAside: SetAside;
  readonly news: News;
  readonly classic: ClassicSight = { looked: false, known: false, visible: false, works: 0 };
  /** Both sides have been read once: absence means something now. */
  synced = false;
  #hubFailedMs = Number.NEGATIVE_INFINITY;

  constructor(deps: StoreDeps, listener: StoreListener) {
    this.deps = deps;
    this.listener = listener;
    this.setAside = new SetAside(deps.log, deps.metrics);
    this.news = new News(deps.clock, deps.log);
    this.index = new AppIndex((keys) => listener.freed(keys, 'SpokeNameTaken'));
    const { sourceId, deliverNamespace, deliverProject } = deps.settings;
    this.bundleSettings = { sourceId, hubId: deps.hubId, deliverNamespace, deliverProject };
  }

  /** A call to the hub failed because that is away. */
  hubFailed(): void {
    this.#hubFailedMs = this.deps.clock.monotonicMs();
  }

  /** The hub was away not long ago, so that steps may wait for it: not longer than the longest back-off. */
  hubWasAway(): boolean {
    return this.deps.clock.monotonicMs() - this.#hubFailedMs < longestBackoffMs;
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

  /** Has the hub asked for the application before anything is done about it. */
  doubt(app: AppFacts, lane: 'delete' | 'resync'): void {
    doubt(app, true);
    this.listener.due(app, lane);
  }

  /** It is not ours any more, and still shows what we told of its delivery. */
  owesLeave({ hub, written }: AppFacts): boolean {
    return (
      hub?.selected === false &&
      hub.deletionTimestamp === '' &&
      (written?.delivery ?? '') !== '' &&
      this.deps.settings.controllers.aggregation
    );
  }

  /** Our conditions are off an application that opted out. */
  tookLeave(app: AppFacts): void {
    showStatus(app, undefined, []);
    this.#forgetOptedOut(app);
  }

  /** Something that decisions about the application rest on has changed. */
  changed(app: AppFacts, how: Change = {}): void {
    this.index.touch(app);
    if (!this.synced) return;
    try {
      this.listener.changed(app, how);
      this.#forgetOptedOut(app);
    } catch (caught) {
      // Its step is tried all the same, and fails for this application alone.
      this.setAside.add('application', app.key, MaestroError.from(caught).message);
      this.listener.due(app, 'resync');
    }
  }

  /** The same of several, by their keys. */
  changedKeys(keys: Iterable<string>): void {
    for (const key of keys) {
      const app = this.index.get(key);
      if (app !== undefined) this.changed(app);
    }
  }

  /** What is not selected, and has nothing of ours any more, is nothing to us. */
  #forgetOptedOut(app: AppFacts): void {
    if (app.hub?.selected === false && app.bundles.length === 0 && !this.owesLeave(app))
      this.index.setHub(app, undefined);
  }
}
