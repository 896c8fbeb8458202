import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { writeExitCodes } from '../../../command-line/exit-codes.ts';
import type { ChangeFrozenOptions } from '../shared/change-frozen.ts';
import { fleetStateFlags, fleetStateOutputs, waitFlag } from '../shared/fleet-state-options.ts';
import { parseGitopsUnfreeze } from './options.ts';

export const gitopsUnfreezeCommand: CommandSpec<ChangeFrozenOptions> = {
  name: 'gitops unfreeze',
  summary: 'enforce the Applications of frozen bundles again',
  description:
    'Puts frozen bundles back as they were. The controllers take them over without publishing them anew, and publish what changed on the hub meanwhile. An agent applies an Application only when its content changed, so what was changed on the cluster while it was frozen stays until then; with --touch every Application is marked, by an annotation, and so applied once more. One with an operation or a refresh on its way is not marked, because that would run again.',
  examples: [
    { about: 'See what it would do', command: 'maestro-cli gitops unfreeze --dry-run' },
    {
      about: 'One cluster, and undo what was changed on it meanwhile',
      command: 'maestro-cli gitops unfreeze --cluster=c1 --touch --yes',
    },
  ],
  exitCodes: writeExitCodes,
  flags: [
    ...fleetStateFlags,
    waitFlag,
    {
      flags: '--touch',
      about: 'have the agents apply each Application once more, so that they undo changes on the clusters',
    },
  ],
  outputs: fleetStateOutputs,
  hasOutcome: true,
  parse: parseGitopsUnfreeze,
  load: () => import('./run.ts'),
};
