import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { present } from '../../../src/core/present.ts';
import { readBuiltIns } from '../../../src/core/schemas/built-in.ts';
import { checkFeedbackPaths } from '../../../src/core/schemas/check-feedback.ts';
import { checkAgainstSchema } from '../../../src/core/schemas/check-manifest.ts';
import { createSchemaSet } from '../../../src/core/schemas/schema-set.ts';
import { lazily, schemaOfX } from './small-set.ts';

const schemas = lazily(() => createSchemaSet(readBuiltIns(), []));

describe('of a value that its schema refuses it is said why', () => {
  const properties: JsonObject = {
    port: { type: 'integer', format: 'int32', maximum: 100 },
    ratio: { type: 'number' },
    on: { type: 'boolean' },
    text: { type: 'string', minLength: 2, pattern: '^[a-z]+$' },
    list: { type: 'array', items: { type: 'string' } },
    map: { type: 'object', additionalProperties: { type: 'string' } },
    either: { 'x-kubernetes-int-or-string': true },
    mode: { type: 'string', enum: ['Always', 'Never'] },
    level: { enum: [1, 'two', null] },
    when: { type: 'string', format: 'date-time' },
    data: { type: 'string', format: 'byte' },
    big: { type: 'integer', format: 'int64' },
    only: { anyOf: [{ required: ['a'] }, { required: ['b'] }], type: 'object', properties: { a: {}, b: {} } },
    one: { oneOf: [{ minimum: 1 }, { maximum: 5 }], type: 'integer' },
    never: { not: { enum: ['bad'] }, type: 'string' },
  };
  const schemaOfAll = lazily(() =>
    schemaOfX({ type: 'object', properties: { spec: { type: 'object', properties, required: ['port'] } } }),
  );
  const told = (spec: JsonObject): readonly unknown[] => {
    const manifest = { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'a' }, spec: present({ port: 1, ...spec }) };
    return checkAgainstSchema(manifest, schemaOfAll(), ['m']).map(({ severity, rule, message, suggestion, path }) => {
      expect([severity, ...path.slice(0, 2)]).toEqual(['error', 'm', 'spec']);
      return [rule, message, ...(suggestion === undefined ? [] : [suggestion])];
    });
  };

  test.each<readonly [JsonObject, readonly (readonly string[])[]]>([
    [{ port: undefined }, [['missing-field', 'Required value: field not set']]],
    [{ prt: 1 }, [['unknown-field', 'unknown field', 'did you mean "port"?']]],
    [{ whatever: 1 }, [['unknown-field', 'unknown field']]],
    [{ port: 'x' }, [['wrong-type', 'expected an integer, found text']]],
    [{ port: '8' }, [['wrong-type', 'expected an integer, found text', 'write it without quotes']]],
    [{ ratio: '-1.5' }, [['wrong-type', 'expected a number, found text', 'write it without quotes']]],
    [{ ratio: '1.' }, [['wrong-type', 'expected a number, found text']]],
    [{ on: 'true' }, [['wrong-type', 'expected true or false, found text', 'write it without quotes']]],
    [{ on: 'false' }, [['wrong-type', 'expected true or false, found text', 'write it without quotes']]],
    [{ on: 'yes' }, [['wrong-type', 'expected true or false, found text']]],
    [{ text: true }, [['wrong-type', 'expected text, found true', 'put the value in quotes']]],
    [{ list: {} }, [['wrong-type', 'expected a list, found a map']]],
    [{ map: [] }, [['wrong-type', 'expected a map, found a list']]],
    [{ either: true }, [['wrong-type', 'expected an integer or text, found true']]],
    [
      { mode: 'always' },
      [['unsupported-value', 'Unsupported value: "always": one of Always, Never', 'did you mean "Always"?']],
    ],
    [{ mode: 'Other' }, [['unsupported-value', 'Unsupported value: "Other": one of Always, Never']]],
    [{ mode: 1 }, [['wrong-type', 'expected text, found the number 1', 'put the value in quotes']]],
    [{ level: 3 }, [['unsupported-value', 'Unsupported value: 3: one of 1, two']]],
    [{ when: 'soon' }, [['invalid-value', 'Invalid value: "soon": is not a time such as 2026-01-31T12:00:00Z']]],
    [
      { data: '%' },
      [['not-base64', 'the value is not base64', 'encode it, or put plain text into stringData of a Secret']],
    ],
    [{ port: -(2 ** 31) }, []],
    [{ port: -(2 ** 31) - 1 }, [['invalid-value', 'Invalid value: -2147483649: is not an integer of 32 bits']]],
    [{ big: 2n ** 63n }, [['invalid-value', 'Invalid value: 9223372036854775808: is not an integer of 64 bits']]],
    [{ port: 101 }, [['invalid-value', 'Invalid value: 101: must be <= 100']]],
    [{ text: 'a' }, [['invalid-value', 'Invalid value: "a": must NOT have fewer than 2 characters']]],
    [
      { text: 'A'.repeat(90) },
      [['invalid-value', `Invalid value: "${'A'.repeat(78)}…: must match pattern "^[a-z]+$"`]],
    ],
    [
      { only: {} },
      [['invalid-value', "Invalid value: must have required property 'a', or must have required property 'b'"]],
    ],
    [
      { one: 3 },
      [['invalid-value', 'Invalid value: 3: it has to fit exactly one of the forms that the schema allows']],
    ],
    [{ never: 'bad' }, [['invalid-value', 'Invalid value: "bad": has a form that the schema excludes']]],
  ])('%o', (spec, expected) => {
    expect(told(spec)).toEqual(expected);
  });

  test('of a quantity, and without the value in a Secret', () => {
    const find = (kind: string, more: JsonObject): readonly unknown[] => {
      const schema = schemas().find('v1', kind);
      if (schema === undefined) throw new Error('no schema');
      const manifest = { apiVersion: 'v1', kind, metadata: { name: 'a' }, ...more };
      return checkAgainstSchema(manifest, schema, []).map(({ message }) => message);
    };
    const limits = (memory: string | boolean): JsonObject => ({
      spec: { containers: [{ name: 'a', resources: { limits: { memory } } }] },
    });
    for (const fine of ['1Gi', '500m', '.5', '1.', '1e3', '-2E-1', '+3k', '0'])
      expect(find('Pod', limits(fine)), fine).toEqual([]);
    for (const wrong of ['1gi', 'x1', '1Kix', '1..5', 'Ki', '1 Gi'])
      expect(find('Pod', limits(wrong)), wrong).toEqual([
        `Invalid value: "${wrong}": is not a quantity such as 500m or 1Gi`,
      ]);
    expect(find('Pod', limits(true))).toEqual(['expected a quantity such as 500m or 1Gi, found true']);
    expect(find('Secret', { data: { a: 7 } })).toEqual(['expected text, found something else']);
    expect(find('Secret', { data: { a: ['x'] } })).toEqual(['expected text, found a list']);
    expect(find('Secret', { immutable: 'top' })).toEqual(['expected true or false, found text']);
    expect(find('Secret', { data: { a: 'aGk=', b: 'aG\nk=', c: 'YWE=', d: '' } })).toEqual([]);
    for (const value of ['aGk', 'a===', '!aGk=', 'aGk=!'])
      expect(find('Secret', { data: { a: value } })).toEqual(['the value is not base64']);
  });

  test('of a thousand mistakes, and how many more there are', () => {
    const list = Array.from({ length: 1_002 }, () => 7);
    const found = told({ list: list.slice(0, 1_000) });
    expect(found).toHaveLength(1_000);
    const manifest = { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'a' }, spec: { port: 1, list } };
    expect(checkAgainstSchema(manifest, schemaOfAll(), ['m']).at(-1)).toEqual({
      severity: 'error',
      rule: 'invalid-value',
      path: ['m'],
      message: '2 more problems of this manifest are not shown',
    });
  });
});

