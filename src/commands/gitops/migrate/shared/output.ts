import type { Context } from '../../../../context.ts';
import type { JsonValue } from '../../../../core/json.ts';
import type { WorkOutcomes } from '../../../../core/outcome/outcome.ts';
import { counted, listed } from '../../../../core/text.ts';
import type { ExitCode } from '../../../../exit-code.ts';
import type { HandoverDirection, HandoverGoal, HandoverPlan } from '../../../../gitops/handover/plan.ts';
import type {
  ApplicationResult,
  ClusterResult,
  HandoverEnd,
  HandoverEvent,
} from '../../../../gitops/handover/run-handover.ts';
import { stepTexts } from '../../../../gitops/handover/step-texts.ts';
import type { Budget } from '../../../../operations/budget.ts';
import { KeptOutcomes } from '../../../../operations/kept-outcomes.ts';
import { errorValue, type ErrorValue } from '../../../../output/error-value.ts';
import { toJson } from '../../../../output/json.ts';
import { ofMany, openProgressLine } from '../../../../output/progress-line.ts';
import type { Reporter } from '../../../../output/reporter.ts';
import { openTable } from '../../../../output/table.ts';
import { toYaml } from '../../../../output/yaml.ts';
import { WaitingClusters } from '../../../shared/fleet/waiting-clusters.ts';
import { goalWords } from './goal-words.ts';
import type { CarryOutOptions } from './options.ts';
import { outcomeOf } from './outcomes.ts';

/** What became of one Application. */
export interface PrintedHandedOver {
  /** Its cluster. */
  readonly cluster: string;
  /** `namespace/name` on the hub. */
  readonly application: string;
  /**
   * `done`: the goal is reached. `parked`: something about it stands in the way. `pending`: it was sent, and the end of
   * the time or a signal came before the goal. `failed`: it could not be carried out. `not-begun`: nothing was sent,
   * because no more was to be begun. `planned`: what a dry run would do.
   */
  readonly outcome: ApplicationResult['outcome'];
  /** One word for it: BothOwn, HandedOver, RolledBack; why it is parked; an error's reason; the step of a dry run. */
  readonly reason: string;
  /** The outcome in words. */
  readonly message: string;
  /** The id of its bundle in Maestro. */
  readonly bundleId: string;
  /** Its classic ManifestWork, when there is or was one. */
  readonly classicWork?: string;
  /** uid of the Application on the cluster before, and as it was told last: they are equal unless it was replaced. */
  readonly uidBefore?: string;
  /** See uidBefore. */
  readonly uidAfter?: string;
  /** The exit code that it gives; 0 is success. */
  readonly exitCode: ExitCode;
}

/** What kept a whole cluster from being gone on with. */
export interface PrintedClusterFault {
  /** Its name. */
  readonly cluster: string;
  /** Why. */
  readonly error: ErrorValue;
}

/** A cluster that is through, and yet was not given to the controllers. */
export interface PrintedHeldBack {
  /** Its name. */
  readonly cluster: string;
  /** Why, in a sentence. */
  readonly message: string;
}

/** How many Applications came to which end. */
export interface HandoverCounts {
  /** All of the plan, or of the clusters that were named. */
  readonly applications: number;
  /** Clusters that they are on. */
  readonly clusters: number;
  /** Those that reached the goal. */
  readonly done: number;
  /** Those that something stands in the way of. */
  readonly parked: number;
  /** Those that were sent and have not reached the goal in time, or before a signal. */
  readonly pending: number;
  /** Those that could not be carried out. */
  readonly failed: number;
  /** Those that nothing was sent for, because no more was to be begun. */
  readonly notBegun: number;
  /** Those of a dry run for which something is left to do. */
  readonly planned: number;
}

/** What `gitops migrate run`, `finish` and `rollback` came to. */
export interface PrintedHandover {
  /** Of the plan; what was written is stamped with it. */
  readonly runId: string;
  /** To whom the Applications go. */
  readonly direction: HandoverDirection;
  /** How far it was to go. */
  readonly goal: HandoverGoal;
  /** Nothing was sent. */
  readonly dryRun: boolean;
  /** In the order of the plan. */
  readonly applications: readonly PrintedHandedOver[];
  /** Clusters that were ended by an error. */
  readonly faults: readonly PrintedClusterFault[];
  /** Clusters that stay switched off for the controllers, though all their Applications are through. */
  readonly heldBack: readonly PrintedHeldBack[];
  /** Why it ended before all was begun. */
  readonly stoppedBy?: string;
  /** How many came to which end. */
  readonly summary: HandoverCounts;
}

/** What a person and a program are told while a plan is carried out. */
export interface HandoverOutput {
  readonly reporter: Reporter;
  take(event: HandoverEvent): void;
  /** Prints what it came to. */
  end(end: HandoverEnd): WorkOutcomes;
  /** Every Application has reached the goal. */
  readonly isDone: () => boolean;
  /** Whatever happened, the terminal is left as it was. */
  close(): void;
}

