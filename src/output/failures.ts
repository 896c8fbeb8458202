import type { Context } from '../context.ts';
import { placesText } from '../core/outcome/grouped-reasons.ts';
import type { Outcome, WorkOutcome } from '../core/outcome/outcome.ts';
import { CauseGroups, type CauseGroup } from '../core/outcome/cause-groups.ts';
import { reasonPattern, type CommonMessage } from '../core/outcome/reason-pattern.ts';
import type { WorkPlace } from '../core/outcome/work-place.ts';
import { MaestroError } from '../errors.ts';
import { printError, type JsonShape } from './error.ts';
import { logLine } from './log-line.ts';

/** As many errors, and names beside each, as are read at a terminal; a result has them all. */
const mostErrors = 20;

type Failed = WorkOutcome & { readonly error: MaestroError };

/** Tells at the end of a run what failed: the run itself, then its works, those with one cause together. */
export function printFailures(
  outcome: Outcome,
  how: {
    readonly context: Pick<Context, 'stdout' | 'stderr' | 'clock' | 'env'>;
    /** stdout gets the error of the run as JSON, too. */
    readonly asJson: JsonShape | false;
    /** Each error is a JSON line on stderr. */
    readonly logsJson: boolean;
  },
): void {
  const { context, logsJson } = how;
  if (outcome.error !== undefined) printError(outcome.error, how);
  // The errors of a fleet are often one error on many consumers, and so are their hints.
  const hints = new Set<string>();
  let count = 0;
  let printed = 0;
  for (const { first, common, works } of failuresOf(outcome, logsJson)) {
    count += works.length;
    if (printed >= mostErrors) continue;
    printed += 1;
    const about = works.length > 1 ? undefined : `${first.manifestWorkName} on ${first.consumer}`;
    const error = works.length > 1 ? ofMany(first.error, common, works) : first.error;
    printError(error, { ...how, asJson: false, hints, ...(about === undefined ? {} : { about }) });
    count -= works.length;
  }
  if (count === 0) return;
  const more = `and ${count} more errors; -o json and --results-path show all`;
  context.stderr.write(logsJson ? logLine(context.clock.wallMs(), 'error', more) : `${more}\n`);
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
function ofMany(error: MaestroError, common: CommonMessage, works: readonly WorkPlace[]): MaestroError {
  return new MaestroError(error.code, `${common.text('where they differ')}${placesText(works, mostErrors)}`, {
    reason: error.reason,
    ...error.hints,
    cause: error.cause ?? error,
  });
}
