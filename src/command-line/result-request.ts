import { resolve } from 'node:path';
import { conventionalName } from '../core/works/names.ts';
import { readWorkReference } from '../core/works/work-reference.ts';
import { unknownValue } from '../core/works/did-you-mean.ts';
import { MaestroError } from '../errors.ts';
import { isSpecialFile } from '../io/special-file.ts';
import { resultFormats, type ResultFormat } from '../output/result-file/shape.ts';
import type { AnyCommandSpec } from './command-spec.ts';
import { takesFile } from './flag-syntax.ts';
import { givenResultPath } from './result-path.ts';
import { lastText, valuesOf, type ScannedLine } from './scan-argv.ts';

type Line = ScannedLine<AnyCommandSpec>;
type Environment = Readonly<Record<string, string | undefined>>;

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
export function requestedResult(line: Line, env: Environment, cwd: string): ResultRequest | undefined {
  const path = givenResultPath(line, env);
  if (path === '') {
    throw new MaestroError('usage', '--results-path is empty', {
      hint: 'Nothing was sent. Is a variable in it unset? Leave the flag out to write no result.',
    });
  }
  if (path === undefined) return undefined;
  // A slash at the end means a directory, and resolving would take it away.
  const target = `${resolve(cwd, path)}${path.endsWith('/') ? '/' : ''}`;
  refuseInput(line, target, { cwd, own: 'resultsPath', flag: '--results-path (or RESULTS_PATH)', what: 'result' });
  const given = lastText(line, 'resultsFormat') ?? nonEmpty(env['MAESTRO_RESULTS_FORMAT']) ?? 'status-result';
  const format = resultFormats.find((known) => known === given);
  if (format !== undefined) return { path: target, format };
  return {
    path: target,
    format: undefined,
    formatError: unknownValue(
      lastText(line, 'resultsFormat') === undefined ? 'MAESTRO_RESULTS_FORMAT' : '--results-format',
      given,
      resultFormats,
    ),
  };
}

/**
 * Where a page of this run is to be written.
 *
 * @throws MaestroError usage for no file, and for one that the command line names for something else
 */
export function requestedReport(line: Line, cwd: string): string | undefined {
  const { command, asksHelp } = line;
  if (asksHelp || command?.flags.some(({ flags }) => flags.startsWith('--report ')) !== true) return undefined;
  const path = lastText(line, 'report');
  if (path === undefined) return undefined;
  if (path === '' || path === '-')
    throw new MaestroError('usage', path === '' ? '--report is empty' : '--report takes a file, not standard output', {
      hint: 'Nothing was sent. Name a file, such as --report rollout.html.',
    });
  const target = `${resolve(cwd, path)}${path.endsWith('/') ? '/' : ''}`;
  refuseInput(line, target, { cwd, own: 'report', flag: '--report', what: 'report' });
  return target;
}

/** A file that is written at the end, as messages call it. */
interface WrittenFile {
  readonly cwd: string;
  /** Attribute of the flag that names it. */
  readonly own: string;
  readonly flag: string;
  readonly what: string;
}

/** What is written takes the place of what is there: no file that the line names for something else may be that. */
function refuseInput(
  { command, given, foreign, positionals }: Line,
  target: string,
  { cwd, own, flag: flagText, what }: WrittenFile,
): void {
  const takesOtherArguments = command?.argKind !== undefined && command.argKind !== 'file';
  const named = [
    ...[...given, ...foreign].flatMap(({ flag, value }) =>
      flag.attribute !== own && takesFile(flag) ? [String(value)] : [],
    ),
    // Where none is taken, the flag before it may have been forgotten.
    ...(takesOtherArguments ? [] : positionals),
  ];
  const same = named.find((value) => value !== '' && resolve(cwd, value) === target);
  if (same === undefined || isWrittenInPlace(target)) return;
  throw new MaestroError(
    'usage',
    `the ${what} would be written over ${same}, which the command line names for something else`,
    {
      reason: 'UnwritableResult',
      hint: `Nothing was sent, and the file is as it was. Give ${flagText} a file of its own.`,
    },
  );
}

/** What cannot be looked at is told of when the result file is opened. */
function isWrittenInPlace(target: string): boolean {
  try {
    return isSpecialFile(target);
  } catch {
    return false;
  }
}

/**
 * Whether the errors at the end are JSON lines as logs are, found before the
 * command line is parsed. A mistake on it is read by a person, unless somebody
 * asked for JSON.
 *
 * @param mistaken the command did not even begin: the command line, or the configuration file, says something wrong
 */
export function errorsInJson(line: Line, env: Environment, mistaken: boolean): boolean {
  const asked = lastText(line, 'logFormat') ?? nonEmpty(env['LOG_FORMAT']);
  if (asked !== undefined || mistaken) return asked === 'json';
  return line.command?.logsJson === true;
}

/** The work that the command line names, for outcomes of runs that ended before they looked for it. */
export function namedWork(line: Line): { readonly manifestWorkName: string; readonly consumer: string } {
  const only = (values: readonly (string | boolean | undefined)[]): string => {
    const [value, ...others] = new Set(values);
    return typeof value === 'string' && others.length === 0 ? value : '';
  };
  const named = valuesOf(line, 'name').concat(line.command?.argKind === 'work' ? line.positionals : []);
  const works = named.map((text) => readWorkReference(String(text)));
  const consumers = [...valuesOf(line, 'consumer'), ...works.flatMap((work) => work.consumer ?? [])];
  const consumer = only(consumers.flatMap((text) => String(text).split(',')));
  const adapter = only(valuesOf(line, 'adapter'));
  const byAdapter = adapter === '' || consumer === '' ? '' : conventionalName(consumer, adapter);
  return { manifestWorkName: only(works.map(({ name }) => name)) || byAdapter, consumer };
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
