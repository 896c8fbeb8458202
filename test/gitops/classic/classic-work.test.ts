import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { readClassicWork } from '../../../src/gitops/classic/classic-work.ts';

const prefix = 'apps.open-cluster-management.io/';

function classicWork(metadata: JsonObject = {}, spec: JsonObject = {}, status: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: {
      namespace: 'c1',
      name: 'c1-guestbook-0a1b2',
      uid: 'uid-1',
      resourceVersion: '77',
      generation: 3,
      labels: { [`${prefix}application-set`]: 'true' },
      annotations: {
        [`${prefix}hub-application-namespace`]: 'openshift-gitops',
        [`${prefix}hub-application-name`]: 'c1-guestbook',
        [`${prefix}hosting-applicationset`]: 'openshift-gitops/guestbook',
      },
      ...metadata,
    },
    spec: {
      deleteOption: { propagationPolicy: 'SelectivelyOrphan' },
      workload: {
        manifests: [
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'openshift-gitops' } },
          { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { namespace: 'argocd', name: 'team' } },
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'Application',
            metadata: { namespace: 'openshift-gitops', name: 'c1-guestbook' },
          },
        ],
      },
      manifestConfigs: [
        {
          resourceIdentifier: {
            group: 'argoproj.io',
            resource: 'applications',
            namespace: 'openshift-gitops',
            name: 'c1-guestbook',
          },
          updateStrategy: { type: 'ServerSideApply', serverSideApply: { force: true } },
        },
      ],
      ...spec,
    },
    status,
  };
}

describe('a work of the classic model', () => {
  it('says whose it is and what it holds', () => {
    const applied = { type: 'Applied', status: 'True', observedGeneration: 3, message: 'ok' };
    expect(readClassicWork(classicWork({}, {}, { conditions: [applied] }))).toEqual({
      cluster: 'c1',
      name: 'c1-guestbook-0a1b2',
      uid: 'uid-1',
      resourceVersion: '77',
      generation: 3,
      deleting: false,
      hubNamespace: 'openshift-gitops',
      hubName: 'c1-guestbook',
      applicationSet: 'openshift-gitops/guestbook',
      applications: [{ namespace: 'openshift-gitops', name: 'c1-guestbook' }],
      projects: [{ namespace: 'argocd', name: 'team' }],
      namespaces: ['openshift-gitops'],
      strategy: 'ServerSideApply',
      deletion: 'SelectivelyOrphan',
      applied: { status: 'True', observedGeneration: 3, message: 'ok' },
    });
  });

  it('without options is applied by Update and deleted with what it holds, as the API has it', () => {
    const bare = classicWork({ deletionTimestamp: '2026-01-02T03:04:05Z' }, { deleteOption: {}, manifestConfigs: [] });
    expect(readClassicWork(bare)).toMatchObject({ strategy: 'Update', deletion: 'Foreground', deleting: true });
  });

  it('is applied as the first config says that is about its Application and has a strategy, as agents take it', () => {
    const identifier = { group: 'argoproj.io', resource: 'applications', namespace: 'openshift-gitops' };
    const manifestConfigs = [
      { resourceIdentifier: { ...identifier, name: 'c1-guestbook' }, feedbackRules: [{ type: 'WellKnownStatus' }] },
      { resourceIdentifier: { ...identifier, name: '*' }, updateStrategy: { type: 'ReadOnly' } },
    ];
    expect(readClassicWork(classicWork({}, { manifestConfigs }))).toMatchObject({ strategy: 'ReadOnly' });
  });

  it.each<[string, JsonObject]>([
    ['annotations', { annotations: {} }],
    ['the name of the application', { annotations: { [`${prefix}hub-application-namespace`]: 'argocd' } }],
    ['a label', { labels: {} }],
    ['a label that says yes', { labels: { [`${prefix}pull-to-ocm-managed-cluster`]: 'false' } }],
  ])('is none without %s, whatever its name is', (_what, metadata) => {
    expect(readClassicWork(classicWork(metadata))).toBeUndefined();
  });

  it('is read out of whatever an object holds without an error', () => {
    for (const spec of [{ workload: 'x' }, { workload: { manifests: [7, null] } }, { manifestConfigs: {} }])
      expect(readClassicWork(classicWork({}, spec as JsonObject))?.name).toBe('c1-guestbook-0a1b2');
    expect(readClassicWork({})).toBeUndefined();
  });
});
