import { bundleId } from '../../core/works/bundle-id.ts';
import { workName } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { carryOut, planApply, type Applied, type ApplyRequest } from '../apply.ts';
import { backoffMs, pause, type Budget } from '../budget.ts';
import { planDelete, requestDelete } from '../delete.ts';
import type { WorkLookup } from '../lookup.ts';
import { failedWork, type WorkOutcome } from '../outcome.ts';
import type { PublishDeps } from '../publish.ts';
import { acceptedOutcome } from '../work-outcomes.ts';
import { AdaptiveWindow } from './adaptive-window.ts';
import { chunksOf, prefetching, type Chunk } from './chunks.ts';
import { taskName, type FleetOutcome, type FleetProgress, type FleetTask } from './fleet-task.ts';
import { PrefetchedLookup } from './prefetched-lookup.ts';

export interface FleetOptions {
  readonly source: string;
  readonly manager: string;
  readonly merge: boolean;
  readonly force: boolean;
  /** How often a merge is made again after a conflict. */
  readonly conflictRetries: number;
  /** Most requests under way at once. */
  readonly maxConcurrency: number;
  /** Begin nothing more once so many have failed; undefined: never stop. */
  readonly maxFailures?: number;
  /** How many tasks there are, when that is known; for progress only. */
  readonly total?: number;
  readonly onOutcome?: (outcome: FleetOutcome) => void;
  readonly onProgress?: (progress: FleetProgress) => void;
}

/** Tasks planned from one set of reads; small enough that the reads are fresh when they are used. */
const chunkSize = 200;
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
 * A failing task is an outcome, not an exception; only the end of the budget's
 * signal stops the run, and what was not begun is counted as skipped.
 */
export async function applyMany(
  tasks: AsyncIterable<FleetTask> | Iterable<FleetTask>,
  deps: PublishDeps,
  options: FleetOptions,
  budget: Budget,
): Promise<FleetProgress> {
  return new FleetRun(deps, options, budget).run(tasks);
}

