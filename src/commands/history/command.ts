import type { CommandSpec } from '../../command-line/command-spec.ts';
import { readExitCodes } from '../../command-line/exit-codes.ts';
import { oneWorkCommand } from '../../command-line/work-address.ts';
import { historyOutputs, parseHistory, type HistoryOptions } from './options.ts';

export const historyCommand: CommandSpec<HistoryOptions> = {
  name: 'history',
  summary: 'the versions of a work that are kept on this machine',
  description:
    'Shows the versions of a work that apply --keep-history, edit and rollback have kept on this machine, and which one is stored now (*). Maestro itself keeps none, so versions that were written elsewhere, or without --keep-history, are only known by their numbers: they are said to be not kept. A version that was found stored when it was written over is kept too. Values of Secrets are never kept. What is kept lies in $XDG_STATE_HOME/maestro-cli/history, which is ~/.local/state/maestro-cli/history when that is not set.',
  examples: [
    { about: 'What was stored, by whom, and what it changed', command: 'maestro-cli history w --consumer=c1' },
    { about: 'What version 3 changed', command: 'maestro-cli history w --consumer=c1 --diff=3' },
    {
      about: 'Version 3 itself, with Secrets masked',
      command: 'maestro-cli history w --consumer=c1 --version=3 -o yaml',
    },
  ],
  exitCodes: readExitCodes,
  ...oneWorkCommand,
  flags: [
    ...oneWorkCommand.flags,
    { flags: '--version <n>', about: 'print this version as a ManifestWork, with the values of Secrets masked' },
    { flags: '--diff <n>', about: 'print what this version changed in the one that is kept before it' },
    { flags: '--no-headers', about: 'leave the line of headers out' },
  ],
  outputs: historyOutputs,
  hasOutcome: false,
  parse: (input) => parseHistory(input),
  load: () => import('./run.ts'),
};
