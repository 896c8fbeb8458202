import type { SetAsideRow, StatusEvent, UnreadableEvent } from '../../clients/index.ts';
import { EndedWorks, type Sighting, type WorkEnd } from '../../core/works/ended-works.ts';
import { isLaterReport, reportsDeletion } from '../../core/works/report-order.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { BundleDraft } from '../bundle/draft-bundle.ts';
import { readStoredBundle, travellingFields } from '../bundle/stored-bundle.ts';
import { BundleRecord, noConditions, type AppRecord } from '../index/records.ts';
import { sharingWritten } from '../index/shared-texts.ts';
import { textAt } from '../model/fields.ts';
import type { ManagedCluster, PlacementDecision } from '../model/clusters.ts';
import type { HubApplication, HubSummary } from '../model/hub-application.ts';
import { writtenStatusOf } from '../status/decide.ts';
import { deliveryConditionsIn } from '../status/delivery-condition.ts';
import { hubFactsOf, sameFacts } from '../index/hub-facts.ts';
import type { MaestroListener } from '../watch/maestro-listener.ts';
import type { Aggregator } from '../hub-status/reconcile.ts';
import { inTurns } from '../queue/in-turns.ts';
import { laneOf } from '../policy/lane.ts';
import { beginVersion } from '../index/next-version.ts';
import type { Propagator } from '../deliver/reconcile.ts';
import type { ControllerState } from './store.ts';
import { passedOnByOther, tellApart } from '../index/tell-apart.ts';

/** Two edits of an application within this time are published as one. */
const coalesceMs = 100;
/** How long a watch may be behind what a call has answered. */
const watchBehindMs = 60_000;
/**
 * A row of before the end of its bundle comes no later than this. One that comes later is believed: Maestro may have
 * been restored from a backup.
 */
const endBelievedMs = 3_600_000;
/** As many as a thousand clusters lose at once. */
const mostEnds = 50_000;

/** How a bundle ended: `seen` when its agent said so, otherwise Maestro just did not have it any more. */
interface BundleEnd extends WorkEnd {
  readonly seen: boolean;
  /** An agent's word counts for its own cluster only. */
  readonly consumer: string;
  /** Monotonic. */
  readonly atMs: number;
}

/**
 * Takes in what the hub and Maestro say, keeps the index right, and queues what
 * follows from it. What comes is taken in synchronously: a stream is never kept
 * waiting.
 */
export class Intake implements MaestroListener {
  readonly #state: ControllerState;
  readonly #propagator: Propagator;
  readonly #aggregator: Aggregator;
  readonly #readSoon: (id: string) => void;
  readonly #ends = new EndedWorks<BundleEnd>(mostEnds);
  #epoch = 0;
  /** Ids of rows that the whole read under way showed, and that cannot be read. */
  readonly #unreadable = new Set<string>();
  #live = false;

  constructor(state: ControllerState, propagator: Propagator, aggregator: Aggregator, readSoon: (id: string) => void) {
    this.#state = state;
    this.#propagator = propagator;
    this.#aggregator = aggregator;
    this.#readSoon = readSoon;
  }

  get streamLive(): boolean {
    return this.#live;
  }

  // ---- the hub

