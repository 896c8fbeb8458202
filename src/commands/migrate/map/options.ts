import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';

export const mapOutputs = ['json', 'yaml'] as const;

export interface MapOptions {
  readonly plan: string;
  /** Empty: all of the plan. */
  readonly consumers: readonly string[];
  readonly output: (typeof mapOutputs)[number];
}

export function parseMigrateMap(input: ParseInput): MapOptions {
  const flags = flagReader(input);
  return {
    plan: flags.required('plan', 'migrate plan writes it'),
    consumers: [...new Set(flags.list('consumer'))],
    output: flags.output(mapOutputs),
  };
}
