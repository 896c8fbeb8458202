import type { ResourcePath } from './kube-api.ts';

/** Argo CD's Applications. */
export const applications: ResourcePath = { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' };
/** Clusters that the hub manages. */
export const managedClusters: ResourcePath = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1',
  resource: 'managedclusters',
};
