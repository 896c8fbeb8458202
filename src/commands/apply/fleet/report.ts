import { oneWord } from '../../../core/shown-text.ts';
import type { Context } from '../../../context.ts';
import { describeLoss } from '../../../core/ownership/losses.ts';
import { counted, listed } from '../../../core/text.ts';
import { ExitCode } from '../../../exit-code.ts';
import type { ApplyPlan } from '../../../operations/apply/plan.ts';
import { effectTexts } from '../../../operations/effects.ts';
import { describeDifferences } from '../../../operations/apply/describe-difference.ts';
import type { FleetOutcome, FleetProgress } from '../../../operations/fleet/fleet-task.ts';
import type { RollOutEnd } from '../../../operations/fleet/roll-out.ts';
import { isUnfinished, type WorkOutcome } from '../../../core/outcome/outcome.ts';
import type { WaitCounts } from '../../../core/outcome/standing.ts';
import { conditionWord } from '../../../operations/work-outcomes.ts';
import { openFleetProgress, waitCountsText } from '../../../output/fleet-progress.ts';
import { isLively, type Reporter } from '../../../output/reporter.ts';
import { workLine } from '../../../output/outcome.ts';
import { openProgressBar } from '../../../output/progress-bar.ts';
import { OutcomeTally } from '../../shared/outcome-tally.ts';
import type { ApplyOptions } from '../command.ts';
import { tellEffects } from '../output.ts';

/** Lines of a dry run, and differences, that are shown; of thousands nobody reads more. */
const shownLines = 20;

