import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { configWritingCodes } from '../shared/texts.ts';
import { parseContextName, type ConfigNameOptions } from '../shared/options.ts';

export const configUseContextCommand: CommandSpec<ConfigNameOptions> = {
  name: 'config use-context',
  summary: 'make a context the current one',
  examples: [
    { about: 'From now on', command: 'maestro-cli config use-context prod' },
    { about: 'In another file', command: 'maestro-cli config use-context prod --config=team.yaml' },
  ],
  exitCodes: configWritingCodes,
  flags: [],
  aliases: ['config use'],
  args: '<name>',
  argKind: 'context',
  hasOutcome: false,
  offline: true,
  parse: parseContextName,
  load: () => import('./run.ts'),
};
