import { bundleNameOf } from '../bundle/bundle-name.ts';
import type { StoredBundle } from '../bundle/stored-bundle.ts';
import type { Shown } from '../../works/order.ts';
import type { AppFacts, BundleFacts } from './facts.ts';
import type { HubFacts } from './hub-facts.ts';
import { beginVersion, type Travelling } from './next-version.ts';
import { AppRecord, BundleRecord } from './records.ts';
import { SharedNames } from './shared-names.ts';
import { sameText, SharedTexts } from './shared-texts.ts';
import { States } from './states.ts';
import { writable } from './write-facts.ts';

/** How a bundle was seen, or came to be stored by us. */
export interface BundleSighting {
  readonly monotonicMs: number;
  /** RFC 3339 as a row has it; absent for our own publish. */
  readonly createdAt?: string;
  readonly shown: Shown;
  /** Set when it is another version than the one that was known. */
  readonly begins?: Travelling;
}

/**
 * Every application that is on the hub or in Maestro, found by its key, by the
 * id of a bundle, by its cluster and by its name on the spoke.
 */
export class AppIndex {
  readonly #apps = new Map<string, AppRecord>();
  readonly #byBundle = new Map<string, AppRecord>();
  /** Those that name the cluster, or have a bundle there. */
  readonly #byCluster = new Map<string, Set<string>>();
  /** `<cluster>/<spoke namespace>/<name>`, taken by who wants it and by who has a bundle there, if only still. */
  readonly #spokeNames = new SharedNames();
  readonly #names = new SharedTexts();
  readonly #states: States<object>[] = [];
  #touchedSets = new Set<string>();
  readonly #vacated: (keys: readonly string[]) => void;

  /** @param vacated told who else takes a name on a spoke when one leaves it */
  constructor(vacated: (keys: readonly string[]) => void = () => undefined) {
    this.#vacated = vacated;
  }

  get size(): number {
    return this.#apps.size;
  }

  get bundles(): number {
    return this.#byBundle.size;
  }

  /** A place for what one reconciler keeps of each application, as long as that is known. */
  keep<S extends object>(make: () => S): States<S> {
    const states = new States(make, (key) => this.#apps.has(key));
    this.#states.push(states);
    return states;
  }

  get(key: string): AppFacts | undefined {
    return this.#apps.get(key);
  }

  getOrAdd(key: string): AppFacts {
    return this.#recordOf(key);
  }

  #recordOf(key: string): AppRecord {
    let record = this.#apps.get(key);
    if (record === undefined) {
      record = new AppRecord(key);
      this.#apps.set(key, record);
    }
    return record;
  }

  all(): IterableIterator<AppFacts> {
    return this.#apps.values();
  }

  /** Those that name the cluster, and those that have a bundle there, if only still. */
  ofCluster(cluster: string): Iterable<string> {
    return this.#byCluster.get(cluster) ?? [];
  }

  /** Something that the report of its ApplicationSet tells may have changed. */
  touch({ hub }: AppFacts): void {
    if (hub !== undefined && hub.applicationSet !== '') this.#touchedSets.add(hub.applicationSet);
  }

  /** The sets, as `<namespace>/<name>`, that were touched since this was last asked. */
  takeTouchedSets(): ReadonlySet<string> {
    const touched = this.#touchedSets;
    this.#touchedSets = new Set();
    return touched;
  }

  /** The application and the bundle of a bundle id. */
  byBundle(id: string): { readonly app: AppFacts; readonly bundle: BundleFacts } | undefined {
    const app = this.#byBundle.get(id);
    const bundle = app?.bundles.find(({ stored }) => stored.id === id);
    return app === undefined || bundle === undefined ? undefined : { app, bundle };
  }

