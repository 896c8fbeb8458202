import { canonicalJson, isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Cluster } from './cluster.ts';
import { resourcesFinalizer } from './fake-argo.ts';
import { ApiError, kinds } from './kube-client.ts';
import type { KubeClient, KubeObject } from './kube-client.ts';
import { Loop } from './loop.ts';
import { ObjectCache } from './object-cache.ts';
import { rollingOperation, RollingSync, wakes, type Progress } from './rolling-sync.ts';

interface Wanted {
  readonly cluster: string;
  readonly name: string;
  readonly labels: JsonObject;
  readonly annotations: JsonObject;
  readonly finalizers: readonly string[];
  readonly spec: JsonObject;
}

/** What is kept of a set that rolls out step by step. */
interface RollOut {
  readonly sync: RollingSync;
  /** What the set said when it was last looked at. */
  said: string;
  /** Something changed since the last look. */
  woken: boolean;
}

/**
 * Argo CD's ApplicationSet controller on the hub, as far as one generator goes:
 * a `clusterDecisionResource` over the PlacementDecisions of the set's
 * namespace. Sets with the strategy RollingSync go by `RollingSync`, and nothing
 * but what wakes the real controller makes them look again: there is no beat.
 */
export class ApplicationSets {
  readonly #client: KubeClient;
  readonly #cache: ObjectCache;
  readonly #loop: Loop;
  /** By the uid of the set. */
  readonly #rollOuts = new Map<string, RollOut>();
  /** Operations that were put on an application, by `namespace/name`. */
  readonly #asked = new Map<string, number>();

