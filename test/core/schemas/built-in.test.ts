import { describe, expect, test } from 'vitest';
import { removedKinds, servedKinds } from '../../../src/core/kinds/kubernetes-kinds.ts';
import { builtInKind } from '../../../src/core/kinds/known-kinds.ts';
import { readBuiltIns } from '../../../src/core/schemas/built-in.ts';
import { checkTypes, readGoTypes } from './go-types.ts';

const builtIns = readBuiltIns();

describe('the schemas of Kubernetes', () => {
  test('have the fields of the Go types, each of its type, in every kind that is served', () => {
    const { kinds, types } = readGoTypes();
    const served = Object.entries(servedKinds).flatMap(([apiVersion, names]) =>
      names.map((kind) => ({ apiVersion, kind })),
    );
    expect(served.length).toBeGreaterThan(90);
    const checked = checkTypes(served, { kinds, types }, builtIns);
    expect(checked.differences).toEqual([]);
    // Types within types within kinds: a walk that stopped early would find no difference either.
    expect(checked.types).toBeGreaterThan(600);
    expect(checked.fields).toBeGreaterThan(2400);
  });

  test('are told apart from the Go types when a field is missing, is too much or has another type', () => {
    const types = readGoTypes();
    const secret = builtIns.kinds['v1']?.['Secret'] ?? '';
    const { immutable: _removed, ...properties } = builtIns.definitions[secret]?.['properties'] as Record<
      string,
      { type: string }
    >;
    const changed = { ...properties, extra: { type: 'string' }, type: { type: 'integer' } };
    const definitions = { ...builtIns.definitions, [secret]: { properties: changed } };
    expect(checkTypes([{ apiVersion: 'v1', kind: 'Secret' }], types, { ...builtIns, definitions }).differences).toEqual(
      [
        'core.v1.Secret.immutable: no schema',
        'core.v1.Secret.type: Go has string, the schema integer',
        'core.v1.Secret.extra: no such field in Go',
      ],
    );
  });

  test('are there for every kind that a cluster keeps, and for what later releases removed', () => {
    const without = Object.entries(servedKinds).flatMap(([apiVersion, kinds]) =>
      kinds.filter((kind) => builtIns.kinds[apiVersion]?.[kind] === undefined).map((kind) => `${apiVersion} ${kind}`),
    );
    expect(without).toEqual([]);
    expect(builtIns.kinds['autoscaling/v2beta2']).toHaveProperty('HorizontalPodAutoscaler');
    expect(builtIns.kinds['flowcontrol.apiserver.k8s.io/v1beta3']).toHaveProperty('FlowSchema');
    expect(
      Object.values(builtIns.kinds)
        .flatMap((names) => Object.keys(names))
        .filter((kind) => kind.endsWith('List')),
    ).toEqual([]);
  });

  test('hold together: every reference leads to a definition', () => {
    const references = JSON.stringify(builtIns.definitions).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g);
    const missing = [...references]
      .map((match) => match[1] ?? '')
      .filter((name) => !Object.hasOwn(builtIns.definitions, name));
    expect(missing).toEqual([]);
  });

  test('leave no list without the schema of its items', () => {
    const bare = JSON.stringify(builtIns.definitions).match(/\{"type":"array"\}/g);
    expect(bare).toBeNull();
  });
});

describe('the kinds of Kubernetes', () => {
  test.each([
    ['', 'ConfigMap', { resource: 'configmaps', namespaced: true, kept: true }],
    ['', 'Namespace', { resource: 'namespaces', namespaced: false, kept: true }],
    ['networking.k8s.io', 'Ingress', { resource: 'ingresses', namespaced: true, kept: true }],
    ['storage.k8s.io', 'CSIDriver', { resource: 'csidrivers', namespaced: false, kept: true }],
    [
      'authorization.k8s.io',
      'SubjectAccessReview',
      { resource: 'subjectaccessreviews', namespaced: false, kept: false },
    ],
    ['', 'constructor', undefined],
    ['__proto__', 'ConfigMap', undefined],
  ])('%s %s', (group, kind, expected) => expect(builtInKind(group, kind)).toEqual(expected));

  test('are not both served and removed', () => {
    const both = Object.entries(removedKinds).flatMap(([apiVersion, kinds]) =>
      Object.keys(kinds).filter((kind) => servedKinds[apiVersion]?.includes(kind)),
    );
    expect(both).toEqual([]);
  });
});
