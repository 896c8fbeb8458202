import type { CommandResult } from '../../../command-line/command-spec.ts';
import { confirm, refuseWithoutTerminal } from '../../../command-line/confirm.ts';
import type { Context } from '../../../context.ts';
import { stagesOf } from '../../../core/fleet/waves.ts';
import { forecast } from '../../../core/migration/forecast.ts';
import type { ClusterPlan } from '../../../core/migration/cluster-plan.ts';
import type { MigrationPlan } from '../../../core/migration/plan-file.ts';
import { counted, listed } from '../../../core/text.ts';
import { MaestroError } from '../../../errors.ts';
import { createBudget } from '../../../operations/budget.ts';
import { endpointText } from '../../../operations/connection-trouble.ts';
import { fold } from '../../../operations/fleet/events-of.ts';
import { readRows, type PlannedRows } from '../../../operations/migrate/read-rows.ts';
import { runMigration } from '../../../operations/migrate/run-migration.ts';
import { nameTarget } from '../../shared/write/name-target.ts';
import { withMaestro, type MaestroSession } from '../../shared/with-maestro.ts';
import type { CarryOutOptions } from './options.ts';
import { openMigrationOutput, printForecasts, type ClusterForecast } from './output.ts';
import { readPlanFile } from './read-plan.ts';

/** Carries a plan out to its goal, once somebody has agreed. */
export async function carryOutPlan(options: CarryOutOptions, context: Context): Promise<CommandResult> {
  const asks = !options.yes && !options.dryRun;
  if (asks) {
    refuseWithoutTerminal(context);
    if (options.plan === '-')
      throw new MaestroError('usage', 'the plan comes from standard input, so nobody can answer there', {
        hint: 'Give -y.',
      });
  }
  const plan = await readPlanFile(options.plan, options.consumers, context);
  return withMaestro(options, context, async (session) => {
    if (options.dryRun) return predict(plan, options, session, context);
    nameTarget(options, context, { source: plan.source });
    if (asks) await confirm(questionOf(plan, options), context);
    // A person may take long to answer; that is no time of the run.
    const budget = asks ? createBudget(options.timeoutMs, context) : session.budget;
    if (!options.ownerProof) session.reporter.warn(unprovenText);
    const stages = stagesOf(plan.clusters, options.canary, options.waves);
    const output = openMigrationOutput(plan, { ...options, staged: stages.length > 1 }, context, {
      reporter: session.reporter,
      budget,
    });
    const events = runMigration(
      { ...options, source: plan.source, stages },
      { ...session.maestro, onNotice: (text) => output.reporter.info(text) },
      budget,
    );
    const told =
      context.rollOut === undefined
        ? undefined
        : (await import('./facts.ts')).tellingMigration(
            stages,
            { goal: options.goal, server: endpointText(options.settings, 'grpc'), source: plan.source },
            context.rollOut,
            context,
          );
    try {
      const end = await fold(events, (event) => {
        told?.take(event);
        output.take(event);
      });
      told?.end(end);
      return { outcome: { works: output.summary(end) } };
    } finally {
      output.end();
    }
  });
}

/** What --no-owner-proof trusts. */
const unprovenText =
  'no agent is asked who owns the objects: one that reports Applied for what it does not own leaves them without an owner, and those of 2024-12 to 2025-02 do';

async function predict(
  plan: MigrationPlan,
  options: CarryOutOptions,
  { maestro, budget }: MaestroSession,
  context: Context,
): Promise<CommandResult> {
  const read = await readRows(plan.clusters, maestro.reader, budget);
  const forecasts = read.map((cluster) => forecastOf(cluster, options));
  return { outcome: { works: printForecasts(forecasts, options, context.stdout) } };
}

/** Where a work cannot be read nobody can tell what a run would do. */
function forecastOf({ plan, rows, unreadable: [bad] }: PlannedRows, options: CarryOutOptions): ClusterForecast {
  if (bad !== undefined) return { cluster: plan, steps: [], refused: { reason: 'Unreadable', error: bad.error } };
  const { steps, end } = forecast(plan, rows, options);
  if (end.kind === 'done') return { cluster: plan, steps };
  return { cluster: plan, steps, refused: { reason: end.reason, error: new MaestroError('conflict', end.text) } };
}

const questions = {
  run: (cluster: ClusterPlan) =>
    `make ${counted(cluster.new.length, 'new work')} beside ${counted(cluster.old.length, 'old one')}`,
  finish: (cluster: ClusterPlan) =>
    `delete ${counted(cluster.old.length, 'old work')}, whose objects ${counted(cluster.new.length, 'new work')} keep`,
  rollback: (cluster: ClusterPlan) =>
    `restore ${counted(cluster.old.length, 'old work')} and delete ${counted(cluster.new.length, 'new one')}`,
};

function questionOf({ clusters, to }: MigrationPlan, { goal, settings }: CarryOutOptions): string {
  const [first] = clusters;
  const names = clusters.map(({ consumer }) => consumer);
  const where = `on ${clusters.length === 1 ? 'the cluster' : `each of ${clusters.length} clusters`} (${listed(names)}) at ${endpointText(settings, 'grpc')}`;
  const what =
    clusters.length === 1 && first !== undefined
      ? questions[goal](first)
      : `${goal === 'rollback' ? 'go back from' : 'go on to'} pattern ${to}`;
  return `migrate ${goal}: ${what} ${where}?`;
}
