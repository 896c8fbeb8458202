import type { SetAsideRow, StatusEvent, UnreadableEvent } from '../../clients/index.ts';
import type { JsonObject } from '../../core/json.ts';
import type { WorkStatus } from '../../core/status/work-status.ts';
import { EndedWorks, type Sighting, type WorkEnd } from '../../core/works/ended-works.ts';
import { isLaterReport, reportsDeletion } from '../../core/works/report-order.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { readStoredBundle, travellingFields, type StoredBundle } from '../bundle/stored-bundle.ts';
import type { AppFacts, BundleFacts } from '../index/facts.ts';
import { rememberReport } from '../index/remember-report.ts';
import { passedOnByOther } from '../index/tell-apart.ts';
import { awaitDeletion, noteEnd, shownBy } from '../index/write-facts.ts';
import { textAt } from '../model/fields.ts';
import { inTurns } from '../queue/in-turns.ts';
import { readReport, type AppReport } from '../status/report.ts';
import type { StatusTrim } from '../status/trim-status.ts';
import type { MaestroListener } from './maestro-listener.ts';
import type { Store } from './store.ts';

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
 * Takes in what Maestro says, from its stream, by a read or by an answer, and
 * tells the listener of the store what that touches. What comes is taken in
 * synchronously: a stream is never kept waiting.
 */
export class MaestroHandler implements MaestroListener {
  readonly #store: Store;
  readonly #trim: StatusTrim;
  readonly #ends = new EndedWorks<BundleEnd>(mostEnds);
  #epoch = 0;
  /** Ids of rows that the whole read under way showed, and that cannot be read. */
  readonly #unreadable = new Set<string>();
  #live = false;

  constructor(store: Store) {
    this.#store = store;
    this.#trim = { mode: store.deps.settings.statusMode };
  }

  get streamLive(): boolean {
    return this.#live;
  }

