import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { readBuiltIns } from '../../../src/core/schemas/built-in.ts';
import { checkAgainstSchema } from '../../../src/core/schemas/check-manifest.ts';
import { createSchemaSet } from '../../../src/core/schemas/schema-set.ts';
import type { Problem } from '../../../src/core/works/problem.ts';
import { pathText } from '../../../src/core/yaml/json-path.ts';
import { lazily, schemaByDefinition, schemaOfX } from './small-set.ts';

const schemas = lazily(() => createSchemaSet(readBuiltIns(), []));

const shown = (problems: readonly Problem[]): readonly string[] =>
  problems.map(
    ({ path, rule, suggestion }) => `${pathText(path)} ${rule}${suggestion === undefined ? '' : `: ${suggestion}`}`,
  );

function check(apiVersion: string, kind: string, rest: JsonObject): readonly Problem[] {
  const manifest: JsonObject = { apiVersion, kind, metadata: { name: 'a' }, ...rest };
  const schema = schemas().find(apiVersion, kind);
  if (schema === undefined) throw new Error(`no schema of ${kind}`);
  expect(schema.fault()).toBeUndefined();
  return checkAgainstSchema(manifest, schema, []);
}

function crd(properties: JsonObject, more: JsonObject = {}): JsonObject {
  const openAPIV3Schema: JsonObject = { type: 'object', properties: { spec: { type: 'object', properties, ...more } } };
  return { spec: { group: 'x.io', names: { kind: 'X' }, versions: [{ name: 'v1', schema: { openAPIV3Schema } }] } };
}

/** As the Gateway API has it: an address without a type is that of a machine. */
const addresses: JsonObject = {
  type: 'object',
  properties: { type: { type: 'string', default: 'IPAddress' }, value: { type: 'string' } },
  oneOf: [
    { properties: { type: { enum: ['IPAddress'] }, value: { pattern: '^[0-9.]+$' } } },
    { properties: { type: { not: { enum: ['IPAddress'] } } } },
  ],
};

function checkCustom(definition: JsonObject, spec: JsonValue): readonly string[] {
  const schema = schemaByDefinition(definition);
  expect(schema.fault()).toBeUndefined();
  const manifest = { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'a' }, spec };
  return shown(checkAgainstSchema(manifest, schema, []));
}

describe('built-in kinds', () => {
  const service = (port: JsonObject): JsonObject => ({ spec: { ports: [{ port: 80, ...port }] } });
  test.each<readonly [string, string, JsonObject, readonly string[]]>([
    ['v1', 'Service', service({ targetPort: 'http' }), []],
    ['v1', 'Service', service({ targetPort: 8080 }), []],
    ['v1', 'Service', service({ targetPort: true }), ['spec.ports[0].targetPort wrong-type']],
    ['v1', 'Service', service({ targetPort: null }), []],
    ['v1', 'Service', service({ targetPrt: 1 }), ['spec.ports[0].targetPrt unknown-field: did you mean "targetPort"?']],
    ['v1', 'Service', service({ port: null }), ['spec.ports[0].port missing-field']],
    ['v1', 'Service', { spec: null, status: {} }, []],
    ['v1', 'Service', { spec: [] }, ['spec wrong-type']],
    ['v1', 'ConfigMap', { data: { a: 1n } }, ['data.a wrong-type: put the value in quotes']],
    ['v1', 'ConfigMap', { data: { __proto__: 'x', constructor: 'y' } }, []],
    ['v1', 'ConfigMap', { hasOwnProperty: 1 }, ['hasOwnProperty unknown-field']],
    [
      'v1',
      'Secret',
      { data: { a: 'YQ==', b: 'YQ', c: 'Y Q=', d: 'YWJj\nYWJj' } },
      [
        'data.b not-base64: encode it, or put plain text into stringData of a Secret',
        'data.c not-base64: encode it, or put plain text into stringData of a Secret',
      ],
    ],
    [
      'v1',
      'ResourceQuota',
      { spec: { hard: { cpu: 1.5, memory: '1Gi', pods: '-1', x: '1 Gi', y: '1gi', z: '5e3' } } },
      ['spec.hard.x invalid-value', 'spec.hard.y invalid-value'],
    ],
    [
      'v1',
      'Service',
      { status: { conditions: [{ type: 'a', status: 'b' }], loadBalancer: [], lodBalancer: {} } },
      ['status.loadBalancer wrong-type', 'status.lodBalancer unknown-field: did you mean "loadBalancer"?'],
    ],
    [
      'v1',
      'Pod',
      {
        spec: { containers: [{ name: 'a', imagePullPolicy: '', terminationMessagePolicy: 'Log' }] },
        status: { phase: 'Fine' },
      },
      ['spec.containers[0].terminationMessagePolicy unsupported-value'],
    ],
    [
      'batch/v1',
      'Job',
      { spec: { template: { spec: { containers: [null] } } } },
      ['spec.template.spec.containers[0] wrong-type'],
    ],
    [
      'batch/v1',
      'Job',
      { spec: { backoffLimit: 2 ** 31, activeDeadlineSeconds: 2n ** 63n, template: {} } },
      ['spec.activeDeadlineSeconds invalid-value', 'spec.backoffLimit invalid-value'],
    ],
    ['batch/v1', 'Job', { spec: { suspend: 'yes', template: {} } }, ['spec.suspend wrong-type']],
    [
      'batch/v1',
      'Job',
      { spec: { suspend: 'true', template: {} } },
      ['spec.suspend wrong-type: write it without quotes'],
    ],
    ['coordination.k8s.io/v1', 'Lease', { spec: { renewTime: '2026-02-30' } }, ['spec.renewTime invalid-value']],
    [
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      {
        spec: {
          group: 'a.b',
          names: { kind: 'A', plural: 'as' },
          scope: 'Namespaced',
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  additionalProperties: true,
                  properties: {
                    x: { 'x-kubernetes-int-or-string': 'yes' },
                    y: { additionalProperties: { typ: 'string' } },
                  },
                },
              },
            },
          ],
        },
      },
      [
        'spec.versions[0].schema.openAPIV3Schema.properties.x.x-kubernetes-int-or-string wrong-type',
        'spec.versions[0].schema.openAPIV3Schema.properties.y.additionalProperties.typ unknown-field: did you mean "type"?',
      ],
    ],
  ])('%s %s %#', (apiVersion, kind, rest, expected) => {
    expect(shown(check(apiVersion, kind, rest)).toSorted()).toEqual(expected.toSorted());
  });

  test('say nothing of what a Secret holds', () => {
    const problems = check('v1', 'Secret', { data: { a: 'top secret!', b: 4711, c: true }, stringData: { d: 4711 } });
    expect(problems).toHaveLength(4);
    expect(JSON.stringify(problems)).not.toMatch(/top secret|4711|found true/);
  });
});

