import { atomsOf } from '../../core/expressions/syntax-tree.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import type { Stage } from '../../core/fleet/waves.ts';
import { ExitCode } from '../../exit-code.ts';
import type { Applied } from '../apply/carry-out.ts';
import type { Budget } from '../budget.ts';
import type { Effects } from '../effects.ts';
import { isUnfinished, type WorkOutcome } from '../../core/outcome/outcome.ts';
import type { PublishDeps } from '../publish.ts';
import type { WaitCondition, WaitTarget } from '../wait/judge.ts';
import type { WaitCounts } from '../../core/outcome/standing.ts';
import { waitForWorks } from '../wait/wait-for-works.ts';
import type { StatusFeed } from '../../works/status-feed.ts';
import { waitedOutcome } from '../work-outcomes.ts';
import { exitCodeOfStop, notBegunOutcome, whyStopped } from './not-begun.ts';
import { createFleetRun, type FleetOptions, type FleetRun } from './apply-many.ts';
import { taskAbout, type ApplyTask, type FleetOutcome, type FleetProgress } from './fleet-task.ts';

/** What is waited for, with the text that the user wrote. */
export type RollOutCondition = WaitCondition & { readonly text: string };

/** A work that an earlier run is known to have stored as it is desired. */
export interface KnownDone {
  readonly version: number;
}

export interface RollOutOptions<C> extends Omit<FleetOptions, 'onOutcome' | 'onSkipped'> {
  readonly stages: readonly Stage<C>[];
  /** The writes for one consumer, made when they are needed. */
  readonly tasksOf: (consumer: C) => Iterable<ApplyTask>;
  /** What every stage is waited for by; undefined: only the canary is, by `canaryAwait`. */
  readonly await?: RollOutCondition;
  readonly canaryAwait: RollOutCondition;
  /** Tells waits of reports sooner than polling does; the caller opens and closes it. */
  readonly feed?: StatusFeed;
  /** What is known to be done already: not read or written again, only waited for. */
  readonly knownDone?: (task: ApplyTask) => KnownDone | undefined;
  /** Told of each write as it was done, before anything is waited for. */
  readonly onWritten: (written: FleetOutcome) => void;
  /** Told of the one outcome of each work. */
  readonly onOutcome: (outcome: WorkOutcome) => void;
  readonly onWaiting: (count: number, condition: RollOutCondition, stage: Stage<C>) => void;
  /** Told of each work when its wait is over. */
  readonly onWaited: (outcome: WorkOutcome, condition: RollOutCondition) => void;
  readonly onWaitProgress: (target: WaitTarget, text: string) => void;
  /** Told after each look at the works of a stage that are waited for. */
  readonly onWaitCounts?: (counts: WaitCounts) => void;
}

/** Why a roll-out ended before all was begun, and what was not begun. */
export interface RollOutEnd {
  readonly progress: FleetProgress;
  readonly stoppedBy?: string;
  readonly notBegun: readonly About[];
}

type About = Pick<WorkOutcome, 'manifestWorkName' | 'consumer'>;

/** A write that is waited for; what the write held is dropped as far as the wait can do without. */
interface Awaited {
  readonly target: WaitTarget;
  readonly operation: NonNullable<WorkOutcome['operation']>;
  readonly effects: Effects;
}

/**
 * Writes to consumers stage by stage. The canary is written to and waited for
 * before anything else is sent, and its failure ends the roll-out; with
 * `await` every wave is waited for before the next one. Tasks are made when
 * their stage comes, so memory holds outcomes and not works.
 *
 * What was not begun has an outcome too: it failed for the reason that stopped
 * the roll-out, so the run never looks done.
 */
export async function rollOut<C>(options: RollOutOptions<C>, deps: PublishDeps, budget: Budget): Promise<RollOutEnd> {
  return new RollOut(options, deps, budget).run();
}

class RollOut<C> {
  readonly #options: RollOutOptions<C>;
  readonly #deps: PublishDeps;
  readonly #budget: Budget;
  readonly #fleet: FleetRun;
  readonly #notBegun: About[] = [];
  #failed = 0;
  /** Kinds of failure: what was not begun shares the one there is, or counts as several. */
  readonly #failureCodes = new Set<ExitCode>();
  #waiting: Awaited[] = [];
  #condition: RollOutCondition | undefined;

