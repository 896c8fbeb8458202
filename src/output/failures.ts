import type { Context } from '../context.ts';
import { present } from '../core/present.ts';
import { placeNames, placesText } from '../core/outcome/grouped-reasons.ts';
import type { Outcome, WorkOutcome } from '../core/outcome/outcome.ts';
import { CauseGroups, type CauseGroup } from '../core/outcome/cause-groups.ts';
import { reasonPattern, type CommonMessage } from '../core/outcome/reason-pattern.ts';
import type { WorkPlace } from '../core/outcome/work-place.ts';
import { MaestroError } from '../errors.ts';
import { printError, type JsonShape } from './error.ts';
import { logLine } from './log-line.ts';
import { wrapped } from './wrap.ts';

/** As many errors, and names in the line of each, as are read at a terminal. What is more is named all the same. */
const mostErrors = 20;
/** Of names in one line of JSON logs, so that none is cut where logs are gathered. */
const logColumns = 1000;

type Failed = WorkOutcome & { readonly error: MaestroError };

interface FailuresTo {
  readonly context: Pick<Context, 'stdout' | 'stderr' | 'clock' | 'env'>;
  /** stdout gets the error of the run as JSON, too; it has all works then. */
  readonly asJson: JsonShape | false;
  /** Each error is a JSON line on stderr. */
  readonly logsJson: boolean;
}

/**
 * Tells at the end of a run what failed: the run itself, then its works, those with one cause together. Each work that
 * failed is named, here or in the JSON on stdout.
 */
export function printFailures(outcome: Outcome, how: FailuresTo): void {
  if (outcome.error !== undefined) printError(outcome.error, how);
  // The errors of a fleet are often one error on many consumers, and so are their hints.
  const hints = new Set<string>();
  const left: (readonly WorkPlace[])[] = [];
  let printed = 0;
  for (const { first, common, works } of failuresOf(outcome, how.logsJson)) {
    if (printed >= mostErrors) {
      left.push(works);
      continue;
    }
    printed += 1;
    const error = works.length > 1 ? ofMany(first.error, common, placesOf(works, how)) : first.error;
    const about = works.length > 1 ? undefined : aboutOf(first, outcome.works.length > 1);
    printError(error, { ...how, asJson: false, hints, ...present({ about }) });
  }
  if (left.length > 0) printLeft(left.flat(), how);
}

/** Of errors that are not printed, the works. */
function printLeft(works: readonly WorkPlace[], { context, asJson, logsJson }: FailuresTo): void {
  const { stderr, clock } = context;
  const errors = `and ${works.length} more errors`;
  const where = '-o json and --results-path show all';
  const names = asJson === false ? placeNames(works) : [];
  if (logsJson) {
    const lines = names.length === 0 ? [] : wrapped(names.join(', '), logColumns);
    for (const text of [`${errors}; ${where}`, ...lines.map((line) => `failed too: ${line}`)])
      stderr.write(logLine(clock.wallMs(), 'error', text));
  } else if (names.length === 0) stderr.write(`${errors}; ${where}\n`);
  else stderr.write(`${errors}, on:${below(names, stderr)}\n${where}\n`);
}

/**
 * A work that failed and its consumer, where the message does not name them.
 *
 * @param isOneOfMany the line alone does not tell on which consumer it was
 */
function aboutOf(
  { manifestWorkName: name, consumer, error: { message } }: Failed,
  isOneOfMany: boolean,
): string | undefined {
  const place = [name, consumer].filter((word) => word !== '');
  const wanted = isOneOfMany ? place : place.filter((word) => word === name);
  return wanted.every((word) => isNamedIn(message, word)) ? undefined : place.join(' on ');
}

/** As a word of its own: many a message has a short name in other words. */
function isNamedIn(message: string, name: string): boolean {
  if (!/^[\w.-]+$/.test(name)) return message.includes(name);
  return message.match(/[\w-]+(?:\.[\w-]+)*/g)?.includes(name) === true;
}

/** In the line of their error while that can be read, else below it. */
function placesOf(works: readonly WorkPlace[], { context, asJson }: FailuresTo): string {
  if (works.length <= mostErrors || asJson !== false) return placesText(works, mostErrors);
  return ` on ${works.length}:${below(placeNames(works), context.stderr)}`;
}

/** Lines of names, set in. */
function below(names: readonly string[], { columns = 80 }: Pick<Context['stderr'], 'columns'>): string {
  return wrapped(names.join(', '), columns - 2)
    .map((line) => `\n  ${line}`)
    .join('');
}

function* failedOf({ works }: Outcome): Generator<Failed> {
  for (const work of works) if (work.error !== undefined) yield work as Failed;
}

/** @param apart whether each is told by itself, whatever it has in common with others */
function failuresOf(outcome: Outcome, apart: boolean): readonly CauseGroup<Failed>[] {
  const groups = new CauseGroups<Failed>();
  let index = 0;
  for (const one of failedOf(outcome)) {
    const { code, reason, commandHint, message } = one.error;
    const place = placeOf(one);
    groups.add(place, reasonPattern(message, place), apart ? [index] : [code, reason, commandHint], () => one);
    index += 1;
  }
  return groups.inOrder();
}

function placeOf({ manifestWorkName: name, consumer }: WorkOutcome): WorkPlace {
  return { name, consumer };
}

/** A bug is told with the trace of the first. */
function ofMany(error: MaestroError, common: CommonMessage, places: string): MaestroError {
  return new MaestroError(error.code, `${common.text('where they differ')}${places}`, {
    reason: error.reason,
    ...error.hints,
    cause: error.cause ?? error,
  });
}
