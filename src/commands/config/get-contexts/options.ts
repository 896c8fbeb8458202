import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { parseConfigFile, type ConfigOptions } from '../shared/options.ts';

export const getContextsOutputs = ['table', 'json', 'name'] as const;

export interface ConfigListOptions extends ConfigOptions {
  readonly output: (typeof getContextsOutputs)[number];
}

export function parseGetContexts(input: ParseInput): ConfigListOptions {
  return { ...parseConfigFile(input), output: flagReader(input).output(getContextsOutputs) };
}
