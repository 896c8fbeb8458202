import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClusterTable, DecisionTable } from '../../../src/gitops/index/clusters.ts';

const cluster = (name: string): { readonly name: string; readonly local: boolean; readonly available: boolean } => ({
  name,
  local: false,
  available: true,
});

describe('the table of clusters', () => {
  test('a cluster is missing since it was first asked for in vain, until it comes', () => {
    const table = new ClusterTable();
    expect(table.missingSinceMs('c1', 5)).toBe(5);
    expect(table.missingSinceMs('c1', 9)).toBe(5);
    table.set(cluster('c1'));
    expect([table.size, table.get('c1')?.name, table.missingSinceMs('c1', 10)]).toEqual([1, 'c1', undefined]);
    table.delete('c1');
    expect([table.size, table.get('c1'), table.missingSinceMs('c1', 12), table.missingSinceMs('c1', 20)]).toEqual([
      0,
      undefined,
      12,
      12,
    ]);
  });
});

describe('the table of decisions', () => {
  const namespaces = ['team-a', 'team-b'];
  const clusters = ['c1', 'c2', 'c3'];
  const step = fc.record({
    namespace: fc.constantFrom(...namespaces),
    name: fc.constantFrom('one', 'two'),
    // undefined: the decision is gone. A decision may name a cluster twice.
    clusters: fc.option(fc.array(fc.constantFrom(...clusters), { maxLength: 4 }), { nil: undefined }),
  });

  test('allows what any decision of the namespace says, and tells for which clusters a change made a difference', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const table = new DecisionTable();
        const model = new Map<string, readonly string[]>();
        const allowed = (namespace: string, name: string): boolean =>
          [...model].some(([key, chosen]) => key.startsWith(`${namespace}/`) && chosen.includes(name));
        for (const { namespace, name, clusters: chosen } of steps) {
          const key = `${namespace}/${name}`;
          const before = clusters.filter((one) => allowed(namespace, one));
          const told = chosen === undefined ? table.delete(key) : table.set({ key, namespace, clusters: chosen });
          if (chosen === undefined) model.delete(key);
          else model.set(key, chosen);
          const after = clusters.filter((one) => allowed(namespace, one));
          expect([...told].sort()).toEqual(clusters.filter((one) => before.includes(one) !== after.includes(one)));
          for (const one of namespaces)
            for (const its of clusters) expect(table.allows(one, its)).toBe(allowed(one, its));
        }
      }),
    );
  });
});
