import type { CommandSpec } from '../../command-line/command-spec.ts';
import { writeExitCodes } from '../../command-line/exit-codes.ts';
import { oneWorkCommand } from '../../command-line/work-address.ts';
import { changeFlags } from '../shared/change/change-options.ts';
import { writeOutputs } from '../shared/write/write-options.ts';
import { dryRunPlaces, parseRollback, type RollbackOptions } from './options.ts';

export const rollbackCommand: CommandSpec<RollbackOptions> = {
  name: 'rollback',
  summary: 'write a version of a work again that was kept',
  description:
    'Writes what a version of the history held as a new version: what that changes is shown and asked for first, and it is sent for the version that was read, so that nobody is overwritten unseen (exit 5). Without --to it is the last kept version before the one that is stored. What other managers own is left alone, as by apply (exit 10). Values of Secrets are not kept: they are taken from what is stored now where that is proved to be the same, and else the rollback is refused, naming them. One work of one consumer at a time; for several, a loop: for c in c1 c2; do maestro-cli rollback w -c $c -y || break; done.',
  examples: [
    { about: 'Back to the version before', command: 'maestro-cli rollback w --consumer=c1' },
    {
      about: 'To version 3, waiting until the cluster has applied it',
      command: 'maestro-cli rollback w --consumer=c1 --to=3 --watch',
    },
    { about: 'What that would change', command: 'maestro-cli rollback w --consumer=c1 --to=3 --dry-run=server' },
  ],
  exitCodes: writeExitCodes,
  ...oneWorkCommand,
  flags: [
    ...oneWorkCommand.flags,
    {
      flags: '--to <n>',
      about: 'the version to write again; history shows what there is',
      defaultText: 'the one before',
    },
    {
      flags: '--keep-secrets-of-now',
      about: 'leave Secrets as they are stored now where their values of then are not known',
    },
    {
      flags: '--dry-run [where]',
      about: 'server: read what is stored, show what would change, and send nothing',
      values: dryRunPlaces,
    },
    ...changeFlags,
  ],
  outputs: writeOutputs,
  hasOutcome: true,
  parse: (input) => parseRollback(input),
  load: () => import('./run.ts'),
};
