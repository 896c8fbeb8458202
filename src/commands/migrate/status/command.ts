import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { readExitCodes } from '../../../command-line/exit-codes.ts';
import { planFlag } from '../shared/flags.ts';
import { parseMigrateStatus, statusOutputs, type StatusOptions } from './options.ts';

export const migrateStatusCommand: CommandSpec<StatusOptions> = {
  name: 'migrate status',
  summary: 'where each cluster of a plan is, read from Maestro',
  description:
    'Tells how far each cluster has come: planned, running, both-own, letting-go, deleting, settling, finished, rolling-back, rolled-back, or moved when somebody else wrote to a work. Nothing but what Maestro stores is asked, no journal.',
  examples: [
    { about: 'All clusters of the plan', command: 'maestro-cli migrate status --plan plan.json' },
    { about: 'Works and forms, for a program', command: 'maestro-cli migrate status --plan plan.json -o json' },
  ],
  exitCodes: readExitCodes,
  flags: [
    planFlag,
    { flags: '-c, --consumer <name>', about: 'only these clusters of the plan; repeatable', repeat: true },
  ],
  outputs: statusOutputs,
  hasOutcome: false,
  parse: parseMigrateStatus,
  load: () => import('./run.ts'),
};
