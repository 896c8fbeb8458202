import type { CommandSpec } from '../../command-line/command-spec.ts';
import { ExitCode } from '../../exit-code.ts';
import { type HelpOptions } from './options.ts';

export const helpCommand: CommandSpec<HelpOptions> = {
  name: 'help',
  summary: 'explain a command, or flags, exit-codes, expressions, results',
  examples: [
    { about: 'A command', command: 'maestro-cli help apply' },
    { about: 'What can be waited for', command: 'maestro-cli help expressions' },
  ],
  exitCodes: [ExitCode.Done, ExitCode.Usage],
  flags: [],
  args: '[topic...]',
  hasOutcome: false,
  offline: true,
  parse: ({ args }) => ({ words: args }),
  load: () => import('./run.ts'),
};
