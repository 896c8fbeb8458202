import { expect, test } from 'vitest';
import { inTurns } from '../../../src/gitops/queue/in-turns.ts';
import { ManualClock } from '../../support/fake-clock.ts';

const many = Array.from({ length: 2_500 }, (_, at) => at);

test('looks at each in order, and lets others in after every thousand', async () => {
  const clock = new ManualClock();
  const seen: number[] = [];
  const looking = inTurns(many, { clock, signal: new AbortController().signal }, (item) => void seen.push(item));
  expect(seen).toHaveLength(1_000);
  expect(clock.sleeping).toBe(1);
  expect(await clock.finish(looking)).toBe(true);
  expect(seen).toEqual(many);
});

test('ends with the signal, and says so', async () => {
  const clock = new ManualClock();
  const end = new AbortController();
  let count = 0;
  const looking = inTurns(many, { clock, signal: end.signal }, () => void (count += 1));
  end.abort(new Error('over'));
  expect(await looking).toBe(false);
  expect(count).toBe(1_000);
});
