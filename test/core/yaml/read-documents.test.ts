import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { toWireJson } from '../../../src/core/json.ts';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';
import type { SourceDocument } from '../../../src/core/yaml/read-documents.ts';
import { MaestroError } from '../../../src/errors.ts';

interface CorpusCase {
  readonly input: string;
  readonly json?: JsonValue;
  readonly error?: string;
  readonly strict_error?: string;
}

/** JSON.parse would round the big integers that the corpus is about. */
function parseExactly(text: string): unknown {
  const revive = (_key: string, value: unknown, context: { source?: string }): unknown =>
    typeof value === 'number' && /^-?\d+$/.test(context.source ?? '') && !Number.isSafeInteger(value)
      ? BigInt(context.source ?? '')
      : value;
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
}

const corpusFile = new URL('../../fixtures/recordings/yaml-go-corpus.json', import.meta.url);
const { cases } = parseExactly(readFileSync(corpusFile, 'utf8')) as { cases: readonly CorpusCase[] };

/** Integers beyond 64 bits are floats to kubectl's reader; the corpus prints them as digits. */
function asRead(value: JsonValue | undefined): JsonValue {
  return JSON.parse(toWireJson(value ?? null), (_key, member: unknown) => member) as JsonValue;
}

function one(text: string): SourceDocument {
  const [document, ...others] = readDocuments(text, 'f.yaml');
  expect(others).toEqual([]);
  if (document === undefined) throw new Error('no document');
  return document;
}

