import { bundleId } from '../../core/works/bundle-id.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import type { ApplyPlan } from '../apply/plan.ts';
import { remainingMs, type Budget } from '../budget.ts';
import { directLookup, type WorkLookup } from '../lookup.ts';
import { failedWork, isUnfinished } from '../../core/outcome/outcome.ts';
import type { PublishDeps } from '../publish.ts';
import { checkedTask, type CheckedTask } from './checked-task.ts';
import { AdaptiveWindow } from './adaptive-window.ts';
import { carryOutTask, type TaskResult } from './carry-out-task.ts';
import { chunksOf, prefetching, type Chunk } from './chunks.ts';
import {
  taskAbout,
  taskKey,
  taskName,
  type ApplyTask,
  type FleetOutcome,
  type FleetProgress,
  type FleetTask,
} from './fleet-task.ts';
import { PrefetchedLookup } from './prefetched-lookup.ts';
import { sparingWriter } from './publish-limits.ts';

/** On whose behalf tasks are carried out, how many at once, and when to stop. */
export interface FleetOptions {
  readonly source: string;
  readonly manager: string;
  readonly merge: boolean;
  readonly force: boolean;
  /** Refuse to remove any manifest (ownership, `WouldRemove`). */
  readonly noRemove?: boolean;
  /** How often a merge is made again after a conflict. */
  readonly conflictRetries: number;
  /** Send version 0: the last writer wins. Not with `merge` or `noRemove`. */
  readonly overwrite?: boolean;
  /** Read and predict only. */
  readonly dryRun?: boolean;
  /** Most publishes under way at once; `mostUpdates` of them may be updates and deletions. */
  readonly maxConcurrency: number;
  /** Begin nothing more once so many have failed; undefined: never stop. */
  readonly maxFailures?: number;
  /** How many tasks there are, when that is known; for progress only. */
  readonly total?: number;
  /** Told what a write would do, before it is done. */
  readonly onPlan?: (task: ApplyTask, plan: ApplyPlan) => void;
  readonly onOutcome?: (outcome: FleetOutcome) => void;
  /** Told of each task that was not begun, because too much had failed or the run was stopped. */
  readonly onSkipped?: (task: FleetTask) => void;
  readonly onProgress?: (progress: FleetProgress) => void;
  /**
   * Does a task in place of the usual writes, by the writer that it is given. What it throws is an outcome of the task
   * too.
   */
  readonly carryOut?: (task: FleetTask, lookup: WorkLookup, deps: PublishDeps) => Promise<TaskResult>;
}

/** A fleet write in several parts that share their counts, reads of consumers and the window of requests. */
export interface FleetRun {
  /** Carries out some tasks, and counts them to those before. */
  run(tasks: AsyncIterable<FleetTask> | Iterable<FleetTask>): Promise<FleetProgress>;
  /** Counts failures that were seen later, by waiting. */
  addFailures(count: number): void;
  /** Nothing more is begun: too much failed, or the budget or its signal ended the run. */
  readonly stopped: boolean;
  readonly progress: FleetProgress;
}

/** Some tasks, and what was read for them. */
interface ReadChunk {
  readonly checked: readonly CheckedTask[];
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
 * Carries many writes out over one connection: planned from a few large reads,
 * bounded and adaptive in how many are under way, in order for each consumer,
 * deletes first. What is stored already is left alone, so a run that was
 * interrupted at any moment can be started again and publishes only what is
 * missing. Memory does not grow with the number of tasks.
 *
 * A failing task is an outcome, not an exception; only the end of the budget or
 * its signal stops the run, and what was not begun is counted as skipped.
 */
export async function applyMany(
  tasks: AsyncIterable<FleetTask> | Iterable<FleetTask>,
  deps: PublishDeps,
  options: FleetOptions,
  budget: Budget,
): Promise<FleetProgress> {
  return createFleetRun(deps, options, budget).run(tasks);
}

/**
 * As `applyMany`, for callers that do something between the parts.
 *
 * @throws MaestroError usage for options that contradict each other
 */
export function createFleetRun(deps: PublishDeps, options: FleetOptions, budget: Budget): FleetRun {
  if (options.overwrite === true && (options.merge || options.noRemove === true)) {
    throw new MaestroError(
      'usage',
      `overwrite writes over what it may not have read, so ${options.merge ? 'merge' : 'noRemove'} cannot hold for it`,
    );
  }
  return new TaskRunner(deps, options, budget);
}

class TaskRunner implements FleetRun {
  readonly #deps: PublishDeps;
  readonly #options: FleetOptions;
  readonly #budget: Budget;
  readonly #window: AdaptiveWindow;
  readonly #lookup: PrefetchedLookup;
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

