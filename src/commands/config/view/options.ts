import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { parseConfigFile, type ConfigOptions } from '../shared/options.ts';

export const viewOutputs = ['yaml', 'json'] as const;

export interface ConfigViewOptions extends ConfigOptions {
  readonly output: (typeof viewOutputs)[number];
}

export function parseConfigView(input: ParseInput): ConfigViewOptions {
  return { ...parseConfigFile(input), output: flagReader(input).output(viewOutputs) };
}
