import type { ApplyPlan } from '../apply/plan.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import type { PublishDeps } from '../publish.ts';
import { carryOutTask, type TaskOptions } from './carry-out-task.ts';
import { fold } from './events-of.ts';
import type { ApplyTask, FleetOutcome, FleetProgress, FleetTask } from './fleet-task.ts';
import { openTaskRun, type TaskRunOptions } from './run-tasks.ts';

/** On whose behalf tasks are carried out, how many at once, when to stop, and who is told. */
export interface FleetOptions extends TaskOptions, TaskRunOptions {
  /** Told what a write would do, before it is done. */
  readonly onPlan?: (task: ApplyTask, plan: ApplyPlan) => void;
  /** Told of the one outcome of each task that was begun. */
  readonly onOutcome?: (outcome: FleetOutcome) => void;
  /** Told of each task that was not begun, because too much had failed or the run was stopped. */
  readonly onSkipped?: (task: FleetTask) => void;
  /** Told of the counts after each task. */
  readonly onProgress?: (progress: FleetProgress) => void;
}

/**
 * Carries many writes out over one connection, as `openTaskRun` does. What is
 * stored already is left alone, so a run that was interrupted at any moment can
 * be started again and publishes only what is missing.
 *
 * @throws MaestroError usage for options that contradict each other
 */
export async function applyMany(
  tasks: AsyncIterable<FleetTask> | Iterable<FleetTask>,
  deps: PublishDeps,
  options: FleetOptions,
  budget: Budget,
): Promise<FleetProgress> {
  refuseContradictions(options);
  const tasksRun = openTaskRun<FleetTask>(
    (task, tools) => carryOutTask(task, tools, options, budget),
    deps,
    options,
    budget,
  );
  await fold(tasksRun.run(tasks), (event) => {
    switch (event.kind) {
      case 'planned':
        if (event.task.op === 'apply') options.onPlan?.(event.task, event.plan);
        return;
      case 'outcome':
        options.onOutcome?.(event.written);
        break;
      case 'skipped':
        options.onSkipped?.(event.task);
    }
    options.onProgress?.(event.progress);
  });
  return tasksRun.progress;
}

function refuseContradictions({ overwrite = false, merge, noRemove = false }: TaskOptions): void {
  if (!overwrite || (!merge && !noRemove)) return;
  throw new MaestroError(
    'usage',
    `overwrite writes over what it may not have read, so ${merge ? 'merge' : 'noRemove'} cannot hold for it`,
  );
}
