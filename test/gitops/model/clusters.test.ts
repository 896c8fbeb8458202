import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { parseManagedCluster, parsePlacementDecision } from '../../../src/gitops/model/clusters.ts';
import { isArgoFinalizer, withoutArgoFinalizers } from '../../../src/gitops/model/finalizers.ts';

describe('parseManagedCluster', () => {
  it.each([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['1', false],
  ])('takes local-cluster=%s as %j', (value, local) => {
    expect(parseManagedCluster({ metadata: { name: 'c', labels: { 'local-cluster': value } } }).local).toBe(local);
  });

  it.each([
    ['True', true],
    ['False', false],
    ['Unknown', false],
  ])('takes availability %s as %j', (status, available) => {
    const conditions = [
      { type: 'HubAcceptedManagedCluster', status: 'True' },
      { type: 'ManagedClusterConditionAvailable', status, lastTransitionTime: '2026-01-01T00:00:00Z' },
    ];
    const cluster = parseManagedCluster({ metadata: { name: 'c' }, status: { conditions } });
    expect(cluster).toEqual({ name: 'c', local: false, available, availableSince: '2026-01-01T00:00:00Z' });
  });

  it.each([
    [undefined, undefined],
    ['maestro', undefined],
    ['classic', 'classic'],
    ['Maestro', 'Maestro'],
    ['', ''],
  ])('takes the pull model %j as being left to %j', (value, leftTo) => {
    const annotations = value === undefined ? {} : { 'maestro-cli.hyperfleet.io/pull-model': value };
    expect(parseManagedCluster({ metadata: { name: 'c', annotations } }).leftTo).toBe(leftTo);
  });

  it.each<[JsonObject]>([
    [{}],
    [{ metadata: 'x', status: [] }],
    [{ metadata: { labels: [] }, status: { conditions: [null] } }],
  ])('reads %j without a name or availability', (object) => {
    expect(parseManagedCluster(object)).toEqual({ name: '', local: false, available: undefined });
  });
});

describe('parsePlacementDecision', () => {
  it('reads the clusters and leaves out what is none', () => {
    const decisions = [{ clusterName: 'c1', reason: '' }, { clusterName: '' }, 'c3', { clusterName: 'c2' }];
    const object = { metadata: { namespace: 'team', name: 'p-1' }, status: { decisions } };
    expect(parsePlacementDecision(object)).toEqual({ key: 'team/p-1', namespace: 'team', clusters: ['c1', 'c2'] });
  });

  it('reads one without a status as choosing nothing', () => {
    expect(parsePlacementDecision({ metadata: { namespace: 'a', name: 'b' } }).clusters).toEqual([]);
  });
});

describe('finalizers', () => {
  it.each([
    ['resources-finalizer.argocd.argoproj.io', true],
    ['resources-finalizer.argocd.argoproj.io/background', true],
    ['resources-finalizer.argocd.argoproj.io/foreground', true],
    ['post-delete-finalizer.argocd.argoproj.io', true],
    ['post-delete-finalizer.argocd.argoproj.io/cleanup', true],
    ['pre-delete-finalizer.argocd.argoproj.io', true],
    ['example.com/resources-finalizer.argocd.argoproj.io', false],
    ['example.com/keep', false],
    ['foregroundDeletion', false],
  ])('knows whether %s is of Argo CD', (finalizer, ofArgo) => {
    expect(isArgoFinalizer(finalizer)).toBe(ofArgo);
    expect(withoutArgoFinalizers(['a/b', finalizer])).toEqual(ofArgo ? ['a/b'] : ['a/b', finalizer]);
  });
});
