import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { inventoryOf } from '../../../src/core/migration/inventory.ts';
import { guessPattern, reportedResources } from '../../../src/core/migration/old-work.ts';
import { withOwnersOfAll } from '../../../src/core/ownership/owners.ts';
import { renames } from '../../../src/core/migration/renames.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { bundleOf, config, configMap, consumer, planned, request, source, stored, work } from './stored.ts';

const namespaces = stored(work('hyperfleet-c1-ns', [configMap('a')]), 'ns', 2);
const nodepools = stored(
  work('hyperfleet-c1-np', [configMap('b'), configMap('a', { k: 'v' })], {
    manifestConfigs: [config('b')],
    deleteOption: { propagationPolicy: 'Orphan' },
  }),
  'np',
);

describe('the inventory of a cluster', () => {
  it('tells of each work what a migration has to know', () => {
    const bundles = [bundleOf(namespaces), bundleOf(nodepools, { deletedAt: '2026-11-23T01:00:00Z' })];
    const { works, pattern, consumer: of } = inventoryOf(consumer, source, bundles, (id) => id === nodepools.id);
    expect([of, pattern]).toEqual(['c1', 'A']);
    expect(works).toEqual([
      {
        name: 'hyperfleet-c1-ns',
        version: 2,
        managers: ['ns'],
        managersFrom: 'record',
        objects: ['ConfigMap/default/a'],
        manifestConfigs: 0,
        deleteOption: 'Foreground',
        executor: false,
        bytes: JSON.stringify({ manifests: [configMap('a')] }).length,
      },
      expect.objectContaining({
        managers: ['np'],
        objects: ['ConfigMap/default/b', 'ConfigMap/default/a'],
        manifestConfigs: 1,
        deleteOption: 'Orphan',
        executor: true,
        deletedAt: '2026-11-23T01:00:00Z',
      }),
    ]);
  });

  it('takes a deleteOption that says nothing of the policy for what the agent takes it for', () => {
    const works = [{}, { propagationPolicy: '' }].map((deleteOption) =>
      bundleOf(stored(work('w', [configMap('a')], { deleteOption }))),
    );
    expect(inventoryOf(consumer, source, works, () => false).works.map((one) => one.deleteOption)).toEqual([
      'Foreground',
      'Foreground',
    ]);
  });

  it('names the managers of a work once, in order, and the source where nobody else is known', () => {
    const several = stored(work('one', [configMap('a'), configMap('b'), configMap('c')]), 'x');
    const plain = stored(work('two', [configMap('z')]));
    const empty = stored(work('three', []));
    const { works } = inventoryOf(
      consumer,
      source,
      [several, plain, empty].map((one) => bundleOf(one)),
      () => false,
    );
    expect(works.map(({ managers, managersFrom }) => [managers, managersFrom])).toEqual([
      [['x'], 'record'],
      [[source], 'source'],
      [[], 'source'],
    ]);
  });

  it('tells which objects several works hold, and whether they hold them alike', () => {
    const alike = stored(
      work('x', [{ ...configMap('b'), metadata: { name: 'b', namespace: 'default', labels: null } }]),
    );
    const { shared } = inventoryOf(
      consumer,
      source,
      [namespaces, nodepools, alike].map((one) => bundleOf(one)),
      () => false,
    );
    expect(shared).toEqual([
      { object: 'ConfigMap/default/a', works: ['hyperfleet-c1-ns', 'hyperfleet-c1-np'], differs: true },
      { object: 'ConfigMap/default/b', works: ['hyperfleet-c1-np', 'x'], differs: false },
    ]);
  });

  it('tells of works that name an adapter or record several managers, and takes a policy that is no text for none', () => {
    const several = withOwnersOfAll(
      work('one', [configMap('a', { k: 'ä' }), configMap('b')]),
      new Map([
        ['ConfigMap/default/a', 'z'],
        ['ConfigMap/default/b', 'c'],
      ]),
    );
    const named = work('hyperfleet-c1-idp', [configMap('b')], { deleteOption: { propagationPolicy: 7 } });
    const bundles = [several, named].map((content) => bundleOf({ id: content.name, version: 1, work: content }));
    const common = { version: 1, manifestConfigs: 0, deleteOption: 'Foreground', executor: false };
    expect(inventoryOf(consumer, source, bundles, () => false)).toStrictEqual({
      consumer: 'c1',
      pattern: 'A',
      works: [
        {
          name: 'one',
          managers: ['c', 'z'],
          managersFrom: 'record',
          objects: ['ConfigMap/default/a', 'ConfigMap/default/b'],
          ...common,
          bytes: JSON.stringify({ manifests: several.manifests }).length + 1,
        },
        {
          name: 'hyperfleet-c1-idp',
          managers: ['idp'],
          managersFrom: 'name',
          objects: ['ConfigMap/default/b'],
          ...common,
          bytes: JSON.stringify({ manifests: named.manifests, deleteOption: named.deleteOption }).length,
        },
      ],
      shared: [{ object: 'ConfigMap/default/b', works: ['one', 'hyperfleet-c1-idp'], differs: false }],
    });
  });

  it('takes a label without a value for one that is empty, as agents do, and for no label that is not there', () => {
    const labelled = (name: string, labels: JsonObject): ResourceBundle => {
      const manifest = { ...configMap('a'), metadata: { name: 'a', namespace: 'default', labels } };
      return bundleOf({ id: name, version: 1, work: work(name, [manifest]) });
    };
    const differs = (...works: readonly ResourceBundle[]): unknown =>
      inventoryOf(consumer, source, works, () => false).shared.map((one) => one.differs);
    expect(differs(labelled('x', { l: null }), labelled('y', { l: '' }))).toEqual([false]);
    expect(differs(labelled('x', { l: null }), labelled('y', {}))).toEqual([true]);
  });

  it('of a cluster without works has no pattern', () => {
    expect(inventoryOf(consumer, source, [], () => false)).toStrictEqual({ consumer, works: [], shared: [] });
  });

  it.each<[string, readonly (readonly JsonObject[])[], string]>([
    ['one work', [[configMap('a')]], 'C'],
    ['a work for each object', [[configMap('a')], [configMap('b')]], 'B'],
    ['works of several objects', [[configMap('a')], [configMap('b'), configMap('c')]], 'A'],
    ['no work', [], 'A'],
  ])('of %s looks like a pattern', (_what, works, pattern) => {
    expect(guessPattern(works.map((manifests) => ({ manifests })))).toBe(pattern);
  });
});

