import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { describeLoss } from '../../core/ownership/losses.ts';
import { ExitCode } from '../../exit-code.ts';
import { planApply } from '../../operations/apply/plan.ts';
import { openReporter } from '../../output/reporter.ts';
import { changesOfPlan } from '../shared/change/plan-changes.ts';
import { prepareWorks, requestOf, type PreparedWork } from '../shared/input/prepare-works.ts';
import { withMaestro, type MaestroSession } from '../shared/with-maestro.ts';
import type { DiffOptions } from './options.ts';
import { isDifferent, printDiffs, type WorkDiff } from './output.ts';

/** Compares every work before it prints, so that an error is never mistaken for a part of the answer. */
export async function run(options: DiffOptions, context: Context): Promise<CommandResult> {
  if (options.fleet !== undefined) {
    const { runFleetDiff } = await import('./fleet/run.ts');
    return runFleetDiff(options, options.fleet, context);
  }
  const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
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
  if (plan.action === 'update') for (const loss of plan.losses) reporter.warn(`${work.name}: ${describeLoss(loss)}`);
  return {
    name: work.name,
    consumer,
    id: plan.target.id,
    action: plan.action,
    ...(plan.action === 'create' ? {} : { version: plan.stored.version }),
    changes: await changesOfPlan(plan, maestro, budget),
  };
}
