import { describe, expect, it } from 'vitest';
import type { JsonPath } from '../../../src/core/yaml/json-path.ts';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';

const text = `base: &b
  q: 1
  r: {s: 1}
more: &m {q: 2, t: [3, 4]}
d:
  k: 1
  <<: [*b, *m]
e:
  <<: *m
  u: 2
f: [*b, x]
&key name: g
h: {*key : 5}
i: {1: x, 0x2: y}
j: {a: 1, a: 2, <<: {a: 3, c: 3}, c: 4}
`;

describe('the place of a value of YAML', () => {
  it.each<[string, JsonPath, string]>([
    ['the document', [], '1:1'],
    ['a member beside a merge', ['d', 'k'], '6:3'],
    ['a member of the first map that is merged', ['d', 'q'], '2:3'],
    ['what is in such a member', ['d', 'r', 's'], '3:7'],
    ['a member of the second map that is merged', ['d', 't'], '4:17'],
    ['an item in such a member', ['d', 't', 1], '4:24'],
    ['a member of the one map that is merged', ['e', 'q'], '4:11'],
    ['a member after a merge', ['e', 'u'], '10:3'],
    ['an alias', ['f', 0], '11:5'],
    ['a member of what an alias points at', ['f', 0, 'q'], '2:3'],
    ['an item', ['f', 1], '11:9'],
    ['a key with an anchor', ['name'], '12:6'],
    ['a key that is an alias', ['h', 'name'], '13:5'],
    ['a key that is a number', ['i', 1], '14:5'],
    ['a key that is a number of another base', ['i', '2'], '14:11'],
    ['the last of several, in a merge', ['j', 'a'], '15:22'],
    ['the last of several, behind a merge', ['j', 'c'], '15:35'],
  ])('%s', (_what, path, place) => {
    expect(placeOf(path)).toBe(place);
  });

  it.each<[string, JsonPath, string]>([
    ['a member that is not there', ['none'], '1:1'],
    ['one in a map', ['d', 'none', 'q'], '5:1'],
    ['the merge itself', ['d', '<<'], '5:1'],
    ['an item behind the last', ['d', 't', 2], '4:17'],
    ['an item far behind the last', ['d', 't', 7, 'q'], '4:17'],
    ['an item before the first', ['d', 't', -1], '4:17'],
    ['an item by a text', ['d', 't', '1'], '4:17'],
    ['a property of lists', ['d', 't', 'length'], '4:17'],
    ['a member of a number', ['d', 'k', 'x'], '6:3'],
    ['an item of a number', ['d', 'k', 0], '6:3'],
    ['a member of an item that is a text', ['f', 1, 'length'], '11:9'],
  ])('%s is that of the nearest around it', (_what, path, place) => {
    expect(placeOf(path)).toBe(place);
  });
});

function placeOf(path: JsonPath): string {
  const [document] = readDocuments(text, 'f', { duplicateKeys: 'last' });
  const place = document?.locate(path);
  return `${place?.line}:${place?.column}`;
}
