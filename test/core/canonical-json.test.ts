import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, canonicalJsonWithoutNulls, type JsonObject, type JsonValue } from '../../src/core/json.ts';

/** What the text is to be, member by member. */
function expected(value: JsonValue | undefined, nullMembers: boolean): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'bigint') return String(Number(value));
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value))
    return `[${(value as readonly JsonValue[]).map((item) => expected(item, nullMembers)).join(',')}]`;
  const members = Object.entries(value as JsonObject)
    .filter(([, member]) => member !== undefined && (member !== null || nullMembers))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${expected(member, nullMembers)}`);
  return `{${members.join(',')}}`;
}

const keys = fc.oneof(
  fc.string(),
  fc.constantFrom('10', '2', '-1', '01', '!', '__proto__', 'constructor', 'toJSON', 'a', 'b', 'c'),
);
const leaves = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<JsonValue | undefined>(null, undefined, -0, 2n ** 63n, -5n, 'text'),
);
const { json } = fc.letrec<{ readonly json: JsonValue | undefined }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    leaves as fc.Arbitrary<JsonValue | undefined>,
    fc.dictionary(keys, tie('json')),
    fc.array(tie('json')) as fc.Arbitrary<JsonValue>,
  ),
}));

describe('canonical JSON', () => {
  it('has the keys in order, whatever they are', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(value)).toBe(expected(value, true));
        expect(canonicalJsonWithoutNulls(value)).toBe(expected(value, false));
      }),
    );
  });

  it.each<readonly [string, JsonValue, string]>([
    ['keys that objects put first', { '2': 1, '10': 2, a: 3 }, '{"10":2,"2":1,"a":3}'],
    ['a key before those', { '!': 1, '1': 2 }, '{"!":1,"1":2}'],
    ['a number that a double cannot hold', [9007199254740993n], '[9007199254740992]'],
    ['minus nought', { a: -0 }, '{"a":0}'],
    ['an order deep inside', { a: { c: [{ z: 1, y: 2 }], b: null } }, '{"a":{"b":null,"c":[{"y":2,"z":1}]}}'],
  ])('writes %s', (_what, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each<readonly [string, string, JsonValue | undefined]>([
    ['{"a":1,"b":null,"c":"x"}', '{"a":1,"c":"x"}', { a: 1, b: null, c: 'x' }],
    ['{"a":1,"c":9007199254740992}', '{"a":1,"c":9007199254740992}', { a: 1, c: 2n ** 53n + 1n }],
    ['{"a":1,"b":{"c":null,"d":1}}', '{"a":1,"b":{"d":1}}', { a: 1, b: { d: 1, c: null } }],
    ['{"b":[null,{"c":null}]}', '{"b":[null,{}]}', { a: undefined, b: [null, { c: null }] }],
    ['{"/":2,":":null,"b":1}', '{"/":2,"b":1}', { b: 1, ':': null, '/': 2 }],
    ['{"0":3,"9":4,"b":1}', '{"0":3,"9":4,"b":1}', { b: 1, '0': 3, '9': 4 }],
    ['[{"__proto__":1,"a":2}]', '[{"__proto__":1,"a":2}]', JSON.parse('[{"a":2,"__proto__":1}]') as JsonValue],
    ['0', '0', -0],
    ['null', 'null', undefined],
  ])('writes %s, and %s without nulls', (text, without, value) => {
    expect([canonicalJson(value), canonicalJsonWithoutNulls(value)]).toEqual([text, without]);
  });

  it('leaves what it is given as it is', () => {
    const value: JsonObject = { b: null, a: { d: 1, c: [2n, { f: 1, e: null }] } };
    canonicalJsonWithoutNulls(value);
    expect(Object.keys(value)).toEqual(['b', 'a']);
    expect(value).toEqual({ b: null, a: { d: 1, c: [2n, { f: 1, e: null }] } });
  });
});
