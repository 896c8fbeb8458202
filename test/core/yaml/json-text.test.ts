import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import type { JsonPath } from '../../../src/core/yaml/json-path.ts';
import { jsonLocator, readJsonTexts } from '../../../src/core/yaml/json-text.ts';

describe('texts of JSON are read', () => {
  it.each<[string, readonly (readonly [JsonValue, number])[]]>([
    ['', []],
    [' \n', []],
    ['{}', [[{}, 0]]],
    ['[]', [[[], 0]]],
    ['{ }', [[{}, 0]]],
    [' \t\r\n[ \t\r\n]\n', [[[], 4]]],
    ['[true,false,null]', [[[true, false, null], 0]]],
    ['[0,-0,1,-1,10,-120]', [[[0, 0, 1, -1, 10, -120], 0]]],
    ['[1.5,0.25,-12.75,0.0]', [[[1.5, 0.25, -12.75, 0], 0]]],
    ['[1e5,1E5,1e+5,2e-1,2.5e10,-1.5E-12]', [[[1e5, 1e5, 1e5, 0.2, 2.5e10, -1.5e-12], 0]]],
    ['[9007199254740991,9007199254740992]', [[[9007199254740991, 9007199254740992n], 0]]],
    ['[18446744073709551615,18446744073709551616]', [[[18446744073709551615n, 2 ** 64], 0]]],
    ['["","a","\\"","\\\\","\\u0041","\\ud800"]', [[['', 'a', '"', '\\', 'A', '\uFFFD'], 0]]],
    ['{ "a" : 1 ,\t"b"\n:\r[ 1 , 2 ] }', [[{ a: 1, b: [1, 2] }, 0]]],
    ['{"a":{"b":{}},"c":[[]]}', [[{ a: { b: {} }, c: [[]] }, 0]]],
    [
      '{"a":1}{"b":2}\n[3]',
      [
        [{ a: 1 }, 0],
        [{ b: 2 }, 7],
        [[3], 15],
      ],
    ],
    [
      '{} null []null',
      [
        [{}, 0],
        [[], 8],
      ],
    ],
  ])('%j', (source, texts) => {
    const expected = texts.map(([value, start]) => ({ value, start }));
    expect(readJsonTexts(source, 'error')).toEqual({ texts: expected, issues: [] });
  });

  it.each([
    ...['null', 'null {}', '1', '"a"', 'true', '{} 1', '{} true', '{} "null"', '{} nul', '{} x', '[1]]', '[1] x'],
    ...['[', ']', '{', '}', '[1', '[1}', '{"a":1', '{"a":1]', '[1 2]', '[1,]', '[,1]', '[1,,2]'],
    ...['{"a"}', '{"a":}', '{"a":1,}', '{"a" 1}', '{a:1}', '{a":1}', "{'a':1}", '{1:2}', '{"a":1 "b":2}'],
    ...['["a]', '["a', '["', '["\\q"]', '["a\nb"]', '{"\\q":1}'],
    ...['[01]', '[1.]', '[.5]', '[+1]', '[-]', '[1e]', '[1e+]', '[0x10]', '[1E400]', '[tru]', '[True]', '[x]', '[NaN]'],
    ...['[\f1]', '[\u00a01]', '\uFEFF{}', '// c\n{}', '{} # c'],
  ])('and nothing else: %j', (source) => {
    expect(readJsonTexts(source, 'error')).toBeUndefined();
  });

  it('up to 500 levels deep, and as many beside one another as there are', () => {
    const lists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    const maps = (levels: number): string => '{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1);
    for (const nested of [lists, maps]) {
      expect(readJsonTexts(nested(500), 'error')?.texts).toHaveLength(1);
      expect(readJsonTexts(nested(501), 'error')).toBeUndefined();
    }
    const items = Array.from({ length: 600 }, (_, index) => (index % 2 === 0 ? {} : []));
    expect(readJsonTexts(JSON.stringify(items), 'error')?.texts).toEqual([{ value: items, start: 0 }]);
  });

  it('with each key that comes twice in an object, unless the last of them is asked for', () => {
    const source = '{"a":1, "b":{"a":2,"a":3}, "a":4, "c":[{"a":5},{"a":6}]}';
    const texts = [{ value: { a: 4, b: { a: 3 }, c: [{ a: 5 }, { a: 6 }] }, start: 0 }];
    expect(readJsonTexts(source, 'error')).toEqual({
      texts,
      issues: [
        { offset: 19, message: 'key "a" already set' },
        { offset: 27, message: 'key "a" already set' },
      ],
    });
    expect(readJsonTexts(source, 'last')).toEqual({ texts, issues: [] });
  });
});

describe('the place of a value of JSON', () => {
  const source = '  {"a" : [10, {"b": {"c": 1}} , -3], "d" : "x", "e": 1, "e": 2}';

  it.each<[string, JsonPath, number]>([
    ['the text', [], 2],
    ['a member', ['a'], 3],
    ['the first item', ['a', 0], source.indexOf('10')],
    ['another item', ['a', 1], source.indexOf('{"b"')],
    ['the last item', ['a', 2], source.indexOf('-3')],
    ['a member of an item', ['a', 1, 'b'], source.indexOf('"b"')],
    ['a member of that', ['a', 1, 'b', 'c'], source.indexOf('"c"')],
    ['a member behind a list', ['d'], source.indexOf('"d"')],
    ['the last of several members', ['e'], source.lastIndexOf('"e"')],
    ['what a text holds', ['d', 0], source.indexOf('"d"')],
    ['what a number holds', ['a', 1, 'b', 'c', 'x'], source.indexOf('"c"')],
    ['a member that is not there', ['f', 'a'], 2],
    ['an item that is not there', ['a', 3], 3],
    ['a member of a list', ['a', 'b'], 3],
  ])('%s', (_what, path, offset) => {
    const locate = jsonLocator(source, 2);
    expect([locate(path), locate(path)]).toEqual([offset, offset]);
  });
});
