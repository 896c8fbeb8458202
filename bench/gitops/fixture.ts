import { canonicalJson, type JsonObject } from '../../src/core/json.ts';
import { objectAt, textAt } from '../../src/core/json-fields.ts';
import { Template } from './template.ts';

/** So many clusters with so many applications each, in the namespace `openshift-gitops`. */
export interface Fleet {
  readonly clusters: number;
  readonly applications: number;
}

/** What tells two statuses of one application apart; everything else of them is the same. */
export interface StatusSeed {
  /** Wall time at which the cluster synced it last: revision, operation and health move with it. */
  readonly changedMs: number;
  /** Wall time of Argo CD's last look, which changes nothing else. */
  readonly reconciledMs: number;
}

export const namespace = 'openshift-gitops';
export const hubId = 'b4f0c0de-0000-4000-8000-000000000001';

export const sizeOf = ({ clusters, applications }: Fleet): number => clusters * applications;
export const clusterName = (cluster: number): string => `cluster-${cluster}`;
export const clusterOf = (fleet: Fleet, at: number): string => clusterName(Math.floor(at / fleet.applications));
/** As an ApplicationSet with a cluster generator names them. */
export const nameOf = (fleet: Fleet, at: number): string => `app-${at % fleet.applications}-${clusterOf(fleet, at)}`;
export const uidOf = (at: number): string => `a0000000-0000-4000-8000-${at.toString(16).padStart(12, '0')}`;
export const secondsOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** The place of an application in the fleet; -1 for a name of another kind. */
export function placeOf(fleet: Fleet, name: string): number {
  const match = /^app-(\d+)-cluster-(\d+)$/.exec(name);
  return match === null ? -1 : Number(match[2]) * fleet.applications + Number(match[1]);
}

const source: JsonObject = {
  repoURL: 'https://github.com/example/fleet-configuration.git',
  path: 'clusters/production/guestbook',
  targetRevision: '@SPECREV@',
  helm: {
    releaseName: '@NAME@',
    valueFiles: ['values.yaml', 'values-production.yaml'],
    parameters: Array.from({ length: 4 }, (_, at) => ({
      name: `guestbook.settings.option${at}`,
      value: `value-of-option-${at}`,
      forceString: true,
    })),
  },
};

const spec: JsonObject = {
  project: 'default',
  source,
  destination: { server: 'https://kubernetes.default.svc', namespace: 'guestbook' },
  syncPolicy: {
    automated: { prune: true, selfHeal: true },
    syncOptions: ['CreateNamespace=true', 'PruneLast=true'],
    retry: { limit: 5, backoff: { duration: '5s', factor: 2, maxDuration: '3m' } },
  },
};

/** As an API server keeps them for one ApplicationSet controller. */
const managedFields = [
  {
    manager: 'argocd-applicationset-controller',
    operation: 'Update',
    apiVersion: 'argoproj.io/v1alpha1',
    time: '2026-11-20T10:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': {
        'f:annotations': { '.': {}, 'f:apps.open-cluster-management.io/ocm-managed-cluster': {} },
        'f:labels': { '.': {} },
        'f:ownerReferences': { '.': {} },
      },
      'f:spec': {
        '.': {},
        'f:destination': { '.': {}, 'f:namespace': {}, 'f:server': {} },
        'f:project': {},
        'f:source': { '.': {}, 'f:path': {}, 'f:repoURL': {}, 'f:targetRevision': {} },
      },
    },
  },
];

/** About 1 KB of spec, and the metadata of an Application that an ApplicationSet made. */
const application: JsonObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: {
    name: '@NAME@',
    namespace,
    uid: '@UID@',
    resourceVersion: '@VERSION@',
    creationTimestamp: '2026-11-20T10:00:00Z',
    generation: 1,
    labels: {
      'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': 'true',
      environment: 'production',
      team: 'fleet',
    },
    annotations: {
      'apps.open-cluster-management.io/ocm-managed-cluster': '@CLUSTER@',
      'apps.open-cluster-management.io/ocm-managed-cluster-app-namespace': namespace,
      'argocd.argoproj.io/skip-reconcile': 'true',
    },
    ownerReferences: [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'ApplicationSet',
        name: 'guestbook',
        uid: 'c0000000-0000-4000-8000-000000000001',
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
    managedFields,
  },
  spec,
};

const resources = Array.from({ length: 24 }, (_, at) => ({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  namespace: 'guestbook',
  name: `guestbook-component-${at}`,
  status: 'Synced',
  health: { status: 'Healthy' },
}));

/**
 * About 7 KB, as Argo CD writes it for an application of 24 resources. An API server sends custom resources with their
 * members in order.
 */
