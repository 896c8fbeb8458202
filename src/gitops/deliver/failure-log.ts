import type { MaestroError } from '../../errors.ts';
import { isAway } from '../queue/unreached.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';
import { SharedFailures } from './shared-failures.ts';

/** Tells of steps of deliveries that failed. */
export class FailureLog {
  readonly #deps: Pick<ControllerDeps, 'metrics' | 'log' | 'clock'>;
  readonly #shared = new SharedFailures();

  constructor(deps: Pick<ControllerDeps, 'metrics' | 'log' | 'clock'>) {
    this.#deps = deps;
  }

  tell(application: string, error: MaestroError, againInMs: number): void {
    const { metrics, log, clock } = this.#deps;
    metrics.reconcileFailed(error.code);
    const fields = { application, code: error.code, error: error.message, againInMs: Math.round(againInMs) };
    const isConflict = error.code === 'conflict';
    const untold = isConflict ? undefined : isAway(error) ? this.#shared.count(clock.monotonicMs()) : 0;
    if (untold === undefined) log.debug('will be tried again', fields);
    else log.warn('will be tried again', untold === 0 ? fields : { ...fields, othersSince: untold });
  }
}
