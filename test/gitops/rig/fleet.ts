import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../src/core/json.ts';
import { readFeedback } from '../../../src/standin/agent/feedback.ts';
import { appliedStatus, availableStatus, wireStatus } from '../../../src/standin/agent/status.ts';
import type { Etcd } from './api-server.ts';
import { configOf, requiredFor } from './agent/manifest-config.ts';
import { ownerReference } from './agent/owners.ts';
import { metaOf } from './agent/served-kinds.ts';
import { workFinalizer } from './classic-agent.ts';
import { classicWork, clusterAnnotation, pullLabel } from './classic-works.ts';
import { workloadRef } from './fake-argo.ts';
import type { SpokeGround } from './fake-argo.ts';
import { kinds } from './kube-client.ts';
import type { Kind, KubeObject } from './kube-client.ts';

/** Many clusters with classic applications that have been running for long. */
export interface FleetOptions {
  readonly clusters: number;
  /** On each cluster, of as many ApplicationSets that all clusters share. */
  readonly applications: number;
}

export const fleetNamespace = 'openshift-gitops';
const repoURL = 'https://git.example.com/apps.git';

/** `fleet-001` and so on. */
export function fleetClusters({ clusters }: FleetOptions): readonly string[] {
  return numbered('fleet', clusters);
}

/** `set-01` and so on; the application of a set on a cluster is named `<cluster>-<set>`. */
export function fleetSets({ applications }: FleetOptions): readonly string[] {
  return numbered('set', applications);
}

function numbered(what: string, count: number): string[] {
  const width = String(count).length + 1;
  return Array.from({ length: count }, (_, index) => `${what}-${String(index + 1).padStart(width, '0')}`);
}

export interface FleetGround {
  readonly etcd: Etcd;
  /** Of the hub's API server in etcd. */
  readonly prefix: string;
  readonly spokes: readonly SpokeGround[];
  /** The commit that everything is synced to. */
  readonly revision: string;
  /** What the names of the klusterlets' records begin with. */
  readonly hubHash: string;
}

/**
 * Puts a fleet where it would be after a long time in the classic model: applications and works on the hub, written
 * into etcd as the API server keeps them, and on every spoke the applications that the works own, with their
 * workloads. Its agents then find nothing to write.
 */
export async function seedFleet(options: FleetOptions, ground: FleetGround): Promise<void> {
  const entries: [string, string][] = [];
  const keep = (kind: Kind, object: KubeObject): void => {
    const { namespace, name } = object.metadata;
    const place = namespace === undefined ? name : `${namespace}/${name}`;
    entries.push([`${ground.prefix}/${kind.group}/${kind.resource}/${place}`, JSON.stringify(object)]);
  };
  const decisions = ground.spokes.map(({ name }) => ({ clusterName: name, reason: '' }));
  keep(kinds.placementDecisions, {
    ...made('cluster.open-cluster-management.io/v1beta1', 'PlacementDecision', {
      name: 'all-decision-1',
      namespace: fleetNamespace,
      labels: { 'cluster.open-cluster-management.io/placement': 'all' },
    }),
    status: { decisions },
  });
  const setUids = new Map(fleetSets(options).map((set) => [set, randomUUID()]));
  for (const spoke of ground.spokes) {
    keep(kinds.managedClusters, managedCluster(spoke.name));
    for (const [set, uid] of setUids) {
      const app = hubApplication(spoke.name, set, uid, ground.revision);
      const work = settledWork(classicWork(app), ground);
      keep(kinds.applications, app);
      keep(kinds.manifestWorks, work);
      settleOnSpoke(work, spoke, ground);
    }
  }
  await ground.etcd.put(entries);
}

function made(apiVersion: string, kind: string, metadata: JsonObject & { readonly name: string }): KubeObject {
  const marks = { uid: randomUUID(), generation: 1, creationTimestamp: since };
  // No version: that is the one under which etcd has it.
  return { apiVersion, kind, metadata: { ...metadata, ...marks } } as unknown as KubeObject;
}

/** Long before any test. */
const since = '2026-01-01T00:00:00Z';

function managedCluster(name: string): KubeObject {
  const condition = {
    type: 'ManagedClusterConditionAvailable',
    status: 'True',
    reason: 'ManagedClusterAvailable',
    message: 'Managed cluster is available',
    lastTransitionTime: since,
  };
  return {
    ...made('cluster.open-cluster-management.io/v1', 'ManagedCluster', { name, labels: { name } }),
    spec: { hubAcceptsClient: true },
    status: { conditions: [condition] },
  };
}