  /**
   * A hub application as the watch or a GET has it. Older than what was seen: nothing. What its bundle says, if it
   * calls for one.
   */
  hubSeen(key: string, content: HubApplication | undefined): BundleDraft | undefined {
    const { index, contents } = this.#state;
    if (content === undefined) return void this.#hubGone(key);
    if (this.#state.hubWasAway(this.#state.deps.clock.monotonicMs())) this.#reachable();
    const app = index.getOrAdd(key);
    const version = Number(content.resourceVersion);
    // A look that reads the hub itself must not lead to the next one.
    const known = version === app.seenVersion && content.uid === app.hub?.uid && app.written !== undefined;
    if (Number.isSafeInteger(version)) {
      const monotonicMs = this.#state.deps.clock.monotonicMs();
      // A watch that is behind an answer of the hub; but a hub that was restored from a backup counts anew.
      if (version < app.seenVersion && content.uid === app.hub?.uid && monotonicMs - app.seenMs < watchBehindMs)
        return undefined;
      app.seenVersion = version;
      app.seenMs = monotonicMs;
    }
    app.stale = false;
    app.orphanPasses = 0;
    app.collecting = false;
    this.#takeStatus(app, content, version, known);
    const { draft, unreadable } = this.#drafted(content);
    const facts = hubFactsOf(content, draft?.contentHash ?? '', unreadable);
    tellApart(app, facts, this.#state.now());
    if (sameFacts(app.hub, facts)) return draft;
    const before = app.hub;
    index.setHub(app, facts);
    app.deliveryFailures = 0;
    if (before?.uid !== facts.uid) app.statusFailures = 0;
    contents.put(key, { app: summaryOf(content), draft });
    this.consider(app, before === undefined ? 0 : coalesceMs);
    return draft;
  }

  /** What nobody can make a bundle of is set aside, and none of the others with it. */
  #drafted(content: HubApplication): { readonly draft: BundleDraft | undefined; readonly unreadable: string } {
    const { setAside } = this.#state;
    let why = content.unreadable;
    try {
      if (why === undefined) {
        const draft = this.#state.draftOf(content);
        setAside.taken('application', content.key);
        return { draft, unreadable: '' };
      }
    } catch (caught) {
      why = MaestroError.from(caught).message;
    }
    setAside.add('application', content.key, why ?? '');
    return { draft: undefined, unreadable: why ?? '' };
  }

  /** Not among the selected applications any more: gone, or its label is. */
  hubLost(key: string): void {
    const app = this.#state.index.get(key);
    if (app === undefined) return;
    app.losses += 1;
    this.#state.contents.delete(key);
    // Nothing of it is anywhere: whether it was deleted or only its label makes no difference, unless there are
    // conditions to take back.
    const mayOwe = app.hub?.deletionTimestamp === '' && app.delivery.length > 0;
    if (app.bundles.length === 0 && !mayOwe) return this.#hubGone(key);
    app.stale = true;
    this.#state.queue.put(key, 'delete');
  }

  clusterSeen(cluster: ManagedCluster): void {
    const { clusters, index } = this.#state;
    const before = clusters.get(cluster.name);
    clusters.set(cluster);
    if (!this.#state.synced) return;
    if (before === undefined || before.local !== cluster.local) this.#considerKeys(index.ofCluster(cluster.name));
    if (before?.available !== cluster.available) this.#lookAtStatuses(cluster.name);
  }

  clusterGone(name: string): void {
    this.#state.clusters.delete(name);
    this.#state.clusters.missingSinceMs(name, this.#state.deps.clock.monotonicMs());
    if (this.#state.synced) this.#considerKeys(this.#state.index.ofCluster(name));
  }

  decisionSeen(decision: PlacementDecision): void {
    this.#rightsChanged(decision.namespace, this.#state.decisions.set(decision));
  }

  decisionGone(key: string): void {
    this.#rightsChanged(key.slice(0, key.indexOf('/')), this.#state.decisions.delete(key));
  }

  // ---- Maestro

  stored(bundle: ResourceBundle): void {
    const { index, deps } = this.#state;
    const before = index.byBundle(bundle.id)?.bundle;
    const facts = readStoredBundle(
      { ...bundle, consumer: bundle.consumerName },
      before?.createdAt === bundle.createdAt ? before.stored : undefined,
    );
    if (facts.hubNamespace === '' || facts.hubName === '' || this.#isOfBefore(bundle)) return;
    this.#readsAgain(bundle.id, bundle.consumerName);
    let known = index.byBundle(bundle.id);
    if (known !== undefined && known.bundle.createdAt !== '' && bundle.createdAt > known.bundle.createdAt) {
      // Deleted and made anew, unseen: versions and reports count from the beginning.
      index.removeBundle(bundle.id);
      known = undefined;
    }
    if (known !== undefined && known.bundle.stored.version > facts.version) {
      known.bundle.epoch = this.#epoch;
      return;
    }
    const record = known?.bundle ?? new BundleRecord(facts);
    const changed =
      known === undefined || record.stored.version !== facts.version || record.stored.deleting !== facts.deleting;
    if (known === undefined || record.stored.oneShot?.op !== facts.oneShot?.op)
      record.operationSinceMs = deps.clock.monotonicMs();
    if (changed) {
      const operation = facts.oneShot === undefined ? undefined : travellingFields(bundle.manifests).operation;
      if (!deps.settings.controllers.propagation) passedOnByOther(known?.app, record, facts, operation);
      beginVersion(record, facts, { operation, since: bundle.updatedAt });
    }
    index.restate(record, facts);
    record.createdAt = bundle.createdAt;
    record.epoch = this.#epoch;
    const app = index.addBundle(`${facts.hubNamespace}/${facts.hubName}`, record);
    if (bundle.deletedAt !== undefined && app.deletionPendingSince === '') app.deletionPendingSince = bundle.deletedAt;
    // The stream has told something later, which was judged by what was known before: it is read, and judged once more.
    if (changed && bundle.status !== undefined && isLaterReport(record, bundle.status)) this.#readSoon(bundle.id);
    // What was judged by an earlier version may say more of this one.
    this.#aggregator.take(app, record, bundle.status, record.reported === undefined);
    if (changed && this.#state.synced) {
      deps.log.debug('bundle read', { application: app.key, bundle: facts.id, version: facts.version });
      this.consider(app, 0);
    }
  }

  reported(event: StatusEvent): void {
    // An event that was overtaken by the end of its work is about nothing that is there, such as its successor.
    if (this.#ends.has(event.id)) {
      const end = this.#ends.after(event.id, sightingOf(event));
      if (end?.seen === true && end.consumer === event.consumer) return;
    }
    if (reportsDeletion(event.status)) {
      const bundle = this.#state.index.byBundle(event.id)?.bundle;
      if (bundle === undefined || bundle.stored.consumer === event.consumer)
        return this.#ended(event.id, { ...sightingOf(event), consumer: event.consumer });
    }
    const came = this.#aggregator.reported(event);
    // An id that we do not know, or a version that somebody else wrote: Maestro itself has to tell. While all is read
    // for the first time too: the row that is on its way may be of before.
    if (came === 'unknown' || came === 'newer') this.#readSoon(event.id);
  }

  missing(id: string): void {
    this.#ended(id, undefined);
  }

  /** A row that is there and cannot be read: what was known of the bundle stays, and nothing is done to it. */
  unreadable({ id, consumerName, name, error }: SetAsideRow): void {
    const { index, setAside } = this.#state;
    this.#unreadable.add(id);
    const known = index.byBundle(id);
    if (known !== undefined) known.bundle.epoch = this.#epoch;
    if (!setAside.add('bundle', id, error.message, { consumer: consumerName, work: name })) return;
    this.#considerKeys(known === undefined ? index.ofCluster(consumerName) : [known.app.key]);
  }

  /** A report that cannot be read. REST may have it, or the one before. */
  unreadableReport({ id, consumer, error }: Pick<UnreadableEvent, 'id' | 'consumer' | 'error'>): void {
    const found = this.#state.index.byBundle(id);
    if (found !== undefined && found.bundle.stored.consumer !== consumer)
      return this.#state.deps.metrics.forgedReport();
    if (
      this.#state.setAside.add('status', id, error.message, {
        consumer,
        ...(found === undefined ? {} : { application: found.app.key }),
      }) &&
      found !== undefined
    ) {
      this.#state.statusQueue.put(found.app.key, 'change');
    }
    this.#readSoon(id);
  }

  beginRead(): void {
    this.#epoch += 1;
    this.#unreadable.clear();
  }

  async endRead(signal: AbortSignal): Promise<readonly string[]> {
    const ids: string[] = [];
    const { index, deps } = this.#state;
    await inTurns(index.all(), { clock: deps.clock, signal }, (app) => {
      for (const bundle of app.bundles) if (bundle.epoch < this.#epoch) ids.push(bundle.stored.id);
    });
    signal.throwIfAborted();
    // One that was never read is in no index, and its application waits until it is gone.
    for (const id of this.#state.setAside.names('bundle'))
      if (!this.#unreadable.has(id) && index.byBundle(id) === undefined) ids.push(id);
    return ids;
  }

  awaited(): readonly string[] {
    const { index, setAside } = this.#state;
    const ids = [...setAside.names('bundle')].filter((id) => index.byBundle(id) === undefined);
    for (const app of index.all()) for (const { stored } of app.bundles) if (stored.deleting) ids.push(stored.id);
    return ids;
  }

  live(live: boolean): void {
    if (live && !this.#live) this.#reachable();
    this.#live = live;
    this.#state.deps.metrics.streamLive(live);
  }

  // ---- what follows

  /** Queues the application when there is a step to take. */
  consider(app: AppRecord, delayMs: number): void {
    if (!this.#state.synced) return;
    try {
      this.#consider(app, delayMs);
    } catch (caught) {
      // Its step is tried all the same, and fails for this application alone.
      this.#state.setAside.add('application', app.key, MaestroError.from(caught).message);
      this.#state.queue.put(app.key, 'resync');
    }
  }

  #consider(app: AppRecord, delayMs: number): void {
    const { queue, index, deps } = this.#state;
    if (deps.settings.controllers.propagation) {
      const action = this.#propagator.decide(app);
      const lane = action.do === 'nothing' ? undefined : laneOf(action);
      if (lane === undefined) this.#propagator.settled(app);
      else if (lane === 'change' && delayMs > 0) queue.putAfter(app.key, lane, delayMs);
      else queue.put(app.key, lane);
    }
    this.#aggregator.consider(app);
    if (app.hub !== undefined && !app.hub.selected && app.bundles.length === 0 && !this.#aggregator.owesLeave(app))
      index.setHub(app, undefined);
  }

  /** Looks at everything, a thousand at a time. */
  async considerAll(signal: AbortSignal): Promise<void> {
    await inTurns(this.#state.index.all(), { clock: this.#state.deps.clock, signal }, (app) => this.consider(app, 0));
  }

  #readsAgain(id: string, consumer: string): void {
    const { setAside, index } = this.#state;
    if (setAside.taken('bundle', id)) this.#state.wake(index.ofCluster(consumer), ['BundleUnreadable']);
  }

  #reachable(): void {
    this.#propagator.reachable();
    this.#aggregator.reachable();
  }

  #hubGone(key: string): void {
    const { index, contents } = this.#state;
    contents.delete(key);
    this.#state.setAside.taken('application', key);
    const app = index.get(key);
    if (app === undefined) return;
    app.stale = false;
    app.parked = undefined;
    app.written = undefined;
    index.setHub(app, undefined);
  }

  /**
   * The hub's status as it is now, unless this is the echo of our own write.
   *
   * @param known this very version was taken in before
   */
  #takeStatus(app: AppRecord, content: HubApplication, version: number, known: boolean): void {
    if (app.written !== undefined && app.ownVersion !== 0 && version === app.ownVersion) return;
    // Without a status all share one.
    app.written =
      content.status === undefined
        ? writtenStatusOf(undefined)
        : sharingWritten(writtenStatusOf(content.status), app.bundles[0]?.reported, this.#state.times);
    const delivery = content.status === undefined ? noConditions : deliveryConditionsIn(content.status);
    app.delivery = delivery.length === 0 ? noConditions : delivery;
    // Somebody else changed it, such as the start of an operation on the hub: what Maestro has is put back.
    if (this.#state.synced && app.hub !== undefined && !known) this.#aggregator.consider(app);
  }

  /** True for a row that was read before the end of its bundle, which the stream or another read has told meanwhile. */
  #isOfBefore({ id, createdAt, status, consumerName }: ResourceBundle): boolean {
    const end = this.#ends.after(id, { createdAt, report: status });
    if (end === undefined || end.consumer !== consumerName) return false;
    if (end.seen && this.#state.deps.clock.monotonicMs() - end.atMs < endBelievedMs) return true;
    this.#ends.forget(id);
    // That Maestro did not have it was one answer against another: it is asked once more.
    if (!end.seen) this.#readSoon(id);
    return !end.seen;
  }

  /**
   * @param last the report that told of the end; undefined when Maestro does not have the bundle any more, and nothing
   * told why
   */
  #ended(id: string, last: (Sighting & { readonly consumer: string }) | undefined): void {
    const { index, deps } = this.#state;
    const known = index.byBundle(id)?.bundle;
    this.#readsAgain(id, known?.stored.consumer ?? last?.consumer ?? '');
    this.#state.setAside.taken('status', id);
    const createdAt = known === undefined || known.createdAt === '' ? (last?.createdAt ?? '') : known.createdAt;
    const consumer = known?.stored.consumer ?? last?.consumer;
    // Without the time of its creation nothing would tell it from a successor.
    if (createdAt !== '' && consumer !== undefined) {
      const report = last?.report ?? known;
      const place =
        report === undefined
          ? {}
          : { report: { observedVersion: report.observedVersion, sequenceId: report.sequenceId } };
      this.#ends.bury(id, { createdAt, ...place, consumer, seen: last !== undefined, atMs: deps.clock.monotonicMs() });
    }
    const app = index.removeBundle(id);
    if (app === undefined) return;
    app.end = last === undefined ? 'unseen' : 'seen';
    app.deletionPendingSince = '';
    if (app.collecting && app.bundles.length === 0) {
      deps.metrics.collected();
      deps.log.info('a work without an application was deleted, its workload was spared', {
        application: app.key,
        work: id,
        cluster: consumer,
      });
      this.#state.news.over(`orphan ${app.key}`);
    }
    this.consider(app, 0);
  }

  #rightsChanged(namespace: string, clusters: readonly string[]): void {
    if (!this.#state.synced) return;
    for (const cluster of clusters) {
      this.#considerKeys([...this.#state.index.ofCluster(cluster)].filter((key) => key.startsWith(`${namespace}/`)));
    }
  }

  #considerKeys(keys: Iterable<string>): void {
    for (const key of keys) {
      const app = this.#state.index.get(key);
      if (app !== undefined) this.consider(app, 0);
    }
  }

  #lookAtStatuses(cluster: string): void {
    for (const key of this.#state.index.ofCluster(cluster)) this.#state.statusQueue.put(key, 'resync');
  }
}

function sightingOf({ metadata, status }: StatusEvent): Sighting {
  return { createdAt: textAt(metadata, 'creationTimestamp'), report: status };
}

/** The draft has what is published of the rest, and thousands may wait. */
function summaryOf({ status: _status, object: _object, ...summary }: HubApplication): HubSummary {
  return summary;
}
