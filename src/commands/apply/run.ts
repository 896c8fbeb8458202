import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context, Maestro } from '../../context.ts';
import { MaestroError } from '../../errors.ts';
import { carryOut, planApply, type Applied, type ApplyRequest } from '../../operations/apply.ts';
import { createBudget, type Budget } from '../../operations/budget.ts';
import { describeDifference } from '../../operations/describe-difference.ts';
import { failedWork, type WorkOutcome } from '../../operations/outcome.ts';
import { acceptedOutcome, waitedOutcome } from '../../operations/work-outcomes.ts';
import { waitForWorks } from '../../operations/wait/wait-for-works.ts';
import { openNotices, type Notices } from '../../output/notices.ts';
import type { ApplyOptions } from './command.ts';
import { prepareWorks, type PreparedWork } from './prepare.ts';
import { printApplied, printOutcomes, printWaited } from './output.ts';

/** A work that was sent, or failed to be. */
type Sent = { readonly prepared: PreparedWork } & ({ readonly applied: Applied } | { readonly outcome: WorkOutcome });

/** Applies works: validates all, sends each, then waits for those that were accepted. */
export async function run(options: ApplyOptions, context: Context): Promise<CommandResult> {
  const notices = await openNotices(context.stderr, options.log, context.env, context.clock);
  const works = await prepareWorks(options, context, notices);
  const budget = createBudget(options.timeoutMs, context);
  const maestro = await context.connect(options.settings);
  try {
    if (context.stdout.isTTY) notices.info(`writing to ${endpointText(options)}`);
    const sent: Sent[] = [];
    for (const prepared of works) sent.push(await applyOne(prepared, options, { context, maestro, budget, notices }));
    const outcomes = await settle(sent, options, { context, maestro, budget, notices });
    notices.end();
    printOutcomes(outcomes, options.output, context.stdout);
    return { outcome: { works: outcomes } };
  } finally {
    notices.end();
    await maestro.close();
  }
}

interface RunDeps {
  readonly context: Context;
  readonly maestro: Maestro;
  readonly budget: Budget;
  readonly notices: Notices;
}

async function applyOne(prepared: PreparedWork, options: ApplyOptions, deps: RunDeps): Promise<Sent> {
  const { work, consumer } = prepared;
  const request: ApplyRequest = {
    source: options.source,
    consumer,
    work,
    overwrite: options.overwrite,
    ...(options.ifVersion === undefined ? {} : { ifVersion: options.ifVersion }),
  };
  const publishDeps = { ...deps.maestro, onNotice: (text: string) => deps.notices.info(text) };
  try {
    deps.budget.signal.throwIfAborted();
    const plan = await planApply(request, publishDeps, deps.budget);
    if (plan.action === 'update') {
      for (const { text, removes } of plan.differences.map(describeDifference)) {
        if (removes) deps.notices.info(`${work.name}: ${text}`);
        else deps.notices.debug(`${work.name}: ${text}`);
      }
    }
    const applied = await carryOut(plan, request, publishDeps, deps.budget);
    printApplied(work.name, applied, options.output, deps.context.stdout);
    return { prepared, applied };
  } catch (caught) {
    const named = { manifestWorkName: work.name, consumer };
    return { prepared, outcome: failedWork(named, MaestroError.from(caught), false) };
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
      written: applied.work,
      ...(applied.before === undefined ? {} : { before: applied.before }),
      known: true,
      mustExist: true,
    })),
    awaited,
    { reader: deps.maestro.reader, onProgress: (target, text) => deps.notices.progress(`${target.name}: ${text}`) },
    deps.budget,
  );
  const byId = new Map(results.map((result) => [result.target.id, result]));
  return sent.map((one) => {
    if ('outcome' in one) return one.outcome;
    const result = byId.get(one.applied.id);
    if (result === undefined) throw new MaestroError('internal', `no wait result for ${one.prepared.work.name}`);
    const outcome = waitedOutcome(result, { operation: one.applied.operation, text: awaited.text, accepted: true });
    if (outcome.error === undefined) deps.notices.end();
    printWaited(outcome, awaited.text, options.output, deps.context.stdout);
    return outcome;
  });
}

function endpointText(options: ApplyOptions): string {
  const { host, port } = options.settings.grpcEndpoint;
  return `${host}:${port} as source ${options.source}`;
}
