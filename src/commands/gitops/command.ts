import type { AnyCommandSpec, CommandSpec } from '../../command-line/command-spec.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { gitopsControllerCommand } from './controller/command.ts';

const group: CommandSpec<never> = {
  name: 'gitops',
  summary: 'Argo CD applications of a hub on its clusters, through Maestro',
  examples: [
    {
      about: 'Both controllers, for a try against the stand-in',
      command: 'maestro-cli gitops controller --leader-elect=false',
    },
  ],
  exitCodes: [ExitCode.Usage],
  flags: [],
  args: '[command]',
  hasOutcome: false,
  offline: true,
  parse: ({ args }) => {
    const [word] = args;
    throw new MaestroError('usage', word === undefined ? 'gitops needs a command' : `gitops has no command "${word}"`, {
      hint: 'There is one: maestro-cli gitops controller.',
    });
  },
  load: () => import('./controller/run.ts'),
};

export const gitopsCommands: readonly AnyCommandSpec[] = [group, gitopsControllerCommand];
