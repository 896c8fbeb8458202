import { describe, expect, it } from 'vitest';
import { excerptAt } from '../../../src/core/yaml/excerpt.ts';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';
import { textWidth } from '../../../src/core/text-width.ts';
import { MaestroError } from '../../../src/errors.ts';

function excerptsOf(text: string): readonly string[] {
  try {
    readDocuments(text, 'w.yaml');
  } catch (caught) {
    return MaestroError.from(caught).excerpts;
  }
  return [];
}

/** What stands over the caret. */
function over(excerpt: string): string {
  const [line = '', caret = ''] = excerpt.split('\n');
  const columns = caret.indexOf('^');
  let at = 0;
  while (textWidth(line.slice(0, at)) < columns) at += 1;
  return line.slice(at, at + 1);
}

describe('the line of a mistake', () => {
  it('stands over a caret, with its number', () => {
    expect(excerptsOf('kind: ConfigMap\nmetadata:\n  name: a: b\n')).toEqual(['3 |   name: a: b\n  |         ^']);
  });

  it('is cut around the place when it is long', () => {
    const excerpt = excerptAt(`x: ${'a'.repeat(200)}!${'b'.repeat(200)}`, { line: 1, column: 204 });
    const [line = '', caret = ''] = excerpt.split('\n');
    expect(textWidth(line)).toBeLessThanOrEqual(72);
    expect(line).toMatch(/^1 \| ….*….*$|^1 \| …a+!b+…$/);
    expect(caret.endsWith('^')).toBe(true);
    expect(over(excerpt)).toBe('!');
  });

  it.each([
    ['tabs', 'a:\t\t!', 5],
    ['wide characters', 'name: 日本!', 9],
    ['control characters', 'a: \u001B[31m!', 9],
    ['marks of direction', 'a: \u202E!', 5],
  ])('has its caret under the place behind %s', (_what, line, column) => {
    const excerpt = excerptAt(line, { line: 1, column });
    expect(over(excerpt)).toBe('!');
    // eslint-disable-next-line no-control-regex -- that is what must not be there
    expect(excerpt).not.toMatch(/[\u0000-\u0009\u001B\u202E]/);
  });

  it.each([
    ['a Secret', 'kind: Secret\nstringData:\n  password: "hunter2\n'],
    ['a Secret in JSON', '{"kind": "Secret", "stringData": {"password": hunter2'],
    ['a block of one', 'kind: Secret\nstringData:\n  key: |\n    hunter2\n   hunter2\n'],
    ['one before a broken document', 'kind: Secret\n---\na: hunter2: b\n'],
  ])('shows no value of %s', (_what, text) => {
    const excerpts = excerptsOf(text);
    expect(excerpts.length).toBeGreaterThan(0);
    expect(excerpts.join('\n')).not.toContain('hunter2');
  });

  it.each<[string, string, number, string, number]>([
    ['all of a line that fits', 'a'.repeat(64), 1, 'a'.repeat(64), 0],
    ['the beginning of a longer one', 'a'.repeat(65), 1, `${'a'.repeat(64)}…`, 0],
    ['what is before its end', 'a'.repeat(100), 101, `…${'a'.repeat(40)}`, 41],
    ['its end, when the place is behind it', 'abc', 9, 'abc', 3],
    [
      'what is around a place in its middle',
      `${'a'.repeat(90)}!${'b'.repeat(90)}`,
      91,
      `…${'a'.repeat(40)}!${'b'.repeat(23)}…`,
      41,
    ],
    ['as much of wide characters', '日'.repeat(90), 46, `…${'日'.repeat(32)}…`, 41],
    [
      'a place further into it',
      `${'a'.repeat(500)}!${'b'.repeat(500)}`,
      501,
      `…${'a'.repeat(40)}!${'b'.repeat(23)}…`,
      41,
    ],
    ['a place far into it', `${'a'.repeat(900)}!${'b'.repeat(900)}`, 901, `…${'a'.repeat(40)}!${'b'.repeat(23)}…`, 41],
  ])('shows %s', (_what, line, column, shown, before) => {
    expect(excerptAt(line, { line: 1, column })).toBe(`1 | ${shown}\n  | ${' '.repeat(before)}^`);
  });

  it('is found by its number, without the carriage return at its end', () => {
    const text = 'a: 1\r\nb: [\r\n\nlast';
    const lines = [1, 2, 3, 4, 7].map((line) => excerptAt(text, { line, column: 2 }));
    expect(lines).toEqual([
      '1 | a: 1\n  |  ^',
      '2 | b: [\n  |  ^',
      '3 | \n  | ^',
      '4 | last\n  |  ^',
      '7 | last\n  |  ^',
    ]);
    expect(excerptAt(`${'\n'.repeat(11)}x`, { line: 12, column: 1 })).toBe('12 | x\n   | ^');
    expect(excerptAt('\na: b', { line: 1, column: 1 })).toBe('1 | \n  | ^');
    expect(excerptAt('a\rb: [\r\n', { line: 1, column: 3 })).toBe('1 | a b: [\n  |   ^');
  });

  it('is never cut in the middle of a character', () => {
    const line = 'a😀'.repeat(80);
    for (let column = 100; column < 112; column += 1)
      expect(excerptAt(line, { line: 1, column }).isWellFormed()).toBe(true);
  });

  it.each([
    ['- name: x', '- name: ***'],
    ['  "a/b.c": x', '  "a/b.c": ***'],
    ["{ 'k' : v", "{ 'k' : ***"],
    ['? [a-b:{c', '? [a-b:***'],
    ['"data":"x"', '"data":***'],
    ['key:', 'key:'],
    ['key:  ', 'key:  '],
    ['a:b', '***'],
    ['   text', '   ***'],
    ['"a b": x', '***'],
    ['', ''],
  ])('without its value %j is %j', (line, shown) => {
    expect(excerptAt(line, { line: 1, column: 50 }, true).split('\n')[0]).toBe(`1 | ${shown}`);
  });

  it.each([
    ['kind: Secret', true],
    ['"kind":"Secret"', true],
    ["'kind' : 'Secret'", true],
    ['stringData:', true],
    ['-----BEGIN RSA PRIVATE KEY-----', true],
    ['the Password', true],
    ['passwd', true],
    ['a-token', true],
    ['kind: SecretStore', false],
    ['mankind: Secret', false],
    ['tokens and passwords', false],
  ])('beside %j shows no value: %s', (other, hidden) => {
    expect(excerptAt(`${other}\na: b`, { line: 2, column: 4 }).split('\n')[0]).toBe(hidden ? '2 | a: ***' : '2 | a: b');
  });

  it('shows no value where none may be shown, and the key all the same', () => {
    expect(excerptAt('    http-token: abc', { line: 1, column: 17 }, true)).toBe(
      '1 |     http-token: ***\n  |                 ^',
    );
    expect(excerptAt('  abc', { line: 1, column: 3 }, true)).toBe('1 |   ***\n  |   ^');
    expect(excerptAt('key: "a"', { line: 1, column: 8 }, true)).toBe('1 | key: ***\n  |      ^');
    expect(excerptAt('key: "a"', { line: 1, column: 2 }, true)).toBe('1 | key: ***\n  |  ^');
    expect(excerptAt('key:', { line: 1, column: 5 }, true)).toBe('1 | key:\n  |     ^');
  });
});
