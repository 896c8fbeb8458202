import type { Context } from '../../../context.ts';
import { isUnfinished, type WorkOutcome, type WorkOutcomes } from '../../../core/outcome/outcome.ts';
import type { WaitCounts } from '../../../core/outcome/standing.ts';
import { listed } from '../../../core/text.ts';
import { ExitCode } from '../../../exit-code.ts';
import { taskKey, type DeleteTask, type FleetProgress } from '../../../operations/fleet/fleet-task.ts';
import { openFleetProgress } from '../../../output/fleet-progress.ts';
import { openProgressBar, type ProgressBar } from '../../../output/progress-bar.ts';
import { isLively, type Reporter } from '../../../output/reporter.ts';
import { openWorksWriter } from '../../../output/works-writer.ts';
import { FleetOutcomes } from '../../shared/fleet-outcomes.ts';
import { OutcomeTally } from '../../shared/outcome-tally.ts';
import type { DeleteOptions } from '../options.ts';

/** What a person and a program are told while works are deleted from a fleet. */
export interface FleetDeleteOutput {
  /** Notices, around the line of progress. */
  readonly reporter: Reporter;
  /** Writes to standard output, around the line of progress. */
  readonly print: (text: string) => void;
  progress(progress: FleetProgress): void;
  /** Where the works stand that are waited for. */
  readonly waiting: (counts: WaitCounts) => void;
  /** The one outcome of a work. */
  outcome(outcome: WorkOutcome): void;
  notBegun(tasks: readonly DeleteTask[], why: string): void;
  /** Prints the summary, and ends the machine output. */
  end(consumers: number): WorkOutcomes;
}

export function openFleetOutput(
  options: DeleteOptions,
  tasks: readonly DeleteTask[],
  context: Context,
  reporter: Reporter,
): FleetDeleteOutput {
  const { stdout, stderr, clock, env, facts } = context;
  const bar = openProgressBar(stderr, clock, isLively(stderr, options.log, env));
  const print = (text: string): void => bar.above(() => stdout.write(text));
  const line = openFleetProgress(bar, tasks.length, endOf(options));
  const tally = deleteTally();
  const writer = options.output === 'json' ? openWorksWriter(print) : undefined;
  const outcomes = new FleetOutcomes(keysOf(tasks), tasks.length, (outcome) => writer?.add(outcome));
  const shown = aroundBar(reporter, bar);
  return {
    reporter: shown,
    print,
    progress: ({ done, failed }) => {
      if (options.watch) line.written(done);
      else bar.show(done, tasks.length, `${done}/${tasks.length} works${failed === 0 ? '' : `, ${failed} failed`}`);
    },
    waiting: (counts) => line.waiting(counts),
    outcome: (outcome) => {
      if (!isUnfinished(outcome)) line.ended(outcome.exitCode === ExitCode.Done ? 'met' : 'failed');
      tally.add(outcome);
      outcomes.add(outcome);
    },
    notBegun: (left, why) => {
      const consumers = [...new Set(left.map(({ consumer }) => consumer))];
      const works = left.length === 1 ? 'work' : 'works';
      shown.warn(`stopped, because ${why}: ${left.length} ${works} not begun, on ${listed(consumers)}`);
    },
    end: (consumers) => {
      const works = outcomes.end();
      bar.end();
      reporter.info(tally.text(consumers));
      writer?.end({ summary: tally.value(consumers), run: facts?.() });
      return works;
    },
  };
}

function* keysOf(tasks: readonly DeleteTask[]): Generator<string, void> {
  for (const task of tasks) yield taskKey(task);
}

/** What --watch asks for, and the step before it. */
function endOf({ resources }: DeleteOptions): Parameters<typeof openFleetProgress>[2] {
  return resources.length > 0 ? { end: 'Applied', step: 'written' } : { end: 'Removed', step: 'requested' };
}

/** A line of progress and other lines, on one terminal. What a single work of many waits for is for -v. */
function aroundBar(reporter: Reporter, bar: ProgressBar): Reporter {
  return {
    progress: (text) => bar.above(() => reporter.debug(text)),
    info: (text) => bar.above(() => reporter.info(text)),
    warn: (text) => bar.above(() => reporter.warn(text)),
    error: (text) => bar.above(() => reporter.error(text)),
    debug: (text) => bar.above(() => reporter.debug(text)),
    end: () => undefined,
  };
}

const kindTexts = {
  deletionRequested: 'deletion requested',
  removed: 'removed',
  changed: 'changed',
  wouldChange: 'would change, nothing sent',
  notFound: 'not found',
} as const;

/** What became of the works that did not fail. */
function deleteTally(): OutcomeTally<keyof typeof kindTexts> {
  return new OutcomeTally(kindTexts, ({ reason }) => kinds[reason] ?? 'changed');
}

const kinds: Readonly<Record<string, keyof typeof kindTexts>> = {
  DeletionRequested: 'deletionRequested',
  Deleted: 'removed',
  NotFound: 'notFound',
  DryRun: 'wouldChange',
};
