import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { localExitCodes } from '../../../command-line/exit-codes.ts';
import { parseConfigFile, type ConfigOptions } from '../shared/options.ts';

export const configCurrentContextCommand: CommandSpec<ConfigOptions> = {
  name: 'config current-context',
  summary: 'print the name of the context in use',
  examples: [
    { about: 'The one that commands use now', command: 'maestro-cli config current-context' },
    { about: 'Of another file', command: 'maestro-cli config current-context --config=team.yaml' },
  ],
  exitCodes: localExitCodes,
  flags: [],
  hasOutcome: false,
  offline: true,
  parse: parseConfigFile,
  load: () => import('./run.ts'),
};
