import { describe, expect, it } from 'vitest';
import { pathText, roundedIntegers, type JsonPath } from '../../../src/core/yaml/json-path.ts';

describe('a path as messages show it', () => {
  it.each<[string, JsonPath]>([
    ['', []],
    ['spec', ['spec']],
    ['spec.manifests[0].metadata', ['spec', 'manifests', 0, 'metadata']],
    ['[0].a', [0, 'a']],
    ['metadata.annotations["a.b/c"]', ['metadata', 'annotations', 'a.b/c']],
    ['["a b"].c', ['a b', 'c']],
    ['_a.$b.c-d.e1', ['_a', '$b', 'c-d', 'e1']],
    ['a["1b"]["-c"][""]["d!"]', ['a', '1b', '-c', '', 'd!']],
    ['["!a"]', ['!a']],
  ])('%s', (text, path) => {
    expect(pathText(path)).toBe(text);
  });
});

it('integers that a double cannot hold are told with their places, and no others', () => {
  const value = {
    a: 9007199254740993n,
    b: [1, { c: -9007199254740993n, d: 9007199254740992n }],
    e: 1.5,
    f: '9007199254740993',
    g: null,
    h: 2n ** 64n,
  };
  expect(roundedIntegers(value)).toEqual([['a'], ['b', 1, 'c']]);
  expect(roundedIntegers(9007199254740993n)).toEqual([[]]);
  expect(roundedIntegers(undefined)).toEqual([]);
});
