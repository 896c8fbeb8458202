import type { ManifestWork } from '../../core/works/manifest-work.ts';
import type { Applied } from '../apply/carry-out.ts';
import type { ApplyPlan } from '../apply/plan.ts';
import type { WorkOutcome } from '../../core/outcome/outcome.ts';

/** One write of many. */
export type FleetTask =
  | {
      readonly op: 'apply';
      readonly consumer: string;
      readonly work: ManifestWork;
      /** Who writes it; the manager of the run when absent. */
      readonly manager?: string;
      /** The version that must be stored; 0: none. */
      readonly ifVersion?: number;
      /** The version is that of the document, and nobody named it otherwise; for messages. */
      readonly ifVersionOfDocument?: boolean;
    }
  | { readonly op: 'delete'; readonly consumer: string; readonly name: string };

/** A write of a work. */
export type ApplyTask = Extract<FleetTask, { readonly op: 'apply' }>;
/** The deletion of a work. */
export type DeleteTask = Extract<FleetTask, { readonly op: 'delete' }>;

/** Counts of a fleet write, so far or in the end. */
export interface FleetProgress {
  /** Tasks taken in; the total when it is known beforehand. */
  readonly total?: number;
  readonly done: number;
  /** In a dry run: would be created; so with the others. */
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly deleted: number;
  /** Deletes of works that were not there. */
  readonly absent: number;
  readonly failed: number;
  /** Replaced by a later task for the same work before it was begun. */
  readonly coalesced: number;
  /** Not begun, because too much had failed or the run was stopped. */
  readonly skipped: number;
}

/** The outcome of one task, with the task that it is about. */
export interface FleetOutcome<T extends FleetTask = FleetTask> {
  readonly task: T;
  readonly outcome: WorkOutcome;
  /** What was stored before an update; waits need it. */
  readonly applied?: Applied;
  /** What a dry run would do. */
  readonly plan?: ApplyPlan;
}

/** What became of a task, and under which count it goes when it did not fail. */
export type TaskResult = Omit<FleetOutcome, 'task'> & {
  readonly counted?: 'created' | 'updated' | 'unchanged' | 'deleted' | 'absent';
};

export function taskName(task: FleetTask): string {
  return task.op === 'apply' ? task.work.name : task.name;
}

/** The key that tasks of one work share. */
export function taskKey(task: FleetTask): string {
  return `${task.consumer}/${taskName(task)}`;
}

/** How outcomes name the work of a task. */
export function taskAbout(task: FleetTask): Pick<WorkOutcome, 'manifestWorkName' | 'consumer'> {
  return { manifestWorkName: taskName(task), consumer: task.consumer };
}
