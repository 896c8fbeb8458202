import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import type * as CheckManifest from '../../../src/core/schemas/check-manifest.ts';
import { checkAgainstSchema } from '../../../src/core/schemas/check-manifest.ts';
import { createSchemaSet, type KindSchema } from '../../../src/core/schemas/schema-set.ts';
import type { JsonPath } from '../../../src/core/yaml/json-path.ts';
import { loadAnew } from '../../support/load-anew.ts';
import { schemaOfX, smallBuiltIns } from './small-set.ts';

type Told = readonly [path: JsonPath, rule: string, message: string, suggestion?: string];

/** What is said of a manifest that stands at `m`, whole. */
function told(manifest: JsonObject, schema: KindSchema): readonly Told[] {
  return checkAgainstSchema(manifest, schema, ['m']).map((problem): Told => {
    const { severity, path, rule, message, suggestion, ...more } = problem;
    expect([severity, more]).toEqual(['error', {}]);
    expect(path[0]).toBe('m');
    const said = [path.slice(1), rule ?? '', message] as const;
    return suggestion === undefined ? said : [...said, suggestion];
  });
}

const ofSpec = (spec: JsonObject, value: JsonValue): readonly Told[] =>
  told({ apiVersion: 'x.io/v1', kind: 'X', spec: value }, schemaOfX({ type: 'object', properties: { spec } }));

const inQuotes = 'put the value in quotes';
const withoutQuotes = 'write it without quotes';

