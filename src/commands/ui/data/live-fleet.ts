import { slept } from '../../../clock.ts';
import { shownStates, type ShownState } from '../../../core/status/shown-state.ts';
import { MaestroError } from '../../../errors.ts';
import { LiveWorks, type Sight } from '../../../works/live-works.ts';
import type { Change, KnownWork } from '../../../works/store.ts';
import { allAtOnce, rowsPerStep, slice, type Steps } from '../frame/slices.ts';
import type { GatherDeps } from '../frame/view.ts';
import { stateNow, workFactsProjection, type WorkFacts } from './work-facts.ts';

/** A work as the lists have it. */
export type FleetWork = KnownWork<WorkFacts>;

/** A cluster with what its works amount to. */
export interface Cluster {
  readonly name: string;
  /** Undefined of a cluster that works are on and that is no consumer, as far as was read. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly works: number;
  readonly states: Readonly<Record<ShownState, number>>;
  /** Wall milliseconds, on the clocks of the agents; undefined when none has reported. */
  readonly reportedAtMs: number | undefined;
}

/** All that the lists show, at one time. */
export interface FleetPicture {
  /** By cluster and name. */
  readonly works: readonly FleetWork[];
  /** By name. */
  readonly clusters: readonly Cluster[];
  readonly states: Readonly<Record<ShownState, number>>;
  /** For when the states hold. */
  readonly wallMs: number;
}

/** Between two pictures of all works; more when making one takes long, so that keys are answered first. */
const renewEveryMs = 50;
const renewRest = 15;
const readConsumersEveryMs = 60_000;
const readConsumersAgainMs = 5_000;
const consumersTimeoutMs = 60_000;

/** All clusters and works, live, and how fresh that is. */
export class LiveFleet {
  readonly #deps: GatherDeps;
  readonly #works: LiveWorks<WorkFacts>;
  readonly #labels = new Map<string, Readonly<Record<string, string>>>();
  #sorted: readonly FleetWork[] = [];
  #watched: { readonly id: string; readonly onNews: () => void } | undefined;
  /** Ids of works that are in no picture yet. */
  readonly #added = new Set<string>();
  /** Works of a picture are gone, or other ones have their ids. */
  #hasLost = false;
  #isRenamed = false;
  #isRenewing = false;
  #isStale = true;
  #picture: FleetPicture | undefined;
  #renewedMs = Number.NEGATIVE_INFINITY;
  #renewTookMs = 0;
  #failure: MaestroError | undefined;
  #consumersError: MaestroError | undefined;

