import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context, Maestro } from '../../../context.ts';
import type { TemplateConsumer } from '../../../core/fleet/consumer-template.ts';
import { stagesOf } from '../../../core/fleet/waves.ts';
import { createBudget, type Budget } from '../../../operations/budget.ts';
import { chooseConsumers, namedConsumers } from '../../../operations/fleet/choose-consumers.ts';
import { rollOut } from '../../../operations/fleet/roll-out.ts';
import { taskKey, type ApplyTask } from '../../../operations/fleet/fleet-task.ts';
import type { WorkOutcome, WorkOutcomes } from '../../../core/outcome/outcome.ts';
import { validatedOutcome } from '../../../operations/work-outcomes.ts';
import type { Reporter } from '../../../output/reporter.ts';
import type { ApplyFleet, ApplyOptions } from '../command.ts';
import { openFleetFeed } from './feed.ts';
import { FleetOutcomes, openWorksWriter } from './outcomes.ts';
import { checkFleet, readFleetInput, tasksFor, type FleetInput } from './prepare.ts';
import { openRecord } from './record.ts';
import { applyTally, openFleetReport, type FleetReport } from './report.ts';

/** Applies works to several consumers: checks all of it, then writes stage by stage. */
export async function runFleet(
  options: ApplyOptions,
  fleet: ApplyFleet,
  context: Context,
  reporter: Reporter,
): Promise<CommandResult> {
  const input = await readFleetInput(options, fleet, context, reporter);
  const budget = createBudget(options.timeoutMs, context);
  const named = namedConsumers(input.choice, fleet.template);
  if (options.dryRun === 'client' && named !== undefined) return validateOnly(input, named, context, reporter);
  const maestro = await context.connect(options.settings);
  try {
    const consumers = named ?? (await chooseConsumers(input.choice, maestro.reader, budget));
    if (options.dryRun === 'client') return validateOnly(input, consumers, context, reporter);
    checkFleet(input, consumers, reporter);
    context.keepHeapSmall();
    return await write(input, consumers, { context, maestro, budget, reporter });
  } finally {
    reporter.end();
    await maestro.close();
  }
}

interface RunDeps {
  readonly context: Context;
  readonly maestro: Maestro;
  readonly budget: Budget;
  readonly reporter: Reporter;
}

function validateOnly(
  input: FleetInput,
  consumers: readonly TemplateConsumer[],
  context: Context,
  reporter: Reporter,
): CommandResult {
  checkFleet(input, consumers, reporter);
  const report = openFleetReport(input.options, context, reporter, consumers.length * input.works.length);
  const told = openTold(input, consumers, report, context.facts);
  for (const consumer of consumers) {
    for (const task of tasksFor(input, consumer)) {
      const outcome = validatedOutcome(task.work, task.consumer);
      report.validated(outcome);
      told.add(outcome);
    }
  }
  return { outcome: { works: told.end({ notBegun: [] }) } };
}

/** Where each outcome goes: into the counts, the machine output, and what the end of the run looks at. */
interface Told {
  add(outcome: WorkOutcome): void;
  /** Prints the summary and ends the machine output. */
  end(end: Parameters<FleetReport['summary']>[2]): WorkOutcomes;
}

function openTold(
  input: FleetInput,
  consumers: readonly TemplateConsumer[],
  report: FleetReport,
  facts: Context['facts'],
): Told {
  const { options } = input;
  const tally = applyTally(options.dryRun !== undefined, options.await?.text);
  const writer = options.output === 'json' ? openWorksWriter((text) => report.print(text)) : undefined;
  const outcomes = new FleetOutcomes(keysOf(input, consumers), consumers.length * input.works.length, (outcome) =>
    writer?.add(outcome),
  );
  return {
    add: (outcome) => {
      tally.add(outcome);
      report.settled(outcome);
      outcomes.add(outcome);
    },
    end: (end) => {
      const works = outcomes.end();
      report.summary(tally, consumers.length, end);
      writer?.end(tally.value(consumers.length), facts?.());
      return works;
    },
  };
}

/** The works as the consumers were chosen and the works given. */
function* keysOf(input: FleetInput, consumers: readonly TemplateConsumer[]): Generator<string, void> {
  for (const consumer of consumers) for (const task of tasksFor(input, consumer)) yield taskKey(task);
}

async function write(input: FleetInput, consumers: readonly TemplateConsumer[], deps: RunDeps): Promise<CommandResult> {
  const { options, fleet } = input;
  const { context, reporter, maestro, budget } = deps;
  const { host, port } = options.settings.grpcEndpoint;
  const journal = openRecord(input, `${host}:${port}`, context);
  const report = openFleetReport(options, context, reporter, consumers.length * input.works.length);
  if (context.stdout.isTTY && options.dryRun === undefined)
    report.info(`writing to ${host}:${port} as source ${options.source}`);
  const told = openTold(input, consumers, report, context.facts);
  const { await: awaited } = options;
  // A wave that is waited for and failed would be no reason to wait if the next one began all the same.
  const maxFailures = fleet.maxFailures ?? (fleet.waves !== undefined && awaited !== undefined ? 1 : undefined);
  let knownDone = 0;
  const stream = await openFleetFeed(options, {
    context,
    maestro,
    reporter: { ...reporter, warn: (text) => report.warn(text) },
  });
  try {
    const end = await rollOut(
      {
        source: options.source,
        manager: options.manager,
        merge: options.merge,
        force: options.force,
        noRemove: options.noRemove,
        conflictRetries: options.conflictRetries,
        overwrite: options.overwrite,
        dryRun: options.dryRun === 'server',
        maxConcurrency: fleet.maxConcurrency,
        ...(maxFailures === undefined ? {} : { maxFailures }),
        stages: stagesOf(consumers, fleet.canary, fleet.waves),
        tasksOf: (consumer) => tasksFor(input, consumer),
        ...(awaited === undefined ? {} : { await: awaited }),
        canaryAwait: fleet.canaryAwait,
        ...(stream === undefined ? {} : { feed: stream.feed }),
        knownDone: (task) => journal.knownDone(task),
        onPlan: (task, plan) => report.announce(task.consumer, plan),
        onWritten: (written) => {
          const { task, applied, outcome } = written;
          report.written(written);
          if (outcome.error === undefined && outcome.id !== undefined) stream?.written(outcome.id);
          if (applied !== undefined) journal.add(task as ApplyTask, applied.version);
          else if (outcome.error === undefined && written.plan === undefined) knownDone += 1;
        },
        onOutcome: (outcome) => told.add(outcome),
        onProgress: (progress) => report.progress(progress, knownDone),
        onWaiting: (count, { text }, stage) => {
          journal.flush();
          stream?.waiting();
          const where =
            stage.name === 'canary' ? 'canary: ' : fleet.waves === undefined ? '' : `wave ${stage.number}: `;
          report.info(`${where}waiting for ${text} on ${count} ${count === 1 ? 'work' : 'works'}`);
        },
        onWaited: (outcome, { text }) => report.waited(outcome, text),
        onWaitProgress: (target, text) => report.waitingFor(`${target.name} on ${target.consumer}: ${text}`),
        onWaitCounts: (counts) => report.waiting(counts),
      },
      { ...maestro, onNotice: (text) => report.info(text) },
      budget,
    );
    const works = told.end(end);
    if (end.notBegun.length > 0 && fleet.journal !== undefined)
      reporter.info('the same command goes on where this one stopped, by its journal');
    const error = journal.end();
    return { outcome: { works, ...(error === undefined ? {} : { error }) } };
  } finally {
    report.end();
    journal.end();
    await stream?.feed.close();
  }
}
