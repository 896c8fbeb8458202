import type { ConnectionPool } from '../connection-pool.ts';
import type { Faults } from '../faults.ts';
import type { Scheduler } from '../time.ts';
import type { RestApi, RestRequest } from './api.ts';
import type { Answer } from './respond.ts';

/** `reset` and `hang-up`: the connection goes without an answer, by an RST or by an end. */
export type RestEnd = Answer | 'reset' | 'hang-up';

/** REST as its callers meet it, however their requests come: behind faults and the pool of database connections. */
export class RestService {
  readonly #api: RestApi;
  readonly #faults: Faults;
  readonly #pool: ConnectionPool;
  readonly #scheduler: Scheduler;

  constructor(api: RestApi, faults: Faults, pool: ConnectionPool, scheduler: Scheduler) {
    this.#api = api;
    this.#faults = faults;
    this.#pool = pool;
    this.#scheduler = scheduler;
  }

  /** @param gone aborts when the caller goes before it has its answer */
  async answer(call: RestRequest, gone: AbortSignal): Promise<RestEnd> {
    const faults = this.#faults;
    if (faults.take('refuse', 'http') !== undefined || faults.take('reset', 'http') !== undefined) return 'reset';
    const delay = faults.take('delay', 'http');
    if (delay !== undefined) await this.#scheduler.sleep(delay.ms);
    const status = faults.take('status', 'http');
    if (status !== undefined) return { status: status.status, body: status.message ?? '', plain: true };
    const deletesBundle = call.method === 'DELETE' && call.url.pathname.includes('/resource-bundles/');
    const answer = deletesBundle
      ? await this.#pool.locked(gone, () => this.#api.answer(call))
      : await this.#pool.statement(gone, () => this.#api.answer(call));
    return faults.take('drop-answer', 'http') === undefined ? answer : 'hang-up';
  }
}