  stored(bundle: ResourceBundle): void {
    const { index, deps, listener } = this.#store;
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
    if (known !== undefined && known.bundle.stored.version > facts.version) return shownBy(known.bundle, this.#epoch);
    const last = known?.bundle.stored;
    const changed = last === undefined || last.version !== facts.version || last.deleting !== facts.deleting;
    const operation = changed && facts.oneShot !== undefined ? travellingFields(bundle.manifests).operation : undefined;
    if (changed && known !== undefined && !deps.settings.controllers.propagation)
      passedOnByOther(known.app, known.bundle, facts, operation);
    const { app, bundle: taken } = index.setBundle(`${facts.hubNamespace}/${facts.hubName}`, facts, {
      monotonicMs: deps.clock.monotonicMs(),
      createdAt: bundle.createdAt,
      epoch: this.#epoch,
      ...(changed ? { begins: { operation, since: bundle.updatedAt } } : {}),
    });
    if (bundle.deletedAt !== undefined) awaitDeletion(app, bundle.deletedAt);
    // The stream has told something later, which was judged by what was known before: it is read, and judged once more.
    if (changed && bundle.status !== undefined && isLaterReport(taken, bundle.status)) listener.unsure(bundle.id);
    // What was judged by an earlier version may say more of this one.
    this.#takeReport(app, taken, bundle.status, taken.reported === undefined);
    if (!changed || !this.#store.synced) return;
    deps.log.debug('bundle read', { application: app.key, bundle: facts.id, version: facts.version });
    this.#store.changed(app);
  }

  /** What was read because a step did not fit counts, also when it is older than what is known. */
  believed(bundle: ResourceBundle): void {
    const { index } = this.#store;
    const known = index.byBundle(bundle.id)?.bundle;
    // Maestro may have been restored from a backup.
    if (known !== undefined && known.stored.version > bundle.version) index.removeBundle(bundle.id);
    this.stored(bundle);
  }

  /**
   * Takes what was just published, and the operation that travels with it, for what is stored, which Maestro's answer
   * says it is.
   */
  published(key: string, stored: StoredBundle, operation?: JsonObject): void {
    const { index, deps, listener } = this.#store;
    const known = index.byBundle(stored.id)?.bundle;
    // A read has shown it before the answer came, and what its cluster says of it.
    if (known?.stored.version === stored.version) return;
    // And what another client has made of it since: that is not ours, and Maestro is asked once more.
    if (known !== undefined && known.stored.version > stored.version) return listener.unsure(stored.id);
    const { bundle } = index.setBundle(key, stored, {
      monotonicMs: deps.clock.monotonicMs(),
      begins: { operation, since: this.#store.now() },
    });
    // A report about it came before the answer, and was judged by what was known then.
    if (bundle.observedVersion >= stored.version) listener.unsure(stored.id);
  }

  /** An event of the stream: an agent's word, believed for its own cluster, and about nothing but status. */
  reported(event: StatusEvent): void {
    const { index, deps, listener, heardMs } = this.#store;
    // An event that was overtaken by the end of its work is about nothing that is there, such as its successor.
    if (this.#ends.has(event.id)) {
      const end = this.#ends.after(event.id, sightingOf(event));
      if (end?.seen === true && end.consumer === event.consumer) return;
    }
    const found = index.byBundle(event.id);
    const isForged = found !== undefined && found.bundle.stored.consumer !== event.consumer;
    if (reportsDeletion(event.status) && !isForged)
      return this.#ended(event.id, { ...sightingOf(event), consumer: event.consumer });
    deps.metrics.statusReceived();
    if (found === undefined) deps.metrics.statusDone('unknown');
    else if (isForged) return this.#forged(event, found.app, found.bundle);
    else {
      heardMs.set(event.consumer, deps.clock.wallMs());
      this.#takeReport(found.app, found.bundle, event.status);
    }
    // An id that we do not know, or a version that somebody else wrote: Maestro itself has to tell. While all is read
    // for the first time too: the row that is on its way may be of before.
    if (event.version > (found?.bundle.stored.version ?? -1)) listener.unsure(event.id);
  }

  missing(id: string): void {
    this.#ended(id, undefined);
  }

  /** A row that is there and cannot be read: what was known of the bundle stays, and nothing is done to it. */
  unreadable({ id, consumerName, name, error }: SetAsideRow): void {
    const { index, setAside } = this.#store;
    this.#unreadable.add(id);
    const known = index.byBundle(id);
    if (known !== undefined) shownBy(known.bundle, this.#epoch);
    if (!setAside.add('bundle', id, error.message, { consumer: consumerName, work: name })) return;
    this.#store.changedKeys(known === undefined ? index.ofCluster(consumerName) : [known.app.key]);
  }

  /** A report that cannot be read. REST may have it, or the one before. */
  unreadableReport({ id, consumer, error }: Pick<UnreadableEvent, 'id' | 'consumer' | 'error'>): void {
    const { index, setAside, deps, listener } = this.#store;
    const app = index.byBundle(id)?.app;
    if (app !== undefined && index.byBundle(id)?.bundle.stored.consumer !== consumer)
      return deps.metrics.forgedReport();
    const fields = { consumer, ...(app === undefined ? {} : { application: app.key }) };
    if (setAside.add('status', id, error.message, fields) && app !== undefined) listener.readabilityChanged(app);
    listener.unsure(id);
  }

  beginRead(): void {
    this.#epoch += 1;
    this.#unreadable.clear();
  }

  async endRead(signal: AbortSignal): Promise<readonly string[]> {
    const ids: string[] = [];
    const { index, deps, setAside } = this.#store;
    await inTurns(index.all(), { clock: deps.clock, signal }, (app) => {
      for (const bundle of app.bundles) if (bundle.epoch < this.#epoch) ids.push(bundle.stored.id);
    });
    signal.throwIfAborted();
    // One that was never read is in no index, and its application waits until it is gone.
    for (const id of setAside.names('bundle'))
      if (!this.#unreadable.has(id) && index.byBundle(id) === undefined) ids.push(id);
    return ids;
  }

  awaited(): readonly string[] {
    const { index, setAside } = this.#store;
    const ids = [...setAside.names('bundle')].filter((id) => index.byBundle(id) === undefined);
    for (const app of index.all()) for (const { stored } of app.bundles) if (stored.deleting) ids.push(stored.id);
    return ids;
  }

  live(live: boolean): void {
    if (live && !this.#live) this.#store.listener.reachable();
    this.#live = live;
    this.#store.deps.metrics.streamLive(live);
  }

  /**
   * Takes a status in, from wherever it came. Late ones change nothing, nor do repeated ones.
   *
   * @param again judges one that was seen already once more, because more is known of the bundle now
   */
  #takeReport(app: AppFacts, bundle: BundleFacts, status: WorkStatus | undefined, again = false): void {
    const { metrics, clock } = this.#store.deps;
    if (status === undefined) return;
    const isSame = status.observedVersion === bundle.observedVersion && status.sequenceId === bundle.sequenceId;
    if (!(again && isSame) && !isLaterReport(status, bundle.sequenceId === '' ? undefined : bundle))
      return metrics.statusDone('stale');
    const { spokeNamespace: namespace, spokeName: name } = bundle.stored;
    const report = readReport(status, { namespace, name });
    if (report === undefined) return;
    this.#noteReadability(app, bundle, report);
    this.#noteStrangers(app, bundle, report);
    const droppedApplied = rememberReport(app, bundle, report, {
      trim: this.#trim,
      times: this.#store.times,
      monotonicMs: clock.monotonicMs(),
    });
    this.#store.listener.reported({ app, bundle, status, report, droppedApplied });
  }

  /** A status in a report that is none is set aside, also when the rest of the report can be read. */
  #noteReadability(app: AppFacts, { stored }: BundleFacts, { unreadable }: AppReport): void {
    const { setAside, listener } = this.#store;
    if (unreadable !== undefined)
      setAside.add('status', stored.id, unreadable, { application: app.key, consumer: stored.consumer });
    else if (setAside.taken('status', stored.id)) listener.readabilityChanged(app);
  }

  #noteStrangers(app: AppFacts, { stored }: BundleFacts, { mismatch, strangers }: AppReport): void {
    const { deps, news } = this.#store;
    if (mismatch === 0) return;
    for (let count = 0; count < mismatch; count += 1) deps.metrics.forgedReport();
    news.warn(
      `strangers ${stored.id}`,
      strangers,
      'a cluster reports for an Application that is not in this bundle, which is ignored',
      { application: app.key, cluster: stored.consumer, bundle: stored.id, reported: strangers },
    );
  }

  #forged({ id, consumer }: StatusEvent, app: AppFacts, { stored }: BundleFacts): void {
    this.#store.deps.metrics.forgedReport();
    this.#store.news.warn(
      `report of ${id}`,
      consumer,
      'a report of another cluster than that of its bundle was refused',
      { application: app.key, cluster: stored.consumer, bundle: id, from: consumer },
    );
  }

  #readsAgain(id: string, consumer: string): void {
    const { setAside, index, listener } = this.#store;
    if (setAside.taken('bundle', id)) listener.freed(index.ofCluster(consumer), 'BundleUnreadable');
  }

  /** True for a row that was read before the end of its bundle, which the stream or another read has told meanwhile. */
  #isOfBefore({ id, createdAt, status, consumerName }: ResourceBundle): boolean {
    const end = this.#ends.after(id, { createdAt, report: status });
    if (end === undefined || end.consumer !== consumerName) return false;
    if (end.seen && this.#store.deps.clock.monotonicMs() - end.atMs < endBelievedMs) return true;
    this.#ends.forget(id);
    // That Maestro did not have it was one answer against another: it is asked once more.
    if (!end.seen) this.#store.listener.unsure(id);
    return !end.seen;
  }

  /**
   * @param last the report that told of the end; undefined when Maestro does not have the bundle any more, and nothing
   * told why
   */
  #ended(id: string, last: (Sighting & { readonly consumer: string }) | undefined): void {
    const { index, deps, setAside, listener } = this.#store;
    const known = index.byBundle(id)?.bundle;
    this.#readsAgain(id, known?.stored.consumer ?? last?.consumer ?? '');
    setAside.taken('status', id);
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
    noteEnd(app, last === undefined ? 'unseen' : 'seen');
    listener.ended(app, { id, consumer });
    this.#store.changed(app);
  }
}

function sightingOf({ metadata, status }: StatusEvent): Sighting {
  return { createdAt: textAt(metadata, 'creationTimestamp'), report: status };
}
