import type { CallOptions, SetAsideRow, WorkReader } from '../../clients/transport.ts';
import { formatExpression } from '../../core/expressions/format.ts';
import type { WaitLook } from '../../core/outcome/standing.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { StatusFeed } from '../../works/status-feed.ts';
import { WorkStore } from '../../works/store.ts';
import { wholeRows } from '../../works/whole-rows.ts';
import { pause, remainingMs, type Budget } from '../budget.ts';
import { spanned, type SpanAttributes } from '../tracing.ts';
import { AgentReports } from './agent-reports.ts';
import type { WaitCondition, WaitTarget } from './judge.ts';
import { NameSearch } from './name-search.ts';
import { afterWriteMs, pollDelayMs } from './poll-schedule.ts';
import { ReadSchedule } from './read-schedule.ts';
import { Waiting, type WaitReports, type WaitResult } from './waiting.ts';

/** What a wait needs. */
export interface WaitDeps extends WaitReports {
  readonly reader: WorkReader;
  /** Called after each look at the works, with where all of them stand. */
  readonly onLook?: (look: WaitLook) => void;
  /** Brings rows sooner than polling does; the caller opens and closes it. Without it no stream is opened. */
  readonly feed?: StatusFeed;
}

/** One read may take this long; a server that hangs must not use up the whole budget unseen. */
const readTimeoutMs = 10_000;
/** A read that began with less than this before the deadline proves nothing about the server when it fails. */
const fairReadMs = 1_000;

/**
 * Waits until every target is decided: its condition holds, it failed, or the
 * budget ended. Reads first, then polls; several works share their reads. A
 * server that goes away meanwhile is waited out within the budget. A mistake
 * that cannot heal ends the wait of each, so that no work is without its outcome.
 */
export async function waitForWorks(
  targets: readonly WaitTarget[],
  condition: WaitCondition,
  deps: WaitDeps,
  budget: Budget,
): Promise<readonly WaitResult[]> {
  const waited = budget.stopwatch?.begin('wait');
  const attributes = (): SpanAttributes => waitAttributes(targets, condition);
  try {
    return await spanned(budget.tracer, { name: 'maestro.wait', attributes }, async (span) => {
      const results = await new Wait(targets, condition, deps, budget).run();
      const failed = results.find(({ error }) => error !== undefined);
      if (failed !== undefined) span?.fail(failed.error);
      return results;
    });
  } finally {
    waited?.();
  }
}

/** Of one work its name, of many how many there are. */
function waitAttributes(targets: readonly WaitTarget[], condition: WaitCondition): SpanAttributes {
  const [first] = targets;
  return {
    'maestro.wait.for': formatExpression(condition.expression),
    ...(first === undefined || targets.length > 1
      ? { 'maestro.works': targets.length }
      : { 'maestro.consumer': first.consumer, 'maestro.work.name': first.name }),
  };
}

/** Reads and hears of the works of one wait, and gives them to be judged. */
class Wait {
  readonly #targets: readonly WaitTarget[];
  readonly #deps: WaitDeps;
  readonly #budget: Budget;
  readonly #startMs: number;
  readonly #waiting: Waiting;
  readonly #store: WorkStore<ResourceBundle>;
  readonly #ids: ReadonlySet<string>;
  readonly #schedule: ReadSchedule | undefined;
  readonly #search: NameSearch;
  readonly #agents: AgentReports;

  constructor(targets: readonly WaitTarget[], condition: WaitCondition, deps: WaitDeps, budget: Budget) {
    this.#targets = targets;
    this.#deps = deps;
    this.#budget = budget;
    this.#startMs = budget.clock.monotonicMs();
    this.#search = new NameSearch(deps.reader);
    this.#agents = new AgentReports(deps.reader);
    const neverReported = (consumer: string): boolean => this.#agents.neverReported(consumer);
    this.#waiting = new Waiting(targets, condition, { ...deps, budget, neverReported });
    this.#store = new WorkStore({ projection: wholeRows, clock: budget.clock });
    this.#ids = new Set(targets.map(({ id }) => id));
    this.#schedule = deps.feed === undefined ? undefined : new ReadSchedule(deps.feed);
    const read = this.#store.beginRead();
    for (const { stored } of targets) if (stored !== undefined) this.#store.takeRow(stored, read);
  }

