import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import type * as CustomResource from '../../../src/core/schemas/custom-resource.ts';
import { isCustomResourceDefinition, schemasOfCrd } from '../../../src/core/schemas/custom-resource.ts';
import { loadAnew } from '../../support/load-anew.ts';

const metadata: JsonObject = { $ref: 'meta' };
const text: JsonObject = { type: 'string' };
const open: JsonObject = { 'x-kubernetes-preserve-unknown-fields': true };
const rootOf = (properties: JsonObject): JsonObject => ({
  type: 'object',
  properties: { ...properties, apiVersion: text, kind: text, metadata },
  additionalProperties: false,
});

/** What the schema of a field becomes. */
function converted(field: JsonValue, make = schemasOfCrd): unknown {
  const openAPIV3Schema = { properties: { field } };
  const spec = { group: 'x.io', names: { kind: 'X' }, versions: [{ name: 'v1', schema: { openAPIV3Schema } }] };
  const [made] = make({ spec }, metadata);
  return (made?.schema['properties'] as JsonObject)['field'];
}

describe('a field', () => {
  const closed = { additionalProperties: false };
  const embedded: JsonObject = { 'x-kubernetes-embedded-resource': true };
  const ofObject = { apiVersion: text, kind: text, metadata: { type: 'object' } };
  test.each<readonly [JsonValue, JsonObject]>([
    ['x', {}],
    [{}, {}],
    ...['string', 'integer', 'number', 'boolean', 'array'].map((type) => [{ type }, { type }] as const),
    [{ type: 'object' }, { type: 'object', ...closed }],
    [{ type: 'text' }, {}],
    [{ type: ['string'] }, {}],
    [{ 'x-kubernetes-int-or-string': true }, { type: ['integer', 'string'] }],
    [{ 'x-kubernetes-int-or-string': true, type: 'string' }, { type: ['integer', 'string'] }],
    [{ 'x-kubernetes-int-or-string': 'yes', type: 'string' }, text],
    [{ nullable: true }, { 'x-takes-null': true }],
    [
      { nullable: true, type: 'string' },
      { type: ['string', 'null'], 'x-takes-null': true },
    ],
    [{ nullable: 'yes', type: 'string' }, text],
    [{ enum: ['a', 1] }, { enum: ['a', 1] }],
    [
      { enum: ['a'], type: 'string' },
      { enum: ['a'], type: 'string' },
    ],
    [
      { enum: ['a'], nullable: true },
      { enum: ['a'], 'x-takes-null': true },
    ],
    [
      { enum: ['a'], type: 'string', nullable: true },
      { enum: ['a', null], type: ['string', 'null'], 'x-takes-null': true },
    ],
    [{ enum: [] }, {}],
    [{ enum: [], type: 'string' }, text],
    [
      { enum: [], type: 'string', nullable: true },
      { type: ['string', 'null'], 'x-takes-null': true },
    ],
    [
      { enum: 'a', type: 'string', nullable: true },
      { type: ['string', 'null'], 'x-takes-null': true },
    ],

    [{ properties: {} }, { properties: {}, ...closed }],
    [{ properties: 'x' }, {}],
    [
      { properties: 'x', type: 'object' },
      { type: 'object', ...closed },
    ],
    [
      { properties: { a: { properties: {}, default: 1 } } },
      { properties: { a: { properties: {}, ...closed, default: 1 } }, ...closed },
    ],
    [{ ...open, type: 'object' }, { type: 'object' }],
    [{ ...open, properties: { a: { type: 'object' } } }, { properties: { a: { type: 'object', ...closed } } }],
    [
      { 'x-kubernetes-preserve-unknown-fields': 'yes', type: 'object' },
      { type: 'object', ...closed },
    ],
    [{ type: 'object', additionalProperties: true }, { type: 'object' }],
    [
      { type: 'object', additionalProperties: false },
      { type: 'object', ...closed },
    ],
    [{ additionalProperties: false }, {}],
    [
      { type: 'object', additionalProperties: { type: 'object' } },
      { type: 'object', additionalProperties: { type: 'object', ...closed } },
    ],
    [{ ...embedded }, { properties: ofObject, required: ['apiVersion', 'kind'] }],
    [
      { ...embedded, type: 'object' },
      { type: 'object', properties: ofObject, required: ['apiVersion', 'kind'], ...closed },
    ],
    [
      { ...embedded, ...open, required: ['spec', 'kind', 7], properties: { kind: { enum: ['Y'] }, spec: {} } },
      { properties: { ...ofObject, kind: { enum: ['Y'] }, spec: {} }, required: ['apiVersion', 'kind', 'spec'] },
    ],
    [{ 'x-kubernetes-embedded-resource': 'yes' }, {}],

    [{ items: { type: 'object' } }, { items: { type: 'object', ...closed } }],
    [{ items: [{ type: 'object' }] }, {}],
    ...(['x', null, 0, false] as const).map((value) => [{ default: value }, { default: value }] as const),

    ...['multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'].flatMap(
      (keyword) =>
        [
          [{ [keyword]: 2 }, { [keyword]: 2 }],
          [{ [keyword]: 0 }, { [keyword]: 0 }],
          [{ [keyword]: -1 }, {}],
          [{ [keyword]: '2' }, {}],
        ] as const,
    ),
    [
      { minimum: -3, maximum: -1 },
      { minimum: -3, maximum: -1 },
    ],
    [
      { minimum: 1, maximum: 2, exclusiveMinimum: true, exclusiveMaximum: true },
      { exclusiveMinimum: 1, exclusiveMaximum: 2 },
    ],
    [
      { minimum: 1, maximum: 2, exclusiveMinimum: 'yes', exclusiveMaximum: false },
      { minimum: 1, maximum: 2 },
    ],
    [{ minimum: '1', maximum: null, exclusiveMinimum: true }, {}],
    [{ format: 'date' }, { format: 'date' }],
    [{ format: 7, pattern: 7, uniqueItems: 'true', required: 'a' }, {}],
    [{ pattern: '^a$' }, { pattern: '^a$' }],
    [{ pattern: '(?P<x>a)' }, {}],
    [{ uniqueItems: true }, { uniqueItems: true }],
    [{ uniqueItems: false, required: [] }, {}],
    [{ required: ['a', 'b', 'a', 7] }, { required: ['a', 'b'] }],
    [{ required: [7] }, {}],
    [{ description: 'x', title: 'y', 'x-kubernetes-validations': [] }, {}],
  ])('%j becomes %j', (field, expected) => {
    expect(converted(field)).toStrictEqual(expected);
  });

  const condition: JsonObject = {
    type: 'object',
    default: {},
    properties: { a: { type: 'object', default: {} } },
    items: { type: 'object' },
  };
  const onlyCondition = { type: 'object', properties: { a: { type: 'object' } }, items: { type: 'object' } };
  test.each(['allOf', 'anyOf', 'oneOf'])('with %s has conditions, which add no fields and no defaults', (keyword) => {
    expect(converted({ [keyword]: [condition, 'x', { additionalProperties: condition }] })).toStrictEqual({
      [keyword]: [onlyCondition, {}, { additionalProperties: onlyCondition }],
    });
    expect(converted({ [keyword]: [] })).toStrictEqual({});
    expect(converted({ [keyword]: condition })).toStrictEqual({});
  });

  test('with not has a condition, too', () => {
    expect(converted({ not: condition })).toStrictEqual({ not: onlyCondition });
    expect(converted({ not: [condition] })).toStrictEqual({});
  });

  test('has one of six types, and limits of seven kinds', async () => {
    const { schemasOfCrd: make } = await loadAnew<typeof CustomResource>('core/schemas/custom-resource.ts');
    for (const type of ['string', 'integer', 'number', 'boolean', 'array', 'object'])
      expect(converted({ type }, make)).toMatchObject({ type });
    const limits = {
      multipleOf: 1,
      minLength: 2,
      maxLength: 3,
      minItems: 4,
      maxItems: 5,
      minProperties: 6,
      maxProperties: 7,
    };
    expect(converted({ ...limits, type: 'text' }, make)).toStrictEqual(limits);
    const [made] = make(
      { spec: { group: 'x.io', names: { kind: 'X' }, version: 'v1', validation: { openAPIV3Schema: {} } } },
      {},
    );
    expect(made?.schema['properties']).toStrictEqual({ apiVersion: text, kind: text, metadata: {} });
  });
});

