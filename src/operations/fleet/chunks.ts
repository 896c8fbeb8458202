import { taskKey, type FleetTask } from './fleet-task.ts';

/** Some tasks that are planned from one set of reads. */
export interface Chunk<T extends FleetTask> {
  /** Deletes first, so that what goes makes room; else in the order given. */
  readonly tasks: readonly T[];
  /** How many were replaced by a later task for the same work. */
  readonly coalesced: number;
}

/**
 * Cuts a stream of tasks into chunks; of several tasks for one work in a chunk only the last counts, and of applies
 * only the last of each manager.
 */
export async function* chunksOf<T extends FleetTask>(
  tasks: AsyncIterable<T> | Iterable<T>,
  size: number,
  firstSize = size,
): AsyncGenerator<Chunk<T>> {
  const pending = new PendingChunk<T>();
  let wanted = firstSize;
  // Tasks that are there already are not waited for one by one.
  if (Symbol.iterator in tasks) {
    for (const task of tasks) {
      if (pending.add(task) < wanted) continue;
      wanted = size;
      yield pending.take();
    }
  } else {
    for await (const task of tasks) {
      if (pending.add(task) < wanted) continue;
      wanted = size;
      yield pending.take();
    }
  }
  if (!pending.empty) yield pending.take();
}

class PendingChunk<T extends FleetTask> {
  /** By work, in the order of the last task of each. */
  readonly #tasks = new Map<string, readonly T[]>();
  #count = 0;
  #coalesced = 0;

  get empty(): boolean {
    return this.#count === 0;
  }

  /** @returns how many there are */
  add(task: T): number {
    const key = taskKey(task);
    const earlier = this.#tasks.get(key) ?? [];
    const kept = earlier.filter((one) => !replaces(task, one));
    this.#coalesced += earlier.length - kept.length;
    this.#count += 1 + kept.length - earlier.length;
    this.#tasks.delete(key);
    this.#tasks.set(key, [...kept, task]);
    return this.#count;
  }

  take(): Chunk<T> {
    const all = [...this.#tasks.values()].flat();
    const tasks = [...all.filter(({ op }) => op === 'delete'), ...all.filter(({ op }) => op === 'apply')];
    const chunk = { tasks, coalesced: this.#coalesced };
    this.#tasks.clear();
    this.#count = 0;
    this.#coalesced = 0;
    return chunk;
  }
}

/** What one manager writes stands in the place of its own alone: of others' it may keep all, or be refused. */
function replaces(task: FleetTask, earlier: FleetTask): boolean {
  return task.op === 'delete' || earlier.op === 'delete' || task.manager === earlier.manager;
}

/** Prepares the next items while the current one is used: `ahead` of them at most. */
export async function* prefetching<T, R>(
  items: AsyncIterable<T>,
  prepare: (item: T) => Promise<R>,
  ahead: number,
): AsyncGenerator<R> {
  const ready: Promise<R>[] = [];
  const iterator = items[Symbol.asyncIterator]();
  let ended = false;
  const fill = async (): Promise<void> => {
    while (!ended && ready.length < ahead) {
      const next = await iterator.next();
      if (next.done === true) ended = true;
      else {
        const prepared = prepare(next.value);
        // Its failure is met where it is awaited below.
        prepared.catch(() => undefined);
        ready.push(prepared);
      }
    }
  };
  try {
    for (;;) {
      await fill();
      const first = ready.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    await iterator.return?.(undefined);
  }
}
