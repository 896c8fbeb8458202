import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { localExitCodes } from '../../../command-line/exit-codes.ts';
import { parseGetContexts, getContextsOutputs, type ConfigListOptions } from './options.ts';

export const configGetContextsCommand: CommandSpec<ConfigListOptions> = {
  name: 'config get-contexts',
  summary: 'list the contexts of the configuration file',
  examples: [
    { about: 'With their endpoints; * marks the one in use', command: 'maestro-cli config get-contexts' },
    { about: 'Only their names', command: 'maestro-cli config get-contexts -o name' },
  ],
  exitCodes: localExitCodes,
  flags: [],
  outputs: getContextsOutputs,
  hasOutcome: false,
  offline: true,
  parse: parseGetContexts,
  load: () => import('./run.ts'),
};
