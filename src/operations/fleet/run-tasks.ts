import { bundleId } from '../../core/works/bundle-id.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import type { ApplyPlan } from '../apply/plan.ts';
import type { Budget } from '../budget.ts';
import { directLookup, type WorkLookup } from '../lookup.ts';
import { failedWork, isUnfinished } from '../../core/outcome/outcome.ts';
import type { PublishDeps } from '../publish.ts';
import { checkedTask, type CheckedTask } from './checked-task.ts';
import { AdaptiveWindow } from './adaptive-window.ts';
import { eventsOf } from './events-of.ts';
import { chunksOf, prefetching, type Chunk } from './chunks.ts';
import {
  taskAbout,
  taskKey,
  taskName,
  type FleetOutcome,
  type FleetProgress,
  type FleetTask,
  type TaskResult,
} from './fleet-task.ts';
import { PrefetchedLookup } from './prefetched-lookup.ts';
import { sparingWriter } from './publish-limits.ts';
import { StopRule } from './stop-rule.ts';

/** How many tasks at once, and when to stop. */
export interface TaskRunOptions {
  /** Whose works they are about. */
  readonly source: string;
  /** Nothing is going to be written. */
  readonly dryRun?: boolean;
  /** Most publishes under way at once; `mostUpdates` of them may be updates and deletions. */
  readonly maxConcurrency: number;
  /** Begin nothing more once so many have failed; undefined: never stop. */
  readonly maxFailures?: number;
  /** How many tasks there are, when that is known; for progress only. */
  readonly total?: number;
}

/** What one task is carried out with. */
export interface TaskTools {
  /** What is stored, from reads of many works. */
  readonly lookup: WorkLookup;
  /** Its writer spares the server: all publishes have to go through it. */
  readonly deps: PublishDeps;
  /** To be told what a write would do, before it is done. */
  readonly onPlan: (plan: ApplyPlan) => void;
}

/** Does one task. What it throws is an outcome of the task, too. */
export type CarryOut<T extends FleetTask> = (task: T, tools: TaskTools) => Promise<TaskResult>;

/** What happens while tasks are carried out. `progress` counts up to there. */
export type TaskEvent<T extends FleetTask> =
  | { readonly kind: 'planned'; readonly task: T; readonly plan: ApplyPlan }
  | { readonly kind: 'outcome'; readonly written: FleetOutcome<T>; readonly progress: FleetProgress }
  /** Not begun, because too much had failed or the run was stopped. */
  | { readonly kind: 'skipped'; readonly task: T; readonly progress: FleetProgress };

/** Tasks in several parts that share their counts, reads of consumers and the window of requests. */
export interface TaskRun<T extends FleetTask> {
  /** Carries out some tasks, and counts them to those before. Nothing more is begun when its reader leaves. */
  run(tasks: AsyncIterable<T> | Iterable<T>): AsyncGenerator<TaskEvent<T>, void, void>;
  /** Counts a failure that was seen later, by waiting. */
  addFailure(exitCode: ExitCode): void;
  /** Whether more is begun, and why not; whoever waits stage by stage tells it of their ends. */
  readonly stops: StopRule;
  readonly progress: FleetProgress;
}

/** Some tasks, and what was read for them. */
interface ReadChunk<T extends FleetTask> {
  readonly checked: readonly CheckedTask<T>[];
  readonly coalesced: number;
  readonly lookup: WorkLookup | MaestroError;
}

/** Tasks planned from one set of reads; small enough that the reads are fresh when they are used. */
const chunkSize = 250;
/** The first is smaller, so that something is written while the second is read. */
const firstChunkSize = 64;
/** Chunks that are read while others are written. */
const chunksAhead = 2;

type Counts = { -readonly [K in Exclude<keyof FleetProgress, 'total'>]: number };

/**
 * Opens a run that carries many tasks out over one connection: planned from a
 * few large reads, bounded and adaptive in how many are under way, in order for
 * each consumer, deletes first. Memory does not grow with the number of tasks.
 *
 * A failing task is an outcome, not an exception; only the end of the budget or
 * its signal stops the run, and what was not begun is told as skipped.
 */
