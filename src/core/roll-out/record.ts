import { groupReasons, type ReasonGroup, type WorkReason } from '../outcome/grouped-reasons.ts';
import { durationsOf, type Durations } from './durations.ts';
import {
  unknownWallMs,
  type PlannedStage,
  type RollOutFact,
  type RollOutOver,
  type RollOutPlan,
  type StandsAs,
  type StoredHow,
  type WorkEnd,
} from './facts.ts';
import {
  noCounts,
  rollOutState,
  troubledStates,
  worstState,
  type RollOutCounts,
  type RollOutState,
} from './work-state.ts';

/** One work of a roll-out. Times are wall time in milliseconds. */
export interface WorkPicture {
  readonly name: string;
  readonly state: RollOutState;
  readonly how?: StoredHow;
  readonly version?: number;
  /** Why it is where it is; a sentence. */
  readonly text?: string;
  /** When it was written; absent when nothing had to be. */
  readonly begunWallMs?: number;
  /** When what was waited for was seen, or the failure. */
  readonly decidedWallMs?: number;
  /** When its state changed last, as far as that was told. */
  readonly changedWallMs?: number;
}

/** One cluster of a roll-out. */
export interface ClusterPicture {
  readonly name: string;
  /** The worst of its works. */
  readonly state: RollOutState;
  /** Works that something was told of; `planned` may be more. */
  readonly works: readonly WorkPicture[];
  /** Undefined when nobody told how many there are to be. */
  readonly planned?: number;
  /**
   * From when Maestro had the first work that was written until what was waited for was seen of all; absent unless all
   * got there, and where nothing was written.
   */
  readonly durationMs?: number;
}

/** One canary or wave of a roll-out. */
export interface StagePicture extends Pick<PlannedStage, 'name' | 'number' | 'awaits'> {
  readonly clusters: readonly ClusterPicture[];
  readonly begunWallMs?: number;
  readonly endedWallMs?: number;
  /** Of works. */
  readonly counts: RollOutCounts;
  readonly durations?: Durations;
}

/** A roll-out as far as it was told. */
export interface RollOutPicture {
  /** Undefined when nobody told it: how much is to come, the waves and what is waited for are unknown then. */
  readonly plan?: RollOutPlan;
  readonly begunWallMs?: number;
  /** Absent while it goes on, and when its end was not told. */
  readonly over?: RollOutOver & { readonly wallMs: number };
  /** Of the last thing that was told. */
  readonly lastWallMs?: number;
  /** In their order. Without a plan one that holds every cluster heard of. */
  readonly stages: readonly StagePicture[];
  /** Of works; they sum up to `total`. */
  readonly counts: RollOutCounts;
  /** What was done to works that Maestro has as desired. */
  readonly stored: Readonly<Record<StoredHow, number>>;
  /** Works that are to be, or that something was told of. */
  readonly total: number;
  readonly clusters: number;
  /** How many clusters are where, each by its worst work. */
  readonly clusterCounts: RollOutCounts;
  /** What is in the way of works, by its cause; the largest group first. Without what was not begun. */
  readonly reasons: readonly ReasonGroup[];
  readonly durations?: Durations;
  /** What else is to be known of clusters; sentences. */
  readonly notes: readonly ClusterNote[];
}

export interface ClusterNote {
  readonly cluster: string;
  readonly text: string;
}

/** What was told of one work. */
interface Told {
  stored?: { readonly how: StoredHow; readonly version?: number; readonly wallMs: number };
  stands?: { readonly as: StandsAs; readonly text?: string; readonly wallMs: number };
  /** The first time that it was told of, but for its end. */
  firstWallMs?: number;
  /** The first time that it was seen decided. */
  decidedWallMs?: number;
  end?: WorkEnd & { readonly wallMs: number };
  /** The first time that its end was told. */
  endedWallMs?: number;
}

/**
 * What is known of a roll-out, made of what is told of it. Nothing is concluded: a work is `met` only when its outcome
 * or its wait said so. Of one work the order in which it is told does not matter; `begun` begins a new run.
 */
export class RollOutRecord {
  #plan: RollOutPlan | undefined;
  #begunWallMs: number | undefined;
  #lastWallMs: number | undefined;
  #over: RollOutPicture['over'];
  #notes: ClusterNote[] = [];
  #stages = new Map<number, { begunWallMs?: number; endedWallMs?: number }>();
  /** By cluster, then by name. */
  #told = new Map<string, Map<string, Told>>();

