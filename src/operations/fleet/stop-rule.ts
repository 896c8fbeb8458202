import type { Stage } from '../../core/fleet/waves.ts';
import { counted } from '../../core/text.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { remainingMs, type Budget } from '../budget.ts';

export interface StopRuleOptions {
  /** What is counted. */
  readonly noun: 'work' | 'cluster';
  /** Begin no more once so many have failed; undefined: never stop. */
  readonly maxFailures: number | undefined;
}

/** How calls end that are given no time any more. */
const outOfTime: readonly ExitCode[] = [ExitCode.TimedOut, ExitCode.Unavailable];

/**
 * Whether more of a run over many may be begun: not after the failure of its canary, a signal, too many failures, or
 * the end of its time. Every run over many asks it, and tells why in its words.
 */
export class StopRule {
  readonly #budget: Budget;
  readonly #options: StopRuleOptions;
  #failed = 0;
  #canary: Stage<unknown> | undefined;

  constructor(budget: Budget, options: StopRuleOptions) {
    this.#budget = budget;
    this.#options = options;
  }

  /** How many have failed by themselves. */
  get failed(): number {
    return this.#failed;
  }

  /**
   * Counts one that failed, unless the end of the run is all that made it fail: that says nothing of what comes after.
   *
   * @param exitCodes of what failed of it
   */
  addFailure(...exitCodes: readonly ExitCode[]): void {
    const { signal } = this.#budget;
    const ofTheEnd = [
      ...(signal.aborted ? [MaestroError.fromAbort(signal).exitCode] : []),
      ...(remainingMs(this.#budget) <= 0 ? outOfTime : []),
    ];
    if (exitCodes.some((exitCode) => !ofTheEnd.includes(exitCode))) this.#failed += 1;
  }

  /** All that was begun of a stage has come to its end. */
  stageEnded(stage: Stage<unknown>): void {
    if (stage.name === 'canary' && this.#failed > 0) this.#canary = stage;
  }

  mayBegin(): boolean {
    return this.#cause() === undefined;
  }

  /** Why no more was begun; asked once that is so. */
  why(): string {
    const { noun, maxFailures } = this.#options;
    switch (this.#cause()) {
      case 'canary':
        return this.#canary?.members.length === 1
          ? 'the canary failed'
          : `the canary failed (${this.#failed} of its ${noun}s)`;
      case 'signal':
        return MaestroError.fromAbort(this.#budget.signal).message;
      case 'failures':
        return `${counted(this.#failed, noun)} failed (the limit is ${maxFailures})`;
      case 'time':
      case undefined:
        return 'the time was up';
    }
  }

  #cause(): 'canary' | 'signal' | 'failures' | 'time' | undefined {
    const { maxFailures } = this.#options;
    if (this.#canary !== undefined) return 'canary';
    if (this.#budget.signal.aborted) return 'signal';
    if (maxFailures !== undefined && this.#failed >= maxFailures) return 'failures';
    return remainingMs(this.#budget) <= 0 ? 'time' : undefined;
  }
}
