import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context, Maestro } from '../../context.ts';
import { describeLoss } from '../../core/ownership/losses.ts';
import { storedContent } from '../../core/works/document.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { planApply, type ApplyPlan } from '../../operations/apply/plan.ts';
import { type Budget } from '../../operations/budget.ts';
import { storedExecutor } from '../../operations/executor.ts';
import { openReporter } from '../../output/reporter.ts';
import { prepareWorks, requestOf, type PreparedWork } from '../shared/prepare-works.ts';
import { withMaestro, type MaestroSession } from '../shared/with-maestro.ts';
import { changesBetween, type ExecutorChange } from './changes.ts';
import type { DiffOptions } from './options.ts';
import { isDifferent, printDiffs, type WorkDiff } from './output.ts';

/** Compares every work before it prints, so that an error is never mistaken for a part of the answer. */
export async function run(options: DiffOptions, context: Context): Promise<CommandResult> {
  const reporter = await openReporter(context.stderr, options.log, context.env, context.clock);
  const works = await prepareWorks(options, context, reporter);
  return withMaestro(
    options,
    context,
    async (session) => {
      const diffs: WorkDiff[] = [];
      for (const work of works) diffs.push(await diffWork(work, options, session));
      reporter.end();
      await printDiffs(diffs, options.output, context, reporter);
      return { exitCode: diffs.some(isDifferent) ? ExitCode.Different : ExitCode.Done };
    },
    reporter,
  );
}

async function diffWork(prepared: PreparedWork, options: DiffOptions, session: MaestroSession): Promise<WorkDiff> {
  const { work, consumer } = prepared;
  const { maestro, budget, reporter } = session;
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
