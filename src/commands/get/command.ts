import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { oneWorkAddress, workAddressFlags } from '../../command-line/work-address.ts';
import type { WorkAddress } from '../../operations/find-work.ts';
import { ExitCode } from '../../exit-code.ts';

export const getOutputs = ['yaml', 'json', 'manifestwork', 'table', 'wide', 'name'] as const;

export interface GetOptions extends ConnectionOptions {
  readonly address: WorkAddress;
  readonly output: (typeof getOutputs)[number];
}

export const getCommand: CommandSpec<GetOptions> = {
  name: 'get',
  summary: 'print one work, in a form that apply takes back',
  description:
    'Prints one work as a ManifestWork. yaml and json show what server and agent have set too (apply drops it again); manifestwork shows only what a user writes. Secrets are not masked here, so that nothing is lost on the way back.',
  examples: [
    { about: 'Save a work and apply it again, unchanged', command: 'maestro-cli get --name=w --consumer=c1 > w.yaml && maestro-cli apply -f w.yaml' },
    { about: 'The version that is stored', command: "maestro-cli get --name=w --consumer=c1 -o json | jq '.metadata.generation'" },
  ],
  exitCodes: [ExitCode.Done, ExitCode.Usage, ExitCode.NotFound, ExitCode.Unavailable, ExitCode.AccessDenied, ExitCode.Ownership],
  flags: workAddressFlags,
  hasOutcome: false,
  parse: (input) => parseGet(input),
  load: () => import('./run.ts'),
};

function parseGet(input: ParseInput): GetOptions {
  const flags = flagReader(input);
  return {
    address: oneWorkAddress(flags),
    output: flags.oneOf('output', getOutputs) ?? 'yaml',
    ...connectionOptions(input, callTimeoutMs),
  };
}
