import { describe, expect, it } from 'vitest';
import { parseLabelSelector } from '../../../src/core/label-selector.ts';
import { chooseClusters } from '../../../src/gitops/check/choose-clusters.ts';
import type { Fleet } from '../../../src/gitops/check/facts.ts';
import { app, bundle, classicWork, cluster, healthyFleet, seen, unseen } from './healthy.ts';

const known = ['a', 'b', 'c', 'd', 'e', 'f', 'hub'].map((name) =>
  cluster(name, { local: name === 'hub', labels: { name } }),
);

function fleet(changes: Partial<Fleet> = {}): Fleet {
  return {
    ...healthyFleet(),
    unreadable: [],
    clusters: seen(new Map(known.map((one) => [one.name, one]))),
    applications: seen(
      new Map(
        [app('one', { cluster: 'a' }), app('left', { cluster: 'f', selected: false })].map((one) => [one.key, one]),
      ),
    ),
    bundles: seen([bundle('x', { cluster: 'b' }), bundle('y', { cluster: 'f', manager: 'other-hub' })]),
    classic: seen([classicWork('z', { cluster: 'c' })]),
    decisions: seen(
      new Map([
        ['argocd', new Set(['d', 'hub'])],
        ['elsewhere', new Set(['f'])],
      ]),
    ),
    addOns: seen(
      new Map([
        ['e', { 'maestro-addon': { available: true, message: '' } }],
        ['f', {}],
      ]),
    ),
    ...changes,
  };
}

describe('the clusters that are looked at', () => {
  it('are those that an application, a work, a placement of its namespace or an add-on concerns', () => {
    expect(chooseClusters({ kind: 'concerned' }, fleet())).toEqual({ chosen: ['a', 'b', 'c', 'd', 'e'], aside: 1 });
  });

  it('have the hub among them when an application is for it', () => {
    const home = app('home', { cluster: 'hub' });
    const { chosen } = chooseClusters(
      { kind: 'concerned' },
      fleet({ applications: seen(new Map([[home.key, home]])) }),
    );
    expect(chosen).toContain('hub');
  });

  it('are told from what could be looked at', () => {
    const hidden = { clusters: unseen, decisions: unseen, addOns: unseen, classic: unseen };
    expect(chooseClusters({ kind: 'concerned' }, fleet(hidden))).toEqual({ chosen: ['a', 'b'], aside: 0 });
  });

  it('are those that were named, known or not, or have the labels', () => {
    expect(chooseClusters({ kind: 'named', names: ['z', 'a'] }, fleet()).chosen).toEqual(['a', 'z']);
    const by = (text: string): ReturnType<typeof chooseClusters> =>
      chooseClusters({ kind: 'selected', selector: parseLabelSelector(text), text }, fleet());
    expect(by('name in (a,b)').chosen).toEqual(['a', 'b']);
    expect(() => by('name=none')).toThrow('no ManagedCluster has the labels name=none');
  });
});
