import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import type { TemplateConsumer } from '../../../core/fleet/consumer-template.ts';
import type { RollOutFact } from '../../../core/roll-out/facts.ts';
import { chooseConsumers, namedConsumers } from '../../../operations/fleet/choose-consumers.ts';
import { fold } from '../../../operations/fleet/events-of.ts';
import { rollOut, type RollOutOptions } from '../../../operations/fleet/roll-out.ts';
import { fleetFeed, type FleetFeed } from '../../../operations/fleet/fleet-feed.ts';
import { stagedBy } from '../../../operations/fleet/strategy.ts';
import { validatedOutcome } from '../../../operations/work-outcomes.ts';
import { openReporter } from '../../../output/reporter.ts';
import { openHistoryKeeper } from '../../shared/history/open-history.ts';
import { tellGoOn } from '../../shared/write/go-on.ts';
import { nameTarget } from '../../shared/write/name-target.ts';
import { withMaestro, type MaestroSession } from '../../shared/with-maestro.ts';
import type { ApplyFleetInput, ApplyFleet, ApplyOptions } from '../options.ts';
import { factOf, planOf } from './facts.ts';
import { FleetOutput } from './output.ts';
import { checkFleet, readFleetInput, tasksFor } from '../../shared/input/fleet-input.ts';
import { openRecord, type RunRecord } from './record.ts';
import { endpointText } from '../../../operations/connection-trouble.ts';

/** Applies works to several consumers: checks all of it, then writes stage by stage. */
export async function runFleet(options: ApplyOptions, fleet: ApplyFleet, context: Context): Promise<CommandResult> {
  const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
  const input = await readFleetInput(options, fleet, context, reporter);
  const named = namedConsumers(input.choice, fleet.template);
  const validateOnly = (consumers: readonly TemplateConsumer[]): CommandResult => {
    checkFleet(input, consumers, reporter);
    return validated(input, new FleetOutput(input, consumers, context, { reporter }), consumers);
  };
  if (options.dryRun === 'client' && named !== undefined) return validateOnly(named);
  return withMaestro(
    options,
    context,
    async (session) => {
      const consumers = named ?? (await chooseConsumers(input.choice, session.maestro.reader, session.budget));
      if (options.dryRun === 'client') return validateOnly(consumers);
      checkFleet(input, consumers, reporter);
      context.keepHeapSmall();
      return write(input, consumers, session, context);
    },
    reporter,
  );
}

function validated(input: ApplyFleetInput, output: FleetOutput, consumers: readonly TemplateConsumer[]): CommandResult {
  for (const consumer of consumers) {
    for (const task of tasksFor(input, consumer)) {
      output.validated(validatedOutcome(task.work, task.consumer));
    }
  }
  return { outcome: { works: output.summary({ notBegun: [] }) } };
}

async function write(
  input: ApplyFleetInput,
  consumers: readonly TemplateConsumer[],
  session: MaestroSession,
  context: Context,
): Promise<CommandResult> {
  const { options, fleet } = input;
  const { maestro, budget, reporter } = session;
  const { host, port } = options.settings.grpcEndpoint;
  // Journals of earlier versions have it in this form, without brackets around IPv6: it tells whose they are.
  const journal = openRecord(input, `${host}:${port}`, context);
  const output = new FleetOutput(input, consumers, context, session);
  const around = output.reporter;
  try {
    if (options.dryRun === undefined) nameTarget(options, context, { consumer: options.takenConsumer });
    const staged = stagedBy(consumers, { ...fleet, ...(options.await === undefined ? {} : { await: options.await }) });
    const tell = factTeller(fleet, journal, context);
    tell?.({
      kind: 'begun',
      plan: planOf(input, staged.stages, endpointText(options.settings, 'grpc'), context),
      wallMs: context.clock.wallMs(),
    });
    const keeper = await openHistoryKeeper(options, context, { ...session, reporter: around });
    const stream = await openStream(options, { ...session, reporter: around });
    const events = rollOut(
      {
        ...rollOutOptions(input),
        ...staged,
        tasksOf: (consumer) => tasksFor(input, consumer),
        ...(stream === undefined ? {} : { feed: stream.feed }),
        ...(journal.knownDone === undefined ? {} : { knownDone: journal.knownDone }),
        onWarning: (text) => around.warn(text),
      },
      { ...maestro, onNotice: (text) => around.info(text) },
      budget,
    );
    const end = await fold(events, (event) => {
      if (event.kind === 'written') {
        const { task, applied, outcome } = event.written;
        if (outcome.error === undefined && outcome.id !== undefined) stream?.written(outcome.id);
        if (applied !== undefined) {
          const { version, operation: how } = applied;
          journal.add(task, { version, how, wallMs: event.wallMs });
          void keeper?.keep(applied, task.consumer, task.manager ?? options.manager ?? options.source);
        }
      } else if (event.kind === 'waiting') stream?.waiting();
      const fact = tell === undefined ? undefined : factOf(event, staged.stages);
      if (fact !== undefined) tell?.(fact);
      // Whoever looks at the journal sees what goes on at each step of it.
      if (event.kind === 'waiting' || event.kind === 'looked') journal.flush();
      output.take(event);
    });
    const { stoppedBy } = end;
    tell?.({ kind: 'over', ...(stoppedBy === undefined ? {} : { stoppedBy }), wallMs: context.clock.wallMs() });
    await keeper?.settled();
    const works = output.summary(end);
    if (options.await !== undefined) tellGoOn(works, options.await.text, reporter);
    if (end.notBegun.length > 0 && fleet.journal !== undefined)
      reporter.info('the same command goes on where this one stopped, by its journal');
    const error = journal.end();
    return { outcome: { works, ...(error === undefined ? {} : { error }) } };
  } finally {
    output.end();
    journal.end();
  }
}

/** Tells the report and the journal what happens; undefined where there is neither. */
function factTeller(
  fleet: ApplyFleet,
  journal: RunRecord,
  { rollOut: report }: Context,
): ((fact: RollOutFact) => void) | undefined {
  if (report === undefined && fleet.journal === undefined) return undefined;
  return (fact) => {
    report?.take(fact);
    journal.tell(fact);
  };
}

/** What is asked of the roll-out whatever the consumers are. */
function rollOutOptions({
  options,
}: ApplyFleetInput): Omit<RollOutOptions<never>, 'tasksOf' | keyof ReturnType<typeof stagedBy>> {
  const { source, manager = source, merge, force, noRemove, conflictRetries, overwrite, dryRun } = options;
  return { source, manager, merge, force, noRemove, conflictRetries, overwrite, dryRun: dryRun === 'server' };
}

async function openStream(options: ApplyOptions, session: MaestroSession): Promise<FleetFeed | undefined> {
  if (options.via !== 'stream') return undefined;
  const { openFeed } = await import('../../shared/watching/open-feed.ts');
  return fleetFeed((wants) => openFeed({ source: options.source, wants }, session), options.await === undefined);
}
