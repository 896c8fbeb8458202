import { expect, test } from 'vitest';
import { Unreached } from '../../../src/gitops/queue/unreached.ts';

test('those that wait are woken once the other side answers, and not with every answer', () => {
  const unreached = new Unreached();
  const at = (ms: number): readonly string[] => unreached.wake({ monotonicMs: () => ms });
  expect(at(0)).toEqual([]);
  for (const key of ['a', 'b', 'c', 'a']) unreached.add(key);
  unreached.delete('b');
  expect(at(1)).toEqual(['a', 'c']);
  unreached.add('a');
  expect(at(5_000)).toEqual([]);
  expect(at(5_001)).toEqual(['a']);
  expect(at(20_000)).toEqual([]);
});
