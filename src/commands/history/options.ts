import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { oneWorkAddress } from '../../command-line/work-address.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import { MaestroError } from '../../errors.ts';

export const historyOutputs = ['table', 'json', 'yaml'] as const;

export interface HistoryOptions extends ConnectionOptions {
  readonly address: WorkAddress;
  /** All versions, one of them, or what one changed. */
  readonly show: { readonly what: 'versions' } | { readonly what: 'version' | 'diff'; readonly version: number };
  readonly headers: boolean;
  readonly output: (typeof historyOutputs)[number];
}

export function parseHistory(input: ParseInput): HistoryOptions {
  const flags = flagReader(input);
  const version = flags.wholeNumber('version', 1);
  const diff = flags.wholeNumber('diff', 1);
  const output = flags.output(historyOutputs);
  if (version !== undefined && diff !== undefined)
    throw new MaestroError('usage', '--version and --diff show two things; leave one out');
  if (diff !== undefined && output !== 'table')
    throw new MaestroError('usage', `--diff prints text, and not -o ${output}`, {
      hint: '--version prints a version as YAML or JSON.',
    });
  return {
    ...connectionOptions(input, callTimeoutMs),
    address: oneWorkAddress(input),
    show:
      version !== undefined
        ? { what: 'version', version }
        : diff !== undefined
          ? { what: 'diff', version: diff }
          : { what: 'versions' },
    headers: input.flags['headers'] !== false,
    output,
  };
}
