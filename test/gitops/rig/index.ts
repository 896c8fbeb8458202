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
import { HubWorks, hubHashOf } from './classic-agent.ts';
import { issueRigKeys } from './certificates.ts';
import { addManagedCluster, startHub, startSpoke } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import { commitOf } from './fake-argo.ts';
import type { FakeArgoOptions } from './fake-argo.ts';
import { fleetClusters, fleetRepository, seedFleet } from './fleet.ts';
import type { FleetOptions } from './fleet.ts';
import { kinds } from './kube-client.ts';
import type { KubeObject } from './kube-client.ts';
import { memoryGround, settle } from './memory-spoke.ts';
import type { MemorySpoke, Residents } from './memory-spoke.ts';

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
export { fleetClusters, fleetNamespace, fleetSets } from './fleet.ts';
export type { FleetOptions } from './fleet.ts';
export type { Front, FrontFault } from './front.ts';
export { ApiError, KubeClient, kinds, pathOf } from './kube-client.ts';
export type { KubeObject, Ref } from './kube-client.ts';
export { specHashAnnotation } from './mini-agent.ts';
export type { MemorySpoke } from './memory-spoke.ts';
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
  /** Many more clusters, in this process, with classic applications that have been running for long. */
  readonly fleet?: FleetOptions;
  /** False: no ApplicationSet controller runs on the hub. */
  readonly applicationSets?: boolean;
}

/** A managed cluster and all that lives on it. */
export interface Spoke extends Cluster, Residents {}

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
  /** The clusters of the fleet; none unless one was asked for. */
  readonly fleet: readonly MemorySpoke[];
  /** By `namespace/name`; undefined when it is gone. */
  hubApp(key: string): Promise<KubeObject | undefined>;
  spokeApp(cluster: string, namespace: string, name: string): Promise<KubeObject | undefined>;
  maestroBundles(consumer?: string): Promise<readonly BundleRow[]>;
  publishes(filter?: { readonly id?: string; readonly kind?: PublishKind }): readonly SeenPublish[];
  /** Ends everything; never throws for a part that is gone already. */
  stop(): Promise<void>;
}

/** Looks are seldom, because thousands of objects are looked at; what is written wakes an agent at once. */
const fleetManners = { statusSyncMs: 2_000, reportsOnce: true, argo: { stepMs: 2_000 } };

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
        timed('hub', () => startHub(ground, options.fleet === undefined ? undefined : '2GiB')),
        ...options.clusters.map((name) => timed(name, () => startSpoke(ground, name))),
      ];
      // All of them, so that one that fails leaves no other behind.
      const settled = await Promise.allSettled(starting);
      for (const one of settled) if (one.status === 'fulfilled') stops.push(() => one.value.stop());
      const [hub, ...clusters] = await Promise.all(starting);
      if (hub === undefined) throw new Error('there is always a hub');
      const { fleet } = options;
      const grounds = fleet === undefined ? [] : fleetClusters(fleet).map(memoryGround);
      const consumers = [...options.clusters, ...grounds.map(({ name }) => name)];
      const standIn = await timed('maestro', () => startStandIn({ ...options.standIn, consumers }));
      stops.push(() => standIn.close());
      await timed('managed clusters', () => Promise.all(options.clusters.map((name) => addManagedCluster(hub, name))));
      if (fleet !== undefined) {
        const revision = commitOf(fleetRepository.repoURL, fleetRepository.targetRevision, 1);
        const hubHash = hubHashOf(hub.url);
        const place = { etcd, prefix: '/hub', spokes: grounds, revision, hubHash };
        await timed('fleet', () => seedFleet(fleet, place));
      }
      // Past the front where there are thousands of works: it would be half of the cost.
      const works = new HubWorks(fleet === undefined ? hub : { client: () => hub.admin });
      stops.push(() => works.stop());
      const side = { standIn, works, hubUrl: hub.url };
      const spokes = new Map<string, Spoke>();
      for (const cluster of clusters) {
        const residents = settle({ ...cluster, memory: cluster.front.memory }, side, options, stops);
        spokes.set(cluster.name, { ...cluster, ...residents });
      }
      const fleetSpokes = new Map<string, MemorySpoke>();
      for (const each of grounds) fleetSpokes.set(each.name, { ...each, ...settle(each, side, fleetManners, stops) });
      const applicationSets = options.applicationSets === false ? undefined : new ApplicationSets(hub);
      stops.push(() => applicationSets?.stop());
      return {
        hub,
        etcd,
        standIn,
        applicationSets,
        folder,
        startMs,
        stop,
        ...lookups(hub, spokes, fleetSpokes, standIn),
      };
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

function lookups(
  hub: Cluster,
  spokes: ReadonlyMap<string, Spoke>,
  fleet: ReadonlyMap<string, MemorySpoke>,
  standIn: StandIn,
): Pick<Rig, 'spoke' | 'fleet' | 'hubApp' | 'spokeApp' | 'maestroBundles' | 'publishes'> {
  const spoke = (name: string): Spoke => {
    const found = spokes.get(name);
    if (found === undefined) throw new Error(`the rig has no cluster ${name}`);
    return found;
  };
  return {
    spoke,
    fleet: [...fleet.values()],
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
