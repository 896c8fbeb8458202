import type { Clock } from '../../clock.ts';
import { LatestMap } from '../../core/latest-map.ts';
import type { Log, LogFields } from './log.ts';

/** So many lines in `windowMs` name what they are about; the rest are counted. */
export const mostLines = 100;
export const windowMs = 10_000;
/** Topics that are remembered; the oldest make room. */
const mostRemembered = 20_000;

/**
 * Tells in the log, by name, what became of single applications: once for each
 * change of the reason, and no more lines than somebody can read. What was not
 * told because there were too many is told when it comes up again.
 */
export class News {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #log: Log;
  readonly #saidLast = new LatestMap<string>(mostRemembered);
  #windowMs = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #untold = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * @param topic what it is about, such as an application and one side of its delivery
   * @param what another text when there is something new to tell of it
   */
  tell(topic: string, what: string, message: string, fields: LogFields): void {
    if (this.#isNew(topic, what)) this.#log.info(message, this.#withUntold(fields));
  }

  /** The same of what somebody should look into. */
  warn(topic: string, what: string, message: string, fields: LogFields): void {
    if (this.#isNew(topic, what)) this.#log.warn(message, this.#withUntold(fields));
  }

  /** There is nothing to tell of it any more; true when there was. */
  over(topic: string): boolean {
    return this.#saidLast.delete(topic);
  }

  /** Whether a line is to be written: there is something new, and there have not been too many lines. */
  #isNew(topic: string, what: string): boolean {
    if (this.#saidLast.get(topic) === what) return false;
    const monotonicMs = this.#clock.monotonicMs();
    if (monotonicMs - this.#windowMs >= windowMs) {
      this.#windowMs = monotonicMs;
      this.#lines = 0;
    }
    if (this.#lines >= mostLines) {
      this.#untold += 1;
      return false;
    }
    this.#lines += 1;
    this.#saidLast.set(topic, what);
    return true;
  }

  #withUntold(fields: LogFields): LogFields {
    const untoldBefore = this.#untold;
    this.#untold = 0;
    return untoldBefore === 0 ? fields : { ...fields, untoldBefore };
  }
}
