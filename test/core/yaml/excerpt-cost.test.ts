import { describe, expect, it } from 'vitest';
import { excerptAt } from '../../../src/core/yaml/excerpt.ts';

describe('the line of a mistake costs no more', () => {
  it('where a line is a whole file', () => {
    const whole = `${'"some": "thing", '.repeat(60_000)}[}${', "more": 1'.repeat(60_000)}`;
    const column = '"some": "thing", '.length * 60_000 + 2;
    const excerpt = excerptAt(whole, { line: 1, column });
    expect(excerpt).toMatch(/^1 \| ….*\[}.*…\n {2}\| +\^$/);
    const [shown = '', caret = ''] = excerpt.split('\n');
    expect(shown[caret.indexOf('^')]).toBe('}');
  }, 5_000);

  it('where the width of each character has to be looked up', () => {
    // The width of all before the place was measured anew for each character of it: a second or more for each mistake.
    for (const begin of ['', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'])
      expect(excerptAt(`${begin}${'😀'.repeat(1_000)}`, { line: 1, column: 1_000 })).toMatch(/^1 \| …😀+…\n/u);
  }, 5_000);
});