describe('custom resources', () => {
  test.each<readonly [string, JsonObject, JsonValue, readonly string[]]>([
    [
      'unknown field',
      crd({ size: { type: 'integer' } }),
      { sise: 1 },
      ['spec.sise unknown-field: did you mean "size"?'],
    ],
    ['pruned object', crd({ a: { type: 'object' } }), { a: { b: 1 } }, ['spec.a.b unknown-field']],
    [
      'preserved object',
      crd({ a: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }),
      { a: { b: 1 } },
      [],
    ],
    [
      'preserved with known fields',
      crd({
        a: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { b: { type: 'object', properties: {} } },
        },
      }),
      { a: { x: 1, b: { y: 1 } } },
      ['spec.a.b.y unknown-field'],
    ],
    [
      'map',
      crd({ a: { type: 'object', additionalProperties: { type: 'integer' } } }),
      { a: { b: 1, c: 'x' } },
      ['spec.a.c wrong-type'],
    ],
    ['free map', crd({ a: { type: 'object', additionalProperties: true } }), { a: { b: 1 } }, []],
    ['int or text', crd({ a: { 'x-kubernetes-int-or-string': true } }), { a: '50%' }, []],
    ['neither int nor text', crd({ a: { 'x-kubernetes-int-or-string': true } }), { a: [] }, ['spec.a wrong-type']],
    [
      'null',
      crd({
        a: { type: 'string' },
        b: { type: 'object' },
        c: { type: 'object', additionalProperties: { type: 'integer' } },
      }),
      { a: null, b: null, c: { d: null } },
      [],
    ],
    [
      'null in the place of what is required',
      crd({ a: { type: 'string' } }, { required: ['a'] }),
      { a: null },
      ['spec.a missing-field'],
    ],
    [
      'null in a list',
      crd({ a: { type: 'array', items: { type: 'string' } } }),
      { a: [null] },
      ['spec.a[0] wrong-type'],
    ],
    ['null in an unknown field', crd({ size: { type: 'string' } }), { b: null }, ['spec.b unknown-field']],
    [
      'null within preserved fields',
      crd({ a: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }),
      { a: { b: null } },
      [],
    ],
    [
      'null that is allowed and required',
      crd({ a: { type: 'string', nullable: true } }, { required: ['a'] }),
      { a: null },
      [],
    ],
    ['nullable', crd({ a: { type: 'string', nullable: true, enum: ['x'] } }), { a: null }, []],
    ['null with a default', crd({ a: { type: 'string', default: 'x' } }), { a: null }, []],
    ['a default for what is required', crd({ a: { type: 'string', default: 'x' } }, { required: ['a'] }), {}, []],
    [
      'a default in the place of null for what is required',
      crd({ a: { type: 'string', default: 'x' } }, { required: ['a'] }),
      { a: null },
      [],
    ],
    [
      'no default in the place of null that is allowed',
      crd({ a: { type: 'string', default: 'x', nullable: true, enum: ['x'] } }),
      { a: null },
      [],
    ],
    [
      'defaults in a default',
      crd(
        { a: { type: 'object', default: {}, required: ['b'], properties: { b: { type: 'string', default: 'x' } } } },
        { required: ['a'] },
      ),
      {},
      [],
    ],
    [
      'defaults that decide which form fits',
      crd({ a: { type: 'array', items: addresses } }),
      { a: [{ value: '1.2.3.4' }, { type: 'Hostname', value: 'b' }] },
      [],
    ],
    [
      'defaults that make a form not fit',
      crd({ a: { type: 'array', items: addresses } }),
      { a: [{ value: 'b' }] },
      ['spec.a[0] invalid-value'],
    ],
    ['defaults of items', crd({ a: { type: 'array', items: { type: 'string', default: 'x' } } }), { a: [null] }, []],
    [
      'a default in a condition sets nothing',
      crd({ a: { type: 'string' } }, { required: ['a'], allOf: [{ properties: { a: { default: 'x' } } }] }),
      {},
      ['spec.a missing-field'],
    ],
    [
      'exclusive minimum',
      crd({ a: { type: 'integer', minimum: 0, exclusiveMinimum: true } }),
      { a: 0 },
      ['spec.a invalid-value'],
    ],
    [
      'embedded object',
      crd({ a: { type: 'object', 'x-kubernetes-embedded-resource': true } }),
      { a: { apiVersion: 'v1', kind: 'X', metadata: { any: 1 }, z: 1 } },
      ['spec.a.z unknown-field'],
    ],
    ['pattern of Go only', crd({ a: { type: 'string', pattern: '(?P<x>a)' } }), { a: 'b' }, []],
    [
      'several lengths',
      crd({ a: { type: 'array', maxItems: 1, items: { type: 'string', maxLength: 2 } } }),
      { a: ['abc', 'd'] },
      ['spec.a invalid-value', 'spec.a[0] invalid-value'],
    ],
    [
      'conditions add no fields',
      crd(
        { a: { type: 'integer' }, b: { type: 'integer' } },
        { oneOf: [{ required: ['a'] }, { required: ['b'], properties: { b: { minimum: 1 } } }] },
      ),
      { b: 0 },
      ['spec invalid-value'],
    ],
    [
      'one condition fits',
      crd({ a: { type: 'integer' }, b: { type: 'integer' } }, { oneOf: [{ required: ['a'] }, { required: ['b'] }] }),
      { b: 0 },
      [],
    ],
    ['excluded', crd({ a: { type: 'integer' } }, { not: { required: ['a'] } }), { a: 0 }, ['spec invalid-value']],
    [
      'malformed schema',
      crd({ a: { type: 'text', enum: 'x', minimum: 'y', required: 7, pattern: 1, items: [1] } }),
      { a: 0 },
      [],
    ],
    [
      'enum of maps',
      crd({ a: { enum: [{ toString: 1 }, Object.create(null) as JsonObject] } }),
      { a: 'x' },
      ['spec.a unsupported-value'],
    ],
    ['unknown format', crd({ a: { type: 'string', format: 'duration' } }), { a: 'soon' }, []],
  ])('%s', (_name, definition, spec, expected) => {
    expect(checkCustom(definition, spec).toSorted()).toEqual(expected.toSorted());
  });

  test.each([
    [{ status: {} }, []],
    [{}, ['status.ready wrong-type']],
    [undefined, ['status.ready wrong-type']],
  ])('whose subresources are %j have their status judged or not', (subresources, expected) => {
    const schema = schemaOfX(
      { type: 'object', properties: { status: { type: 'object', properties: { ready: { type: 'boolean' } } } } },
      subresources === undefined ? {} : { subresources },
    );
    const manifest = { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'a' }, status: { ready: 'yes' } };
    expect(shown(checkAgainstSchema(manifest, schema, []))).toEqual(expected);
  });

  test('of v1beta1 share one schema', () => {
    const spec = {
      group: 'x.io',
      version: 'v1',
      names: { kind: 'X' },
      validation: { openAPIV3Schema: { type: 'object', properties: {} } },
    };
    expect(checkCustom({ spec }, {})).toEqual(['spec unknown-field']);
  });

  test('have the metadata of every object', () => {
    const metadata = { name: 'a', creationTimestamp: null, anotations: {} };
    const manifest = { apiVersion: 'x.io/v1', kind: 'X', metadata };
    expect(shown(checkAgainstSchema(manifest, schemaByDefinition(crd({})), []))).toEqual([
      'metadata.anotations unknown-field: did you mean "annotations"?',
    ]);
  });
});
