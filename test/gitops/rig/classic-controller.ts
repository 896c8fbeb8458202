import { parse } from 'yaml';
import { canonicalJson, isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Cluster } from './cluster.ts';
import { classicReports } from './classic-report.ts';
import { classicWork, classicWorkName, clusterAnnotation, owningSet, pullLabel, setLabel } from './classic-works.ts';
import { hubNameAnnotation } from './classic-works.ts';
import { HubOperator, PodSimulator, classicDeployment, classicNamespace } from './hub-operators.ts';
import { deploymentManifest, multiClusterHub, replicasOf } from './hub-operators.ts';
import { ApiError, kinds } from './kube-client.ts';
import type { Kind, KubeClient, KubeObject, Ref } from './kube-client.ts';
import { Loop } from './loop.ts';
import { ObjectCache } from './object-cache.ts';

const resourcesFinalizer = 'resources-finalizer.argocd.argoproj.io';
const refreshAnnotation = 'argocd.argoproj.io/refresh';
/** The ConfigMap with the switches of the pull models. */
export const classicConfigMap: Ref = { namespace: classicNamespace, name: 'multicluster-integrations-config' };

export interface ClassicOptions {
  readonly hub: Cluster;
  /** False: the hub has no MultiClusterHub, so that nobody scales the Deployment up again. */
  readonly operator?: boolean;
  /** Between two aggregations of statuses; 10 s in life. */
  readonly aggregationMs?: number;
  /** False: it writes neither reports nor statuses. */
  readonly aggregates?: boolean;
  /** How long pods take to come and to go. */
  readonly settleMs?: number;
}

/**
 * The classic pull model on a hub: its Deployment, the operator that keeps it running, and the controllers in it. They
 * make a ManifestWork of each hub application, delete it with the application, and copy five scalars back. They act
 * only while a replica is ready; starting, they look at every application again.
 */
export class ClassicController {
  readonly #hub: Cluster;
  readonly #client: KubeClient;
  readonly #apps: ObjectCache;
  readonly #works: ObjectCache;
  readonly #queue = new Set<string>();
  readonly #looked = new Set<string>();
  readonly #parts: { stop(): Promise<void> | void }[];
  readonly #reported = new Map<string, string>();
  /** It has started; no replica being ready ends it at once, however short that is. */
  #runs = false;

