import { expect, it } from 'vitest';
import { readList } from '../../../src/gitops/kube/read-list.ts';
import { systemClock, type Clock } from '../../../src/clock.ts';

const count = 200;
const named = (at: number): object => ({
  apiVersion: 'v1',
  kind: 'Widget',
  metadata: { name: `w-${at}` },
  spec: { padding: 'x'.repeat(600) },
});

/** A page that is at hand as a whole. */
async function* page(): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(
    JSON.stringify({ items: Array.from({ length: count }, (_, at) => named(at)), metadata: {} }),
  );
  for (let start = 0; start < bytes.length; start += 1_000) yield bytes.subarray(start, start + 1_000);
}

it('lets others have the event loop between the objects of a page', async () => {
  let ms = 0;
  // By this clock, taking the objects of a chunk in takes a millisecond.
  const clock: Clock = { ...systemClock, monotonicMs: () => (ms += 1) };
  const taken: object[] = [];
  let turnsOfOthers = 0;
  const other = setInterval(() => (turnsOfOthers += 1), 1);
  const rest = await readList(page(), (object) => taken.push(object), clock, new AbortController().signal);
  clearInterval(other);
  expect(taken).toEqual(Array.from({ length: count - 1 }, (_, at) => named(at)));
  expect(rest).toEqual({ items: [named(count - 1)], metadata: {} });
  expect(turnsOfOthers).toBeGreaterThan(10);
});
