import type { CommandSpec } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { ExitCode } from '../../exit-code.ts';

export interface VersionOptions {
  readonly output: 'text' | 'json';
}

export const versionCommand: CommandSpec<VersionOptions> = {
  name: 'version',
  summary: 'print the version and how it was built',
  examples: [
    { about: 'For people', command: 'maestro-cli version' },
    { about: 'For scripts', command: 'maestro-cli version -o json' },
  ],
  exitCodes: [ExitCode.Done, ExitCode.Usage],
  flags: [],
  hasOutcome: false,
  offline: true,
  parse: (input) => ({ output: flagReader(input).oneOf('output', ['text', 'json']) ?? 'text' }),
  load: () => import('./run.ts'),
};
