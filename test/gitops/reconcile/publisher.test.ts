import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { WorkRequest } from '../../../src/clients/index.ts';
import { Publisher } from '../../../src/gitops/deliver/publisher.ts';
import { defaultPublishes, mostUpdates } from '../../../src/operations/fleet/publish-limits.ts';
import { setUp } from './set-up.ts';

function start(maxConcurrency = defaultPublishes) {
  const { state, maestro, waits } = setUp({ maxConcurrency });
  const stop = new AbortController();
  const publisher = new Publisher(state, { waiting: (key, is) => void waits.push([key, is]) }, stop.signal);
  const most = { all: 0, updates: 0 };
  let updates = 0;
  maestro.whilePublishing = async () => {
    const kind = maestro.published.at(-1)?.kind;
    updates += Number(kind !== 'create');
    most.all = Math.max(most.all, publisher.inFlight);
    most.updates = Math.max(most.updates, updates);
    await pause(1);
    updates -= Number(kind !== 'create');
  };
  const publish = (kind: 'create' | 'update' | 'delete', at: number): Promise<void> =>
    publisher.publish(`argocd/app-${String(at)}`, kind, { kind } as WorkRequest);
  return { publish, publisher, maestro, most, stop, waits };
}

test('no more than 16 publishes are under way, and no more than eight of them updates and deletions', async () => {
  const { publish, most, waits } = start();
  const kinds = ['create', 'update', 'delete', 'create', 'update'] as const;
  await Promise.all(Array.from({ length: 500 }, (_unused, at) => publish(kinds[at % kinds.length] ?? 'create', at)));
  expect(most.all).toBeLessThanOrEqual(defaultPublishes);
  expect(most.updates).toBeLessThanOrEqual(mostUpdates(defaultPublishes));
  expect(most.updates).toBeGreaterThan(1);
  // Each has its wait for its turn ended.
  expect(waits.filter(([, is]) => !is)).toHaveLength(500);
});

test('an update that waits for its turn when all is stopped is not sent, and takes nobody a place', async () => {
  const { publish, publisher, maestro, stop, waits } = start(4);
  const hold = Promise.withResolvers<void>();
  maestro.whilePublishing = () => hold.promise;
  const ends = Array.from({ length: 6 }, async (_unused, at) =>
    publish('update', at).then(
      () => 'sent',
      (error: Error) => error.message,
    ),
  );
  await pause(5);
  stop.abort(new Error('the test is over'));
  hold.resolve();
  expect((await Promise.all(ends)).toSorted()).toEqual([
    'sent',
    'sent',
    ...Array.from({ length: 4 }, () => 'the test is over'),
  ]);
  expect([maestro.published.length, publisher.inFlight]).toEqual([2, 0]);
  expect(waits.filter(([, is]) => !is)).toHaveLength(6);
});
