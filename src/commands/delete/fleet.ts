import type { CommandResult } from '../../command-line/command-spec.ts';
import { confirm, refuseWithoutTerminal } from '../../command-line/confirm.ts';
import { readConsumerChoice } from '../../command-line/read-consumers.ts';
import type { Context } from '../../context.ts';
import { listed } from '../../core/text.ts';
import { nameOn, namingText, needLabels } from '../../core/fleet/work-naming.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { createBudget } from '../../operations/budget.ts';
import { requestedOutcome } from '../../operations/delete/outcomes.ts';
import { createFleetRun } from '../../operations/fleet/apply-many.ts';
import { absentTask, type TaskResult } from '../../operations/fleet/carry-out-task.ts';
import { chooseConsumers, namedConsumers } from '../../operations/fleet/choose-consumers.ts';
import { taskAbout, taskKey, type DeleteTask, type FleetTask } from '../../operations/fleet/fleet-task.ts';
import { exitCodeOfStop, notBegunOutcome, whyStopped } from '../../operations/fleet/not-begun.ts';
import type { PublishDeps } from '../../operations/publish.ts';
import type { WorkLookup } from '../../operations/lookup.ts';
import { isUnfinished, type WorkOutcome } from '../../core/outcome/outcome.ts';
import { isLively, openReporter, type Reporter } from '../../output/reporter.ts';
import { openProgressBar, type ProgressBar } from '../../output/progress-bar.ts';
import { openFleetProgress, type FleetProgress } from '../../output/fleet-progress.ts';
import { FleetOutcomes, openWorksWriter } from '../apply/fleet/outcomes.ts';
import { OutcomeTally } from '../shared/outcome-tally.ts';
import type { DeleteFleet, DeleteOptions } from './command.ts';
import { askWork, feedStands, openDeleteFeed, settleWorks, type Asked, type RunDeps } from './works.ts';

/** Deletes works from several consumers, once somebody has agreed. */
export async function runFleet(options: DeleteOptions, fleet: DeleteFleet, context: Context): Promise<CommandResult> {
  const asks = !fleet.yes && !options.dryRun;
  if (asks) refuseWithoutTerminal(context);
  if (asks && fleet.consumers.kind === 'file' && fleet.consumers.path === '-') {
    throw new MaestroError('usage', 'the consumers come from standard input, so nobody can answer there', {
      hint: 'Give -y.',
    });
  }
  const choice = await readConsumerChoice(fleet.consumers, context);
  const reporter = await openReporter(context.stderr, options.log, context.env, context.clock);
  const maestro = await context.connect(options.settings);
  let feed: RunDeps['feed'];
  try {
    const choosing = createBudget(options.timeoutMs, context);
    const chosen =
      namedConsumers(choice, needLabels(fleet.namings)) ?? (await chooseConsumers(choice, maestro.reader, choosing));
    // A name that cannot be made is told before anything is asked.
    const tasks = chosen.flatMap((consumer) =>
      fleet.namings.map((naming): DeleteTask => ({
        op: 'delete',
        consumer: consumer.name,
        name: nameOn(naming, consumer),
      })),
    );
    const consumers = chosen.map(({ name }) => name);
    if (asks) await confirm(questionOf(fleet.namings.map(namingText), consumers, options), context);
    // A person may take long to answer; that is no time of the run.
    const budget = asks ? createBudget(options.timeoutMs, context) : choosing;
    context.keepHeapSmall();
    const bar = openProgressBar(context.stderr, context.clock, isLively(context.stderr, options.log, context.env));
    const shown = noticesAround(reporter, bar);
    feed = openDeleteFeed(
      options,
      options.watch ? tasks.map(({ consumer, name }) => bundleId(options.source, consumer, name)) : [],
      { context, maestro, reporter: shown },
    );
    const print = (text: string): void => bar.above(() => context.stdout.write(text));
    const deps: RunDeps = { context, maestro, budget, reporter: shown, print, ...(feed === undefined ? {} : { feed }) };
    await feedStands(deps);
    const tally = deleteTally();
    const writer = options.output === 'json' ? openWorksWriter(print) : undefined;
    const outcomes = new FleetOutcomes(keysOf(tasks), tasks.length, (outcome) => writer?.add(outcome));
    const line = openFleetProgress(bar, tasks.length, removing(options));
    const told = (outcome: WorkOutcome): void => {
      if (!isUnfinished(outcome)) line.ended(outcome.exitCode === ExitCode.Done ? 'met' : 'failed');
      tally.add(outcome);
      outcomes.add(outcome);
    };
    const requested = await askAll(tasks, options, fleet, { ...deps, told, line }, bar);
    for (const outcome of await settleWorks(requested, options, {
      ...deps,
      onCounts: (counts) => line.waiting(counts),
    }))
      told(outcome);
    const works = outcomes.end();
    bar.end();
    reporter.info(tally.text(consumers.length));
    writer?.end(tally.value(consumers.length), context.facts?.());
    return { outcome: { works } };
  } finally {
    reporter.end();
    await feed?.close();
    await maestro.close();
  }
}

