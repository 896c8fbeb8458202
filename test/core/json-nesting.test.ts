import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, parseWireJson, toWireJson, type JsonValue } from '../../src/core/json.ts';
import { JsonLimitError, nestsDeeper, withoutDeepParts } from '../../src/core/json-nesting.ts';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** The value with null for whatever nests deeper, by the value and not by its text. */
function cutValue(value: JsonValue, levels: number): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return null;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => cutValue(item, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cutValue(member ?? null, levels - 1)]));
}

const texts = fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', 'a', ',', 'é') });
const { value: values } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 12, withCrossShrink: true },
    fc.oneof(texts, fc.integer(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      texts.filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 3 },
    ),
  ),
}));
const spaces = fc.constantFrom(undefined, 1);

describe('the nesting of JSON', () => {
  it('is measured on the text as it is on the value', () => {
    fc.assert(
      fc.property(values, spaces, fc.nat({ max: 8 }), (value, indent, levels) => {
        expect(nestsDeeper(toWireJson(value, indent), levels)).toBe(depthOf(value) > levels);
      }),
    );
  });

  it('is cut on the text as it is on the value', () => {
    fc.assert(
      fc.property(values, spaces, fc.nat({ max: 6 }), (value, indent, levels) => {
        expect(JSON.parse(withoutDeepParts(toWireJson(value, indent), levels))).toEqual(
          cutValue(JSON.parse(toWireJson(value)) as JsonValue, levels),
        );
      }),
    );
  });

  it.each([
    ['parseJson', parseJson],
    ['parseWireJson', parseWireJson],
  ])('%s allows 500 levels and refuses 501, and a text too deep for any stack, before it is parsed', (_name, parse) => {
    const nested = (levels: number): string => `${'['.repeat(levels)}12345678901234567890${']'.repeat(levels)}`;
    expect(depthOf(parse(nested(500)))).toBe(500);
    expect(() => parse(nested(501))).toThrow(JsonLimitError);
    expect(() => parse(nested(501))).toThrow('nested more than 500 levels deep');
    expect(() => parse(nested(2_000_000))).toThrow(JsonLimitError);
    expect(() => parse('['.repeat(2_000_000))).toThrow(JsonLimitError);
  });

  it('does not count brackets in strings', () => {
    const text = JSON.stringify({ text: '['.repeat(10_000), quoted: `"${'{'.repeat(600)}\\` });
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });
});
