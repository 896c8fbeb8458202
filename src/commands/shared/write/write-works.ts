import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { ConnectionOptions } from '../../../command-line/connection-options.ts';
import type { DefaultConsumer } from '../../../command-line/default-consumer.ts';
import type { Way } from '../../../command-line/via.ts';
import type { AwaitedCondition } from '../../../operations/wait/conditions.ts';
import type { Context } from '../../../context.ts';
import { failedWork, type WorkOutcome } from '../../../core/outcome/outcome.ts';
import { tellingOnce } from '../../../core/text.ts';
import { bundleId } from '../../../core/works/bundle-id.ts';
import { MaestroError } from '../../../errors.ts';
import type { Applied } from '../../../operations/apply/carry-out.ts';
import { waitTargetOf } from '../../../operations/apply/wait-target.ts';
import { writeWork } from '../../../operations/apply/write-work.ts';
import { checkBeforeWrite } from '../../../operations/wait/check-condition.ts';
import { waitForWorks } from '../../../operations/wait/wait-for-works.ts';
import type { StatusFeed } from '../../../works/status-feed.ts';
import { validatedOutcome, waitedOutcome } from '../../../operations/work-outcomes.ts';
import { openReporter, type Reporter } from '../../../output/reporter.ts';
import { printOutcomes } from '../../../output/works-writer.ts';
import type { HistoryKeeper, HistoryOption } from '../history/keep-history.ts';
import { openHistoryKeeper } from '../history/open-history.ts';
import { tellGoOn } from './go-on.ts';
import { nameTarget } from './name-target.ts';
import { prepareWorks, requestOf, type PreparedWork } from '../input/prepare-works.ts';
import { waitLine } from '../watching/wait-line.ts';
import { withMaestro, type MaestroSession } from '../with-maestro.ts';
import type { WriteOptions, WriteOutput } from './write-options.ts';
import type { WriteTeller } from './written-facts.ts';
import {
  announce,
  printValidated,
  printWaited,
  printWritten,
  tellAbsent,
  tellEffects,
  tellLate,
} from './write-output.ts';

/** Works that are written one after the other, and how their ends are waited for. */
export interface WriteRunOptions extends ConnectionOptions, WriteOptions {
  /** How often a merge is made again after a conflict. */
  readonly conflictRetries: number;
  readonly await?: AwaitedCondition;
  /** How what is waited for is learned of. */
  readonly via: Way;
  readonly output: WriteOutput;
  /** Keep what is stored. */
  readonly history?: HistoryOption;
  /** What the write does was shown before, in full. */
  readonly isShown?: boolean;
}

/** A work that was sent, or failed to be. */
type Sent = { readonly outcome: WorkOutcome } & (
  { readonly applied: Applied; readonly consumer: string } | { readonly applied?: undefined }
);

interface WriteRun extends Pick<MaestroSession, 'maestro' | 'budget' | 'reporter'> {
  readonly options: WriteRunOptions;
  /** All works are on one consumer. */
  readonly isOfOne: boolean;
  readonly context: Context;
  readonly feed: StatusFeed | undefined;
  /** Told for a report, where one was asked for. */
  readonly told: WriteTeller | undefined;
  readonly keeper: HistoryKeeper | undefined;
}

/**
 * Applies works: validates all, sends each, then waits for those that were accepted.
 *
 * @param isLoose shorter forms of a ManifestWork are taken, too
 */
export async function writeWorks(options: WriteRunOptions, context: Context, isLoose = false): Promise<CommandResult> {
  const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
  const works = await prepareWorks(options, context, reporter, isLoose);
  return writePrepared(works, options, context, reporter);
}

/** The same for works that are checked already. */
export async function writePrepared(
  works: readonly PreparedWork[],
  options: WriteRunOptions,
  context: Context,
  reporter: Reporter,
): Promise<{ readonly outcome: { readonly works: readonly WorkOutcome[] } }> {
  const isOfOne = new Set(works.map(({ consumer }) => consumer)).size === 1;
  const end = (outcomes: readonly WorkOutcome[]): { readonly outcome: { readonly works: readonly WorkOutcome[] } } => {
    reporter.end();
    if (options.output === 'json') printOutcomes(outcomes, context);
    return { outcome: { works: outcomes } };
  };
  if (options.dryRun === 'client') {
    for (const { work, consumer } of works) printValidated(work, { consumer, isOfOne }, options.output, context.stdout);
    return end(works.map(({ work, consumer }) => validatedOutcome(work, consumer)));
  }
  return withMaestro(
    options,
    context,
    async (session) => {
      const { maestro, budget } = session;
      const feed = await openWriteFeed(works, options, session);
      if (options.dryRun === undefined) nameTarget(options, context, { consumer: takenConsumer(works, options) });
      const keeper = await openHistoryKeeper(options, context, session);
      const told =
        context.rollOut === undefined
          ? undefined
          : (await import('./written-facts.ts')).tellingWrites(works, options, context.rollOut, context);
      const run: WriteRun = { options, isOfOne, context, feed, maestro, budget, reporter, told, keeper };
      const sent: Sent[] = [];
      for (const prepared of works) {
        const one = await writeOne(prepared, run);
        told?.sent(one.outcome);
        sent.push(one);
      }
      const outcomes = await settle(sent, run);
      if (options.await !== undefined) tellGoOn(outcomes, options.await.text, reporter);
      told?.ended(outcomes);
      return end(outcomes);
    },
    reporter,
  );
}

