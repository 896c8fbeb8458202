import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { localExitCodes } from '../../../command-line/exit-codes.ts';
import { ExitCode } from '../../../exit-code.ts';
import { planFlag } from '../shared/flags.ts';
import { mapOutputs, parseMigrateMap, type MapOptions } from './options.ts';

export const migrateMapCommand: CommandSpec<MapOptions> = {
  name: 'migrate map',
  summary: 'which new work takes the place of which old one, for repointing adapters',
  description:
    'Prints one entry for each old work, manager and new work of a plan: an adapter that wrote the old work as this manager writes its manifests to the new one with --merge. Nothing is asked of Maestro.',
  examples: [
    { about: 'As JSON', command: 'maestro-cli migrate map --plan plan.json' },
    {
      about: 'The new name for one adapter on one cluster',
      command:
        'maestro-cli migrate map --plan plan.json |\n    jq -r \'.[] | select(.consumer == "c1" and .manager == "nodepool") | .new\'',
    },
  ],
  exitCodes: [...localExitCodes, ExitCode.InvalidInput],
  flags: [
    planFlag,
    { flags: '-c, --consumer <name>', about: 'only these clusters of the plan; repeatable', repeat: true },
  ],
  outputs: mapOutputs,
  hasOutcome: false,
  offline: true,
  parse: parseMigrateMap,
  load: () => import('./run.ts'),
};
