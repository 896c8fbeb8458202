import type { JsonObject } from '../../../src/core/json.ts';
import { connectMaestro } from '../../../src/clients/connect.ts';
import { parseGrpcEndpoint, parseHttpEndpoint } from '../../../src/clients/connection.ts';
import { systemClock } from '../../../src/clock.ts';
import { buildBundle } from '../../../src/gitops/bundle/build-bundle.ts';
import { draftBundle } from '../../../src/gitops/bundle/draft-bundle.ts';
import { withVersion } from '../../../src/gitops/bundle/stored-bundle.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import type { StandIn, StandInOptions } from '../../../src/standin/index.ts';
import { eventually } from '../rig/wait.ts';
import { ServedHub } from './served-hub.ts';

export const hubId = 'hub-1';

/** Agents that report at once, on clusters where an Argo CD gives every application a status. */
export const agentWithArgo: StandInOptions['agent'] = {
  delayMs: 2,
  availableDelayMs: 2,
  feedback: { 'Application/*': { status: { sync: { status: 'Synced' } } } },
};

const source = 'app-work-client';
const standard = 'open-cluster-management';

/** An application of the hub that is delivered to a cluster. */
export function hubApplication(
  name: string,
  cluster = 'c1',
  changes: { readonly annotations?: Record<string, string>; readonly labels?: Record<string, string> } = {},
): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: 'argocd',
      uid: `uid-${name}`,
      resourceVersion: '1',
      labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': 'true', ...changes.labels },
      annotations: {
        'apps.open-cluster-management.io/ocm-managed-cluster': cluster,
        // Of the namespaces of a simulated cluster.
        'apps.open-cluster-management.io/ocm-managed-cluster-app-namespace': 'default',
        'argocd.argoproj.io/skip-reconcile': 'true',
        ...changes.annotations,
      },
    },
    spec: {
      project: 'default',
      destination: { name: cluster, namespace: name },
      source: { repoURL: 'https://git.example.com/a', path: name },
    },
  };
}

export function condition(type: string, status = 'True'): JsonObject {
  return { type, status, reason: type, message: `${type} is ${status}`, lastTransitionTime: '2026-11-20T10:00:00Z' };
}

export function managedCluster(name: string): JsonObject {
  const types = ['HubAcceptedManagedCluster', 'ManagedClusterJoined', 'ManagedClusterConditionAvailable'];
  return { metadata: { name, labels: { env: 'test' } }, status: { conditions: types.map((type) => condition(type)) } };
}

export function deployment(name: string, namespace: string, ready: number, args: readonly string[] = []): JsonObject {
  return {
    metadata: { name, namespace, uid: name },
    spec: {
      replicas: ready,
      template: { spec: { serviceAccountName: name, containers: [{ name: 'controller', args: [...args] }] } },
    },
    status: { readyReplicas: ready },
  };
}

export function addOn(name: string, cluster: string, status = 'True'): JsonObject {
  return { metadata: { name, namespace: cluster }, status: { conditions: [condition('Available', status)] } };
}

/** A hub on which all is well, for one cluster with these applications. */
export async function healthyHubServer(apps: readonly JsonObject[]): Promise<ServedHub> {
  const hub = new ServedHub();
  await hub.start();
  hub.serve('applications', apps);
  hub.serve('applicationsets', []);
  hub.serve('multiclusterapplicationsetreports', []);
  hub.serve('manifestworks', []);
  hub.serve('managedclusters', [managedCluster('c1')]);
  hub.serve('managedclusteraddons', [addOn('maestro-addon', 'c1'), addOn('gitops-addon', 'c1')]);
  hub.serve('placementdecisions', [
    { metadata: { name: 'all-1', namespace: 'argocd' }, status: { decisions: [{ clusterName: 'c1', reason: '' }] } },
  ]);
  hub.serve('configmaps', []);
  hub.serve('namespaces', [{ metadata: { name: 'kube-system', uid: hubId } }]);
  hub.serve('multiclusterhubs', [
    {
      metadata: {
        name: 'mch',
        namespace: standard,
        annotations: { 'installer.open-cluster-management.io/pause': 'true' },
      },
    },
  ]);
  hub.serve('deployments', [
    deployment('multicluster-integrations', standard, 0),
    deployment('multicluster-maestro-integrations', standard, 1, ['--in-cluster']),
    ...['maestro', 'maestro-db', 'maestro-addon-manager'].map((name) => deployment(name, 'maestro', 1)),
  ]);
  hub.serve('leases', [
    {
      metadata: { name: 'multicluster-maestro-integrations', namespace: standard },
      spec: {
        holderIdentity: 'pod-1',
        leaseDurationSeconds: 15,
        renewTime: new Date(systemClock.wallMs()).toISOString(),
      },
    },
  ]);
  return hub;
}

/** Publishes the work of each application as the controller does, and waits until the agent has reported it. */
export async function deliver(
  standIn: Pick<StandIn, 'grpcEndpoint' | 'httpEndpoint'>,
  apps: readonly JsonObject[],
  hub = hubId,
): Promise<void> {
  const maestro = await connectMaestro(
    {
      grpcEndpoint: parseGrpcEndpoint(standIn.grpcEndpoint, { plaintext: true }),
      httpEndpoint: parseHttpEndpoint(standIn.httpEndpoint),
      insecureSkipVerify: false,
      grpcTls: {},
      httpTls: {},
      allowPlaintextToken: false,
      proxy: {},
    },
    { clock: systemClock, random: Math.random },
  );
  const options = { signal: new AbortController().signal, deadlineMs: systemClock.monotonicMs() + 30_000 };
  const settings = { sourceId: source, hubId: hub, deliverNamespace: false, deliverProject: false };
  try {
    for (const object of apps) {
      const app = parseHubApplication(object);
      const { id, work } = buildBundle(app, draftBundle(app, settings), settings, { oneShot: {} });
      await maestro.writer.publish(
        { kind: 'create', target: { id, consumer: app.cluster, source }, work: withVersion(work, 1) },
        options,
      );
      await eventually(async () => {
        const row = await maestro.reader.getBundle(id, options);
        const value = row?.status?.resourceStatus[0]?.feedback[0]?.value;
        if (value === undefined)
          throw new Error(`${app.key} has not been reported yet: ${JSON.stringify(row?.status)}`);
      }, 5_000);
    }
  } finally {
    await maestro.close();
  }
}
