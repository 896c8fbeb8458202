import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { localExitCodes } from '../../../command-line/exit-codes.ts';
import { parseConfigView, viewOutputs, type ConfigViewOptions } from './options.ts';

export const configViewCommand: CommandSpec<ConfigViewOptions> = {
  name: 'config view',
  summary: 'print the configuration file, without anything secret',
  examples: [
    { about: 'All of it', command: 'maestro-cli config view' },
    { about: 'For a script', command: 'maestro-cli config view -o json | jq .contexts' },
  ],
  exitCodes: localExitCodes,
  flags: [],
  outputs: viewOutputs,
  hasOutcome: false,
  offline: true,
  parse: parseConfigView,
  load: () => import('./run.ts'),
};
