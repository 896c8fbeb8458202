import type { CommandData, CommandSpec } from '../../command-line/command-spec.ts';
import { localExitCodes } from '../../command-line/exit-codes.ts';
import { parseHelp, topicNames, type HelpOptions } from './options.ts';

/** @param all every command, this one too: what is explained */
export const helpCommand = (all: () => readonly CommandData[]): CommandSpec<HelpOptions> => ({
  name: 'help',
  summary: 'explain a command, or flags, names, exit-codes, expressions, results',
  examples: [
    { about: 'A command', command: 'maestro-cli help apply' },
    { about: 'What can be waited for', command: 'maestro-cli help expressions' },
  ],
  exitCodes: localExitCodes,
  flags: [],
  args: '[topic...]',
  argKind: 'topic',
  argValues: topicNames,
  hasOutcome: false,
  offline: true,
  parse: (input) => parseHelp(input, all()),
  load: () => import('./run.ts'),
});
