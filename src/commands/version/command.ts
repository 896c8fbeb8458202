import type { CommandSpec } from '../../command-line/command-spec.ts';
import { localExitCodes } from '../../command-line/exit-codes.ts';
import { parseVersion, versionOutputs, type VersionOptions } from './options.ts';

export const versionCommand: CommandSpec<VersionOptions> = {
  name: 'version',
  summary: 'print the version and how it was built',
  description:
    'Prints the version and how it was built; maestro-cli --version does the same. --licenses prints the licences of all that is built in.',
  examples: [
    { about: 'For people', command: 'maestro-cli version' },
    { about: 'For scripts', command: 'maestro-cli version -o json' },
  ],
  exitCodes: localExitCodes,
  flags: [{ flags: '--licenses', about: 'print the licences of all that is built in instead' }],
  outputs: versionOutputs,
  hasOutcome: false,
  offline: true,
  parse: parseVersion,
  load: () => import('./run.ts'),
};