const statusTemplate = new Template(
  canonicalJson({
    sync: {
      status: 'Synced',
      comparedTo: { source, destination: spec['destination'] ?? null },
      revision: '@REVISION@',
    },
    health: { status: 'Healthy', lastTransitionTime: '@CHANGED@' },
    history: Array.from({ length: 3 }, (_, id) => ({
      id,
      revision: '4f1d2c3b4a59687706152433425160718293a4b5',
      deployedAt: '2026-11-20T10:00:00Z',
      deployStartedAt: '2026-11-20T09:59:58Z',
      initiatedBy: { automated: true },
      source,
    })),
    operationState: {
      operation: {
        sync: { revision: '@REVISION@', prune: true, syncOptions: ['CreateNamespace=true', 'PruneLast=true'] },
        initiatedBy: { automated: true },
        retry: { limit: 5 },
      },
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
      startedAt: '@CHANGED@',
      finishedAt: '@CHANGED@',
      syncResult: {
        revision: '@REVISION@',
        source,
        resources: resources.slice(0, 6).map(({ group, version, kind, name }) => ({
          group,
          version,
          kind,
          namespace: 'guestbook',
          name,
          status: 'Synced',
          message: `deployment.apps/${name} configured`,
          hookPhase: 'Running',
          syncPhase: 'Sync',
        })),
      },
    },
    reconciledAt: '@RECONCILED@',
    resources,
    sourceType: 'Helm',
    summary: { images: ['registry.example.com/guestbook/frontend:v5', 'registry.example.com/guestbook/redis:7'] },
  }),
);

/** What only some applications have stands between them: `deletionTimestamp` and `finalizers`. */
const [beforeGeneration = '', afterGeneration = ''] = canonicalJson(application).split(',"generation"');
const head = new Template(beforeGeneration);
const tail = new Template(`,"generation"${afterGeneration.slice(0, -1)}`);

/** The holes of what a hub application is built from. */
export function holesOf(fleet: Fleet, at: number, specRevision: number): Record<string, string> {
  const cluster = clusterOf(fleet, at);
  return {
    NAME: `app-${at % fleet.applications}-${cluster}`,
    CLUSTER: cluster,
    UID: uidOf(at),
    SPECREV: specRevisionText(specRevision),
  };
}

export const specRevisionText = (revision: number): string => `release-${revision}`;

/** A status of some 7 KB. The revision begins with the time of the change, for whoever measures how late it comes. */
export function statusText(holes: Record<string, string>, { changedMs, reconciledMs }: StatusSeed): string {
  holes['REVISION'] = changedMs.toString(16).padStart(12, '0').padEnd(40, '0');
  holes['CHANGED'] = secondsOf(changedMs);
  holes['RECONCILED'] = secondsOf(reconciledMs);
  return statusTemplate.fill(holes);
}

/** When the change was made that a status tells of; 0 for another's status. */
export function changedMsOf(status: JsonObject): number {
  const { revision } = (status['sync'] ?? {}) as { readonly revision?: unknown };
  return typeof revision === 'string' ? Number.parseInt(revision.slice(0, 12), 16) : 0;
}

/** Which application a status is of, of which change and of which revision; undefined for one that tells of none. */
export function toldBy(
  status: JsonObject,
): { readonly name: string; readonly changedMs: number; readonly specRevision: number } | undefined {
  const source = objectAt(objectAt(objectAt(status, 'sync'), 'comparedTo'), 'source');
  const name = textAt(objectAt(source, 'helm'), 'releaseName');
  if (name === '') return undefined;
  const specRevision = Number(textAt(source, 'targetRevision').slice('release-'.length));
  return { name, changedMs: changedMsOf(status), specRevision };
}

export interface HubFacts {
  readonly version: number;
  readonly status: string | undefined;
  readonly deletionTimestamp: string | undefined;
  readonly finalizers: readonly string[];
}

/** A hub application as an API server sends it. */
export function applicationText(
  holes: Record<string, string>,
  { version, status, deletionTimestamp, finalizers }: HubFacts,
): string {
  holes['VERSION'] = String(version);
  const deleting =
    deletionTimestamp === undefined ? '' : `,"deletionGracePeriodSeconds":0,"deletionTimestamp":"${deletionTimestamp}"`;
  const held = finalizers.length === 0 ? '' : `,"finalizers":${JSON.stringify(finalizers)}`;
  return `${head.fill(holes)}${deleting}${held}${tail.fill(holes)}${status === undefined ? '' : `,"status":${status}`}}`;
}

/** The template itself, with its holes, to build other templates from. */
export function applicationWithHoles(finalizers: readonly string[]): JsonObject {
  const metadata = application['metadata'] as JsonObject;
  return JSON.parse(canonicalJson({ ...application, metadata: { ...metadata, finalizers } })) as JsonObject;
}

export const argoFinalizer = 'resources-finalizer.argocd.argoproj.io';
