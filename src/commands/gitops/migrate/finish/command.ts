import type { CommandSpec } from '../../../../command-line/command-spec.ts';
import { writeExitCodes } from '../../../../command-line/exit-codes.ts';
import { carryOutFlags } from '../shared/flags.ts';
import { carryOutOutputs, type CarryOutOptions } from '../shared/options.ts';
import { parseGitopsMigrateFinish } from './options.ts';

export const gitopsMigrateFinishCommand: CommandSpec<CarryOutOptions> = {
  name: 'gitops migrate finish',
  summary: 'take the works of the pull model of before away, once the other one owns every Application',
  description:
    'Has the works of the model of before let go of their Applications, waits until the clusters have told that the other one owns them alone, keeps each work in the backup, deletes it, and proves that the Application on the cluster is the one that it was. A cluster is given to the other model when all its Applications are through. An Application that is parked stays as it is, and the command does not end with 0 then. The same command goes on after any end.',
  examples: [
    {
      about: 'One cluster first',
      command: 'maestro-cli gitops migrate finish --plan=to-maestro.plan --yes \\\n    --canary=1 --max-failures=1',
    },
    {
      about: 'All of the plan, with the result for a program',
      command: 'maestro-cli gitops migrate finish --plan=to-maestro.plan --yes -o json',
    },
  ],
  exitCodes: writeExitCodes,
  flags: carryOutFlags,
  outputs: carryOutOutputs,
  hasOutcome: true,
  parse: parseGitopsMigrateFinish,
  load: () => import('./run.ts'),
};
