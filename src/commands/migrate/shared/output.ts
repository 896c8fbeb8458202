import type { Context, OutputStream } from '../../../context.ts';
import type { Goal, Step } from '../../../core/migration/advance.ts';
import type { ClusterPlan } from '../../../core/migration/cluster-plan.ts';
import type { MigrationPlan } from '../../../core/migration/plan-file.ts';
import { failedWork, type WorkOutcome, type WorkOutcomes } from '../../../core/outcome/outcome.ts';
import { oneWord } from '../../../core/shown-text.ts';
import { counted } from '../../../core/text.ts';
import type { MaestroError } from '../../../errors.ts';
import { ExitCode } from '../../../exit-code.ts';
import type { Budget } from '../../../operations/budget.ts';
import { outcomeWorks } from '../../../operations/migrate/outcome-works.ts';
import type { MigrationEnd, MigrationReason, MigrationRunEvent } from '../../../operations/migrate/run-migration.ts';
import { toJson } from '../../../output/json.ts';
import type { Reporter } from '../../../output/reporter.ts';
import { FleetResult, type FleetResultOptions } from '../../shared/fleet/fleet-result.ts';
import { OutcomeTally } from '../../shared/fleet/outcome-tally.ts';
import { WaitingClusters } from '../../shared/fleet/waiting-clusters.ts';
import { endWords, isFurther } from './end-words.ts';
import type { CarryOutOptions } from './options.ts';

/** What a person and a program are told while a plan is carried out. */
export interface MigrationOutput {
  readonly reporter: Reporter;
  take(event: MigrationRunEvent): void;
  summary(end: MigrationEnd): WorkOutcomes;
  /** Whatever happened, the terminal is left as it was. */
  end(): void;
}

/** What is printed of a work, by its reason. */
const reasonWords: Readonly<Record<MigrationReason, string>> = {
  BothOwn: 'owns beside the old works',
  LettingGo: 'owns, and finish has begun',
  Finished: endWords.finish,
  RolledBack: endWords.rollback,
};

function isMigrationReason(reason: string): reason is MigrationReason {
  return Object.hasOwn(reasonWords, reason);
}

function tallyOf(goal: Goal): FleetResultOptions['tally'] {
  if (goal !== 'run') return new OutcomeTally({ met: endWords[goal] }, () => 'met');
  return new OutcomeTally({ met: endWords.run, unchanged: 'further already' }, (outcome) =>
    isFurther(goal, outcome) ? 'unchanged' : 'met',
  );
}

export function openMigrationOutput(
  plan: MigrationPlan,
  options: CarryOutOptions & { readonly staged: boolean },
  context: Context,
  { reporter, budget }: { readonly reporter: Reporter; readonly budget: Budget },
): MigrationOutput {
  const { goal, output, log, staged } = options;
  const works = plan.clusters.flatMap((cluster) =>
    outcomeWorks(cluster, goal).map(({ work }) => `${cluster.consumer}/${work.name}`),
  );
  const tally = tallyOf(goal);
  const total = plan.clusters.length;
  const result = new FleetResult(
    { keys: works, total: works.length, consumers: total, tally, output, log, budget },
    context,
    reporter,
  );
  let done = 0;
  let failed = 0;
  const waiting = new WaitingClusters();
  const show = (): void =>
    result.line.show({
      done,
      total,
      text: `${endWords[goal]} ${done}/${total}${failed === 0 ? '' : ` · ${failed} failed`}`,
      reasons: () => waiting.reasons(),
    });
  return {
    reporter: result.reporter,
    take: (event) => {
      switch (event.kind) {
        case 'stageBegun':
          if (!staged) return;
          result.reporter.info(
            `${event.stage.name === 'canary' ? 'canary' : `wave ${event.stage.number}`}: ${counted(event.stage.members.length, 'cluster')}`,
          );
          return;
        case 'stageEnded':
          return;
        case 'step':
          if (output === 'text') result.print(`${oneWord(event.consumer)}: ${stepText(event.step)}\n`);
          return;
        case 'waiting':
          result.reporter.progress(`${event.consumer}: waiting: ${event.text}`);
          waiting.set(event.consumer, event.text);
          show();
          return;
        case 'cluster': {
          const { end } = event;
          if (end.error === undefined && end.notBegun === undefined) done += 1;
          else if (end.error !== undefined) failed += 1;
          waiting.delete(end.plan.consumer);
          show();
          return;
        }
        case 'outcome':
          if (output === 'text' && event.outcome.exitCode === ExitCode.Done)
            result.print(
              `${oneWord(event.outcome.consumer)}: ${oneWord(event.outcome.manifestWorkName)} ${isMigrationReason(event.outcome.reason) ? reasonWords[event.outcome.reason] : endWords[goal]} (version ${event.outcome.version})\n`,
            );
          result.add(event.outcome);
      }
    },
    summary: (end) => {
      if (end.stoppedBy !== undefined) result.warnOfStop(end.notBegun, end.stoppedBy);
      return result.end();
    },
    end: () => result.line.end(),
  };
}