  constructor(deps: GatherDeps) {
    const { session, options, signal } = deps;
    const { maestro, budget } = session;
    this.#deps = deps;
    this.#works = new LiveWorks(
      {
        projection: workFactsProjection(),
        source: options.source,
        signal,
        onChange: (changes) => {
          for (const change of changes) this.#note(change);
          if (changes.length > 0) this.#isStale = true;
          for (const { id } of changes) this.#tell(id);
          deps.changed();
        },
        onHeard: (id) => this.#tell(id),
      },
      { reader: maestro.reader, subscriber: maestro.subscriber, clock: budget.clock, random: budget.random },
    );
    void this.#followWorks();
    void this.#followConsumers();
  }

  get sight(): Sight {
    return this.#works.sight;
  }

  /** Why there is nothing to see, and never will be. */
  get failure(): MaestroError | undefined {
    return this.#failure;
  }

  /** Why clusters without works, and labels, may be missing. */
  get consumersError(): MaestroError | undefined {
    return this.#consumersError;
  }

  /** What is known of one work. */
  work(id: string): FleetWork | undefined {
    return this.#works.store.get(id);
  }

  /** Has whoever looks at one work told that there may be something new of it; one at a time. */
  watch(id: string, onNews: () => void): void {
    this.#watched = { id, onNews };
  }

  #tell(id: string): void {
    if (this.#watched?.id === id) this.#watched.onNews();
  }

  #note(change: Change<WorkFacts>): void {
    if (change.type === 'ADDED') this.#added.add(change.id);
    if (change.type === 'DELETED') this.#hasLost = true;
    if (change.type === 'MODIFIED' && change.before.name !== change.kept.name) this.#isRenamed = true;
  }

  /** The same value until there is something new and it is time for it. Only the first one is waited for. */
  picture(): FleetPicture {
    const { clock } = this.#deps.session.budget;
    this.#picture ??= allAtOnce(this.#renewed(clock.wallMs()));
    const restMs = Math.max(renewEveryMs, this.#renewTookMs * renewRest);
    // Works fall silent by themselves.
    const dueMs = this.#renewedMs + Math.max(restMs, this.#isStale ? 0 : 2_000);
    if (!this.#isRenewing && clock.monotonicMs() >= dueMs) void this.#renew();
    return this.#picture;
  }

  /** Of a small fleet it is done at once; of a large one in slices between which keys are answered. */
  async #renew(): Promise<void> {
    const { session, signal, changed } = this.#deps;
    const { clock } = session.budget;
    this.#isRenewing = true;
    this.#isStale = false;
    const steps = this.#renewed(clock.wallMs());
    let tookMs = 0;
    for (let isFirst = true; ; isFirst = false) {
      const startedMs = clock.monotonicMs();
      const done = slice(steps, clock);
      this.#renewedMs = clock.monotonicMs();
      tookMs += this.#renewedMs - startedMs;
      if (done !== undefined) {
        this.#picture = done.made;
        if (!isFirst) changed();
        break;
      }
      if (!(await slept(clock, 0, signal))) break;
    }
    this.#renewTookMs = tookMs;
    this.#isRenewing = false;
  }

  /** What has gone is left out, what is new is put where it belongs: a list that is nearly sorted is sorted quickly. */
  #resort(): void {
    if (this.#added.size === 0 && !this.#hasLost && !this.#isRenamed) return;
    const { store } = this.#works;
    const left = this.#hasLost ? this.#sorted.filter((work) => store.get(work.id) === work) : this.#sorted;
    const added = [...this.#added].flatMap((id) => store.get(id) ?? []);
    this.#sorted = [...left, ...added.sort(byPlace)].sort(byPlace);
    this.#added.clear();
    this.#hasLost = false;
    this.#isRenamed = false;
  }

  *#renewed(wallMs: number): Steps<FleetPicture> {
    this.#resort();
    const all = this.#sorted;
    const states = noWorks();
    const clusters = new Map<string, MutableCluster>();
    const clusterOf = (name: string): MutableCluster => {
      const known = clusters.get(name);
      if (known !== undefined) return known;
      const made: MutableCluster = {
        name,
        labels: this.#labels.get(name),
        works: 0,
        states: noWorks(),
        reportedAtMs: undefined,
      };
      clusters.set(name, made);
      return made;
    };
    for (const name of this.#labels.keys()) clusterOf(name);
    for (const [at, { consumer, kept }] of all.entries()) {
      if (at % rowsPerStep === 0) yield;
      const cluster = clusterOf(consumer);
      const state = stateNow(kept, wallMs);
      cluster.works += 1;
      cluster.states[state] += 1;
      states[state] += 1;
      if (kept.reportedAtMs !== undefined && kept.reportedAtMs > (cluster.reportedAtMs ?? 0))
        cluster.reportedAtMs = kept.reportedAtMs;
    }
    return {
      // A new array: what is made of it is made anew.
      works: [...all],
      clusters: [...clusters.values()].sort((left, right) => compareTexts(left.name, right.name)),
      states,
      wallMs,
    };
  }

  async #followWorks(): Promise<void> {
    try {
      await this.#works.run();
    } catch (caught) {
      if (this.#deps.signal.aborted) return;
      this.#failure = MaestroError.from(caught);
      this.#deps.fail(this.#failure);
    }
  }

  async #followConsumers(): Promise<void> {
    const { session, signal, changed } = this.#deps;
    const { clock } = session.budget;
    do {
      try {
        const call = { signal, deadlineMs: clock.monotonicMs() + consumersTimeoutMs };
        const seen = new Set<string>();
        for await (const page of session.maestro.reader.listConsumers({}, call))
          for (const { name, labels } of page) {
            seen.add(name);
            this.#labels.set(name, labels);
          }
        for (const name of this.#labels.keys()) if (!seen.has(name)) this.#labels.delete(name);
        this.#consumersError = undefined;
      } catch (caught) {
        if (signal.aborted) return;
        this.#consumersError = MaestroError.from(caught);
      }
      this.#isStale = true;
      changed();
    } while (
      await slept(clock, this.#consumersError === undefined ? readConsumersEveryMs : readConsumersAgainMs, signal)
    );
  }
}

type MutableCluster = { -readonly [Member in keyof Cluster]: Cluster[Member] } & { states: Record<ShownState, number> };

function noWorks(): Record<ShownState, number> {
  return Object.fromEntries(shownStates.map((state) => [state, 0])) as Record<ShownState, number>;
}

function byPlace(left: FleetWork, right: FleetWork): number {
  return compareTexts(left.consumer, right.consumer) || compareTexts(left.kept.name, right.kept.name);
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