export function openTaskRun<T extends FleetTask>(
  carryOut: CarryOut<T>,
  deps: PublishDeps,
  options: TaskRunOptions,
  budget: Budget,
): TaskRun<T> {
  return new TaskRunner(carryOut, deps, options, budget);
}

class TaskRunner<T extends FleetTask> implements TaskRun<T> {
  readonly #carryOut: CarryOut<T>;
  readonly #deps: PublishDeps;
  readonly #options: TaskRunOptions;
  readonly #budget: Budget;
  readonly stops: StopRule;
  readonly #window: AdaptiveWindow;
  readonly #lookup: PrefetchedLookup;
  #tell: (event: TaskEvent<T>) => void = () => undefined;
  /** Whoever read the events has gone. */
  #isLeft = false;
  /** The last task of each consumer that is under way: the next one starts after it. */
  readonly #tails = new Map<string, Promise<void>>();
  readonly #counts: Counts = {
    done: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    deleted: 0,
    absent: 0,
    failed: 0,
    coalesced: 0,
    skipped: 0,
  };

  constructor(carryOut: CarryOut<T>, deps: PublishDeps, options: TaskRunOptions, budget: Budget) {
    this.#carryOut = carryOut;
    this.#deps = { ...deps, writer: sparingWriter(deps.writer, options.maxConcurrency) };
    this.#options = options;
    this.#budget = budget;
    this.stops = new StopRule(budget, { noun: 'work', maxFailures: options.maxFailures });
    this.#window = new AdaptiveWindow(options.maxConcurrency);
    this.#lookup = new PrefetchedLookup(deps.reader, deps.onNotice);
  }

  async *run(tasks: AsyncIterable<T> | Iterable<T>): AsyncGenerator<TaskEvent<T>, void, void> {
    let running: Promise<void> | undefined;
    try {
      yield* eventsOf<TaskEvent<T>, void>((tell, untilRead) => {
        this.#tell = tell;
        return (running = this.#runAll(tasks, untilRead));
      });
    } finally {
      this.#isLeft = true;
      await running?.catch(() => undefined);
      this.#isLeft = false;
    }
  }

  async #runAll(tasks: AsyncIterable<T> | Iterable<T>, untilRead: () => Promise<void>): Promise<void> {
    const read = async ({ tasks: given, coalesced }: Chunk<T>): Promise<ReadChunk<T>> => {
      const checked = given.map((task) => checkedTask(task));
      const chunk = { checked, coalesced };
      const targets = checked
        .flatMap(({ task, error }) => (error === undefined ? [task] : []))
        .map((task) => ({
          id: this.#idOf(task),
          consumer: task.consumer,
          name: taskName(task),
          written: task.op === 'apply' && task.ifVersion === undefined && this.#options.dryRun !== true,
          ...(task.op === 'apply' ? { manifests: task.work.manifests } : {}),
        }));
      try {
        return { ...chunk, lookup: await this.#lookup.prefetch(targets, this.#budget, this.#options.dryRun) };
      } catch (caught) {
        return {
          ...chunk,
          lookup: this.#budget.signal.aborted ? MaestroError.fromAbort(this.#budget.signal) : MaestroError.from(caught),
        };
      }
    };
    let before: Promise<unknown> = Promise.resolve();
    const begun = new BegunLately();
    const direct = directLookup(this.#deps.reader);
    try {
      for await (const { checked, coalesced, lookup } of prefetching(
        chunksOf(tasks, chunkSize, firstChunkSize),
        read,
        chunksAhead,
      )) {
        if (this.#isLeft) break;
        this.#counts.coalesced += coalesced;
        const running: Promise<void>[] = [];
        for (const { task, error } of checked) {
          const isFresh = begun.add(taskKey(task));
          const answers = error ?? (isFresh || lookup instanceof MaestroError ? lookup : direct);
          if (this.#isStopped()) this.#skip(task);
          else if (answers instanceof MaestroError)
            this.#settle(task, { outcome: failedWork(taskAbout(task), answers, false) });
          else {
            if (!this.#window.tryEnter()) await this.#window.enter();
            // While this waited for its place, too much may have failed.
            if (this.#isStopped()) {
              this.#window.giveBack();
              this.#skip(task);
            } else running.push(this.#inOrder(task, answers));
          }
        }
        // The end of one chunk overlaps the next, so that the window stays full; two chunks are held at most.
        await before;
        before = Promise.all(running);
        begun.nextChunk();
        // What is only skipped is told far quicker than it is read, and each event holds its task.
        await untilRead();
      }
    } finally {
      // Also where no more tasks can be taken: what was begun has an outcome.
      await before;
    }
  }

  addFailure(exitCode: ExitCode): void {
    this.#counts.failed += 1;
    this.stops.addFailure(exitCode);
  }

  #isStopped(): boolean {
    return this.#isLeft || !this.stops.mayBegin();
  }

  get progress(): FleetProgress {
    return { ...(this.#options.total === undefined ? {} : { total: this.#options.total }), ...this.#counts };
  }

  #idOf(task: FleetTask): string {
    return bundleId(this.#options.source, task.consumer, taskName(task));
  }

  #skip(task: T): void {
    this.#counts.skipped += 1;
    this.#tell({ kind: 'skipped', task, progress: this.progress });
  }

  /** Runs a task after the one before it on its consumer. The window was entered for it already. */
  #inOrder(task: T, lookup: WorkLookup): Promise<void> {
    const { consumer } = task;
    const before = this.#tails.get(consumer);
    const run = before === undefined ? this.#runOne(task, lookup) : before.then(() => this.#runOne(task, lookup));
    this.#tails.set(consumer, run);
    return run.then(() => {
      if (this.#tails.get(consumer) === run) this.#tails.delete(consumer);
    });
  }

  async #runOne(task: T, lookup: WorkLookup): Promise<void> {
    const { clock, signal } = this.#budget;
    const startMs = clock.monotonicMs();
    let result: TaskResult;
    try {
      const onPlan = (plan: ApplyPlan): void => this.#tell({ kind: 'planned', task, plan });
      result = await this.#carryOut(task, { lookup, deps: this.#deps, onPlan });
    } catch (caught) {
      result = { outcome: failedWork(taskAbout(task), MaestroError.thrownUnder(signal, caught), false) };
    }
    const { counted, outcome } = result;
    // A wait that was cut short says nothing of how quick the server is, nor does what was decided without a request.
    const error = isUnfinished(outcome) ? undefined : outcome.error;
    const trouble = error?.code === 'unavailable' || error?.code === 'timeout';
    const answered =
      trouble || (error === undefined ? counted !== 'unchanged' && counted !== 'absent' : error.delivery === 'refused');
    if (answered) this.#window.leave(clock.monotonicMs() - startMs, trouble);
    else this.#window.giveBack();
    this.#settle(task, result);
  }

  #settle(task: T, { counted, ...result }: TaskResult): void {
    this.#counts.done += 1;
    if (result.outcome.exitCode !== ExitCode.Done) this.addFailure(result.outcome.exitCode);
    else if (counted !== undefined) this.#counts[counted] += 1;
    this.#tell({ kind: 'outcome', written: { task, ...result }, progress: this.progress });
  }
}

/**
 * The works of the tasks that were begun while the reads of the current chunk
 * may have been under way already: what was read of these may be of before.
 */
class BegunLately {
  #chunks: readonly Set<string>[] = [new Set()];

  /** @returns false when a task of this work was begun before */
  add(key: string): boolean {
    const isFirst = !this.#chunks.some((keys) => keys.has(key));
    this.#chunks[0]?.add(key);
    return isFirst;
  }

  nextChunk(): void {
    this.#chunks = [new Set<string>(), ...this.#chunks].slice(0, chunksAhead + 1);
  }
}
