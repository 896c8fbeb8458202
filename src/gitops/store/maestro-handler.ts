import type { SetAsideRow, StatusEvent, UnreadableEvent } from '../../clients/index.ts';
import type { JsonObject } from '../../core/json.ts';
import type { WorkStatus } from '../../core/status/work-status.ts';
import { isLaterReport } from '../../core/works/report-order.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { readStoredBundle, travellingFields, type StoredBundle } from '../bundle/stored-bundle.ts';
import type { AppFacts, BundleFacts } from '../index/facts.ts';
import { rememberReport } from '../index/remember-report.ts';
import { passedOnByOther } from '../index/tell-apart.ts';
import { awaitDeletion, noteEnd, noteShown } from '../index/write-facts.ts';
import { inTurns } from '../queue/in-turns.ts';
import { readReport, type AppReport } from '../status/report.ts';
import type { MaestroError } from '../../errors.ts';
import type { WorkTaker } from '../../works/follow.ts';
import { WorkOrder, type KnownPlace, type Read } from '../../works/order.ts';
import type { StreamState } from '../../works/stream.ts';
import type { Store } from './store.ts';

/** So many are asked for after each reconnect: enough to tell whether Maestro has lost its data. */
const mostStanding = 20;

/**
 * Takes in what Maestro says, from its stream, by a read or by an answer, and
 * tells the listener of the store what that touches. What comes is taken in
 * synchronously: a stream is never kept waiting.
 */
export class MaestroHandler implements WorkTaker {
  readonly #store: Store;
  readonly #order: WorkOrder;
  /** Rows that cannot be read, by the read that showed them last. */
  readonly #unreadable = new Map<string, Read>();
  #live = false;

  constructor(store: Store) {
    this.#store = store;
    this.#order = new WorkOrder(store.deps.clock);
  }

  get streamLive(): boolean {
    return this.#live;
  }

  beginRead(): Read {
    return this.#order.beginRead();
  }

