import { lossLabel } from '../../core/ownership/losses.ts';
import type { Loss } from '../../core/ownership/merge-works.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { ExitCode } from '../../exit-code.ts';
import { withEffects } from '../effects.ts';
import { failedWork, type WorkOutcome } from '../../core/outcome/outcome.ts';
import { provesObjectsGone } from '../wait/seen-deleted.ts';
import type { WaitResult } from '../wait/waiting.ts';
import { acceptedOutcome, cutShort, foundOutcome } from '../work-outcomes.ts';
import type { Deleted } from './delete-work.ts';

/** A work that was asked to be deleted, and what other managers lose by that. */
export interface Requested {
  readonly bundle: ResourceBundle;
  readonly losses: readonly Loss[];
}

/** What every outcome of a work that exists says about it. */
function named(
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

/** The outcome of a delete that is not waited for. */
export function deletedOutcome(deleted: Deleted): WorkOutcome {
  switch (deleted.action) {
    case 'absent':
      return absentOutcome(deleted);
    case 'holds-none':
      return holdsNoneOutcome(deleted.bundle);
    case 'underway':
    case 'requested': {
      const message = `${about(deleted.bundle)}: deletion requested, not yet seen gone`;
      return withEffects(
        {
          ...named(deleted.bundle),
          phase: 'InProgress',
          reason: 'DeletionRequested',
          message,
          exitCode: ExitCode.Done,
        },
        { losses: deleted.losses },
      );
    }
    case 'reduced':
      return acceptedOutcome(deleted.applied, deleted.bundle.consumerName);
    case 'predicted':
      return predictedDelete(deleted);
  }
}

/** The outcome so far of a work that cannot be deleted before its agent has let go of the objects. */
export function lettingGoOutcome(bundle: ResourceBundle): WorkOutcome {
  return {
    ...named(bundle),
    operation: 'updated',
    phase: 'InProgress',
    reason: 'Accepted',
    message: `${about(bundle)}: told to let go of its objects, not yet seen`,
    exitCode: ExitCode.Done,
  };
}

function predictedDelete({
  bundle,
  what,
  losses,
  removed,
}: Extract<Deleted, { readonly action: 'predicted' }>): WorkOutcome {
  const { operation: _operation, ...rest } = named(bundle);
  const message = `${about(bundle)}: ${what} (dry run, nothing sent)`;
  return withEffects(
    { ...rest, phase: 'InProgress', reason: 'DryRun', message, exitCode: ExitCode.Done },
    { losses, removed },
    true,
  );
}

/** Nothing has to be taken out. Whether the cluster has got rid of what was, only the agent can tell. */
function holdsNoneOutcome(bundle: ResourceBundle): WorkOutcome {
  const { text, ...found } = foundOutcome(bundle, bundle.version);
  return {
    ...named(bundle),
    ...found,
    operation: 'unchanged',
    reason: 'NotFound',
    message: `${about(bundle)}: nothing to delete, the work has none of these manifests (version ${bundle.version}), ${text}`,
    exitCode: ExitCode.Done,
  };
}

/** Nothing to do: the work is not there. */
function absentOutcome(work: {
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

/** `takes along ConfigMap/default/x of nodepool (forced)`: one text for each, told where the work is told. */
export function lossTexts(losses: readonly Loss[], dryRun = false): readonly string[] {
  const verb = dryRun ? 'would take along' : 'takes along';
  return losses.map((loss) => `${verb} ${lossLabel(loss)} (forced)`);
}

/**
 * A 404 proves that Maestro forgot the work; only a seen Deleted, which comes down the stream, proves that the cluster
 * did.
 */
export function goneOutcome({ bundle, losses }: Requested, result: WaitResult | undefined): WorkOutcome {
  if (result?.error !== undefined)
    return withEffects(cutShort(failedWork(named(bundle), result.error, true), result), { losses });
  const message = `${about(bundle)}: ${removedText(result?.bundle)}`;
  return withEffects(
    { ...named(bundle), phase: 'Applied', reason: 'Deleted', message, exitCode: ExitCode.Done },
    { losses },
  );
}

/** What is known of the end of a work, by what was seen of it last. */
export function removedText(last: ResourceBundle | undefined): string {
  return provesObjectsGone(last) ? 'removed from the cluster' : 'removed from Maestro';
}

function about(bundle: ResourceBundle): string {
  return `ManifestWork ${workName(bundle)} on ${bundle.consumerName}`;
}
