import type { WorkWriter } from '../../clients/transport.ts';

/**
 * Publishes under way at once, unless another number is asked for. Maestro keeps
 * 50 connections to its database (--db-max-open-connections). An update or a
 * deletion holds one for the lock on its row and takes another for each
 * statement: when all 50 are held by such locks, none of them gets on, nor does
 * anybody else, until their deadlines. One at a time is as fast as 64.
 */
export const defaultPublishes = 16;

/**
 * Of so many publishes, how many may be updates and deletions: each takes two connections, where a create takes one.
 */
export function mostUpdates(publishes: number): number {
  return Math.max(1, Math.floor(publishes / 2));
}

/** A bounded number of places, first come first served. */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Takes a place as soon as one is free. Rejects with the signal's reason, without one. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => {
      const at = this.#waiting.indexOf(resolve);
      if (at === -1) return;
      this.#waiting.splice(at, 1);
      reject(signal.reason as Error);
    };
    this.#waiting.push(resolve);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Hands the place on to who waits longest. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

/** The same writer, with no more updates and deletions under way than `mostUpdates` allows of so many publishes. */
export function sparingWriter(writer: WorkWriter, publishes: number): WorkWriter {
  const updates = new Places(mostUpdates(publishes));
  return {
    publish: async (request, options) => {
      if (request.kind === 'create') return writer.publish(request, options);
      await updates.enter(options.signal);
      try {
        return await writer.publish(request, options);
      } finally {
        updates.leave();
      }
    },
    close: () => writer.close(),
  };
}
