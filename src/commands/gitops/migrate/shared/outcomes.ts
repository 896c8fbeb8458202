import type { Phase, WorkOutcome } from '../../../../core/outcome/outcome.ts';
import type { MaestroError } from '../../../../errors.ts';
import { ExitCode } from '../../../../exit-code.ts';
import type { ApplicationResult } from '../../../../gitops/handover/run-handover.ts';

/** What a result file tells of one Application, by the name of its bundle. */
export function outcomeOf(
  { cluster, application, bundleId, outcome, reason, text, exitCode }: ApplicationResult,
  bundleName: string,
  error: MaestroError | undefined,
): WorkOutcome {
  return {
    manifestWorkName: bundleName,
    consumer: cluster,
    id: bundleId,
    phase: phaseOf(outcome, exitCode),
    reason: outcome === 'planned' ? 'DryRun' : reason,
    message: `Application ${application} on ${cluster}: ${text}`,
    exitCode,
    ...(outcome === 'failed' && error !== undefined ? { error } : {}),
  };
}

function phaseOf(outcome: ApplicationResult['outcome'], exitCode: ExitCode): Phase {
  if (outcome === 'done') return 'Applied';
  if (outcome === 'planned') return 'InProgress';
  // The end of the time and a signal end a wait; what was written goes on.
  const isCutShort = ([ExitCode.TimedOut, ExitCode.Interrupted, ExitCode.Terminated] as readonly ExitCode[]).includes(
    exitCode,
  );
  return outcome === 'failed' && isCutShort ? 'InProgress' : 'Failed';
}
