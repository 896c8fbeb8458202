import { describe, expect, it } from 'vitest';
import type { FleetTask } from '../../../src/operations/fleet/fleet-task.ts';
import { openTaskRun, type CarryOut } from '../../../src/operations/fleet/run-tasks.ts';
import { fakes } from '../support/fakes.ts';

/** Deletes on as many consumers, which counts how many were taken from it. */
function deletes(count: number): { readonly tasks: Iterable<FleetTask>; readonly taken: () => number } {
  let taken = 0;
  return {
    tasks: (function* () {
      for (; taken < count; taken += 1) yield { op: 'delete', consumer: `c${taken}`, name: 'base' } as const;
    })(),
    taken: () => taken,
  };
}

const absent: CarryOut<FleetTask> = async ({ consumer }) => ({
  outcome: {
    manifestWorkName: 'base',
    consumer,
    phase: 'Applied',
    reason: 'NotFound',
    message: 'nothing to delete',
    exitCode: 0,
  },
  counted: 'absent',
});

describe('a run of many tasks', () => {
  it('takes no more of them than are told, though to leave all the rest out takes no time', async () => {
    const world = fakes();
    const { tasks, taken } = deletes(5000);
    const run = openTaskRun(absent, world.deps, { source: 's', maxConcurrency: 4, maxFailures: 0 }, world.budget);
    let told = 0;
    let mostUntold = 0;
    for await (const event of run.run(tasks)) {
      expect(event.kind).toBe('skipped');
      told += 1;
      mostUntold = Math.max(mostUntold, taken() - told);
    }
    expect([told, run.progress.skipped]).toEqual([5000, 5000]);
    expect(mostUntold).toBeLessThan(1000);
  });

  it('tells the outcome of all that were begun, also where taking further ones fails', async () => {
    const world = fakes();
    world.reader.consumers = Array.from({ length: 400 }, (_unused, at) => `c${at}`);
    const failing = (function* () {
      yield* deletes(400).tasks;
      throw new Error('the rest cannot be read');
    })();
    let begun = 0;
    const slow: CarryOut<FleetTask> = async (task, tools) => {
      begun += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return absent(task, tools);
    };
    const run = openTaskRun(slow, world.deps, { source: 's', maxConcurrency: 64 }, world.budget);
    let told = 0;
    const all = async (): Promise<void> => {
      for await (const { kind } of run.run(failing)) if (kind === 'outcome') told += 1;
    };
    await expect(all()).rejects.toThrow('the rest cannot be read');
    expect(begun).toBeGreaterThan(0);
    expect(told).toBe(begun);
  });

  it('takes no more of them once nobody reads what is told', async () => {
    const world = fakes();
    world.reader.consumers = ['c0'];
    const { tasks, taken } = deletes(5000);
    const run = openTaskRun(absent, world.deps, { source: 's', maxConcurrency: 4 }, world.budget);
    for await (const { kind } of run.run(tasks)) {
      expect(kind).toBe('outcome');
      break;
    }
    expect(taken()).toBeLessThan(1500);
    expect(run.progress.done + run.progress.skipped).toBeLessThan(1500);
  });
});
