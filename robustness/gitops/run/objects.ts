import type { JsonObject } from '../../../src/core/json.ts';
import { resourcesFinalizer } from '../../../test/gitops/rig/index.ts';
import type { ApplicationName } from '../program/program.ts';

export const namespace = 'openshift-gitops';
export const clusterAnnotation = 'apps.open-cluster-management.io/ocm-managed-cluster';
export const setPlacement = 'chosen';
export const setName = 'of-set';

const pullLabel = 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster';
const repoURL = 'https://git.example.com/team/apps';

/** An application that somebody makes by hand. */
export function applicationOf(name: ApplicationName, cluster: string, change: string): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace, ...markers(cluster), finalizers: [resourcesFinalizer] },
    spec: specOf(name, change, name === 'by-itself'),
  };
}

/** A set that makes one application on each cluster that its placement chose. */
export function applicationSetOf(change: string): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name: setName, namespace },
    spec: {
      generators: [
        {
          clusterDecisionResource: {
            configMapRef: 'acm-placement',
            labelSelector: { matchLabels: { 'cluster.open-cluster-management.io/placement': setPlacement } },
            requeueAfterSeconds: 30,
          },
        },
      ],
      template: {
        metadata: { name: `{{name}}-${setName}`, ...markers('{{name}}') },
        spec: specOf(setName, change, true),
      },
    },
  };
}

function markers(cluster: string): JsonObject {
  return {
    labels: { [pullLabel]: 'true' },
    annotations: { [clusterAnnotation]: cluster, 'argocd.argoproj.io/skip-reconcile': 'true' },
  };
}

function specOf(name: string, change: string, automated: boolean): JsonObject {
  return {
    project: 'default',
    // Not the cluster's own: that is what stands there on the cluster alone.
    destination: { namespace: name, server: 'https://control-plane.example.com' },
    source: { repoURL, path: name, targetRevision: change },
    syncPolicy: { ...(automated ? { automated: {} } : {}), syncOptions: ['CreateNamespace=true'] },
  };
}
