import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { writeExitCodes } from '../../../command-line/exit-codes.ts';
import { carryOutFlags } from '../shared/flags.ts';
import { carryOutOutputs, type CarryOutOptions } from '../shared/options.ts';
import { parseMigrateFinish } from './options.ts';

export const migrateFinishCommand: CommandSpec<CarryOutOptions> = {
  name: 'migrate finish',
  summary: 'take the old works of a plan away, once the new ones own everything',
  description:
    'Tells the old works to let go of their objects, waits until their agents have, deletes them, waits until they are gone, and takes the proofs of ownership off the new works. Nothing is deleted before that is proven. The same command goes on after any end.',
  examples: [
    {
      about: 'Ten clusters, then the rest',
      command: 'maestro-cli migrate finish --plan plan.json --canary=10 --max-failures=1 --yes',
    },
    { about: 'All clusters of the plan', command: 'maestro-cli migrate finish --plan plan.json --yes' },
  ],
  exitCodes: writeExitCodes,
  flags: carryOutFlags,
  outputs: carryOutOutputs,
  hasOutcome: true,
  parse: parseMigrateFinish,
  load: () => import('./run.ts'),
};
