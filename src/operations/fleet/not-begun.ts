import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import type { Budget } from '../budget.ts';
import type { WorkOutcome } from '../../core/outcome/outcome.ts';

/** What was not begun failed as what stopped the run did: one kind of failure stays one kind. */
export function exitCodeOfStop({ signal }: Budget, failureCodes: ReadonlySet<ExitCode>): ExitCode {
  const [only = signal.aborted ? MaestroError.fromAbort(signal).exitCode : ExitCode.TimedOut, ...more] = failureCodes;
  return more.length === 0 ? only : ExitCode.OutcomeFailed;
}

export function notBegunText(why: string): string {
  return `not begun, because ${why}`;
}

/** The outcome of a work that nothing was sent for. It is no success, so a run that left it out never looks done. */
export function notBegunOutcome(
  { manifestWorkName, consumer }: Pick<WorkOutcome, 'manifestWorkName' | 'consumer'>,
  why: string,
  exitCode: ExitCode,
): WorkOutcome {
  const message = `ManifestWork ${manifestWorkName} on ${consumer}: ${notBegunText(why)}`;
  return { manifestWorkName, consumer, phase: 'Failed', reason: 'NotBegun', message, exitCode };
}
