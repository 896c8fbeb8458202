import { describe, expect, test } from 'vitest';
import { MaestroError } from '../../../src/errors.ts';
import type { BundleRecord } from '../../../src/gitops/index/records.ts';
import type { WorkQueue } from '../../../src/gitops/queue/work-queue.ts';
import { key, reportOf, setUp } from './set-up.ts';

const away = new MaestroError('unavailable', 'nothing listens there', { retryable: true, delivery: 'not-sent' });

/** The waits that are asked of a queue from now on, whole milliseconds. */
function waitsOf(queue: WorkQueue): number[] {
  const waits: number[] = [];
  const putAfter = queue.putAfter.bind(queue);
  queue.putAfter = (of, lane, ms) => {
    waits.push(Math.round(ms));
    putAfter(of, lane, ms);
  };
  return waits;
}

/** @param stored the hash of what Maestro has; that of what the hub has when absent */
function start(stored?: string) {
  const made = setUp();
  const bundle: BundleRecord = made.deliver(stored === undefined ? {} : { contentHash: stored });
  let reports = 0;
  /** Another status each time, which the hub is to show at once. */
  const report = (): void => {
    reports += 1;
    made.aggregator.take(
      made.app,
      bundle,
      reportOf(reports % 2 === 0 ? 'Healthy' : 'Degraded', String(10 + reports)) as never,
    );
  };
  return { ...made, report };
}

describe('deliveries and statuses of one application', () => {
  test('a status that the hub takes does not make publishes that fail come sooner', async () => {
    const { state, propagator, aggregator, maestro, hub, report } = start('1:old');
    const waits = waitsOf(state.queue);
    maestro.refusal = away;
    for (let round = 0; round < 6; round += 1) {
      await propagator.reconcile(key);
      report();
      await aggregator.write(key);
    }
    expect(hub.patches.length).toBeGreaterThan(0);
    // Jitter is the same in each round, so each wait is twice the one before.
    expect(waits.map((ms) => ms / (waits[0] ?? 1))).toEqual([1, 2, 4, 8, 16, 32]);
  });

  test('statuses that the hub does not take do not make the first publish that fails wait', async () => {
    const { state, propagator, aggregator, maestro, hub, report } = start('1:old');
    hub.refusal = away;
    for (let round = 0; round < 9; round += 1) {
      report();
      await aggregator.write(key);
    }
    const waits = waitsOf(state.queue);
    maestro.refusal = away;
    await propagator.reconcile(key);
    expect(waits).toEqual([375]);
  });

  test('a step of the delivery that is taken does not make statuses that fail come sooner', async () => {
    const { state, propagator, aggregator, hub, report } = start();
    const waits = waitsOf(state.statusQueue);
    hub.refusal = away;
    for (let round = 0; round < 4; round += 1) {
      report();
      await aggregator.write(key);
      await propagator.reconcile(key);
    }
    const backOffs = waits.filter((ms) => ms >= 375);
    expect(backOffs.map((ms) => ms / (backOffs[0] ?? 1))).toEqual([1, 2, 4, 8]);
  });
});