function failure(text: string): MaestroError {
  try {
    readDocuments(text, 'f.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(MaestroError);
    return error as MaestroError;
  }
  throw new Error(`accepted ${JSON.stringify(text)}`);
}

describe('the corpus of kubectl’s reader', () => {
  it('is there', () => expect(cases).toHaveLength(85));

  it.each(cases.map((entry) => [entry.input, entry] as const))('%j', (input, entry) => {
    const read = (): JsonValue => readDocuments(input, 'f.yaml', { duplicateKeys: 'last' })[0]?.value ?? null;
    if (entry.error !== undefined) {
      expect(read).toThrow(MaestroError);
      return;
    }
    const value = read();
    expect(asRead(value)).toEqual(asRead(entry.json));
    const digits = /^a: (-?\d{16,20})$/.exec(input)?.[1];
    if (digits !== undefined) expect(toWireJson(value)).toBe(`{"a":${digits}}`);
    if (entry.strict_error !== undefined) expect(() => readDocuments(input, 'f.yaml')).toThrow(/already set/);
  });
});

describe('values beyond the corpus, as the same Go reader gave them', () => {
  it.each<[string, string]>([
    ['a: 07', '{"a":7}'],
    ['a: 0o8', '{"a":"0o8"}'],
    ['a: -0x1F', '{"a":-31}'],
    ['a: 0X1f', '{"a":31}'],
    ['a: +0b11', '{"a":3}'],
    ['a: _1', '{"a":"_1"}'],
    ['a: -_1', '{"a":-1}'],
    ['a: 0x_1F', '{"a":31}'],
    ['a: .5_0', '{"a":0.5}'],
    ['a: .5_', '{"a":".5_"}'],
    ['a: 0e0_', '{"a":0}'],
    ['a: 1e_5', '{"a":100000}'],
    ['a: 1_.5_e+1_', '{"a":15}'],
    ['a: 0o_7', '{"a":7}'],
    ['a: 1e-400', '{"a":0}'],
    ['a: 0x1FFFFFFFFFFFFFFFF', '{"a":"0x1FFFFFFFFFFFFFFFF"}'],
    ['a: nULL', '{"a":"nULL"}'],
    ['a: inf', '{"a":"inf"}'],
    ['a: !!float 3', '{"a":3}'],
    ['a: !!timestamp 2001-01-01', '{"a":"2001-01-01"}'],
    ['a: !foo 12', '{"a":"12"}'],
    ['a: ! 12', '{"a":"12"}'],
    ['a: !!set {x, y}', '{"a":{"x":null,"true":null}}'],
    ['%YAML 1.1\n---\na: yes', '{"a":true}'],
    ['b: &b {x: 1, y: 2}\nd: {y: 3, <<: *b}', '{"b":{"x":1,"y":2},"d":{"y":2,"x":1}}'.replaceAll('"y"', '"true"')],
    ['x: &b {q: 1, r: 2}\nd:\n  <<: *b\n  r: 3', '{"x":{"q":1,"r":2},"d":{"q":1,"r":3}}'],
    ['z: &c {q: 7}\nd:\n  <<: [{q: 1, w: 2}, *c]', '{"z":{"q":7},"d":{"q":1,"w":2}}'],
    ["d:\n  '<<': {a: 1}", '{"d":{"<<":{"a":1}}}'],
    ['a: &x 1\nb: &x 2\nc: *x', '{"a":1,"b":2,"c":2}'],
    ['&k key: 1\nv: *k', '{"key":1,"v":"key"}'],
    ['a: &k foo\n*k : 1', '{"a":"foo","foo":1}'],
    ['010: b', '{"8":"b"}'],
    ['1e3: c', '{"1000":"c"}'],
    ['1234567.5: x', '{"1.2345675e+06":"x"}'],
    ['0.00001: x', '{"1e-05":"x"}'],
    ['0.0001: x', '{"0.0001":"x"}'],
    ['123456.7: x', '{"123456.7":"x"}'],
    ['-1.5e-7: x', '{"-1.5e-07":"x"}'],
    ['1e300: x', '{".inf":"x"}'],
    ['!!binary aGk=: x', '{"hi":"x"}'],
    ['a: |2\n   x\n  y\n', '{"a":" x\\ny\\n"}'],
    ['a: "\\U0001F600\\x7f"', '{"a":"😀\u007f"}'],
  ])('%j', (input, json) => {
    const read = readDocuments(input, 'f.yaml', { duplicateKeys: 'last' })[0]?.value ?? null;
    expect(toWireJson(read)).toBe(toWireJson(JSON.parse(json) as JsonValue));
  });

  it('reads !!binary with a quoted break and refuses what is no text', () => {
    expect(one('a: !!binary |\n  aGVs\n  bG8=').value).toEqual({ a: 'hello' });
    expect(failure('a: !!binary gIGC').message).toBe(
      'f.yaml:1:13: !!binary value is not UTF-8 text, so JSON cannot hold it',
    );
    expect(failure('a: !!binary "%%"').message).toMatch(/is not base64/);
  });
});

describe('refusals, with their place', () => {
  it.each<[string, string]>([
    ['a: 1\nb:\n  c: 1\n  c: 2', '4:3: key "c" already set'],
    ['1: a\n"1": b', '2:1: key "1" already set'],
    ['a: {b: 1, b: 2}', '1:11: key "b" already set'],
    ['{"a": 1,\n "a": 2}', '2:2: key "a" already set'],
    ['a: .nan', '1:4: JSON has no number for .nan'],
    ['a: 1\n? [x]\n: 2', '2:3: a key cannot be a map or a list'],
    ['a: 1\n~: 2', '2:1: a key cannot be null'],
    ['18446744073709551615: x', '1:1: a key cannot be an integer of more than 63 bits'],
    ['a: &x [*x]', '1:8: the value of anchor "x" contains itself'],
    ['a: *nope', '1:4: unknown anchor "nope"'],
    ['d:\n  <<: 3', '2:3: a merge (<<) takes a map or a list of maps'],
    ['x: &b [1]\nd:\n  <<: [*b]', '3:3: a merge (<<) takes a map or a list of maps'],
    ['a: !!int 1.5', '1:10: cannot be read as !!int'],
    ['a: x\u0001', '1:5: control characters are not allowed'],
    ['# c\n%YAML 1.2\n---\na: 1', '2:1: found a %YAML 1.2 document, kubectl reads YAML 1.1 only'],
    ['a:\n\tb: 1', '2:1: Tabs are not allowed as indentation'],
  ])('%j', (input, message) => {
    const error = failure(input);
    expect(error.message).toBe(`f.yaml:${message}`);
    expect(error).toMatchObject({ code: 'invalid-input', exitCode: 4 });
    expect(error.hint).toMatch(/\.$/);
  });

  it('shows the first ten of many and counts the rest', () => {
    const error = failure(Array.from({ length: 15 }, () => 'a: 1').join('\n'));
    expect(error.message.split('\n')).toHaveLength(11);
    expect(error.message).toMatch(/^f\.yaml:2:1: .*\n(.*\n){9}… and 4 more$/);
  });

  it('names the mistakes of all documents in order', () => {
    expect(failure('a: [1\n---\nb: "x\n').message.match(/^f\.yaml:\d+/gm)).toEqual(['f.yaml:2', 'f.yaml:4']);
    expect(failure('a: .inf\n---\nb: .nan').message).toBe(
      'f.yaml:1:4: JSON has no number for .inf\nf.yaml:3:4: JSON has no number for .nan',
    );
  });

  it('bounds aliases that multiply, of lists and of merges', () => {
    const levels = Array.from({ length: 40 }, (_, level) => level);
    const lists = levels.map((n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`);
    expect(failure(`a0: &a0 lol\n${lists.join('\n')}`).message).toMatch(/^f\.yaml:\d+:\d+: the aliases .* 4 MiB/);
    const merges = levels.map((n) => `a${n + 1}: &a${n + 1}\n  k: *a${n}\n  l: *a${n}\n  <<: *a${n}`);
    expect(failure(`a0: &a0 {x: 1}\n${merges.join('\n')}`).message).toMatch(/^[^\n]*4 MiB of text$/);
  });

  it.each([
    ['JSON', '['.repeat(600) + ']'.repeat(600)],
    ['aliases', `a0: &a0 [1]\n${Array.from({ length: 600 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}]`).join('\n')}`],
  ])('bounds nesting: %s', (_name, text) => {
    expect(failure(text).message).toMatch(/^f\.yaml:\d+:\d+: nested more than 500 levels deep$/);
  });

  it('takes nesting up to the bound', () => {
    expect(toWireJson(one('['.repeat(500) + ']'.repeat(500)).value)).toHaveLength(1000);
  });
});

describe('documents', () => {
  it('returns all, without the empty ones, with their first lines', () => {
    const documents = readDocuments('# head\n---\na: 1\n---\n# nothing\n---\n---\n- b\n...\n', 'f.yaml');
    expect(documents.map(({ value, line }) => [value, line])).toEqual([
      [{ a: 1 }, 3],
      [['b'], 8],
    ]);
  });

  it.each(['', '\n', '# only', '---', '---\n...\n', '~', '\uFEFF'])('finds none in %j', (text) => {
    expect(readDocuments(text, 'f.yaml')).toEqual([]);
  });

  it('tolerates a byte order mark and Windows line ends', () => {
    expect(one('\uFEFFa: 1\r\nb: x\r\n').value).toEqual({ a: 1, b: 'x' });
    expect(one('\uFEFF{"a": 1}').value).toEqual({ a: 1 });
    expect(one('\uFEFFa: 1\r\nb: x\r\n').locate(['b'])).toEqual({ line: 2, column: 1 });
  });

  it('keeps __proto__ as a member and pollutes nothing', () => {
    for (const text of [
      '{"__proto__": {"polluted": 1}}',
      '__proto__: {polluted: 1}',
      'a: &a {__proto__: {polluted: 1}}\nb: {<<: *a}',
    ]) {
      const value = one(text).value as Record<string, JsonValue>;
      expect(toWireJson(value)).toContain('"__proto__":{"polluted":1}');
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('names the integers that the server rounds, and only those', () => {
    const document = one(
      'a: [9007199254740993, 9007199254740992, 18446744073709551615, 3]\nb: &x {c: -9007199254740995}\nd: *x',
    );
    expect(document.bigIntegers).toEqual([
      ['a', 0],
      ['a', 2],
      ['b', 'c'],
      ['d', 'c'],
    ]);
    expect(toWireJson(document.value)).toBe(
      '{"a":[9007199254740993,9007199254740992,18446744073709551615,3],"b":{"c":-9007199254740995},"d":{"c":-9007199254740995}}',
    );
  });
});

describe('JSON', () => {
  it.each<[string, unknown]>([
    ['{"a":"\\/x","b":"\\ud83d\\ude00\\u00e9"}', { a: '/x', b: '😀é' }],
    ['{\n\t"a": 1,\n\t"b": [\n\t\t1,\n\t\t2\n\t]\n}', { a: 1, b: [1, 2] }],
    ['{"yes": "no", "y": 1, "on": null}', { yes: 'no', y: 1, on: null }],
    ['{"a": "\\\\", "b": "\\"", "c": "a\u2028b"}', { a: '\\', b: '"', c: 'a\u2028b' }],
    ['{"a": "\\ud800"}', { a: '\uFFFD' }],
    ['{"a": 1E400, "b": -0, "c": 1.50}', { a: '1E400', b: 0, c: 1.5 }],
    [`{"${'k'.repeat(1100)}": 1}`, { ['k'.repeat(1100)]: 1 }],
    ['{a: yes, "b": [1, 2,], c: 0644}', { a: true, b: [1, 2], c: 420 }],
  ])('%j', (text, value) => expect(one(text).value).toEqual(value));

  it('takes values one after another, as kubectl does', () => {
    const documents = readDocuments('{"a":1}\n{"b":2} [3]', 'f.json');
    expect(documents.map(({ value, line }) => [value, line])).toEqual([
      [{ a: 1 }, 1],
      [{ b: 2 }, 2],
      [[3], 2],
    ]);
    expect(documents[1]?.locate(['b'])).toEqual({ line: 2, column: 2 });
  });

  it.each(['{"a": 1', '{"a" 1}', '["x]', '{"a": 1]', '{"a": "\\q"}', '{"a": 1}}', '[1 2}'])('refuses %j', (text) => {
    expect(failure(text).message).toMatch(/^f\.yaml:1:\d+: /);
  });
});

describe('locate', () => {
  const yaml = '# c\nx: &b\n  q: 1\n"d":\n  <<: *b\n  yes:\n  - k: 1\n  - k: 2\n    m: 3\nlist: *b\n';

  it.each<[(string | number)[], number, number]>([
    [[], 2, 1],
    [['d'], 4, 1],
    [['d', 'q'], 3, 3],
    [['d', 'true', 1], 8, 5],
    [['d', 'true', 1, 'm'], 9, 5],
    [['d', 'true', 1, 'missing', 3], 8, 5],
    [['d', 'true', 7], 6, 3],
    [['list', 'q'], 3, 3],
    [['nowhere'], 2, 1],
  ])('%j', (path, line, column) => expect(one(yaml).locate(path)).toEqual({ line, column }));

  it('works on JSON alike', () => {
    const document = one('{\n  "a": [\n    {"b": 1},\n    {"b": 2, "c": {}}\n  ]\n}');
    expect(document.locate(['a', 1, 'c', 'gone'])).toEqual({ line: 4, column: 14 });
    expect(document.locate(['a', 1])).toEqual({ line: 4, column: 5 });
    expect(document.locate(['a', 9])).toEqual({ line: 2, column: 3 });
    expect(document.locate(['a', 'length'])).toEqual({ line: 2, column: 3 });
  });

  it('finds the last of duplicate keys, because it counts', () => {
    for (const text of ['a: 1\na: 2', '{"a": 1,\n"a": 2}']) {
      const [document] = readDocuments(text, 'f', { duplicateKeys: 'last' });
      expect(document?.locate(['a'])).toEqual({ line: 2, column: 1 });
    }
  });
});
