import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueConditions, isDue, noneDue, operationIsDue, withDue } from '../../../src/gitops/status/due-conditions.ts';

test('a set of due conditions has what was put in and nothing else, in whatever order', () => {
  fc.assert(
    fc.property(fc.subarray([...dueConditions]), (some) => {
      const due = some.reduce(withDue, noneDue);
      expect(dueConditions.filter((condition) => isDue(due, condition))).toEqual(some);
      expect(some.toReversed().reduce(withDue, noneDue)).toBe(due);
      expect(operationIsDue(due)).toBe(some.some((condition) => condition.startsWith('operation-')));
    }),
  );
});