describe('of a value it is said where it stands and what is wrong', () => {
  const minimums = Array.from({ length: 11 }, (_unused, minimum) => ({ minimum }));
  const either = (...names: readonly string[]): JsonObject => ({
    anyOf: names.map((name) => ({ required: [name] })),
  });
  const mixed: JsonObject = { enum: [1, 'two', { k: 1 }] };

  test.each<readonly [string, JsonObject, JsonValue, readonly Told[]]>([
    [
      'under keys that a pointer writes otherwise',
      { type: 'object', additionalProperties: { type: 'integer' } },
      { '0': 'x', 'a/b': 'x', 'c~d': 'x', 'e~1f': 'x' },
      ['0', 'a/b', 'c~d', 'e~1f'].map((key): Told => [['spec', key], 'wrong-type', 'expected an integer, found text']),
    ],
    [
      'in a list of lists',
      { type: 'array', items: { type: 'array', items: { type: 'boolean' } } },
      [[], [true, 7]],
      [[['spec', 1, 1], 'wrong-type', 'expected true or false, found the number 7']],
    ],
    [
      'in a list that is none',
      { type: 'object', additionalProperties: { type: 'array' } },
      { a: 'true', b: '12' },
      ['a', 'b'].map((key): Told => [['spec', key], 'wrong-type', 'expected a list, found text']),
    ],
    [
      'of what is missing, and of what is too much',
      { type: 'object', required: ['size'], properties: { size: { type: 'integer' } } },
      { sizes: 1 },
      [
        [['spec', 'size'], 'missing-field', 'Required value: field not set'],
        [['spec', 'sizes'], 'unknown-field', 'unknown field', 'did you mean "size"?'],
      ],
    ],
    [
      'of text that may be null',
      { type: 'string', nullable: true },
      7,
      [[['spec'], 'wrong-type', 'expected text, found the number 7', inQuotes]],
    ],
    [
      'of one of eleven forms',
      { type: 'integer', anyOf: minimums },
      -1,
      [
        [
          ['spec'],
          'invalid-value',
          `Invalid value: -1: ${minimums.map(({ minimum }) => `must be >= ${minimum}`).join(', or ')}`,
        ],
      ],
    ],
    [
      'of two choices',
      { type: 'object', properties: { a: {}, b: {}, c: {}, d: {} }, allOf: [either('a', 'b'), either('c', 'd')] },
      {},
      [
        [
          ['spec'],
          'invalid-value',
          "Invalid value: must have required property 'a', or must have required property 'b'",
        ],
        [
          ['spec'],
          'invalid-value',
          "Invalid value: must have required property 'c', or must have required property 'd'",
        ],
      ],
    ],
    [
      'of a choice, not of what is wrong within it',
      {
        type: 'object',
        properties: { a: { type: 'integer' }, b: {} },
        anyOf: [{ properties: { a: { minimum: 5 } } }, { required: ['b'] }],
      },
      { a: 1 },
      [[['spec'], 'invalid-value', "Invalid value: must have required property 'b'"]],
    ],
    [
      'of a choice of which all is wrong within it',
      { type: 'object', properties: { a: { type: 'integer' } }, anyOf: [{ properties: { a: { minimum: 5 } } }] },
      { a: 1 },
      [[['spec'], 'invalid-value', 'Invalid value: it has to fit exactly one of the forms that the schema allows']],
    ],
    [
      'of an empty text that is none of those which are known',
      { type: 'string', enum: ['a'] },
      '',
      [[['spec'], 'unsupported-value', 'Unsupported value: "": one of a']],
    ],
    [
      'of a text among other values',
      mixed,
      'tw',
      [[['spec'], 'unsupported-value', 'Unsupported value: "tw": one of 1, two, {"k":1}', 'did you mean "two"?']],
    ],
    [
      'of a number among other values',
      mixed,
      7,
      [[['spec'], 'unsupported-value', 'Unsupported value: 7: one of 1, two, {"k":1}']],
    ],
    [
      'of another type than those that are known, once',
      { type: 'string', enum: ['7'] },
      7,
      [[['spec'], 'wrong-type', 'expected text, found the number 7', inQuotes]],
    ],
    [
      'of a list, without the list',
      { type: 'array', maxItems: 1, items: { type: 'integer' } },
      [1, 2],
      [[['spec'], 'invalid-value', 'Invalid value: must NOT have more than 1 items']],
    ],
    [
      'of null',
      { nullable: true, not: { enum: [null] } },
      null,
      [[['spec'], 'invalid-value', 'Invalid value: null: has a form that the schema excludes']],
    ],
    [
      'of eighty characters',
      { type: 'string', maxLength: 1 },
      'a'.repeat(78),
      [[['spec'], 'invalid-value', `Invalid value: "${'a'.repeat(78)}": must NOT have more than 1 characters`]],
    ],
    [
      'of the beginning of more',
      { type: 'string', maxLength: 1 },
      'a'.repeat(79),
      [[['spec'], 'invalid-value', `Invalid value: "${'a'.repeat(78)}…: must NOT have more than 1 characters`]],
    ],
    [
      'of long integers, digit by digit',
      { type: 'integer', maximum: 1 },
      2n ** 64n,
      [[['spec'], 'invalid-value', 'Invalid value: 18446744073709551616: must be <= 1']],
    ],
    [
      'of what is not base64',
      { type: 'string', format: 'byte' },
      '?',
      [[['spec'], 'not-base64', 'the value is not base64', 'encode it, or put plain text into stringData of a Secret']],
    ],
  ])('%s', (_what, schema, value, expected) => {
    expect(ofSpec(schema, value)).toStrictEqual(expected);
  });

  test.each<readonly [string, string, boolean]>([
    ...['12', '-12', '1.25', '-10.5', '0'].map((value) => ['number', value, true] as const),
    ...['.5', '1.', '1..5', 'x1', '1x', '--1', '1,5', '', 'one', '1.5x'].map(
      (value) => ['number', value, false] as const,
    ),
    ...['true', 'false'].map((value) => ['boolean', value, true] as const),
    ...['xtrue', 'truex', 'xfalse', 'falsex', 'True'].map((value) => ['boolean', value, false] as const),
    ...['12', '-1'].map((value) => ['integer', value, true] as const),
    ...['12', 'true'].map((value) => ['object', value, false] as const),
  ])('that quotes are too much in the place of a %s, of %j: %s', (type, value, expected) => {
    const [found] = ofSpec({ type }, value);
    expect(found?.[3]).toBe(expected ? withoutQuotes : undefined);
  });

  test('in the words of each type', async () => {
    const { checkAgainstSchema: anew } = await loadAnew<typeof CheckManifest>('core/schemas/check-manifest.ts');
    const wanted = (type: string, value: JsonValue): readonly string[] =>
      anew({ spec: value }, schemaOfX({ type: 'object', properties: { spec: { type } } }), []).map(
        ({ message }) => message,
      );
    expect(wanted('string', [])).toEqual(['expected text, found a list']);
    expect(wanted('integer', [])).toEqual(['expected an integer, found a list']);
    expect(wanted('number', [])).toEqual(['expected a number, found a list']);
    expect(wanted('boolean', [])).toEqual(['expected true or false, found a list']);
    expect(wanted('object', [])).toEqual(['expected a map, found a list']);
    expect(wanted('array', {})).toEqual(['expected a list, found a map']);
  });
});

