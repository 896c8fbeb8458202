import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import type { Budget } from '../../operations/budget.ts';
import { eventsOf } from '../../operations/fleet/events-of.ts';
import { exitCodeOfStop } from '../../operations/fleet/not-begun.ts';
import { Places } from '../../operations/fleet/publish-limits.ts';
import { StopRule } from '../../operations/fleet/stop-rule.ts';
import { usualGraceMs } from '../../operations/wait/conditions.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { readPullModels } from '../survey/pull-models.ts';
import { towardsOf } from './advance.ts';
import { whyClassicMayWrite } from './classic-switch.ts';
import { ClusterRun, type ClusterEnd } from './cluster-run.ts';
import { switchOffClusters } from './cluster-switch.ts';
import { refuseOtherHub } from './plan-hub.ts';
import type { HandoverDeps, HandoverEnd, HandoverEvent, RunHandoverOptions } from './events.ts';
import { notBegunEvents, untouched } from './not-begun.ts';
import type { ClusterRunParts } from './parts.ts';
import type { HandoverGoal, HandoverPlan, PlannedCluster } from './plan.ts';
import { Sender } from './send.ts';
import type { Towards } from './sides.ts';

export type {
  RunHandoverOptions,
  HandoverDeps,
  StepName,
  ApplicationResult,
  ClusterResult,
  HandoverEvent,
  HandoverEnd,
} from './events.ts';

/** Between two looks at whether the other model has been started. */
const lookAtModelsMs = 10_000;
/** Clusters that are read at once. */
const readsAtOnce = 16;

/**
 * Carries a plan out stage by stage, cluster by cluster. Every step follows
 * from what hub, Maestro and clusters have, so that a run that was ended
 * anywhere is gone on with by the same call. What was not begun is told last,
 * as failed for what stopped the run, so that the run never looks done.
 *
 * @throws MaestroError conflict when either model may write to the clusters, or the hub is another one than the plan's
 */
export async function* runHandover(
  options: RunHandoverOptions,
  deps: HandoverDeps,
  budget: Budget,
): AsyncGenerator<HandoverEvent, HandoverEnd, void> {
  const { plan, stages, maxFailures, goal } = options;
  const access = new Access(plan, goal, deps.kube, budget);
  await refuseOtherHub(plan, deps.kube, budget);
  if (goal === 'run' && options.dryRun !== true) {
    // Before anything else: once the other model is stopped, our controllers would take up what nobody holds them from.
    const clusters = stages.flatMap(({ members }) => members.map(({ name }) => name));
    for (const cluster of await switchOffClusters(deps.kube, clusters, budget))
      yield { kind: 'step', cluster, step: 'switch-cluster' };
  }
  await access.stillAllowed();
  const sender = new Sender(deps, options.maxConcurrency, budget);
  const reads = new Places(readsAtOnce);
  const leftOut: ClusterEnd[] = [];
  const codes = new Set<ExitCode>();
  const stops = new StopRule(budget, { noun: 'cluster', maxFailures });
  const mayBegin = (): boolean => stops.mayBegin();
  let left = stages.reduce((sum, { members }) => sum + members.length, 0);
  for (const stage of stages) {
    if (!stops.mayBegin()) {
      leftOut.push(...stage.members.map((cluster) => untouched(cluster)));
      continue;
    }
    const failedBefore = stops.failed;
    yield { kind: 'stageBegun', stage };
    const events = eventsOf<HandoverEvent | Ended, void>(async (tell) => {
      let underway = stage.members.length;
      const parts: ClusterRunParts = {
        plan,
        options: stepOptions(options),
        deps,
        budget,
        sender,
        reads,
        underway: () => underway,
        mayBegin,
        stillAllowed: () => access.stillAllowed(),
        tell,
      };
      const one = async (cluster: PlannedCluster): Promise<void> => {
        const end = await new ClusterRun(parts, cluster).run();
        underway -= 1;
        // Told at once, for whoever is about to begin asks how many have failed.
        stops.addFailure(...failuresOf(end));
        tell({ kind: 'ended', end });
      };
      await Promise.all(stage.members.map(one));
    });
    for await (const event of events) {
      if (event.kind !== 'ended') {
        yield event;
        continue;
      }
      const { left: notBegun, ...result } = event.end;
      for (const { exitCode } of result.applications) if (exitCode !== ExitCode.Done) codes.add(exitCode);
      if (notBegun.length > 0) leftOut.push(event.end);
      else yield { kind: 'cluster', result, left: (left -= 1) };
    }
    stops.stageEnded(stage);
    yield { kind: 'stageEnded', stage, failed: stops.failed - failedBefore };
  }
  if (leftOut.length === 0) return { notBegun: [] };
  const stoppedBy = stops.why();
  yield* notBegunEvents(leftOut, stoppedBy, exitCodeOfStop(budget, codes));
  return { notBegun: leftOut.map(({ cluster }) => cluster), stoppedBy };
}

function stepOptions({ plan, goal, dryRun, failureGraceMs }: RunHandoverOptions): ClusterRunParts['options'] {
  return {
    goal,
    direction: plan.direction,
    leaveProjects: plan.settings.leaveProjects,
    dryRun: dryRun === true,
    failureGraceMs: failureGraceMs ?? usualGraceMs,
  };
}

interface Ended {
  readonly kind: 'ended';
  readonly end: ClusterEnd;
}

/** How it failed on a cluster; what is parked stands in nobody's way. */
function failuresOf({ applications, error }: ClusterEnd): readonly ExitCode[] {
  const failed = applications.flatMap(({ outcome, exitCode }) => (outcome === 'failed' ? [exitCode] : []));
  return error === undefined ? failed : [...failed, error.exitCode];
}

/** Whether this plan may be carried out here and now. */
class Access {
  readonly #plan: HandoverPlan;
  readonly #towards: Towards;
  readonly #kube: KubeApi;
  readonly #budget: Budget;
  #checkedMs: number | undefined;
  #checking: Promise<void> | undefined;

  constructor(plan: HandoverPlan, goal: HandoverGoal, kube: KubeApi, budget: Budget) {
    this.#plan = plan;
    this.#towards = towardsOf({ goal, direction: plan.direction });
    this.#kube = kube;
    this.#budget = budget;
  }

  /**
   * While applications go to Maestro the classic model must not write: it would make again what is deleted. Somebody
   * may start it in the middle, so it is looked at now and then.
   */
  async stillAllowed(): Promise<void> {
    if (this.#towards !== 'maestro') return;
    const nowMs = this.#budget.clock.monotonicMs();
    if (this.#checkedMs !== undefined && nowMs - this.#checkedMs < lookAtModelsMs) return;
    this.#checking ??= this.#check().finally(() => (this.#checking = undefined));
    await this.#checking;
  }

  async #check(): Promise<void> {
    const models = await readPullModels(this.#kube, this.#plan.settings, this.#budget);
    const why = whyClassicMayWrite(models);
    if (why !== undefined)
      throw new MaestroError('conflict', why, {
        hint: {
          program: 'Stop the classic model first: see pauseCommands, or pauseClassic.',
          command: 'Stop it first, or give --pause-classic.',
        },
      });
    this.#checkedMs = this.#budget.clock.monotonicMs();
  }
}
