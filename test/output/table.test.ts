import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { openTable } from '../../src/output/table.ts';

function printed(headers: readonly string[], ...pages: readonly (readonly (readonly string[])[])[]): string {
  let text = '';
  const table = openTable(headers, { write: (more) => (text += more), isTTY: false, columns: 80 });
  for (const page of pages) table.rows(page);
  return text;
}

describe('a table', () => {
  it('lines up its columns, three spaces apart, with nothing after the last cell', () => {
    expect(
      printed(
        ['NAME', 'AGE'],
        [
          ['web', '5s'],
          ['a-longer-name', '3m'],
        ],
      ),
    ).toBe(['NAME            AGE', 'web             5s', 'a-longer-name   3m', ''].join('\n'));
  });

  it('prints its headers once, and grows when a later page is wider', () => {
    expect(printed(['N', 'A'], [['x', '1']], [['wider', '2']])).toBe(['N   A', 'x   1', 'wider   2', ''].join('\n'));
  });

  it('prints the headers alone for a page without rows', () => {
    expect(printed(['NAME', 'AGE'], [])).toBe('NAME   AGE\n');
  });

  it('counts wide characters as the two columns that they take', () => {
    const lines = printed(
      ['NAME', 'AGE'],
      [
        ['東京', '5s'],
        ['e\u0301tat', '5s'],
        ['👩‍👩‍👧', '5s'],
        ['abcd', '5s'],
      ],
    )
      .trimEnd()
      .split('\n');
    expect(
      lines.map((line) => stringWidth(line.slice(0, line.lastIndexOf(line.includes('AGE') ? 'AGE' : '5s')))),
    ).toEqual([7, 7, 7, 7, 7]);
  });

  it('lines up whatever is in the cells', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/[\s\p{C}#]/u.test(text));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
        const lines = printed(['NAME', 'END'], [cells.map((text) => [text, '#'])][0]?.map((row) => row) ?? [])
          .trimEnd()
          .split('\n');
        const starts = lines.slice(1).map((line) => stringWidth(line.slice(0, line.lastIndexOf('#'))));
        expect(new Set(starts).size).toBe(1);
      }),
    );
  });
});
