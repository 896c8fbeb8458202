import type { CommandResult } from '../../command-line/command-spec.ts';
import { confirm, refuseWithoutTerminal } from '../../command-line/confirm.ts';
import { readConsumerChoice } from '../../command-line/read-consumers.ts';
import type { Context } from '../../context.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { createBudget } from '../../operations/budget.ts';
import { createFleetRun } from '../../operations/fleet/apply-many.ts';
import { isAbsent, type TaskResult } from '../../operations/fleet/carry-out-task.ts';
import { chooseConsumers, listed, namedConsumers } from '../../operations/fleet/choose-consumers.ts';
import { consumerNotFound } from '../../operations/find-work.ts';
import { taskAbout, taskKey, type FleetTask } from '../../operations/fleet/fleet-task.ts';
import { exitCodeOfStop, notBegunOutcome, whyStopped } from '../../operations/fleet/not-begun.ts';
import type { WorkLookup } from '../../operations/lookup.ts';
import type { WorkOutcome } from '../../operations/outcome.ts';
import { isLively, openNotices, type Notices } from '../../output/notices.ts';
import { outcomeValue } from '../../output/outcome.ts';
import { openProgressBar, type ProgressBar } from '../../output/progress-bar.ts';
import { OutcomeTally } from '../apply/fleet/tally.ts';
import type { DeleteFleet, DeleteOptions } from './command.ts';
import { absentOutcome, requestedOutcome } from './outcomes.ts';
import { askWork, feedStands, openDeleteFeed, settleWorks, type Asked, type RunDeps } from './works.ts';

type DeleteTask = Extract<FleetTask, { readonly op: 'delete' }>;

/** Deletes works from several consumers, once somebody has agreed. */
export async function runFleet(options: DeleteOptions, fleet: DeleteFleet, context: Context): Promise<CommandResult> {
  const asks = !fleet.yes && !options.dryRun;
  if (asks) refuseWithoutTerminal(context);
  if (asks && fleet.consumers.kind === 'file' && fleet.consumers.path === '-') {
    throw new MaestroError('usage', 'the consumers come from standard input, so nobody can answer there', { hint: 'Give -y.' });
  }
  const choice = await readConsumerChoice(fleet.consumers, context);
  const notices = await openNotices(context.stderr, options.log, context.env, context.clock);
  const maestro = await context.connect(options.settings);
  let feed: RunDeps['feed'];
  try {
    const choosing = createBudget(options.timeoutMs, context);
    const consumers = (namedConsumers(choice, false) ?? (await chooseConsumers(choice, maestro.reader, choosing))).map(({ name }) => name);
    if (asks) await confirm(questionOf(fleet.names, consumers, options), context);
    // A person may take long to answer; that is no time of the run.
    const budget = asks ? createBudget(options.timeoutMs, context) : choosing;
    const tasks = consumers.flatMap((consumer) => fleet.names.map((name): DeleteTask => ({ op: 'delete', consumer, name })));
    context.keepHeapSmall();
    const bar = openProgressBar(context.stderr, context.clock, isLively(context.stderr, options.log, context.env));
    const shown = noticesAround(notices, bar);
    feed = openDeleteFeed(options, options.watch ? tasks.map(({ consumer, name }) => bundleId(options.source, consumer, name)) : [], { context, maestro, notices: shown });
    const print = (text: string): void => bar.above(() => context.stdout.write(text));
    const deps: RunDeps = { context, maestro, budget, notices: shown, print, ...(feed === undefined ? {} : { feed }) };
    await feedStands(deps);
    const works = await settleWorks(await askAll(tasks, options, fleet, deps, bar), options, deps);
    bar.end();
    const tally = tallyOf(works);
    notices.info(tally.text(consumers.length));
    if (options.output === 'json') context.stdout.write(`${JSON.stringify({ works: works.map(outcomeValue), summary: tally.value(consumers.length) }, undefined, 2)}\n`);
    return { outcome: { works } };
  } finally {
    notices.end();
    await feed?.close();
    await maestro.close();
  }
}

function questionOf(names: readonly string[], consumers: readonly string[], options: DeleteOptions): string {
  const what = options.resources.length > 0 ? 'Take manifests out of' : 'Delete';
  const works = names.length === 1 ? `the work ${names[0]}` : `${names.length} works (${listed(names)})`;
  const where = consumers.length === 1 ? `the consumer ${consumers[0]}` : `${consumers.length} consumers (${listed(consumers)})`;
  return `${what} ${works} on ${where}?`;
}