  /** Takes in what a bundle says of itself now; one that names another application than before is that one's. */
  setBundle(key: string, stored: StoredBundle, sighting: BundleSighting): { app: AppFacts; bundle: BundleFacts } {
    const { monotonicMs, createdAt, shown, begins } = sighting;
    const known: BundleRecord | undefined = this.byBundle(stored.id)?.bundle;
    const record = known ?? new BundleRecord(stored, monotonicMs);
    if (begins !== undefined) beginVersion(record, stored, begins, monotonicMs);
    if (known !== undefined) this.restate(record, stored);
    if (createdAt !== undefined) record.createdAt = createdAt;
    Object.assign(record, shown);
    const owner = this.#byBundle.get(stored.id);
    return { app: owner?.key === key ? owner : this.addBundle(key, record), bundle: record };
  }

  addBundle(key: string, bundle: BundleRecord): AppFacts {
    const app = this.#recordOf(key);
    const before = this.#byBundle.get(bundle.stored.id);
    if (before !== undefined && before !== app) this.removeBundle(bundle.stored.id);
    const others = app.bundles.filter(({ stored }) => stored.id !== bundle.stored.id);
    // An array that is spread into is made with room for 16 more.
    app.bundles = others.length === 0 ? [bundle] : [...others, bundle];
    bundle.stored = this.#sharing(bundle.stored, app);
    this.#byBundle.set(bundle.stored.id, app);
    this.#joinCluster(bundle.stored.consumer, app);
    this.touch(app);
    this.#joinHeldName(bundle.stored, key);
    return app;
  }

  /** Sets what a bundle says of itself now. */
  restate(facts: BundleFacts, stored: StoredBundle): void {
    const bundle: BundleRecord = facts;
    const app = this.#byBundle.get(bundle.stored.id);
    const before = heldName(bundle.stored);
    bundle.stored = this.#sharing(stored, app);
    if (app === undefined) return;
    this.#joinHeldName(stored, app.key);
    this.#leaveSpokeName(app, before);
  }

  removeBundle(id: string): AppFacts | undefined {
    const app = this.#byBundle.get(id);
    if (app === undefined) return undefined;
    this.#byBundle.delete(id);
    const gone = app.bundles.filter(({ stored }) => stored.id === id);
    app.bundles = app.bundles.filter(({ stored }) => stored.id !== id);
    for (const { stored } of gone) {
      this.#leaveSpokeName(app, heldName(stored));
      this.#leaveCluster(stored.consumer, app);
    }
    this.touch(app);
    this.#forgetIfEmpty(app);
    return app;
  }

  /** Sets what is known of the hub application; undefined when it is gone. */
  setHub(facts: AppFacts, hub: HubFacts | undefined): void {
    const app = writable(facts);
    const before = app.hub;
    const moved = before?.cluster !== hub?.cluster || before?.spokeNamespace !== hub?.spokeNamespace;
    this.touch(app);
    app.hub = hub === undefined ? undefined : this.#sharingHub(hub, app);
    this.touch(app);
    if (hub !== undefined && hub.cluster !== '' && moved) {
      this.#joinCluster(hub.cluster, app);
      this.#spokeNames.join(spokeName(app, hub), app.key);
    }
    if (before !== undefined && moved) {
      this.#leaveCluster(before.cluster, app);
      this.#leaveSpokeName(app, spokeName(app, before));
    }
    this.#forgetIfEmpty(app);
  }

