import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../../src/core/json.ts';
import { startStandIn } from '../../../src/standin/index.ts';
import type { StandIn, StandInOptions } from '../../../src/standin/index.ts';
import { startEtcd } from './api-server.ts';
import type { Etcd } from './api-server.ts';
import { ApplicationSets } from './application-sets.ts';
import { findBinaries } from './binaries.ts';
import { ClassicAgent, HubWorks } from './classic-agent.ts';
import { issueRigKeys } from './certificates.ts';
import { addManagedCluster, startHub, startSpoke } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import { FakeArgo } from './fake-argo.ts';
import type { FakeArgoOptions } from './fake-argo.ts';
import { kinds } from './kube-client.ts';
import type { KubeObject } from './kube-client.ts';
import { MiniAgent } from './mini-agent.ts';

export { ClassicController, classicConfigMap } from './classic-controller.ts';
export { classicReports } from './classic-report.ts';
export { classicWork, classicWorkName } from './classic-works.ts';
export { classicDeployment, multiClusterHub } from './hub-operators.ts';
export { workFinalizer } from './classic-agent.ts';
export type { ClassicAgent } from './classic-agent.ts';
export { findBinaries, findHelm, findPromtool } from './binaries.ts';
export { addManagedCluster, setAvailable, setDecision } from './cluster.ts';
export type { Cluster } from './cluster.ts';
export { workloadRef, resourcesFinalizer, refreshAnnotation } from './fake-argo.ts';
export type { FakeArgo } from './fake-argo.ts';
export type { Front, FrontFault } from './front.ts';
export { ApiError, KubeClient, kinds, pathOf } from './kube-client.ts';
export type { KubeObject, Ref } from './kube-client.ts';
export { specHashAnnotation } from './mini-agent.ts';
export type { Intercept, MiniAgent } from './mini-agent.ts';
export { eventually } from './wait.ts';
export { ApplicationWitness } from './witness.ts';
export type { Sighting } from './witness.ts';

export interface RigOptions {
  /** Names of clusters, each with a ManagedCluster, a consumer, an API server, an agent and an Argo CD. */
  readonly clusters: readonly string[];
  /** How often agents look at their objects; 100 ms here, 10 s in life. */
  readonly statusSyncMs?: number;
  readonly largestFeedback?: number;
  readonly argo?: Omit<FakeArgoOptions, 'spoke'>;
  readonly standIn?: Omit<StandInOptions, 'consumers'>;
  /** False: no ApplicationSet controller runs on the hub. */
  readonly applicationSets?: boolean;
}

/** A managed cluster and all that lives on it. */
export interface Spoke extends Cluster {
  readonly agent: MiniAgent;
  /** The klusterlet's work agent: takes the ManifestWorks of its namespace on the hub. */
  readonly classicAgent: ClassicAgent;
  readonly argo: FakeArgo;
  /** The ConfigMap that Argo CD made for an application with such a path; undefined when there is none. */
  workload(namespace: string, name: string): KubeObject | undefined;
}

/** A work as Maestro's REST shows it, as far as tests look at it. */
export interface BundleRow extends JsonObject {
  readonly id: string;
  readonly version: number;
  readonly consumer_name: string;
  readonly deleted_at?: string;
  readonly metadata: JsonObject & {
    readonly name: string;
    readonly labels?: { readonly [key: string]: string };
    readonly annotations?: { readonly [key: string]: string };
  };
  readonly manifests: readonly JsonObject[];
  readonly status?: JsonObject & { readonly ObservedVersion: number };
}

export type PublishKind = 'create' | 'update' | 'delete';

/** A Publish call that the stand-in saw; refused ones are among them. */
export interface SeenPublish {
  readonly id: string;
  readonly kind: PublishKind;
  readonly version: number;
  readonly source: string;
}

export interface Rig {
  readonly hub: Cluster;
  readonly etcd: Etcd;
  readonly standIn: StandIn;
  /** undefined when none runs. */
  readonly applicationSets: ApplicationSets | undefined;
  readonly folder: string;
  /** How long each part took to start, in milliseconds. */
  readonly startMs: Readonly<Record<string, number>>;
  spoke(name: string): Spoke;
  /** By `namespace/name`; undefined when it is gone. */
  hubApp(key: string): Promise<KubeObject | undefined>;
  spokeApp(cluster: string, namespace: string, name: string): Promise<KubeObject | undefined>;
  maestroBundles(consumer?: string): Promise<readonly BundleRow[]>;
  publishes(filter?: { readonly id?: string; readonly kind?: PublishKind }): readonly SeenPublish[];
  /** Ends everything; never throws for a part that is gone already. */
  stop(): Promise<void>;
}

/**
 * Starts a hub, its managed clusters and a stand-in for Maestro between them.
 * Ask `findBinaries()` first: without the programs this throws.
 */
