import { expect, test } from 'vitest';
import { SharedFailures } from '../../../src/gitops/deliver/shared-failures.ts';

test('of failures with one cause one is told every ten seconds, with the number of the others', () => {
  const failures = new SharedFailures();
  expect(failures.count(0)).toBe(0);
  for (let ms = 1; ms < 10_000; ms += 100) expect(failures.count(ms)).toBeUndefined();
  expect(failures.count(10_000)).toBe(100);
  expect(failures.count(30_000)).toBe(0);
});
