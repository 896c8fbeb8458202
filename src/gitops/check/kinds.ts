import {
  applications,
  applicationSets,
  managedClusterAddOns,
  managedClusters,
  placementDecisions,
  setReports,
} from '../kube/hub-kinds.ts';
import type { ResourcePath } from '../kube/kube-api.ts';

/** What a hub may serve, or do without; all are told of. */
export const lookedForKinds: readonly ResourcePath[] = [
  applications,
  applicationSets,
  managedClusters,
  placementDecisions,
  managedClusterAddOns,
  setReports,
];

export function kindName({ resource, group }: ResourcePath): string {
  return `${resource}.${group}`;
}

const installClusters = 'install Open Cluster Management (or MultiClusterHub) on the hub';

/** Without these nothing is delivered. */
export const requiredKinds: readonly { readonly kind: string; readonly mend: string }[] = [
  { kind: kindName(applications), mend: 'install Argo CD (OpenShift GitOps) on the hub, or its definitions' },
  { kind: kindName(managedClusters), mend: installClusters },
  { kind: kindName(placementDecisions), mend: installClusters },
];

/** Names of all that are told of. */
export const servedKinds: readonly string[] = lookedForKinds.map((path) => kindName(path));
