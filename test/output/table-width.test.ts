import { describe, expect, it } from 'vitest';
import type { OutputStream } from '../../src/context.ts';
import { oneLine } from '../../src/core/shown-text.ts';
import { cutToWidth } from '../../src/output/one-line.ts';
import { openTable, type TableOptions } from '../../src/output/table.ts';

function printed(rows: readonly (readonly string[])[], options: TableOptions, terminal?: number): readonly string[] {
  let text = '';
  const stream: OutputStream = { write: (part) => (text += part), isTTY: terminal !== undefined, columns: terminal };
  openTable(['NAME', 'ID', 'AGE'], stream, options).rows(rows);
  return text.split('\n').slice(0, -1);
}

const long = 'a-very-long-name-of-a-work-on-a-narrow-terminal';

describe('openTable', () => {
  it.each<[string, TableOptions, number | undefined, string]>([
    ['cuts what may be cut on a narrow terminal', { cut: ['NAME'] }, 40, `a-very-long-name-of-…   0123456789   1s`],
    ['cuts nothing in a pipe', { cut: ['NAME'] }, undefined, `${long}   0123456789   1s`],
    ['cuts nothing that was not allowed', {}, 40, `${long}   0123456789   1s`],
    ['cuts nothing on a wide terminal', { cut: ['NAME'] }, 100, `${long}   0123456789   1s`],
    ['leaves a few characters on the narrowest terminal', { cut: ['NAME'] }, 5, 'a-very-long…   0123456789   1s'],
  ])('%s', (_title, options, terminal, expected) => {
    expect(printed([[long, '0123456789', '1s']], options, terminal)[1]).toBe(expected);
  });

  it('pads by terminal columns, not by characters', () => {
    expect(
      printed(
        [
          ['作業', 'x', '1s'],
          ['work', 'y', '2s'],
        ],
        {},
      ),
    ).toEqual(['NAME   ID   AGE', '作業   x    1s', 'work   y    2s']);
  });

  it('leaves the headers out', () => {
    expect(printed([['a', 'b', 'c']], { headers: false })).toEqual(['a   b   c']);
  });

  it('keeps room for what later rows hold', () => {
    expect(printed([['a', 'b', 'c']], { least: { NAME: 6 } })).toEqual(['NAME     ID   AGE', 'a        b    c']);
  });

  it('lets no cell move the cursor', () => {
    expect(printed([['a\u001b[2J\nb', 'x', '1s']], { headers: false })).toEqual(['a [2J b   x   1s']);
  });
});

describe('cutToWidth', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly', 7, 'exactly'],
    ['too long', 5, 'too …'],
    ['作業作業', 5, '作業…'],
    ['作業作業', 4, '作…'],
    ['👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5, '👩‍👩‍👧👩‍👩‍👧…'],
    ['x', 0, ''],
  ])('%s in %i columns', (text, columns, expected) => {
    expect(cutToWidth(text, columns)).toBe(expected);
  });
});

it('makes one harmless line of any text', () => {
  expect(oneLine(' a\r\n\tb\u0000\u009bc\u2028d ')).toBe('a b c d');
});
