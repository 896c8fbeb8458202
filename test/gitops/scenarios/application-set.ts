import type { JsonObject } from '../../../src/core/json.ts';
import type { KubeObject } from '../rig/index.ts';
import { clusterAnnotation, namespace, pullLabel } from './support.ts';

export interface SetOptions {
  readonly repoURL?: string;
  /** Of the applications, beside the label by which they are delivered. */
  readonly labels?: JsonObject;
  /** Of the set, beside its generator and its template. */
  readonly spec?: JsonObject;
}

/** A set as those of the seeds: one application `<cluster>-<name>` on each cluster that the placement `all` chose. */
export function applicationSet(name: string, options: SetOptions = {}): KubeObject {
  const { repoURL = 'https://git.example.com/team/apps', labels, spec } = options;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name, namespace },
    spec: {
      generators: [
        {
          clusterDecisionResource: {
            configMapRef: 'acm-placement',
            labelSelector: { matchLabels: { 'cluster.open-cluster-management.io/placement': 'all' } },
            requeueAfterSeconds: 30,
          },
        },
      ],
      ...spec,
      template: {
        metadata: {
          name: `{{name}}-${name}`,
          labels: { [pullLabel]: 'true', ...labels },
          annotations: { [clusterAnnotation]: '{{name}}', 'argocd.argoproj.io/skip-reconcile': 'true' },
        },
        spec: {
          project: 'default',
          destination: { namespace: name, server: 'https://kubernetes.default.svc' },
          source: { repoURL, path: name, targetRevision: 'HEAD' },
          syncPolicy: { automated: {}, syncOptions: ['CreateNamespace=true'] },
        },
      },
    },
  } as unknown as KubeObject;
}
