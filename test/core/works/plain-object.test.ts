import { describe, expect, it } from 'vitest';
import { MaestroError } from '../../../src/errors.ts';
import { deepestNesting } from '../../../src/core/json-nesting.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { clientNodeNames } from '../../../src/core/works/client-node-names.ts';
import { bundleData } from '../../../src/core/works/document.ts';
import { plainObject } from '../../../src/core/works/plain-object.ts';
import { workOf, type ManifestWorkInput } from '../../../src/core/works/work-input.ts';
import { isWrittenWork, readWrittenWork } from '../../../src/core/works/written-work.ts';

function refusalOf(call: () => unknown): string {
  try {
    call();
  } catch (caught) {
    if (!(caught instanceof MaestroError)) throw caught;
    expect(caught.code).toBe('invalid-input');
    return caught.message;
  }
  return 'taken';
}

describe('an object of a program, as plain JSON', () => {
  class Quantity {
    readonly bytes = 5;
    toJSON(): string {
      return `${this.bytes}Mi`;
    }
  }

  it.each<[string, unknown, unknown]>([
    ['scalars', ['a', true, 1.5, 5n, null], ['a', true, 1.5, 5n, null]],
    ['a time', new Date('2026-01-02T03:04:05.678Z'), '2026-01-02T03:04:05.678Z'],
    ['what says itself what it is as JSON', new Quantity(), '5Mi'],
    ['what says nothing by toJSON', { toJSON: 'x', a: 1 }, { toJSON: 'x', a: 1 }],
    ['members that are undefined', { a: undefined, b: 1 }, { b: 1 }],
    ['items that are undefined', [undefined, 1], [null, 1]],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
    ['a key of prototypes', JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  ])('%s', (_what, value, plain) => {
    expect(plainObject({ value }, 'w')).toEqual({ value: plain });
  });

  it('whose toJSON gives itself back has its own members', () => {
    const self = {
      a: 1,
      toJSON(): unknown {
        return this;
      },
    };
    expect(plainObject({ self }, 'w')).toEqual({ self: { a: 1 } });
  });

  it.each<[string, unknown, string]>([
    ['no number', Number.NaN, 'w.value is NaN, which JSON has no number for'],
    ['an endless number', Number.POSITIVE_INFINITY, 'w.value is Infinity, which JSON has no number for'],
    ['a function', () => 1, 'w.value is a function'],
    ['a symbol', Symbol('x'), 'w.value is a symbol'],
    ['no time', new Date('x'), 'w.value is a Date that is no time'],
    ['a map', new Map(), 'w.value is a Map'],
    ['a set', new Set(), 'w.value is a Set'],
    ['a weak map', new WeakMap(), 'w.value is a WeakMap'],
    ['a weak set', new WeakSet(), 'w.value is a WeakSet'],
    ['a promise', Promise.resolve(1), 'w.value is a Promise'],
    ['an expression', /x/, 'w.value is a RegExp'],
    ['an error', new Error('x'), 'w.value is a Error'],
    ['bytes', new Uint8Array(1), 'w.value is a Uint8Array; bytes are texts in base64'],
    ['bytes that tell JSON', Buffer.from('x'), 'w.value is a Uint8Array; bytes are texts in base64'],
    ['a buffer', new ArrayBuffer(1), 'w.value is a ArrayBuffer'],
    ['something far down', { list: [{ far: () => 1 }] }, 'w.value.list[0].far is a function'],
  ])('is never made of %s', (_what, value, message) => {
    expect(refusalOf(() => plainObject({ value }, 'w'))).toBe(message);
  });

  it('is an object itself, and ends where it nests without end', () => {
    expect(refusalOf(() => plainObject([], 'w'))).toBe('w is no object');
    expect(refusalOf(() => plainObject(new Date(0), 'w'))).toBe('w is no object');
    const cycle: { of?: unknown } = {};
    cycle.of = cycle;
    expect(refusalOf(() => plainObject(cycle, 'w'))).toMatch(/nests more than \d+ levels deep$/);
    const endless = { toJSON: (): object => ({ again: endless }) };
    expect(refusalOf(() => plainObject({ endless }, 'w'))).toMatch(/nests more than \d+ levels deep$/);
    const ring: unknown[] = [];
    ring.push([ring]);
    expect(refusalOf(() => plainObject({ ring }, 'w'))).toMatch(/nests more than \d+ levels deep$/);
  });

  it('may nest as deep as a manifest may, and no deeper', () => {
    const nested = (levels: number): object => {
      let value: object = {};
      for (let level = 0; level < levels; level += 1) value = { of: value };
      return value;
    };
    expect(JSON.stringify(plainObject(nested(deepestNesting), 'w'))).toContain('{}');
    expect(refusalOf(() => plainObject(nested(deepestNesting + 1), 'w'))).toContain('nests more than 500 levels');
  });
});

describe('the names that client-node has for fields', () => {
  const schema = { x_kubernetes_int_or_string: true, _default: 1, _enum: ['a'], ref: '#/a', schema: 'http://s' };
  const schemaRead = { 'x-kubernetes-int-or-string': true, default: 1, enum: ['a'], $ref: '#/a', $schema: 'http://s' };
  const crd = (openAPIV3Schema: object): object => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    spec: { versions: [{ schema: { openAPIV3Schema } }] },
  });

  it.each<[string, object, object]>([
    [
      'a NetworkPolicy',
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        spec: { ingress: [{ _from: [] }], egress: [{ _from: 1 }] },
      },
      { spec: { ingress: [{ from: [] }], egress: [{ _from: 1 }] } },
    ],
    [
      'a LimitRange',
      { apiVersion: 'v1', kind: 'LimitRange', spec: { limits: [{ _default: 1 }] } },
      { spec: { limits: [{ default: 1 }] } },
    ],
    ['the schema of a kind', crd(schema), crd(schemaRead)],
    [
      'a schema within a schema, and no property that is called so',
      crd({ properties: { _default: schema, items: { items: schema } }, not: { allOf: [schema] } }),
      crd({ properties: { _default: schemaRead, items: { items: schemaRead } }, not: { allOf: [schemaRead] } }),
    ],
    [
      'a ResourceSlice',
      {
        apiVersion: 'resource.k8s.io/v1',
        kind: 'ResourceSlice',
        spec: {
          devices: [{ attributes: { a: { _int: 1 } }, basic: { capacity: { c: { requestPolicy: { _default: 1 } } } } }],
        },
      },
      {
        spec: {
          devices: [{ attributes: { a: { int: 1 } }, basic: { capacity: { c: { requestPolicy: { default: 1 } } } } }],
        },
      },
    ],
    [
      'an object of another group',
      { apiVersion: 'example.io/v1', kind: 'NetworkPolicy', spec: { ingress: [{ _from: 1 }] } },
      { spec: { ingress: [{ _from: 1 }] } },
    ],
    ['a ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap', data: { _from: 'x' } }, { data: { _from: 'x' } }],
  ])('are those of Kubernetes in %s', (_what, given, read) => {
    expect(plainObject(given, 'w')).toEqual({ ...(given as JsonObject), ...read });
  });

  it('are known for kinds alone', () => {
    expect(clientNodeNames(undefined, 'LimitRange')).toBeUndefined();
    expect(clientNodeNames('v1', 1)).toBeUndefined();
    expect(clientNodeNames('v1', 'LimitRange')).toBeDefined();
    expect(clientNodeNames('v1', 'toString')).toBeUndefined();
  });
});

