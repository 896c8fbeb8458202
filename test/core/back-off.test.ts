import { expect, it } from 'vitest';
import { backoffMs } from '../../src/core/back-off.ts';

it('waits for between half and the whole of a step that doubles up to a limit, however often it was tried', () => {
  const most = (attempt: number, firstMs?: number, capMs?: number): number =>
    backoffMs(attempt, () => 1, firstMs, capMs);
  expect([0, 1, 2, 3, 4, 5, 60, 5_000].map((attempt) => most(attempt))).toEqual([
    100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000,
  ]);
  expect([most(1, 10), most(3, 10, 50)]).toEqual([20, 50]);
  expect(most(5_000, 1, Number.POSITIVE_INFINITY)).toBe(65_536);
  expect([0, 0.5, 1].map((random) => backoffMs(1, () => random))).toEqual([100, 150, 200]);
});