  private constructor({ hub, operator, aggregationMs = 200, aggregates = true, settleMs = 20 }: ClassicOptions) {
    this.#hub = hub;
    this.#client = hub.client('propagation-controller');
    const loop = new Loop('classic propagation', 100, () => this.#round());
    this.#apps = new ObjectCache(this.#client, kinds.applications, (before, after) => {
      if (after === undefined || before?.metadata.resourceVersion === after.metadata.resourceVersion) return;
      this.#queue.add(keyOf(after));
      loop.wake();
    });
    this.#works = new ObjectCache(this.#client, kinds.manifestWorks);
    this.#parts = [
      this.#apps,
      this.#works,
      loop,
      { stop: hub.front.memory.onChange(() => (this.#runs &&= this.running)) },
      new PodSimulator(hub.front.memory, settleMs),
      ...(operator === false ? [] : [new HubOperator(hub, 100)]),
      ...(aggregates ? [new Loop('classic aggregation', aggregationMs, () => this.#aggregate())] : []),
    ];
  }

  /** The Deployment runs at once; there is a MultiClusterHub and the project `default` of the hub's Argo CD. */
  static async start(options: ClassicOptions): Promise<ClassicController> {
    const { hub } = options;
    const ensure = async (kind: Kind, object: JsonObject): Promise<void> => {
      if ((await hub.admin.get(kind, object['metadata'] as unknown as Ref)) === undefined)
        await hub.admin.create(kind, object);
    };
    await ensure(kinds.appProjects, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { namespace: 'openshift-gitops', name: 'default' },
      spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] },
    });
    if (options.operator !== false)
      await ensure(kinds.multiClusterHubs, {
        apiVersion: 'operator.open-cluster-management.io/v1',
        kind: 'MultiClusterHub',
        metadata: { ...multiClusterHub },
        spec: {},
      });
    hub.front.memory.put(kinds.deployments, deploymentManifest());
    return new ClassicController(options);
  }

  /** True while it acts. */
  get running(): boolean {
    return replicasOf(this.#hub.front.memory.get(kinds.deployments, classicDeployment)).ready > 0;
  }

  /** True when it has been through with an application, by `namespace/name`, whether or not a work came of it. */
  hasLookedAt(key: string): boolean {
    return this.#looked.has(key);
  }

  /** Ends the simulators; what they made stays. */
  async stop(): Promise<void> {
    for (const part of this.#parts) await part.stop();
  }

  async #round(): Promise<void> {
    if (!this.running) return;
    if (!this.#runs) {
      for (const app of this.#apps.objects()) this.#queue.add(keyOf(app));
      if (this.#isDisabled()) await this.#sweep();
      this.#runs = this.running;
    }
    const failed: string[] = [];
    for (const key of this.#queue) {
      if (!this.running) break;
      this.#queue.delete(key);
      try {
        await this.#reconcile(key);
        this.#looked.add(key);
      } catch (error) {
        if (!(error instanceof ApiError) && !(error instanceof Refusal)) throw error;
        failed.push(key);
      }
    }
    for (const key of failed) this.#queue.add(key);
  }

  #isDisabled(): boolean {
    const data = this.#hub.front.memory.get(kinds.configMaps, classicConfigMap)?.['data'];
    const text = isJsonObject(data) && typeof data['config.yaml'] === 'string' ? data['config.yaml'] : '';
    const config = parse(text) as { pullModel?: { basic?: { disabled?: unknown } } } | null;
    return config?.pullModel?.basic?.disabled === true;
  }

  async #reconcile(key: string): Promise<void> {
    if (this.#isDisabled()) return;
    const [namespace = '', name = ''] = key.split('/');
    const app = await this.#client.get(kinds.applications, { namespace, name });
    if (app === undefined || !isPulled(app)) return;
    const cluster = app.metadata.annotations?.[clusterAnnotation] ?? '';
    const ref = { namespace: cluster, name: classicWorkName(app) };
    if (app.metadata.deletionTimestamp !== undefined) return this.#release(app, ref);
    if ((await this.#client.get(kinds.managedClusters, { name: cluster })) === undefined)
      throw new Refusal(`unable to fetch ManagedCluster ${cluster}`);
    const work = classicWork(app, await this.#projectOf(app));
    const known = await this.#client.get(kinds.manifestWorks, ref);
    if (known === undefined) await this.#client.create(kinds.manifestWorks, work);
    else {
      const { labels, annotations } = work['metadata'] as KubeObject['metadata'];
      const metadata = { ...known.metadata, labels: labels ?? {}, annotations: annotations ?? {} };
      await this.#client.update(kinds.manifestWorks, { ...known, metadata, spec: work['spec'] ?? {} });
    }
    await this.#strip(app);
  }

  /** The finalizer goes as soon as the work has been deleted: it does not wait for the cluster. */
  async #release(app: KubeObject, ref: Ref): Promise<void> {
    await this.#client.delete(kinds.manifestWorks, ref);
    const { finalizers = [] } = app.metadata;
    const left = finalizers.filter((finalizer) => finalizer !== resourcesFinalizer);
    if (left.length < finalizers.length) {
      const { resourceVersion } = app.metadata;
      await this.#client.mergePatch(kinds.applications, app.metadata, {
        metadata: { resourceVersion, finalizers: left },
      });
    }
  }

  /** What is done once: it is off the hub as soon as it is in the work. */
  async #strip(app: KubeObject): Promise<void> {
    const refresh = app.metadata.annotations?.[refreshAnnotation];
    if (app['operation'] === undefined && refresh === undefined) return;
    const { resourceVersion } = app.metadata;
    const metadata = {
      resourceVersion,
      ...(refresh === undefined ? {} : { annotations: { [refreshAnnotation]: null } }),
    };
    await this.#client.mergePatch(kinds.applications, app.metadata, { metadata, operation: null });
  }

  async #projectOf(app: KubeObject): Promise<KubeObject> {
    const spec = isJsonObject(app['spec']) ? app['spec'] : {};
    const name = typeof spec['project'] === 'string' ? spec['project'] : '';
    const argo = this.#hub.front.memory
      .list(kinds.deployments)
      .find(({ metadata }) => metadata.labels?.['app.kubernetes.io/part-of'] === 'argocd');
    const places = [argo?.metadata.namespace, app.metadata.namespace, 'openshift-gitops', 'argocd'];
    for (const namespace of places.filter((place) => place !== undefined)) {
      const project = await this.#client.get(kinds.appProjects, { namespace, name });
      if (project !== undefined) return project;
    }
    throw new Refusal(`failed to discover AppProject ${name}`);
  }

  /** Every work of the model, and in it only the config of applications; made at the start while it is switched off. */
  async #sweep(): Promise<void> {
    const { items } = await this.#client.list(kinds.manifestWorks);
    for (const { metadata } of items) {
      const { labels = {}, annotations = {} } = metadata;
      const ours = annotations[hubNameAnnotation] !== undefined && (labels[setLabel] ?? labels[pullLabel]) === 'true';
      if (!ours) continue;
      // Its agent writes statuses meanwhile.
      await onConflictAgain(async () => {
        const work = await this.#client.get(kinds.manifestWorks, metadata);
        if (work !== undefined) await this.#client.update(kinds.manifestWorks, readOnly(work));
      });
    }
  }