  get plan(): RollOutPlan | undefined {
    return this.#plan;
  }

  take(fact: RollOutFact): void {
    if (fact.wallMs !== unknownWallMs) this.#lastWallMs = Math.max(this.#lastWallMs ?? fact.wallMs, fact.wallMs);
    switch (fact.kind) {
      case 'begun':
        return this.#begin(fact.plan, fact.wallMs);
      case 'stageBegun':
        this.#stages.set(fact.stage, { ...this.#stages.get(fact.stage), begunWallMs: fact.wallMs });
        return;
      case 'stageEnded':
        this.#stages.set(fact.stage, { ...this.#stages.get(fact.stage), endedWallMs: fact.wallMs });
        return;
      case 'over': {
        const { wallMs, stoppedBy } = fact;
        this.#over = { wallMs, ...(stoppedBy === undefined ? {} : { stoppedBy }) };
        return;
      }
      case 'noted':
        this.#notes.push({ cluster: fact.cluster, text: fact.text });
        return;
      default:
        return take(this.#of(fact.cluster, fact.work), fact);
    }
  }

  /** Another run of the same: what earlier ones stored is there, and what became of it is asked anew. */
  #begin(plan: RollOutPlan, wallMs: number): void {
    this.#plan = plan;
    this.#begunWallMs = wallMs;
    this.#over = undefined;
    this.#notes = [];
    this.#stages = new Map();
    const before = this.#told;
    this.#told = new Map();
    for (const [cluster, works] of before) {
      for (const [work, { stored }] of works) {
        if (stored !== undefined) this.#of(cluster, work).stored = { ...stored, how: 'doneBefore' };
      }
    }
  }

