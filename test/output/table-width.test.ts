import { describe, expect, it } from 'vitest';
import type { OutputStream } from '../../src/context.ts';
import { oneLine } from '../../src/core/shown-text.ts';
import { cutToWidth } from '../../src/output/one-line.ts';
import { openTable, type Cell, type Column } from '../../src/output/table.ts';

function printed(rows: readonly (readonly Cell[])[], options: Printed = {}): readonly string[] {
  const { terminal, headers = true, columns = ['NAME', 'ID', 'AGE'] } = options;
  let text = '';
  const stream: OutputStream = { write: (part) => (text += part), isTTY: terminal !== undefined, columns: terminal };
  openTable(columns, stream, { headers }).rows(rows);
  return text.split('\n').slice(0, -1);
}

interface Printed {
  readonly terminal?: number;
  readonly headers?: boolean;
  readonly columns?: readonly (string | Column)[];
}

const long = 'a-very-long-name-of-a-work-on-a-narrow-terminal';
const sentence = ['NAME', 'ID', { header: 'WHY', text: true }] as const;

describe('openTable', () => {
  it.each<[string, Printed, string]>([
    ['leaves out what does not fit, and takes what still does', { terminal: 59 }, `${long}   1s`],
    ['keeps a name whole where nothing else fits', { terminal: 40 }, long],
    ['leaves nothing out in a pipe', {}, `${long}   0123456789   1s`],
    ['leaves nothing out on a wide terminal', { terminal: 100 }, `${long}   0123456789   1s`],
    [
      'leaves out the highest rank first',
      {
        terminal: 20,
        columns: [
          { header: 'NAME', rank: 2 },
          { header: 'ID', rank: 1 },
          { header: 'AGE', rank: 0 },
        ],
      },
      '0123456789   1s',
    ],
    [
      'keeps what was asked for, even where the line is then too long',
      { terminal: 20, columns: ['NAME', { header: 'ID', asked: true }, 'AGE'] },
      `${long}   0123456789`,
    ],
  ])('%s', (_title, options, expected) => {
    expect(printed([[long, '0123456789', '1s']], options)[1]).toBe(expected);
  });

  it.each<[number | undefined, string]>([
    [undefined, 'w   i1   it could not be applied at all'],
    [50, 'w   i1   it could not be applied at all'],
    [30, 'w      i1   it could not be a…'],
    [24, 'w      i1   it could no…'],
    [20, 'w      i1'],
  ])('makes sentences shorter before it leaves a column out: %s', (terminal, expected) => {
    const options = { columns: sentence, ...(terminal === undefined ? {} : { terminal }) };
    const [, line = ''] = printed([['w', 'i1', 'it could not be applied at all']], options);
    expect(line.replace(/ +/g, ' ')).toBe(expected.replace(/ +/g, ' '));
  });

  it('says which columns it had no room for', () => {
    const stream: OutputStream = { write: () => undefined, isTTY: true, columns: 59 };
    const table = openTable(['NAME', 'ID', 'AGE'], stream);
    expect(table.leftOut()).toEqual([]);
    table.rows([[long, '0123456789', '1s']]);
    expect(table.leftOut()).toEqual(['ID']);
  });

  it('holds the columns of the first page, and begins anew where a later page has room for fewer', () => {
    let text = '';
    const table = openTable(['NAME', 'ID'], { write: (part) => (text += part), isTTY: true, columns: 20 });
    for (const name of ['a', 'longer', 'a-name-of-twenty-let']) table.rows([[name, '0123456789']]);
    expect(text.split('\n')).toEqual([
      'NAME   ID',
      'a      0123456789',
      'longer   0123456789',
      'NAME',
      'a-name-of-twenty-let',
      '',
    ]);
  });

  it('paints a cell without the spaces that stand behind it', () => {
    const red = { text: 'failing', paint: (text: string) => `<${text}>` };
    expect(
      printed([
        [red, 'x', '1s'],
        ['ok', 'y', red],
      ]).slice(1),
    ).toEqual(['<failing>   x    1s', 'ok        y    <failing>']);
  });

  it('pads by terminal columns, not by characters', () => {
    expect(
      printed([
        ['作業', 'x', '1s'],
        ['work', 'y', '2s'],
      ]),
    ).toEqual(['NAME   ID   AGE', '作業   x    1s', 'work   y    2s']);
  });

  it('leaves the headers out', () => {
    expect(printed([['a', 'b', 'c']], { headers: false })).toEqual(['a   b   c']);
  });

  it('keeps room for what later rows hold', () => {
    expect(printed([['a', 'b', 'c']], { columns: [{ header: 'NAME', least: 6 }, 'ID', 'AGE'] })).toEqual([
      'NAME     ID   AGE',
      'a        b    c',
    ]);
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
