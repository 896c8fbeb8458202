import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context, Maestro } from '../../context.ts';
import { describeLoss } from '../../core/ownership/losses.ts';
import { formatSelector } from '../../core/expressions/format.ts';
import { matchesSelector } from '../../core/expressions/selectors.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import { MaestroError } from '../../errors.ts';
import { applyWork, sharedBy } from '../../operations/apply/apply-work.ts';
import type { Applied } from '../../operations/apply/carry-out.ts';
import { planApply, type ApplyPlan } from '../../operations/apply/plan.ts';
import { createBudget, type Budget } from '../../operations/budget.ts';
import { describeDifferences } from '../../operations/apply/describe-difference.ts';
import { failedWork, type WorkOutcome } from '../../core/outcome/outcome.ts';
import { acceptedOutcome, predictedOutcome, validatedOutcome, waitedOutcome } from '../../operations/work-outcomes.ts';
import { waitForWorks } from '../../operations/wait/wait-for-works.ts';
import type { StatusFeed } from '../../works/status-feed.ts';
import { openReporter, type Reporter } from '../../output/reporter.ts';
import type { ApplyOptions } from './command.ts';
import { checkExpressions, prepareWorks, requestOf, type PreparedWork } from './prepare.ts';
import { printApplied, printOutcomes, printPlanned, printValidated, printWaited, tellEffects } from './output.ts';

/** A work that was sent, or failed to be. */
type Sent = { readonly prepared: PreparedWork } & ({ readonly applied: Applied } | { readonly outcome: WorkOutcome });

/** Applies works: validates all, sends each, then waits for those that were accepted. */
export async function run(options: ApplyOptions, context: Context): Promise<CommandResult> {
  const reporter = await openReporter(context.stderr, options.log, context.env, context.clock);
  if (options.fleet !== undefined) {
    const { runFleet } = await import('./fleet/run.ts');
    return runFleet(options, options.fleet, context, reporter);
  }
  const works = await prepareWorks(options, context, reporter);
  if (options.dryRun === 'client') {
    for (const { work } of works) printValidated(work, options.output, context.stdout);
    const outcomes = works.map(({ work, consumer }) => validatedOutcome(work, consumer));
    printOutcomes(outcomes, options.output, context);
    return { outcome: { works: outcomes } };
  }
  const budget = createBudget(options.timeoutMs, context);
  const maestro = await context.connect(options.settings);
  const feed = await openApplyFeed(works, options, { context, maestro, reporter });
  try {
    if (context.stdout.isTTY && options.dryRun === undefined) reporter.info(`writing to ${endpointText(options)}`);
    const deps: RunDeps = { context, maestro, budget, reporter, ...(feed === undefined ? {} : { feed }) };
    const sent: Sent[] = [];
    for (const prepared of works) sent.push(await applyOne(prepared, options, deps));
    const outcomes = await settle(sent, options, deps);
    reporter.end();
    printOutcomes(outcomes, options.output, context);
    return { outcome: { works: outcomes } };
  } finally {
    reporter.end();
    await feed?.close();
    await maestro.close();
  }
}

interface RunDeps {
  readonly context: Context;
  readonly maestro: Maestro;
  readonly budget: Budget;
  readonly reporter: Reporter;
  readonly feed?: StatusFeed;
}

/**
 * The stream of status events about these works, when the options want one. It
 * is begun before the first write, which does not wait for it: the wait reads
 * once the stream stands, so what was reported before is not missed.
 */
async function openApplyFeed(
  works: readonly PreparedWork[],
  options: ApplyOptions,
  deps: Pick<RunDeps, 'context' | 'maestro' | 'reporter'>,
): Promise<StatusFeed | undefined> {
  if (options.via !== 'stream' || options.await === undefined) return undefined;
  const { openFeed } = await import('../shared/open-feed.ts');
  const ids = new Set(works.map(({ work, consumer }) => bundleId(options.source, consumer, work.name)));
  return openFeed({ source: options.source, wants: ({ id }) => ids.has(id) }, deps);
}

