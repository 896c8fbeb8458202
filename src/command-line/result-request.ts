import { resolve } from 'node:path';
import { MaestroError } from '../errors.ts';
import { isSpecialFile } from '../io/special-file.ts';
import { resultFormats, type ResultFormat } from '../output/result-file/shape.ts';
import type { AnyCommandSpec } from './command-spec.ts';
import { commonFlags } from './common-flags.ts';
import { commandName, flagValue, flagValues, givenResultPath, type CommandFacts } from './result-path.ts';

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
  cwd: string,
): ResultRequest | undefined {
  const path = givenResultPath(argv, env, commandFacts(specs));
  if (path === '') {
    throw new MaestroError('usage', '--results-path is empty', {
      hint: 'Nothing was sent. Is a variable in it unset? Leave the flag out to write no result.',
    });
  }
  if (path === undefined) return undefined;
  // A slash at the end means a directory, and resolving would take it away.
  const target = `${resolve(cwd, path)}${path.endsWith('/') ? '/' : ''}`;
  refuseInput(argv, target, cwd, specs);
  const given = flagValue(argv, '--results-format') ?? nonEmpty(env['MAESTRO_RESULTS_FORMAT']) ?? 'status-result';
  const format = resultFormats.find((known) => known === given);
  if (format !== undefined) return { path: target, format };
  return {
    path: target,
    format: undefined,
    formatError: new MaestroError('usage', `there is no result format "${given}"`, {
      hint: `Use one of: ${resultFormats.join(', ')}.`,
    }),
  };
}

/** As `givenResultPath` takes it. */
export function commandFacts(specs: readonly AnyCommandSpec[]): CommandFacts {
  const first = (name: string): string => name.split(' ')[0] ?? name;
  return {
    names: [...new Set(specs.map(({ name }) => first(name)))],
    withOutcome: specs.filter(({ name, hasOutcome }) => hasOutcome && name === first(name)).map(({ name }) => name),
    valueFlags: commonFlags.flatMap(({ flags }) =>
      flags.includes('<') ? flags.split(/[ ,]+/).filter((word) => word.startsWith('-')) : [],
    ),
  };
}

/**
 * A result file is removed at the start, so it must be none of the files that the command line names for something
 * else.
 */
function refuseInput(argv: readonly string[], target: string, cwd: string, specs: readonly AnyCommandSpec[]): void {
  const named = [
    ...fileFlagNames(specs).flatMap((name) =>
      name.startsWith('--') ? flagValues(argv, name) : shortFlagValues(argv, name),
    ),
    ...bareWords(argv, specs),
  ];
  const same = named.find((value) => value !== '' && resolve(cwd, value) === target);
  if (same === undefined || isWrittenInPlace(target)) return;
  throw new MaestroError(
    'usage',
    `the result would be written over ${same}, which the command line names for something else`,
    {
      reason: 'UnwritableResult',
      hint: 'Nothing was sent, and the file is as it was. Give --results-path (or RESULTS_PATH) a file of its own.',
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

/** The flags of all commands that take a file. */
function fileFlagNames(specs: readonly AnyCommandSpec[]): readonly string[] {
  return flagNames(specs, /<(file|path)>/).filter((name) => name !== '--results-path');
}

/** Words that are neither flags nor their values, of a command that takes files so. */
function bareWords(argv: readonly string[], specs: readonly AnyCommandSpec[]): readonly string[] {
  const command = commandName(argv, commandFacts(specs));
  if (!specs.some(({ name, args = '' }) => name === command && /path|file/.test(args))) return [];
  const takesValue = new Set(flagNames(specs, /<.+>/));
  return argv.filter((word, index) => index > 0 && !word.startsWith('-') && !takesValue.has(argv[index - 1] ?? ''));
}

function flagNames(specs: readonly AnyCommandSpec[], having: RegExp): readonly string[] {
  const all = [...commonFlags, ...specs.flatMap((spec) => spec.flags)].flatMap(({ flags, aliases = [] }) => [
    flags,
    ...aliases,
  ]);
  const names = all
    .filter((flags) => having.test(flags))
    .flatMap((flags) => flags.split(/[ ,]+/).filter((word) => word.startsWith('-')));
  return [...new Set(names)];
}

/**
 * Whether the errors at the end are JSON lines as logs are, found before the
 * command line is parsed. A mistake on it is read by a person, unless somebody
 * asked for JSON.
 *
 * @param mistaken the command did not even begin: the command line, or the configuration file, says something wrong
 */
export function errorsInJson(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  specs: readonly AnyCommandSpec[],
  mistaken: boolean,
): boolean {
  const asked = flagValue(argv, '--log-format') ?? nonEmpty(env['LOG_FORMAT']);
  if (asked !== undefined || mistaken) return asked === 'json';
  const at = argv.indexOf(commandName(argv, commandFacts(specs)) ?? '');
  const words = argv.slice(at, at + 2).join(' ');
  return specs.some((spec) => spec.name === words && spec.logsJson === true);
}

/** The work that the command line names, for outcomes of runs that ended before they looked for it. */
export function namedWork(argv: readonly string[]): { readonly manifestWorkName: string; readonly consumer: string } {
  const only = (...flags: readonly string[]): string => {
    const values = new Set(flags.flatMap((flag) => flagValues(argv, flag)));
    const [value = ''] = values;
    return values.size === 1 ? value : '';
  };
  const consumer = only('--consumer', '-c');
  const adapter = only('--adapter');
  const byAdapter = adapter === '' || consumer === '' ? '' : `hyperfleet-${consumer}-${adapter}`;
  return { manifestWorkName: only('--name', '-n') || byAdapter, consumer };
}

/** A value may stand right behind a short flag, and flags without one before it. */
function shortFlagValues(argv: readonly string[], flag: string): readonly string[] {
  return argv.flatMap((word, index) => {
    if (!word.startsWith('-') || word.startsWith('--')) return [];
    if (word.endsWith(flag.slice(1))) return argv[index + 1] ?? [];
    return word.startsWith(flag) ? [word.slice(flag.length)] : [];
  });
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