  async #aggregate(): Promise<void> {
    if (!this.running || this.#isDisabled()) return;
    for (const report of classicReports(this.#works.objects())) {
      const { namespace, name } = report['metadata'] as { namespace: string; name: string };
      const text = canonicalJson(report);
      if (namespace === '' || this.#reported.get(`${namespace}/${name}`) === text) continue;
      await this.#writeReport(report);
      const { clusterConditions } = report['statuses'] as { clusterConditions: readonly Record<string, string>[] };
      for (const condition of clusterConditions) await this.#writeStatus(condition);
      this.#reported.set(`${namespace}/${name}`, text);
    }
  }

  async #writeReport(report: JsonObject): Promise<void> {
    const metadata = report['metadata'] as JsonObject & Ref;
    const known = await this.#client.get(kinds.setReports, metadata);
    if (known === undefined) await this.#client.create(kinds.setReports, report);
    else {
      const labels = (metadata['labels'] ?? {}) as Readonly<Record<string, string>>;
      const statuses = report['statuses'] ?? {};
      await this.#client.update(kinds.setReports, { ...known, metadata: { ...known.metadata, labels }, statuses });
    }
  }

  /** Five scalars of a status: Healthy only after Progressing, and an operation that is an empty object. */
  async #writeStatus(condition: Readonly<Record<string, string>>): Promise<void> {
    const [namespace = '', name = ''] = (condition['app'] ?? '').split('/');
    const app = await this.#client.get(kinds.applications, { namespace, name });
    if (app === undefined) return;
    const { healthStatus, syncStatus, operationStatePhase, operationStateStartedAt, syncRevision } = condition;
    const known = isJsonObject(app['status'])
      ? (app['status']['conditions'] as readonly JsonObject[] | undefined)
      : undefined;
    const status: JsonObject = {
      ...(healthStatus === undefined ? {} : { health: { status: healthStatus } }),
      sync: { status: syncStatus ?? 'Unknown', ...(syncRevision === undefined ? {} : { revision: syncRevision }) },
      ...(operationStatePhase === undefined
        ? {}
        : {
            operationState: {
              phase: operationStatePhase,
              startedAt: operationStateStartedAt ?? new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
              operation: {},
            },
          }),
      ...(known === undefined || known.length === 0 ? { conditions: [additionalReport(app, condition)] } : {}),
    };
    if (healthStatus === 'Healthy')
      await this.#client.mergePatch(kinds.applications, app.metadata, {
        status: { ...status, health: { status: 'Progressing' } },
      });
    await this.#client.mergePatch(kinds.applications, app.metadata, { status });
  }
}

/** What it cannot get past now; it tries again. */
class Refusal extends Error {}

function readOnly(work: KubeObject): KubeObject {
  const spec = work['spec'] as JsonObject & { readonly manifestConfigs?: readonly JsonObject[] };
  const manifestConfigs = (spec.manifestConfigs ?? []).map((config) => {
    const { group, resource } = config['resourceIdentifier'] as JsonObject;
    const fits = group === 'argoproj.io' && resource === 'applications';
    return fits ? { ...config, updateStrategy: { type: 'ReadOnly' } } : config;
  });
  return { ...work, spec: { ...spec, manifestConfigs } };
}

async function onConflictAgain(write: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await write();
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409 || tries === 10) throw error;
    }
  }
}

function isPulled({ metadata: { labels = {}, annotations = {} } }: KubeObject): boolean {
  const pulls = /^(1|t|T|true|TRUE|True)$/.test(labels[pullLabel] ?? '');
  return pulls && (annotations[clusterAnnotation] ?? '') !== '';
}

function additionalReport(app: KubeObject, { cluster = '' }: Readonly<Record<string, string>>): JsonObject {
  const { namespace = '', name } = app.metadata;
  const set = owningSet(app)?.split('/')[1] ?? '';
  const message = [
    `kubectl get multiclusterapplicationsetreports -n ${namespace} ${set}`,
    `Additional details available in ManagedCluster ${cluster}`,
    `kubectl get applications -n ${namespace} ${name}`,
  ].join('\n');
  return { type: 'AdditionalStatusReport', message };
}

function keyOf({ metadata: { namespace = '', name } }: KubeObject): string {
  return `${namespace}/${name}`;
}
