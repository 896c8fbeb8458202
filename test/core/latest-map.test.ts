import { expect, test } from 'vitest';
import { LatestMap } from '../../src/core/latest-map.ts';

test('what was written last stays, and the oldest makes room', () => {
  const map = new LatestMap<number>(2);
  map.set('a', 1).set('b', 2).set('a', 3).set('c', 4);
  expect([...map]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
});
