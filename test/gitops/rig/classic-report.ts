import type { JsonObject } from '../../../src/core/json.ts';
import { hubNameAnnotation, setAnnotation, setLabel } from './classic-works.ts';
import type { KubeObject } from './kube-client.ts';

/** What the classic aggregation makes of one work. */
interface ClusterCondition extends JsonObject {
  readonly cluster: string;
  readonly syncStatus?: string;
  readonly healthStatus?: string;
  readonly operationStateStartedAt?: string;
  readonly operationStatePhase?: string;
  readonly syncRevision?: string;
  readonly app: string;
}

/**
 * The MulticlusterApplicationSetReports that the classic aggregation writes for a fleet, one for each ApplicationSet
 * that the works name, in the order of their names and without what the API server sets. It has no file of the resource
 * sync beside it: no resources, and no conditions of clusters.
 *
 * @param works all ManifestWorks of the hub in the order of a list; of several of one cluster and set the last counts
 */
export function classicReports(works: readonly KubeObject[]): JsonObject[] {
  const sets = new Map<string, Map<string, ClusterCondition>>();
  for (const work of works) {
    if (work.metadata.labels?.[setLabel] === undefined) continue;
    const set = setOf(work);
    const clusters = sets.get(set) ?? new Map<string, ClusterCondition>();
    sets.set(set, clusters.set(work.metadata.namespace ?? '', conditionOf(work, set)));
  }
  return [...sets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([set, clusters]) => report(set, [...clusters.values()]));
}

/** `namespace/name`, both empty when the annotation is anything else. */
function setOf({ metadata }: KubeObject): string {
  const parts = (metadata.annotations?.[setAnnotation] ?? '').split('/');
  return parts.length === 2 ? parts.join('/') : '/';
}

function conditionOf(work: KubeObject, set: string): ClusterCondition {
  const { namespace = '', name, annotations = {} } = work.metadata;
  const values = feedbackOf(work);
  const scalars = {
    syncStatus: values['syncStatus'] ?? 'Unknown',
    healthStatus: values['healthStatus'] ?? 'Unknown',
    operationStateStartedAt: values['operationStateStartedAt'] ?? '',
    operationStatePhase: values['operationStatePhase'] ?? '',
    syncRevision: values['syncRevision'] ?? '',
  };
  return {
    cluster: namespace,
    // What is empty is left out of the JSON.
    ...Object.fromEntries(Object.entries(scalars).filter(([, value]) => value !== '')),
    app: `${set.split('/')[0] ?? ''}/${annotations[hubNameAnnotation] ?? ''}/${namespace}/${name}`,
  };
}

/** The feedback of all manifests of a work together, by name. */
export function feedbackOf(work: KubeObject): Readonly<Record<string, string>> {
  const status = work['status'] as
    | {
        resourceStatus?: {
          manifests?: { statusFeedback?: { values?: { name: string; fieldValue: { string?: string } }[] } }[];
        };
      }
    | undefined;
  const values = (status?.resourceStatus?.manifests ?? []).flatMap((one) => one.statusFeedback?.values ?? []);
  return Object.fromEntries(values.map(({ name, fieldValue }) => [name, fieldValue.string ?? '']));
}

function report(set: string, conditions: readonly ClusterCondition[]): JsonObject {
  const [namespace = '', name = ''] = set.split('/');
  const count = (fits: (one: ClusterCondition) => boolean): string => String(conditions.filter(fits).length);
  return {
    apiVersion: 'apps.open-cluster-management.io/v1alpha1',
    kind: 'MulticlusterApplicationSetReport',
    metadata: { name, namespace, labels: { [setAnnotation]: `${namespace}.${name}`.slice(0, 63) } },
    statuses: {
      clusterConditions: [...conditions].sort((a, b) => (a.cluster < b.cluster ? -1 : 1)),
      summary: {
        synced: count(({ syncStatus }) => syncStatus === 'Synced'),
        notSynced: count(({ syncStatus }) => syncStatus !== 'Synced'),
        healthy: count(({ healthStatus }) => healthStatus === 'Healthy'),
        notHealthy: count(({ healthStatus }) => healthStatus !== 'Healthy'),
        inProgress: count(({ healthStatus }) => healthStatus === 'Progressing'),
        clusters: String(conditions.length),
      },
    },
  };
}
