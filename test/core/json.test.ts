import { describe, expect, it } from 'vitest';
import { contentDigest } from '../../src/core/content-digest.ts';
import {
  isJsonObject,
  orderedWireJson,
  parseJson,
  parseJsonObject,
  parseWireJson,
  toWireJson,
  type JsonValue,
} from '../../src/core/json.ts';

const long = 9007199254740993n;

describe('JSON of the wire', () => {
  it.each<[string, JsonValue]>([
    ['an integer behind a colon', { a: long }],
    ['one behind a blank', [1, long]],
    ['the first of a list', [long]],
    ['a negative one', { a: -long }],
    ['one of 16 digits that a double cannot hold', [9007199254740993n]],
  ])('keeps every digit of %s', (_what, value) => {
    expect(parseWireJson(toWireJson(value))).toEqual(value);
    expect(parseWireJson(toWireJson(value, 2))).toEqual(value);
  });

  it('leaves numbers as they are that a double holds, or that are no integers, beside long ones', () => {
    const text = '[9007199254740993, 1, 1234567890123456, 1.2345678901234565, 1e20, "9007199254740993"]';
    expect(parseWireJson(text)).toEqual([long, 1, 1234567890123456, 1.2345678901234565, 1e20, '9007199254740993']);
    expect(parseJson('[9007199254740993]')).toEqual([Number(long)]);
  });

  it('is written digit by digit and indented, without members that are undefined', () => {
    expect(toWireJson({ a: long, b: undefined, c: [1] })).toBe('{"a":9007199254740993,"c":[1]}');
    expect(toWireJson({ a: long }, 2)).toBe('{\n  "a": 9007199254740993\n}');
    expect(toWireJson({ a: 1 }, 2)).toBe('{\n  "a": 1\n}');
  });

  it('is an error to write where it would never end, and the error tells so', () => {
    const endless: Record<string, JsonValue> = {};
    endless['self'] = endless;
    expect(() => toWireJson(endless)).toThrow(TypeError);
    const failing = {
      toJSON: () => {
        throw new RangeError('out of range');
      },
    };
    expect(() => toWireJson(failing as unknown as JsonValue)).toThrow('out of range');
  });

  it('has its keys in order where it is to be one text for one content, with every digit', () => {
    expect(orderedWireJson({ b: long, a: [{ d: 1, c: null }] })).toBe('{"a":[{"c":null,"d":1}],"b":9007199254740993}');
    expect(orderedWireJson({ b: long, '10': long, '2': null })).toBe(
      '{"10":9007199254740993,"2":null,"b":9007199254740993}',
    );
  });

  it('has one digest for one content, and another for another', () => {
    expect(contentDigest({ a: 1, b: [2] })).toBe(contentDigest({ b: [2], a: 1 }));
    expect(contentDigest({ a: 1 })).toBe('015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862');
    expect(contentDigest({ a: 1 })).not.toBe(contentDigest({ a: 2 }));
  });
});

describe('the object of a text that others may have edited', () => {
  it('is read with every digit', () => {
    expect(parseJsonObject('{"a":9007199254740993}')).toEqual({ a: long });
  });

  it.each(['', 'null', '[]', '"a"', '1', '{', '{"a":', `${'['.repeat(600)}${']'.repeat(600)}`])(
    'is none in %j',
    (text) => {
      expect(parseJsonObject(text)).toBeUndefined();
    },
  );

  it('may nest as deep as is said', () => {
    expect(parseJsonObject('{"a":{}}', 2)).toEqual({ a: {} });
    expect(parseJsonObject('{"a":{}}', 1)).toBeUndefined();
    expect(parseJsonObject('{"a":[9007199254740993]}', 1)).toBeUndefined();
    expect(() => parseWireJson('{"a":[9007199254740993]}', 1)).toThrow('nested more than 1 levels deep');
  });

  it('is told from what else JSON has', () => {
    expect(isJsonObject({})).toBe(true);
    for (const value of [null, undefined, [], 'a', 1, 1n, true]) expect(isJsonObject(value)).toBe(false);
  });
});
