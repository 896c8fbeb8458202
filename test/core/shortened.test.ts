import { expect, it } from 'vitest';
import { shortened } from '../../src/core/text.ts';

it.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc…'],
  // A character of two units is kept whole or not at all.
  ['ab😀d', 3, 'ab…'],
  ['ab😀d', 4, 'ab😀…'],
])('shortens %j to %i units as %j', (text, most, expected) => {
  expect(shortened(text, most)).toBe(expected);
});