test('of a feedback rule it is said what leads nowhere', () => {
  const feedback = (rule: JsonObject): readonly unknown[] =>
    checkFeedbackPaths({ feedbackRules: [rule] }, { apiVersion: 'v1', kind: 'Service' }, schemas(), ['c']);
  expect(feedback({ type: 'WellKnownStatus' })).toEqual([
    {
      severity: 'warning',
      rule: 'no-well-known-status',
      path: ['c', 'feedbackRules', 0, 'type'],
      message: 'agents know no well-known status of Service in v1',
      suggestion: 'use type: JSONPaths',
    },
  ]);
  expect(feedback({ type: 'JSONPaths', jsonPaths: [{ path: '.status.unheardOf' }] })).toEqual([
    {
      severity: 'error',
      rule: 'unknown-feedback-path',
      path: ['c', 'feedbackRules', 0, 'jsonPaths', 0, 'path'],
      message: 'Service has no field .status.unheardOf',
    },
  ]);
  const kinds = ['apps/v1 Deployment', 'apps/v1 DaemonSet', 'batch/v1 Job', 'v1 Pod'];
  for (const [apiVersion = '', kind = ''] of kinds.map((one) => one.split(' ')))
    expect(
      checkFeedbackPaths({ feedbackRules: [{ type: 'WellKnownStatus' }] }, { apiVersion, kind }, schemas(), []),
    ).toEqual([]);
});