function hubApplication(cluster: string, set: string, uid: string, revision: string): KubeObject {
  const operationState = { phase: 'Succeeded', startedAt: since, operation: {} };
  return {
    ...made('argoproj.io/v1alpha1', 'Application', {
      name: `${cluster}-${set}`,
      namespace: fleetNamespace,
      labels: { [pullLabel]: 'true' },
      annotations: { [clusterAnnotation]: cluster, 'argocd.argoproj.io/skip-reconcile': 'true' },
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: set, uid, controller: true },
      ],
    }),
    spec: {
      project: 'default',
      destination: { server: `https://${cluster}.example.com`, namespace: set },
      source: { repoURL, path: `apps/${set}`, targetRevision: 'HEAD' },
      syncPolicy: { automated: {} },
    },
    status: { health: { status: 'Healthy' }, sync: { status: 'Synced', revision }, operationState },
  };
}

/** The work with its finalizer, and with what its agent would report. */
function settledWork(work: JsonObject, ground: FleetGround): KubeObject {
  const { manifests, manifestConfigs } = contentOf(work);
  const outcomes = manifests.map((manifest, ordinal) => ({ meta: metaOf(ordinal, manifest) }));
  const status = availableStatus(
    appliedStatus(undefined, 1, outcomes, since),
    1,
    ({ resourceMeta }) => {
      const { feedbackRules } = configOf(manifestConfigs, resourceMeta);
      const manifest = manifests[resourceMeta.ordinal] ?? {};
      const object = { ...manifest, status: spokeStatus(manifest, ground.revision) };
      return { found: 'present', feedback: readFeedback(object, feedbackRules, { feedback: {} }) };
    },
    since,
  );
  const { conditions, resourceStatus } = wireStatus(status);
  const metadata = work['metadata'] as JsonObject & { readonly name: string };
  return {
    ...made('work.open-cluster-management.io/v1', 'ManifestWork', { ...metadata, finalizers: [workFinalizer] }),
    spec: work['spec'] ?? {},
    status: { conditions, resourceStatus: { manifests: resourceStatus } },
  };
}

function contentOf(work: JsonObject): {
  readonly manifests: readonly JsonObject[];
  readonly manifestConfigs: readonly JsonObject[];
} {
  const { workload, manifestConfigs } = work['spec'] as {
    workload: { manifests: JsonObject[] };
    manifestConfigs: JsonObject[];
  };
  // An API server drops a map of labels that is empty.
  return { manifests: JSON.parse(JSON.stringify(workload.manifests)) as JsonObject[], manifestConfigs };
}

/** As Argo CD leaves it when everything is done. */
function spokeStatus(app: JsonObject, revision: string): JsonObject {
  const { destination = {}, source = {} } = (app['spec'] ?? {}) as { destination?: JsonObject; source?: JsonObject };
  const operation = { initiatedBy: { automated: true }, retry: { limit: 5 }, sync: { revision } };
  return {
    controllerNamespace: fleetNamespace,
    health: { status: 'Healthy', lastTransitionTime: since },
    history: [{ id: 0, deployedAt: since, deployStartedAt: since, revision, source }],
    operationState: {
      operation,
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
      startedAt: since,
      finishedAt: since,
      syncResult: { revision, source },
    },
    reconciledAt: since,
    sourceType: 'Directory',
    summary: {},
    sync: { status: 'Synced', revision, comparedTo: { source, destination } },
  };
}

function settleOnSpoke(work: KubeObject, { memory }: SpokeGround, { revision, hubHash }: FleetGround): void {
  const { manifests, manifestConfigs } = contentOf(work);
  const app = manifests.at(-1) ?? {};
  const config = configOf(manifestConfigs, metaOf(0, app));
  const { onCreate } = requiredFor(app, config.serverSideApply);
  const owner = ownerReference({ name: `${hubHash}-${work.metadata.name}`, uid: randomUUID() });
  memory.put(kinds.applications, {
    ...onCreate,
    metadata: { ...(onCreate['metadata'] as JsonObject), generation: 1, ownerReferences: [owner] },
    status: spokeStatus(app, revision),
  });
  const ref = workloadRef(app);
  memory.put(kinds.namespaces, { metadata: { name: ref.namespace } });
  memory.put(kinds.configMaps, { metadata: { ...ref }, data: { revision } });
}

/** The commit of a fleet's repository as the Argo CD of each spoke resolves it. */
export const fleetRepository = { repoURL, targetRevision: 'HEAD' } as const;