  async run(): Promise<readonly WaitResult[]> {
    const { signal } = this.#budget;
    const waiting = this.#waiting;
    let unreachable: MaestroError | undefined;
    let everRead = false;
    if (this.#isJustWritten()) {
      const stopped = await this.#rest(afterWriteMs);
      if (stopped !== undefined) return waiting.end({ stopped });
    }
    for (;;) {
      const leftMs = remainingMs(this.#budget);
      try {
        if (!this.#decideByStream()) {
          await this.#look();
          everRead = true;
          unreachable = undefined;
        }
      } catch (caught) {
        if (signal.aborted) return waiting.end({ stopped: MaestroError.fromAbort(signal) });
        const error = MaestroError.from(caught);
        // A read that ran out of time is no answer; whether the budget did too is looked at below.
        if (!error.transient && error.code !== 'timeout') return waiting.end({ stopped: error });
        if (remainingMs(this.#budget) > 0 || leftMs >= fairReadMs) unreachable = error;
      }
      this.#deps.onLook?.({ counts: waiting.counts, reasons: () => waiting.reasons });
      waiting.tellStandings();
      if (waiting.size === 0) return waiting.end({});
      if (remainingMs(this.#budget) <= 0) {
        if (!everRead && unreachable !== undefined && !this.#targets.some((target) => target.known)) throw unreachable;
        return waiting.end({ unreachable });
      }
      const elapsedMs = this.#budget.clock.monotonicMs() - this.#startMs;
      const stopped = await this.#rest(pollDelayMs(elapsedMs, this.#budget.random));
      if (stopped !== undefined) return waiting.end({ stopped });
    }
  }

  /** Reads all works that are undecided, one by a plain GET, and judges them. */
  async #look(): Promise<void> {
    const { reader } = this.#deps;
    const waiting = this.#waiting;
    const targets = waiting.undecided;
    const read = this.#store.beginRead();
    const rows = new Map<string, ResourceBundle | undefined>(targets.map(({ id }) => [id, undefined]));
    const unreadable: SetAsideRow[] = [];
    const onSetAside = (row: SetAsideRow): void => void unreadable.push(row);
    const found: string[] = [];
    for await (const page of reader.getBundles([...rows.keys()], { ...this.#readOptions(), onSetAside })) {
      for (const row of page) {
        this.#store.takeRow(row, read);
        rows.set(row.id, this.#store.get(row.id)?.kept);
        found.push(row.id);
      }
    }
    this.#schedule?.wasRead(found, this.#budget.clock.monotonicMs());
    for (const row of unreadable) {
      waiting.giveUp(row);
      rows.delete(row.id);
    }
    for (const target of targets) if (this.#mayStillEnd(target, rows.get(target.id))) rows.delete(target.id);
    waiting.take(rows);
    const absent = waiting.absent;
    const others = await this.#search.find(absent, this.#budget);
    for (const target of absent) {
      const other = others.get(target.id);
      if (other === undefined) continue;
      if ('bundle' in other) waiting.adopt(target, other.bundle);
      else waiting.giveUp({ ...other.unreadable, id: target.id });
    }
    await this.#agents.learn(waiting.silentConsumers, this.#readOptions());
  }

  #mayStillEnd(target: WaitTarget, row: ResourceBundle | undefined): boolean {
    if (row !== undefined || this.#rowOf(target.id) === undefined) return false;
    return this.#schedule?.mayStillEnd(target, this.#budget.clock.monotonicMs()) === true;
  }

  /** The row as it was known last; judged anew as time passes. */
  #rowOf(id: string): ResourceBundle | undefined {
    return this.#store.get(id)?.kept ?? this.#waiting.lastOf(id);
  }

  /** A stream tells of the first report by itself. */
  #isJustWritten(): boolean {
    const targets = this.#targets;
    return (
      this.#deps.feed === undefined && targets.length > 0 && targets.every(({ writtenNow }) => writtenNow === true)
    );
  }

  /** @returns what ended it before its time */
  async #rest(ms: number): Promise<MaestroError | undefined> {
    const { feed } = this.#deps;
    const { signal } = this.#budget;
    try {
      if (feed === undefined) await pause(this.#budget, ms);
      else await feed.rest(Math.min(ms, remainingMs(this.#budget)), signal);
      return undefined;
    } catch (caught) {
      return signal.aborted ? MaestroError.fromAbort(signal) : MaestroError.from(caught);
    }
  }

  /**
   * Judges what the stream brought. Between events the rows known last are judged
   * again, because time passes for graces and settling; what time alone would
   * decide is read first, as when polling.
   *
   * @returns false when the works have to be read
   */
  #decideByStream(): boolean {
    const { feed } = this.#deps;
    const schedule = this.#schedule;
    if (feed === undefined || schedule === undefined) return false;
    const { events, mustRead } = feed.take();
    if (mustRead) schedule.mustRead();
    const changed = new Map<string, ResourceBundle>();
    for (const event of events) {
      if (!this.#ids.has(event.id)) continue;
      const taken = this.#store.takeEvent(event);
      if (taken.mustRead) schedule.mustRead();
      for (const change of taken.changes) {
        if (change.type === 'ENDED' || (change.type === 'DELETED' && !change.seen)) schedule.mustRead();
        else changed.set(change.id, change.kept);
      }
    }
    const waiting = this.#waiting;
    waiting.take(changed);
    const { clock } = this.#budget;
    if (waiting.size === 0) return true;
    if (!schedule.isPassDue(waiting.size, clock.monotonicMs())) return true;
    if (schedule.isReadDue(waiting.undecided, clock.monotonicMs())) return false;
    return !waiting.wouldDecide((id) => this.#rowOf(id));
  }

  #readOptions(): CallOptions {
    const { signal, deadlineMs, clock } = this.#budget;
    return { signal, deadlineMs: Math.min(deadlineMs, clock.monotonicMs() + readTimeoutMs) };
  }
}
