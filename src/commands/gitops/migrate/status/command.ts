import { hubFlags } from '../../../shared/hub-connection.ts';
import type { CommandSpec } from '../../../../command-line/command-spec.ts';
import { readExitCodes } from '../../../../command-line/exit-codes.ts';
import { ExitCode } from '../../../../exit-code.ts';
import { planFlag, plannedClusterFlag } from '../shared/flags.ts';
import { parseGitopsMigrateStatus, statusOutputs, type StatusOptions } from './options.ts';

export const gitopsMigrateStatusCommand: CommandSpec<StatusOptions> = {
  name: 'gitops migrate status',
  summary: 'where each cluster of a plan is, what is parked and why, and what comes next',
  description:
    'Tells how far the Applications of each cluster have come: planned, running, both-own, letting-go, deleting, settling, finished, rolling-back or parked. Nothing but what hub and Maestro have is asked, no journal; nothing is written, so what a cluster itself would tell is known only where a run has left its probe.',
  examples: [
    { about: 'All clusters of the plan', command: 'maestro-cli gitops migrate status --plan=to-maestro.plan' },
    {
      about: 'Each Application of one cluster',
      command: 'maestro-cli gitops migrate status --plan=to-maestro.plan \\\n    --cluster=c1 -o wide',
    },
  ],
  // The plan may be of another hub.
  exitCodes: [...readExitCodes, ExitCode.Conflict],
  flags: [planFlag, plannedClusterFlag, ...hubFlags],
  outputs: statusOutputs,
  hasOutcome: false,
  parse: parseGitopsMigrateStatus,
  load: () => import('./run.ts'),
};
