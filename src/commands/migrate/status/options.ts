import { connectionOptions, callTimeoutMs, type ConnectionOptions } from '../../../command-line/connection-options.ts';
import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';

export const statusOutputs = ['table', 'json'] as const;

export interface StatusOptions extends ConnectionOptions {
  readonly plan: string;
  /** Empty: all of the plan. */
  readonly consumers: readonly string[];
  readonly output: (typeof statusOutputs)[number];
}

export function parseMigrateStatus(input: ParseInput): StatusOptions {
  const flags = flagReader(input);
  return {
    ...connectionOptions(input, callTimeoutMs),
    plan: flags.required('plan', 'migrate plan writes it'),
    consumers: [...new Set(flags.list('consumer'))],
    output: flags.output(statusOutputs),
  };
}
