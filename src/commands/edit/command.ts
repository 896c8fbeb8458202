import type { CommandSpec } from '../../command-line/command-spec.ts';
import { writeExitCodes } from '../../command-line/exit-codes.ts';
import { oneWorkCommand } from '../../command-line/work-address.ts';
import { changeFlags } from '../shared/change/change-options.ts';
import { writeOutputs } from '../shared/write/write-options.ts';
import { parseEdit, type EditOptions } from './options.ts';

export const editCommand: CommandSpec<EditOptions> = {
  name: 'edit',
  summary: 'change one work in your editor',
  description:
    'Opens a work in an editor, as kubectl edit does: that of MAESTRO_EDITOR, KUBE_EDITOR, VISUAL or EDITOR, else vi. What is saved is checked as validate does; mistakes stand at the top of the text, and the editor opens again. Then the change is shown and asked for, and sent for the version that was opened: when another one is stored by then, nothing is overwritten (exit 5). A text that is left as it was, or empty, sends nothing. Values of Secrets stand as a mask, which means "as it is stored"; type a value over it to change it. A text that was not sent is kept in a file that is named, without values that were typed for Secrets. What other managers own is left alone, as by apply (exit 10).',
  examples: [
    { about: 'Change a work', command: 'maestro-cli edit w --consumer=c1' },
    {
      about: 'The same, waiting until the cluster has applied it',
      command: 'maestro-cli edit w --consumer=c1 --watch',
    },
    {
      about: "By a script: MAESTRO_EDITOR='sed -i s/a/b/', and nobody is asked",
      command: 'maestro-cli edit w --consumer=c1 --yes',
    },
  ],
  exitCodes: writeExitCodes,
  ...oneWorkCommand,
  flags: [...oneWorkCommand.flags, ...changeFlags],
  outputs: writeOutputs,
  hasOutcome: true,
  parse: (input) => parseEdit(input),
  load: () => import('./run.ts'),
};