  constructor(deps: PublishDeps, options: FleetOptions, budget: Budget) {
    this.#deps = { ...deps, writer: sparingWriter(deps.writer, options.maxConcurrency) };
    this.#options = options;
    this.#budget = budget;
    this.#window = new AdaptiveWindow(options.maxConcurrency);
    this.#lookup = new PrefetchedLookup(deps.reader, deps.onNotice);
  }

  async run(tasks: AsyncIterable<FleetTask> | Iterable<FleetTask>): Promise<FleetProgress> {
    const read = async ({ tasks: given, coalesced }: Chunk): Promise<ReadChunk> => {
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
        return { ...chunk, lookup: await this.#lookup.prefetch(targets, this.#budget) };
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
    for await (const { checked, coalesced, lookup } of prefetching(
      chunksOf(tasks, chunkSize, firstChunkSize),
      read,
      chunksAhead,
    )) {
      this.#counts.coalesced += coalesced;
      const running: Promise<void>[] = [];
      for (const { task, error } of checked) {
        const isFresh = begun.add(taskKey(task));
        const answers = error ?? (isFresh || lookup instanceof MaestroError ? lookup : direct);
        if (this.stopped) this.#skip(task);
        else if (answers instanceof MaestroError)
          this.#settle(task, { outcome: failedWork(taskAbout(task), answers, false) });
        else {
          if (!this.#window.tryEnter()) await this.#window.enter();
          // While this waited for its place, too much may have failed.
          if (this.stopped) {
            this.#window.giveBack();
            this.#skip(task);
          } else running.push(this.#inOrder(task, answers));
        }
      }
      // The end of one chunk overlaps the next, so that the window stays full; two chunks are held at most.
      await before;
      before = Promise.all(running);
      begun.nextChunk();
    }
    await before;
    return this.progress;
  }

  addFailures(count: number): void {
    this.#counts.failed += count;
    if (count > 0) this.#report();
  }

  get stopped(): boolean {
    const { maxFailures } = this.#options;
    return (
      this.#budget.signal.aborted ||
      remainingMs(this.#budget) <= 0 ||
      (maxFailures !== undefined && this.#counts.failed >= maxFailures)
    );
  }

  get progress(): FleetProgress {
    return { ...(this.#options.total === undefined ? {} : { total: this.#options.total }), ...this.#counts };
  }

  #idOf(task: FleetTask): string {
    return bundleId(this.#options.source, task.consumer, taskName(task));
  }

  #skip(task: FleetTask): void {
    this.#counts.skipped += 1;
    this.#options.onSkipped?.(task);
    this.#report();
  }

  /** Runs a task after the one before it on its consumer. The window was entered for it already. */
  #inOrder(task: FleetTask, lookup: WorkLookup): Promise<void> {
    const { consumer } = task;
    const before = this.#tails.get(consumer);
    const run = before === undefined ? this.#runOne(task, lookup) : before.then(() => this.#runOne(task, lookup));
    this.#tails.set(consumer, run);
    return run.then(() => {
      if (this.#tails.get(consumer) === run) this.#tails.delete(consumer);
    });
  }

  async #runOne(task: FleetTask, lookup: WorkLookup): Promise<void> {
    const { clock } = this.#budget;
    const startMs = clock.monotonicMs();
    let result: TaskResult;
    try {
      const carryOut =
        this.#options.carryOut ?? ((one, reads, deps) => carryOutTask(one, reads, deps, this.#options, this.#budget));
      result = await carryOut(task, lookup, this.#deps);
    } catch (caught) {
      result = { outcome: failedWork(taskAbout(task), MaestroError.from(caught), false) };
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

  #settle(task: FleetTask, { counted, ...result }: TaskResult): void {
    this.#counts.done += 1;
    if (result.outcome.exitCode !== ExitCode.Done) this.#counts.failed += 1;
    else if (counted !== undefined) this.#counts[counted] += 1;
    this.#options.onOutcome?.({ task, ...result });
    this.#report();
  }

  #report(): void {
    this.#options.onProgress?.(this.progress);
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
