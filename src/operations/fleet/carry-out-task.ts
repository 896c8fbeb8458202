import { counted } from '../../core/text.ts';
import { applyWork, sharedBy } from '../apply/apply-work.ts';
import { planApply, type ApplyPlan, type ApplyRequest } from '../apply/plan.ts';
import type { Budget } from '../budget.ts';
import { planDelete, requestDelete } from '../delete/plan.ts';
import { absentOutcome, dryRunOutcome, requestedOutcome } from '../delete/outcomes.ts';
import { consumerNotFound } from '../find-work.ts';
import type { StoredState, WorkLookup } from '../lookup.ts';
import type { PublishDeps } from '../publish.ts';
import { acceptedOutcome, predictedOutcome } from '../work-outcomes.ts';
import type { FleetOptions } from './apply-many.ts';
import type { ApplyTask, DeleteTask, FleetOutcome, FleetTask } from './fleet-task.ts';

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
  return task.op === 'apply'
    ? applyTask(task, lookup, deps, options, budget)
    : deleteTask(task, lookup, deps, options, budget);
}

async function applyTask(
  task: ApplyTask,
  lookup: WorkLookup,
  deps: PublishDeps,
  options: FleetOptions,
  budget: Budget,
): Promise<TaskResult> {
  const { source, merge, force, noRemove = false, conflictRetries, overwrite = false } = options;
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
  const onPlan = (plan: ApplyPlan): void => options.onPlan?.(task, plan);
  if (options.dryRun === true) {
    const plan = await planApply(request, deps, budget, lookup);
    onPlan(plan);
    const predicted = ({ create: 'created', update: 'updated', unchanged: 'unchanged' } as const)[plan.action];
    const sharedWith = await sharedBy(plan, deps, budget, lookup);
    return { outcome: predictedOutcome(plan, consumer, sharedWith), plan, counted: predicted };
  }
  const applied = await applyWork(request, deps, { conflictRetries, lookup, onPlan }, budget);
  return { outcome: acceptedOutcome(applied, consumer), applied, counted: applied.operation };
}

async function deleteTask(
  task: DeleteTask,
  lookup: WorkLookup,
  deps: PublishDeps,
  options: FleetOptions,
  budget: Budget,
): Promise<TaskResult> {
  const { consumer, name } = task;
  const absent = absentTask(task, await lookup.read({ source: options.source, consumer, name }, budget));
  if (absent !== undefined) return absent;
  const plan = await planDelete({ by: 'name', name, consumer }, options, deps, budget);
  if (plan.action === 'absent') return { outcome: absentOutcome(plan), counted: 'absent' };
  if (options.dryRun === true) {
    const planned = { bundle: plan.bundle, losses: plan.action === 'delete' ? plan.losses : [] };
    return {
      outcome: dryRunOutcome(planned, `would be deleted with ${counted(plan.bundle.manifests.length, 'manifest')}`),
      counted: 'deleted',
    };
  }
  if (plan.action === 'underway')
    return { outcome: requestedOutcome({ bundle: plan.bundle, losses: [] }), counted: 'deleted' };
  const losses = await requestDelete(plan.bundle, options, deps, budget);
  return { outcome: requestedOutcome({ bundle: plan.bundle, losses }), counted: 'deleted' };
}

/**
 * The end of a delete where neither we nor another source has a work of that name; undefined where there is one.
 *
 * @throws MaestroError not-found for a consumer that does not exist
 */
export function absentTask(
  { consumer, name }: DeleteTask,
  { id, bundle, namesakes, consumerExists }: StoredState,
): TaskResult | undefined {
  if (bundle !== undefined || namesakes.length > 0) return undefined;
  if (!consumerExists) throw consumerNotFound(consumer);
  const why = `there is no work named ${name} on consumer ${consumer}`;
  return { outcome: absentOutcome({ name, consumer, id, why }), counted: 'absent' };
}
