import { describe, expect, test } from 'vitest';
import { MaestroError } from '../../../src/errors.ts';
import type { WorkQueue } from '../../../src/gitops/queue/work-queue.ts';
import { reportOf, setUp } from './set-up.ts';

const away = new MaestroError('unavailable', 'nothing listens there', { transient: true, delivery: 'not-sent' });

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
  made.deliver(stored === undefined ? {} : { contentHash: stored });
  let reports = 0;
  /** Another status each time, which the hub is to show at once. */
  const report = (): void => {
    reports += 1;
    made.report(reportOf(reports % 2 === 0 ? 'Healthy' : 'Degraded', String(10 + reports)));
  };
  return { ...made, report };
}

describe('deliveries and statuses of one application', () => {
  test('a status that the hub takes does not make publishes that fail come sooner', async () => {
    const { maestro, hub, report, queue, propagate, bringHome } = start('1:old');
    const waits = waitsOf(queue);
    maestro.refusal = away;
    for (let round = 0; round < 6; round += 1) {
      await propagate();
      report();
      await bringHome();
    }
    expect(hub.patches.length).toBeGreaterThan(0);
    // Jitter is the same in each round, so each wait is twice the one before.
    expect(waits.map((ms) => ms / (waits[0] ?? 1))).toEqual([1, 2, 4, 8, 16, 32]);
  });

  test('statuses that the hub does not take do not make the first publish that fails wait', async () => {
    const { maestro, hub, report, queue, propagate, bringHome } = start('1:old');
    hub.refusal = away;
    for (let round = 0; round < 9; round += 1) {
      report();
      await bringHome();
    }
    const waits = waitsOf(queue);
    maestro.refusal = away;
    await propagate();
    expect(waits).toEqual([375]);
  });

  test('a step of the delivery that is taken does not make statuses that fail come sooner', async () => {
    const { hub, report, statusQueue, propagate, bringHome } = start();
    const waits = waitsOf(statusQueue);
    hub.refusal = away;
    for (let round = 0; round < 4; round += 1) {
      report();
      await bringHome();
      await propagate();
    }
    const backOffs = waits.filter((ms) => ms >= 375);
    expect(backOffs.map((ms) => ms / (backOffs[0] ?? 1))).toEqual([1, 2, 4, 8]);
  });
});
