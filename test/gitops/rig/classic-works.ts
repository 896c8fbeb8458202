import { createHash } from 'node:crypto';
import { isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { KubeObject } from './kube-client.ts';

const apps = 'apps.open-cluster-management.io';
export const pullLabel = `${apps}/pull-to-ocm-managed-cluster`;
export const clusterAnnotation = `${apps}/ocm-managed-cluster`;
const namespaceAnnotation = `${apps}/ocm-managed-cluster-app-namespace`;
const skipReconcileAnnotation = 'argocd.argoproj.io/skip-reconcile';
export const setLabel = `${apps}/application-set`;
export const setAnnotation = `${apps}/hosting-applicationset`;
export const hubNameAnnotation = `${apps}/hub-application-name`;
export const hubNamespaceAnnotation = `${apps}/hub-application-namespace`;
const gitOpsNamespace = 'openshift-gitops';

/** The name of an application's classic work on the hub. */
export function classicWorkName({ metadata: { name, uid } }: KubeObject): string {
  return `${name}-${uid.slice(0, 5)}`;
}

/** The ManifestWork that the classic propagation controller makes of a hub application. */
export function classicWork(app: KubeObject, appProject?: JsonObject): JsonObject {
  const set = owningSet(app);
  const application = classicApplication(app, set);
  const { namespace, name } = application['metadata'] as { namespace: string; name: string };
  const project = appProject === undefined ? undefined : classicProject(appProject);
  const projectRef = project?.['metadata'] as { namespace: string; name: string } | undefined;
  const delivered = projectRef?.namespace === gitOpsNamespace && projectRef.name === 'default' ? undefined : projectRef;
  return {
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: {
      name: classicWorkName(app),
      namespace: app.metadata.annotations?.[clusterAnnotation] ?? '',
      labels:
        set === undefined
          ? { [pullLabel]: 'true' }
          : { [setLabel]: 'true', [`${apps}/application-set-hash`]: createHash('sha1').update(set).digest('hex') },
      annotations: {
        [hubNamespaceAnnotation]: app.metadata.namespace ?? '',
        [hubNameAnnotation]: app.metadata.name,
        ...(set === undefined ? {} : { [setAnnotation]: set }),
      },
    },
    spec: {
      workload: {
        manifests: [
          managedNamespace(namespace),
          ...(delivered === undefined || project === undefined ? [] : [project]),
          application,
        ],
      },
      manifestConfigs: [applicationConfig(namespace, name)],
      deleteOption: {
        propagationPolicy: 'SelectivelyOrphan',
        selectivelyOrphans: {
          orphaningRules: [
            { group: '', resource: 'namespaces', namespace: '', name: namespace },
            ...(delivered === undefined ? [] : [{ group: 'argoproj.io', resource: 'appprojects', ...delivered }]),
          ],
        },
      },
    },
  };
}

/** `namespace/name` of the ApplicationSet that made the application. */
export function owningSet({ metadata }: KubeObject): string | undefined {
  const owners = (metadata['ownerReferences'] ?? []) as readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
  }[];
  const set = owners.find(({ apiVersion, kind }) => apiVersion === 'argoproj.io/v1alpha1' && kind === 'ApplicationSet');
  return set === undefined ? undefined : `${metadata.namespace ?? ''}/${set.name}`;
}

function classicApplication(app: KubeObject, set: string | undefined): JsonObject {
  const { metadata } = app;
  const own = metadata.annotations?.[namespaceAnnotation];
  const namespace = own === undefined || own === '' ? (metadata.namespace ?? 'argocd') : own;
  const left = [clusterAnnotation, namespaceAnnotation, skipReconcileAnnotation];
  const mark =
    set === undefined ? undefined : { labels: { [setLabel]: 'true' }, annotations: { [setAnnotation]: set } };
  const spec = isJsonObject(app['spec']) ? app['spec'] : undefined;
  const destination = spec?.['destination'];
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: metadata.name,
      namespace,
      // Absent rather than empty: that is what becomes of a list that was never set.
      ...(metadata.finalizers === undefined ? {} : { finalizers: [...metadata.finalizers] }),
      labels: { ...without(metadata.labels ?? {}, [pullLabel]), ...mark?.labels },
      annotations: { ...without(metadata.annotations ?? {}, left), ...mark?.annotations },
    },
    ...(isJsonObject(app['operation']) ? { operation: app['operation'] } : {}),
    ...(spec === undefined
      ? {}
      : { spec: isJsonObject(destination) ? { ...spec, destination: inCluster(destination, namespace) } : spec }),
  };
}

/** Only a namespace that is there and empty is filled in; one that is absent stays absent. */
function inCluster(destination: JsonObject, namespace: string): JsonObject {
  const filled = destination['namespace'] === '' ? { namespace } : {};
  return { ...destination, ...filled, name: '', server: 'https://kubernetes.default.svc' };
}

function classicProject(project: JsonObject): JsonObject {
  const metadata = project['metadata'] as KubeObject['metadata'];
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace ?? '',
      ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
      annotations: without(metadata.annotations ?? {}, ['kubectl.kubernetes.io/last-applied-configuration']),
    },
    ...(isJsonObject(project['spec']) ? { spec: project['spec'] } : {}),
  };
}

function managedNamespace(name: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      annotations: { 'argocd.argoproj.io/sync-options': 'Delete=false' },
      labels: { 'argocd.argoproj.io/managed-by': gitOpsNamespace },
    },
    spec: {},
    status: {},
  };
}

const feedbackPaths = [
  ['healthStatus', '.status.health.status'],
  ['syncStatus', '.status.sync.status'],
  ['operationStateStartedAt', '.status.operationState.startedAt'],
  ['operationStatePhase', '.status.operationState.phase'],
  ['syncRevision', '.status.sync.revision'],
] as const;

function applicationConfig(namespace: string, name: string): JsonObject {
  const ignored = {
    condition: 'OnSpokeChange',
    jsonPaths: ['.operation', '.metadata.annotations["argocd.argoproj.io/refresh"]'],
  };
  return {
    resourceIdentifier: { group: 'argoproj.io', resource: 'applications', namespace, name },
    feedbackRules: feedbackPaths.map(([path, at]) => ({ type: 'JSONPaths', jsonPaths: [{ name: path, path: at }] })),
    updateStrategy: { type: 'ServerSideApply', serverSideApply: { force: true, ignoreFields: [ignored] } },
  };
}

function without(map: Readonly<Record<string, string>>, left: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !left.includes(key)));
}
