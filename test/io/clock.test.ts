import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';

test('a sleep that ends by itself leaves no listener', async () => {
  const { signal } = new AbortController();
  await systemClock.sleep(1, signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test.each([
  { title: 'an error', reason: new Error('over') },
  { title: 'anything else', reason: Symbol('over') },
])('a sleep that is cut short fails with the reason, $title, and leaves no listener', async ({ reason }) => {
  const end = new AbortController();
  const sleeping = systemClock.sleep(60_000, end.signal);
  end.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  expect(getEventListeners(end.signal, 'abort')).toEqual([]);
});

test('a sleep under a signal that has aborted does not begin', async () => {
  const reason = new Error('over before');
  await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
});
