import { taskKey, type FleetTask } from './fleet-task.ts';

/** Some tasks that are planned from one set of reads. */
export interface Chunk {
  /** Deletes first, so that what goes makes room; else in the order given. */
  readonly tasks: readonly FleetTask[];
  /** How many were replaced by a later task for the same work. */
  readonly coalesced: number;
}

/** Cuts a stream of tasks into chunks; of several tasks for one work in a chunk only the last counts. */
export async function* chunksOf(
  tasks: AsyncIterable<FleetTask> | Iterable<FleetTask>,
  size: number,
): AsyncGenerator<Chunk> {
  let pending = new Map<string, FleetTask>();
  let coalesced = 0;
  const flush = (): Chunk => {
    const all = [...pending.values()];
    const chunk = {
      tasks: [...all.filter(({ op }) => op === 'delete'), ...all.filter(({ op }) => op === 'apply')],
      coalesced,
    };
    pending = new Map();
    coalesced = 0;
    return chunk;
  };
  for await (const task of tasks) {
    const key = taskKey(task);
    if (pending.delete(key)) coalesced += 1;
    pending.set(key, task);
    if (pending.size >= size) yield flush();
  }
  if (pending.size > 0 || coalesced > 0) yield flush();
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