describe('of a kind that Kubernetes has', () => {
  const ofKind = (kind: string, rest: JsonObject): readonly Told[] => {
    const schema = createSchemaSet(smallBuiltIns, []).find('v1', kind);
    if (schema === undefined) throw new Error(`no schema of ${kind}`);
    return told({ kind, ...rest }, schema);
  };
  const aNumber = 'expected text, found the number 7';
  const something = 'expected text, found something else';

  test.each<readonly [string, JsonObject, readonly Told[]]>([
    ['Pod', { policy: '' }, []],
    [
      'Pod',
      { policy: 'always' },
      [
        [
          ['policy'],
          'unsupported-value',
          'Unsupported value: "always": one of Always, Never',
          'did you mean "Always"?',
        ],
      ],
    ],
    [
      'Pod',
      { memory: '' },
      [[['memory'], 'invalid-value', 'Invalid value: "": is not a quantity such as 500m or 1Gi']],
    ],
    ['Pod', { memory: [] }, [[['memory'], 'wrong-type', 'expected a quantity such as 500m or 1Gi, found a list']]],
    ['Pod', { status: { phase: 'Fine' } }, []],
    ['Pod', { status: { message: 7 } }, [[['status', 'message'], 'wrong-type', aNumber, inQuotes]]],
    ['Pod', { status: { nothing: 7 } }, [[['status', 'nothing'], 'unknown-field', 'unknown field']]],
    ['Secret', { data: { a: 7 } }, [[['data', 'a'], 'wrong-type', something, inQuotes]]],
    ['Secret', { stringData: { a: 7 } }, [[['stringData', 'a'], 'wrong-type', something, inQuotes]]],
    ['Secret', { stringData: { a: { b: 7 } } }, [[['stringData', 'a'], 'wrong-type', 'expected text, found a map']]],
    ['Secret', { metadata: { labels: { a: 7 } } }, [[['metadata', 'labels', 'a'], 'wrong-type', aNumber, inQuotes]]],
    ['Secret', { metadata: { data: { a: 7 } } }, [[['metadata', 'data'], 'unknown-field', 'unknown field']]],
    ['ConfigMap', { data: { a: 7 } }, [[['data', 'a'], 'wrong-type', aNumber, inQuotes]]],
  ])('%s %j', (kind, rest, expected) => {
    expect(ofKind(kind, rest)).toStrictEqual(expected);
  });
});

test.each<readonly [string, JsonObject, readonly Told[]]>([
  ['dropped', { subresources: { status: {} } }, []],
  ['judged', {}, [[['status', 'a'], 'invalid-value', 'Invalid value: 2: must be <= 1']]],
])('the status of a custom resource is %s', (_what, version, expected) => {
  const status = { type: 'object', properties: { a: { type: 'integer', maximum: 1 } } };
  const schema = schemaOfX({ type: 'object', properties: { status } }, version);
  expect(told({ status: { a: 2 } }, schema)).toStrictEqual(expected);
});

test('of a JSON Schema it is said which condition does not hold, and not that there was one', () => {
  const rest = { apiVersion: 'x.io/v1', kind: 'X', nulls: 'judged', status: 'judged' } as const;
  const schema: JsonObject = { if: { required: ['a'] }, then: { required: ['b'] }, properties: { c: { const: 2 } } };
  const found = createSchemaSet(smallBuiltIns, [{ ...rest, schema }]).find('x.io/v1', 'X');
  expect(told({ a: 1, c: 1 }, found!).toSorted()).toStrictEqual([
    [['b'], 'missing-field', 'Required value: field not set'],
    [['c'], 'invalid-value', 'Invalid value: 1: must be equal to constant'],
  ]);
});
