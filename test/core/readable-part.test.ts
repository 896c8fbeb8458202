import { describe, expect, it } from 'vitest';
import { parseJson, parseWireJson, type JsonValue } from '../../src/core/json.ts';
import { checkLimits, endOfContainer, JsonLimitError, readablePart } from '../../src/core/json-nesting.ts';

const noughts = (count: number): string => `[${'0,'.repeat(count - 1)}0]`;
const read = (text: string, levels = 500, wrapping?: number): JsonValue =>
  JSON.parse(readablePart(text, levels, wrapping)) as JsonValue;

describe('a text with more values than anybody needs', () => {
  it('is refused before it is parsed, from half a million on', () => {
    expect(parseJson(noughts(500_000))).toHaveLength(500_000);
    for (const parse of [parseJson, parseWireJson])
      expect(() => parse(noughts(500_001))).toThrow('longer than 500000 values');
    const many = `[${'[],'.repeat(350_000)}[]]`;
    expect(() => checkLimits(many, 500)).toThrow(JsonLimitError);
    expect(() => checkLimits(`[${'{},'.repeat(350_000)}{}]`, 500)).toThrow(JsonLimitError);
  });

  it('tells which of the limits it broke', () => {
    const limitOf = (text: string): unknown => {
      try {
        checkLimits(text, 1);
        return undefined;
      } catch (error) {
        return error;
      }
    };
    expect(limitOf(noughts(500_001))).toMatchObject({ name: 'JsonLimitError', limit: 'values' });
    expect(limitOf('[[0]]')).toMatchObject({
      name: 'JsonLimitError',
      limit: 'levels',
      message: 'nested more than 1 levels deep',
    });
    expect(limitOf('[0]')).toBeUndefined();
  });

  it('is not one that holds as many commas and brackets in its strings', () => {
    const text = JSON.stringify({ text: ',[{'.repeat(400_000), quote: '",",' });
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('is read for what it is about, without what makes it long', () => {
    const text = `{"kind":"X","metadata":{"name":"a","labels":{"b":"c,]","d":{"e":1}}},"spec":{"list":${noughts(600_000)},"on":[true]}}`;
    expect(read(text)).toEqual({
      kind: 'X',
      metadata: { name: 'a', labels: { b: 'c,]', d: null } },
      spec: { list: null, on: [true] },
    });
  });

  it('is read for what stands in it first, so long as that has half as many values', () => {
    const text = `{"a":{"one":${noughts(200_000)},"two":${noughts(50_001)},"three":${noughts(50_000)},"four":${noughts(300_000)}}}`;
    const { a } = read(text) as { readonly a: Readonly<Record<string, readonly number[] | null>> };
    expect(Object.entries(a).map(([name, list]) => [name, list?.length])).toEqual([
      ['one', 200_000],
      ['two', undefined],
      ['three', 50_000],
      ['four', undefined],
    ]);
  });

  it('is read as deep as what wraps it', () => {
    const text = `{"manifests":[{"metadata":{"name":"a","labels":{"b":"c"}},"data":{"list":${noughts(600_000)}}}]}`;
    expect(read(text, 500, 2)).toEqual({
      manifests: [{ metadata: { name: 'a', labels: { b: 'c' } }, data: { list: null } }],
    });
    expect(read(text)).toEqual({ manifests: [{ metadata: null, data: null }] });
  });

  it('is read as far as it goes when its end is missing', () => {
    const text = `{"metadata":{"name":"a"},"spec":{"list":${noughts(600_000)},"next":["cut`;
    expect(readablePart(text, 500)).toBe('{"metadata":{"name":"a"},"spec":{"list":null,"next":["cut');
  });
});

it('a text that is too deep and not too long is read without what is too deep', () => {
  expect(read('{"a":{"b":{"c":1}},"d":[1]}', 2)).toEqual({ a: { b: null }, d: [1] });
});

it.each([
  ['{"a":[1]} b', 0, 9],
  ['x[1,{}]', 1, 7],
  ['{"a":"}"}', 0, 9],
  ['{"a":"\\"}"}', 0, 11],
  ['{"a":"\\\\"}}', 0, 10],
  ['{"a":[1]', 0, -1],
  ['{"a":"}', 0, -1],
])('what begins in %j at %i ends at %i', (text, start, end) => {
  expect(endOfContainer(text, start)).toBe(end);
});
