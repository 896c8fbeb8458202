import { canonicalJson, type JsonObject } from '../../src/core/json.ts';
import { spokeApplication } from '../../src/gitops/bundle/spoke-application.ts';
import { parseHubApplication } from '../../src/gitops/model/hub-application.ts';
import {
  applicationText,
  argoFinalizer,
  clusterName,
  clusterOf,
  holesOf,
  nameOf,
  namespace,
  sizeOf,
  type Fleet,
} from './fixture.ts';

/*
 * What a check of a hub reads beside Applications, ManagedClusters and PlacementDecisions, on a hub where all is well.
 */

const standard = 'open-cluster-management';

const condition = (type: string): JsonObject => ({
  type,
  status: 'True',
  reason: type,
  message: 'as it should be',
  lastTransitionTime: '2026-11-20T10:00:00Z',
});

/** Conditions of a ManagedCluster beside that it is available. */
export const joinedConditions = [condition('HubAcceptedManagedCluster'), condition('ManagedClusterJoined')];

const addOns = ['maestro-addon', 'gitops-addon'];

function deployment(namespaceOf: string, name: string, replicas: number): JsonObject {
  const containers = [{ name: 'controller', args: ['--in-cluster', '--authorisation=placement'] }];
  return {
    metadata: { name, namespace: namespaceOf, uid: name },
    spec: { replicas, template: { spec: { serviceAccountName: name, containers } } },
    status: { readyReplicas: replicas },
  };
}

const deployments = [
  deployment(standard, 'multicluster-integrations', 0),
  deployment(standard, 'multicluster-maestro-integrations', 1),
  ...['maestro', 'maestro-db', 'maestro-addon-manager'].map((name) => deployment('maestro', name, 1)),
];

/** A ManifestWork of the classic model for an application, of some 3 KB. */
function classicWork(fleet: Fleet, at: number): string {
  const object = applicationText(holesOf(fleet, at, 0), {
    version: 1,
    status: undefined,
    deletionTimestamp: undefined,
    finalizers: [argoFinalizer],
  });
  const app = parseHubApplication(JSON.parse(object) as JsonObject);
  const apps = 'apps.open-cluster-management.io';
  return canonicalJson({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: {
      name: `${nameOf(fleet, at)}-a0000`,
      namespace: clusterOf(fleet, at),
      generation: 1,
      labels: { [`${apps}/application-set`]: 'true' },
      annotations: {
        [`${apps}/hub-application-namespace`]: namespace,
        [`${apps}/hub-application-name`]: nameOf(fleet, at),
      },
    },
    spec: { workload: { manifests: [spokeApplication(app, false)] } },
    status: { conditions: [{ ...condition('Applied'), observedGeneration: 1 }] },
  });
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One page of so many objects that are made when they are read. */
function page(query: URLSearchParams, size: number, textAt: (at: number) => string): Answer {
  const from = Number(query.get('continue') ?? 0);
  const to = Math.min(size, from + Number(query.get('limit') ?? size));
  const next = to < size ? `,"continue":"${to}"` : '';
  const items = Array.from({ length: to - from }, (_, place) => textAt(from + place));
  return { status: 200, body: `{"metadata":{"resourceVersion":"1"${next}},"items":[${items.join(',')}]}` };
}

/**
 * @param options.classic the hub has a work of the classic model for each application
 * @returns undefined for what is asked of others
 */
export function checkAnswer(
  { pathname, searchParams }: URL,
  { fleet, classic }: { readonly fleet: Fleet; readonly classic: boolean },
): Answer | undefined {
  const parts = pathname.split('/');
  const last = parts.at(-1) ?? '';
  const all = (objects: readonly JsonObject[]): Answer =>
    page(searchParams, objects.length, (at) => JSON.stringify(objects[at]));
  if (parts.at(-2) === 'deployments') {
    const found = deployments.find(({ metadata }) => (metadata as JsonObject)['name'] === last);
    return found === undefined ? undefined : { status: 200, body: JSON.stringify(found) };
  }
  if (parts.at(-2) === 'leases') {
    const renewTime = new Date(Date.now()).toISOString();
    const spec = { holderIdentity: 'pod-1', leaseDurationSeconds: 15, renewTime };
    return { status: 200, body: JSON.stringify({ metadata: { name: last }, spec }) };
  }
  switch (last) {
    case 'applicationsets':
    case 'multiclusterapplicationsetreports':
      return all([]);
    case 'deployments':
      return all(deployments.filter(({ metadata }) => (metadata as JsonObject)['namespace'] === parts.at(-2)));
    case 'multiclusterhubs':
      return all([
        {
          metadata: {
            name: 'mch',
            namespace: standard,
            annotations: { 'installer.open-cluster-management.io/pause': 'true' },
          },
        },
      ]);
    case 'managedclusteraddons':
      return page(searchParams, fleet.clusters * addOns.length, (at) =>
        JSON.stringify({
          metadata: { name: addOns[at % addOns.length], namespace: clusterName(Math.floor(at / addOns.length)) },
          spec: {},
          status: { conditions: [condition('Available')] },
        }),
      );
    case 'manifestworks':
      return page(searchParams, classic ? sizeOf(fleet) : 0, (at) => classicWork(fleet, at));
    default:
      return undefined;
  }
}

/** Whoever asks whether somebody may is told that they may. */
export function reviewAnswer(pathname: string): Answer | undefined {
  if (!pathname.endsWith('accessreviews')) return undefined;
  return { status: 201, body: JSON.stringify({ status: { allowed: true } }) };
}
