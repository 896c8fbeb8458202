import { hubFlags } from '../../shared/hub-connection.ts';
import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { readExitCodes } from '../../../command-line/exit-codes.ts';
import { ExitCode } from '../../../exit-code.ts';
import { classicNamespaceFlag, controllerNamespaceFlag, hubIdFlag, leaseNameFlag } from '../shared/hub-flags.ts';
import { checkOutputs, parseGitopsCheck, type GitopsCheckOptions } from './options.ts';

export const gitopsCheckCommand: CommandSpec<GitopsCheckOptions> = {
  name: 'gitops check',
  summary: 'say whether hub, clusters and applications are as the model needs them',
  description:
    'Looks at the hub (kinds, Maestro, the classic pull model, the controller), at every cluster that something of the model concerns, and at every Application that is opted in. ' +
    'A line for each check counts what holds; whatever does not is named, with the command that mends it. What could not be looked at is told and is no success. ' +
    'With --for it says what a migration demands beforehand instead. Nothing is written; only --probe sends a read-only work to each cluster, and takes it away again. ' +
    'The source is app-work-client unless --source-id says otherwise.',
  examples: [
    { about: 'Is all well?', command: 'maestro-cli gitops check' },
    {
      about: 'What is missing before a migration of two clusters',
      command: 'maestro-cli gitops check --for=to-maestro \\\n    --cluster=c1 --cluster=c2',
    },
    { about: 'For CI', command: 'maestro-cli gitops check -o junit > check.xml' },
  ],
  exitCodes: [...readExitCodes, ExitCode.TimedOut, ExitCode.OutcomeFailed],
  flags: [
    {
      flags: '--for <purpose>',
      about: 'running: the model on Maestro at work; to-maestro, to-classic: what a migration demands',
      defaultText: 'running',
      values: ['running', 'to-maestro', 'to-classic'],
    },
    { flags: '--cluster <name>', about: 'look at this cluster and its applications only; repeatable', repeat: true },
    { flags: '--cluster-selector <selector>', about: 'the clusters whose ManagedCluster has these labels' },
    {
      flags: '--agent-within <duration>',
      about: 'an agent that has reported nothing for longer is not taken for alive',
      defaultText: '15m',
    },
    { flags: '--probe', about: 'ask each agent by a read-only work, which is taken away again' },
    { flags: '--all', about: 'name what holds too, and every finding' },
    ...hubFlags,
    hubIdFlag,
    controllerNamespaceFlag,
    leaseNameFlag,
    classicNamespaceFlag,
    { flags: '--maestro-namespace <name>', about: 'where Maestro runs', defaultText: 'maestro' },
  ],
  outputs: checkOutputs,
  hasOutcome: false,
  parse: parseGitopsCheck,
  load: () => import('./run.ts'),
};
