import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { MemoryHub } from './memory-hub.ts';
import { bundleRow, hubApp, reportOf, setUp } from './set-up.ts';

/** What the cluster reports, with the operation of before. */
function reported(sequenceId: string) {
  const report = reportOf('Healthy', sequenceId);
  const [entry] = report.resourceStatus;
  const value: JsonObject = {
    health: { status: 'Healthy' },
    operationState: { phase: 'Succeeded', startedAt: '2026-11-01T00:00:00Z' },
  };
  return { ...report, resourceStatus: [{ ...entry, feedback: [{ name: 'status', value }] }] };
}

test('an operation that waits on the hub has the hub asked once for each look, and not again because of the answer', async () => {
  const hub = new MemoryHub({ ...hubApp({ version: '11' }), status: { health: { status: 'Healthy' } } });
  let gets = 0;
  hub.before = (verb) => void (verb === 'get' && (gets += 1));
  const { deliver, maestro, statusQueue, see, report, bringHome } = setUp({}, { kube: hub.kube });
  maestro.bundle = bundleRow({ status: reported('1') });
  deliver();
  see(hub.object);
  report(reported('1'));
  hub.write((object) => ({
    ...object,
    status: { health: { status: 'Healthy' } },
    operation: { sync: { revision: 'main' } },
  }));
  see(hub.object);
  const work = async (): Promise<void> => {
    for (let round = 0; round < 20 && statusQueue.depth('change') + statusQueue.depth('resync') > 0; round += 1) {
      const taken = await statusQueue.take();
      await bringHome(taken ?? '');
      statusQueue.done(taken ?? '');
    }
  };
  await work();
  expect([gets, hub.patches, statusQueue.held]).toEqual([1, 0, 0]);
  // Somebody takes it back: what the cluster says is on the hub again.
  hub.write(({ operation: _operation, ...object }) => object);
  see(hub.object);
  await work();
  expect(hub.object['status']).toMatchObject({ operationState: { phase: 'Succeeded' } });
  expect([gets, hub.patches]).toEqual([1, 1]);
});
