import { expect, it } from 'vitest';
import type { StatusEvent, StatusSubscriber, SubscriptionItem, WorkReader } from '../../../src/clients/index.ts';
import { watchWorks } from '../../../src/operations/watch/watch-works.ts';
import { ManualClock } from '../../support/fake-clock.ts';

const works = 100;
const events = 10_000;

function event(index: number): StatusEvent {
  const name = `w${index % works}`;
  return {
    kind: 'status',
    id: name,
    consumer: 'c1',
    version: 1,
    sequenceId: String(index + 1),
    statusHash: '',
    time: '2026-11-22T11:00:00Z',
    metadata: { name },
    status: { observedVersion: 1, sequenceId: String(index + 1), conditions: [], resourceStatus: [] },
    data: { manifestBundle: { manifests: [] } },
  };
}

it('a reader that stops never slows the stream, keeps one entry a work, and then sees the latest of each', async () => {
  let drained = 0;
  const subscriber: StatusSubscriber = {
    subscribe: async function* (_query, { signal }): AsyncGenerator<SubscriptionItem> {
      yield { kind: 'ready', subscriptionId: 's' };
      for (let index = 0; index < events; index += 1) {
        yield event(index);
        drained += 1;
      }
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    },
    close: () => undefined,
  };
  const reader = {
    listBundles: async function* () {
      /* no works */
    },
  } as unknown as WorkReader;
  const clock = new ManualClock();
  const changes = watchWorks(
    { source: 's' },
    { subscriber, reader, clock, random: () => 0.5 },
    { signal: new AbortController().signal },
  );
  const first = await changes.next();
  expect(first.done).toBe(false);
  // The reader asks for nothing, and the stream is read to its end all the same.
  await expect.poll(() => drained).toBe(events);
  const latest = new Map<string, string>();
  for (let taken = 0; taken < works; taken += 1) {
    const next = await changes.next();
    if (next.done !== true && next.value.status !== undefined)
      latest.set(next.value.name, next.value.status.sequenceId);
  }
  // Had more than one entry a work waited, these hundred would not be the last of each.
  expect([...latest.values()].map(Number).sort((one, other) => one - other)).toEqual(
    Array.from({ length: works }, (_unused, index) => events - works + index + 1),
  );
  await changes.return(undefined);
  expect(clock.sleeping).toBe(0);
});
