import { appProjectsResource, applicationsResource, argoGroup } from '../constants.ts';
import type { ResourcePath } from './kube-api.ts';

/*
 * Each kind that a hub is asked for, once: what one part of the model reads and
 * another writes has to be the same.
 */

const ocmGroup = 'cluster.open-cluster-management.io';

export const applications: ResourcePath = { group: argoGroup, version: 'v1alpha1', resource: applicationsResource };
export const applicationSets: ResourcePath = { group: argoGroup, version: 'v1alpha1', resource: 'applicationsets' };
export const appProjects: ResourcePath = { group: argoGroup, version: 'v1alpha1', resource: appProjectsResource };

export const managedClusters: ResourcePath = { group: ocmGroup, version: 'v1', resource: 'managedclusters' };
export const placementDecisions: ResourcePath = {
  group: ocmGroup,
  version: 'v1beta1',
  resource: 'placementdecisions',
};
export const managedClusterAddOns: ResourcePath = {
  group: 'addon.open-cluster-management.io',
  version: 'v1alpha1',
  resource: 'managedclusteraddons',
};
/** By which the classic model delivers. */
export const manifestWorks: ResourcePath = {
  group: 'work.open-cluster-management.io',
  version: 'v1',
  resource: 'manifestworks',
};
/** Served by version 2 of Advanced Cluster Management and later, where its console asks for it. */
export const setReports: ResourcePath = {
  group: 'apps.open-cluster-management.io',
  version: 'v1alpha1',
  resource: 'multiclusterapplicationsetreports',
};
/** Whose operator starts the classic model again, unless it is paused. */
export const multiClusterHubs: ResourcePath = {
  group: 'operator.open-cluster-management.io',
  version: 'v1',
  resource: 'multiclusterhubs',
};

export const namespaces: ResourcePath = { group: '', version: 'v1', resource: 'namespaces' };
export const configMaps: ResourcePath = { group: '', version: 'v1', resource: 'configmaps' };
export const deployments: ResourcePath = { group: 'apps', version: 'v1', resource: 'deployments' };
export const leases: ResourcePath = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' };
export const events: ResourcePath = { group: 'events.k8s.io', version: 'v1', resource: 'events' };

/** Whether somebody else may do a thing. */
export const subjectAccessReviews: ResourcePath = {
  group: 'authorization.k8s.io',
  version: 'v1',
  resource: 'subjectaccessreviews',
};
/** Whether the one who asks may do it. */
export const selfSubjectAccessReviews: ResourcePath = {
  group: 'authorization.k8s.io',
  version: 'v1',
  resource: 'selfsubjectaccessreviews',
};