  constructor(hub: Cluster, intervalMs = 150) {
    this.#client = hub.client('argocd-applicationset-controller');
    this.#loop = new Loop('ApplicationSets', intervalMs, () => this.#round());
    this.#cache = new ObjectCache(this.#client, kinds.applications, (before, after) => {
      const rollOut = this.#rollOuts.get(ownerOf(after ?? before) ?? '');
      if (rollOut === undefined || !wakes(before, after)) return;
      rollOut.woken = true;
      this.#loop.wake();
    });
  }

  /** How often a rolling set has asked for a sync of an application. */
  asked(key: string): number {
    return this.#asked.get(key) ?? 0;
  }

  /** How far each application of a rolling set is. */
  progress(set: KubeObject): ReadonlyMap<string, Progress> {
    return this.#rollOuts.get(set.metadata.uid)?.sync.progress ?? new Map<string, Progress>();
  }

  async stop(): Promise<void> {
    await this.#cache.stop();
    await this.#loop.stop();
  }

  async #round(): Promise<void> {
    const { items: sets } = await this.#client.list(kinds.applicationSets);
    const { items: apps } = await this.#client.list(kinds.applications);
    for (const set of sets) {
      const own = apps.filter((app) => ownerOf(app) === set.metadata.uid);
      if (set.metadata.deletionTimestamp === undefined) await this.#reconcile(set, own);
      else await this.#collect(set, own).catch(passOver);
    }
    // There is no garbage collector, so the applications of a set that is gone go here.
    const uids = new Set(sets.map(({ metadata }) => metadata.uid));
    for (const app of apps) {
      const owner = ownerOf(app);
      if (owner !== undefined && !uids.has(owner)) await this.#delete(app);
    }
  }

  async #reconcile(set: KubeObject, apps: readonly KubeObject[]): Promise<void> {
    const wanted = await this.#expand(set);
    for (const one of wanted) {
      const found = apps.find(({ metadata }) => metadata.name === one.name);
      await (found === undefined ? this.#create(set, one) : this.#update(found, one)).catch(passOver);
    }
    for (const app of apps) if (!wanted.some(({ name }) => name === app.metadata.name)) await this.#delete(app);
    const steps = stepsOf(set);
    if (steps !== undefined) await this.#roll(set, steps, wanted);
  }

  async #expand(set: KubeObject): Promise<Wanted[]> {
    const spec = set['spec'] as JsonObject;
    const clusters = new Set<string>();
    for (const generator of (spec['generators'] ?? []) as JsonObject[]) {
      const selector = (
        generator['clusterDecisionResource'] as { labelSelector?: { matchLabels?: Record<string, string> } } | undefined
      )?.labelSelector;
      const labelSelector = Object.entries(selector?.matchLabels ?? {})
        .map((pair) => pair.join('='))
        .join(',');
      const { namespace = '' } = set.metadata;
      const { items } = await this.#client.list(kinds.placementDecisions, { namespace, labelSelector });
      for (const decision of items) {
        const { decisions = [] } = (decision['status'] ?? {}) as { decisions?: readonly { clusterName: string }[] };
        for (const { clusterName } of decisions) clusters.add(clusterName);
      }
    }
    const keeps = (spec['syncPolicy'] as JsonObject | undefined)?.['preserveResourcesOnDeletion'] === true;
    return [...clusters].map((cluster) =>
      render(spec['template'] as JsonObject, cluster, keeps, stepsOf(set) !== undefined),
    );
  }

  async #create(set: KubeObject, { name, labels, annotations, finalizers, spec }: Wanted): Promise<void> {
    const { namespace = '', uid } = set.metadata;
    const owner = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      name: set.metadata.name,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    };
    await this.#client.create(kinds.applications, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace, labels, annotations, finalizers: [...finalizers], ownerReferences: [owner] },
      spec,
    });
  }

  /** Writes back what the template says; a refresh that somebody asked for stays. */
  async #update(app: KubeObject, { labels, annotations, finalizers, spec }: Wanted): Promise<void> {
    if (app.metadata.deletionTimestamp !== undefined) return;
    const refresh = app.metadata.annotations?.['argocd.argoproj.io/refresh'];
    const metadata: JsonObject = {
      labels,
      annotations: { ...annotations, ...(refresh === undefined ? {} : { 'argocd.argoproj.io/refresh': refresh }) },
      finalizers: [...finalizers],
    };
    const same =
      canonicalJson(spec) === canonicalJson(app['spec']) &&
      Object.keys(metadata).every(
        (key) => canonicalJson(metadata[key]) === canonicalJson(app.metadata[key] ?? (key === 'finalizers' ? [] : {})),
      );
    if (same) return;
    // One replacement for each member, so that labels and fields that are gone from the template go.
    const steps = ['labels', 'annotations', 'finalizers'].map((key) => ({
      op: 'add',
      path: `/metadata/${key}`,
      value: metadata[key] ?? null,
    }));
    await this.#client.jsonPatch(kinds.applications, app.metadata, [
      { op: 'test', path: '/metadata/resourceVersion', value: app.metadata.resourceVersion },
      ...steps,
      { op: 'replace', path: '/spec', value: spec },
    ]);
  }

  async #delete(app: KubeObject): Promise<void> {
    if (app.metadata.deletionTimestamp !== undefined) return;
    await this.#client.delete(kinds.applications, app.metadata, { uid: app.metadata.uid }).catch(passOver);
  }

  /** The garbage collector's part when a set is deleted with Orphan or in the foreground. */
  async #collect(set: KubeObject, apps: readonly KubeObject[]): Promise<void> {
    const { finalizers = [] } = set.metadata;
    if (finalizers.includes('orphan')) {
      for (const app of apps)
        await this.#client.mergePatch(kinds.applications, app.metadata, { metadata: { ownerReferences: null } });
    } else if (finalizers.includes('foregroundDeletion')) {
      for (const app of apps) await this.#delete(app);
      if (apps.length > 0) return;
    }
    const left = finalizers.filter((finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion');
    if (left.length !== finalizers.length)
      await this.#client.mergePatch(kinds.applicationSets, set.metadata, { metadata: { finalizers: left } });
  }

  async #roll(set: KubeObject, steps: readonly (readonly Expression[])[], wanted: readonly Wanted[]): Promise<void> {
    const rollOut = this.#rollOuts.get(set.metadata.uid) ?? { sync: new RollingSync(), said: '', woken: true };
    this.#rollOuts.set(set.metadata.uid, rollOut);
    const said = canonicalJson([set['spec'] ?? null, wanted.map(({ name }) => name)]);
    if (!rollOut.woken && rollOut.said === said) return;
    Object.assign(rollOut, { woken: false, said });
    const { items } = await this.#client.list(kinds.applications, { namespace: set.metadata.namespace ?? '' });
    const members = wanted.map(({ name, labels, spec }) => ({
      name,
      labels,
      spec,
      app: items.find((app) => app.metadata.name === name && ownerOf(app) === set.metadata.uid),
    }));
    const bySteps = steps.map((step) =>
      members.filter(({ labels }) => step.every(({ key, values }) => values.some((value) => value === labels[key]))),
    );
    const { sync, changed } = rollOut.sync.look(bySteps, Date.now());
    for (const { name, app, spec } of members) if (app !== undefined && sync.has(name)) await this.#ask(app, spec);
    // Its own status is among what wakes it.
    if (changed) this.#loop.wake();
    rollOut.woken ||= changed;
  }

  /** Puts the operation there, unless it is there already; what became of the one before stays. */
  async #ask(app: KubeObject, spec: JsonObject): Promise<void> {
    const operation = rollingOperation(spec);
    if (canonicalJson(app['operation'] ?? null) === canonicalJson(operation)) return;
    const steps = [
      { op: 'test', path: '/metadata/resourceVersion', value: app.metadata.resourceVersion },
      { op: 'add', path: '/operation', value: operation },
    ];
    try {
      await this.#client.jsonPatch(kinds.applications, app.metadata, steps);
      this.#asked.set(keyOf(app), this.asked(keyOf(app)) + 1);
    } catch (error) {
      passOver(error);
      const rollOut = this.#rollOuts.get(ownerOf(app) ?? '');
      if (rollOut !== undefined) rollOut.woken = true;
    }
  }
}

