import type { ResourcePath } from '../kube/kube-api.ts';

const cluster = { group: 'cluster.open-cluster-management.io' } as const;

/** What a hub is asked for. */
export const kindPaths = {
  applications: { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' },
  applicationSets: { group: 'argoproj.io', version: 'v1alpha1', resource: 'applicationsets' },
  managedClusters: { ...cluster, version: 'v1', resource: 'managedclusters' },
  placementDecisions: { ...cluster, version: 'v1beta1', resource: 'placementdecisions' },
  addOns: { group: 'addon.open-cluster-management.io', version: 'v1alpha1', resource: 'managedclusteraddons' },
  reports: {
    group: 'apps.open-cluster-management.io',
    version: 'v1alpha1',
    resource: 'multiclusterapplicationsetreports',
  },
} as const satisfies Readonly<Record<string, ResourcePath>>;

export function kindName({ resource, group }: ResourcePath): string {
  return `${resource}.${group}`;
}

/** Without these nothing is delivered. */
export const requiredKinds: readonly { readonly kind: string; readonly mend: string }[] = [
  { kind: kindName(kindPaths.applications), mend: 'install Argo CD (OpenShift GitOps) on the hub, or its definitions' },
  {
    kind: kindName(kindPaths.managedClusters),
    mend: 'install Open Cluster Management (or MultiClusterHub) on the hub',
  },
  {
    kind: kindName(kindPaths.placementDecisions),
    mend: 'install Open Cluster Management (or MultiClusterHub) on the hub',
  },
];

/** All that are told of. */
export const servedKinds: readonly string[] = Object.values(kindPaths).map((path) => kindName(path));
