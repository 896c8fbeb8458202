import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { parseHubApplication, pullSelector } from '../../../src/gitops/model/hub-application.ts';
import { pullLabel } from '../../../src/gitops/constants.ts';

const cluster = 'apps.open-cluster-management.io/ocm-managed-cluster';
const spokeNamespace = 'apps.open-cluster-management.io/ocm-managed-cluster-app-namespace';

describe('parseHubApplication', () => {
  it.each([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['t', true],
    ['T', true],
    ['1', true],
    ['false', false],
    ['yes', false],
    ['tRUE', false],
    ['', false],
    [undefined, false],
  ])('reads the pull label %j as %j', (value, selected) => {
    const labels = value === undefined ? {} : { [pullLabel]: value };
    expect(parseHubApplication({ metadata: { labels } }).selected).toBe(selected);
  });

  it('selects on the server exactly the values that it reads as true', () => {
    const listed = /\((.*)\)$/.exec(pullSelector)?.[1]?.split(',') ?? [];
    expect(listed).toHaveLength(6);
    for (const value of listed)
      expect(parseHubApplication({ metadata: { labels: { [pullLabel]: value } } }).selected).toBe(true);
  });

  it.each<[string, JsonObject, string]>([
    ['the annotation', { namespace: 'hub', annotations: { [spokeNamespace]: 'team' } }, 'team'],
    ['the hub namespace', { namespace: 'hub' }, 'hub'],
    [
      'the hub namespace when the annotation is empty',
      { namespace: 'hub', annotations: { [spokeNamespace]: '' } },
      'hub',
    ],
    ['openshift-gitops', {}, 'openshift-gitops'],
  ])('takes the spoke namespace from %s', (_what, metadata, wanted) => {
    expect(parseHubApplication({ metadata }).spokeNamespace).toBe(wanted);
  });

  it('finds the owning set regardless of case, and the first one', () => {
    const ownerReferences = [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'no' },
      { apiVersion: 'ArgoProj.io/v1alpha1', kind: 'applicationset', name: 'first' },
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'second' },
    ];
    const app = parseHubApplication({ metadata: { namespace: 'team-a', name: 'x', ownerReferences } });
    expect(app).toMatchObject({ key: 'team-a/x', applicationSet: 'team-a/first' });
  });

  it('reads the rest', () => {
    const object: JsonObject = {
      metadata: {
        name: 'x',
        namespace: 'hub',
        uid: 'u',
        resourceVersion: '7',
        deletionTimestamp: '2026-01-01T00:00:00Z',
        finalizers: ['a/b', 3],
        annotations: {
          [cluster]: 'c1',
          'argocd.argoproj.io/skip-reconcile': 'true',
          'argocd.argoproj.io/refresh': 'hard',
        },
      },
      spec: { project: 'team' },
      operation: { sync: {} },
      status: { sync: { status: 'Synced' } },
    };
    expect(parseHubApplication(object)).toEqual({
      key: 'hub/x',
      namespace: 'hub',
      name: 'x',
      uid: 'u',
      resourceVersion: '7',
      selected: false,
      cluster: 'c1',
      spokeNamespace: 'hub',
      skipReconcile: true,
      deletionTimestamp: '2026-01-01T00:00:00Z',
      finalizers: ['a/b'],
      project: 'team',
      operation: { sync: {} },
      refresh: 'hard',
      status: { sync: { status: 'Synced' } },
      object,
    });
  });

  it.each<[JsonObject]>([[{}], [{ project: '' }], [{ project: 3 }]])('reads the project default out of %j', (spec) => {
    expect(parseHubApplication({ spec }).project).toBe('default');
  });

  it('never throws, whatever the object is', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('metadata', 'spec', 'status', 'operation'), fc.jsonValue()),
        (object) => {
          const app = parseHubApplication(object);
          expect(app.key).toBe(`${app.namespace}/${app.name}`);
          expect(app.finalizers.every((item: JsonValue) => typeof item === 'string')).toBe(true);
        },
      ),
    );
  });
});
