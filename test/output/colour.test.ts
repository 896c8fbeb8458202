import { expect, it } from 'vitest';
import { openPalette, wantsColour } from '../../src/output/colour.ts';
import { stateColours } from '../../src/output/state-colours.ts';
import { shownStates } from '../../src/core/status/shown-state.ts';

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

it('gives each state of a work a colour of its own, and none where there is no colour', async () => {
  const coloured = await openPalette({ isTTY: true }, {});
  const plain = await openPalette({ isTTY: true }, { NO_COLOR: '1' });
  expect(new Set(shownStates.map((state) => coloured.state(state, 'x'))).size).toBe(shownStates.length);
  expect(shownStates.map((state) => plain.state(state, state))).toEqual([...shownStates]);
  expect(Object.keys(stateColours).sort()).toEqual([...shownStates].sort());
});