export function openHandoverOutput(
  plan: HandoverPlan,
  options: Pick<CarryOutOptions, 'goal' | 'output' | 'log' | 'dryRun'> & { readonly staged: boolean },
  context: Pick<Context, 'stdout' | 'stderr' | 'clock' | 'env'>,
  { reporter, budget }: { readonly reporter: Reporter; readonly budget?: Budget },
): HandoverOutput {
  const { goal, output, log, staged, dryRun } = options;
  const line = openProgressLine({ log, bar: true, ...(budget === undefined ? {} : { budget }) }, context, reporter);
  const told = ofMany(reporter);
  const waiting = new WaitingClusters();
  const results = new Map<string, ClusterResult>();
  const table =
    output === 'table'
      ? openTable(['CLUSTER', 'APPLICATION', 'OUTCOME', 'REASON', { header: 'WHAT', text: true }], context.stdout)
      : undefined;
  const total = plan.clusters.length;
  let done = 0;
  let failed = 0;
  const show = (): void => {
    const text = `${goalWords[goal]} ${done}/${total}${failed === 0 ? '' : ` · ${failed} failed`}`;
    line.show({ done, total, text, reasons: () => waiting.reasons() });
  };
  const take = (event: HandoverEvent): void => {
    switch (event.kind) {
      case 'stageBegun':
        if (staged) told.info(stageText(event.stage));
        return;
      case 'stageEnded':
      case 'application':
        return;
      case 'step':
        told.progress(`${[event.cluster, event.application ?? []].flat().join(': ')}: ${stepTexts[event.step].taken}`);
        return;
      case 'waiting':
        told.progress(`${event.cluster}: waiting: ${event.text}`);
        waiting.set(event.cluster, event.text);
        show();
        return;
      case 'cluster': {
        const { result } = event;
        results.set(result.cluster, result);
        waiting.delete(result.cluster);
        if (result.done || dryRun) done += 1;
        else if (result.applications.every(({ outcome }) => outcome !== 'not-begun')) failed += 1;
        if (result.applications.length > 0) table?.rows(result.applications.map((one) => rowOf(one)));
        if (result.error !== undefined) told.error(`${result.cluster}: ${result.error.message}`);
        show();
      }
    }
  };
  const inOrder = (): readonly ClusterResult[] => plan.clusters.flatMap(({ name }) => results.get(name) ?? []);
  return {
    reporter: told,
    take,
    isDone: () => results.size === total && [...results.values()].every(({ done }) => done),
    end: ({ stoppedBy, notBegun }) => {
      line.end();
      if (stoppedBy !== undefined)
        reporter.warn(
          `stopped, because ${stoppedBy}: ${counted(notBegun.length, 'cluster')} not begun (${listed(notBegun)})`,
        );
      const value = printedHandover(plan, options, inOrder(), stoppedBy);
      if (output === 'json') context.stdout.write(toJson(value));
      if (output === 'yaml') context.stdout.write(toYaml(value as unknown as JsonValue));
      reporter.info(summaryText(value.summary, goal));
      return outcomesOf(plan, inOrder());
    },
    close: () => line.end(),
  };
}

function stageText({
  name,
  number,
  members,
}: Extract<HandoverEvent, { readonly kind: 'stageBegun' }>['stage']): string {
  return `${name === 'canary' ? 'canary' : `wave ${number}`}: ${counted(members.length, 'cluster')}`;
}

function rowOf({ cluster, application, outcome, reason, text }: ApplicationResult): readonly string[] {
  return [cluster, application, outcome, reason, text];
}

function printedHandover(
  { runId, direction }: HandoverPlan,
  { goal, dryRun }: Pick<CarryOutOptions, 'goal' | 'dryRun'>,
  results: readonly ClusterResult[],
  stoppedBy: string | undefined,
): PrintedHandover {
  const applications = results.flatMap((result) => result.applications);
  const count = (outcome: ApplicationResult['outcome']): number =>
    applications.filter((one) => one.outcome === outcome).length;
  return {
    runId,
    direction,
    goal,
    dryRun,
    applications: applications.map(({ text, ...one }) => ({ ...one, message: text })),
    faults: results.flatMap(({ cluster, error }) =>
      error === undefined ? [] : [{ cluster, error: errorValue(error) }],
    ),
    heldBack: results.flatMap(({ cluster, heldBack }) =>
      heldBack === undefined ? [] : [{ cluster, message: heldBack }],
    ),
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
    summary: {
      applications: applications.length,
      clusters: results.length,
      done: count('done'),
      parked: count('parked'),
      pending: count('pending'),
      failed: count('failed'),
      notBegun: count('not-begun'),
      planned: count('planned'),
    },
  };
}

function summaryText({ applications, clusters, ...counts }: HandoverCounts, goal: HandoverGoal): string {
  const words: Readonly<Record<keyof typeof counts, string>> = {
    done: goalWords[goal],
    parked: 'parked',
    pending: 'pending',
    failed: 'failed',
    notBegun: 'not begun',
    planned: 'to go (dry run, nothing sent)',
  };
  const parts = (Object.keys(words) as (keyof typeof counts)[]).flatMap((key) =>
    counts[key] === 0 ? [] : [`${counts[key]} ${words[key]}`],
  );
  return `${counted(applications, 'application')} on ${counted(clusters, 'cluster')}: ${parts.join(', ')}`;
}

function outcomesOf(plan: HandoverPlan, results: readonly ClusterResult[]): WorkOutcomes {
  const applications = results.flatMap((result) => result.applications.map((one) => ({ one, error: result.error })));
  const names = new Map(
    plan.clusters.flatMap(({ name, applications: planned }) =>
      planned.map(({ key, bundleName }) => [`${name} ${key}`, bundleName] as const),
    ),
  );
  const kept = new KeptOutcomes(applications.length);
  for (const { one, error } of applications)
    kept.add(outcomeOf(one, names.get(`${one.cluster} ${one.application}`) ?? one.application, error));
  return kept;
}
