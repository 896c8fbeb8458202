import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context, Maestro } from '../../context.ts';
import { parseExpression } from '../../core/expressions/parse.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { createBudget, type Budget } from '../../operations/budget.ts';
import { planDelete, requestDelete } from '../../operations/delete.ts';
import type { WorkAddress } from '../../operations/find-work.ts';
import { failedWork, type WorkOutcome } from '../../operations/outcome.ts';
import { waitForWorks, type WaitResult } from '../../operations/wait/wait-for-works.ts';
import { openNotices, type Notices } from '../../output/notices.ts';
import { outcomeValue, workLine } from '../../output/outcome.ts';
import type { DeleteOptions } from './command.ts';

interface RunDeps {
  readonly context: Context;
  readonly maestro: Maestro;
  readonly budget: Budget;
  readonly notices: Notices;
}

/** A work that is on its way out, or whose outcome is already known. */
type Asked = { readonly requested: ResourceBundle } | { readonly outcome: WorkOutcome };

export async function run(options: DeleteOptions, context: Context): Promise<CommandResult> {
  const notices = await openNotices(context.stderr, options.log, context.env, context.clock);
  const budget = createBudget(options.timeoutMs, context);
  const maestro = await context.connect(options.settings);
  try {
    const deps = { context, maestro, budget, notices };
    const asked: Asked[] = [];
    for (const address of options.addresses) asked.push(await ask(address, options, deps));
    const works = await settle(asked, options, deps);
    notices.end();
    if (options.output === 'json') {
      context.stdout.write(`${JSON.stringify({ works: works.map(outcomeValue) }, undefined, 2)}\n`);
    }
    return { outcome: { works } };
  } finally {
    notices.end();
    await maestro.close();
  }
}

async function ask(address: WorkAddress, options: DeleteOptions, deps: RunDeps): Promise<Asked> {
  const publishDeps = { ...deps.maestro, onNotice: (text: string) => deps.notices.info(text) };
  const say = sayer(options, deps.context);
  try {
    deps.budget.signal.throwIfAborted();
    const plan = await planDelete(address, options.source, publishDeps, deps.budget);
    switch (plan.action) {
      case 'absent':
        say(plan.name === '' ? plan.id : plan.name, 'not found, nothing to delete');
        return { outcome: absent(plan) };
      case 'underway':
        say(workName(plan.bundle), `is being deleted since ${plan.bundle.deletedAt}; not asked again`);
        return { requested: plan.bundle };
      case 'delete':
        if (options.dryRun) {
          say(workName(plan.bundle), `would be deleted with ${plan.bundle.manifests.length} manifests (dry run, nothing sent)`);
          return { outcome: dryRunOutcome(plan.bundle) };
        }
        await requestDelete(plan.bundle, options.source, publishDeps, deps.budget);
        say(workName(plan.bundle), 'deletion requested');
        return { requested: plan.bundle };
    }
  } catch (caught) {
    const named = address.by === 'name' ? { manifestWorkName: address.name, consumer: address.consumer } : { manifestWorkName: '', consumer: '', id: address.id };
    return { outcome: failedWork(named, MaestroError.from(caught), false) };
  }
}

async function settle(asked: readonly Asked[], options: DeleteOptions, deps: RunDeps): Promise<readonly WorkOutcome[]> {
  const requested = asked.flatMap((one) => ('requested' in one ? [one.requested] : []));
  if (!options.watch || requested.length === 0) {
    return asked.map((one) => ('outcome' in one ? one.outcome : requestedOutcome(one.requested)));
  }
  const results = await waitForWorks(
    requested.map((bundle) => ({
      id: bundle.id,
      name: workName(bundle),
      consumer: bundle.consumerName,
      writtenVersion: bundle.version,
      known: true,
      mustExist: false,
    })),
    { expression: parseExpression('Deleted'), failureGraceMs: Number.POSITIVE_INFINITY, feedbackSettleMs: 0 },
    { reader: deps.maestro.reader, onProgress: (target, text) => deps.notices.progress(`${target.name}: ${text}`) },
    deps.budget,
  );
  deps.notices.end();
  const byId = new Map(results.map((result) => [result.target.id, result]));
  const say = sayer(options, deps.context);
  return asked.map((one) => {
    if ('outcome' in one) return one.outcome;
    const outcome = goneOutcome(one.requested, byId.get(one.requested.id));
    if (outcome.error === undefined && options.output === 'text') say(outcome.manifestWorkName, 'removed from Maestro');
    return outcome;
  });
}

function named(bundle: ResourceBundle): Pick<WorkOutcome, 'manifestWorkName' | 'consumer' | 'operation' | 'id' | 'version'> {
  return {
    manifestWorkName: workName(bundle),
    consumer: bundle.consumerName,
    operation: 'deleted',
    id: bundle.id,
    version: bundle.version,
  };
}

function requestedOutcome(bundle: ResourceBundle): WorkOutcome {
  const message = `ManifestWork ${workName(bundle)} on ${bundle.consumerName}: deletion requested, not yet seen gone`;
  return { ...named(bundle), phase: 'InProgress', reason: 'DeletionRequested', message, exitCode: ExitCode.Done };
}

function dryRunOutcome(bundle: ResourceBundle): WorkOutcome {
  const message = `ManifestWork ${workName(bundle)} on ${bundle.consumerName}: would be deleted (dry run, nothing sent)`;
  const { operation: _operation, ...rest } = named(bundle);
  return { ...rest, phase: 'InProgress', reason: 'DryRun', message, exitCode: ExitCode.Done };
}

function absent(plan: { readonly name: string; readonly consumer: string; readonly id: string; readonly why: string }): WorkOutcome {
  return {
    manifestWorkName: plan.name,
    consumer: plan.consumer,
    id: plan.id,
    phase: 'Applied',
    reason: 'NotFound',
    message: `${plan.name === '' ? plan.id : `ManifestWork ${plan.name} on ${plan.consumer}`}: nothing to delete, ${plan.why}`,
    exitCode: ExitCode.Done,
  };
}

/** A 404 proves that Maestro forgot the work; only a seen Deleted would prove that the cluster did. */
function goneOutcome(bundle: ResourceBundle, result: WaitResult | undefined): WorkOutcome {
  if (result?.error !== undefined) return failedWork(named(bundle), result.error, true);
  const message = `ManifestWork ${workName(bundle)} on ${bundle.consumerName}: removed from Maestro`;
  return { ...named(bundle), phase: 'Applied', reason: 'Deleted', message, exitCode: ExitCode.Done };
}

function sayer(options: DeleteOptions, context: Context): (name: string, text: string) => void {
  return (name, text) => {
    if (options.output === 'text') context.stdout.write(`${workLine(name)} ${text}\n`);
    else if (options.output === 'name') context.stdout.write(`${workLine(name)}\n`);
  };
}
