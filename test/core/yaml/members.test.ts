import { expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { jsonInteger, setMember } from '../../../src/core/yaml/members.ts';

it.each(['a', '', 'constructor', '__proto__'])('a member called %j is one as any other', (key) => {
  const members: Record<string, JsonValue> = {};
  for (const value of [1, { polluted: true }]) {
    setMember(members, key, value);
    expect(Object.getOwnPropertyDescriptor(members, key)).toEqual({
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  expect(Object.keys(members)).toEqual([key]);
  expect(Object.getPrototypeOf(members)).toBe(Object.prototype);
});

it.each<[bigint, JsonValue]>([
  [0n, 0],
  [-7n, -7],
  [9007199254740991n, 9007199254740991],
  [9007199254740992n, 9007199254740992n],
  [9007199254740993n, 9007199254740993n],
  [-9007199254740991n, -9007199254740991],
  [-9007199254740992n, -9007199254740992n],
])('the integer %s is a number where that is exact beyond doubt', (integer, value) => {
  expect(jsonInteger(integer)).toBe(value);
});
