import type { CommandData, CommandSpec } from '../../command-line/command-spec.ts';
import { localExitCodes } from '../../command-line/exit-codes.ts';
import { parseCompletion, type CompletionOptions } from './options.ts';

/** @param all every command, this one too: what is completed */
export const completionCommand = (all: () => readonly CommandData[]): CommandSpec<CompletionOptions> => ({
  name: 'completion',
  summary: 'print a completion script for bash, zsh or fish',
  description:
    'Prints a script that completes commands, flags, their values, and the names of contexts and consumers. For consumers it asks Maestro, for a second at most, and stays silent when that fails.',
  examples: [
    { about: 'For this bash; in ~/.bashrc, for every one', command: 'maestro-cli completion bash > maestro-cli.bash' },
    { about: 'For every fish', command: 'maestro-cli completion fish > maestro-cli.fish' },
  ],
  exitCodes: localExitCodes,
  flags: [],
  args: '<shell>',
  argKind: 'shell',
  hasOutcome: false,
  offline: true,
  parse: (input) => parseCompletion(input, all()),
  load: () => import('./run.ts'),
});
