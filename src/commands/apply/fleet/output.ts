import { oneWord } from '../../../core/shown-text.ts';
import type { Context } from '../../../context.ts';
import { describeLoss } from '../../../core/ownership/losses.ts';
import { counted, listed } from '../../../core/text.ts';
import { ExitCode } from '../../../exit-code.ts';
import type { ApplyPlan } from '../../../operations/apply/plan.ts';
import { effectTexts } from '../../../operations/effects.ts';
import { describeDifferences } from '../../../operations/apply/describe-difference.ts';
import { taskKey, type FleetOutcome, type FleetProgress } from '../../../operations/fleet/fleet-task.ts';
import type { RollOutEnd, RollOutEvent } from '../../../operations/fleet/roll-out.ts';
import { openWorksWriter } from '../../../output/works-writer.ts';
import { FleetOutcomes } from '../../shared/fleet-outcomes.ts';
import { plannedText, tellEffects } from '../../shared/write-output.ts';
import type { TemplateConsumer } from '../../../core/fleet/consumer-template.ts';
import { tasksFor, type FleetInput } from './prepare.ts';
import { isUnfinished, type WorkOutcome, type WorkOutcomes } from '../../../core/outcome/outcome.ts';
import type { WaitCounts } from '../../../core/outcome/standing.ts';
import { conditionWord } from '../../../operations/work-outcomes.ts';
import { openFleetProgress, waitCountsText } from '../../../output/fleet-progress.ts';
import { isLively, type Reporter } from '../../../output/reporter.ts';
import { workLine } from '../../../output/outcome.ts';
import { openProgressBar } from '../../../output/progress-bar.ts';
import { OutcomeTally } from '../../shared/outcome-tally.ts';

/** Lines of a dry run, and differences, that are shown; of thousands nobody reads more. */
const shownLines = 20;

/** What a person and a program are told while works go out to a fleet. */
export interface FleetOutput {
  /** Tells of what happens in the roll-out. */
  take(event: RollOutEvent<TemplateConsumer>): void;
  validated(outcome: WorkOutcome): void;
  /** The one outcome of a work is known. */
  outcome(outcome: WorkOutcome): void;
  readonly info: (text: string) => void;
  readonly warn: (text: string) => void;
  /** Prints what all came to, and ends the machine output. */
  summary(end: Pick<RollOutEnd, 'stoppedBy' | 'notBegun'>): WorkOutcomes;
  end(): void;
}

