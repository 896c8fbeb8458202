import type { ExitCode } from '../../exit-code.ts';
import { exitCodes } from '../../exit-code.ts';
import type { WorkOutcome } from './outcome.ts';
import { CauseGroups } from './cause-groups.ts';
import { reasonPattern } from './reason-pattern.ts';
import type { WorkPlace } from './work-place.ts';

/** Works that did not come out as they were asked to, for one reason. */
export interface FailureGroup {
  /** A reason of an error, or `NotBegun`. */
  readonly reason: string;
  /**
   * What is told of each of them, with `CONSUMER` and `NAME` in the places of its own, and `…` where counts, ids and
   * the like differ; ages are left out.
   */
  readonly message: string;
  readonly exitCode: ExitCode;
  /** Whether the same call may end otherwise, by the table of exit codes. */
  readonly retryable: boolean;
  /** `InProgress` when Maestro has the works and only their end was not seen; else `Failed`. */
  readonly phase: 'Failed' | 'InProgress';
  /** In the order in which they failed. */
  readonly works: readonly WorkPlace[];
}

/** Groups failures by what is told of them, as they come. */
export class FailureGroups {
  readonly #groups = new CauseGroups<Omit<FailureGroup, 'message' | 'works'>>();

  /** Takes in an outcome; one that is done is left out. */
  add(outcome: WorkOutcome): void {
    const { exitCode, reason, consumer, manifestWorkName: name } = outcome;
    if (exitCode === 0) return;
    const phase = outcome.phase === 'InProgress' ? 'InProgress' : 'Failed';
    const place = { consumer, name };
    this.#groups.add(place, reasonPattern(outcome.message, place), [exitCode, reason, phase], () => {
      return { reason, exitCode, retryable: exitCodes[exitCode].tryAgain, phase };
    });
  }

  /** The largest first. */
  end(): readonly FailureGroup[] {
    return this.#groups.largestFirst().map(({ first: { reason, ...rest }, common, works }) => ({
      reason,
      message: common.text('always'),
      ...rest,
      works,
    }));
  }
}
