import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { WorkRequest } from '../../../src/clients/index.ts';
import { Publisher } from '../../../src/gitops/deliver/publisher.ts';
import { defaultPublishes, mostUpdates } from '../../../src/operations/fleet/publish-limits.ts';
import { setUp } from '../reconcile/set-up.ts';

function start(maxConcurrency = defaultPublishes) {
  const { controllers, maestro } = setUp({ maxConcurrency });
  const stop = new AbortController();
  /** Keys that are being worked on: those that wait for their turn are not among them. */
  const working = new Set<string>();
  const running = { begin: (key: string) => void working.add(key), end: (key: string) => void working.delete(key) };
  const publisher = new Publisher(controllers.deps, controllers.store.clusters, running);
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
    publisher.publish(
      `argocd/app-${String(at)}`,
      { kind, target: { id: 'b1', consumer: 'c1', source: 's' } } as WorkRequest,
      stop.signal,
    );
  return { publish, publisher, maestro, most, stop, working };
}

test('no more than 16 publishes are under way, and no more than eight of them updates and deletions', async () => {
  const { publish, most, working } = start();
  const kinds = ['create', 'update', 'delete', 'create', 'update'] as const;
  await Promise.all(Array.from({ length: 500 }, (_unused, at) => publish(kinds[at % kinds.length] ?? 'create', at)));
  expect(most.all).toBeLessThanOrEqual(defaultPublishes);
  expect(most.updates).toBeLessThanOrEqual(mostUpdates(defaultPublishes));
  expect(most.updates).toBeGreaterThan(1);
  // Each has its wait for its turn ended.
  expect(working.size).toBe(500);
});

test('an update that waits for its turn when all is stopped is not sent, and takes nobody a place', async () => {
  const { publish, publisher, maestro, stop, working } = start(4);
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
  expect(working.size).toBe(6);
});
