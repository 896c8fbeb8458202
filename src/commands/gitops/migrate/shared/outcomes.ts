import type { Phase, WorkOutcome } from '../../../../core/outcome/outcome.ts';
import type { WorkEnd } from '../../../../core/roll-out/facts.ts';
import type { MaestroError } from '../../../../errors.ts';
import type { ApplicationResult } from '../../../../gitops/handover/run-handover.ts';

/** `InProgress`: the goal is not reached, and nothing has failed. */
const phases: Readonly<Record<ApplicationResult['outcome'], Phase>> = {
  done: 'Applied',
  pending: 'InProgress',
  planned: 'InProgress',
  parked: 'Failed',
  failed: 'Failed',
  'not-begun': 'Failed',
};

/** How it ended for one Application: the one story that result file, report and summary tell. */
export function endOf({ outcome, reason, text, exitCode }: ApplicationResult): WorkEnd {
  return {
    phase: phases[outcome],
    reason: outcome === 'planned' ? 'DryRun' : reason,
    message: text,
    exitCode,
    ...(outcome === 'parked' ? { as: 'parked' } : {}),
  };
}

/** What a result file tells of one Application, by the name of its bundle. */
export function outcomeOf(result: ApplicationResult, bundleName: string, error: MaestroError | undefined): WorkOutcome {
  const { cluster, application, bundleId, outcome } = result;
  const { phase, reason, message, exitCode } = endOf(result);
  const isErrors = outcome === 'failed' || outcome === 'pending';
  return {
    manifestWorkName: bundleName,
    consumer: cluster,
    id: bundleId,
    phase,
    reason,
    message: `Application ${application} on ${cluster}: ${message}`,
    exitCode,
    ...(isErrors && error !== undefined ? { error } : {}),
  };
}