export function openFleetOutput(
  input: FleetInput,
  consumers: readonly TemplateConsumer[],
  context: Context,
  reporter: Reporter,
): FleetOutput {
  const { options, fleet } = input;
  const total = consumers.length * input.works.length;
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
  const tally = applyTally(dryRun, options.await?.text);
  const writer = options.output === 'json' ? openWorksWriter((part) => above(() => stdout.write(part))) : undefined;
  const outcomes = new FleetOutcomes(keysOf(input, consumers), total, (outcome) => writer?.add(outcome));
  let knownDone = 0;

  function announce(consumer: string, plan: ApplyPlan): void {
    if (plan.action !== 'update') return;
    const about = `${plan.work.name} on ${consumer}`;
    for (const loss of plan.losses) difference(warn, `${about}: ${describeLoss(loss)} (--force)`);
    for (const { text: line, removes } of describeDifferences(plan)) {
      if (removes) continue;
      if (dryRun) difference(info, `${about}: ${line}`);
      else above(() => reporter.debug(`${about}: ${line}`));
    }
  }

  function written({ task, outcome, applied, plan }: FleetOutcome): void {
    const name = outcome.manifestWorkName;
    const on = `on ${task.consumer}`;
    if (applied !== undefined) print(name, `${applied.operation} (version ${applied.version}) ${on}`);
    else if (plan !== undefined) {
      planned[plan.action] += 1;
      print(name, `${plannedText[plan.action]} ${on} (server dry run, not checked by the server)`);
    } else if (outcome.error === undefined) {
      knownDone += 1;
      print(name, `done by an earlier run (version ${outcome.version}) ${on}, as the journal says`);
    }
    for (const line of text ? effectTexts(outcome, dryRun) : []) printEffect(name, `${line} ${on}`);
    const { removed, losses, sharedWith } = outcome;
    const told = { reporter: { warn }, dryRun };
    tellEffects(`${name} ${on}`, { removed, losses }, options.output, told);
    const bounded = { reporter: { warn: (line: string) => difference(warn, line) }, dryRun };
    tellEffects(`${name} ${on}`, { sharedWith }, options.output, bounded);
  }

  function progress({ done, failed }: FleetProgress): void {
    const count = done + knownDone;
    if (line === undefined)
      bar.show(count, total, `${count}/${total} works${failed === 0 ? '' : `, ${failed} failed`}`);
    else line.written(count);
  }

  function looked(counts: WaitCounts): void {
    if (line === undefined) bar.note(`canary: ${waitCountsText(conditionWord(fleet.canaryAwait.text), counts)}`);
    else line.waiting(counts);
  }

  function waited(outcome: WorkOutcome, condition: string): void {
    if (!text || outcome.error !== undefined) return;
    const name = workLine(outcome.manifestWorkName);
    const on = `(version ${outcome.version}) on ${oneWord(outcome.consumer)}`;
    above(() => stdout.write(`${name} condition met: ${condition} ${on}\n`));
  }

  function settled(outcome: WorkOutcome): void {
    tally.add(outcome);
    if (!isUnfinished(outcome)) line?.ended(outcome.exitCode === ExitCode.Done ? 'met' : 'failed');
    outcomes.add(outcome);
  }

  return {
    take: (event) => {
      switch (event.kind) {
        case 'planned':
          return announce(event.task.consumer, event.plan);
        case 'written':
          return written(event.written);
        case 'progress':
          return progress(event.progress);
        case 'waiting': {
          const where =
            event.stage.name === 'canary'
              ? 'canary: '
              : fleet.waves === undefined
                ? ''
                : `wave ${event.stage.number}: `;
          return info(`${where}waiting for ${event.condition.text} on ${counted(event.count, 'work')}`);
        }
        case 'changed': {
          const { name, consumer } = event.target;
          // Of a fleet nobody reads them all.
          return above(() => reporter.debug(`${name} on ${consumer}: ${event.text}`));
        }
        case 'looked':
          return looked(event.counts);
        case 'waited':
          return waited(event.outcome, event.condition.text);
        case 'outcome':
          return settled(event.outcome);
      }
    },
    validated: (outcome) =>
      print(outcome.manifestWorkName, `valid on ${outcome.consumer} (client dry run, nothing sent)`),
    outcome: settled,
    info,
    warn,
    summary: ({ stoppedBy, notBegun }) => {
      const works = outcomes.end();
      bar.end();
      if (dryRun && text && lines > shownLines)
        stdout.write(`and ${lines - shownLines} more works; -o json and --results-path show all\n`);
      reporter.info(tally.text(consumers.length, dryRun ? plannedTexts(planned) : []));
      if (stoppedBy !== undefined && notBegun.length > 0) {
        const left = [...new Set(notBegun.map(({ consumer }) => consumer))];
        reporter.warn(
          `stopped, because ${stoppedBy}: ${counted(notBegun.length, 'work')} not begun, on ${listed(left)}`,
        );
      }
      writer?.end({ summary: tally.value(consumers.length), run: context.facts?.() });
      return works;
    },
    end: () => bar.end(),
  };
}

/** The works as the consumers were chosen and the works given. */
function* keysOf(input: FleetInput, consumers: readonly TemplateConsumer[]): Generator<string, void> {
  for (const consumer of consumers) for (const task of tasksFor(input, consumer)) yield taskKey(task);
}

/**
 * What an apply came to: what was written, or checked in a dry run; with a wait, how many works are as they were
 * asked to be, and beside that what was written.
 */
function applyTally(
  dryRun: boolean,
  awaited: string | undefined,
): Pick<OutcomeTally<string>, 'add' | 'text' | 'value'> {
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
