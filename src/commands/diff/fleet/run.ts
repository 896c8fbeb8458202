import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { consumerNotation, nameExpression } from '../../../core/fleet/consumer-notation.ts';
import type { TemplateConsumer } from '../../../core/fleet/consumer-template.ts';
import { failedWork, type WorkOutcome } from '../../../core/outcome/outcome.ts';
import { describeLoss } from '../../../core/ownership/losses.ts';
import { conventionalName } from '../../../core/works/names.ts';
import { MaestroError } from '../../../errors.ts';
import { ExitCode } from '../../../exit-code.ts';
import type { ApplyPlan } from '../../../operations/apply/plan.ts';
import type { Budget } from '../../../operations/budget.ts';
import { knowingExecutors } from '../../../operations/executor.ts';
import { applyTask } from '../../../operations/fleet/carry-out-task.ts';
import { chooseConsumers, namedConsumers } from '../../../operations/fleet/choose-consumers.ts';
import { fold } from '../../../operations/fleet/events-of.ts';
import { taskAbout, type ApplyTask } from '../../../operations/fleet/fleet-task.ts';
import { defaultPublishes } from '../../../operations/fleet/publish-limits.ts';
import { openTaskRun, type TaskTools } from '../../../operations/fleet/run-tasks.ts';
import { ofMany, openProgressLine } from '../../../output/progress-line.ts';
import { openReporter } from '../../../output/reporter.ts';
import {
  checkFleet,
  readFleetInput,
  tasksFor,
  type FleetChoice,
  type FleetInput,
} from '../../shared/input/fleet-input.ts';
import { changesOfPlan } from '../../shared/change/plan-changes.ts';
import { withMaestro, type MaestroSession } from '../../shared/with-maestro.ts';
import type { DiffOptions } from '../options.ts';
import { DiffCollector, type FleetDiff } from './groups.ts';
import { printFleetDiff } from './output.ts';

/** Changes that differ are kept up to here: a fleet in which each consumer's is another one has no end. */
const mostRoomBytes = 64 * 1024 * 1024;

/** A work of one consumer, and where it came from. */
type DiffTask = ApplyTask & {
  readonly template: ApplyTask['work'];
  readonly target: TemplateConsumer;
  readonly place: number;
};

type DiffInput = FleetInput<DiffOptions>;

/** Compares what several consumers would get with what is stored: the reads and predictions are those of a dry run. */
export async function runFleetDiff(options: DiffOptions, fleet: FleetChoice, context: Context): Promise<CommandResult> {
  const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
  const input = await readFleetInput(options, fleet, context, reporter);
  const named = namedConsumers(input.choice, fleet.template);
  return withMaestro(
    options,
    context,
    async (session) => {
      const consumers = named ?? (await chooseConsumers(input.choice, session.maestro.reader, session.budget));
      checkFleet(input, consumers, reporter);
      context.keepHeapSmall();
      const diff = await compare(input, consumers, session, context);
      reporter.end();
      await printFleetDiff(diff, { output: options.output, consumers: consumers.length }, context, reporter);
      if (diff.failed.length > 0) return { outcome: { works: diff.failed } };
      return { exitCode: diff.groups.length > 0 ? ExitCode.Different : ExitCode.Done };
    },
    reporter,
  );
}

async function compare(
  input: DiffInput,
  consumers: readonly TemplateConsumer[],
  session: MaestroSession,
  context: Context,
): Promise<FleetDiff> {
  const { source, manager = source, merge, force, noRemove, log } = input.options;
  const { maestro, budget } = session;
  const { roomBytes } = context;
  const line = openProgressLine({ log, budget, bar: true }, context, session.reporter);
  const around = ofMany(session.reporter);
  const total = consumers.length * input.works.length;
  const collector = new DiffCollector(Math.min(mostRoomBytes, roomBytes / 4));
  const how = { source, manager, merge, force, noRemove, conflictRetries: 0, dryRun: true };
  const run = openTaskRun<DiffTask>(
    async (task, tools) => {
      const predicted = await applyTask(task, tools, how, budget);
      if (predicted.plan !== undefined) await collect(task, predicted.plan, { input, tools, budget, collector });
      return predicted;
    },
    { ...maestro, onNotice: (text) => around.info(text) },
    { source, dryRun: true, maxConcurrency: defaultPublishes, total },
    budget,
  );
  try {
    await fold(run.run(tasksOf(input, consumers)), (event) => {
      if (event.kind === 'planned') return;
      if (event.kind === 'skipped') collector.failed(event.task.place, notCompared(event.task, budget));
      else if (event.written.outcome.error !== undefined)
        collector.failed(event.written.task.place, event.written.outcome);
      const { done } = event.progress;
      line.show({ done, total, text: `${done}/${total} works compared` });
    });
  } finally {
    line.end();
  }
  return collector.end();
}

/** Of what was not read nothing is known, and it is told by name. */
function notCompared(task: DiffTask, { signal }: Budget): WorkOutcome {
  const about = taskAbout(task);
  const { code, message } = signal.aborted
    ? MaestroError.fromAbort(signal)
    : new MaestroError('timeout', 'the time was up');
  const text = `${about.manifestWorkName} on ${about.consumer} was not compared: ${message}`;
  return failedWork(about, new MaestroError(code, text), false);
}

function* tasksOf(input: DiffInput, consumers: readonly TemplateConsumer[]): Generator<DiffTask> {
  let place = 0;
  for (const target of consumers) {
    for (const [index, task] of [...tasksFor(input, target)].entries()) {
      yield { ...task, template: input.works[index]?.work ?? task.work, target, place };
      place += 1;
    }
  }
}

interface CollectTools {
  readonly input: DiffInput;
  readonly tools: TaskTools;
  readonly budget: Budget;
  readonly collector: DiffCollector;
}

async function collect(
  task: DiffTask,
  plan: ApplyPlan,
  { input, tools, budget, collector }: CollectTools,
): Promise<void> {
  const { consumer, work, template, target, place } = task;
  const compared = {
    name: work.name,
    consumer,
    id: plan.target.id,
    action: plan.action,
    ...(plan.action === 'create' ? {} : { version: plan.stored.version }),
    place,
  };
  if (plan.action === 'unchanged') return collector.unchanged(compared);
  const reader = knowingExecutors(tools.deps.reader, (id) => tools.lookup.lacksExecutor?.(id) === true);
  const notation = input.fleet.template ? consumerNotation(template, work, target) : undefined;
  const changes = await changesOfPlan(plan, { reader, notation }, budget);
  const losses = plan.action === 'update' ? plan.losses.map((loss) => describeLoss(loss)) : [];
  const { adapter } = input.options;
  const name = adapter === undefined ? template.name : conventionalName(nameExpression, adapter);
  collector.changed(compared, { action: plan.action, name }, { changes, losses });
}
