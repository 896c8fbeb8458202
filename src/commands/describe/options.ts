import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { oneWorkAddress } from '../../command-line/work-address.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';

export const describeOutputs = ['text', 'json'] as const;

export interface DescribeOptions extends ConnectionOptions {
  readonly address: WorkAddress;
  readonly output: (typeof describeOutputs)[number];
  /** Whatever there is to tell, also what does not fit a screen. */
  readonly all: boolean;
}

export function parseDescribe(input: ParseInput): DescribeOptions {
  const flags = flagReader(input);
  return {
    address: oneWorkAddress(input),
    output: flags.output(describeOutputs),
    all: flags.on('all'),
    ...connectionOptions(input, callTimeoutMs),
  };
}