  /**
   * The application that has this one's name on the spoke already; undefined
   * when this one may have it. What is delivered has it until it is gone from
   * there, also when its application is gone or on its way to another cluster.
   *
   * @param isBarred it may not be delivered, as was found: then it does not count among those that want the name
   */
  holderOfSpokeName(app: AppFacts, isBarred: (key: string) => boolean): string | undefined {
    if (app.hub === undefined) return undefined;
    const name = spokeName(app, app.hub);
    const takers = this.#spokeNames.takers(name);
    if (takers.length < 2) return undefined;
    const holders = takers.filter((key) => holds(this.#apps.get(key), name));
    const first = holders.find((key) => wants(this.#apps.get(key), name)) ?? holders[0];
    const holder = first ?? takers.find((key) => key === app.key || !isBarred(key));
    return holder === app.key ? undefined : holder;
  }

  /** Those that want the same name on the spoke, to look at again when one goes. */
  rivals(app: AppFacts): readonly string[] {
    return app.hub === undefined
      ? []
      : this.#spokeNames.takers(spokeName(app, app.hub)).filter((key) => key !== app.key);
  }

  /**
   * Another application of the cluster would have the same plain bundle name.
   * Looked for when it is asked, seldom: a map of all names would take 150 bytes
   * for each application.
   */
  sharesPlainName({ key, namespace, name, hub }: AppFacts): boolean {
    const plain = `${namespace}-${name}`;
    if (hub === undefined || hub.cluster === '' || bundleNameOf(namespace, name) !== plain) return false;
    for (let at = plain.indexOf('-'); at !== -1; at = plain.indexOf('-', at + 1)) {
      const other = `${plain.slice(0, at)}/${plain.slice(at + 1)}`;
      if (other !== key && this.#apps.get(other)?.hub?.cluster === hub.cluster) return true;
    }
    return false;
  }

  /** The same, with texts that are kept elsewhere already. */
  #sharing(stored: StoredBundle, app: AppRecord | undefined): StoredBundle {
    return {
      ...stored,
      consumer: this.#names.of(stored.consumer),
      hubNamespace: this.#names.of(stored.hubNamespace),
      hubId: this.#names.of(stored.hubId),
      hubUid: sameText(stored.hubUid, app?.hub?.uid),
      contentHash: sameText(stored.contentHash, app?.hub?.desiredHash),
      spokeNamespace: this.#names.of(stored.spokeNamespace),
      spokeName: sameText(stored.spokeName, stored.hubName),
    };
  }

  #sharingHub(hub: HubFacts, app: AppRecord): HubFacts {
    const stored = app.bundles[0]?.stored;
    return {
      ...hub,
      uid: sameText(hub.uid, stored?.hubUid),
      cluster: this.#names.of(hub.cluster),
      applicationSet: this.#names.of(hub.applicationSet),
      spokeNamespace: this.#names.of(hub.spokeNamespace),
      desiredHash: sameText(hub.desiredHash, stored?.contentHash),
    };
  }

  #joinCluster(cluster: string, { key }: AppRecord): void {
    let keys = this.#byCluster.get(cluster);
    if (keys === undefined) this.#byCluster.set(cluster, (keys = new Set()));
    keys.add(key);
  }

  #leaveCluster(cluster: string, { key, hub, bundles }: AppRecord): void {
    if (hub?.cluster === cluster || bundles.some(({ stored }) => stored.consumer === cluster)) return;
    const keys = this.#byCluster.get(cluster);
    keys?.delete(key);
    if (keys?.size === 0) this.#byCluster.delete(cluster);
  }

  #joinHeldName(stored: StoredBundle, key: string): void {
    const name = heldName(stored);
    if (name !== '') this.#spokeNames.join(name, key);
  }

  #leaveSpokeName(app: AppRecord, name: string): void {
    if (name === '' || wants(app, name) || holds(app, name)) return;
    this.#spokeNames.leave(name, app.key);
    const others = this.#spokeNames.takers(name);
    if (others.length > 0) this.#vacated(others);
  }

  #forgetIfEmpty(app: AppRecord): void {
    if (app.hub !== undefined || app.bundles.length > 0 || this.#apps.get(app.key) !== app) return;
    this.#apps.delete(app.key);
    for (const states of this.#states) states.forget(app.key);
  }
}

function spokeName(app: AppFacts, hub: HubFacts): string {
  return `${hub.cluster}/${hub.spokeNamespace}/${app.name}`;
}

/** "" for one without an Application, and for one of which nobody knows whose it is. */
function heldName({ consumer, spokeNamespace, spokeName: name, managedBy }: StoredBundle): string {
  return name === '' || managedBy === 'foreign' ? '' : `${consumer}/${spokeNamespace}/${name}`;
}

function wants(app: AppFacts | undefined, name: string): boolean {
  return app?.hub !== undefined && app.hub.cluster !== '' && spokeName(app, app.hub) === name;
}

function holds(app: AppFacts | undefined, name: string): boolean {
  return app?.bundles.some(({ stored }) => heldName(stored) === name) === true;
}