describe('the schemas of a CustomResourceDefinition', () => {
  const field = (name: string): JsonObject => ({ properties: { [name]: text } });
  const version = (name: JsonValue, more: JsonObject = {}): JsonObject => ({
    name,
    schema: { openAPIV3Schema: field('own') },
    ...more,
  });
  const names = { kind: 'X' };
  const made = (name: string, status: 'dropped' | 'judged', own = 'own'): unknown => ({
    apiVersion: `x.io/${name}`,
    kind: 'X',
    schema: rootOf({ [own]: text }),
    nulls: 'pruned',
    status,
  });
  const status = { subresources: { status: {} } };
  const shared = { validation: { openAPIV3Schema: field('shared') } };

  test.each<readonly [string, JsonValue, readonly unknown[]]>([
    [
      'each version',
      { group: 'x.io', names, versions: [version('v1'), version('v2')] },
      [made('v1', 'judged'), made('v2', 'judged')],
    ],
    [
      'each version that is served',
      { group: 'x.io', names, versions: [version('v1', { served: false }), version('v2', { served: true })] },
      [made('v2', 'judged')],
    ],
    [
      'the status that only a controller sets',
      {
        group: 'x.io',
        names,
        versions: [version('v1', status), version('v2', { subresources: { status: true } }), version('v3')],
      },
      [made('v1', 'dropped'), made('v2', 'judged'), made('v3', 'judged')],
    ],
    [
      'the status that only a controller sets in all versions',
      { group: 'x.io', names, ...status, versions: [version('v1')] },
      [made('v1', 'dropped')],
    ],
    [
      'one schema for all versions that have none',
      { group: 'x.io', names, ...shared, versions: [version('v1'), { name: 'v2' }] },
      [made('v1', 'judged'), made('v2', 'judged', 'shared')],
    ],
    ['one version', { group: 'x.io', names, ...shared, version: 'v1' }, [made('v1', 'judged', 'shared')]],
    ['no version', { group: 'x.io', names, ...shared }, []],
    ['versions that are none', { group: 'x.io', names, ...shared, versions: ['v1', null, version(7), {}] }, []],
    [
      'no schema',
      { group: 'x.io', names, versions: [{ name: 'v1' }, { name: 'v2', schema: { openAPIV3Schema: 'x' } }] },
      [],
    ],
    ['no group', { names, versions: [version('v1')] }, []],
    ['no kind', { group: 'x.io', names: { plural: 'xs' }, versions: [version('v1')] }, []],
    ['no names', { group: 'x.io', versions: [version('v1')] }, []],
    ['no spec', null, []],
  ])('with %s', (_what, spec, expected) => {
    expect(schemasOfCrd({ spec }, metadata)).toStrictEqual(expected);
  });

  test('are of objects, which have their own fields whatever it says of them', () => {
    const openAPIV3Schema = {
      ...open,
      type: 'string',
      properties: { apiVersion: { enum: ['a'] }, kind: { enum: ['b'] }, metadata: { type: 'integer' } },
    };
    const [found] = schemasOfCrd(
      { spec: { group: 'x.io', names, version: 'v1', validation: { openAPIV3Schema } } },
      metadata,
    );
    expect(found?.schema).toStrictEqual({ type: 'object', properties: { apiVersion: text, kind: text, metadata } });
  });
});

test.each<readonly [boolean, JsonValue | undefined]>([
  [true, { kind: 'CustomResourceDefinition', apiVersion: 'apiextensions.k8s.io/v1' }],
  [true, { kind: 'CustomResourceDefinition', apiVersion: 'apiextensions.k8s.io/v1beta1' }],
  [false, { kind: 'CustomResourceDefinition', apiVersion: 'apiextensions.k8s.io.example.com/v1' }],
  [false, { kind: 'CustomResourceDefinition', apiVersion: 'x/apiextensions.k8s.io/' }],
  [false, { kind: 'CustomResourceDefinition', apiVersion: 1 }],
  [false, { kind: 'CustomResourceDefinition' }],
  [false, { kind: 'ConfigMap', apiVersion: 'apiextensions.k8s.io/v1' }],
  [false, 'CustomResourceDefinition'],
  [false, undefined],
])('that it is a CustomResourceDefinition is %s of %j', (expected, value) => {
  expect(isCustomResourceDefinition(value)).toBe(expected);
});
