import type { CommandSpec } from '../../../../command-line/command-spec.ts';
import { writeExitCodes } from '../../../../command-line/exit-codes.ts';
import { carryOutFlags, classicFlags } from '../shared/flags.ts';
import { carryOutOutputs, type CarryOutOptions } from '../shared/options.ts';
import { parseGitopsMigrateRollback } from './options.ts';

export const gitopsMigrateRollbackCommand: CommandSpec<CarryOutOptions> = {
  name: 'gitops migrate rollback',
  summary: 'give the Applications of a plan back to the pull model that had them',
  description:
    'From wherever run and finish have come: the works of the model of before are put back as they were, from the backup where they were deleted, own first, and only then the other ones let go and are deleted. The Applications on the clusters and what they run stay. The same command goes on after any end.',
  examples: [
    { about: 'What would be done', command: 'maestro-cli gitops migrate rollback --plan=to-maestro.plan --dry-run' },
    {
      about: 'Back to the classic model, and start it again',
      command: 'maestro-cli gitops migrate rollback --plan=to-maestro.plan --yes \\\n    --start-classic',
    },
  ],
  exitCodes: writeExitCodes,
  flags: [...carryOutFlags, ...classicFlags],
  outputs: carryOutOutputs,
  hasOutcome: true,
  parse: parseGitopsMigrateRollback,
  load: () => import('./run.ts'),
};
