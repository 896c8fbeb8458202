import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { oneWorkAddress, oneWorkFlags } from '../../command-line/work-address.ts';
import { ExitCode } from '../../exit-code.ts';
import type { WorkAddress } from '../../operations/find-work.ts';

export const describeOutputs = ['text', 'json'] as const;

export interface DescribeOptions extends ConnectionOptions {
  readonly address: WorkAddress;
  readonly output: (typeof describeOutputs)[number];
}

export const describeCommand: CommandSpec<DescribeOptions> = {
  name: 'describe',
  summary: 'everything a person needs to see why a work is where it is',
  description:
    'Tells of one work where it comes from, which version is stored and which the agent reported last, its state and what blocks it, conditions and feedback of each manifest, who manages them, what happens on deletion, and what its parts are called on the cluster. Values of Secrets are masked. The whole text is for people; scripts take -o json.',
  examples: [
    { about: 'Why is it not ready?', command: 'maestro-cli describe --name=hyperfleet-c1-job --consumer=c1' },
    {
      about: 'A work of which only the id is known, from a log',
      command: 'maestro-cli describe --id=1c7787d3-d785-5b9a-a0d6-0736196d23cc',
    },
  ],
  exitCodes: [
    ExitCode.Done,
    ExitCode.Usage,
    ExitCode.NotFound,
    ExitCode.TimedOut,
    ExitCode.Unavailable,
    ExitCode.AccessDenied,
  ],
  flags: oneWorkFlags,
  outputs: describeOutputs,
  hasOutcome: false,
  parse: (input) => parseDescribe(input),
  load: () => import('./run.ts'),
};

function parseDescribe(input: ParseInput): DescribeOptions {
  const flags = flagReader(input);
  return {
    address: oneWorkAddress(flags),
    output: flags.oneOf('output', describeOutputs) ?? 'text',
    ...connectionOptions(input, callTimeoutMs),
  };
}
