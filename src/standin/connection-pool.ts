import type { Scheduler } from './time.ts';

/** The database of the stand-in, as far as it makes requests wait for each other. */
export interface DatabaseOptions {
  /** Most open connections (`--db-max-open-connections` of the real server). */
  readonly connections: number;
  /** How long a statement holds its connection. With 0 nothing ever waits. */
  readonly statementMs: number;
}

export const defaultDatabase: DatabaseOptions = { connections: 50, statementMs: 0 };

/**
 * The pool of database connections of a Maestro server. A statement takes a
 * connection; an update and a deletion hold one for the lock on their row
 * (`pg_advisory_xact_lock` in a transaction of its own) and take another for
 * each statement. So when as many updates as there are connections have their
 * lock, none gets on, and nobody else reads or writes, until their callers give
 * up (pkg/services/resource.go and pkg/db/advisory_locks.go of the real one).
 */
export class ConnectionPool {
  readonly #options: DatabaseOptions;
  readonly #scheduler: Scheduler;
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(options: Partial<DatabaseOptions>, scheduler: Scheduler) {
    this.#options = { ...defaultDatabase, ...options };
    this.#scheduler = scheduler;
    this.#free = this.#options.connections;
  }

  /** Does something in one statement. Rejects when the caller gives up before a connection is free. */
  async statement<T>(gone: AbortSignal | undefined, work: () => T): Promise<T> {
    await this.#take(gone);
    try {
      if (this.#options.statementMs > 0) await this.#scheduler.sleep(this.#options.statementMs);
      return work();
    } finally {
      this.#giveBack();
    }
  }

  /**
   * Does something under the lock of a row: the row is read, changed, and an event is stored, each in a statement of
   * its own.
   */
  async locked<T>(gone: AbortSignal | undefined, work: () => T): Promise<T> {
    await this.#take(gone);
    try {
      await this.statement(gone, () => undefined);
      const result = await this.statement(gone, work);
      await this.statement(undefined, () => undefined);
      return result;
    } finally {
      this.#giveBack();
    }
  }

  async #take(gone: AbortSignal | undefined): Promise<void> {
    gone?.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = (): void => {
      const at = this.#waiting.indexOf(resolve);
      if (at === -1) return;
      this.#waiting.splice(at, 1);
      reject(gone?.reason as Error);
    };
    this.#waiting.push(resolve);
    gone?.addEventListener('abort', giveUp, { once: true });
    try {
      await promise;
    } finally {
      gone?.removeEventListener('abort', giveUp);
    }
  }

  #giveBack(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
