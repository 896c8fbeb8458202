import type { LogOptions } from '../output/reporter.ts';
import type { ParseInput } from './command-spec.ts';
import { flagReader } from './flag-values.ts';

export type { LogOptions } from '../output/reporter.ts';

/** `-v`, `--quiet` and `--log-format`, with LOG_LEVEL and LOG_FORMAT behind them. */
export function logOptions(input: ParseInput): LogOptions {
  const flags = flagReader(input);
  const level = input.env['LOG_LEVEL']?.toLowerCase();
  return {
    verbose: flags.on('verbose') || level === 'debug' || level === 'trace',
    quiet: flags.on('quiet'),
    format: flags.oneOf('logFormat', ['text', 'json'], 'LOG_FORMAT') ?? 'text',
  };
}
