import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { ExitCode } from '../../exit-code.ts';
import { failedWork, type WorkOutcome } from '../../operations/outcome.ts';
import { provesObjectsGone } from '../../operations/wait/seen-deleted.ts';
import type { WaitResult } from '../../operations/wait/wait-for-works.ts';

/** What every outcome of a work that exists says about it. */
export function named(
  bundle: ResourceBundle,
): Pick<WorkOutcome, 'manifestWorkName' | 'consumer' | 'operation' | 'id' | 'version'> {
  return {
    manifestWorkName: workName(bundle),
    consumer: bundle.consumerName,
    operation: 'deleted',
    id: bundle.id,
    version: bundle.version,
  };
}

export function requestedOutcome(bundle: ResourceBundle): WorkOutcome {
  const message = `${about(bundle)}: deletion requested, not yet seen gone`;
  return { ...named(bundle), phase: 'InProgress', reason: 'DeletionRequested', message, exitCode: ExitCode.Done };
}

export function dryRunOutcome(bundle: ResourceBundle, what: string): WorkOutcome {
  const { operation: _operation, ...rest } = named(bundle);
  const message = `${about(bundle)}: ${what} (dry run, nothing sent)`;
  return { ...rest, phase: 'InProgress', reason: 'DryRun', message, exitCode: ExitCode.Done };
}

/** Nothing to do: neither the work nor the chosen manifests are there. */
export function absentOutcome(work: {
  readonly name: string;
  readonly consumer: string;
  readonly id: string;
  readonly why: string;
}): WorkOutcome {
  const about = work.name === '' ? work.id : `ManifestWork ${work.name} on ${work.consumer}`;
  return {
    manifestWorkName: work.name,
    consumer: work.consumer,
    id: work.id,
    phase: 'Applied',
    reason: 'NotFound',
    message: `${about}: nothing to delete, ${work.why}`,
    exitCode: ExitCode.Done,
  };
}

/** A 404 proves that Maestro forgot the work; only a seen Deleted, which comes down the stream, proves that the cluster did. */
export function goneOutcome(bundle: ResourceBundle, result: WaitResult | undefined): WorkOutcome {
  if (result?.error !== undefined) return failedWork(named(bundle), result.error, true);
  const message = `${about(bundle)}: ${removedText(result?.bundle)}`;
  return { ...named(bundle), phase: 'Applied', reason: 'Deleted', message, exitCode: ExitCode.Done };
}

/** What is known of the end of a work, by what was seen of it last. */
export function removedText(last: ResourceBundle | undefined): string {
  return provesObjectsGone(last) ? 'removed from the cluster' : 'removed from Maestro';
}

function about(bundle: ResourceBundle): string {
  return `ManifestWork ${workName(bundle)} on ${bundle.consumerName}`;
}
