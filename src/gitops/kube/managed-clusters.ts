import type { ResourcePath } from './kube-api.ts';

/** Clusters that the hub manages. */
export const managedClusters: ResourcePath = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1',
  resource: 'managedclusters',
};
