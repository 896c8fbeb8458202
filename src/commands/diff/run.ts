import { printedJson } from '../../output/json.ts';
import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context, Maestro } from '../../context.ts';
import { describeLoss } from '../../core/ownership/losses.ts';
import type { JsonObject } from '../../core/json.ts';
import { storedContent } from '../../core/works/document.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { planApply, type ApplyPlan } from '../../operations/apply/plan.ts';
import { createBudget, type Budget } from '../../operations/budget.ts';
import { storedExecutor } from '../../operations/executor.ts';
import { openPalette, type Palette } from '../../output/colour.ts';
import { openReporter, type Reporter } from '../../output/reporter.ts';
import { colourDiff } from '../../output/unified-diff.ts';
import type { ApplyOptions } from '../apply/command.ts';
import { prepareWorks, requestOf, type PreparedWork } from '../apply/prepare.ts';
import { changesBetween, type ExecutorChange, type PartChange } from './changes.ts';
import type { DiffOptions } from './command.ts';

/** What an apply would make of one work. */
interface WorkDiff {
  readonly name: string;
  readonly consumer: string;
  readonly id: string;
  readonly action: ApplyPlan['action'];
  /** The version that is stored. */
  readonly version?: number;
  readonly changes: readonly PartChange[];
}

interface RunDeps {
  readonly context: Context;
  readonly maestro: Maestro;
  readonly budget: Budget;
  readonly reporter: Reporter;
}

/** Compares every work before it prints, so that an error is never mistaken for a part of the answer. */
export async function run(options: DiffOptions, context: Context): Promise<CommandResult> {
  const { apply } = options;
  const reporter = await openReporter(context.stderr, apply.log, context.env, context.clock);
  const works = await prepareWorks(apply, context, reporter);
  const budget = createBudget(apply.timeoutMs, context);
  const maestro = await context.connect(apply.settings);
  try {
    const diffs: WorkDiff[] = [];
    for (const work of works) diffs.push(await diffWork(work, apply, { context, maestro, budget, reporter }));
    reporter.end();
    const different = diffs.some(({ changes }) => changes.length > 0);
    if (options.output === 'json')
      context.stdout.write(`${printedJson({ different, works: diffs.map((diff) => diffValue(diff)) }, 2)}\n`);
    else await printText(diffs, context, reporter);
    return { exitCode: different ? ExitCode.Different : ExitCode.Done };
  } finally {
    reporter.end();
    await maestro.close();
  }
}

async function diffWork(prepared: PreparedWork, options: ApplyOptions, deps: RunDeps): Promise<WorkDiff> {
  const { work, consumer } = prepared;
  const { maestro, budget, reporter } = deps;
  budget.signal.throwIfAborted();
  const plan = await planApply(
    requestOf(prepared, options),
    { ...maestro, onNotice: (text) => reporter.info(text) },
    budget,
  );
  const named = { name: work.name, consumer, id: plan.target.id, action: plan.action };
  if (plan.action === 'create') {
    const { executor } = plan.work;
    return {
      ...named,
      changes: changesBetween(
        undefined,
        plan.work,
        executor === undefined ? undefined : { before: undefined, after: executor },
      ),
    };
  }
  if (plan.action === 'unchanged') return { ...named, version: plan.stored.version, changes: [] };
  for (const loss of plan.losses) reporter.warn(`${work.name}: ${describeLoss(loss)}`);
  const changes = changesBetween(storedContent(plan.stored), plan.work, await executorChange(plan, maestro, budget));
  if (changes.length === 0)
    throw new MaestroError('internal', `${work.name} would be updated, and no difference was found`);
  return { ...named, version: plan.stored.version, changes };
}

/** REST never shows an executor, so what is stored has to be asked for; undefined when it stays as it is. */
async function executorChange(
  plan: Extract<ApplyPlan, { action: 'update' }>,
  maestro: Maestro,
  budget: Budget,
): Promise<ExecutorChange | undefined> {
  const after = plan.work.executor;
  const stored = await storedExecutor(maestro.reader, plan.stored, after, budget);
  switch (stored.kind) {
    case 'none':
      return after === undefined ? undefined : { before: undefined, after };
    case 'known':
      return stored.executor === after ? undefined : { before: stored.executor, after };
    case 'unreadable':
      return { before: { unknown: 'Maestro does not show the executor that is stored' }, after };
  }
}

function diffValue({ changes, ...diff }: WorkDiff): JsonObject {
  return {
    ...diff,
    changes: changes.map(({ key, ...change }) => ({ ...change, ...(key === undefined ? {} : { key: { ...key } }) })),
  };
}

async function printText(diffs: readonly WorkDiff[], context: Context, reporter: Reporter): Promise<void> {
  const palette = await openPalette(context.stdout, context.env);
  for (const diff of diffs) {
    if (diff.changes.length === 0)
      reporter.info(`${diff.name} on ${diff.consumer}: no differences (version ${diff.version})`);
    else context.stdout.write(textOf(diff, palette));
  }
}

function textOf(diff: WorkDiff, palette: Palette): string {
  const { name, consumer, version, changes } = diff;
  const what = version === undefined ? 'would be created' : `would be updated, version ${version} is stored`;
  return [`# ${name} on ${consumer}: ${what}\n`, ...changes.map((change) => colourDiff(change.diff, palette))].join('');
}