/** What a person is told while works go out to a fleet. */
export interface FleetReport {
  announce(consumer: string, plan: ApplyPlan): void;
  written(written: FleetOutcome): void;
  waited(outcome: WorkOutcome, condition: string): void;
  validated(outcome: WorkOutcome): void;
  progress(progress: FleetProgress, knownDone: number): void;
  /** Where the works stand that are waited for. */
  waiting(counts: WaitCounts): void;
  /** A change of one work that is waited for; of a fleet nobody reads them all. */
  waitingFor(text: string): void;
  /** The one outcome of a work is known. */
  settled(outcome: WorkOutcome): void;
  /** Writes a part of the machine output. */
  print(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  summary(tally: ApplyTally, consumers: number, end: Pick<RollOutEnd, 'stoppedBy' | 'notBegun'>): void;
  end(): void;
}

/** @param total how many works there are */
export function openFleetReport(
  options: ApplyOptions,
  context: Context,
  reporter: Reporter,
  total: number,
): FleetReport {
  const { stdout, stderr, env, clock } = context;
  const bar = openProgressBar(stderr, clock, isLively(stderr, options.log, env));
  const above = (print: () => void): void => bar.above(print);
  const info = (text: string): void => above(() => reporter.info(text));
  const warn = (text: string): void => above(() => reporter.warn(text));
  const dryRun = options.dryRun !== undefined;
  const text = options.output === 'text';
  const asked = options.await === undefined ? undefined : conditionWord(options.await.text);
  const line =
    asked === undefined || dryRun ? undefined : openFleetProgress(bar, total, { end: asked, step: 'written' });
  let lines = 0;
  let differences = 0;
  const planned = { create: 0, update: 0, unchanged: 0 };
  const print = (name: string, rest: string): void => {
    lines += 1;
    if (options.output === 'json' || (dryRun && text && lines > shownLines)) return;
    above(() => stdout.write(text ? `${workLine(name)} ${rest}\n` : `${workLine(name)}\n`));
  };
  const printEffect = (name: string, rest: string): void => {
    if (!dryRun || lines <= shownLines) above(() => stdout.write(`${workLine(name)} ${rest}\n`));
  };
  const difference = (say: (text: string) => void, line: string): void => {
    differences += 1;
    if (differences <= shownLines) say(line);
    else if (differences === shownLines + 1) info('further changes are not shown');
  };
  return {
    announce: (consumer, plan) => {
      if (plan.action !== 'update') return;
      const about = `${plan.work.name} on ${consumer}`;
      for (const loss of plan.losses) difference(warn, `${about}: ${describeLoss(loss)} (--force)`);
      for (const { text: line, removes } of describeDifferences(plan)) {
        if (removes) continue;
        if (dryRun) difference(info, `${about}: ${line}`);
        else above(() => reporter.debug(`${about}: ${line}`));
      }
    },
    written: ({ task, outcome, applied, plan }) => {
      const name = outcome.manifestWorkName;
      const on = `on ${task.consumer}`;
      if (applied !== undefined) print(name, `${applied.operation} (version ${applied.version}) ${on}`);
      else if (plan !== undefined) {
        planned[plan.action] += 1;
        print(name, `${plannedText[plan.action]} ${on} (server dry run, not checked by the server)`);
      } else if (outcome.error === undefined)
        print(name, `done by an earlier run (version ${outcome.version}) ${on}, as the journal says`);
      for (const line of text ? effectTexts(outcome, dryRun) : []) printEffect(name, `${line} ${on}`);
      const { removed, losses, sharedWith } = outcome;
      tellEffects(`${name} ${on}`, { removed, losses }, options.output, { warn }, dryRun);
      tellEffects(`${name} ${on}`, { sharedWith }, options.output, { warn: (line) => difference(warn, line) }, dryRun);
    },
    waited: (outcome, condition) => {
      if (!text || outcome.error !== undefined) return;
      above(() =>
        stdout.write(
          `${workLine(outcome.manifestWorkName)} condition met: ${condition} (version ${outcome.version}) on ${oneWord(outcome.consumer)}\n`,
        ),
      );
    },
    validated: (outcome) =>
      print(outcome.manifestWorkName, `valid on ${outcome.consumer} (client dry run, nothing sent)`),
    progress: ({ done, failed }, knownDone) => {
      const written = done + knownDone;
      if (line === undefined)
        bar.show(written, total, `${written}/${total} works${failed === 0 ? '' : `, ${failed} failed`}`);
      else line.written(written);
    },
    waiting: (counts) => {
      if (line === undefined)
        bar.note(`canary: ${waitCountsText(conditionWord(options.fleet?.canaryAwait.text ?? ''), counts)}`);
      else line.waiting(counts);
    },
    waitingFor: (change) => above(() => reporter.debug(change)),
    settled: (outcome) => {
      if (!isUnfinished(outcome)) line?.ended(outcome.exitCode === ExitCode.Done ? 'met' : 'failed');
    },
    print: (part) => above(() => stdout.write(part)),
    info,
    warn,
    summary: (tally, count, { stoppedBy, notBegun }) => {
      bar.end();
      if (dryRun && text && lines > shownLines)
        stdout.write(`and ${lines - shownLines} more works; -o json and --results-path show all\n`);
      reporter.info(tally.text(count, dryRun ? plannedTexts(planned) : []));
      if (stoppedBy === undefined || notBegun.length === 0) return;
      const consumers = [...new Set(notBegun.map(({ consumer }) => consumer))];
      reporter.warn(
        `stopped, because ${stoppedBy}: ${counted(notBegun.length, 'work')} not begun, on ${listed(consumers)}`,
      );
    },
    end: () => bar.end(),
  };
}

const plannedText = { create: 'would be created', update: 'would be updated', unchanged: 'unchanged' } as const;

export type ApplyTally = Pick<OutcomeTally<string>, 'add' | 'text' | 'value'>;

/**
 * What an apply came to: what was written, or checked in a dry run; with a wait, how many works are as they were
 * asked to be, and beside that what was written.
 */
export function applyTally(dryRun: boolean, awaited: string | undefined): ApplyTally {
  if (dryRun || awaited === undefined)
    return new OutcomeTally({ ...writtenTexts, checked: 'checked' }, (outcome) =>
      dryRun ? 'checked' : writtenKind(outcome),
    );
  return new OutcomeTally({ met: conditionWord(awaited) }, () => 'met', {
    texts: writtenTexts,
    // What failed before it was written has no operation.
    kindOf: (outcome) => (outcome.operation === undefined ? undefined : writtenKind(outcome)),
  });
}

function writtenKind({ operation }: WorkOutcome): keyof typeof writtenTexts {
  return operation === 'created' || operation === 'updated' || operation === 'unchanged' ? operation : 'doneBefore';
}

const writtenTexts = {
  created: 'created',
  updated: 'updated',
  unchanged: 'unchanged',
  doneBefore: 'done by an earlier run',
} as const;

/** What a dry run predicts; nothing when it only validated. */
function plannedTexts(planned: Readonly<Record<keyof typeof plannedText, number>>): readonly string[] {
  const parts = (['create', 'update', 'unchanged'] as const).flatMap((action) =>
    planned[action] > 0 ? [`${planned[action]} ${plannedText[action]}`] : [],
  );
  return [...parts, 'nothing sent'];
}
