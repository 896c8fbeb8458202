import type { WorkRequest } from '../../clients/transport.ts';
import {
  advance,
  type Advance,
  type AdvanceOptions,
  type Awaited,
  type Rows,
  type Step,
} from '../../core/migration/advance.ts';
import type { ClusterPlan } from '../../core/migration/cluster-plan.ts';
import { describeState } from '../../core/status/describe-state.ts';
import { present } from '../../core/present.ts';
import { listed } from '../../core/text.ts';
import { storedContent } from '../../core/works/document.ts';
import { workName } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { formatDuration, withoutAges } from '../../core/duration.ts';
import { pause, remainingMs, withinMs, type Budget } from '../budget.ts';
import { sparingWriter } from '../fleet/publish-limits.ts';
import { eventsOf } from '../fleet/events-of.ts';
import { longestDeletionMs, publishSafely, type PublishDeps } from '../publish.ts';
import { usualGraceMs } from '../wait/conditions.ts';
import { outcomeWorks } from './outcome-works.ts';
import { readRows } from './read-rows.ts';
import { pollDelayMs } from '../wait/poll-schedule.ts';

export interface CarryOutOptions extends AdvanceOptions {
  readonly source: string;
  /** Most requests under way at once. */
  readonly maxConcurrency: number;
  /** Whether a cluster may be begun with, now that so much has failed; true when absent. */
  readonly mayBegin?: () => boolean;
  /** How long an agent may fail to apply a work before that counts; 30 s when absent. */
  readonly failureGraceMs?: number;
}

/** How it ended on one cluster. `error` is absent when the goal was reached. */
export interface ClusterEnd {
  readonly plan: ClusterPlan;
  readonly rows: Rows;
  readonly error?: MaestroError;
  /** Something was sent to the cluster in this run. */
  readonly wrote: boolean;
  /** Nothing was sent, because it was not to be begun with any more. */
  readonly notBegun?: true;
}

/** What happens on the way. */
export type MigrationEvent =
  | { readonly kind: 'step'; readonly consumer: string; readonly step: Step }
  /** What a cluster waits for has changed; a sentence. */
  | { readonly kind: 'waiting'; readonly consumer: string; readonly text: string }
  | { readonly kind: 'cluster'; readonly end: ClusterEnd };

/** A cluster on its way to the goal. */
interface Underway {
  readonly plan: ClusterPlan;
  rows: Rows;
  text: string;
  wrote: boolean;
  conflicts: number;
  /** Ids of the works that are to have the objects and were there at the last look. */
  readonly seen: Set<string>;
  /** Since when the agent fails to apply a work, by its id. */
  readonly failingSinceMs: Map<string, number>;
  /** Since when a version was seen that no agent has heard of, by id and version. */
  readonly unheardSinceMs: Map<string, number>;
  /** Ids of works that were sent again. */
  readonly sentAgain: Set<string>;
}

/** Agents hear of a version within seconds. */
const unheardMs = 60_000;

/** After so many conflicts in a row somebody else is at work there. */
const mostConflicts = 5;

/**
 * Brings clusters to the goal, all at once: every round reads where each is,
 * takes the steps that come next, and waits for the agents. What a cluster
 * waits for holds up no other.
 */
export async function* carryOutPlans(
  plans: readonly ClusterPlan[],
  options: CarryOutOptions,
  deps: PublishDeps,
  budget: Budget,
): AsyncGenerator<MigrationEvent, void, void> {
  const sparing = { ...deps, writer: sparingWriter(deps.writer, options.maxConcurrency) };
  yield* eventsOf<MigrationEvent, void>((tell) => new Rounds(plans, options, sparing, { budget, tell }).run());
}

class Rounds {
  readonly #options: CarryOutOptions;
  readonly #deps: PublishDeps;
  readonly #budget: Budget;
  readonly #tell: (event: MigrationEvent) => void;
  readonly #underway: Map<string, Underway>;

