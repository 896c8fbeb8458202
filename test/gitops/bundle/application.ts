import type { JsonObject } from '../../../src/core/json.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { readWrittenWork } from '../../../src/core/works/written-work.ts';
import { buildBundle, type BuiltBundle } from '../../../src/gitops/bundle/build-bundle.ts';
import type { OneShot } from '../../../src/gitops/bundle/one-shot.ts';
import { bundleProblems } from '../../../src/gitops/bundle/bundle-problems.ts';
import { draftBundle, type BundleSettings, type DraftOptions } from '../../../src/gitops/bundle/draft-bundle.ts';
import type { HubApplication } from '../../../src/gitops/model/hub-application.ts';

export const settings: BundleSettings = {
  sourceId: 'app-work-client',
  hubId: 'hub-1',
  deliverNamespace: false,
  deliverProject: false,
};

export const finalizer = 'resources-finalizer.argocd.argoproj.io';

/** A hub application as the ApplicationSet controller of the examples makes it. */
export function hubObject(
  over: { readonly metadata?: JsonObject; readonly [key: string]: JsonObject | undefined } = {},
): JsonObject {
  const { metadata, ...rest } = over;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: 'xj-managed-1-bgdk-app',
      namespace: 'openshift-gitops',
      uid: 'uid-1',
      resourceVersion: '10',
      generation: 3,
      creationTimestamp: '2026-01-01T00:00:00Z',
      managedFields: [{ manager: 'argocd' }],
      finalizers: [finalizer],
      labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': 'true' },
      annotations: {
        'apps.open-cluster-management.io/ocm-managed-cluster': 'xj-managed-1',
        'apps.open-cluster-management.io/ocm-managed-cluster-app-namespace': 'openshift-gitops',
        'argocd.argoproj.io/skip-reconcile': 'true',
      },
      ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'bgdk-app-set', uid: 's' }],
      ...metadata,
    },
    spec: {
      project: 'default',
      destination: { name: 'xj-managed-1', namespace: 'bgdk' },
      source: { repoURL: 'https://example.com/git', path: 'apps/bgd', targetRevision: 'HEAD' },
      syncPolicy: { automated: {}, syncOptions: ['CreateNamespace=true'] },
    },
    ...rest,
  };
}

/** Drafted and built in one go, with its data read back. */
export function bundleOf(
  app: HubApplication,
  of: BundleSettings = settings,
  oneShot: OneShot = {},
  { name, ...options }: DraftOptions & { readonly name?: string } = {},
): {
  readonly built: BuiltBundle;
  readonly id: string;
  readonly contentHash: string;
  readonly work: ManifestWork;
  readonly problems: readonly string[];
} {
  const built = buildBundle(app, draftBundle(app, of, options), of, {
    oneShot,
    ...(name === undefined ? {} : { name }),
  });
  return {
    built,
    id: built.id,
    contentHash: built.contentHash,
    work: { ...readWrittenWork(built.work), namespace: app.cluster },
    problems: bundleProblems(built, app),
  };
}
