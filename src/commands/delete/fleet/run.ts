import type { CommandResult } from '../../../command-line/command-spec.ts';
import { confirm, refuseWithoutTerminal } from '../../../command-line/confirm.ts';
import { readConsumerChoice } from '../../../command-line/read-consumers.ts';
import type { Context } from '../../../context.ts';
import { nameOn, namingText, needLabels } from '../../../core/fleet/work-naming.ts';
import { bundleId } from '../../../core/works/bundle-id.ts';
import { MaestroError } from '../../../errors.ts';
import { ExitCode } from '../../../exit-code.ts';
import { createBudget } from '../../../operations/budget.ts';
import { addressOf } from '../../../operations/fleet/carry-out-task.ts';
import { chooseConsumers, namedConsumers } from '../../../operations/fleet/choose-consumers.ts';
import { taskAbout, taskKey, type DeleteTask } from '../../../operations/fleet/fleet-task.ts';
import { exitCodeOfStop, notBegunOutcome } from '../../../operations/fleet/not-begun.ts';
import { sparingWriter } from '../../../operations/fleet/publish-limits.ts';
import { openTaskRun, type CarryOut } from '../../../operations/fleet/run-tasks.ts';
import { tellGoOn } from '../../shared/write/go-on.ts';
import { nameTarget } from '../../shared/write/name-target.ts';
import { withMaestro } from '../../shared/with-maestro.ts';
import { awaitedBy, type DeleteFleet, type DeleteOptions } from '../options.ts';
import { deleteOutput } from '../output.ts';
import { questionOf } from '../question.ts';
import { settleWorks } from '../settle.ts';
import { askWork, openDeleteFeed, outcomeSoFar, type Asked, type DeleteRun } from '../works.ts';
import { openFleetOutput, type FleetDeleteOutput } from './output.ts';

/** Deletes works from several consumers, once somebody has agreed. */
export async function runFleet(options: DeleteOptions, fleet: DeleteFleet, context: Context): Promise<CommandResult> {
  const asks = !options.yes && !options.dryRun;
  if (asks) refuseWithoutTerminal(context);
  if (asks && fleet.consumers.kind === 'file' && fleet.consumers.path === '-') {
    throw new MaestroError('usage', 'the consumers come from standard input, so nobody can answer there', {
      hint: 'Give -y.',
    });
  }
  const choice = await readConsumerChoice(fleet.consumers, context);
  return withMaestro(options, context, async (session) => {
    const { maestro } = session;
    const chosen =
      namedConsumers(choice, needLabels(fleet.namings)) ??
      (await chooseConsumers(choice, maestro.reader, session.budget));
    // A name that cannot be made is told before anything is asked.
    const tasks = chosen.flatMap((consumer) =>
      fleet.namings.map((naming): DeleteTask => ({
        op: 'delete',
        consumer: consumer.name,
        name: nameOn(naming, consumer),
      })),
    );
    const consumers = chosen.map(({ name }) => name);
    if (!options.dryRun) nameTarget(options, context);
    if (asks) await confirm(questionOf(fleet.namings.map(namingText), consumers, options), context);
    // A person may take long to answer; that is no time of the run.
    const budget = asks ? createBudget(options.timeoutMs, context) : session.budget;
    context.keepHeapSmall();
    const shown = openFleetOutput(options, { tasks, consumers: consumers.length }, context, {
      reporter: session.reporter,
      budget,
    });
    const { reporter, print } = shown.result;
    const feed = await openDeleteFeed(options, idsOf(tasks, options), { ...session, budget, reporter });
    const output = deleteOutput(options, { write: print }, reporter);
    const telling: DeleteRun['telling'] = () => ({
      onProgress: ({ name, consumer }, text) => reporter.debug(`${name} on ${consumer}: ${text}`),
      onLook: shown.waiting,
    });
    const deletion: DeleteRun = { options, output, feed, maestro, budget, reporter, telling };
    const asked = await askAll(tasks, fleet, deletion, shown);
    // Agents may let go of many at the same moment, which are deleted then.
    const sparing = { ...maestro, writer: sparingWriter(maestro.writer, fleet.maxConcurrency) };
    for (const outcome of await settleWorks(asked, { ...deletion, maestro: sparing })) shown.outcome(outcome);
    const works = shown.result.end();
    if (options.watch) tellGoOn(works, awaitedBy(options), session.reporter);
    return { outcome: { works } };
  });
}

function* idsOf(tasks: readonly DeleteTask[], { source }: DeleteOptions): Generator<string, void> {
  for (const { consumer, name } of tasks) yield bundleId(source, consumer, name);
}

/** @returns the works that are to be waited for; the outcome of all others has been told */
async function askAll(
  tasks: readonly DeleteTask[],
  fleet: DeleteFleet,
  deletion: DeleteRun,
  shown: FleetDeleteOutput,
): Promise<readonly Asked[]> {
  const { options, maestro, budget, reporter } = deletion;
  const open = new Map<string, Asked>();
  const carryOut: CarryOut<DeleteTask> = async (task, { lookup, deps }) => {
    const sparing = { ...deletion, maestro: { ...maestro, writer: deps.writer } };
    const one = await askWork(addressOf(task), sparing, lookup);
    const outcome = outcomeSoFar(one);
    if ('outcome' in one) return { outcome, ...(one.isAbsent ? { counted: 'absent' } : {}) };
    if (options.watch || 'lettingGo' in one) open.set(taskKey(task), one);
    return { outcome, counted: 'deleted' };
  };
  const deps = { ...maestro, onNotice: (text: string) => reporter.info(text) };
  const run = openTaskRun(carryOut, deps, { source: options.source, ...fleet }, budget);
  const notBegun: DeleteTask[] = [];
  const failures = new Set<ExitCode>();
  for await (const event of run.run(tasks)) {
    if (event.kind === 'planned') continue;
    if (event.kind === 'skipped') notBegun.push(event.task);
    else if (!open.has(taskKey(event.written.task))) {
      const { outcome } = event.written;
      if (outcome.exitCode !== ExitCode.Done) failures.add(outcome.exitCode);
      shown.outcome(outcome);
    }
    shown.progress(event.progress);
  }
  if (notBegun.length > 0) {
    const why = run.stops.why();
    const exitCode = exitCodeOfStop(budget, failures);
    for (const task of notBegun) shown.outcome(notBegunOutcome(taskAbout(task), why, exitCode));
    shown.result.warnOfStop(notBegun, why);
  }
  return tasks.flatMap((task) => open.get(taskKey(task)) ?? []);
}