  /** @param read the one that showed it; when absent it was read just now */
  row(bundle: ResourceBundle, read: Read = this.beginRead()): void {
    const { index, deps, listener } = this.#store;
    let known = index.byBundle(bundle.id);
    const facts = readStoredBundle(
      { ...bundle, consumer: bundle.consumerName },
      known?.bundle.createdAt === bundle.createdAt ? known.bundle.stored : undefined,
    );
    if (facts.hubNamespace === '' || facts.hubName === '') return;
    const how = this.#order.ofRow(bundle, read, placeOf(known?.bundle));
    if (how === 'unsure') return listener.unsure(bundle.id);
    if (how === 'ended') return;
    this.#readsAgain(bundle.id, bundle.consumerName);
    const shown = this.#order.shown(known?.bundle, read);
    if (how === 'successor') {
      // Deleted and made anew, unseen: versions and reports count from the beginning.
      index.removeBundle(bundle.id);
      known = undefined;
    }
    // A step back to a backup is believed when a step of ours does not fit what is known.
    if (known !== undefined && (how === 'stale' || known.bundle.stored.version > facts.version))
      return noteShown(known.bundle, shown);
    const last = known?.bundle.stored;
    const changed = last === undefined || last.version !== facts.version || last.deleting !== facts.deleting;
    const operation = changed && facts.oneShot !== undefined ? travellingFields(bundle.manifests).operation : undefined;
    if (changed && known !== undefined && !deps.settings.controllers.propagation)
      passedOnByOther(known.app, known.bundle, facts, operation);
    const { app, bundle: taken } = index.setBundle(`${facts.hubNamespace}/${facts.hubName}`, facts, {
      monotonicMs: deps.clock.monotonicMs(),
      createdAt: bundle.createdAt,
      shown,
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
    this.row(bundle);
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
      shown: this.#order.shown(known),
      begins: { operation, since: this.#store.now() },
    });
    // A report about it came before the answer, and was judged by what was known then.
    if (bundle.observedVersion >= stored.version) listener.unsure(stored.id);
  }

  /** An event of the stream: an agent's word, believed for its own cluster, and about nothing but status. */
  event(event: StatusEvent): void {
    const { index, deps, listener, heardMs } = this.#store;
    const { id, consumer, status } = event;
    const found = index.byBundle(id);
    const known = placeOf(found?.bundle);
    const how = this.#order.ofEvent(event, known);
    if (how === 'ended') return;
    if (how === 'end' || how === 'end-of-successor') {
      const isKnown = how === 'end';
      this.#order.endSeen(event, isKnown ? known : undefined);
      return this.#ended(id, consumer, isKnown ? 'seen' : 'unseen');
    }
    deps.metrics.statusReceived();
    if (how === 'foreign' && found !== undefined) return this.#forged(event, found.app, found.bundle);
    if (found === undefined || (how !== 'later' && how !== 'stale')) {
      // Maestro itself has to tell.
      deps.metrics.statusDone('unknown');
      return listener.unsure(id, status);
    }
    heardMs.set(consumer, deps.clock.wallMs());
    // Whether the bundle is there is for rows to show.
    noteShown(found.bundle, this.#order.shown(found.bundle, found.bundle.shownBy));
    this.#takeReport(found.app, found.bundle, status);
    // A version that somebody else wrote.
    if (event.version > found.bundle.stored.version) listener.unsure(id, status);
  }

  absent(id: string, read: Read = this.beginRead()): void {
    const bundle = this.#store.index.byBundle(id)?.bundle;
    // Another read has shown it since.
    if (Math.max(bundle?.shownBy ?? 0, this.#unreadable.get(id) ?? 0) >= read) return;
    const known = placeOf(bundle);
    if (known !== undefined) this.#order.endUnseen(id, known);
    this.#ended(id, '', 'unseen');
  }

  /** A row that is there and cannot be read: what was known of the bundle stays, and nothing is done to it. */
  unreadable({ id, consumerName, name, error }: SetAsideRow, read: Read = this.beginRead()): void {
    const { index, setAside } = this.#store;
    this.#unreadable.set(id, read);
    const known = index.byBundle(id);
    if (known !== undefined) noteShown(known.bundle, this.#order.shown(known.bundle, read));
    if (!setAside.add('bundle', id, error.message, { consumer: consumerName, work: name })) return;
    this.#store.changedKeys(known === undefined ? index.ofCluster(consumerName) : [known.app.key]);
  }

  /** A report that cannot be read. REST may have it, or the one before. */
  unreadableEvent({ id, consumer, error }: Pick<UnreadableEvent, 'id' | 'consumer' | 'error'>): void {
    const { index, setAside, deps, listener } = this.#store;
    const app = index.byBundle(id)?.app;
    if (app !== undefined && index.byBundle(id)?.bundle.stored.consumer !== consumer)
      return deps.metrics.forgedReport();
    const fields = { consumer, ...(app === undefined ? {} : { application: app.key }) };
    if (setAside.add('status', id, error.message, fields) && app !== undefined) listener.readabilityChanged(app);
    listener.unsure(id);
  }

  async missing(read: Read, signal: AbortSignal): Promise<readonly string[]> {
    const ids: string[] = [];
    const { index, deps, setAside } = this.#store;
    await inTurns(index.all(), { clock: deps.clock, signal }, (app) => {
      for (const bundle of app.bundles) if (bundle.shownBy < read) ids.push(bundle.stored.id);
    });
    signal.throwIfAborted();
    // One that was never read is in no index, and its application waits until it is gone.
    for (const id of setAside.names('bundle'))
      if ((this.#unreadable.get(id) ?? 0) < read && index.byBundle(id) === undefined) ids.push(id);
    return ids;
  }

  awaited(): readonly string[] {
    const { index, setAside } = this.#store;
    const ids = [...setAside.names('bundle')].filter((id) => index.byBundle(id) === undefined);
    for (const app of index.all()) for (const { stored } of app.bundles) if (stored.deleting) ids.push(stored.id);
    return ids;
  }

  standing(): readonly string[] {
    const ids: string[] = [];
    for (const { bundles } of this.#store.index.all())
      for (const { stored } of bundles) {
        if (!stored.deleting) ids.push(stored.id);
        if (ids.length === mostStanding) return ids;
      }
    return ids;
  }

  state(state: StreamState): void {
    const live = state === 'live';
    if (live && !this.#live) this.#store.listener.reachable();
    this.#live = live;
    this.#store.deps.metrics.streamLive(live);
  }

  problem(what: string, { code, message }: MaestroError): void {
    this.#store.deps.log.warn(`${what}: ${message}`, { code });
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
    const before = bundle.reported ?? app.written;
    const droppedApplied = rememberReport(app, bundle, report, {
      mode: this.#store.deps.settings.statusMode,
      times: this.#store.times,
      monotonicMs: clock.monotonicMs(),
    });
    const transition = bundle.reported !== undefined && bundle.reported.transition !== before?.transition;
    this.#store.listener.reported({ app, bundle, status, report, transition, droppedApplied });
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
    this.#unreadable.delete(id);
    if (setAside.taken('bundle', id)) listener.freed(index.ofCluster(consumer), 'BundleUnreadable');
  }

  /** @param teller the cluster that told of the end; "" when Maestro just does not have the bundle any more */
  #ended(id: string, teller: string, end: 'seen' | 'unseen'): void {
    const { index, setAside, listener } = this.#store;
    const consumer = index.byBundle(id)?.bundle.stored.consumer ?? teller;
    this.#readsAgain(id, consumer);
    setAside.taken('status', id);
    const app = index.removeBundle(id);
    if (app === undefined) return;
    noteEnd(app, end);
    listener.ended(app, { id, consumer });
    this.#store.changed(app);
  }
}

/** What is known of a bundle as far as it tells which of two is later. */
function placeOf(bundle: BundleFacts | undefined): KnownPlace | undefined {
  if (bundle === undefined) return undefined;
  const { createdAt, observedVersion, sequenceId, shownBy, takenAt } = bundle;
  const { consumer, version, deleting } = bundle.stored;
  return { consumer, createdAt, version, deleting, observedVersion, sequenceId, shownBy, takenAt };
}
