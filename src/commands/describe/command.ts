import type { CommandSpec } from '../../command-line/command-spec.ts';
import { readExitCodes } from '../../command-line/exit-codes.ts';
import { oneWorkCommand } from '../../command-line/work-address.ts';
import { describeOutputs, type DescribeOptions, parseDescribe } from './options.ts';

export const describeCommand: CommandSpec<DescribeOptions> = {
  name: 'describe',
  summary: 'everything a person needs to see why a work is where it is',
  description:
    'Tells of one work where it comes from, which version is stored and which the agent reported last, its state and what blocks it, conditions and feedback of each manifest, who manages them, what happens on deletion, and what its parts are called on the cluster. Values of Secrets are masked. The text is for people and fits a screen, and it says what it leaves out; --all leaves nothing out. Scripts take -o json, which has everything.',
  examples: [
    { about: 'Why is it not ready?', command: 'maestro-cli describe hyperfleet-c1-job -c c1' },
    {
      about: 'A work of which only the id is known, from a log',
      command: 'maestro-cli describe --id=1c7787d3-d785-5b9a-a0d6-0736196d23cc',
    },
  ],
  exitCodes: readExitCodes,
  ...oneWorkCommand,
  flags: [
    ...oneWorkCommand.flags,
    {
      flags: '--all',
      about: 'also what does not fit a screen: every condition, annotations, configs, feedback as it is',
    },
  ],
  outputs: describeOutputs,
  hasOutcome: false,
  parse: parseDescribe,
  load: () => import('./run.ts'),
};
