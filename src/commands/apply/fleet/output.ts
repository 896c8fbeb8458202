import { oneWord } from '../../../core/shown-text.ts';
import type { Context } from '../../../context.ts';
import { counted } from '../../../core/text.ts';
import type { ApplyPlan } from '../../../operations/apply/plan.ts';
import { effectTexts } from '../../../operations/effects.ts';
import { taskKey, type FleetOutcome, type FleetProgress } from '../../../operations/fleet/fleet-task.ts';
import type { RollOutEnd, RollOutEvent } from '../../../operations/fleet/roll-out.ts';
import { FleetResult } from '../../shared/fleet/fleet-result.ts';
import { announce, plannedText, tellEffects, tellLate } from '../../shared/write/write-output.ts';
import type { TemplateConsumer } from '../../../core/fleet/consumer-template.ts';
import { tasksFor } from '../../shared/input/fleet-input.ts';
import type { ApplyFleetInput } from '../options.ts';
import { endOf, type WorkOutcome, type WorkOutcomes } from '../../../core/outcome/outcome.ts';
import type { WaitLook } from '../../../core/outcome/standing.ts';
import type { Budget } from '../../../operations/budget.ts';
import { conditionWord } from '../../../operations/work-outcomes.ts';
import { openFleetProgress, waitCountsText, type FleetProgress as FleetLine } from '../../../output/fleet-progress.ts';
import { type Reporter } from '../../../output/reporter.ts';
import { nameLine, workLine } from '../../../output/outcome.ts';
import { OutcomeTally } from '../../shared/fleet/outcome-tally.ts';

/** Lines of a dry run, and differences, that are shown; of thousands nobody reads more. */
const shownLines = 20;

/** Tells a person and a program what happens while works go out to a fleet. */
export class FleetOutput {
  readonly #input: ApplyFleetInput;
  readonly #total: number;
  readonly #result: FleetResult;
  readonly #dryRun: boolean;
  readonly #text: boolean;
  /** Present when something is waited for. */
  readonly #line: FleetLine | undefined;
  readonly #planned = { create: 0, update: 0, unchanged: 0 };
  #lines = 0;
  #differences = 0;
  #knownDone = 0;

