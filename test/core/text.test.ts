import { describe, expect, it } from 'vitest';
import { shellWord, workWords } from '../../src/core/shell-word.ts';
import { counted, firstLine, listed, tellingOnce } from '../../src/core/text.ts';
import { byText, naturally } from '../../src/core/text-order.ts';
import { textWidth } from '../../src/core/text-width.ts';

describe('names in a message', () => {
  const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `n${index}`);

  it('are all there up to ten, and then ten and how many more there are', () => {
    expect(listed([])).toBe('');
    expect(listed(names(2))).toBe('n0, n1');
    expect(listed(names(10))).toBe('n0, n1, n2, n3, n4, n5, n6, n7, n8, n9');
    expect(listed(names(12))).toBe('n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 2 more');
    expect(listed(names(3), 1, '; ')).toBe('n0 and 2 more');
    expect(listed(names(3), 2, '; ')).toBe('n0; n1 and 1 more');
    expect(listed(names(2), 2, '; ')).toBe('n0; n1');
  });

  it('are counted as English counts', () => {
    expect([0, 1, 2].map((count) => counted(count, 'work'))).toEqual(['0 works', '1 work', '2 works']);
  });
});

it('of what a parser says the first line is told', () => {
  expect(firstLine('bad indentation\n  a: b\n  ^')).toBe('bad indentation');
  expect(firstLine('bad indentation')).toBe('bad indentation');
  expect(firstLine('')).toBe('');
});

describe('a word of a command line that is there to be copied', () => {
  it.each([
    ['hyperfleet-c1.np_2', 'hyperfleet-c1.np_2'],
    ['a/b:c@d%e+f=g,h', 'a/b:c@d%e+f=g,h'],
    ['', "''"],
    ['two words', "'two words'"],
    ['$(id)', "'$(id)'"],
    ['a;', "'a;'"],
    [';a', "';a'"],
    ["it's", String.raw`'it'\''s'`],
    ["'''", String.raw`''\'''\'''\'''`],
    ['a\nb', "'a\nb'"],
  ])('%j is %s', (text, word) => {
    expect(shellWord(text)).toBe(word);
  });

  it('names a work by its name and its consumer', () => {
    expect(workWords({ name: 'np', consumer: 'c1' })).toBe('np -c c1');
    expect(workWords({ name: 'n p', consumer: '$c' })).toBe("'n p' -c '$c'");
  });
});

describe('the order of names', () => {
  it('is that of their characters', () => {
    expect([byText('a', 'b'), byText('b', 'a'), byText('a', 'a')]).toEqual([-1, 1, 0]);
    expect(byText('B', 'a')).toBe(-1);
  });

  it.each([
    ['w-9', 'w-10'],
    ['w-9-b', 'w-10-a'],
    ['w-2a', 'w-2b'],
    ['w', 'w-1'],
    ['w-1', 'w-1-a'],
    ['9', '10'],
    ['1', 'a'],
    ['10', 'a'],
    ['bb', 'c'],
    ['w-0009', 'w-10'],
    ['a', 'b'],
    ['w-99999999999999999998', 'w-99999999999999999999'],
    ['w-010', 'w-11'],
    ['w-009', 'w-10'],
    ['', 'a'],
  ])('has %j before %j, with digits as numbers', (left, right) => {
    expect(naturally(left, right)).toBeLessThan(0);
    expect(naturally(right, left)).toBeGreaterThan(0);
  });

  it('has alike what differs in noughts alone, and what is the same', () => {
    expect(naturally('w-01', 'w-1')).toBe(0);
    expect(naturally('w-1', 'w-1')).toBe(0);
    expect(naturally('', '')).toBe(0);
  });
});

it.each([
  ['', 0],
  ['abc ~', 5],
  ['é', 1],
  ['e\u0301', 1],
  ['東京', 4],
  ['a😀', 3],
])('%j is %i columns wide in a terminal', (text, columns) => {
  expect(textWidth(text)).toBe(columns);
});

describe('tellingOnce', () => {
  it('passes on each text the first time', () => {
    const told: string[] = [];
    const tell = tellingOnce((text) => told.push(text));
    for (const text of ['a', 'b', 'a', 'b', 'c']) tell(text);
    expect(told).toEqual(['a', 'b', 'c']);
  });
});
