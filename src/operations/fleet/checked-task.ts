import { isDnsLabel } from '../../core/works/names.ts';
import { MaestroError } from '../../errors.ts';
import { checkConsumerName, checkParts, checkWorkName, fitWork } from '../fit-work.ts';
import type { FleetTask } from './fleet-task.ts';

/** A task as it may be carried out; one with an error is not. */
export interface CheckedTask<T extends FleetTask> {
  readonly task: T;
  readonly error?: MaestroError;
}

/**
 * Checks names and parts of a task before anything is read for it: a name that
 * cannot be searched for would spoil the reads that it shares with others. What
 * is written is checked when it is planned.
 */
export function checkedTask<T extends FleetTask>(task: T): CheckedTask<T> {
  try {
    checkConsumerName(task.consumer);
    if (task.op === 'delete') checkWorkName(task.name);
    else {
      checkParts(task.work);
      if (!isDnsLabel(task.work.name)) fitWork(task.work, task.consumer);
    }
    return { task };
  } catch (caught) {
    return { task, error: MaestroError.from(caught) };
  }
}
