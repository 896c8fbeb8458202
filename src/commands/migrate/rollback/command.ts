import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { writeExitCodes } from '../../../command-line/exit-codes.ts';
import { carryOutFlags } from '../shared/flags.ts';
import { carryOutOutputs, type CarryOutOptions } from '../shared/options.ts';
import { parseMigrateRollback } from './options.ts';

export const migrateRollbackCommand: CommandSpec<CarryOutOptions> = {
  name: 'migrate rollback',
  summary: 'go back to the old works of a plan, from any point',
  description:
    'Writes the old works again, those too that never let go, waits until they own their objects, and then lets the new works go. It works after plan, run and finish, and after any of them was interrupted, as long as nobody else has written to the works.',
  examples: [
    { about: 'See what it would do', command: 'maestro-cli migrate rollback --plan plan.json --dry-run' },
    { about: 'All clusters of the plan', command: 'maestro-cli migrate rollback --plan plan.json --yes' },
  ],
  exitCodes: writeExitCodes,
  flags: carryOutFlags,
  outputs: carryOutOutputs,
  hasOutcome: true,
  parse: parseMigrateRollback,
  load: () => import('./run.ts'),
};
