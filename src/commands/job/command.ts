import { commandGroup } from '../../command-line/command-group.ts';
import type { AnyCommandSpec } from '../../command-line/command-spec.ts';
import { jobRenderCommand } from './render/command.ts';

const group = commandGroup(
  {
    name: 'job',
    summary: 'Kubernetes Jobs that run maestro-cli',
    examples: [{ about: 'What a Job and all that it needs look like', command: 'maestro-cli job render --template' }],
  },
  jobRenderCommand,
);

export const jobCommands: readonly AnyCommandSpec[] = [group, jobRenderCommand];
