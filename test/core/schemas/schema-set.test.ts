import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { readBuiltIns, type BuiltIns } from '../../../src/core/schemas/built-in.ts';
import type { CustomSchema } from '../../../src/core/schemas/custom-resource.ts';
import type * as SchemaSets from '../../../src/core/schemas/schema-set.ts';
import { createSchemaSet, metadataSchema, type KindSchema } from '../../../src/core/schemas/schema-set.ts';
import { loadAnew } from '../../support/load-anew.ts';
import { smallBuiltIns } from './small-set.ts';

const custom = (schema: JsonObject, more: Partial<CustomSchema> = {}): CustomSchema => ({
  apiVersion: 'x.io/v1',
  kind: 'X',
  schema,
  nulls: 'pruned',
  status: 'dropped',
  ...more,
});

function ofX(schema: JsonObject): KindSchema {
  const found = createSchemaSet(smallBuiltIns, [custom(schema)]).find('x.io/v1', 'X');
  if (found === undefined) throw new Error('no schema of X');
  return found;
}

const keywords = (schema: JsonObject, value: JsonObject): readonly string[] =>
  ofX(schema)
    .check(value)
    .map(({ keyword, instancePath }) => `${keyword} ${instancePath}`);

describe('a set of schemas', () => {
  test('has those of Kubernetes, by API version and kind', () => {
    const set = createSchemaSet(smallBuiltIns, []);
    const pod = set.find('v1', 'Pod');
    expect(pod).toMatchObject({ nulls: 'absent', status: 'read', given: false });
    expect(pod?.schema).toBe(smallBuiltIns.definitions['Pod']);
    expect(pod?.fault()).toBeUndefined();
    expect(pod?.check({ kind: 'Pod', metadata: { name: 'a' } })).toEqual([]);
    expect(
      pod?.check({ kind: 7, metadata: { name: 7 } }).map(({ keyword, instancePath }) => [keyword, instancePath]),
    ).toEqual([
      ['type', '/kind'],
      ['type', '/metadata/name'],
    ]);
    expect(set.find('v1', 'Pod'), 'made once').toBe(pod);
    expect([set.find('v1', 'Node'), set.find('v2', 'Pod'), set.find('x.io/v1', 'X')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('has none of what every object has in JavaScript', () => {
    const definitions = { ...smallBuiltIns.definitions, Object: {} };
    const set = createSchemaSet({ ...smallBuiltIns, definitions }, []);
    expect([
      set.find('constructor', 'name'),
      set.find('v1', 'constructor'),
      set.find('__proto__', 'constructor'),
    ]).toEqual([undefined, undefined, undefined]);
  });

  test('has none of a kind without a definition', () => {
    const kinds = { v1: { Odd: 'Nothing', Strange: 'a/b' } };
    const set = createSchemaSet({ kinds, definitions: { 'a/b': {} } }, []);
    expect(set.find('v1', 'Odd')).toBeUndefined();
    const strange = set.find('v1', 'Strange');
    expect(strange?.fault(), 'what its reference does not lead to').toBe('it is empty');
    expect(strange?.check({ a: 1 })).toEqual([]);
  });

  test('has those that are given before those of Kubernetes, and the last one of a kind', () => {
    const text: JsonObject = { type: 'object', properties: { a: { type: 'string' } } };
    const set = createSchemaSet(smallBuiltIns, [
      custom({}, { apiVersion: 'v1', kind: 'Pod' }),
      custom(text, { apiVersion: 'v1', kind: 'Pod', nulls: 'judged', status: 'judged' }),
      custom({}),
    ]);
    const pod = set.find('v1', 'Pod');
    expect(pod).toMatchObject({ nulls: 'judged', status: 'judged', given: true });
    expect(pod?.schema).toBe(text);
    expect(pod?.check({ a: 1 })).toHaveLength(1);
    expect(pod?.check({ a: 'x' })).toEqual([]);
    expect(set.find('x.io/v1', 'X')).toMatchObject({ nulls: 'pruned', status: 'dropped', given: true });
    expect(set.find('v1', 'Secret')).toMatchObject({ given: false });
  });

  test('has what a reference stands for', () => {
    const set = createSchemaSet(smallBuiltIns, []);
    for (const reference of ['kubernetes#/definitions/Meta', '#/definitions/Meta', 'Meta'])
      expect(set.resolve(reference)).toBe(smallBuiltIns.definitions['Meta']);
    expect(set.resolve('#/definitions/Nothing')).toBeUndefined();
  });
});

describe('a schema', () => {
  test('that is given may refer to those of Kubernetes', () => {
    expect(keywords({ properties: { metadata: metadataSchema(smallBuiltIns) } }, { metadata: { nam: 'a' } })).toEqual([
      'additionalProperties /metadata',
    ]);
  });

  test.each<readonly [JsonObject, string]>([
    [{ type: 'text' }, 'type must be JSONType or JSONType[]: text'],
    [{ $ref: '#/nowhere' }, "can't resolve reference #/nowhere from id #"],
  ])('%j has a fault, and finds nothing', (schema, fault) => {
    const found = ofX(schema);
    expect([found.fault(), found.fault()]).toEqual([fault, fault]);
    expect(found.check({ a: 1 })).toEqual([]);
  });

  test.each<readonly [string, JsonObject]>([
    ['a keyword that nobody knows', { 'x-nobody': 1 }],
    ['a keyword that is not as it should be', { type: 'string', maxLength: -1 }],
    ['a format that nobody knows', { type: 'string', format: 'soon' }],
    ['a pattern that escapes more than it has to', { type: 'string', pattern: '^\\_\\-$' }],
  ])('with %s has no fault', (_what, schema) => {
    expect(ofX(schema).fault()).toBeUndefined();
  });

  test('tells of all that a value breaks, with the value and the schema of each', () => {
    const a = { type: 'integer' };
    const properties = { a, b: a };
    const schema = { properties, additionalProperties: false, required: ['toString'] };
    const errors = ofX(schema).check({ a: 'x', b: 'y', c: 1 });
    expect(errors.map(({ keyword, instancePath, data }) => [keyword, instancePath, data]).toSorted()).toEqual([
      ['additionalProperties', '', { a: 'x', b: 'y', c: 1 }],
      ['required', '', { a: 'x', b: 'y', c: 1 }],
      ['type', '/a', 'x'],
      ['type', '/b', 'y'],
    ]);
    expect(errors.find(({ instancePath }) => instancePath === '/a')?.parentSchema).toEqual(a);
  });

  test.each([
    ['byte', '?'],
    ['quantity', '1gi'],
    ['date-time', 'soon'],
    ['int32', 2 ** 31],
    ['int64', 2 ** 63],
  ])('looks at the format %s', (format, value) => {
    expect(keywords({ properties: { a: { format } } }, { a: value })).toEqual(['format /a']);
  });
});

describe('the schema of metadata', () => {
  const broken = (pod: JsonObject): BuiltIns => ({
    ...smallBuiltIns,
    definitions: { ...smallBuiltIns.definitions, Pod: pod },
  });

  test('is that of pods', async () => {
    const { metadataSchema: anew } = await loadAnew<typeof SchemaSets>('core/schemas/schema-set.ts');
    expect(anew(smallBuiltIns)).toStrictEqual({ $ref: 'kubernetes#/definitions/Meta' });
  });

  test.each<readonly [string, BuiltIns]>([
    ['version', { ...smallBuiltIns, kinds: {} }],
    ['pod', { ...smallBuiltIns, kinds: { v1: {} } }],
    ['definition', { ...smallBuiltIns, definitions: {} }],
    ['fields', broken({})],
    ['map of fields', broken({ properties: 7 })],
    ['metadata', broken({ properties: {} })],
    ['map of metadata', broken({ properties: { metadata: 'x' } })],
    ['reference', broken({ properties: { metadata: {} } })],
    ['reference that is a text', broken({ properties: { metadata: { $ref: 7 } } })],
  ])('is that of any map where there is no %s', (_what, builtIns) => {
    expect(metadataSchema(builtIns)).toStrictEqual({ type: 'object' });
  });
});

test('the schemas that Kubernetes brings along are unpacked, and refuse what they do not list', () => {
  const builtIns = readBuiltIns();
  expect(builtIns.definitions[builtIns.kinds['v1']?.['Pod'] ?? '']).toMatchObject({ type: 'object' });
  const { $ref } = metadataSchema(builtIns);
  expect(createSchemaSet(builtIns, []).resolve($ref as string)?.['properties']).toHaveProperty('creationTimestamp');
  const { closed = [], free = [] } = Object.groupBy(Object.values(builtIns.definitions), ({ properties }) =>
    properties === undefined ? 'free' : 'closed',
  );
  expect(closed.length).toBeGreaterThan(100);
  expect(closed.filter(({ additionalProperties }) => additionalProperties !== false)).toEqual([]);
  expect(free.length).toBeGreaterThan(0);
  expect(free.filter(({ additionalProperties }) => additionalProperties === false)).toEqual([]);
});
