import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../src/core/json.ts';
import { startApiServer, writePair } from './api-server.ts';
import type { Etcd } from './api-server.ts';
import type { RigBinaries } from './binaries.ts';
import type { RigKeys } from './certificates.ts';
import { hubDefinitions, spokeDefinitions } from './crds.ts';
import { Front } from './front.ts';
import { firstNamespaces } from './memory-spoke.ts';
import { KubeClient, kinds, kubeconfigText } from './kube-client.ts';
import type { KubeObject } from './kube-client.ts';
import { eventually } from './wait.ts';

/** What the servers of one rig share. */
export interface Ground {
  readonly binaries: RigBinaries;
  readonly etcd: Etcd;
  readonly keys: RigKeys;
  readonly folder: string;
}

/** A real API server with its front: a hub or a spoke. */
export interface Cluster {
  readonly name: string;
  /** Through the front, as user gitops-controller: what the program under test is given. */
  readonly kubeconfig: string;
  readonly url: string;
  readonly caFile: string;
  /** Another kubeconfig like it for a user of its own, so that the record tells two replicas apart. */
  kubeconfigFor(user: string): Promise<string>;
  /** Requests, faults, and the kinds kept in memory. */
  readonly front: Front;
  /** Past the front: no fault strikes it and nothing is recorded. For custom resources. */
  readonly admin: KubeClient;
  /** A client through the front, for what needs namespaces, ConfigMaps and Deployments too. */
  client(fieldManager: string): KubeClient;
  /**
   * Makes every version known so far too old, as hours of traffic do: etcd is
   * compacted and the server forgets its watch cache. Watches are cut, and those
   * resumed from before are answered with 410.
   */
  expireVersions(): Promise<void>;
  restartApiServer(): Promise<void>;
  /** Takes the kind away with all its objects, as on a cluster without Argo CD. */
  removeApplicationKind(): Promise<void>;
  restoreApplicationKind(): Promise<void>;
  stop(): Promise<void>;
}

export async function startHub(ground: Ground, memoryLimit?: string): Promise<Cluster> {
  const limit = memoryLimit === undefined ? {} : { memoryLimit };
  return startCluster(ground, { name: 'hub', definitions: hubDefinitions, checkNamespaces: false, ...limit });
}

export async function startSpoke(ground: Ground, name: string): Promise<Cluster> {
  return startCluster(ground, { name, definitions: spokeDefinitions, checkNamespaces: true });
}

interface ClusterOptions {
  readonly name: string;
  readonly definitions: readonly JsonObject[];
  readonly checkNamespaces: boolean;
  readonly memoryLimit?: string;
}

async function startCluster(ground: Ground, { checkNamespaces, ...options }: ClusterOptions): Promise<Cluster> {
  const { keys, etcd } = ground;
  const { name, definitions } = options;
  const server = await startApiServer({ ...ground, ...options });
  const front = await Front.start({ keys, upstream: server.url, namespaces: firstNamespaces, checkNamespaces });
  const folder = mkdtempSync(join(ground.folder, `${name}-client-`));
  const caFile = join(folder, 'ca.crt');
  writeFileSync(caFile, keys.ca);
  const kubeconfigFor = async (user: string): Promise<string> => {
    const file = join(folder, `${user}.kubeconfig`);
    writeFileSync(
      file,
      kubeconfigText({ url: front.url, caFile, ...writePair(folder, user, await keys.client(user)) }),
      { mode: 0o600 },
    );
    return file;
  };
  const admin = server.client();
  const clients: KubeClient[] = [];
  return {
    name,
    kubeconfig: await kubeconfigFor('gitops-controller'),
    kubeconfigFor,
    url: front.url,
    caFile,
    front,
    admin,
    client: (fieldManager) => {
      const client = new KubeClient({
        url: front.url,
        ca: keys.ca,
        ...keys.admin,
        fieldManager,
        userAgent: fieldManager,
      });
      clients.push(client);
      return client;
    },
    expireVersions: async () => {
      await server.restart(async () => {
        await etcd.bump();
        await etcd.compact();
      });
    },
    restartApiServer: () => server.restart(),
    removeApplicationKind: async () => {
      await admin.delete(kinds.customResourceDefinitions, { name: 'applications.argoproj.io' });
      await eventually(async () => {
        if ((await admin.get(kinds.customResourceDefinitions, { name: 'applications.argoproj.io' })) !== undefined)
          throw new Error('the kind is still there');
      });
    },
    restoreApplicationKind: () => server.define(definitions.slice(0, 1)),
    stop: async () => {
      for (const client of clients) client.close();
      await front.stop();
      await server.stop();
    },
  };
}

/** A ManagedCluster that is joined and, unless said otherwise, available. */
export async function addManagedCluster(
  hub: Cluster,
  name: string,
  options: { readonly labels?: Readonly<Record<string, string>>; readonly available?: boolean } = {},
): Promise<KubeObject> {
  await hub.admin.create(kinds.managedClusters, {
    apiVersion: 'cluster.open-cluster-management.io/v1',
    kind: 'ManagedCluster',
    metadata: { name, labels: { name, ...options.labels } },
    spec: { hubAcceptsClient: true },
  });
  return setAvailable(hub, name, options.available ?? true);
}

export async function setAvailable(hub: Cluster, name: string, available: boolean): Promise<KubeObject> {
  const condition = {
    type: 'ManagedClusterConditionAvailable',
    status: available ? 'True' : 'Unknown',
    reason: available ? 'ManagedClusterAvailable' : 'ManagedClusterLeaseUpdateStopped',
    message: available ? 'Managed cluster is available' : 'Registration agent stopped updating its lease.',
    lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  };
  return hub.admin.mergePatch(kinds.managedClusters, { name }, { status: { conditions: [condition] } }, 'status');
}

/** Creates or changes a PlacementDecision, with the label by which generators find it. */
export async function setDecision(
  hub: Cluster,
  namespace: string,
  placement: string,
  clusters: readonly string[],
): Promise<KubeObject> {
  const ref = { namespace, name: `${placement}-decision-1` };
  if ((await hub.admin.get(kinds.placementDecisions, ref)) === undefined) {
    await hub.admin.create(kinds.placementDecisions, {
      apiVersion: 'cluster.open-cluster-management.io/v1beta1',
      kind: 'PlacementDecision',
      metadata: { ...ref, labels: { 'cluster.open-cluster-management.io/placement': placement } },
    });
  }
  const decisions = clusters.map((clusterName) => ({ clusterName, reason: '' }));
  return hub.admin.mergePatch(kinds.placementDecisions, ref, { status: { decisions } }, 'status');
}