describe('a work that a program hands in', () => {
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  const all: ManifestWorkInput = {
    name: 'w',
    namespace: 'c',
    labels: { l: 'x' },
    annotations: { a: 'y' },
    manifests: [manifest],
    manifestConfigs: [{ resourceIdentifier: { resource: 'configmaps', name: 'a' } }],
    deleteOption: { propagationPolicy: 'Orphan' },
    executor: { subject: { type: 'ServiceAccount' } },
  };

  it('is copied with all its parts, and only once', () => {
    const made = workOf(all);
    expect(made).toEqual(all);
    expect(made.manifests[0]).not.toBe(manifest);
    expect(workOf(made)).toBe(made);
  });

  it('needs its name and manifests, and may leave the rest out', () => {
    const bare = { name: 'w', labels: {}, annotations: {}, manifests: [], manifestConfigs: [] };
    expect(workOf({ name: 'w', manifests: [] })).toEqual(bare);
    const empty = { namespace: '', deleteOption: null, executor: undefined, labels: null, manifestConfigs: null };
    expect(workOf({ name: 'w', manifests: [], ...empty } as unknown as ManifestWorkInput)).toEqual(bare);
    expect(Object.keys(workOf({ ...all, labels: { l: undefined } } as unknown as ManifestWorkInput).labels)).toEqual(
      [],
    );
    expect(workOf({ ...all, namespace: null, labels: { l: undefined } } as unknown as ManifestWorkInput)).toMatchObject(
      {
        labels: {},
      },
    );
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'a work needs its name and a list of manifests'],
    ['a list', [all], 'a work needs its name and a list of manifests'],
    ['no name', { ...all, name: undefined }, 'a work needs its name and a list of manifests'],
    ['no manifests', { ...all, manifests: undefined }, 'a work needs its name and a list of manifests'],
    ['manifests that are none', { ...all, manifests: ['a'] }, 'a work needs its name and a list of manifests'],
    ['a list among the manifests', { ...all, manifests: [[]] }, 'a work needs its name and a list of manifests'],
    ['another namespace', { ...all, namespace: 1 }, 'w: namespace is no text'],
    ['other labels', { ...all, labels: { l: 1 } }, 'w: labels is no map of texts'],
    ['a list of labels', { ...all, labels: ['l'] }, 'w: labels is no map of texts'],
    ['other annotations', { ...all, annotations: { l: null } }, 'w: annotations is no map of texts'],
    ['other configs', { ...all, manifestConfigs: {} }, 'w: manifestConfigs is no list of objects'],
    ['a config that is none', { ...all, manifestConfigs: [1] }, 'w: manifestConfigs is no list of objects'],
    ['another deleteOption', { ...all, deleteOption: 'Orphan' }, 'w: deleteOption is no object'],
    ['another executor', { ...all, executor: ['a'] }, 'w: executor is no object'],
    ['a manifest without JSON', { ...all, manifests: [{ a: () => 1 }] }, 'w: manifests[0].a is a function'],
    ['a config without JSON', { ...all, manifestConfigs: [{ a: () => 1 }] }, 'w: manifestConfigs[0].a is a function'],
    ['an option without JSON', { ...all, deleteOption: { a: () => 1 } }, 'w: deleteOption.a is a function'],
    ['an executor without JSON', { ...all, executor: { a: () => 1 } }, 'w: executor.a is a function'],
  ])('is refused with %s', (_what, input, message) => {
    expect(refusalOf(() => workOf(input as ManifestWorkInput))).toBe(message);
  });

  it('that was written already is read back', () => {
    const { executor: _executor, namespace: _namespace, ...content } = all;
    const work = workOf(content);
    const { name, labels, annotations } = work;
    const written = { name, labels, annotations, dataText: JSON.stringify(bundleData(work)) };
    expect(readWrittenWork(written)).toEqual(content);
    expect([isWrittenWork(written), isWrittenWork(work)]).toEqual([true, false]);
    const bare = { ...written, dataText: '{"manifests":[]}' };
    expect(readWrittenWork(bare)).toStrictEqual({ name, labels, annotations, manifests: [], manifestConfigs: [] });
  });
});
