import { atomsOf } from '../../core/expressions/syntax-tree.ts';
import type { Stage } from '../../core/fleet/waves.ts';
import { isUnfinished, type WorkOutcome } from '../../core/outcome/outcome.ts';
import type { Standing, WaitLook } from '../../core/outcome/standing.ts';
import { tellingOnce } from '../../core/text.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { ExitCode } from '../../exit-code.ts';
import type { ApplyPlan } from '../apply/plan.ts';
import { waitTargetOf } from '../apply/wait-target.ts';
import type { Budget } from '../budget.ts';
import type { Effects } from '../effects.ts';
import type { PublishDeps } from '../publish.ts';
import { checkBeforeWrite, expressionsOf } from '../wait/check-condition.ts';
import type { WaitCondition, WaitTarget } from '../wait/judge.ts';
import { waitForWorks } from '../wait/wait-for-works.ts';
import type { WaitResult } from '../wait/waiting.ts';
import type { StatusFeed } from '../../works/status-feed.ts';
import { waitedOutcome } from '../work-outcomes.ts';
import { applyTask, type TaskOptions } from './carry-out-task.ts';
import { eventsOf } from './events-of.ts';
import { taskAbout, type ApplyTask, type FleetOutcome, type FleetProgress } from './fleet-task.ts';
import { exitCodeOfStop, notBegunOutcome } from './not-begun.ts';
import { openTaskRun, type TaskRun, type TaskRunOptions, type TaskTools } from './run-tasks.ts';

/** What is waited for, with the text that the user wrote. */
export type RollOutCondition = WaitCondition & { readonly text: string };

/** A work that an earlier run is known to have stored as it is desired. */
export interface KnownDone {
  readonly version: number;
}

export interface RollOutOptions<C> extends TaskOptions, TaskRunOptions {
  readonly stages: readonly Stage<C>[];
  /** The writes for one consumer, made when they are needed; asked for once more where `knownDone` is. */
  readonly tasksOf: (consumer: C) => Iterable<ApplyTask>;
  /** What every stage is waited for by; undefined: only the canary is, by `canaryAwait`. */
  readonly await?: RollOutCondition;
  readonly canaryAwait: RollOutCondition;
  /** Tells waits of reports sooner than polling does; the caller opens and closes it. */
  readonly feed?: StatusFeed;
  /** Told once what only looks wrong in what is awaited, where that is seen when a work has been read. */
  readonly onWarning?: (text: string) => void;
  /** What is known to be done already: not read or written again, only waited for. */
  readonly knownDone?: (task: ApplyTask) => KnownDone | undefined;
}

/** What happens in a roll-out, and when: wall time in milliseconds. */
export type RollOutEvent<C> = RollOutStep<C> & { readonly wallMs: number };

export type RollOutStep<C> =
  | { readonly kind: 'stageBegun'; readonly stage: Stage<C> }
  /** All works of the stage have an outcome, but for what was not begun; `failed` of them are not as asked. */
  | { readonly kind: 'stageEnded'; readonly stage: Stage<C>; readonly failed: number }
  /** What a write would do, before it is done. */
  | { readonly kind: 'planned'; readonly task: ApplyTask; readonly plan: ApplyPlan }
  /** A write as it was done, before anything is waited for. */
  | { readonly kind: 'written'; readonly written: FleetOutcome<ApplyTask> }
  | { readonly kind: 'progress'; readonly progress: FleetProgress }
  | {
      readonly kind: 'waiting';
      readonly count: number;
      readonly condition: RollOutCondition;
      readonly stage: Stage<C>;
    }
  /** A work that is waited for has changed. */
  | { readonly kind: 'changed'; readonly target: WaitTarget; readonly text: string }
  /** A work that is waited for stands elsewhere than before, or its wait is decided. */
  | {
      readonly kind: 'stands';
      readonly target: WaitTarget;
      readonly as: Standing | 'met' | 'failed';
      readonly text: string;
    }
  /** Where the works of a stage stand that are waited for, after each look at them. */
  | ({ readonly kind: 'looked' } & WaitLook)
  /** The wait for one work is over. */
  | { readonly kind: 'waited'; readonly outcome: WorkOutcome; readonly condition: RollOutCondition }
  /** The one outcome of each work. */
  | { readonly kind: 'outcome'; readonly outcome: WorkOutcome };