describe('what becomes of the works of a cluster', () => {
  it('is told to each manager by the old names, for its own objects alone', () => {
    const plan = planned(
      [namespaces, stored(work('hyperfleet-c1-np', [configMap('b'), configMap('c')]), 'np')],
      request('C'),
    );
    expect(renames(plan, source)).toEqual([
      {
        consumer: 'c1',
        old: 'hyperfleet-c1-np',
        manager: 'np',
        new: 'hyperfleet-c1',
        objects: ['ConfigMap/default/b', 'ConfigMap/default/c'],
      },
      {
        consumer: 'c1',
        old: 'hyperfleet-c1-ns',
        manager: 'ns',
        new: 'hyperfleet-c1',
        objects: ['ConfigMap/default/a'],
      },
    ]);
  });

  it('tells the source of what nobody else manages', () => {
    const [rename] = renames(planned([stored(work('one', [configMap('a')]))], request('C')), source);
    expect(rename).toMatchObject({ old: 'one', manager: source });
  });
});

describe('the plurals that an agent has reported', () => {
  const entry = (ordinal: number, name: string, resource: string): object => ({
    resourceMeta: { ordinal, group: '', version: 'v1', kind: 'ConfigMap', resource, namespace: 'default', name },
    conditions: [],
    feedback: [],
  });

  it('are known by the labels of the manifests; one that it could not resolve is not', () => {
    const status = {
      observedVersion: 1,
      sequenceId: '',
      conditions: [],
      resourceStatus: [entry(0, 'a', 'configmaps'), entry(1, 'b', '')],
    } as unknown as NonNullable<ResourceBundle['status']>;
    const manifests = [configMap('a'), configMap('b'), configMap('c')];
    expect(reportedResources({ manifests, status })).toEqual({ 'ConfigMap/default/a': 'configmaps' });
    expect(reportedResources({ manifests })).toEqual({});
  });
});
