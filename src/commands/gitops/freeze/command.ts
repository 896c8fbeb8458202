import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { writeExitCodes } from '../../../command-line/exit-codes.ts';
import type { ChangeFrozenOptions } from '../shared/change-frozen.ts';
import { fleetStateFlags, fleetStateOutputs, waitFlag } from '../shared/fleet-state-options.ts';
import { parseGitopsFreeze } from './options.ts';

export const gitopsFreezeCommand: CommandSpec<ChangeFrozenOptions> = {
  name: 'gitops freeze',
  summary: 'have the agents change nothing on the clusters, while status goes on',
  description:
    'Sets every bundle of this hub to ReadOnly, so that its agent leaves the Application as it is, whatever changes on the hub or on the cluster, and goes on reporting. The controllers leave frozen bundles alone: what changes on the hub meanwhile is published after unfreeze. Argo CD on the clusters goes on syncing. Bundles of other hubs and of other writers are never touched, and those that a migration works on are refused. Deleting a frozen bundle would still delete its Application. It can be interrupted anywhere, and the same command goes on.',
  examples: [
    { about: 'See what it would do', command: 'maestro-cli gitops freeze --dry-run' },
    { about: 'One cluster, without being asked', command: 'maestro-cli gitops freeze --cluster=c1 --yes' },
    {
      about: 'Every cluster of a label, and do not wait for the agents',
      command: 'maestro-cli gitops freeze --cluster-selector=env=prod --yes \\\n    --wait=false',
    },
  ],
  exitCodes: writeExitCodes,
  flags: [...fleetStateFlags, waitFlag],
  outputs: fleetStateOutputs,
  hasOutcome: true,
  parse: parseGitopsFreeze,
  load: () => import('./run.ts'),
};
