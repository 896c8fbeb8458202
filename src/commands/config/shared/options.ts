import { present } from '../../../core/present.ts';
import type { ParseInput } from '../../../command-line/command-spec.ts';
import { logOptions, type LogOptions } from '../../../command-line/log-options.ts';
import { flagReader } from '../../../command-line/flag-values.ts';

/** What every subcommand needs to find the file. */
export interface ConfigOptions {
  readonly log: LogOptions;
  /** Value of --config. */
  readonly file?: string;
  /** Value of --context. */
  readonly context?: string;
}

export interface ConfigNameOptions extends ConfigOptions {
  readonly name: string;
}

export function parseConfigFile(input: ParseInput): ConfigOptions {
  const flags = flagReader(input);
  return { log: logOptions(input), ...present({ file: flags.text('config'), context: flags.text('context') }) };
}

export function parseContextName(input: ParseInput): ConfigNameOptions {
  return { ...parseConfigFile(input), name: input.args[0] ?? '' };
}
