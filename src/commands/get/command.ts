import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { oneWorkAddress, oneWorkFlags } from '../../command-line/work-address.ts';
import type { WorkAddress } from '../../operations/find-work.ts';
import { ExitCode } from '../../exit-code.ts';
import { readOutput, withTemplate, type OutputOption } from '../../output/output-option.ts';

export const getOutputs = ['yaml', 'json', 'manifestwork', 'table', 'wide', 'name'] as const;

export interface GetOptions extends ConnectionOptions {
  readonly address: WorkAddress;
  readonly output: OutputOption<(typeof getOutputs)[number]>;
  readonly headers: boolean;
}

export const getCommand: CommandSpec<GetOptions> = {
  name: 'get',
  summary: 'print one work, in a form that apply takes back',
  description:
    'Prints one work as a ManifestWork. yaml and json show what server and agent have set too (apply drops it again); manifestwork shows only what a user writes. Secrets are not masked here, so that nothing is lost on the way back.',
  examples: [
    {
      about: 'Save a work and apply it again, unchanged',
      command: 'maestro-cli get --name=w --consumer=c1 > w.yaml && maestro-cli apply -f w.yaml',
    },
    {
      about: 'The version that is stored',
      command: "maestro-cli get --name=w --consumer=c1 -o jsonpath='{.metadata.generation}'",
    },
  ],
  exitCodes: [
    ExitCode.Done,
    ExitCode.Usage,
    ExitCode.NotFound,
    ExitCode.Unavailable,
    ExitCode.AccessDenied,
    ExitCode.Ownership,
  ],
  flags: [...oneWorkFlags, { flags: '--no-headers', about: 'leave the line of headers out' }],
  outputs: withTemplate(getOutputs),
  hasOutcome: false,
  parse: (input) => parseGet(input),
  load: () => import('./run.ts'),
};

function parseGet(input: ParseInput): GetOptions {
  const flags = flagReader(input);
  return {
    address: oneWorkAddress(flags),
    output: readOutput(flags.text('output'), getOutputs, 'yaml'),
    headers: input.flags['headers'] !== false,
    ...connectionOptions(input, callTimeoutMs),
  };
}