/** A line of progress and other lines, on one terminal. What a single wait says is the line of progress. */
function noticesAround(notices: Notices, bar: ProgressBar): Notices {
  return {
    progress: (text) => bar.note(text),
    info: (text) => bar.above(() => notices.info(text)),
    warn: (text) => bar.above(() => notices.warn(text)),
    debug: (text) => bar.above(() => notices.debug(text)),
    end: () => undefined,
  };
}

async function askAll(tasks: readonly DeleteTask[], options: DeleteOptions, fleet: DeleteFleet, deps: RunDeps, bar: ProgressBar): Promise<readonly Asked[]> {
  const { source } = options;
  const asked = new Map<string, Asked>();
  const carryOut = async (task: DeleteTask, lookup: WorkLookup): Promise<TaskResult> => {
    const id = bundleId(source, task.consumer, task.name);
    // With many consumers it is usual that most do not have the work, so no line is lost on them.
    if (await isAbsent(task, id, lookup, deps.budget)) {
      if ((await lookup.findConsumer(task.consumer, deps.budget)) === undefined) throw consumerNotFound(task.consumer);
      return { outcome: absentOutcome({ ...task, id, why: `there is no work named ${task.name} on consumer ${task.consumer}` }), counted: 'absent' };
    }
    const one = await askWork({ by: 'name', name: task.name, consumer: task.consumer }, options, deps);
    if ('outcome' in one) {
      if (one.outcome.error !== undefined) throw one.outcome.error;
      return { outcome: one.outcome };
    }
    asked.set(taskKey(task), { requested: keptOf(one.requested, options) });
    return { outcome: requestedOutcome(one.requested), counted: 'deleted' };
  };
  const run = createFleetRun(
    { ...deps.maestro, onNotice: (text) => deps.notices.info(text) },
    {
      source,
      manager: options.manager,
      merge: false,
      force: options.force,
      conflictRetries: 0,
      maxConcurrency: fleet.maxConcurrency,
      ...(fleet.maxFailures === undefined ? {} : { maxFailures: fleet.maxFailures }),
      carryOut: (task, lookup) => carryOut(task as DeleteTask, lookup),
      onOutcome: ({ task, outcome }) => {
        if (!asked.has(taskKey(task))) asked.set(taskKey(task), { outcome });
      },
      onProgress: ({ done, failed }) => bar.show(done, tasks.length, failed === 0 ? 'works' : `works, ${failed} failed`),
    },
    deps.budget,
  );
  await run.run(tasks);
  const notBegun = tasks.filter((task) => !asked.has(taskKey(task)));
  const why = whyStopped(deps.budget, run.progress.failed, fleet.maxFailures);
  if (notBegun.length > 0) {
    const consumers = [...new Set(notBegun.map(({ consumer }) => consumer))];
    deps.notices.warn(`stopped, because ${why}: ${notBegun.length} ${notBegun.length === 1 ? 'work' : 'works'} not begun, on ${listed(consumers)}`);
  }
  const failures = new Set([...asked.values()].flatMap((one) => ('outcome' in one && one.outcome.exitCode !== ExitCode.Done ? [one.outcome.exitCode] : [])));
  const exitCode = exitCodeOfStop(deps.budget, failures);
  return tasks.map((task) => asked.get(taskKey(task)) ?? { outcome: notBegunOutcome(taskAbout(task), why, exitCode) });
}

/** What a wait needs to know of a work that goes; without a wait its outcome is all that is left. */
function keptOf(bundle: ResourceBundle, options: DeleteOptions): ResourceBundle {
  return options.watch ? bundle : { ...bundle, manifests: [], manifestConfigs: [], raw: {} };
}

const kindTexts = {
  deletionRequested: 'deletion requested',
  removed: 'removed',
  changed: 'changed',
  wouldChange: 'would change, nothing sent',
  notFound: 'not found',
} as const;

/** What became of the works that did not fail. */
function tallyOf(works: readonly WorkOutcome[]): OutcomeTally<keyof typeof kindTexts> {
  const tally = new OutcomeTally(kindTexts, ({ reason }) => kinds[reason] ?? 'changed');
  for (const work of works) tally.add(work);
  return tally;
}

const kinds: Readonly<Record<string, keyof typeof kindTexts>> = {
  DeletionRequested: 'deletionRequested',
  Deleted: 'removed',
  NotFound: 'notFound',
  DryRun: 'wouldChange',
};
