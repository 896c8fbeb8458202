import { expect, it } from 'vitest';
import { textWidth } from '../../../src/core/text-width.ts';
import { wrapText } from '../../../src/commands/ui/screen/line.ts';

it.each([
  ['x', 1_000_000],
  ['word ', 1_000_000],
  ['字', 30_000],
  ['e\u0301', 30_000],
  ['👩‍👩‍👧‍👦', 30_000],
])(
  'wraps a text of any length whole, in lines that fit, before anybody waits for it: %s',
  (word, length) => {
    const text = word.repeat(Math.ceil(length / word.length)).trim();
    const lines = wrapText(text, 80);
    expect(lines.every((line) => textWidth(line) <= 80)).toBe(true);
    expect(lines.join('').replaceAll(' ', '') === text.replaceAll(' ', '')).toBe(true);
  },
  5_000,
);