  #of(cluster: string, work: string): Told {
    let works = this.#told.get(cluster);
    if (works === undefined) this.#told.set(cluster, (works = new Map<string, Told>()));
    let told = works.get(work);
    if (told === undefined) works.set(work, (told = {}));
    return told;
  }

  /** As it is by now. */
  picture(): RollOutPicture {
    const planned = this.#plan?.stages ?? [
      { name: 'wave', number: 1, clusters: [...this.#told.keys()].map((name) => ({ name, works: 0 })) },
    ];
    const sums: Sums & {
      readonly counts: Record<RollOutState, number>;
      readonly clusters: Record<RollOutState, number>;
    } = { counts: noCounts(), clusters: noCounts(), stored: noStored(), reasons: [] };
    const stages = planned.map((stage, index): StagePicture => {
      const counts = noCounts();
      const clusters = stage.clusters.map(({ name, works }) => this.#cluster(name, works, counts, sums));
      for (const { state } of clusters) sums.clusters[state] += 1;
      for (const [state, count] of Object.entries(counts)) sums.counts[state as RollOutState] += count;
      const durations = durationsOf(clusters);
      return {
        name: stage.name,
        number: stage.number,
        ...(stage.awaits === undefined ? {} : { awaits: stage.awaits }),
        clusters,
        ...this.#stages.get(index),
        counts,
        ...(durations === undefined ? {} : { durations }),
      };
    });
    const all = stages.flatMap((stage) => stage.clusters);
    const durations = durationsOf(all);
    return {
      ...(this.#plan === undefined ? {} : { plan: this.#plan }),
      ...(this.#begunWallMs === undefined ? {} : { begunWallMs: this.#begunWallMs }),
      ...(this.#over === undefined ? {} : { over: this.#over }),
      ...(this.#lastWallMs === undefined ? {} : { lastWallMs: this.#lastWallMs }),
      stages,
      counts: sums.counts,
      stored: sums.stored,
      total: Object.values(sums.counts).reduce((sum, count) => sum + count, 0),
      clusters: all.length,
      clusterCounts: sums.clusters,
      reasons: groupReasons(sums.reasons),
      ...(durations === undefined ? {} : { durations }),
      notes: [...this.#notes],
    };
  }

  #cluster(name: string, planned: number, counts: Record<RollOutState, number>, sums: Sums): ClusterPicture {
    const works: WorkPicture[] = [];
    for (const [work, told] of this.#told.get(name) ?? []) {
      const picture = workPicture(work, told);
      works.push(picture);
      counts[picture.state] += 1;
      if (picture.how !== undefined) sums.stored[picture.how] += 1;
      const isOver = told.end !== undefined;
      if (picture.text !== undefined && isInTheWay(picture.state, isOver))
        sums.reasons.push({ consumer: name, name: work, message: picture.text });
    }
    const toCome = Math.max(0, planned - works.length);
    counts.toCome += toCome;
    const states = works.map(({ state }) => state);
    const durationMs = toCome > 0 ? undefined : clusterDuration(works);
    return {
      name,
      state: worstState(toCome > 0 ? [...states, 'toCome'] : states),
      works,
      ...(this.#plan === undefined ? {} : { planned }),
      ...(durationMs === undefined ? {} : { durationMs }),
    };
  }
}

interface Sums {
  readonly stored: Record<StoredHow, number>;
  readonly reasons: WorkReason[];
}

/** What a work waits for is in its way once nobody waits for it any more. */
function isInTheWay(state: RollOutState, isOver: boolean): boolean {
  return troubledStates.has(state) || (state === 'pending' && isOver);
}

function noStored(): Record<StoredHow, number> {
  return { created: 0, updated: 0, unchanged: 0, doneBefore: 0 };
}

function take(told: Told, fact: Extract<RollOutFact, { readonly kind: 'stored' | 'stands' | 'ended' }>): void {
  const { wallMs } = fact;
  if (fact.kind !== 'ended') told.firstWallMs = Math.min(told.firstWallMs ?? wallMs, wallMs);
  const decide = (): void => void (told.decidedWallMs = Math.min(told.decidedWallMs ?? wallMs, wallMs));
  switch (fact.kind) {
    case 'stored': {
      const { how, version } = fact;
      // What this run told of it says more than an earlier one.
      if (told.stored === undefined || told.stored.how === 'doneBefore' || wallMs < told.stored.wallMs)
        told.stored = { how, wallMs, ...(version === undefined ? {} : { version }) };
      return;
    }
    case 'stands': {
      const { as, text } = fact;
      if (as === 'met' || as === 'failed') decide();
      if (told.stands === undefined || wallMs >= told.stands.wallMs)
        told.stands = { as, wallMs, ...(text === undefined ? {} : { text }) };
      return;
    }
    case 'ended':
      told.endedWallMs = Math.min(told.endedWallMs ?? wallMs, wallMs);
      if (told.end === undefined || wallMs >= told.end.wallMs) told.end = { ...fact.end, wallMs };
  }
}

function workPicture(
  name: string,
  { stored, stands, firstWallMs, decidedWallMs, endedWallMs, end }: Told,
): WorkPicture {
  const how = stored?.how ?? storedByEnd(end);
  const state = rollOutState({
    ...(end === undefined ? {} : { end }),
    ...(stands === undefined ? {} : { stands: stands.as }),
    ...(how === undefined ? {} : { how }),
  });
  const isDecided = state === 'met' || state === 'failed';
  const decided = isDecided ? (decidedWallMs ?? endedWallMs) : undefined;
  const changed = decided ?? stands?.wallMs ?? endedWallMs ?? stored?.wallMs;
  const text = end?.message ?? stands?.text;
  const version = end?.version ?? stored?.version;
  return {
    name,
    state,
    ...(how === undefined ? {} : { how }),
    ...(version === undefined ? {} : { version }),
    ...(text === undefined ? {} : { text }),
    ...(firstWallMs === undefined || how === 'doneBefore' || how === 'unchanged' ? {} : { begunWallMs: firstWallMs }),
    ...(decided === undefined ? {} : { decidedWallMs: decided }),
    ...(changed === undefined || changed === unknownWallMs ? {} : { changedWallMs: changed }),
  };
}

function storedByEnd(end: WorkEnd | undefined): StoredHow | undefined {
  const operation = end?.operation;
  return operation === 'created' || operation === 'updated' || operation === 'unchanged' ? operation : undefined;
}

function clusterDuration(works: readonly WorkPicture[]): number | undefined {
  let from = Infinity;
  let to = -Infinity;
  for (const { state, begunWallMs, decidedWallMs } of works) {
    if (state !== 'met' || decidedWallMs === undefined) return undefined;
    from = Math.min(from, begunWallMs ?? Infinity);
    to = Math.max(to, decidedWallMs);
  }
  return to < from ? undefined : to - from;
}
