import type { Context } from '../../../context.ts';
import { conditionWord } from '../../../operations/work-outcomes.ts';
import type { Budget } from '../../../operations/budget.ts';
import type { WaitTarget } from '../../../operations/wait/judge.ts';
import type { WaitDeps } from '../../../operations/wait/wait-for-works.ts';
import { waitCountsText } from '../../../output/fleet-progress.ts';
import { openProgressLine } from '../../../output/progress-line.ts';
import { bottomOf, type LogOptions, type Reporter } from '../../../output/reporter.ts';

/** More works than this have their changes told in groups; each of fewer is a line. */
const toldOneByOne = 3;

export interface WaitLineOptions {
  readonly log: LogOptions;
  /** What is waited for, as it was written: `Applied`, an expression. */
  readonly condition: string;
  /** How many works are waited for. */
  readonly works: number;
  /** They are on several clusters, so that a name alone says too little. */
  readonly ofFleet: boolean;
}

/**
 * What a wait on works tells while it lasts: on a terminal one line with where all of them stand, and what is in the
 * way below it; elsewhere that line every ten seconds, and between them each change, or what changes in the groups.
 */
export function waitLine(
  { log, condition, works, ofFleet }: WaitLineOptions,
  context: Pick<Context, 'stderr' | 'env' | 'clock'>,
  { reporter, budget }: { readonly reporter: Reporter; readonly budget: Budget },
): Pick<WaitDeps, 'onProgress' | 'onLook'> {
  const line = openProgressLine({ log, budget, bar: false, steady: true }, context, reporter);
  const word = conditionWord(condition);
  const grouped = bottomOf(context.stderr, log, context.env) !== undefined || works > toldOneByOne;
  const nameOf = ({ name, consumer }: WaitTarget): string => (ofFleet ? `${name} on ${consumer}` : name);
  return {
    onProgress: (target, text) => reporter[grouped ? 'debug' : 'progress'](`${nameOf(target)}: ${text}`),
    onLook: ({ counts, reasons }) =>
      line.show({
        done: counts.met,
        total: counts.total,
        text: waitCountsText(word, counts),
        ...(grouped ? { reasons } : {}),
      }),
  };
}
