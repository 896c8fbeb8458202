import type { Stage } from '../../core/fleet/waves.ts';
import { positionOf, type Goal } from '../../core/migration/advance.ts';
import type { ClusterPlan, NewWork } from '../../core/migration/cluster-plan.ts';
import { failedWork, isUnfinished, type WorkOutcome } from '../../core/outcome/outcome.ts';
import { counted, listed } from '../../core/text.ts';
import { objectsOf } from '../../core/migration/old-work.ts';
import { present } from '../../core/present.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import type { Budget } from '../budget.ts';
import { exitCodeOfStop, notBegunOutcome } from '../fleet/not-begun.ts';
import { StopRule } from '../fleet/stop-rule.ts';
import type { PublishDeps } from '../publish.ts';
import { outcomeWorks } from './outcome-works.ts';
import { carryOutPlans, type CarryOutOptions, type ClusterEnd, type MigrationEvent } from './carry-out.ts';

export interface RunMigrationOptions extends Omit<CarryOutOptions, 'mayBegin'> {
  readonly stages: readonly Stage<ClusterPlan>[];
  /** Begin no more clusters once so many have failed; undefined: never stop. */
  readonly maxFailures?: number;
}

/** What happens in a migration. */
export type MigrationRunEvent =
  | Exclude<MigrationEvent, { readonly kind: 'cluster' }>
  | { readonly kind: 'stageBegun'; readonly stage: Stage<ClusterPlan> }
  /** Every cluster of the stage that was begun has ended; `failed` of them failed. */
  | { readonly kind: 'stageEnded'; readonly stage: Stage<ClusterPlan>; readonly failed: number }
  /** A cluster has ended; `left` more are to come. */
  | { readonly kind: 'cluster'; readonly end: ClusterEnd; readonly left: number }
  /** The one outcome of each work that is to have the objects. */
  | { readonly kind: 'outcome'; readonly outcome: WorkOutcome };

/** Why it ended before all was begun, and what was not begun. */
export interface MigrationEnd {
  readonly stoppedBy?: string;
  readonly notBegun: readonly Pick<WorkOutcome, 'manifestWorkName' | 'consumer'>[];
}

/**
 * Carries a plan out stage by stage. A stage is brought to its end before the
 * next one begins; a StopRule tells when no more is begun. What was not begun
 * has an outcome too, so that the run never looks done.
 */
export async function* runMigration(
  options: RunMigrationOptions,
  deps: PublishDeps,
  budget: Budget,
): AsyncGenerator<MigrationRunEvent, MigrationEnd, void> {
  const { stages, maxFailures, goal } = options;
  const notBegun: Pick<WorkOutcome, 'manifestWorkName' | 'consumer'>[] = [];
  const codes = new Set<ExitCode>();
  const stops = new StopRule(budget, { noun: 'cluster', maxFailures });
  const mayBegin = (): boolean => stops.mayBegin();
  let left = stages.reduce((sum, { members }) => sum + members.length, 0);
  for (const stage of stages) {
    let failed = 0;
    const begins = stops.mayBegin();
    if (begins) yield { kind: 'stageBegun', stage };
    const events = begins
      ? carryOutPlans(stage.members, { ...options, mayBegin }, deps, budget)
      : stage.members.map((plan): MigrationEvent => ({
          kind: 'cluster',
          end: { plan, rows: new Map(), wrote: false, notBegun: true },
        }));
    for await (const event of events) {
      if (event.kind !== 'cluster') {
        yield event;
        continue;
      }
      const { end } = event;
      left -= 1;
      yield { kind: 'cluster', end, left };
      if (end.notBegun === true)
        notBegun.push(
          ...outcomeWorks(end.plan, goal).map(({ work }) => ({
            manifestWorkName: work.name,
            consumer: end.plan.consumer,
          })),
        );
      else {
        const outcomes = outcomesOf(end, goal);
        if (end.error !== undefined && !outcomes.every((outcome) => isUnfinished(outcome))) {
          failed += 1;
          stops.addFailure(end.error.exitCode);
        }
        for (const outcome of outcomes) {
          if (outcome.exitCode !== ExitCode.Done) codes.add(outcome.exitCode);
          yield { kind: 'outcome', outcome };
        }
      }
    }
    stops.stageEnded(stage);
    if (begins) yield { kind: 'stageEnded', stage, failed };
  }
  if (notBegun.length === 0) return { notBegun };
  const stoppedBy = stops.why();
  const exitCode = exitCodeOfStop(budget, codes);
  for (const about of notBegun) yield { kind: 'outcome', outcome: notBegunOutcome(about, stoppedBy, exitCode) };
  return { notBegun, stoppedBy };
}

function outcomesOf(end: ClusterEnd, goal: Goal): readonly WorkOutcome[] {
  const { plan, rows, error, wrote } = end;
  return outcomeWorks(plan, goal).map((one): WorkOutcome => {
    const { id, work } = one;
    const row = rows.get(id);
    const about = {
      manifestWorkName: work.name,
      consumer: plan.consumer,
      id,
      ...(row === undefined ? {} : { version: row.version }),
    };
    // An earlier run may have sent it: what Maestro has is under way.
    const accepted = wrote || row !== undefined;
    if (error !== undefined) return failedWork(about, aboutWork(error, `${work.name} on ${plan.consumer}`), accepted);
    const { reason, text } = doneOf(end, one, goal);
    const message = `ManifestWork ${work.name} on ${plan.consumer}: ${text}`;
    return { ...about, phase: 'Applied', reason, message, exitCode: ExitCode.Done };
  });
}

/** What ended a cluster, told of one of its works. */
function aboutWork(error: MaestroError, name: string): MaestroError {
  const { code, reason, delivery, latestVersion } = error;
  return new MaestroError(code, `${name}: ${error.message}`, {
    reason,
    ...error.hints,
    ...present({ delivery, latestVersion }),
    cause: error,
  });
}

/** How far a work has come whose cluster has reached the goal; `run` may find that finish has begun, or is over. */
export type MigrationReason = 'BothOwn' | 'LettingGo' | 'Finished' | 'RolledBack';

function doneOf(
  { plan, rows }: ClusterEnd,
  { id, work }: NewWork,
  goal: Goal,
): { readonly reason: MigrationReason; readonly text: string } {
  const holds = `holds ${counted(objectsOf(rows.get(id) ?? work).length, 'object')}`;
  const names = (works: readonly NewWork[]): string => listed(works.map((one) => one.work.name));
  if (goal === 'rollback') return { reason: 'RolledBack', text: `${holds}, without ${names(plan.new)}` };
  switch (goal === 'finish' ? 'finished' : positionOf(plan, rows)) {
    case 'finished':
    case 'settling':
      return { reason: 'Finished', text: `${holds} in the place of ${names(plan.old)}` };
    case 'letting-go':
    case 'deleting':
      return { reason: 'LettingGo', text: `${holds}, and ${names(plan.old)} were told to let go of them` };
    default:
      return { reason: 'BothOwn', text: `${holds} beside ${names(plan.old)}` };
  }
}