type Steps<C> = Generator<RollOutStep<C>, void, void>;
type AsyncSteps<C> = AsyncGenerator<RollOutStep<C>, void, void>;

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
export async function* rollOut<C>(
  options: RollOutOptions<C>,
  deps: PublishDeps,
  budget: Budget,
): AsyncGenerator<RollOutEvent<C>, RollOutEnd, void> {
  const steps = new RollOut(options, deps, budget).run();
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done === true) return next.value;
      yield { ...next.value, wallMs: budget.clock.wallMs() };
    }
  } finally {
    // Who leaves early is waited for by nobody; what is under way is.
    await steps.return(undefined as never);
  }
}

class RollOut<C> {
  readonly #options: RollOutOptions<C>;
  readonly #deps: PublishDeps;
  readonly #budget: Budget;
  readonly #tasks: TaskRun<ApplyTask>;
  readonly #notBegun: About[] = [];
  readonly #warn: (text: string) => void;
  #failed = 0;
  /** Kinds of failure: what was not begun shares the one there is, or counts as several. */
  readonly #failureCodes = new Set<ExitCode>();
  #waiting: Awaited[] = [];
  #condition: RollOutCondition | undefined;

  constructor(options: RollOutOptions<C>, deps: PublishDeps, budget: Budget) {
    this.#options = options;
    this.#deps = deps;
    this.#budget = budget;
    this.#warn = tellingOnce(options.onWarning ?? ((): void => undefined));
    this.#tasks = openTaskRun(
      (task, tools) => applyTask(task, this.#checking(tools), options, budget),
      deps,
      options,
      budget,
    );
  }

  async *run(): AsyncGenerator<RollOutStep<C>, RollOutEnd, void> {
    const { stages, canaryAwait } = this.#options;
    const { stops } = this.#tasks;
    let stoppedBy: string | undefined;
    for (const stage of stages) {
      if (!stops.mayBegin()) {
        stoppedBy ??= stops.why();
        yield* this.#leaveOut(stage);
        continue;
      }
      const failedBefore = this.#failed;
      this.#condition = this.#options.await ?? (stage.name === 'canary' ? canaryAwait : undefined);
      yield { kind: 'stageBegun', stage };
      yield* this.#skipDone(stage);
      yield* this.#write(stage);
      yield* this.#wait(stage);
      yield { kind: 'stageEnded', stage, failed: this.#failed - failedBefore };
      stops.stageEnded(stage);
    }
    if (this.#notBegun.length > 0) stoppedBy ??= stops.why();
    yield* this.#settleNotBegun(stoppedBy ?? '');
    return {
      progress: this.#tasks.progress,
      notBegun: this.#notBegun,
      ...(stoppedBy === undefined ? {} : { stoppedBy }),
    };
  }

  async *#write(stage: Stage<C>): AsyncSteps<C> {
    for await (const event of this.#tasks.run(this.#missing(stage))) {
      if (event.kind === 'planned') yield event;
      else {
        if (event.kind === 'outcome') yield* this.#written(event.written);
        else this.#notBegun.push(taskAbout(event.task));
        yield { kind: 'progress', progress: event.progress };
      }
    }
  }

  /**
   * With a merge, what others hold in a work counts for what is awaited of it, so that is checked when the work has
   * been read, and before it is written. The caller has checked all others before the roll-out began.
   */
  #checking(tools: TaskTools): TaskTools {
    if (!this.#options.merge) return tools;
    const onPlan: TaskTools['onPlan'] = (plan) => {
      checkBeforeWrite(plan.work, this.#condition, this.#warn);
      tools.onPlan(plan);
    };
    return { ...tools, onPlan };
  }

  /** The tasks of a stage without those that are known to be done. */
  *#missing(stage: Stage<C>): Generator<ApplyTask> {
    const { tasksOf, knownDone } = this.#options;
    for (const member of stage.members)
      for (const task of tasksOf(member)) if (knownDone?.(task) === undefined) yield task;
  }

  *#done(stage: Stage<C>): Generator<{ readonly task: ApplyTask; readonly done: KnownDone }> {
    const { tasksOf, knownDone } = this.#options;
    if (knownDone === undefined) return;
    for (const member of stage.members) {
      for (const task of tasksOf(member)) {
        const done = knownDone(task);
        if (done !== undefined) yield { task, done };
      }
    }
  }

