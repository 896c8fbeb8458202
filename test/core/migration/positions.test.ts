import { expect, it, test } from 'vitest';
import { positionOf, type Position } from '../../../src/core/migration/advance.ts';
import { plan, rowsOf } from './standings.ts';

test.each<readonly [string, Position]>([
  ['plain plain | - -', 'planned'],
  ['plain? plain? | - -', 'planned'],
  ['plain@4 plain | - -', 'rolled-back'],
  ['proof@4 plain | - -', 'rolling-back'],
  ['orphan@4 proof@6 | - -', 'rolling-back'],
  ['orphan@4 plain | - -', 'moved'],
  ['- plain | - -', 'moved'],
  ['- - | - -', 'moved'],
  ['plain! plain | - -', 'moved'],
  ['other plain | - -', 'moved'],
  ['plain plain | other -', 'moved'],
  ['plain plain | other proof', 'moved'],
  ['orphan@4 plain | other@2 proof', 'moved'],
  ['plain plain | proof -', 'running'],
  ['plain plain | proof? -', 'running'],
  ['plain plain | proof? proof', 'running'],
  ['plain plain | proof~ proof', 'running'],
  ['plain plain | plain? plain', 'running'],
  ['plain plain | proof proof', 'both-own'],
  ['plain plain | proof+ proof', 'both-own'],
  ['plain plain | plain plain', 'both-own'],
  ['plain@4 plain | proof -', 'rolling-back'],
  ['orphan@4 plain | proof -', 'rolling-back'],
  ['- plain | proof -', 'moved'],
  ['plain! plain | proof -', 'moved'],
  ['- - | proof -', 'moved'],
  ['plain@4 plain | proof proof', 'rolling-back'],
  ['proof@4 plain | proof proof', 'rolling-back'],
  ['proof@4 proof@6 | proof -', 'rolling-back'],
  ['plain plain | orphan@2 proof', 'rolling-back'],
  ['plain plain | orphan@2 -', 'rolling-back'],
  ['plain plain | proof! proof', 'rolling-back'],
  ['- - | proof! proof', 'rolling-back'],
  ['orphan@4 plain | proof proof', 'letting-go'],
  ['orphan@4 orphan@6 | proof proof', 'letting-go'],
  ['orphan@4 orphan@6 | other@2 proof', 'letting-go'],
  ['orphan@4! orphan@6 | other@2 proof', 'deleting'],
  ['orphan@4! - | other@2 proof', 'deleting'],
  ['- plain | proof proof', 'deleting'],
  ['- orphan@6 | proof proof', 'deleting'],
  ['orphan@4! orphan@6! | proof proof', 'deleting'],
  ['- - | proof proof', 'settling'],
  ['- - | proof plain', 'settling'],
  ['- - | plain? plain', 'settling'],
  ['- - | plain plain', 'finished'],
  ['- - | plain other@2?', 'finished'],
  ['- - | other-proof@2 plain', 'settling'],
])('%s is %s', (words, expected) => {
  expect(positionOf(plan, rowsOf(words))).toBe(expected);
});

it('of a plan that moves nothing is that of one which was not begun', () => {
  expect(positionOf({ ...plan, old: [], new: [] }, new Map())).toBe('planned');
});
