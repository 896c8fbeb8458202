import type { JsonObject } from '../../../src/core/json.ts';
import { manifestWorkSchema, setReportSchema } from './crds-classic.ts';

/** Any object: the real definitions spell these out, which no test needs. */
const anything: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const text: JsonObject = { type: 'string' };
const time: JsonObject = { type: 'string', format: 'date-time' };
const flag: JsonObject = { type: 'boolean' };
const whole: JsonObject = { type: 'integer', format: 'int64' };

function struct(properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required: [...required] }) };
}

function listOf(items: JsonObject): JsonObject {
  return { type: 'array', items };
}

const destination = struct({ name: text, namespace: text, server: text });

/** Unknown members of a condition are pruned: there is no `status` and no `reason`. */
const applicationCondition = struct({ lastTransitionTime: time, message: text, type: text }, ['message', 'type']);

const operation = struct({
  info: listOf(struct({ name: text, value: text }, ['name', 'value'])),
  initiatedBy: struct({ automated: flag, username: text }),
  retry: struct({ limit: whole, backoff: struct({ duration: text, factor: whole, maxDuration: text }) }),
  sync: struct({
    autoHealAttemptsCount: whole,
    dryRun: flag,
    manifests: listOf(text),
    prune: flag,
    resources: listOf(struct({ group: text, kind: text, name: text, namespace: text }, ['kind', 'name'])),
    revision: text,
    revisions: listOf(text),
    source: anything,
    sources: listOf(anything),
    syncOptions: listOf(text),
    syncStrategy: anything,
  }),
});

const applicationStatus = struct({
  conditions: listOf(applicationCondition),
  controllerNamespace: text,
  health: struct({ lastTransitionTime: time, message: text, status: text }),
  history: listOf({ ...anything, properties: { deployedAt: time, id: whole }, required: ['deployedAt', 'id'] }),
  observedAt: time,
  operationState: struct(
    {
      finishedAt: time,
      message: text,
      operation,
      phase: text,
      retryCount: whole,
      startedAt: time,
      syncResult: { ...anything, properties: { revision: text, revisions: listOf(text) }, required: ['revision'] },
    },
    ['operation', 'phase', 'startedAt'],
  ),
  reconciledAt: time,
  resourceHealthSource: text,
  resources: listOf(anything),
  sourceHydrator: anything,
  sourceType: text,
  sourceTypes: listOf(text),
  summary: struct({ externalURLs: listOf(text), images: listOf(text) }),
  sync: struct(
    {
      comparedTo: struct(
        { destination, ignoreDifferences: listOf(anything), source: anything, sources: listOf(anything) },
        ['destination'],
      ),
      revision: text,
      revisions: listOf(text),
      status: text,
    },
    ['status'],
  ),
});

const application = struct(
  {
    apiVersion: text,
    kind: text,
    metadata: { type: 'object' },
    operation,
    spec: struct(
      {
        destination,
        ignoreDifferences: listOf(anything),
        info: listOf(struct({ name: text, value: text }, ['name', 'value'])),
        project: text,
        revisionHistoryLimit: whole,
        source: anything,
        sourceHydrator: anything,
        sources: listOf(anything),
        syncPolicy: anything,
      },
      ['destination', 'project'],
    ),
    status: applicationStatus,
  },
  ['metadata', 'spec'],
);

const specAndStatus = struct({
  apiVersion: text,
  kind: text,
  metadata: { type: 'object' },
  spec: anything,
  status: anything,
});

interface Definition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly cluster?: boolean;
  readonly schema?: JsonObject;
  /** `{status: {}}` when the real kind has it; an Application has none, so its status is part of the main resource. */
  readonly subresources?: JsonObject;
}

const status: JsonObject = { status: {} };
const applicationDefinition: Definition = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Application',
  plural: 'applications',
  schema: application,
  subresources: {},
};
const projectDefinition: Definition = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'AppProject',
  plural: 'appprojects',
};

const ocm = 'open-cluster-management.io';

/** What the hub serves; Applications come first. */
export const hubDefinitions: readonly JsonObject[] = [
  applicationDefinition,
  projectDefinition,
  {
    group: 'argoproj.io',
    version: 'v1alpha1',
    kind: 'ApplicationSet',
    plural: 'applicationsets',
    subresources: status,
  },
  {
    group: `cluster.${ocm}`,
    version: 'v1',
    kind: 'ManagedCluster',
    plural: 'managedclusters',
    cluster: true,
    subresources: status,
  },
  {
    group: `cluster.${ocm}`,
    version: 'v1beta1',
    kind: 'PlacementDecision',
    plural: 'placementdecisions',
    subresources: status,
  },
  { group: `cluster.${ocm}`, version: 'v1beta1', kind: 'Placement', plural: 'placements', subresources: status },
  {
    group: `cluster.${ocm}`,
    version: 'v1beta2',
    kind: 'ManagedClusterSetBinding',
    plural: 'managedclustersetbindings',
    subresources: status,
  },
  { group: `apps.${ocm}`, version: 'v1beta1', kind: 'GitOpsCluster', plural: 'gitopsclusters', subresources: status },
  {
    group: `work.${ocm}`,
    version: 'v1',
    kind: 'ManifestWork',
    plural: 'manifestworks',
    schema: manifestWorkSchema,
    subresources: status,
  },
  {
    group: `apps.${ocm}`,
    version: 'v1alpha1',
    kind: 'MulticlusterApplicationSetReport',
    plural: 'multiclusterapplicationsetreports',
    schema: setReportSchema,
    subresources: {},
  },
  {
    group: `operator.${ocm}`,
    version: 'v1',
    kind: 'MultiClusterHub',
    plural: 'multiclusterhubs',
    subresources: status,
  },
  {
    group: `addon.${ocm}`,
    version: 'v1alpha1',
    kind: 'ManagedClusterAddOn',
    plural: 'managedclusteraddons',
    subresources: status,
  },
  lease(),
  { group: 'events.k8s.io', version: 'v1', kind: 'Event', plural: 'events', schema: anything },
].map(customResourceDefinition);

/** What a spoke serves; Applications come first. */
export const spokeDefinitions: readonly JsonObject[] = [applicationDefinition, projectDefinition].map(
  customResourceDefinition,
);

function lease(): Definition {
  const microTime: JsonObject = { type: 'string', format: 'date-time' };
  const spec = struct({
    acquireTime: microTime,
    holderIdentity: text,
    leaseDurationSeconds: { type: 'integer', format: 'int32' },
    leaseTransitions: { type: 'integer', format: 'int32' },
    preferredHolder: text,
    renewTime: microTime,
    strategy: text,
  });
  const schema = struct({ apiVersion: text, kind: text, metadata: { type: 'object' }, spec });
  return { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', schema };
}

function customResourceDefinition({
  group,
  version,
  kind,
  plural,
  cluster,
  schema,
  subresources,
}: Definition): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      // Groups under k8s.io are refused without it.
      ...(group.endsWith('.k8s.io')
        ? { annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes/kubernetes' } }
        : {}),
    },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      scope: cluster === true ? 'Cluster' : 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema ?? specAndStatus },
          ...(subresources === undefined ? {} : { subresources }),
        },
      ],
    },
  };
}
