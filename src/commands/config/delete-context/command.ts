import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { configWritingCodes } from '../shared/texts.ts';
import { parseContextName, type ConfigNameOptions } from '../shared/options.ts';

export const configDeleteContextCommand: CommandSpec<ConfigNameOptions> = {
  name: 'config delete-context',
  summary: 'remove a context from the configuration file',
  examples: [
    { about: 'One that is not needed any more', command: 'maestro-cli config delete-context dev' },
    { about: 'In another file', command: 'maestro-cli config delete-context dev --config=team.yaml' },
  ],
  exitCodes: configWritingCodes,
  flags: [],
  args: '<name>',
  argKind: 'context',
  hasOutcome: false,
  offline: true,
  parse: parseContextName,
  load: () => import('./run.ts'),
};