  constructor(
    plans: readonly ClusterPlan[],
    options: CarryOutOptions,
    deps: PublishDeps,
    { budget, tell }: { readonly budget: Budget; readonly tell: (event: MigrationEvent) => void },
  ) {
    this.#options = options;
    this.#deps = deps;
    this.#budget = budget;
    this.#tell = tell;
    this.#underway = new Map(
      plans.map((plan) => [
        plan.consumer,
        {
          plan,
          rows: new Map(),
          text: '',
          wrote: false,
          conflicts: 0,
          seen: new Set(),
          failingSinceMs: new Map(),
          unheardSinceMs: new Map(),
          sentAgain: new Set(),
        },
      ]),
    );
  }

  async run(): Promise<void> {
    let quietSinceMs = this.#budget.clock.monotonicMs();
    try {
      while (this.#underway.size > 0) {
        await this.#read();
        const wrote = await this.#round();
        const nowMs = this.#budget.clock.monotonicMs();
        if (wrote) quietSinceMs = nowMs;
        else if (this.#underway.size > 0) {
          if (remainingMs(this.#budget) <= 0) break;
          await pause(this.#budget, pollDelayMs(nowMs - quietSinceMs, this.#budget.random));
        }
      }
      this.#endAll();
    } catch (caught) {
      const error = this.#budget.signal.aborted
        ? MaestroError.fromAbort(this.#budget.signal)
        : MaestroError.from(caught);
      // A read that has no time left says nothing that the end of the time does not.
      this.#endAll(error.code === 'timeout' || remainingMs(this.#budget) <= 0 ? undefined : error);
    }
  }

  /** Reads the works of all clusters that are under way. What cannot be read ends its cluster, and no other. */
  async #read(): Promise<void> {
    const plans = [...this.#underway.values()].map(({ plan }) => plan);
    const read = await readRows(plans, this.#deps.reader, this.#budget);
    for (const { plan, rows, unreadable } of read) {
      const one = this.#underway.get(plan.consumer);
      if (one === undefined) continue;
      one.rows = rows;
      const [bad] = unreadable;
      if (bad !== undefined) this.#end(one, bad.error);
    }
  }

  /** One look at each cluster, and what comes next; whether anything was sent. */
  async #round(): Promise<boolean> {
    const mayBegin = this.#options.mayBegin ?? ((): boolean => true);
    const ready: { readonly one: Underway; readonly steps: readonly Step[] }[] = [];
    for (const one of [...this.#underway.values()]) {
      const next = this.#next(one);
      if (next.kind === 'write') ready.push({ one, steps: next.steps });
      else if (next.kind === 'done') this.#end(one);
      else if (next.kind === 'refused') this.#end(one, refusedError(next));
      else {
        const steps = this.#unheard(one, next.awaited);
        if (steps.length > 0) ready.push({ one, steps });
        else this.#wait(one, next.awaited);
      }
    }
    const queue = ready.values();
    const worker = async (): Promise<void> => {
      for (const { one, steps } of { [Symbol.iterator]: () => queue }) {
        if (one.wrote || mayBegin()) await this.#write(one, steps);
        else this.#leaveOut(one);
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#options.maxConcurrency, ready.length) }, worker));
    return ready.length > 0;
  }

  /**
   * What comes next. Rows of other works under these ids are no works of the plan. A work that was there and is gone
   * was deleted by somebody, a rollback in another terminal perhaps: it is not for this run to make it again.
   */
  #next(one: Underway): Advance {
    for (const { id, work } of [...one.plan.old, ...one.plan.new]) {
      const row = one.rows.get(id);
      if (row === undefined || row.consumerName === one.plan.consumer) continue;
      return {
        kind: 'refused',
        reason: 'Moved',
        text: `the id of ${work.name} is taken by the work ${workName(row)} on ${row.consumerName}`,
      };
    }
    for (const { id, work } of outcomeWorks(one.plan, this.#options.goal)) {
      const row = one.rows.get(id);
      if (row === undefined && one.seen.has(id))
        return {
          kind: 'refused',
          reason: 'Moved',
          text: `${work.name}: somebody deleted it while this was under way`,
        };
      if (row !== undefined && row.deletedAt === undefined) one.seen.add(id);
      else one.seen.delete(id);
    }
    return advance(one.plan, one.rows, this.#options);
  }

  async #write(one: Underway, steps: readonly Step[]): Promise<void> {
    const deletes = steps.some(({ kind }) => kind === 'delete');
    try {
      for (const step of deletes ? await this.#lookAgain(one) : steps) {
        await publishSafely(
          requestOf(step, one.plan.consumer, this.#options.source),
          versionOf(step),
          this.#deps,
          deletes ? withinMs(this.#budget, longestDeletionMs) : this.#budget,
        );
        one.wrote = true;
        one.conflicts = 0;
        this.#tell({ kind: 'step', consumer: one.plan.consumer, step });
      }
    } catch (caught) {
      const error = MaestroError.thrownUnder(this.#budget.signal, caught);
      // Somebody else, or an earlier run of ours, has written: the next look says which.
      if (error.code === 'conflict' && (one.conflicts += 1) < mostConflicts) return;
      if (error.delivery === 'unknown') one.wrote = true;
      const pauseMs = pollDelayMs(longestDeletionMs, this.#budget.random);
      if (deletes && isForLater(error) && remainingMs(this.#budget) > pauseMs && !this.#budget.signal.aborted)
        await pause(this.#budget, pauseMs);
      else this.#end(one, error);
    }
  }

  /**
   * Versions that no agent has heard of for a minute. When a client is killed in the middle of a write, Maestro may
   * have stored it and never deliver it until the agent connects anew; the same content as another version is
   * delivered. Each work is sent again once in a run, since its agent may be away as well.
   */
  #unheard(one: Underway, awaited: readonly Awaited[]): readonly Step[] {
    const nowMs = this.#budget.clock.monotonicMs();
    return awaited.flatMap(({ of, why, version, state }): Step[] => {
      const row = one.rows.get(of.id);
      const isUnheard = why === 'applied' && (state.kind === 'unknown' || state.stale);
      // A work that nobody has written to keeps the version of the plan.
      if (row === undefined || !isUnheard || version === of.plannedVersion) return [];
      const key = `${of.id} ${version}`;
      const sinceMs = one.unheardSinceMs.get(key);
      if (sinceMs === undefined) one.unheardSinceMs.set(key, nowMs);
      if (sinceMs === undefined || nowMs - sinceMs < unheardMs || one.sentAgain.has(of.id)) return [];
      one.sentAgain.add(of.id);
      const { executor } = of.work;
      const work = { ...storedContent(row), ...(executor === undefined ? {} : { executor }) };
      return [{ kind: 'update', to: of, work, version, why: 'again' }];
    });
  }

  /** The steps that follow from how the cluster is at this moment; none when there is nothing to send by now. */
  async #lookAgain(one: Underway): Promise<readonly Step[]> {
    for (const { rows, unreadable } of await readRows([one.plan], this.#deps.reader, this.#budget)) {
      const [bad] = unreadable;
      if (bad !== undefined) throw bad.error;
      one.rows = rows;
    }
    const next = this.#next(one);
    return next.kind === 'write' ? next.steps : [];
  }

  #wait(one: Underway, awaited: readonly Awaited[]): void {
    const nowMs = this.#budget.clock.monotonicMs();
    const graceMs = this.#options.failureGraceMs ?? usualGraceMs;
    for (const { of, why, state } of awaited) {
      if (state.kind !== 'failed' || why === 'gone') one.failingSinceMs.delete(of.id);
      else if (!one.failingSinceMs.has(of.id)) one.failingSinceMs.set(of.id, nowMs);
    }
    const failing = awaited.find(({ of }) => nowMs - (one.failingSinceMs.get(of.id) ?? nowMs) >= graceMs);
    const text = awaited.map((what) => this.#awaitedText(what)).join('; ');
    if (failing !== undefined) {
      const why = this.#awaitedText(failing);
      this.#end(one, new MaestroError('outcome-failed', why, { reason: 'ApplyFailed' }));
      return;
    }
    const isNews = withoutAges(text) !== withoutAges(one.text);
    one.text = text;
    if (!isNews) return;
    this.#tell({ kind: 'waiting', consumer: one.plan.consumer, text });
  }

  #awaitedText({ of, why, state, unproven }: Awaited): string {
    const { name } = of.work;
    if (why === 'gone') return `${name}: the agent has not ended it yet`;
    if (why === 'owner') return `${name}: the agent has not proved that it owns ${listed(unproven)}`;
    return `${name}: ${describeState(state, this.#budget.clock.wallMs())}`;
  }

  #end(one: Underway, error?: MaestroError): void {
    this.#underway.delete(one.plan.consumer);
    const { plan, rows, wrote } = one;
    this.#tell({ kind: 'cluster', end: { plan, rows, wrote, ...(error === undefined ? {} : { error }) } });
  }

  #leaveOut({ plan, rows }: Underway): void {
    this.#underway.delete(plan.consumer);
    this.#tell({ kind: 'cluster', end: { plan, rows, wrote: false, notBegun: true } });
  }

  /** The time is up, a signal came, or Maestro cannot be read: what is under way can be gone on with. */
  #endAll(error?: MaestroError): void {
    for (const one of [...this.#underway.values()]) {
      const text = one.text === '' ? 'nothing could be read' : one.text;
      const ended =
        error === undefined
          ? new MaestroError('timeout', `timed out after ${formatDuration(this.#budget.totalMs)}: ${text}`)
          : new MaestroError(error.code, `${error.message}: ${text}`, {
              reason: error.reason,
              ...error.hints,
              cause: error,
            });
      this.#end(one, withHint(ended, 'Do the same again: it goes on from there.'));
    }
  }
}

function requestOf(step: Step, consumer: string, source: string): WorkRequest {
  const target = { id: step.to.id, consumer, source };
  switch (step.kind) {
    case 'create':
      return { kind: 'create', target, work: step.work };
    case 'update':
      return { kind: 'update', target, work: step.work, version: step.version };
    case 'delete':
      return { kind: 'delete', target, workName: step.to.work.name, version: step.version };
  }
}

/** Nothing is wrong but that no answer came in time. */
function isForLater(error: MaestroError): boolean {
  return error.transient || error.code === 'timeout' || error.reason === 'OutcomeUnknown';
}

function versionOf(step: Step): number {
  return step.kind === 'create' ? 0 : step.version;
}

function refusedError({ reason, text, latestVersion }: Extract<Advance, { readonly kind: 'refused' }>): MaestroError {
  return new MaestroError('conflict', text, present({ hint: refusalHints[reason], latestVersion }));
}

const refusalHints = {
  Moved: undefined,
  NotRun: {
    program: 'Reach the goal run first, with the same ownerProof.',
    command: 'First: maestro-cli migrate run. What was run with --no-owner-proof is finished with it, too.',
  },
  RollbackBegun: {
    program: 'Reach the goal rollback first.',
    command: 'First: maestro-cli migrate rollback',
  },
} as const;

function withHint(error: MaestroError, hint: string): MaestroError {
  return new MaestroError(error.code, error.message, {
    reason: error.reason,
    ...(error.delivery === undefined ? {} : { delivery: error.delivery }),
    ...(error.latestVersion === undefined ? {} : { latestVersion: error.latestVersion }),
    ...(error.hint === undefined && error.commandHint === undefined ? { hint } : error.hints),
    cause: error,
  });
}
