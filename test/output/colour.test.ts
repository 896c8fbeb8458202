import { expect, it } from 'vitest';
import { openPalette, wantsColour } from '../../src/output/colour.ts';

it.each<[boolean, Readonly<Record<string, string>>, boolean]>([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [false, { FORCE_COLOR: '' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: 'false' }, false],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
])('on a terminal: %s, with %j: %s', async (isTTY, env, expected) => {
  expect(wantsColour({ isTTY }, env)).toBe(expected);
  const palette = await openPalette({ isTTY }, env);
  expect(palette.added('x')).toBe(expected ? '\u001b[32mx\u001b[39m' : 'x');
});
