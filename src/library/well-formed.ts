import type { FleetTask } from '../operations/fleet/fleet-task.ts';

type Tasks = AsyncIterable<FleetTask> | Iterable<FleetTask>;

/** What a program without types may hand in. */
interface Given {
  readonly op?: unknown;
  readonly consumer?: unknown;
  readonly name?: unknown;
  readonly work?: { readonly name?: unknown } | null;
}

/**
 * The tasks of a program. What is no task becomes one that fails, with an
 * outcome that says why, so that the others go on.
 */
export function wellFormed(tasks: Tasks): Tasks {
  return Symbol.iterator in tasks ? each(tasks) : eachAsync(tasks);
}

function* each(tasks: Iterable<FleetTask>): Generator<FleetTask> {
  for (const task of tasks) yield shaped(task);
}

async function* eachAsync(tasks: AsyncIterable<FleetTask>): AsyncGenerator<FleetTask> {
  for await (const task of tasks) yield shaped(task);
}

function shaped(task: FleetTask): FleetTask {
  const given: Given = task ?? {};
  const consumer = typeof given.consumer === 'string' ? given.consumer : '';
  const name = given.op === 'delete' ? given.name : given.work?.name;
  if ((given.op === 'delete' || given.op === 'apply') && typeof name === 'string')
    return consumer === given.consumer ? task : { ...task, consumer };
  return given.op === 'delete' ? { op: 'delete', consumer, name: '' } : { op: 'apply', consumer, work: nothing };
}

/** No check lets it pass. */
const nothing = { name: '', labels: {}, annotations: {}, manifests: [], manifestConfigs: [] };