  constructor(options: RollOutOptions<C>, deps: PublishDeps, budget: Budget) {
    this.#options = options;
    this.#deps = deps;
    this.#budget = budget;
    this.#fleet = createFleetRun(
      deps,
      {
        ...options,
        onOutcome: (written) => this.#written(written),
        onSkipped: (task) => this.#notBegun.push(taskAbout(task)),
      },
      budget,
    );
  }

  async run(): Promise<RollOutEnd> {
    const { stages, canaryAwait } = this.#options;
    let stoppedBy: string | undefined;
    for (const stage of stages) {
      if (stoppedBy !== undefined || this.#fleet.stopped) {
        stoppedBy ??= this.#whyStopped();
        this.#leaveOut(stage);
        continue;
      }
      const failedBefore = this.#failed;
      this.#condition = this.#options.await ?? (stage.name === 'canary' ? canaryAwait : undefined);
      await this.#fleet.run(this.#begin(stage));
      await this.#wait(stage);
      const failed = this.#failed - failedBefore;
      if (stage.name === 'canary' && failed > 0)
        stoppedBy = stage.members.length === 1 ? 'the canary failed' : `the canary failed (${failed} of its works)`;
    }
    if (this.#notBegun.length > 0) stoppedBy ??= this.#whyStopped();
    this.#settleNotBegun(stoppedBy ?? '');
    return {
      progress: this.#fleet.progress,
      notBegun: this.#notBegun,
      ...(stoppedBy === undefined ? {} : { stoppedBy }),
    };
  }

  /** The tasks of a stage without those that are known to be done. */
  *#begin(stage: Stage<C>): Generator<ApplyTask> {
    const { knownDone } = this.#options;
    for (const member of stage.members) {
      for (const task of this.#options.tasksOf(member)) {
        const done = knownDone?.(task);
        if (done === undefined) {
          yield task;
          continue;
        }
        const outcome = this.#doneBefore(task, done);
        this.#options.onWritten({ task, outcome });
        if (this.#condition === undefined) this.#settle(outcome);
        else
          this.#waiting.push({
            operation: 'waited',
            effects: {},
            target: this.#targetOf(outcome.id, task.consumer, task.work.name, task.work, done.version),
          });
      }
    }
  }

  #doneBefore(task: ApplyTask, { version }: KnownDone): WorkOutcome & { readonly id: string } {
    const { consumer, work } = task;
    const message = `ManifestWork ${work.name} on ${consumer}: stored as version ${version} by an earlier run, as the journal says; not read again`;
    const id = bundleId(this.#options.source, consumer, work.name);
    return {
      ...taskAbout(task),
      id,
      version,
      phase: 'InProgress',
      reason: 'Accepted',
      message,
      exitCode: ExitCode.Done,
    };
  }

  #written(written: FleetOutcome): void {
    this.#options.onWritten(written);
    const { applied, outcome, task } = written;
    if (applied === undefined || this.#condition === undefined) {
      this.#settle(outcome);
      return;
    }
    const target = this.#targetOf(applied.id, task.consumer, applied.work.name, applied.brought, applied.version);
    const before =
      applied.before !== undefined && looksIntoManifests(this.#condition)
        ? { before: { ...applied.before, raw: {} } }
        : {};
    const { removed, losses, sharedWith } = applied;
    this.#waiting.push({
      operation: applied.operation,
      effects: { removed, losses, sharedWith },
      target: { ...target, ...before },
    });
  }

  #targetOf(id: string, consumer: string, name: string, written: Applied['brought'], version: number): WaitTarget {
    return { id, name, consumer, writtenVersion: version, written, known: true, mustExist: true };
  }

  async #wait(stage: Stage<C>): Promise<void> {
    const waiting = this.#waiting;
    const condition = this.#condition;
    this.#waiting = [];
    if (condition === undefined || waiting.length === 0) return;
    this.#options.onWaiting(waiting.length, condition, stage);
    const { feed, onWaitProgress: onProgress, onWaitCounts: onCounts } = this.#options;
    const results = await waitForWorks(
      waiting.map(({ target }) => target),
      condition,
      {
        reader: this.#deps.reader,
        onProgress,
        ...(onCounts === undefined ? {} : { onCounts }),
        ...(feed === undefined ? {} : { feed }),
      },
      this.#budget,
    );
    const failedBefore = this.#failed;
    for (const [index, result] of results.entries()) {
      const { operation = 'waited', effects = {} } = waiting[index] ?? {};
      const outcome = waitedOutcome(result, { operation, text: condition.text, accepted: true, effects });
      this.#options.onWaited(outcome, condition);
      this.#settle(outcome);
    }
    this.#fleet.addFailures(this.#failed - failedBefore);
  }

  #settle(outcome: WorkOutcome): void {
    if (outcome.exitCode !== ExitCode.Done) {
      // A wait that was cut short has not failed: the end of the budget stops the run, not the count of failures.
      if (!isUnfinished(outcome)) this.#failed += 1;
      this.#failureCodes.add(outcome.exitCode);
    }
    this.#options.onOutcome(outcome);
  }

  #leaveOut(stage: Stage<C>): void {
    for (const member of stage.members) {
      for (const task of this.#options.tasksOf(member)) {
        const done = this.#options.knownDone?.(task);
        if (done === undefined) this.#notBegun.push(taskAbout(task));
        else this.#settle(this.#doneBefore(task, done));
      }
    }
  }

  #whyStopped(): string {
    return whyStopped(this.#budget, this.#fleet.progress.failed, this.#options.maxFailures);
  }

  #settleNotBegun(why: string): void {
    const exitCode = exitCodeOfStop(this.#budget, this.#failureCodes);
    for (const about of this.#notBegun) this.#options.onOutcome(notBegunOutcome(about, why, exitCode));
  }
}

/** What was stored before a write matters only to a condition that looks at manifests and their feedback. */
function looksIntoManifests({ expression, failOn }: WaitCondition): boolean {
  return [expression, ...(failOn === undefined ? [] : [failOn])].some((one) =>
    atomsOf(one).some(({ kind }) => kind === 'resource'),
  );
}
