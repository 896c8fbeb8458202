import type { CommandSpec } from '../../../../command-line/command-spec.ts';
import { writeExitCodes } from '../../../../command-line/exit-codes.ts';
import { carryOutFlags, classicFlags } from '../shared/flags.ts';
import { carryOutOutputs, type CarryOutOptions } from '../shared/options.ts';
import { parseGitopsMigrateRun } from './options.ts';

export const gitopsMigrateRunCommand: CommandSpec<CarryOutOptions> = {
  name: 'gitops migrate run',
  summary: 'have both pull models own the Applications of a plan, and prove that they do',
  description:
    'Switches the clusters of the plan off for the controllers, has the other model apply each Application too, and waits until the cluster has told that both own it. Nothing is taken away; the model of before owns on. It is refused while the classic model could write: --pause-classic stops it, else the commands for that are told. The same command goes on after any end.',
  examples: [
    { about: 'What would be done', command: 'maestro-cli gitops migrate run --plan=to-maestro.plan --dry-run' },
    {
      about: 'Stop the classic model, ten clusters first, then the rest by tenths',
      command:
        'maestro-cli gitops migrate run --plan=to-maestro.plan --yes \\\n    --pause-classic --canary=10 --waves=10% --max-failures=1',
    },
  ],
  exitCodes: writeExitCodes,
  flags: [...carryOutFlags, ...classicFlags],
  outputs: carryOutOutputs,
  hasOutcome: true,
  parse: parseGitopsMigrateRun,
  load: () => import('./run.ts'),
};