  *#skipDone(stage: Stage<C>): Steps<C> {
    for (const { task, done } of this.#done(stage)) {
      const outcome = this.#doneBefore(task, done);
      yield { kind: 'written', written: { task, outcome } };
      if (this.#condition === undefined) yield this.#settled(outcome);
      else {
        const { consumer, work } = task;
        const target = waitTargetOf({ id: outcome.id, version: done.version, work, brought: work }, consumer);
        this.#waiting.push({ operation: 'waited', effects: {}, target });
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

  *#written(written: FleetOutcome<ApplyTask>): Steps<C> {
    yield { kind: 'written', written };
    const { applied, outcome, task } = written;
    if (applied === undefined || this.#condition === undefined) {
      yield this.#settled(outcome);
      return;
    }
    const { operation, removed, losses, sharedWith, before, ...rest } = applied;
    const kept = before !== undefined && looksIntoManifests(this.#condition) ? { before: { ...before, raw: {} } } : {};
    const target = waitTargetOf({ ...rest, ...kept }, task.consumer);
    this.#waiting.push({ operation, effects: { removed, losses, sharedWith }, target });
  }

  async *#wait(stage: Stage<C>): AsyncSteps<C> {
    const waiting = this.#waiting;
    const condition = this.#condition;
    this.#waiting = [];
    if (condition === undefined || waiting.length === 0) return;
    yield { kind: 'waiting', count: waiting.length, condition, stage };
    const { feed } = this.#options;
    const results = yield* eventsOf<RollOutStep<C>, readonly WaitResult[]>((tell) =>
      waitForWorks(
        waiting.map(({ target }) => target),
        condition,
        {
          reader: this.#deps.reader,
          onProgress: (target, text) => tell({ kind: 'changed', target, text }),
          onStands: (target, as, text) => tell({ kind: 'stands', target, as, text }),
          onLook: (look) => tell({ kind: 'looked', ...look }),
          ...(feed === undefined ? {} : { feed }),
        },
        this.#budget,
      ),
    );
    let isNews = false;
    for (const [index, result] of results.entries()) {
      const { operation = 'waited', effects = {} } = waiting[index] ?? {};
      const outcome = waitedOutcome(result, { operation, text: condition.text, accepted: true, effects });
      yield { kind: 'waited', outcome, condition };
      yield this.#settled(outcome);
      if (outcome.exitCode === ExitCode.Done || isUnfinished(outcome)) continue;
      this.#tasks.addFailure(outcome.exitCode);
      isNews = true;
    }
    if (isNews) yield { kind: 'progress', progress: this.#tasks.progress };
  }

  #settled(outcome: WorkOutcome): RollOutStep<C> {
    if (outcome.exitCode !== ExitCode.Done) {
      // A wait that was cut short has not failed: the end of the budget stops the run, not the count of failures.
      if (!isUnfinished(outcome)) this.#failed += 1;
      this.#failureCodes.add(outcome.exitCode);
    }
    return { kind: 'outcome', outcome };
  }

  *#leaveOut(stage: Stage<C>): Steps<C> {
    for (const { task, done } of this.#done(stage))
      // That it is stored is not all that was asked for: nobody has looked whether what is waited for came.
      if (this.#options.await === undefined) yield this.#settled(this.#doneBefore(task, done));
      else this.#notBegun.push(taskAbout(task));
    for (const task of this.#missing(stage)) this.#notBegun.push(taskAbout(task));
  }

  *#settleNotBegun(why: string): Steps<C> {
    const exitCode = exitCodeOfStop(this.#budget, this.#failureCodes);
    for (const about of this.#notBegun) yield { kind: 'outcome', outcome: notBegunOutcome(about, why, exitCode) };
  }
}

/** What was stored before a write matters only to a condition that looks at manifests and their feedback. */
function looksIntoManifests(condition: WaitCondition): boolean {
  return expressionsOf(condition).some((one) => atomsOf(one).some(({ kind }) => kind === 'resource'));
}
