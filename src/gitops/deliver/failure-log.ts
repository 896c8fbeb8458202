import type { MaestroError } from '../../errors.ts';
import { isAway } from '../queue/unreached.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';

/** Between two lines about failures that have one cause. */
const quietMs = 10_000;

/**
 * Says in the log which steps of deliveries failed. Failures that one cause
 * brings on thousands of applications, such as a Maestro that is away, do not
 * fill it: of those there is a line every ten seconds, with the number of the
 * others.
 */
export class FailureLog {
  readonly #deps: Pick<ControllerDeps, 'metrics' | 'log' | 'clock'>;
  #lastLineMs = Number.NEGATIVE_INFINITY;
  #others = 0;

  constructor(deps: Pick<ControllerDeps, 'metrics' | 'log' | 'clock'>) {
    this.#deps = deps;
  }

  add(application: string, error: MaestroError, againInMs: number): void {
    const { metrics, log } = this.#deps;
    metrics.reconcileFailed(error.code);
    const fields = { application, code: error.code, error: error.message, againInMs: Math.round(againInMs) };
    if (error.code === 'conflict' || (isAway(error) && !this.#isTimeForLine()))
      return log.debug('will be tried again', fields);
    const others = isAway(error) ? this.#others : 0;
    if (isAway(error)) this.#others = 0;
    log.warn('will be tried again', others === 0 ? fields : { ...fields, othersSince: others });
  }

  #isTimeForLine(): boolean {
    const monotonicMs = this.#deps.clock.monotonicMs();
    const isTime = monotonicMs - this.#lastLineMs >= quietMs;
    if (isTime) this.#lastLineMs = monotonicMs;
    else this.#others += 1;
    return isTime;
  }
}