/** `W created`, `W told to let go of its objects (version 3)`: what Maestro accepts, with the version stored then. */
function stepText(step: Step): string {
  const name = oneWord(step.to.work.name);
  switch (step.kind) {
    case 'create':
      return `${name} created`;
    case 'update':
      return `${name} ${updateTexts[step.why]} (version ${step.version + 1})`;
    case 'delete':
      return `${name} deletion requested (version ${step.version})`;
  }
}

const updateTexts = {
  own: 'told to own its objects',
  'let-go': 'told to let go of its objects',
  settle: 'asked for no more proof of ownership',
  again: 'sent again, because its agent has not heard of it',
} as const;

/** What a run would send to a cluster. */
export interface ClusterForecast {
  readonly cluster: ClusterPlan;
  readonly steps: readonly Step[];
  /** Why nothing, or nothing more, would be sent, and what a run would end with there. */
  readonly refused?: { readonly reason: PrintedRefusal['reason']; readonly error: MaestroError };
}

/** Prints the steps that would be taken, and gives the outcome of the dry run. */
export function printForecasts(
  forecasts: readonly ClusterForecast[],
  { goal, output }: CarryOutOptions,
  stdout: OutputStream,
): readonly WorkOutcome[] {
  if (output === 'json') stdout.write(toJson(forecasts.map((one) => forecastValue(one))));
  else for (const one of forecasts) stdout.write(forecastLines(one));
  return forecasts.flatMap((one) => predicted(one, goal));
}

function forecastLines({ cluster: { consumer }, steps, refused }: ClusterForecast): string {
  const on = oneWord(consumer);
  const refusal = refused === undefined ? [] : [`${on}: refused: ${refused.error.message}`];
  const lines = steps.map((step) => `${on}: would send: ${stepText(step)}`);
  const none = lines.length === 0 && refusal.length === 0 ? [`${on}: nothing to do`] : [];
  return [...lines, ...refusal, ...none].map((line) => `${line}\n`).join('');
}

/** One request that would be sent. */
export interface PrintedStep {
  /** What is sent. */
  readonly action: 'create' | 'update' | 'delete';
  /**
   * Of an update: to own the objects (again), to let go of them, to take off what proved the ownership, or once more
   * because the agent has not heard of it.
   */
  readonly why?: Extract<Step, { readonly kind: 'update' }>['why'];
  /** Name of the work. */
  readonly name: string;
  /** The bundle id. */
  readonly id: string;
  /** The version that it would be sent for; 0 for a creation. */
  readonly version: number;
}

/** What `--dry-run` tells of one cluster. */
export interface PrintedForecast {
  /** The cluster. */
  readonly consumer: string;
  /** In their order. */
  readonly steps: readonly PrintedStep[];
  /** Why nothing, or nothing more, would be sent. */
  readonly refused?: PrintedRefusal;
}

/** Why a cluster is left alone. */
export interface PrintedRefusal {
  /** Somebody else wrote; `migrate run` comes first; a rollback has begun; a work cannot be read. */
  readonly reason: 'Moved' | 'NotRun' | 'RollbackBegun' | 'Unreadable';
  /** A sentence. */
  readonly message: string;
}

/** In the order of the plan. */
export type PrintedForecasts = readonly PrintedForecast[];

function forecastValue({ cluster: { consumer }, steps, refused }: ClusterForecast): PrintedForecast {
  return {
    consumer,
    steps: steps.map((step) => ({
      action: step.kind,
      ...(step.kind === 'update' ? { why: step.why } : {}),
      name: step.to.work.name,
      id: step.to.id,
      version: step.kind === 'create' ? 0 : step.version,
    })),
    ...(refused === undefined ? {} : { refused: { reason: refused.reason, message: refused.error.message } }),
  };
}

function predicted({ cluster, steps, refused }: ClusterForecast, goal: Goal): readonly WorkOutcome[] {
  return outcomeWorks(cluster, goal).map(({ id, work }): WorkOutcome => {
    const about = { manifestWorkName: work.name, consumer: cluster.consumer, id };
    if (refused !== undefined) return failedWork(about, refused.error, false);
    const message = `ManifestWork ${work.name} on ${cluster.consumer}: ${counted(steps.length, 'step')} to go (dry run, nothing sent)`;
    return { ...about, phase: 'InProgress', reason: 'DryRun', message, exitCode: ExitCode.Done };
  });
}
