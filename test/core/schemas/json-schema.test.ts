import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { schemasOfJsonSchema } from '../../../src/core/schemas/json-schema.ts';

describe('a JSON Schema', () => {
  const keyword = 'x-kubernetes-group-version-kind';
  test('is for the kinds that it names, without what would be looked up', () => {
    const schema = { type: 'object', $schema: 'http://x', $id: 'a', id: 'b' };
    const of = (named: JsonObject | readonly JsonObject[] | string): readonly unknown[] =>
      schemasOfJsonSchema({ ...schema, [keyword]: named });
    const made = (named: unknown, apiVersion: string): unknown => ({
      apiVersion,
      kind: 'X',
      schema: { type: 'object', [keyword]: named },
      nulls: 'judged',
      status: 'judged',
    });
    const two = [
      { group: 'x.io', version: 'v1', kind: 'X' },
      { group: '', version: 'v2', kind: 'X' },
      { version: 'v3', kind: 'X' },
      { group: 'x.io', version: 1, kind: 'X' },
      { group: 'x.io', version: 'v1', kind: 1 },
    ];
    expect(of(two)).toEqual([made(two, 'x.io/v1'), made(two, 'v2'), made(two, 'v3')]);
    const [one] = two;
    expect(of(one ?? {})).toEqual([made(one, 'x.io/v1')]);
    expect(of('X')).toEqual([]);
    expect(schemasOfJsonSchema(schema)).toEqual([]);
  });
});
