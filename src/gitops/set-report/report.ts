/** A member of `statuses.clusterConditions`; a text that would be empty is left out, as the classic pull model does. */
export interface ClusterCondition {
  readonly cluster: string;
  readonly syncStatus?: string;
  readonly healthStatus?: string;
  readonly operationStatePhase?: string;
  /** RFC 3339. */
  readonly operationStateStartedAt?: string;
  readonly syncRevision?: string;
  /** `<set's namespace>/<hub application>/<cluster>/<work>`. */
  readonly app?: string;
  readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
}

/** A member of `statuses.resources`. */
export interface ResourceRef {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Numbers as texts: so the definition of the kind has them. */
export interface ReportSummary {
  readonly synced: string;
  readonly notSynced: string;
  readonly healthy: string;
  readonly notHealthy: string;
  readonly inProgress: string;
  readonly clusters: string;
}

/** `statuses` of a MulticlusterApplicationSetReport. */
export interface ReportStatuses {
  readonly clusterConditions: readonly ClusterCondition[];
  readonly resources: readonly ResourceRef[];
  readonly summary: ReportSummary;
}

/**
 * The statuses of a set, by what is known of each cluster: one entry a cluster, sorted by its name, and counted.
 *
 * @param entries in the order of their works' names: of several on one cluster the last is its entry
 * @param resources of one application of the set: they all deploy the same
 */
export function statusesOf(entries: readonly ClusterCondition[], resources: readonly ResourceRef[]): ReportStatuses {
  const byCluster = new Map(entries.map((entry) => [entry.cluster, entry]));
  const clusterConditions = [...byCluster.values()].sort((left, right) => order(left.cluster, right.cluster));
  return {
    clusterConditions,
    resources: [...resources].sort(
      (left, right) =>
        order(left.name, right.name) ||
        order(left.kind, right.kind) ||
        order(left.namespace, right.namespace) ||
        order(left.apiVersion, right.apiVersion),
    ),
    summary: summaryOf(clusterConditions),
  };
}

/** Only clusters with a work are counted; Progressing is in progress, and not healthy. */
function summaryOf(entries: readonly ClusterCondition[]): ReportSummary {
  const counted = entries.filter(({ app }) => app !== undefined);
  const count = (matches: (entry: ClusterCondition) => boolean): number => counted.filter(matches).length;
  const synced = count(({ syncStatus }) => syncStatus === 'Synced');
  const healthy = count(({ healthStatus }) => healthStatus === 'Healthy');
  return {
    synced: String(synced),
    notSynced: String(counted.length - synced),
    healthy: String(healthy),
    notHealthy: String(counted.length - healthy),
    inProgress: String(count(({ healthStatus }) => healthStatus === 'Progressing')),
    clusters: String(counted.length),
  };
}

/** As Go compares texts, for all that Kubernetes takes for a name. */
function order(left = '', right = ''): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