async function applyOne(prepared: PreparedWork, options: ApplyOptions, deps: RunDeps): Promise<Sent> {
  const { work, consumer } = prepared;
  const request = requestOf(prepared, options);
  const publishDeps = { ...deps.maestro, onNotice: (text: string) => deps.reporter.info(text) };
  try {
    deps.budget.signal.throwIfAborted();
    if (options.dryRun === 'server') {
      const plan = await planApply(request, publishDeps, deps.budget);
      announce(plan, deps.reporter, true);
      tellAbsent(plan, options, deps.reporter);
      const sharedWith = (await sharedBy(plan, publishDeps, deps.budget)) ?? [];
      printPlanned(work.name, plan, options.output, deps.context.stdout);
      tellEffects(
        work.name,
        { ...(plan.action === 'update' ? plan : {}), sharedWith },
        options.output,
        deps.reporter,
        true,
      );
      return { prepared, outcome: predictedOutcome(plan, consumer, sharedWith) };
    }
    let checked = !options.merge;
    const applied = await applyWork(
      request,
      publishDeps,
      {
        conflictRetries: options.conflictRetries,
        onPlan: (plan) => {
          announce(plan, deps.reporter, false);
          tellAbsent(plan, options, deps.reporter);
          if (!checked) checkExpressions(plan.work, options.await, deps.reporter);
          checked = true;
        },
        onRetry: (error) => deps.reporter.info(`${work.name}: ${error.message}; merging again`),
      },
      deps.budget,
    );
    printApplied(work.name, applied, options.output, deps.context.stdout);
    tellEffects(work.name, applied, options.output, deps.reporter);
    return { prepared, applied };
  } catch (caught) {
    const named = { manifestWorkName: work.name, consumer };
    return { prepared, outcome: failedWork(named, MaestroError.from(caught), false) };
  }
}

/** What --remove names and the work does not hold; the second of two same Jobs finds it so. */
export function tellAbsent(plan: ApplyPlan, { drops = [] }: ApplyOptions, reporter: Reporter): void {
  const keys = plan.action === 'create' ? [] : plan.stored.manifests.map((manifest) => manifestKey(manifest));
  const absent = drops.filter((selector) => !keys.some((key) => matchesSelector(selector, key)));
  for (const selector of absent)
    reporter.info(`${plan.work.name}: holds no ${formatSelector(selector)}; nothing to remove`);
}

/** What others lose is said before it happens; the rest with -v or in a dry run, and what was removed when it was. */
function announce(plan: ApplyPlan, reporter: Reporter, everything: boolean): void {
  if (plan.action !== 'update') return;
  const { name } = plan.work;
  for (const loss of plan.losses) reporter.warn(`${name}: ${describeLoss(loss)} (--force)`);
  for (const { text, removes } of describeDifferences(plan)) {
    if (removes) continue;
    if (everything) reporter.info(`${name}: ${text}`);
    else reporter.debug(`${name}: ${text}`);
  }
}

async function settle(sent: readonly Sent[], options: ApplyOptions, deps: RunDeps): Promise<readonly WorkOutcome[]> {
  const awaited = options.await;
  if (awaited === undefined) {
    return sent.map((one) => ('applied' in one ? acceptedOutcome(one.applied, one.prepared.consumer) : one.outcome));
  }
  const accepted = sent.flatMap((one) => ('applied' in one ? [one] : []));
  const results = await waitForWorks(
    accepted.map(({ applied, prepared }) => ({
      id: applied.id,
      name: prepared.work.name,
      consumer: prepared.consumer,
      writtenVersion: applied.version,
      written: applied.brought,
      ...(applied.before === undefined ? {} : { before: applied.before }),
      known: true,
      mustExist: true,
    })),
    awaited,
    {
      reader: deps.maestro.reader,
      onProgress: (target, text) => deps.reporter.progress(`${target.name}: ${text}`),
      ...(deps.feed === undefined ? {} : { feed: deps.feed }),
    },
    deps.budget,
  );
  const byId = new Map(results.map((result) => [result.target.id, result]));
  return sent.map((one) => {
    if ('outcome' in one) return one.outcome;
    const result = byId.get(one.applied.id);
    if (result === undefined) throw new MaestroError('internal', `no wait result for ${one.prepared.work.name}`);
    const outcome = waitedOutcome(result, {
      operation: one.applied.operation,
      text: awaited.text,
      accepted: true,
      effects: one.applied,
    });
    if (outcome.error === undefined) deps.reporter.end();
    printWaited(outcome, awaited.text, options.output, deps.context.stdout);
    return outcome;
  });
}

function endpointText(options: ApplyOptions): string {
  const { host, port } = options.settings.grpcEndpoint;
  return `${host}:${port} as source ${options.source}`;
}