function questionOf(names: readonly string[], consumers: readonly string[], options: DeleteOptions): string {
  const what = options.resources.length > 0 ? 'Take manifests out of' : 'Delete';
  const works = names.length === 1 ? `the work ${names[0]}` : `${names.length} works (${listed(names)})`;
  const where =
    consumers.length === 1 ? `the consumer ${consumers[0]}` : `${consumers.length} consumers (${listed(consumers)})`;
  return `${what} ${works} on ${where}?`;
}

/** What --watch asks for, and the step before it. */
function removing({ resources }: DeleteOptions): Parameters<typeof openFleetProgress>[2] {
  return resources.length > 0 ? { end: 'Applied', step: 'written' } : { end: 'Removed', step: 'requested' };
}

/** A line of progress and other lines, on one terminal. What a single work of many waits for is for -v. */
function noticesAround(reporter: Reporter, bar: ProgressBar): Reporter {
  return {
    progress: (text) => bar.above(() => reporter.debug(text)),
    info: (text) => bar.above(() => reporter.info(text)),
    warn: (text) => bar.above(() => reporter.warn(text)),
    error: (text) => bar.above(() => reporter.error(text)),
    debug: (text) => bar.above(() => reporter.debug(text)),
    end: () => undefined,
  };
}

function* keysOf(tasks: readonly DeleteTask[]): Generator<string, void> {
  for (const task of tasks) yield taskKey(task);
}

interface AskDeps extends RunDeps {
  /** Takes each outcome as it is known. */
  readonly told: (outcome: WorkOutcome) => void;
  readonly line: FleetProgress;
}

/** @returns the works that are to be waited for; the outcome of all others has been told */
async function askAll(
  tasks: readonly DeleteTask[],
  options: DeleteOptions,
  fleet: DeleteFleet,
  deps: AskDeps,
  bar: ProgressBar,
): Promise<readonly Asked[]> {
  const { source } = options;
  const requested = new Map<string, Asked>();
  const notBegun: FleetTask[] = [];
  const failures = new Set<ExitCode>();
  const carryOut = async (task: DeleteTask, lookup: WorkLookup, { writer }: PublishDeps): Promise<TaskResult> => {
    const state = await lookup.read({ source, consumer: task.consumer, name: task.name }, deps.budget);
    // With many consumers it is usual that most do not have the work, so no line is lost on them.
    const absent = absentTask(task, state);
    if (absent !== undefined) return absent;
    const one = await askWork({ by: 'name', name: task.name, consumer: task.consumer }, options, {
      ...deps,
      maestro: { ...deps.maestro, writer },
    });
    if ('outcome' in one) return { outcome: one.outcome };
    if (options.watch) requested.set(taskKey(task), one);
    return { outcome: requestedOutcome(one.requested), counted: 'deleted' };
  };
  const run = createFleetRun(
    { ...deps.maestro, onNotice: (text) => deps.reporter.info(text) },
    {
      source,
      manager: options.manager,
      merge: false,
      force: options.force,
      conflictRetries: 0,
      maxConcurrency: fleet.maxConcurrency,
      ...(fleet.maxFailures === undefined ? {} : { maxFailures: fleet.maxFailures }),
      carryOut: (task, lookup, publishDeps) => carryOut(task as DeleteTask, lookup, publishDeps),
      onOutcome: ({ task, outcome }) => {
        if (requested.has(taskKey(task))) return;
        if (outcome.exitCode !== ExitCode.Done) failures.add(outcome.exitCode);
        deps.told(outcome);
      },
      onSkipped: (task) => notBegun.push(task),
      onProgress: ({ done, failed }) => {
        if (options.watch) deps.line.written(done);
        else bar.show(done, tasks.length, `${done}/${tasks.length} works${failed === 0 ? '' : `, ${failed} failed`}`);
      },
    },
    deps.budget,
  );
  await run.run(tasks);
  if (notBegun.length > 0) {
    const why = whyStopped(deps.budget, run.progress.failed, fleet.maxFailures);
    const exitCode = exitCodeOfStop(deps.budget, failures);
    for (const task of notBegun) deps.told(notBegunOutcome(taskAbout(task), why, exitCode));
    const consumers = [...new Set(notBegun.map(({ consumer }) => consumer))];
    deps.reporter.warn(
      `stopped, because ${why}: ${notBegun.length} ${notBegun.length === 1 ? 'work' : 'works'} not begun, on ${listed(consumers)}`,
    );
  }
  return tasks.flatMap((task) => requested.get(taskKey(task)) ?? []);
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
