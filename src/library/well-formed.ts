import type { ManifestWork } from '../core/works/manifest-work.ts';
import { workOf, type ManifestWorkInput } from '../core/works/work-input.ts';
import { MaestroError } from '../errors.ts';
import type { ApplyTask, DeleteTask, FleetTask } from '../operations/fleet/fleet-task.ts';

/** One write of `applyMany`. */
export type ApplyManyTask =
  (Pick<ApplyTask, 'op' | 'consumer' | 'manager' | 'ifVersion'> & { readonly work: ManifestWorkInput }) | DeleteTask;

/** Any number of things, made as they are needed. */
export type Many<T> = AsyncIterable<T> | Iterable<T>;

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
 *
 * @throws MaestroError invalid-input for what cannot be iterated over
 */
export function wellFormed(tasks: Many<ApplyManyTask>): Many<FleetTask> {
  return mapped(tasks, taskOf);
}

/**
 * The works to delete, as tasks.
 *
 * @throws MaestroError invalid-input for what cannot be iterated over
 */
export function deletionsOf(works: Many<Pick<DeleteTask, 'consumer' | 'name'>>): Many<FleetTask> {
  return mapped(works, (work) => taskOf({ ...work, op: 'delete' }));
}

function mapped<T>(items: Many<T>, map: (item: T) => FleetTask): Many<FleetTask> {
  const given: unknown = items;
  if (typeof given === 'object' && given !== null && (Symbol.iterator in given || Symbol.asyncIterator in given))
    return Symbol.iterator in items ? each(items, map) : eachAsync(items, map);
  throw new MaestroError('invalid-input', 'there is no list of what is to be written', {
    hint: 'Nothing was sent. Give an array, or whatever else can be iterated over.',
  });
}

function* each<T>(items: Iterable<T>, map: (item: T) => FleetTask): Generator<FleetTask> {
  for (const item of items) yield map(item);
}

async function* eachAsync<T>(items: AsyncIterable<T>, map: (item: T) => FleetTask): AsyncGenerator<FleetTask> {
  for await (const item of items) yield map(item);
}

function taskOf(task: ApplyManyTask): FleetTask {
  const given: Given = task ?? {};
  const consumer = typeof given.consumer === 'string' ? given.consumer : '';
  if (task?.op === 'delete') return { ...task, consumer, name: typeof given.name === 'string' ? given.name : '' };
  if (task?.op !== 'apply' || typeof given.work?.name !== 'string') return { op: 'apply', consumer, work: nothing };
  return { ...task, consumer, work: plainWork(task.work) };
}

/** One that is no work is left as it is: the check of its task says what is wrong with it. */
function plainWork(given: ManifestWorkInput): ManifestWork {
  try {
    return workOf(given);
  } catch {
    return given as ManifestWork;
  }
}

/** No check lets it pass. */
const nothing: ManifestWork = { name: '', labels: {}, annotations: {}, manifests: [], manifestConfigs: [] };
