import { resolve } from 'node:path';
import { MaestroError } from '../errors.ts';
import { resultFormats, type ResultFormat } from '../output/result-file/shape.ts';
import type { AnyCommandSpec } from './command-spec.ts';

/** Where and how the outcome of this run is to be recorded. */
export type ResultRequest =
  | { readonly path: string; readonly format: ResultFormat }
  | { readonly path: string; readonly format: undefined; readonly formatError: MaestroError };

/**
 * Finds the result file before the command line is parsed, because a command
 * line that does not parse is an outcome too and has to be recorded. Commands
 * with an outcome also take RESULTS_PATH; the reading ones only the flag, so
 * that a `list` in a Job can never overwrite what the apply left.
 */
export function requestedResult(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  specs: readonly AnyCommandSpec[],
): ResultRequest | undefined {
  if (argv.includes('--help') || argv.includes('-h') || argv[0] === 'help') return undefined;
  const byFlag = flagValue(argv, '--results-path');
  const hasOutcome = specs.some((spec) => spec.hasOutcome && argv.includes(spec.name));
  const path = byFlag ?? (hasOutcome ? nonEmpty(env['RESULTS_PATH']) : undefined);
  if (path === undefined || path === '') return undefined;
  const given = flagValue(argv, '--results-format') ?? nonEmpty(env['MAESTRO_RESULTS_FORMAT']) ?? 'status-result';
  const format = resultFormats.find((known) => known === given);
  if (format !== undefined) return { path: resolve(path), format };
  return {
    path: resolve(path),
    format: undefined,
    formatError: new MaestroError('usage', `there is no result format "${given}"`, {
      hint: `Use one of: ${resultFormats.join(', ')}.`,
    }),
  };
}

function flagValue(argv: readonly string[], flag: string): string | undefined {
  let value: string | undefined;
  argv.forEach((word, index) => {
    if (word.startsWith(`${flag}=`)) value = word.slice(flag.length + 1);
    else if (word === flag) value = argv[index + 1];
  });
  return value;
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
