import { backoffMs } from '../../core/back-off.ts';
import type { JsonObject } from '../../core/json.ts';
import { objectAt, objectsAt } from '../../core/json-fields.ts';
import { slept } from '../../clock.ts';
import { MaestroError } from '../../errors.ts';
import type { HubApplications } from '../access/hub-applications.ts';
import type { AppFacts } from '../index/facts.ts';
import { inTurns } from '../queue/in-turns.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';
import type { SetReportState } from '../run/controller-metrics.ts';
import type { Store } from '../store/store.ts';
import { reportedOf, type Reported } from './entries.ts';
import { fitReport, type FittedReport } from './fit.ts';
import type { HubReports } from './hub-reports.ts';
import { statusesOf, type ResourceRef } from './report.ts';
import { entriesOfOthers, reportObject, setOf, standingReport, sumOf, type StandingReport } from './report-object.ts';
import { resourcesOf } from './resources.ts';

export interface SetReportParts {
  readonly deps: ControllerDeps;
  readonly store: Store;
  readonly hub: Pick<HubApplications, 'read'>;
  readonly reports: HubReports;
}

/** Sets that have changed are looked at this often. */
const roundMs = 5_000;
/** One set is written no more often than this. */
const writeEveryMs = 30_000;
/** Making a report of 3,000 clusters takes milliseconds, which a look that writes nothing has spent too. */
const lookEveryMs = 10_000;
/** While the hub does not know the kind, or does not let us read it. */
const lookForKindMs = 180_000;
const firstBackoffMs = 5_000;
const longestBackoffMs = 300_000;

/** What is kept of a set. */
interface KeptSet {
  /** Its report as we last saw or wrote it; undefined while there is none. */
  standing: StandingReport | undefined;
  /** Monotonic: not looked at again before. */
  notBeforeMs: number;
  failures: number;
  resources: ListedResources | undefined;
}

/** What the set has deployed, as the hub shows it of one application. */
interface ListedResources {
  readonly of: string;
  /** Sums up what else its status said then. */
  readonly detail: string;
  readonly list: readonly ResourceRef[];
}

/**
 * Keeps a MulticlusterApplicationSetReport for each ApplicationSet that has something on clusters, made of what is
 * known; the console of Advanced Cluster Management reads them. Every few seconds it takes the sets of which something
 * changed, and writes those whose report would be another one, each no more than once in half a minute.
 */
export class SetReportKeeper {
  readonly #parts: SetReportParts;
  /** To be looked at, the first to change first. */
  readonly #waiting = new Set<string>();
  readonly #kept = new Map<string, KeptSet>();
  /** All reports of the hub have been read: it has the kind, and we have the rights. */
  #isServed = false;
  /** Monotonic, when they are to be read again. */
  #nextReadMs = Number.NEGATIVE_INFINITY;
  #failedReads = 0;

