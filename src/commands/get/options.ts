import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { oneWorkAddress } from '../../command-line/work-address.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import { readOutput, type OutputOption } from '../../output/output-option.ts';

export const getOutputs = ['yaml', 'json', 'manifestwork', 'table', 'wide', 'name'] as const;

export interface GetOptions extends ConnectionOptions {
  readonly address: WorkAddress;
  readonly output: OutputOption<(typeof getOutputs)[number]>;
  readonly headers: boolean;
}

export function parseGet(input: ParseInput): GetOptions {
  const flags = flagReader(input);
  return {
    address: oneWorkAddress(input),
    output: readOutput(flags.text('output'), getOutputs),
    headers: input.flags['headers'] !== false,
    ...connectionOptions(input, callTimeoutMs),
  };
}