  /** @param session `budget` of a run that sends something */
  constructor(
    input: ApplyFleetInput,
    consumers: readonly TemplateConsumer[],
    context: Context,
    { reporter, budget }: { readonly reporter: Reporter; readonly budget?: Budget },
  ) {
    const { await: awaited, dryRun, output, log } = input.options;
    this.#input = input;
    this.#total = consumers.length * input.works.length;
    this.#dryRun = dryRun !== undefined;
    this.#text = output === 'text';
    const keys = keysOf(input, consumers);
    const tally = applyTally(this.#dryRun, awaited?.text);
    const spec = {
      keys,
      total: this.#total,
      consumers: consumers.length,
      tally,
      output,
      log,
      ...(budget === undefined ? {} : { budget }),
    };
    this.#result = new FleetResult(spec, context, reporter);
    if (awaited !== undefined && !this.#dryRun) {
      const words = { end: conditionWord(awaited.text), step: 'written' };
      this.#line = openFleetProgress(this.#result.line, this.#total, words);
    }
  }

  get reporter(): Reporter {
    return this.#result.reporter;
  }

  /** Tells of what happens in the roll-out. */
  take(event: RollOutEvent<TemplateConsumer>): void {
    switch (event.kind) {
      case 'stageBegun':
      case 'stageEnded':
      case 'stands':
        return;
      case 'planned':
        return this.#announce(event.task.consumer, event.plan);
      case 'written':
        return this.#written(event.written);
      case 'progress':
        return this.#progress(event.progress);
      case 'waiting':
        return this.#waiting(event);
      case 'changed':
        // Of a fleet nobody reads them all.
        return this.reporter.debug(`${event.target.name} on ${event.target.consumer}: ${event.text}`);
      case 'looked':
        return this.#looked(event);
      case 'waited':
        return this.#waited(event.outcome, event.condition.text);
      case 'outcome':
        return this.#settled(event.outcome);
    }
  }

  /** A work that nothing is sent for. */
  validated(outcome: WorkOutcome): void {
    this.#print(outcome, `valid on ${outcome.consumer} (client dry run, nothing sent)`);
    this.#settled(outcome);
  }

  /** Prints what all came to, and ends the machine output. */
  summary({ stoppedBy, notBegun }: Pick<RollOutEnd, 'stoppedBy' | 'notBegun'>): WorkOutcomes {
    this.end();
    if (this.#dryRun && this.#text && this.#lines > shownLines)
      this.#result.print(`and ${this.#lines - shownLines} more works; -o json and --results-path show all\n`);
    const works = this.#result.end(this.#dryRun ? plannedTexts(this.#planned) : []);
    if (stoppedBy !== undefined && notBegun.length > 0) this.#result.warnOfStop(notBegun, stoppedBy);
    return works;
  }

  end(): void {
    this.#result.line.end();
  }

  #announce(consumer: string, plan: ApplyPlan): void {
    announce(plan, `${plan.work.name} on ${consumer}`, {
      warn: (text) => this.#difference('warn', text),
      tell: (text) => (this.#dryRun ? this.#difference('info', text) : this.reporter.debug(text)),
    });
    if (this.#input.options.await !== undefined && !this.#dryRun)
      tellLate(plan, `${plan.work.name} on ${consumer}`, (text) => this.#difference('info', text));
  }

  #written({ task, outcome, applied, plan }: FleetOutcome): void {
    const name = outcome.manifestWorkName;
    const on = `on ${task.consumer}`;
    if (applied !== undefined) this.#print(outcome, `${applied.operation} (version ${applied.version}) ${on}`);
    else if (plan !== undefined) {
      this.#planned[plan.action] += 1;
      this.#print(outcome, `${plannedText[plan.action]} ${on} (server dry run, not checked by the server)`);
    } else if (outcome.error === undefined) {
      this.#knownDone += 1;
      this.#print(outcome, `done by an earlier run (version ${outcome.version}) ${on}, as the journal says`);
    }
    if (this.#text && (!this.#dryRun || this.#lines <= shownLines))
      for (const line of effectTexts(outcome, this.#dryRun)) this.#result.print(`${workLine(name)} ${line} ${on}\n`);
    const { removed, losses, sharedWith } = outcome;
    const { output } = this.#input.options;
    tellEffects(`${name} ${on}`, { removed, losses }, output, { reporter: this.reporter, dryRun: this.#dryRun });
    const bounded = { ...this.reporter, warn: (text: string) => this.#difference('warn', text) };
    tellEffects(`${name} ${on}`, { sharedWith }, output, { reporter: bounded, dryRun: this.#dryRun });
  }

  #progress({ done, failed }: FleetProgress): void {
    const count = done + this.#knownDone;
    const total = this.#total;
    const text = `${count}/${total} works${failed === 0 ? '' : `, ${failed} failed`}`;
    if (this.#line === undefined) this.#result.line.show({ done: count, total, text });
    else this.#line.written(count);
  }

  #waiting({ stage, condition, count }: Extract<RollOutEvent<TemplateConsumer>, { readonly kind: 'waiting' }>): void {
    const wave = this.#input.fleet.waves === undefined ? '' : `wave ${stage.number}: `;
    const where = stage.name === 'canary' ? 'canary: ' : wave;
    this.reporter.info(`${where}waiting for ${condition.text} on ${counted(count, 'work')}`);
  }

  #looked(look: WaitLook): void {
    if (this.#line !== undefined) return this.#line.waiting(look);
    const { counts, reasons } = look;
    const text = `canary: ${waitCountsText(conditionWord(this.#input.fleet.canaryAwait.text), counts)}`;
    this.#result.line.show({ done: counts.met, total: counts.total, text, reasons });
  }

  #waited(outcome: WorkOutcome, condition: string): void {
    if (!this.#text || outcome.error !== undefined) return;
    const at = `(version ${outcome.version}) on ${oneWord(outcome.consumer)}`;
    this.#result.print(`${workLine(outcome.manifestWorkName)} condition met: ${condition} ${at}\n`);
  }

  #settled(outcome: WorkOutcome): void {
    this.#line?.ended(endOf(outcome));
    this.#result.add(outcome);
  }

  #print({ manifestWorkName: name, consumer }: WorkOutcome, rest: string): void {
    this.#lines += 1;
    if (this.#input.options.output === 'json' || (this.#dryRun && this.#text && this.#lines > shownLines)) return;
    this.#result.print(this.#text ? `${workLine(name)} ${rest}\n` : nameLine(name, consumer, false));
  }

  #difference(how: 'warn' | 'info', text: string): void {
    this.#differences += 1;
    if (this.#differences <= shownLines) this.reporter[how](text);
    else if (this.#differences === shownLines + 1) this.reporter.info('further changes are not shown');
  }
}

/** The works as the consumers were chosen and the works given. */
function* keysOf(input: ApplyFleetInput, consumers: readonly TemplateConsumer[]): Generator<string, void> {
  for (const consumer of consumers) for (const task of tasksFor(input, consumer)) yield taskKey(task);
}

/**
 * What an apply came to: what was written, or checked in a dry run; with a wait, how many works are as they were
 * asked to be, and beside that what was written.
 */
function applyTally(dryRun: boolean, awaited: string | undefined): Pick<OutcomeTally<never>, 'add' | 'text' | 'value'> {
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
