import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { builtInKind, kindFinder } from '../../../src/core/kinds/known-kinds.ts';

describe('a kind', () => {
  it('of Kubernetes is known by its plural, its scope, and whether clusters keep it', () => {
    expect(builtInKind('', 'Pod')).toEqual({ resource: 'pods', namespaced: true, kept: true });
    expect(builtInKind('', 'Node')).toEqual({ resource: 'nodes', namespaced: false, kept: true });
    expect(builtInKind('', 'Binding')).toEqual({ resource: 'bindings', namespaced: true, kept: false });
    expect(builtInKind('', 'ComponentStatus')).toEqual({
      resource: 'componentstatuses',
      namespaced: false,
      kept: false,
    });
    for (const [group, kind] of [
      ['', 'Boat'],
      ['example.net', 'Pod'],
      ['', 'constructor'],
      ['constructor', 'name'],
    ] as const)
      expect(builtInKind(group, kind)).toBeUndefined();
  });

  const definition = (spec: JsonValue, kind = 'CustomResourceDefinition'): JsonObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind,
    spec,
  });
  const names = { kind: 'Boat', plural: 'boats' };
  const base = { group: 'example.net', scope: 'Cluster', names };
  const boat = (spec: JsonValue, kind?: string) => kindFinder([definition(spec, kind)])('example.net', 'Boat');

  it('is known by a definition among the objects', () => {
    expect(boat(base)).toEqual({ resource: 'boats', namespaced: false, kept: true });
    expect(boat({ ...base, scope: 'Namespaced' })).toEqual({ resource: 'boats', namespaced: true, kept: true });
    const versions = [{ name: 'v1', served: true }, { name: 'v2' }, { name: 'v0', served: false }, 'v3'];
    expect(boat({ ...base, versions })?.versions).toEqual(['v1', 'v2']);
    for (const wrong of [[], 'v1', [{ name: 7 }, { name: 'v1' }]])
      expect(boat({ ...base, versions: wrong })).toEqual({ resource: 'boats', namespaced: false, kept: true });
    expect(kindFinder([definition(base)])('', 'Pod')).toEqual(builtInKind('', 'Pod'));
    expect(kindFinder([definition(base)])('example.net', 'Ship')).toBeUndefined();
  });

  it.each<JsonValue>([
    'spec',
    null,
    {},
    { ...base, names: 'boats' },
    { ...base, group: 7 },
    { ...base, scope: 'Other' },
    { ...base, names: { kind: 'Boat' } },
    { ...base, names: { plural: 'boats', kind: 7 } },
  ])('is not known by a definition that does not say it: %j', (spec) => {
    const wanted = kindFinder([definition(spec)]);
    expect([wanted('example.net', 'Boat'), wanted('7', 'Boat'), wanted('example.net', '7')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is not known by what is no definition', () => {
    expect(boat(base, 'Other')).toBeUndefined();
    expect(kindFinder([null, 'text', []])('', 'Boat')).toBeUndefined();
  });
});
