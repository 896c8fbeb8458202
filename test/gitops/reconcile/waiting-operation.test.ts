import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { MemoryHub } from './memory-hub.ts';
import { hubApp, key, reportOf, setUp } from './set-up.ts';

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
  const { state, aggregator, intake, deliver, maestro } = setUp({}, { kube: hub.kube });
  maestro.bundle = { id: 'b1', version: 1, status: reported('1') } as never;
  deliver();
  intake.hubSeen(key, parseHubApplication(hub.object));
  intake.reported({ id: 'b1', consumer: 'c1', version: 1, status: reported('1') } as never);
  hub.write((object) => ({
    ...object,
    status: { health: { status: 'Healthy' } },
    operation: { sync: { revision: 'main' } },
  }));
  intake.hubSeen(key, parseHubApplication(hub.object));
  const work = async (): Promise<void> => {
    for (
      let round = 0;
      round < 20 && state.statusQueue.depth('change') + state.statusQueue.depth('resync') > 0;
      round += 1
    ) {
      const taken = await state.statusQueue.take();
      await aggregator.write(taken ?? '');
      state.statusQueue.done(taken ?? '');
    }
  };
  await work();
  expect([gets, hub.patches, state.statusQueue.held]).toEqual([1, 0, 0]);
  // Somebody takes it back: what the cluster says is on the hub again.
  hub.write(({ operation: _operation, ...object }) => object);
  intake.hubSeen(key, parseHubApplication(hub.object));
  await work();
  expect(hub.object['status']).toMatchObject({ operationState: { phase: 'Succeeded' } });
  expect([gets, hub.patches]).toEqual([1, 1]);
});