class FleetRun {
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
    this.#deps = deps;
    this.#options = options;
    this.#budget = budget;
    this.#window = new AdaptiveWindow(options.maxConcurrency);
    this.#lookup = new PrefetchedLookup(deps.reader);
  }

  async run(tasks: AsyncIterable<FleetTask> | Iterable<FleetTask>): Promise<FleetProgress> {
    const read = async (chunk: Chunk): Promise<{ chunk: Chunk; lookup: WorkLookup | MaestroError }> => {
      const targets = chunk.tasks.map((task) => ({ id: this.#idOf(task), consumer: task.consumer, name: taskName(task) }));
      try {
        return { chunk, lookup: await this.#lookup.prefetch(targets, this.#budget) };
      } catch (caught) {
        return { chunk, lookup: MaestroError.from(this.#budget.signal.aborted ? this.#budget.signal.reason : caught) };
      }
    };
    for await (const { chunk, lookup } of prefetching(chunksOf(tasks, chunkSize), read, chunksAhead)) {
      this.#counts.coalesced += chunk.coalesced;
      const running: Promise<void>[] = [];
      for (const task of chunk.tasks) {
        if (this.#stopped()) this.#skip();
        else if (lookup instanceof MaestroError) this.#settle(task, failedWork(nameOf(task), lookup, false));
        else {
          await this.#window.enter();
          // While this waited for its place, too much may have failed.
          if (this.#stopped()) {
            this.#window.giveBack();
            this.#skip();
          } else running.push(this.#inOrder(task, lookup));
        }
      }
      await Promise.all(running);
    }
    return this.#progress();
  }

  #idOf(task: FleetTask): string {
    return bundleId(this.#options.source, task.consumer, taskName(task));
  }

  #stopped(): boolean {
    const { maxFailures } = this.#options;
    return this.#budget.signal.aborted || (maxFailures !== undefined && this.#counts.failed >= maxFailures);
  }

  #skip(): void {
    this.#counts.skipped += 1;
    this.#report();
  }

  /** Runs a task after the one before it on its consumer. The window was entered for it already. */
  async #inOrder(task: FleetTask, lookup: WorkLookup): Promise<void> {
    const before = this.#tails.get(task.consumer);
    const run = (async () => {
      await before;
      await this.#runOne(task, lookup);
    })();
    this.#tails.set(task.consumer, run);
    await run;
    if (this.#tails.get(task.consumer) === run) this.#tails.delete(task.consumer);
  }

  async #runOne(task: FleetTask, lookup: WorkLookup): Promise<void> {
    const { clock } = this.#budget;
    const startMs = clock.monotonicMs();
    let trouble = false;
    try {
      if (task.op === 'apply') {
        const applied = await this.#apply(task.consumer, task.work, lookup);
        this.#counts[applied.operation] += 1;
        this.#settle(task, acceptedOutcome(applied, task.consumer), applied);
      } else this.#settle(task, await this.#delete(task, lookup));
    } catch (caught) {
      const error = MaestroError.from(caught);
      trouble = error.code === 'unavailable' || error.code === 'timeout';
      this.#settle(task, failedWork(nameOf(task), error, false));
    } finally {
      this.#window.leave(clock.monotonicMs() - startMs, trouble);
    }
  }

  async #apply(consumer: string, work: Extract<FleetTask, { op: 'apply' }>['work'], lookup: WorkLookup): Promise<Applied> {
    const { source, manager, merge, force, conflictRetries } = this.#options;
    const request: ApplyRequest = { source, consumer, work, overwrite: false, manager, merge, force };
    for (let attempt = 0; ; attempt += 1) {
      const plan = await planApply(request, this.#deps, this.#budget, ...(attempt === 0 ? [lookup] : []));
      try {
        return await carryOut(plan, request, this.#deps, this.#budget);
      } catch (caught) {
        const error = MaestroError.from(caught);
        if (error.reason !== 'Conflict' || attempt >= conflictRetries) throw error;
        await pause(this.#budget, backoffMs(attempt, this.#budget.random));
      }
    }
  }

  async #delete(task: Extract<FleetTask, { op: 'delete' }>, lookup: WorkLookup): Promise<WorkOutcome> {
    const { source } = this.#options;
    const base = { ...nameOf(task), id: this.#idOf(task), exitCode: ExitCode.Done } as const;
    const stored = await lookup.getBundle(base.id, this.#budget);
    const plan = stored === undefined && (await lookup.worksNamed(task.consumer, task.name, this.#budget)).length === 0
      ? undefined
      : await planDelete({ by: 'name', name: task.name, consumer: task.consumer }, source, this.#deps, this.#budget);
    if (plan === undefined || plan.action === 'absent') {
      this.#counts.absent += 1;
      return { ...base, phase: 'Applied', reason: 'NotFound', message: `ManifestWork ${task.name} on ${task.consumer}: nothing to delete` };
    }
    if (plan.action === 'delete') await requestDelete(plan.bundle, source, this.#deps, this.#budget);
    this.#counts.deleted += 1;
    const message = `ManifestWork ${workName(plan.bundle)} on ${task.consumer}: deletion requested, not yet seen gone`;
    return { ...base, operation: 'deleted', version: plan.bundle.version, phase: 'InProgress', reason: 'DeletionRequested', message };
  }

  #settle(task: FleetTask, outcome: WorkOutcome, applied?: Applied): void {
    this.#counts.done += 1;
    if (outcome.exitCode !== ExitCode.Done) this.#counts.failed += 1;
    this.#options.onOutcome?.({ task, outcome, ...(applied === undefined ? {} : { applied }) });
    this.#report();
  }

  #report(): void {
    this.#options.onProgress?.(this.#progress());
  }

  #progress(): FleetProgress {
    return { ...(this.#options.total === undefined ? {} : { total: this.#options.total }), ...this.#counts };
  }
}

function nameOf(task: FleetTask): Pick<WorkOutcome, 'manifestWorkName' | 'consumer'> {
  return { manifestWorkName: taskName(task), consumer: task.consumer };
}
