import { commandGroup } from '../../command-line/command-group.ts';
import type { AnyCommandSpec } from '../../command-line/command-spec.ts';
import { gitopsControllerCommand } from './controller/command.ts';

const group = commandGroup(
  {
    name: 'gitops',
    summary: 'Argo CD applications of a hub on its clusters, through Maestro',
    examples: [
      {
        about: 'Both controllers, for a try against the stand-in',
        command: 'maestro-cli gitops controller --leader-elect=false',
      },
    ],
  },
  gitopsControllerCommand,
);

export const gitopsCommands: readonly AnyCommandSpec[] = [group, gitopsControllerCommand];
