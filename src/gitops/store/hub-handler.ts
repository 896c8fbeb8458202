import { canonicalJson, type JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import type { BundleDraft } from '../bundle/draft-bundle.ts';
import type { AppFacts } from '../index/facts.ts';
import { noWorks } from '../index/records.ts';
import { hubFactsOf, sameFacts } from '../index/hub-facts.ts';
import { sharingWritten } from '../index/shared-texts.ts';
import { tellApart } from '../index/tell-apart.ts';
import { countLoss, doubt, madeVersion, sawVersion, setClassicWorks, showStatus } from '../index/write-facts.ts';
import type { ManagedCluster, PlacementDecision } from '../model/clusters.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import type { HubApplication, HubSummary } from '../model/hub-application.ts';
import { inTurns } from '../queue/in-turns.ts';
import { writtenStatusOf } from '../status/decide.ts';
import { deliveryConditionsIn, type DeliveryCondition } from '../status/delivery-condition.ts';
import { tellsOfClassicWorks } from '../status/delivery-conditions.ts';
import type { Store } from './store.ts';

/** How long a watch may be behind what a call has answered. */
const watchBehindMs = 60_000;

/**
 * Takes in what the hub says, from its watches or by an answer to a call, and
 * tells the listener of the store what that touches.
 */
export class HubHandler {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * A hub application as the watch or a GET has it; undefined when it is gone.
   * Older than what was seen: nothing.
   *
   * @returns what its bundle says, if it calls for one
   */
  applicationSeen(key: string, content: HubApplication | undefined): BundleDraft | undefined {
    const { index, contents, listener } = this.#store;
    if (content === undefined) return void this.#applicationGone(key);
    if (this.#store.hubWasAway()) listener.reachable();
    const app = index.getOrAdd(key);
    const version = Number(content.resourceVersion);
    // A look that reads the hub itself must not lead to the next one.
    const known = version === app.seenVersion && content.uid === app.hub?.uid && app.written !== undefined;
    if (Number.isSafeInteger(version)) {
      const monotonicMs = this.#store.deps.clock.monotonicMs();
      // A watch that is behind an answer of the hub; but a hub that was restored from a backup counts anew.
      if (version < app.seenVersion && content.uid === app.hub?.uid && monotonicMs - app.seenMs < watchBehindMs)
        return undefined;
      sawVersion(app, version, monotonicMs);
    }
    doubt(app, false);
    listener.onHub(app);
    this.#takeStatus(app, content, version, known);
    const { draft, unreadable } = this.#drafted(content);
    const facts = hubFactsOf(content, draft?.contentHash ?? '', unreadable);
    tellApart(app, facts, this.#store.now());
    if (sameFacts(app.hub, facts)) return draft;
    const before = app.hub;
    index.setHub(app, facts);
    contents.set(key, { app: summaryOf(content), draft });
    this.#store.changed(app, { edited: true, replaced: before?.uid !== facts.uid, soon: before !== undefined });
    return draft;
  }

  /**
   * Not among the selected applications any more: gone, or its label is.
   *
   * @param uid of the very application that a watch told of; absent when a list just lacks it
   */
  applicationLost(key: string, uid?: string): void {
    const app = this.#store.index.get(key);
    if (app === undefined) return;
    countLoss(app);
    this.#store.contents.delete(key);
    // Nothing of it is anywhere: whether it was deleted or only its label makes no difference, unless there are
    // conditions to take back.
    const mayOwe = app.hub?.deletionTimestamp === '' && app.delivery.length > 0;
    if (app.bundles.length === 0 && !mayOwe) return this.#applicationGone(key);
    if (uid !== undefined) this.#store.listener.deletionSeen(app, uid);
    this.#store.doubt(app, 'delete');
  }

  /** What we wrote over its status, with the hub's answer. */
  statusWritten(app: AppFacts, status: JsonObject, delivery: readonly DeliveryCondition[], answer: JsonObject): void {
    const version = Number(textAt(objectAt(answer, 'metadata'), 'resourceVersion'));
    // The watch may have told of a later write by somebody else already; what that left is what the hub shows.
    const overtaken = version < app.seenVersion;
    madeVersion(app, version);
    if (!overtaken) this.#show(app, status, delivery);
  }

  /** Argo CD's finalizers are off it. */
  released(app: AppFacts): void {
    if (app.hub !== undefined) this.#store.index.setHub(app, { ...app.hub, argoFinalizers: false });
  }

  /**
   * All works of the classic model for applications, as a whole look found them.
   *
   * @param works `<cluster>/<name>` of each, by the key of its application
   */
  async classicWorksSeen(works: ReadonlyMap<string, readonly string[]>, signal: AbortSignal): Promise<void> {
    const { index, deps, classic, listener } = this.#store;
    const turns = { clock: deps.clock, signal };
    const isWhole = await inTurns(index.all(), turns, (app) => {
      const now = works.get(app.key) ?? noWorks;
      if (now.join() === app.classicWorks.join()) return;
      setClassicWorks(app, now);
      this.#store.changed(app);
    });
    if (classic.known || !isWhole) return;
    classic.known = true;
    // What a process before this one told stayed until now.
    await inTurns(index.all(), turns, (app) => {
      if (app.classicWorks.length === 0 && app.delivery.some((condition) => tellsOfClassicWorks(condition)))
        listener.statusChanged(app);
    });
  }

  clusterSeen(cluster: ManagedCluster): void {
    const { clusters, index, listener } = this.#store;
    const before = clusters.get(cluster.name);
    clusters.set(cluster);
    if (!this.#store.synced) return;
    const switched = before?.leftTo !== cluster.leftTo;
    if (switched) this.#switched(cluster);
    if (before === undefined || before.local !== cluster.local || switched)
      this.#store.changedKeys(index.ofCluster(cluster.name));
    if (before?.available === cluster.available) return;
    for (const key of index.ofCluster(cluster.name)) {
      const app = index.get(key);
      if (app !== undefined) listener.statusChanged(app);
    }
  }

  clusterGone(name: string): void {
    const { clusters, index, deps } = this.#store;
    clusters.delete(name);
    clusters.missingSinceMs(name, deps.clock.monotonicMs());
    this.#store.changedKeys(index.ofCluster(name));
  }

  decisionSeen(decision: PlacementDecision): void {
    this.#rightsChanged(decision.namespace, this.#store.decisions.set(decision));
  }

  decisionGone(key: string): void {
    this.#rightsChanged(key.slice(0, key.indexOf('/')), this.#store.decisions.delete(key));
  }

  /** Applications of the project are built anew; what they hold is read again, one by one. */
  projectSeen(key: string, project: JsonObject | undefined): void {
    const { projects, index, synced } = this.#store;
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
    for (const app of index.all())
      if (app.key.startsWith(namespace) && app.hub !== undefined) this.#store.doubt(app, 'resync');
  }

  #applicationGone(key: string): void {
    const { index, contents, setAside, listener } = this.#store;
    contents.delete(key);
    setAside.taken('application', key);
    const app = index.get(key);
    if (app === undefined) return;
    doubt(app, false);
    showStatus(app, undefined, app.delivery);
    listener.offHub(app);
    index.setHub(app, undefined);
  }

  /** Told once, of the cluster: of its applications nothing is told while they are left alone. */
  #switched({ name, leftTo }: ManagedCluster): void {
    const { index, deps, listener } = this.#store;
    const keys = [...index.ofCluster(name)];
    for (const key of keys) {
      const app = index.get(key);
      if (app !== undefined) listener.switched(app);
    }
    const fields = { cluster: name, applications: keys.length };
    if (leftTo === undefined) deps.log.info('a cluster is switched on for these controllers', fields);
    else deps.log.info('a cluster is switched off for these controllers', { ...fields, pullModel: leftTo });
  }

  /**
   * The hub's status as it is now, unless this is the echo of our own write.
   *
   * @param known this very version was taken in before
   */
  #takeStatus(app: AppFacts, content: HubApplication, version: number, known: boolean): void {
    if (app.written !== undefined && app.ownVersion !== 0 && version === app.ownVersion) return;
    // Without a status all share one.
    if (content.status === undefined) showStatus(app, writtenStatusOf(undefined), []);
    else this.#show(app, content.status, deliveryConditionsIn(content.status));
    // Somebody else changed it, such as the start of an operation on the hub: what Maestro has is put back.
    if (this.#store.synced && app.hub !== undefined && !known) this.#store.listener.statusChanged(app);
  }

  #show(app: AppFacts, status: JsonObject, delivery: readonly DeliveryCondition[]): void {
    const { written: before, bundles } = app;
    const written = sharingWritten(writtenStatusOf(status), { kept: bundles[0]?.reported, before }, this.#store);
    showStatus(app, written, delivery);
    if (before?.state !== written.state || before.startedAt !== written.startedAt) this.#store.index.touch(app);
  }

  /** What nobody can make a bundle of is set aside, and none of the others with it. */
  #drafted(content: HubApplication): { readonly draft: BundleDraft | undefined; readonly unreadable: string } {
    const { setAside } = this.#store;
    let why = content.unreadable;
    try {
      if (why === undefined) {
        const draft = this.#store.draftOf(content);
        setAside.taken('application', content.key);
        return { draft, unreadable: '' };
      }
    } catch (caught) {
      why = MaestroError.from(caught).message;
    }
    setAside.add('application', content.key, why ?? '');
    return { draft: undefined, unreadable: why ?? '' };
  }

  #rightsChanged(namespace: string, clusters: readonly string[]): void {
    if (!this.#store.synced) return;
    for (const cluster of clusters) {
      const keys = [...this.#store.index.ofCluster(cluster)];
      this.#store.changedKeys(keys.filter((key) => key.startsWith(`${namespace}/`)));
    }
  }
}

/** The draft has what is published of the rest, and thousands may wait. */
function summaryOf({ status: _status, object: _object, ...summary }: HubApplication): HubSummary {
  return summary;
}
