import type { Context } from '../../../context.ts';
import { describeLoss } from '../../../core/ownership/losses.ts';
import { counted, listed } from '../../../core/text.ts';
import type { ApplyPlan } from '../../../operations/apply.ts';
import { describeDifference } from '../../../operations/describe-difference.ts';
import type { FleetOutcome, FleetProgress } from '../../../operations/fleet/fleet-task.ts';
import type { RollOutEnd } from '../../../operations/fleet/roll-out.ts';
import type { WorkOutcome } from '../../../operations/outcome.ts';
import { isLively, type Notices } from '../../../output/notices.ts';
import { workLine } from '../../../output/outcome.ts';
import { openProgressBar } from '../../../output/progress-bar.ts';
import type { ApplyOptions } from '../command.ts';
import { OutcomeTally } from './tally.ts';

/** Lines of a dry run, and differences, that are shown; of thousands nobody reads more. */
const shownLines = 20;

/** What a person is told while works go out to a fleet. */
export interface FleetReport {
  announce(consumer: string, plan: ApplyPlan): void;
  written(written: FleetOutcome): void;
  waited(outcome: WorkOutcome, condition: string): void;
  validated(outcome: WorkOutcome): void;
  progress(progress: FleetProgress, knownDone: number): void;
  waiting(text: string): void;
  /** Writes a part of the machine output. */
  print(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  summary(tally: OutcomeTally<ApplyKind>, consumers: number, end: Pick<RollOutEnd, 'stoppedBy' | 'notBegun'>): void;
  end(): void;
}

/** @param total how many works there are */
export function openFleetReport(options: ApplyOptions, context: Context, notices: Notices, total: number): FleetReport {
  const { stdout, stderr, env, clock } = context;
  const bar = openProgressBar(stderr, clock, isLively(stderr, options.log, env));
  const above = (print: () => void): void => bar.above(print);
  const info = (text: string): void => above(() => notices.info(text));
  const warn = (text: string): void => above(() => notices.warn(text));
  const dryRun = options.dryRun !== undefined;
  const text = options.output === 'text';
  let lines = 0;
  let differences = 0;
  const planned = { create: 0, update: 0, unchanged: 0 };
  const print = (name: string, rest: string): void => {
    lines += 1;
    if (options.output === 'json' || (dryRun && text && lines > shownLines)) return;
    above(() => stdout.write(text ? `${workLine(name)} ${rest}\n` : `${workLine(name)}\n`));
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
      for (const { text: line, removes } of plan.differences.map(describeDifference)) {
        if (removes || dryRun) difference(info, `${about}: ${line}`);
        else above(() => notices.debug(`${about}: ${line}`));
      }
    },
    written: ({ task, outcome, applied, plan }) => {
      const name = outcome.manifestWorkName;
      const on = `on ${task.consumer}`;
      if (applied !== undefined) print(name, `${applied.operation} (version ${applied.version}) ${on}`);
      else if (plan !== undefined) {
        planned[plan.action] += 1;
        print(name, `${plannedText[plan.action]} ${on} (server dry run, not checked by the server)`);
      }
      else if (outcome.error === undefined) print(name, `done by an earlier run (version ${outcome.version}) ${on}, as the journal says`);
    },
    waited: (outcome, condition) => {
      if (!text || outcome.error !== undefined) return;
      above(() => stdout.write(`${workLine(outcome.manifestWorkName)} condition met: ${condition} (version ${outcome.version}) on ${outcome.consumer}\n`));
    },
    validated: (outcome) => print(outcome.manifestWorkName, `valid on ${outcome.consumer} (client dry run, nothing sent)`),
    progress: ({ done, failed }, knownDone) => bar.show(done + knownDone, total, failed === 0 ? 'works' : `works, ${failed} failed`),
    waiting: (line) => bar.note(line),
    print: (part) => above(() => stdout.write(part)),
    info,
    warn,
    summary: (tally, count, { stoppedBy, notBegun }) => {
      bar.end();
      if (dryRun && text && lines > shownLines) stdout.write(`and ${lines - shownLines} more works; -o json and --results-path show all\n`);
      notices.info(tally.text(count, dryRun ? plannedTexts(planned) : []));
      if (stoppedBy === undefined || notBegun.length === 0) return;
      const consumers = [...new Set(notBegun.map(({ consumer }) => consumer))];
      notices.warn(`stopped, because ${stoppedBy}: ${counted(notBegun.length, 'work')} not begun, on ${listed(consumers)}`);
    },
    end: () => bar.end(),
  };
}

const plannedText = { create: 'would be created', update: 'would be updated', unchanged: 'unchanged' } as const;

/** The kinds of success of an apply; a dry run only checks. */
export function applyTally(dryRun: boolean): OutcomeTally<ApplyKind> {
  return new OutcomeTally(kindTexts, ({ operation }) => {
    if (dryRun) return 'checked';
    return operation === 'created' || operation === 'updated' || operation === 'unchanged' ? operation : 'doneBefore';
  });
}

const kindTexts = { created: 'created', updated: 'updated', unchanged: 'unchanged', doneBefore: 'done by an earlier run', checked: 'checked' } as const;
type ApplyKind = keyof typeof kindTexts;

/** What a dry run predicts; nothing when it only validated. */
function plannedTexts(planned: Readonly<Record<keyof typeof plannedText, number>>): readonly string[] {
  const parts = (['create', 'update', 'unchanged'] as const).flatMap((action) => (planned[action] > 0 ? [`${planned[action]} ${plannedText[action]}`] : []));
  return [...parts, 'nothing sent'];
}
