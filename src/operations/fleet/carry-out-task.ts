import { workName } from '../../core/works/resource-bundle.ts';
import { ExitCode } from '../../exit-code.ts';
import { applyWork } from '../apply-work.ts';
import { planApply, type ApplyPlan, type ApplyRequest } from '../apply.ts';
import type { Budget } from '../budget.ts';
import { planDelete, requestDelete } from '../delete.ts';
import type { StoredState, WorkLookup } from '../lookup.ts';
import type { PublishDeps } from '../publish.ts';
import { acceptedOutcome, predictedOutcome } from '../work-outcomes.ts';
import type { FleetOptions } from './apply-many.ts';
import { taskAbout, type ApplyTask, type FleetOutcome, type FleetTask } from './fleet-task.ts';

/** What became of a task, and under which count it goes when it did not fail. */
export type TaskResult = Omit<FleetOutcome, 'task'> & {
  readonly counted?: 'created' | 'updated' | 'unchanged' | 'deleted' | 'absent';
};

/** Does one write from what was read, or only predicts it. */
export function carryOutTask(
  task: FleetTask,
  lookup: WorkLookup,
  deps: PublishDeps,
  options: FleetOptions,
  budget: Budget,
): Promise<TaskResult> {
  return task.op === 'apply' ? applyTask(task, lookup, deps, options, budget) : deleteTask(task, lookup, deps, options, budget);
}

async function applyTask(task: ApplyTask, lookup: WorkLookup, deps: PublishDeps, options: FleetOptions, budget: Budget): Promise<TaskResult> {
  const { source, merge, force, conflictRetries, overwrite = false } = options;
  const { consumer, work, manager = options.manager, ifVersion } = task;
  const request: ApplyRequest = { source, consumer, work, overwrite, manager, merge, force, ...(ifVersion === undefined ? {} : { ifVersion }) };
  const onPlan = (plan: ApplyPlan): void => options.onPlan?.(task, plan);
  if (options.dryRun === true) {
    const plan = await planApply(request, deps, budget, lookup);
    onPlan(plan);
    const counted = ({ create: 'created', update: 'updated', unchanged: 'unchanged' } as const)[plan.action];
    return { outcome: predictedOutcome(plan, consumer), plan, counted };
  }
  const applied = await applyWork(request, deps, { conflictRetries, lookup, onPlan }, budget);
  return { outcome: acceptedOutcome(applied, consumer), applied, counted: applied.operation };
}

async function deleteTask(
  task: Extract<FleetTask, { op: 'delete' }>,
  lookup: WorkLookup,
  deps: PublishDeps,
  { source }: FleetOptions,
  budget: Budget,
): Promise<TaskResult> {
  const state = await lookup.read({ source, consumer: task.consumer, name: task.name }, budget);
  const base = { ...taskAbout(task), id: state.id, exitCode: ExitCode.Done } as const;
  const plan = isAbsent(state)
    ? undefined
    : await planDelete({ by: 'name', name: task.name, consumer: task.consumer }, source, deps, budget);
  if (plan === undefined || plan.action === 'absent') {
    const message = `ManifestWork ${task.name} on ${task.consumer}: nothing to delete`;
    return { outcome: { ...base, phase: 'Applied', reason: 'NotFound', message }, counted: 'absent' };
  }
  if (plan.action === 'delete') await requestDelete(plan.bundle, source, deps, budget);
  const message = `ManifestWork ${workName(plan.bundle)} on ${task.consumer}: deletion requested, not yet seen gone`;
  const outcome = { ...base, operation: 'deleted', version: plan.bundle.version, phase: 'InProgress', reason: 'DeletionRequested', message } as const;
  return { outcome, counted: 'deleted' };
}

/** Neither we nor another source has a work of that name there. */
export function isAbsent({ bundle, namesakes }: StoredState): boolean {
  return bundle === undefined && namesakes.length === 0;
}
