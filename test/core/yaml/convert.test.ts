import { describe, expect, it } from 'vitest';
import { mistakesIn, valuesOf } from '../../support/yaml-reading.ts';

describe('a merge', () => {
  it.each<[string, unknown]>([
    ['d: {a: 3, <<: {a: 1, b: 2}}', { a: 1, b: 2 }],
    ['d: {<<: {a: 1, b: 2}, a: 3}', { a: 3, b: 2 }],
    ['d: {<<: []}', {}],
    ['d: {<<: [{a: 1}, {a: 2, b: 2}, {b: 3, c: 3}]}', { a: 1, b: 2, c: 3 }],
    ['d: {!!merge "<<": {a: 1}}', { a: 1 }],
    ['d: {!!merge <<: {a: 1}}', { a: 1 }],
    ['d: {!!str <<: {a: 1}}', { '<<': { a: 1 } }],
    ['d: {"<<": {a: 1}}', { '<<': { a: 1 } }],
    ['d: {<: {a: 1}}', { '<': { a: 1 } }],
  ])('%s', (text, d) => {
    expect(valuesOf(text)).toEqual([{ d }]);
  });

  const wrong = 'a merge (<<) takes a map or a list of maps';
  it.each<[string, readonly string[]]>([
    ['d: {<<: ~}', [`1:5: ${wrong}`]],
    ['d:\n  <<:\n', [`2:3: ${wrong}`]],
    ['d: {<<: x}', [`1:5: ${wrong}`]],
    ['d: {<<: [[{a: 1}]]}', [`1:5: ${wrong}`]],
    ['d: {<<: [{a: 1}, ~]}', [`1:5: ${wrong}`]],
    ['d: {<<: [3, 4]}', [`1:5: ${wrong}`]],
    ['x: &l [{a: 1}]\nd: {<<: *l}', [`2:5: ${wrong}`]],
    ['d: {<<: *nope}', ['1:9: unknown anchor "nope"']],
    ['d: {<<: [~, *nope]}', ['1:13: unknown anchor "nope"']],
    ['a: *nope\nd: {<<: 3}', ['1:4: unknown anchor "nope"', `2:5: ${wrong}`]],
  ])('refused: %j', (text, mistakes) => {
    expect(mistakesIn(text)).toEqual(mistakes);
  });
});

describe('a key', () => {
  it.each<[string, unknown]>([
    ['.nan: x', { '.nan': 'x' }],
    ['&k a: b\nc: *k', { a: 'b', c: 'a' }],
    ['a: &k b\n*k : c', { a: 'b', b: 'c' }],
    ['? a\n? b\n: c', { a: null, b: 'c' }],
  ])('%j', (text, value) => {
    expect(valuesOf(text)).toEqual([value]);
  });

  const collection = 'a key cannot be a map or a list';
  it.each<[string, readonly string[]]>([
    ['? {a: b}\n: 1', [`1:3: ${collection}`]],
    ['? [a]\n: 1', [`1:3: ${collection}`]],
    ['{[a]: 1}', [`1:2: ${collection}`]],
    ['? [a]\n: .nan\n? [b]\n: 1', [`1:3: ${collection}`, '2:3: JSON has no number for .nan', `3:3: ${collection}`]],
    ['x: &m {a: 1}\n? *m\n: 2', [`2:3: ${collection}`]],
    ['*nope : 1', ['1:1: unknown anchor "nope"']],
    ['!!int x: 1', ['1:7: cannot be read as !!int']],
    ['&k !!int x: 1', ['1:10: cannot be read as !!int']],
    ['&k a: 1\n*k : 2', ['2:1: key "a" already set']],
    ['? a\n? ~\n: 2', ['2:3: a key cannot be null']],
  ])('refused: %j', (text, mistakes) => {
    expect(mistakesIn(text)).toEqual(mistakes);
  });
});

describe('a number', () => {
  it.each<[string, unknown]>([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740992', -9007199254740992n],
    ['18446744073709551616', 2 ** 64],
  ])('is exact: %s', (text, value) => {
    expect(valuesOf(`- ${text}`)).toEqual([[value]]);
  });

  it.each(['.inf', '-.inf', '!!float .NaN'])('is none of JSON: %s', (text) => {
    const place = 3 + text.lastIndexOf(' ') + 1;
    expect(mistakesIn(`- ${text}`)).toEqual([`1:${place}: JSON has no number for ${text.split(' ').at(-1)}`]);
  });
});

it('an anchor holds for its document alone', () => {
  expect(mistakesIn('a: &x 1\n---\nb: *x')).toEqual(['3:4: unknown anchor "x"']);
});

describe('what the aliases of a document stand for', () => {
  /** Aliases of 4 MiB in all and so much more, the last of them one of this node. */
  const aliases = (node: string, weight: number, more: number): string =>
    [
      'i: &i x',
      `k: &k "${'x'.repeat(4095)}"`,
      `r: &r "${'x'.repeat(4096 - weight + more - 1)}"`,
      `t: &t ${node}`,
      `l: [${'*k, '.repeat(1023)}*r, *t]`,
    ].join('\n');

  it.each<[string, number]>([
    ['""', 1],
    ['x', 2],
    ['!!binary aGk=', 5],
    ['[]', 1],
    ['{}', 1],
    ['[x, yy]', 6],
    ['[[x], [y]]', 7],
    ['{key: x}', 3],
    ['{key}', 2],
    ['{&a key: x}', 7],
    ['{<<: {key: x}}', 4],
    // Where it is defined, its own alias of two counts too.
    ['[*i]', 3 + 2],
  ])('may be 4 MiB, of which %s is %d', (node, weight) => {
    expect(valuesOf(aliases(node, weight, 0))).toHaveLength(1);
    expect(mistakesIn(aliases(node, weight, 1))).toEqual([
      '5:4101: the aliases of this document stand for more than 4 MiB of text',
    ]);
  });

  it.each<[string, number]>([
    ['[]', 1],
    ['[[]]', 2],
    ['{a: {b: [c]}}', 3],
    ['[[[x]], &i [x]]', 3],
    ['[&i [[x]], [x]]', 3],
    ['[[x], &i [[x]]]', 3],
    ['[[x], *h]', 5],
    ['[*h, [x]]', 5],
  ])('nests as deep as that does: %s', (node, height) => {
    const nested = (levels: number): string =>
      `h: &h [[[[]]]]\nt: &t ${node}\nl: ${'['.repeat(levels)}*t${']'.repeat(levels)}`;
    expect(valuesOf(nested(499 - height))).toHaveLength(1);
    expect(mistakesIn(nested(500 - height))).toEqual([`3:${504 - height}: nested more than 500 levels deep`]);
  });

  it('nests no deeper for a text', () => {
    expect(valuesOf(`t: &t x\nl: ${'['.repeat(499)}*t${']'.repeat(499)}`)).toHaveLength(1);
  });
});

describe('collections', () => {
  it('may nest 500 levels deep', () => {
    const nested = (levels: number): string => `# YAML\n${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(valuesOf(nested(500))).toHaveLength(1);
    expect(mistakesIn(nested(501))).toEqual(['2:501: nested more than 500 levels deep']);
  });

  it('may stand beside one another as many as there are', () => {
    const items = Array.from({ length: 600 }, (_, index) => (index % 2 === 0 ? {} : []));
    expect(valuesOf(`# YAML\n${JSON.stringify(items)}`)).toEqual([items]);
  });
});