/**
 * The stream of status events about these works, when the options want one. It
 * is begun before the first write, which does not wait for it: the wait reads
 * once the stream stands, so what was reported before is not missed.
 */
async function openWriteFeed(
  works: readonly PreparedWork[],
  options: WriteRunOptions,
  session: MaestroSession,
): Promise<StatusFeed | undefined> {
  if (options.via !== 'stream' || options.await === undefined) return undefined;
  const { openFeed } = await import('../watching/open-feed.ts');
  const ids = new Set(works.map(({ work, consumer }) => bundleId(options.source, consumer, work.name)));
  return openFeed({ source: options.source, wants: ({ id }) => ids.has(id) }, session);
}

async function writeOne(prepared: PreparedWork, run: WriteRun): Promise<Sent> {
  const { work, consumer } = prepared;
  const { options, maestro, budget, reporter } = run;
  const { stdout } = run.context;
  const dryRun = options.dryRun === 'server';
  const warn = tellingOnce((text) => reporter.warn(text));
  try {
    budget.signal.throwIfAborted();
    const written = await writeWork(
      requestOf(prepared, options),
      { ...maestro, onNotice: (text) => reporter.info(text) },
      {
        dryRun,
        conflictRetries: options.conflictRetries,
        onPlan: (plan) => {
          if (options.merge) checkBeforeWrite(plan.work, options.await, warn);
          // With -v, or in a dry run.
          const tell = (text: string): void => (dryRun ? reporter.info(text) : reporter.debug(text));
          if (options.isShown !== true) announce(plan, work.name, { warn: (text) => reporter.warn(text), tell });
          if (options.await !== undefined && !dryRun) tellLate(plan, work.name, (text) => reporter.info(text));
          tellAbsent(plan, options, reporter);
        },
        onRetry: (error) => reporter.info(`${work.name}: ${error.message}; merging again`),
      },
      budget,
    );
    printWritten({ name: work.name, consumer, isOfOne: run.isOfOne }, written, options.output, stdout);
    tellEffects(work.name, written.outcome, options.output, { reporter, dryRun });
    if (!('applied' in written)) return { outcome: written.outcome };
    await run.keeper?.keep(written.applied, consumer, prepared.manager);
    return { ...written, consumer };
  } catch (caught) {
    return { outcome: failedWork({ manifestWorkName: work.name, consumer }, MaestroError.from(caught), false) };
  }
}

async function settle(sent: readonly Sent[], run: WriteRun): Promise<readonly WorkOutcome[]> {
  const { options, maestro, budget, reporter, feed, told } = run;
  const { stdout } = run.context;
  const { await: awaited } = options;
  if (awaited === undefined) return sent.map(({ outcome }) => outcome);
  const targets = sent.flatMap((one) => (one.applied === undefined ? [] : [waitTargetOf(one.applied, one.consumer)]));
  const results = await waitForWorks(
    targets,
    awaited,
    {
      reader: maestro.reader,
      ...waitLine(
        { log: options.log, condition: awaited.text, works: targets.length, ofFleet: false },
        run.context,
        run,
      ),
      ...(told === undefined ? {} : { onStands: told.stands }),
      ...(feed === undefined ? {} : { feed }),
    },
    budget,
  );
  const byId = new Map(results.map((result) => [result.target.id, result]));
  return sent.map(({ outcome: before, applied }) => {
    if (applied === undefined) return before;
    const result = byId.get(applied.id);
    if (result === undefined) throw new MaestroError('internal', `no wait result for ${applied.work.name}`);
    const { operation } = applied;
    const outcome = waitedOutcome(result, { operation, text: awaited.text, accepted: true, effects: applied });
    if (outcome.error === undefined) reporter.end();
    printWaited(outcome, awaited.text, options.output, stdout);
    return outcome;
  });
}

/** The consumer of the context, when a work goes there. */
function takenConsumer(works: readonly PreparedWork[], options: WriteRunOptions): DefaultConsumer | undefined {
  const isElse = options.consumer === undefined && works.some(({ work }) => work.namespace === undefined);
  return isElse ? options.consumerElse : options.takenConsumer;
}
