import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Overwrites } from '../../../src/gitops/policy/overwrites.ts';
import {
  afterUndoing,
  isOverwrittenAgain,
  longestUndoMs,
  undoAgainMs,
  undoInMs,
} from '../../../src/gitops/policy/overwrites.ts';

const at = '2026-01-01T00:00:00Z';

test('the first change is undone at once, each further one after twice the time, and never more than an hour later', () => {
  expect(undoInMs(undefined, 0)).toBe(0);
  let overwrites: Overwrites | undefined;
  const waits = Array.from({ length: 10 }, () => {
    overwrites = afterUndoing(overwrites, 1_000, at);
    return undoInMs(overwrites, 1_000) / undoAgainMs;
  });
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
});

test('what was quiet for two hours counts anew', () => {
  const undoneMs = 3 * longestUndoMs;
  const often = { count: 7, undoneMs, since: at };
  expect(afterUndoing(often, undoneMs + 2 * longestUndoMs, at)).toMatchObject({ count: 8, since: at });
  expect(afterUndoing(often, undoneMs + 2 * longestUndoMs + 1, '2026-01-01T03:00:00Z')).toEqual({
    count: 1,
    undoneMs: undoneMs + 2 * longestUndoMs + 1,
    since: '2026-01-01T03:00:00Z',
  });
});

test('is told from the second change on, until what was published has stood for long enough', () => {
  const once = afterUndoing(undefined, 0, at);
  const twice = afterUndoing(once, undoAgainMs, at);
  expect([
    isOverwrittenAgain(undefined, 0),
    isOverwrittenAgain(once, 0),
    isOverwrittenAgain(twice, undoAgainMs),
  ]).toEqual([false, false, true]);
  expect([isOverwrittenAgain(twice, 5 * undoAgainMs - 1), isOverwrittenAgain(twice, 5 * undoAgainMs)]).toEqual([
    true,
    false,
  ]);
});

test('a writer that never gives up causes a bounded number of publishes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 120_000 }), { minLength: 1, maxLength: 2_000 }), (pauses) => {
      let overwrites: Overwrites | undefined;
      let monotonicMs = 0;
      let publishes = 0;
      for (const pause of pauses) {
        monotonicMs += pause;
        if (undoInMs(overwrites, monotonicMs) > 0) continue;
        overwrites = afterUndoing(overwrites, monotonicMs, at);
        publishes += 1;
      }
      expect(publishes).toBeLessThanOrEqual(8 + monotonicMs / longestUndoMs);
    }),
  );
});
