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

  it('shows no value where none may be shown, and the key all the same', () => {
    expect(excerptAt('    http-token: abc', { line: 1, column: 17 }, true)).toBe(
      '1 |     http-token: ***\n  |                 ^',
    );
    expect(excerptAt('  abc', { line: 1, column: 3 }, true)).toBe('1 |   ***\n  |   ^');
  });
});

it('costs no more where a line is a whole file', () => {
  const whole = `${'"some": "thing", '.repeat(60_000)}[}${', "more": 1'.repeat(60_000)}`;
  const column = '"some": "thing", '.length * 60_000 + 2;
  const excerpt = excerptAt(whole, { line: 1, column });
  expect(excerpt).toMatch(/^1 \| ….*\[}.*…\n {2}\| +\^$/);
  const [shown = '', caret = ''] = excerpt.split('\n');
  expect(shown[caret.indexOf('^')]).toBe('}');
}, 5_000);
