import { expect, test } from 'vitest';
import { BundleRecord } from '../../../src/gitops/index/records.ts';
import { freeStatusWrites, pacedStatusEveryMs } from '../../../src/gitops/policy/status-pace.ts';
import type { JsonPatchStep } from '../../../src/gitops/kube/kube-api.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { hubObject } from '../bundle/application.ts';
import { storedBundle } from '../policy/records.ts';
import { hubApp, reportOf, setUp } from './set-up.ts';

interface Write {
  readonly name: string;
  readonly atMs: number;
  readonly health: unknown;
}

/** One that flaps and one that does not, with workers that write what is due. */
function run() {
  const clock = new ManualClock();
  const writes: Write[] = [];
  const kube = {
    jsonPatch: async (_path: unknown, { name }: { readonly name: string }, steps: readonly JsonPatchStep[]) => {
      const status = steps.find((step) => step.op === 'add' && step.path === '/status') as
        { value: { health: { status: string } } } | undefined;
      writes.push({ name, atMs: clock.monotonicMs(), health: status?.value.health.status });
      return hubApp();
    },
  };
  const made = setUp({}, { clock, kube: kube as never });
  const { store, statusQueue, see, bringHome } = made;
  made.deliver();
  const calm = { ...(hubApp()['metadata'] as JsonObject), name: 'calm', uid: 'uid-calm' };
  see(hubObject({ ...hubApp(), metadata: calm }));
  store.index.addBundle(
    'argocd/calm',
    new BundleRecord(storedBundle({ id: 'b2', hubName: 'calm', spokeName: 'calm', hubUid: 'uid-calm' })),
  );
  const stop = new AbortController();
  const work = async (): Promise<void> => {
    for (;;) {
      const taken = await statusQueue.take();
      if (taken === undefined) return;
      await bringHome(taken);
      statusQueue.done(taken);
    }
  };
  const ended = Promise.all([work(), work(), statusQueue.runTimer(stop.signal)]);
  const end = async (): Promise<void> => {
    stop.abort();
    statusQueue.end();
    await ended;
  };
  return { clock, writes, report: made.report, end };
}

test('an application that flaps gets a few writes at once and then one every five seconds, the last of them its last state', async () => {
  const { clock, writes, report, end } = run();
  const lastsMs = 60_000;
  const everyMs = 50;
  for (let at = 0; at < lastsMs / everyMs; at += 1) {
    report(reportOf(at % 2 === 0 ? 'Degraded' : 'Healthy', String(at + 1)));
    await clock.advance(everyMs);
  }
  report(reportOf('Missing', '100000'));
  await clock.advance(pacedStatusEveryMs + 200);
  await end();
  expect(writes.length).toBeGreaterThan(freeStatusWrites);
  expect(writes.length).toBeLessThanOrEqual(freeStatusWrites + lastsMs / pacedStatusEveryMs + 1);
  expect(writes.at(-1)).toMatchObject({ name: 'app', health: 'Missing' });
});

test('nobody else waits for an application that flaps, and after a pause it is written at once again', async () => {
  const { clock, writes, report, end } = run();
  for (let at = 0; at < 100; at += 1) {
    report(reportOf(at % 2 === 0 ? 'Degraded' : 'Healthy', String(at + 1)));
    await clock.advance(50);
  }
  const beganMs = clock.monotonicMs();
  const calm = reportOf('Degraded', '1');
  const [entry] = calm.resourceStatus;
  const own = { ...entry, resourceMeta: { ...entry?.resourceMeta, name: 'calm' } };
  report({ ...calm, resourceStatus: [own] }, { id: 'b2' });
  await clock.advance(10);
  expect(writes.filter(({ name }) => name === 'calm')).toEqual([{ name: 'calm', atMs: beganMs, health: 'Degraded' }]);
  await clock.advance(freeStatusWrites * pacedStatusEveryMs);
  const laterMs = clock.monotonicMs();
  report(reportOf('Missing', '1000'));
  await clock.advance(10);
  expect(writes.at(-1)).toEqual({ name: 'app', atMs: laterMs, health: 'Missing' });
  await end();
});
