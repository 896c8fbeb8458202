import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import type * as AsJudged from '../../../src/core/schemas/as-judged.ts';
import { asJudged } from '../../../src/core/schemas/as-judged.ts';
import { loadAnew } from '../../support/load-anew.ts';

const nullable: JsonObject = { 'x-takes-null': true };
const withDefault: JsonObject = { default: 'x' };
const list = (items: JsonValue): JsonObject => ({ properties: { a: { items } } });

test.each<readonly [string, JsonObject, JsonObject]>([
  ['members that are null are not there', { a: null, b: { c: null, d: 1 } }, { b: { d: 1 } }],
  ['items that are null stay', { a: [null, { b: null }, [null]] }, { a: [null, {}, [null]] }],
  ['long integers are doubles', { a: 2n ** 63n, b: [1n] }, { a: 2 ** 63, b: [1] }],
  ['all else stays', { a: '', b: false, c: 0, d: [], e: {} }, { a: '', b: false, c: 0, d: [], e: {} }],
])('to Go %s', (_what, manifest, expected) => {
  expect(asJudged(manifest, 'absent', {})).toStrictEqual(expected);
});

test('to Go a schema sets no defaults, and null in its place is not there', () => {
  const schema = { properties: { a: withDefault, b: { ...nullable, default: 'y' }, c: { items: withDefault } } };
  expect(asJudged({ b: null, c: [null] }, 'absent', schema)).toStrictEqual({ c: [null] });
});

describe('to an API server, of a custom resource,', () => {
  test.each<readonly [string, JsonObject, JsonObject, JsonObject]>([
    ['null in a known field is taken out', { properties: { a: {} } }, { a: null, b: 1 }, { b: 1 }],
    ['null in an unknown field stays', { properties: {} }, { a: null }, { a: null }],
    ['null that is allowed stays', { properties: { a: nullable } }, { a: null }, { a: null }],
    ['null that may be allowed is taken out', { properties: { a: { 'x-takes-null': 'yes' } } }, { a: null }, {}],
    ['null in a map is taken out', { additionalProperties: {} }, { a: null }, {}],
    ['null in a free map stays', { additionalProperties: true }, { a: null }, { a: null }],
    [
      'a field of its own is no other',
      { properties: { a: nullable }, additionalProperties: {} },
      { a: null, b: null },
      { a: null },
    ],
    [
      'what all objects have is no field',
      { properties: {} },
      JSON.parse('{"constructor":null,"__proto__":null}') as JsonObject,
      JSON.parse('{"constructor":null,"__proto__":null}') as JsonObject,
    ],
    ['fields that are no map are none', { properties: 'a', additionalProperties: {} }, { a: null }, {}],
    ['within fields it is the same', { properties: { a: { properties: { b: {} } } } }, { a: { b: null } }, { a: {} }],
    ['items are judged by their schema', list({ properties: { b: {} } }), { a: [{ b: null }, 1n] }, { a: [{}, 1] }],
    ['items that are null stay', list({}), { a: [null] }, { a: [null] }],
    ['items that are null get a default', list(withDefault), { a: [null, 'y'] }, { a: ['x', 'y'] }],
    ['items that may be null get none', list({ ...nullable, ...withDefault }), { a: [null] }, { a: [null] }],
    ['items of several schemas have none', list([withDefault]), { a: [null] }, { a: [null] }],
    [
      'a default within a default of an item',
      list({ default: {}, properties: { b: withDefault } }),
      { a: [null] },
      { a: [{ b: 'x' }] },
    ],
    ['a default is set', { properties: { a: withDefault, b: {} } }, {}, { a: 'x' }],
    ['a default is not set beside a value', { properties: { a: withDefault } }, { a: 'y' }, { a: 'y' }],
    ['a default is set for null', { properties: { a: withDefault } }, { a: null }, { a: 'x' }],
    [
      'none is set for null that is allowed',
      { properties: { a: { ...nullable, ...withDefault } } },
      { a: null },
      { a: null },
    ],
    ['a default may be null', { properties: { a: { default: null } } }, {}, { a: null }],
    ['a default may be false', { properties: { a: { default: false } } }, {}, { a: false }],
    ['no default is in what is no schema', { properties: { a: true, b: ['x'] } }, {}, {}],
    ['no default is in what is no map of fields', { properties: [withDefault] }, {}, {}],
    [
      'a default gets its own defaults',
      { properties: { a: { default: { c: 1n }, properties: { b: withDefault } } } },
      {},
      { a: { c: 1, b: 'x' } },
    ],
    ['no default is set in what is not there', { properties: { a: { properties: { b: withDefault } } } }, {}, {}],
  ])('%s', (_what, schema, manifest, expected) => {
    const judged = asJudged(manifest, 'pruned', schema);
    expect(judged).toStrictEqual(expected);
    expect(Object.keys(judged)).toEqual(Object.keys(expected));
  });
});

test('to a JSON Schema null is a value, and defaults are set by nobody', () => {
  const schema = { properties: { a: withDefault, b: withDefault, c: { items: withDefault } } };
  expect(asJudged({ a: null, c: [null], d: { e: null } }, 'judged', schema)).toStrictEqual({
    a: null,
    c: [null],
    d: { e: null },
  });
  expect(asJudged({ a: undefined }, 'judged', {})).toStrictEqual({ a: null });
});

test.each(['pruned', 'judged'] as const)('the metadata of an object alone is read by Go, and not %s', (rule) => {
  const schema = { properties: { metadata: { properties: { name: withDefault } } } };
  const manifest = {
    metadata: { creationTimestamp: null, labels: { a: null } },
    spec: { metadata: { b: null } },
    c: null,
  };
  expect(asJudged(manifest, rule, schema)).toStrictEqual({
    metadata: { labels: {} },
    spec: { metadata: { b: null } },
    c: null,
  });
});

test('that null is allowed is said by a keyword of our own', async () => {
  const { takesNullKeyword } = await loadAnew<typeof AsJudged>('core/schemas/as-judged.ts');
  expect(takesNullKeyword).toBe('x-takes-null');
});