  constructor(parts: SetReportParts) {
    this.#parts = parts;
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (await slept(this.#parts.deps.clock, roundMs, signal)) await this.round(signal);
  }

  /** Those of ours on the hub, by how they stand. */
  counts(): Readonly<Record<SetReportState, number>> {
    const counts = { whole: 0, cut: 0, failing: 0 };
    for (const { standing, failures } of this.#kept.values()) {
      if (failures > 0) counts.failing += 1;
      else if (standing?.cut !== undefined) counts[standing.cut === 'whole' ? 'whole' : 'cut'] += 1;
    }
    return counts;
  }

  /** One look at the sets that have changed. */
  async round(signal: AbortSignal): Promise<void> {
    const { deps, store } = this.#parts;
    if (!store.synced || deps.guard.current().blocked) return;
    if (!(await this.#served(signal))) return;
    for (const set of store.index.takeTouchedSets()) this.#waiting.add(set);
    for (const [set, { resources }] of this.#kept)
      if (resources !== undefined && this.#detailOf(resources.of) !== resources.detail) this.#waiting.add(set);
    const monotonicMs = deps.clock.monotonicMs();
    for (const [set, { standing, notBeforeMs, failures }] of this.#kept)
      if (standing === undefined && notBeforeMs <= monotonicMs && failures === 0) this.#kept.delete(set);
    const due = [...this.#waiting].filter((set) => (this.#kept.get(set)?.notBeforeMs ?? 0) <= monotonicMs);
    if (due.length === 0) return;
    const apps = await this.#appsOf(due, signal);
    for (const set of due) {
      if (signal.aborted || deps.guard.current().blocked) return;
      await this.#tryLook(set, apps.get(set) ?? [], signal);
      // What fails for the kind fails for all of them.
      if (this.#nextReadMs === Number.NEGATIVE_INFINITY) return;
    }
  }

  #detailOf(key: string): string {
    return this.#parts.store.index.get(key)?.written?.detail ?? '';
  }

  /** The applications of each of these sets; a walk over all is cheaper than a list for each set. */
  async #appsOf(sets: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, AppFacts[]>> {
    const { deps, store } = this.#parts;
    const apps = new Map<string, AppFacts[]>(sets.map((set) => [set, []]));
    await inTurns(store.index.all(), { clock: deps.clock, signal }, (app) => {
      if (app.hub?.selected === true) apps.get(app.hub.applicationSet)?.push(app);
    });
    return apps;
  }

  /** Reads all reports when it is time to, and tells whether there is anything to write to. */
  async #served(signal: AbortSignal): Promise<boolean> {
    const { deps, store } = this.#parts;
    const startMs = deps.clock.monotonicMs();
    if (startMs < this.#nextReadMs) return this.#isServed;
    const before = new Set(this.#kept.keys());
    try {
      await this.#parts.reports.readAll((report) => {
        const set = setOf(report);
        before.delete(set);
        this.#saw(set, report);
      }, signal);
    } catch (caught) {
      if (!signal.aborted) this.#notServed(MaestroError.from(caught));
      return false;
    }
    // Somebody deleted these.
    for (const set of before) {
      this.#keptOf(set).standing = undefined;
      this.#waiting.add(set);
    }
    if (!this.#isServed) {
      this.#failedReads = 0;
      store.news.over('set reports');
      deps.log.info('reports of ApplicationSets are kept on the hub', { reports: this.#kept.size });
      await inTurns(store.index.all(), { clock: deps.clock, signal }, (app) => store.index.touch(app));
    }
    this.#isServed = true;
    this.#nextReadMs = deps.clock.monotonicMs() + deps.settings.resyncIntervalMs;
    return true;
  }

  #saw(set: string, report: JsonObject): void {
    const standing = standingReport(report);
    const kept = this.#keptOf(set);
    // What it says, or that it is of a set that is gone, is for the look to tell.
    if (kept.standing?.sum !== standing.sum) this.#waiting.add(set);
    kept.standing = standing;
  }

  #keptOf(set: string): KeptSet {
    let kept = this.#kept.get(set);
    if (kept === undefined) {
      kept = { standing: undefined, notBeforeMs: 0, failures: 0, resources: undefined };
      this.#kept.set(set, kept);
    }
    return kept;
  }

  /** No kind, no right, or a hub that is away. */
  #notServed(error: MaestroError): void {
    const { deps, store } = this.#parts;
    const lasts = error.code === 'not-found' || error.code === 'access-denied';
    this.#isServed = false;
    this.#nextReadMs =
      deps.clock.monotonicMs() +
      (lasts ? lookForKindMs : backoffMs(this.#failedReads, deps.random, firstBackoffMs, lookForKindMs));
    this.#failedReads += lasts ? 0 : 1;
    if (error.code === 'not-found' && deps.settings.setReports === 'auto')
      return store.news.tell(
        'set reports',
        error.code,
        'the hub has no reports of ApplicationSets, so none are kept',
        {},
      );
    store.news.warn('set reports', error.code, `reports of ApplicationSets cannot be kept: ${error.message}`, {
      code: error.code,
    });
  }

  async #tryLook(set: string, apps: readonly AppFacts[], signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#parts.deps;
    // What changes from now on is looked at again.
    this.#waiting.delete(set);
    const kept = this.#keptOf(set);
    try {
      const wrote = await this.#look(set, apps, kept, signal);
      kept.failures = 0;
      kept.notBeforeMs = clock.monotonicMs() + (wrote ? writeEveryMs : lookEveryMs);
      this.#parts.store.news.over(`report of ${set}`);
    } catch (caught) {
      this.#waiting.add(set);
      if (signal.aborted) return;
      const error = MaestroError.from(caught);
      // It is read again, and decided anew.
      if (error.code === 'conflict') return;
      // It went, or the kind did: all of them are read.
      if (error.code === 'not-found') this.#nextReadMs = Number.NEGATIVE_INFINITY;
      kept.notBeforeMs =
        clock.monotonicMs() +
        Math.max(error.retryAfterMs ?? 0, backoffMs(kept.failures, random, firstBackoffMs, longestBackoffMs));
      kept.failures += 1;
      this.#parts.store.news.warn(
        `report of ${set}`,
        error.code,
        `the report of an ApplicationSet could not be written: ${error.message}`,
        { set, code: error.code },
      );
    }
  }

  /** @returns whether it wrote */
  async #look(set: string, apps: readonly AppFacts[], kept: KeptSet, signal: AbortSignal): Promise<boolean> {
    const { reports, store } = this.#parts;
    const { isOurs } = store.clusters;
    const reported = reportedOf(apps, isOurs);
    // What others wrote stays while we have nothing to say.
    if (reported.length === 0 && kept.standing?.cut === undefined) {
      kept.resources = undefined;
      return false;
    }
    const read = this.#mayHaveOthers(kept) || apps.length === 0 ? await reports.read(set, signal) : 'not read';
    const others = read === 'not read' || read === undefined ? [] : entriesOfOthers(read, isOurs);
    if (apps.length === 0 && others.length === 0)
      return this.#remove(set, kept, read === 'not read' ? undefined : read, signal);
    const resources = await this.#resourcesOf(kept, reported, signal);
    const entries = [...others, ...reported.map(({ entry }) => entry)];
    const fitted = fitReport(statusesOf(entries, resources));
    const sum = sumOf(reportObject(set, fitted));
    if (sum === kept.standing?.sum) return false;
    const before = read === 'not read' ? await reports.read(set, signal) : read;
    const standing = before === undefined ? undefined : standingReport(before);
    if (standing?.sum === sum) {
      kept.standing = standing;
      return false;
    }
    kept.standing = await reports.write(set, fitted, before, signal);
    this.#tell(set, fitted);
    if (standing !== undefined && standing.cut === undefined) this.#tellTakenOver(set, before);
    return true;
  }

  #mayHaveOthers(kept: KeptSet): boolean {
    return kept.standing !== undefined && this.#parts.store.clusters.switchedOff > 0;
  }

  /**
   * Of the first cluster that lists any: all applications of a set deploy the same. Asked of the hub when it may have
   * changed, because nobody keeps it.
   */
  async #resourcesOf(
    kept: KeptSet,
    reported: readonly Reported[],
    signal: AbortSignal,
  ): Promise<readonly ResourceRef[]> {
    const first = reported
      .filter(({ app }) => app.written?.state.hasResources === true)
      .reduce<Reported | undefined>(
        (least, one) => (least === undefined || one.entry.cluster < least.entry.cluster ? one : least),
        undefined,
      );
    if (first === undefined) {
      kept.resources = undefined;
      return [];
    }
    const { app } = first;
    const detail = this.#detailOf(app.key);
    if (kept.resources?.of === app.key && kept.resources.detail === detail) return kept.resources.list;
    const object = await this.#parts.hub.read(app, signal);
    const list = object === undefined ? [] : resourcesOf(objectAt(object, 'status'));
    kept.resources = { of: app.key, detail, list };
    return list;
  }

  /** @param over what others had written */
  #tellTakenOver(set: string, over: JsonObject | undefined): void {
    this.#parts.deps.log.info('the report of an ApplicationSet that others kept is ours now', {
      set,
      clusters: objectsAt(objectAt(over ?? {}, 'statuses'), 'clusterConditions').length,
    });
  }

  #tell(set: string, { cut, bytes }: FittedReport): void {
    const { deps, store } = this.#parts;
    deps.log.debug('report of an ApplicationSet written', { set, bytes, cut });
    const topic = `size of the report of ${set}`;
    if (cut === 'whole') store.news.over(topic);
    else
      store.news.warn(topic, cut, 'the report of an ApplicationSet is too large for the hub and was cut', {
        set,
        cut,
        bytes,
      });
  }

  /** The set has nothing on any cluster, and nothing that others brought home. */
  async #remove(set: string, kept: KeptSet, report: JsonObject | undefined, signal: AbortSignal): Promise<boolean> {
    kept.standing = report === undefined ? undefined : standingReport(report);
    kept.resources = undefined;
    // Somebody else's by now, or gone.
    if (kept.standing?.cut === undefined) return false;
    await this.#parts.reports.delete(set, kept.standing, signal);
    kept.standing = undefined;
    this.#parts.deps.log.info('the report of an ApplicationSet without applications is deleted', { set });
    return true;
  }
}
