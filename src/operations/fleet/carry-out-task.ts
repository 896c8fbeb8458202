import { writeWork } from '../apply/write-work.ts';
import type { ApplyRequest } from '../apply/plan.ts';
import type { Budget } from '../budget.ts';
import { deleteWork } from '../delete/delete-work.ts';
import { deletedOutcome } from '../delete/outcomes.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import type { ApplyTask, DeleteTask, FleetTask, TaskResult } from './fleet-task.ts';
import { spanned, workAttributes, type SpanAttributes } from '../tracing.ts';
import type { TaskTools } from './run-tasks.ts';

/** On whose behalf the tasks of a run are carried out, and how. */
export interface TaskOptions {
  readonly source: string;
  readonly manager: string;
  readonly merge: boolean;
  readonly force: boolean;
  /** Refuse to remove any manifest (ownership, `WouldRemove`). */
  readonly noRemove?: boolean;
  /** How often a merge is made again after a conflict. */
  readonly conflictRetries: number;
  /** Send version 0: the last writer wins. Not with `merge` or `noRemove`. */
  readonly overwrite?: boolean;
  /** Read and predict only. */
  readonly dryRun?: boolean;
}

/** Does one write or delete from what was read, or only predicts it. */
export async function carryOutTask(
  task: FleetTask,
  tools: TaskTools,
  options: TaskOptions,
  budget: Budget,
): Promise<TaskResult> {
  if (task.op === 'apply') return applyTask(task, tools, options, budget);
  const attributes = (): SpanAttributes => workAttributes(options.source, task.consumer, task.name);
  const deleted = await spanned(budget.tracer, { name: 'maestro.delete', attributes }, () =>
    deleteWork(addressOf(task), options, { ...tools.deps, lookup: tools.lookup }, budget),
  );
  return { outcome: deletedOutcome(deleted), counted: deleted.action === 'absent' ? 'absent' : 'deleted' };
}

export async function applyTask(
  task: ApplyTask,
  { lookup, deps, onPlan }: TaskTools,
  options: TaskOptions,
  budget: Budget,
): Promise<TaskResult> {
  const { source, merge, force, noRemove = false, conflictRetries, overwrite = false, dryRun = false } = options;
  const { consumer, work, manager = options.manager, ifVersion, ifVersionOfDocument = false } = task;
  const request: ApplyRequest = {
    source,
    consumer,
    work,
    overwrite,
    manager,
    merge,
    force,
    noRemove,
    ...(ifVersion === undefined ? {} : { ifVersion, ifVersionOfDocument }),
  };
  const attributes = (): SpanAttributes => workAttributes(source, consumer, work.name);
  const written = await spanned(budget.tracer, { name: 'maestro.apply', attributes }, () =>
    writeWork(request, deps, { conflictRetries, lookup, onPlan, dryRun }, budget),
  );
  return { ...written, counted: 'applied' in written ? written.applied.operation : predicted[written.plan.action] };
}

const predicted = { create: 'created', update: 'updated', unchanged: 'unchanged' } as const;

export function addressOf({ name, consumer }: DeleteTask): WorkAddress {
  return { by: 'name', name, consumer };
}
