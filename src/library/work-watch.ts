import type { WorkChange } from '../operations/watch/work-change.ts';
import { MaestroError } from '../errors.ts';

/**
 * A watch: what it tells is iterated over, once. It ends by `close`, by `await using`, by leaving the loop, by its
 * signal and with the client; the first three end the iteration, the others reject it with a MaestroError
 * (`interrupted`).
 */
export interface WorkWatch extends AsyncIterableIterator<WorkChange> {
  /** Ends the stream and with it the iteration, also one that waits for the next change just now. */
  close(): Promise<void>;
  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * @param open opens the stream, which ends when the signal given to it is aborted
 * @param signal the caller's own
 */
export function openWatch(
  open: (signal: AbortSignal) => AsyncGenerator<WorkChange>,
  signal: AbortSignal | undefined,
): WorkWatch {
  const closing = new AbortController();
  const changes = open(closing.signal);
  const done = { done: true, value: undefined } as const;
  const isClosed = (): boolean => closing.signal.aborted;

  async function next(): Promise<IteratorResult<WorkChange, undefined>> {
    if (isClosed()) return done;
    try {
      const result = await changes.next();
      return result.done === true ? done : result;
    } catch (caught) {
      if (isClosed()) return done;
      throw MaestroError.thrownUnder(signal, caught);
    }
  }

  async function close(): Promise<void> {
    closing.abort();
    try {
      await changes.return(undefined);
    } catch {
      // It ended by what closed it, or the iteration tells of it.
    }
  }

  const watch: WorkWatch = {
    next,
    return: async () => {
      await close();
      return done;
    },
    close,
    [Symbol.asyncIterator]: () => watch,
    [Symbol.asyncDispose]: close,
  };
  return watch;
}