interface Expression {
  readonly key: string;
  readonly values: readonly string[];
}

function stepsOf(set: KubeObject): readonly (readonly Expression[])[] | undefined {
  const { strategy } = set['spec'] as {
    strategy?: { type?: string; rollingSync?: { steps?: readonly { matchExpressions?: readonly Expression[] }[] } };
  };
  return strategy?.type === 'RollingSync'
    ? (strategy.rollingSync?.steps ?? []).map(({ matchExpressions = [] }) => matchExpressions)
    : undefined;
}

function render(template: JsonObject, cluster: string, keepsResources: boolean, rolling: boolean): Wanted {
  const parameters: Readonly<Record<string, string>> = {
    name: cluster,
    clusterName: cluster,
    server: `https://${cluster}-control-plane`,
  };
  const text = JSON.stringify(template).replace(
    /\{\{\s*\.?(\w+)\s*\}\}/g,
    (all, key: string) => parameters[key] ?? all,
  );
  const { metadata, spec } = JSON.parse(text) as { metadata: JsonObject; spec: JsonObject };
  const policy = isJsonObject(spec['syncPolicy']) ? spec['syncPolicy'] : undefined;
  // A rolling sync starts every sync itself, so it takes automation off.
  const rolled = rolling && policy !== undefined ? { ...spec, syncPolicy: { ...policy, automated: undefined } } : spec;
  const cleaned = JSON.parse(JSON.stringify(rolled)) as JsonObject;
  return {
    cluster,
    name: metadata['name'] as string,
    labels: (metadata['labels'] ?? {}) as JsonObject,
    annotations: (metadata['annotations'] ?? {}) as JsonObject,
    finalizers:
      (metadata['finalizers'] as readonly string[] | undefined) ?? (keepsResources ? [] : [resourcesFinalizer]),
    spec: cleaned,
  };
}

function ownerOf(app: KubeObject | undefined): string | undefined {
  const owners = (app?.metadata['ownerReferences'] ?? []) as readonly { kind: string; uid: string }[];
  return owners.find(({ kind }) => kind === 'ApplicationSet')?.uid;
}

function keyOf({ metadata: { namespace = '', name } }: KubeObject): string {
  return `${namespace}/${name}`;
}

/** Another writer came first, or the object went; the next round sees what is. */
function passOver(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}