export async function startRig(options: RigOptions): Promise<Rig> {
  const binaries = findBinaries();
  if ('missing' in binaries) throw new Error(binaries.missing);
  const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-rig-'));
  const stops: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await Promise.resolve(end()).catch(() => undefined);
  };
  const startMs: Record<string, number> = {};
  const timed = async <T>(what: string, start: () => Promise<T>): Promise<T> => {
    const before = performance.now();
    const result = await start();
    startMs[what] = Math.round(performance.now() - before);
    return result;
  };
  try {
    return await timed('all', async () => {
      const keys = await issueRigKeys();
      const etcd = await timed('etcd', () => startEtcd(binaries, folder));
      stops.push(() => etcd.stop());
      const ground = { binaries, etcd, keys, folder };
      const starting = [
        timed('hub', () => startHub(ground)),
        ...options.clusters.map((name) => timed(name, () => startSpoke(ground, name))),
      ];
      // All of them, so that one that fails leaves no other behind.
      const settled = await Promise.allSettled(starting);
      for (const one of settled) if (one.status === 'fulfilled') stops.push(() => one.value.stop());
      const [hub, ...clusters] = await Promise.all(starting);
      if (hub === undefined) throw new Error('there is always a hub');
      const standIn = await timed('maestro', () => startStandIn({ ...options.standIn, consumers: options.clusters }));
      stops.push(() => standIn.close());
      await timed('managed clusters', () => Promise.all(options.clusters.map((name) => addManagedCluster(hub, name))));
      const works = new HubWorks(hub);
      stops.push(() => works.stop());
      const populated = (cluster: Cluster): Spoke =>
        populate(cluster, { standIn, works, hubUrl: hub.url }, options, stops);
      const spokes = new Map(clusters.map((cluster) => [cluster.name, populated(cluster)]));
      const applicationSets = options.applicationSets === false ? undefined : new ApplicationSets(hub);
      stops.push(() => applicationSets?.stop());
      return { hub, etcd, standIn, applicationSets, folder, startMs, stop, ...lookups(hub, spokes, standIn) };
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

function populate(
  cluster: Cluster,
  hub: { readonly standIn: StandIn; readonly works: HubWorks; readonly hubUrl: string },
  options: RigOptions,
  stops: (() => Promise<void> | void)[],
): Spoke {
  const { statusSyncMs, largestFeedback } = options;
  const agent = new MiniAgent({
    standIn: hub.standIn,
    consumer: cluster.name,
    spoke: cluster,
    ...(statusSyncMs === undefined ? {} : { statusSyncMs }),
    ...(largestFeedback === undefined ? {} : { largestFeedback }),
  });
  const classicAgent = new ClassicAgent({
    works: hub.works,
    cluster: cluster.name,
    spoke: cluster,
    hubUrl: hub.hubUrl,
    ...(statusSyncMs === undefined ? {} : { statusSyncMs }),
  });
  const argo = new FakeArgo({ ...options.argo, spoke: cluster });
  stops.push(
    () => agent.stop(),
    () => classicAgent.stop(),
    () => argo.stop(),
  );
  return {
    ...cluster,
    agent,
    classicAgent,
    argo,
    workload: (namespace, name) => cluster.front.memory.get(kinds.configMaps, { namespace, name }),
  };
}

function lookups(
  hub: Cluster,
  spokes: ReadonlyMap<string, Spoke>,
  standIn: StandIn,
): Pick<Rig, 'spoke' | 'hubApp' | 'spokeApp' | 'maestroBundles' | 'publishes'> {
  const spoke = (name: string): Spoke => {
    const found = spokes.get(name);
    if (found === undefined) throw new Error(`the rig has no cluster ${name}`);
    return found;
  };
  return {
    spoke,
    hubApp: (key) => {
      const [namespace = '', name = ''] = key.split('/');
      return hub.admin.get(kinds.applications, { namespace, name });
    },
    spokeApp: (cluster, namespace, name) => spoke(cluster).admin.get(kinds.applications, { namespace, name }),
    maestroBundles: async (consumer) => {
      const search = consumer === undefined ? '' : `&search=${encodeURIComponent(`consumer_name = '${consumer}'`)}`;
      const answer = await fetch(`${standIn.httpEndpoint}/api/maestro/v1/resource-bundles?size=1000${search}`);
      if (!answer.ok) throw new Error(`Maestro answered ${String(answer.status)}`);
      return ((await answer.json()) as { items: BundleRow[] }).items;
    },
    publishes: (filter = {}) =>
      standIn
        .publishes()
        .map(({ type, id, version, source }) => ({
          kind: (/\.(\w+)_request$/.exec(type)?.[1] ?? '') as PublishKind,
          id,
          version,
          source,
        }))
        .filter(
          (one) =>
            (filter.id === undefined || filter.id === one.id) &&
            (filter.kind === undefined || filter.kind === one.kind),
        ),
  };
}
