import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { MaestroError } from '../../../errors.ts';
import type { ControllerPlaces } from '../../../gitops/fleet-state/own-controllers.ts';
import type { UninstallGoal } from '../../../gitops/fleet-state/uninstall.ts';
import { present } from '../../../core/present.ts';
import { parseFleetState, type FleetStateOptions } from '../shared/fleet-state-options.ts';
import { controllerPlaces, leaseNameOption } from '../shared/hub-flags.ts';

export interface UninstallOptions extends FleetStateOptions {
  readonly goal: UninstallGoal;
  readonly places: ControllerPlaces;
  /** Set the switch that stops the controllers. */
  readonly disable: boolean;
  /** Absent with a dry run alone. */
  readonly backup?: string;
  /** Do nothing when there are more bundles than this. */
  readonly atMost?: number;
}

/** @throws MaestroError usage, before anything is read or sent */
export function parseGitopsUninstall(input: ParseInput): UninstallOptions {
  const flags = flagReader(input);
  const common = parseFleetState(input);
  const backup = flags.text('backup');
  const atMost = flags.wholeNumber('atMost', 0);
  const goal = goalOf(flags.on('keepWorkloads'), flags.on('deleteWorkloads'));
  if (backup === undefined && !common.dryRun)
    throw new MaestroError('usage', '--backup is required: the file that keeps what is deleted');
  if (goal === 'delete-workloads' && common.yes && !common.dryRun && atMost === undefined)
    throw new MaestroError('usage', '--delete-workloads with -y needs --at-most, how many bundles may go', {
      hint: '--dry-run says how many there are.',
    });
  return {
    ...common,
    goal,
    places: { ...controllerPlaces(flags), leaseName: leaseNameOption(flags) },
    disable: flags.on('disable'),
    ...present({ backup, atMost }),
  };
}

function goalOf(keep: boolean, remove: boolean): UninstallGoal {
  if (keep && remove)
    throw new MaestroError('usage', '--keep-workloads and --delete-workloads contradict each other; leave one out');
  if (!keep && !remove)
    throw new MaestroError('usage', 'say what becomes of what runs on the clusters', {
      hint: '--keep-workloads leaves the Applications there, --delete-workloads deletes them.',
    });
  return keep ? 'keep-workloads' : 'delete-workloads';
}
