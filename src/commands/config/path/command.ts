import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { localExitCodes } from '../../../command-line/exit-codes.ts';
import { parseConfigFile, type ConfigOptions } from '../shared/options.ts';

export const configPathCommand: CommandSpec<ConfigOptions> = {
  name: 'config path',
  summary: 'print where the configuration file is looked for',
  examples: [
    { about: 'Whether it exists or not', command: 'maestro-cli config path' },
    { about: 'Of another file, from the root', command: 'maestro-cli config path --config=team.yaml' },
  ],
  exitCodes: localExitCodes,
  flags: [],
  hasOutcome: false,
  offline: true,
  parse: parseConfigFile,
  load: () => import('./run.ts'),
};
