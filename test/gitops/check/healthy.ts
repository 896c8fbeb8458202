import type {
  ApplicationFacts,
  BundleFacts,
  ClassicFacts,
  ClusterFacts,
  FleetFacts,
} from '../../../src/gitops/check/facts.ts';
import type { ControllerFacts, HubFacts } from '../../../src/gitops/check/hub-facts.ts';
import { servedKinds } from '../../../src/gitops/check/kinds.ts';
import type { DeploymentFact } from '../../../src/gitops/model/pull-models.ts';
import type { PullModels } from '../../../src/gitops/survey/pull-models.ts';
import type { Looked } from '../../../src/gitops/survey/read-each.ts';

export const wallMs = Date.parse('2026-11-29T12:00:00Z');

export function seen<T>(value: T): Looked<T> {
  return { seen: true, value };
}

export const unseen: Looked<never> = { seen: false, why: 'forbidden (403)' };

export function deployment(name: string, readyReplicas: number, desiredReplicas = readyReplicas): DeploymentFact {
  return {
    subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'open-cluster-management', name, uid: 'u' },
    readyReplicas,
    desiredReplicas,
    containers: ['controller'],
  };
}

export const stoppedModels: PullModels = {
  classic: seen(deployment('multicluster-integrations', 0)),
  maestro: seen(deployment('multicluster-maestro-integrations', 1)),
  switches: seen({ classicDisabled: false, maestroDisabled: false }),
  hubs: seen([
    { namespace: 'ocm', name: 'multiclusterhub', paused: true, pausedBy: 'installer.open-cluster-management.io/pause' },
  ]),
};

export const controller: ControllerFacts = {
  namespace: 'open-cluster-management',
  name: 'multicluster-maestro-integrations',
  desired: 1,
  ready: 1,
  serviceAccount: 'integrations',
  args: ['--in-cluster', '--authorisation=placement'],
};

/** A hub on which all is well for `running`. */
export function healthyHub(changes: Partial<HubFacts> = {}): HubFacts {
  return {
    purpose: 'running',
    kinds: new Map(servedKinds.map((kind) => [kind, seen(true)])),
    maestro: [
      { check: 'maestro-rest', works: true, message: 'answers' },
      { check: 'maestro-publish', works: true, message: 'may publish' },
      { check: 'maestro-subscribe', works: true, message: 'may subscribe' },
    ],
    maestroWorkloads: seen([
      { namespace: 'maestro', name: 'maestro', desired: 1, ready: 1 },
      { namespace: 'maestro', name: 'maestro-db', desired: 1, ready: 1 },
    ]),
    maestroNamespace: 'maestro',
    models: stoppedModels,
    controller: seen(controller),
    controllerNamespace: 'open-cluster-management',
    classicNamespace: 'open-cluster-management',
    leaseName: 'multicluster-maestro-integrations',
    lease: seen({ holder: 'pod-1', renewedMs: wallMs - 2_000, durationMs: 15_000 }),
    rights: seen({
      whose: 'service account open-cluster-management/integrations',
      ofCaller: false,
      missing: [],
      asked: 15,
    }),
    wallMs,
    ...changes,
  };
}

export function cluster(name: string, changes: Partial<ClusterFacts> = {}): ClusterFacts {
  return {
    name,
    local: false,
    accepted: true,
    joined: true,
    available: true,
    availableSince: '2026-11-20T10:00:00Z',
    labels: {},
    ...changes,
  };
}

export function app(name: string, changes: Partial<ApplicationFacts> = {}): ApplicationFacts {
  return {
    key: `argocd/${name}`,
    namespace: 'argocd',
    name,
    uid: `uid-${name}`,
    cluster: 'c1',
    spokeNamespace: 'argocd',
    selected: true,
    skipReconcile: true,
    deleting: false,
    ...changes,
  };
}

export function bundle(name: string, changes: Partial<BundleFacts> = {}): BundleFacts {
  return {
    id: `bundle-${name}`,
    cluster: 'c1',
    appKey: `argocd/${name}`,
    deleting: false,
    manager: 'us',
    stand: 'current',
    changedMs: wallMs - 3_600_000,
    ...changes,
  };
}

export function classicWork(name: string, changes: Partial<ClassicFacts> = {}): ClassicFacts {
  return { name: `${name}-a1b2c`, cluster: 'c1', appKey: `argocd/${name}`, deleting: false, applied: true, ...changes };
}

/** One cluster with one application, which is delivered through Maestro. */
export function healthyFleet(changes: Partial<FleetFacts> = {}): FleetFacts {
  return {
    purpose: 'running',
    chosen: ['c1'],
    aside: 0,
    withoutCluster: true,
    clusters: seen(new Map([['c1', cluster('c1')]])),
    consumers: seen(new Set(['c1'])),
    addOns: seen(
      new Map([
        ['c1', { 'maestro-addon': { available: true, message: '' }, 'gitops-addon': { available: true, message: '' } }],
      ]),
    ),
    decisions: seen(new Map([['argocd', new Set(['c1'])]])),
    applications: seen(new Map([['argocd/a', app('a')]])),
    bundles: seen([bundle('a')]),
    classic: seen([]),
    evidence: new Map([['c1', { bundles: 1, reportedMs: wallMs - 60_000, applied: 1, withStatus: 1, forbidden: '' }]]),
    probes: new Map(),
    wallMs,
    agentWithinMs: 900_000,
    ...changes,
  };
}
