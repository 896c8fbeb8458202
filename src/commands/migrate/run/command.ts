import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { writeExitCodes } from '../../../command-line/exit-codes.ts';
import { carryOutFlags } from '../shared/flags.ts';
import { carryOutOutputs, type CarryOutOptions } from '../shared/options.ts';
import { parseMigrateRun } from './options.ts';

export const migrateRunCommand: CommandSpec<CarryOutOptions> = {
  name: 'migrate run',
  summary: 'make the new works of a plan, and stop where old and new both own the objects',
  description:
    'Applies the new works of each cluster, waits until their agents have applied them and proved that they own every object, and stops there: nothing has let go of anything yet. Every old work is pinned to the version of the plan. The same command goes on after any end.',
  examples: [
    { about: 'One cluster first', command: 'maestro-cli migrate run --plan plan.json --consumer=c1' },
    { about: 'All clusters of the plan', command: 'maestro-cli migrate run --plan plan.json --yes' },
  ],
  exitCodes: writeExitCodes,
  flags: carryOutFlags,
  outputs: carryOutOutputs,
  hasOutcome: true,
  parse: parseMigrateRun,
  load: () => import('./run.ts'),
};
