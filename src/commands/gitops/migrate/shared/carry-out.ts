import { nameTarget } from '../../../shared/write/name-target.ts';
import type { CommandResult } from '../../../../command-line/command-spec.ts';
import { confirm, refuseWithoutTerminal } from '../../../../command-line/confirm.ts';
import type { Context } from '../../../../context.ts';
import { stagesOf } from '../../../../core/fleet/waves.ts';
import { counted, listed } from '../../../../core/text.ts';
import type { HandoverPlan } from '../../../../gitops/handover/plan.ts';
import { refuseOtherHub } from '../../../../gitops/handover/plan-hub.ts';
import { classicConfigMap } from '../../../../gitops/model/pull-models.ts';
import { runHandover, type HandoverEnd } from '../../../../gitops/handover/run-handover.ts';
import type { Backup } from '../../../../gitops/handover/backup.ts';
import { createBudget, type Budget } from '../../../../operations/budget.ts';
import { fold } from '../../../../operations/fleet/events-of.ts';
import { withHub, type HubSession } from '../../shared/with-hub.ts';
import { openBackup, readBackup } from '../../shared/backup-file.ts';
import { prepareClassic, refuseFlagsOfOtherDirection, startAfterRollback } from './classic-model.ts';
import type { CarryOutOptions } from './options.ts';
import { openHandoverOutput, type HandoverOutput } from './output.ts';
import { readPlanFile } from './read-plan.ts';
import { endpointText } from '../../../../operations/connection-trouble.ts';

/** Carries a plan out to its goal, once somebody has agreed. */
export async function carryOutHandover(options: CarryOutOptions, context: Context): Promise<CommandResult> {
  const asks = !options.yes && !options.dryRun;
  if (asks) refuseWithoutTerminal(context);
  context.keepHeapSmall();
  const whole = readPlanFile(options.plan, [], context);
  const plan = options.clusters.length === 0 ? whole : readPlanFile(options.plan, options.clusters, context);
  refuseFlagsOfOtherDirection(whole, options);
  return withHub(options, context, async (session) => {
    // Before clusters are switched off and the classic model is stopped, which are writes to whatever hub this is.
    await refuseOtherHub(plan, session.kube, session.budget);
    if (!options.dryRun) nameTarget(options, context, { hub: session.kube.server });
    if (asks) await confirm(questionOf(plan, options), context);
    // A person may take long to answer; that is no time of the run.
    const budget = asks ? createBudget(options.timeoutMs, context) : session.budget;
    if (options.dryRun) {
      const backup = readBackup(options.backup, plan.runId, context, session.reporter);
      return carriedOut({ plan, options, session, context, budget, backup });
    }
    const backup = openBackup(options.backup, plan.runId, context, session.reporter);
    try {
      await prepareClassic({ plan, whole }, options, { ...session, budget });
      const result = await carriedOut({ plan, options, session, context, budget, backup });
      if (backup.added() > 0)
        session.reporter.info(
          `${counted(backup.added(), 'object')} kept in ${options.backup} as they were; keep it beside the plan`,
        );
      return result;
    } finally {
      backup.close();
    }
  });
}

interface CarriedOut {
  readonly plan: HandoverPlan;
  readonly options: CarryOutOptions;
  readonly session: HubSession;
  readonly context: Context;
  readonly budget: Budget;
  readonly backup: Backup;
}

async function carriedOut({ plan, options, session, context, budget, backup }: CarriedOut): Promise<CommandResult> {
  const { kube, maestro } = session;
  const stages = stagesOf(plan.clusters, options.canary, options.waves);
  const output = openHandoverOutput(plan, { ...options, staged: stages.length > 1 }, context, {
    reporter: session.reporter,
    budget,
  });
  const { goal, maxConcurrency, dryRun } = options;
  const events = runHandover(
    {
      plan,
      goal,
      stages,
      maxConcurrency,
      dryRun,
      ...(options.maxFailures === undefined ? {} : { maxFailures: options.maxFailures }),
      ...(options.failureGraceMs === undefined ? {} : { failureGraceMs: options.failureGraceMs }),
    },
    { kube, maestro, backup, onNotice: (text) => output.reporter.info(text) },
    budget,
  );
  const told =
    context.rollOut === undefined
      ? undefined
      : (await import('./facts.ts')).tellingHandover(plan, { stages, ...options }, context.rollOut, context);
  try {
    const end: HandoverEnd = await fold(events, (event) => {
      told?.take(event);
      output.take(event);
    });
    told?.end(end);
    const works = output.end(end);
    await tellNext(plan, options, { ...session, budget }, output);
    return { outcome: { works } };
  } finally {
    output.close();
  }
}

async function tellNext(
  plan: HandoverPlan,
  options: CarryOutOptions,
  session: Pick<HubSession, 'kube' | 'budget' | 'reporter'>,
  output: HandoverOutput,
): Promise<void> {
  const { goal, dryRun, plan: file } = options;
  if (dryRun) return;
  if (!output.isDone()) {
    session.reporter.info(
      `how far each has come, and what stands in the way: maestro-cli gitops migrate status --plan=${file}`,
    );
    return;
  }
  if (goal === 'run') session.reporter.info(`next: maestro-cli gitops migrate finish --plan=${file}`);
  if (goal === 'finish' && plan.direction === 'to-classic')
    session.reporter.info(
      `the controllers have none of these left. Once they have nothing on any cluster (maestro-cli gitops check tells), set pullModel.maestro.disabled in ConfigMap ${classicConfigMap}, or uninstall them`,
    );
  if (goal === 'rollback') await startAfterRollback(plan, options, session);
}

/** Asks with what is done, to how much, and where. */
function questionOf(plan: HandoverPlan, options: CarryOutOptions): string {
  const { clusters, hubServer, direction } = plan;
  const { goal, pauseClassic, startClassic, settings } = options;
  const to = direction === 'to-maestro' ? 'Maestro' : 'the classic pull model';
  const from = direction === 'to-maestro' ? 'the classic pull model' : 'Maestro';
  const applications = counted(
    clusters.reduce((sum, { applications: list }) => sum + list.length, 0),
    'Application',
  );
  const what = {
    run: `have ${to} own ${applications} beside ${from}`,
    finish: `delete what ${from} delivers ${applications} by, which ${to} keeps`,
    rollback: `give ${applications} back to ${from}, and delete what ${to} delivers them by`,
  }[goal];
  const before = pauseClassic
    ? ' pause MultiClusterHub, scale the classic pull model to 0, and'
    : startClassic && goal === 'run'
      ? ' start the classic pull model, and'
      : '';
  const after = startClassic && goal === 'rollback' ? ', and start the classic pull model' : '';
  const where = `on ${counted(clusters.length, 'cluster')} (${listed(clusters.map(({ name }) => name))}) of the hub ${hubServer}, by Maestro at ${endpointText(settings, 'grpc')}`;
  return `gitops migrate ${goal}:${before} ${what} ${where}${after}?`;
}
