import type { Clock } from '../../clock.ts';
import { SharedTexts } from '../index/shared-texts.ts';
import { applications } from '../kube/hub-kinds.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { reflect, type Reflector } from '../kube/reflector.ts';
import { pullSelector } from '../model/hub-application.ts';
import { summaryOf, type ApplicationSummary } from '../status/application-summary.ts';

export interface LiveApplicationsDeps {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told of every change; it may be called often. */
  readonly changed: () => void;
}

/** How far what is known can be trusted. */
export interface HubSight {
  /** All applications have been read once. */
  readonly synced: boolean;
  /** So many are known. */
  readonly known: number;
  /** Monotonic: when the hub was heard last. */
  readonly heardMs: number | undefined;
  /** Why the last try failed; absent when it did not. */
  readonly problem?: string;
  /** Applications that could not be read. */
  readonly refused: number;
}

/** A new order is made so seldom that most of the time is left for other things. */
const shareForOrder = 10;
const leastBetweenMs = 250;

/**
 * The Applications of the pull model on a hub, a summary of each, as they
 * change: those that the controllers look at. It reads and watches, and keeps
 * nothing else.
 */
export class LiveApplications {
  readonly #deps: LiveApplicationsDeps;
  readonly #reflector: Reflector;
  readonly #known = new Map<string, ApplicationSummary>();
  readonly #texts = new SharedTexts();
  #problem: string | undefined;
  #isOrdered = true;
  #isDirty = false;
  #keys: readonly string[] = [];
  #rows: readonly ApplicationSummary[] = [];
  #madeAtMs = Number.NEGATIVE_INFINITY;
  #tookMs = 0;

  constructor(deps: LiveApplicationsDeps) {
    this.#deps = deps;
    this.#reflector = reflect<ApplicationSummary>(
      {
        path: applications,
        labelSelector: pullSelector,
        project: (object) => this.#sharing(summaryOf(object)),
        handler: (event) => {
          if (event.kind === 'upsert') this.#take(event.key, event.item);
          else if (event.kind === 'gone') this.#drop(event.key);
          this.#problem = undefined;
          deps.changed();
        },
      },
      {
        ...deps,
        onProblem: ({ error, kind }) => {
          // One that cannot be read is counted; the watch begins anew by itself when its version is forgotten.
          if (kind !== 'refused' && kind !== 'expired') this.#problem = error.message;
          deps.changed();
        },
      },
    );
  }

  /** Reads and watches until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#reflector.run(signal);
  }

  get sight(): HubSight {
    const { synced, lastEventMs, refused } = this.#reflector.state;
    return {
      synced,
      known: this.#known.size,
      heardMs: lastEventMs,
      refused,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  get(key: string): ApplicationSummary | undefined {
    return this.#known.get(key);
  }

  /** All of them by key; the same array until a later look finds that something has changed. */
  rows(): readonly ApplicationSummary[] {
    const startMs = this.#deps.clock.monotonicMs();
    const isDue = startMs - this.#madeAtMs >= Math.max(leastBetweenMs, shareForOrder * this.#tookMs);
    if (!this.#isDirty || !isDue) return this.#rows;
    if (!this.#isOrdered) this.#keys = [...this.#known.keys()].sort();
    this.#rows = this.#keys.flatMap((key) => this.#known.get(key) ?? []);
    this.#isOrdered = true;
    this.#isDirty = false;
    this.#madeAtMs = this.#deps.clock.monotonicMs();
    this.#tookMs = this.#madeAtMs - startMs;
    return this.#rows;
  }

  #take(key: string, summary: ApplicationSummary): void {
    if (!this.#known.has(key)) this.#isOrdered = false;
    this.#known.set(key, summary);
    this.#isDirty = true;
  }

  #drop(key: string): void {
    if (!this.#known.delete(key)) return;
    this.#isOrdered = false;
    this.#isDirty = true;
  }

  /** Most say the same few words; each would else be a copy of its own. */
  #sharing(summary: ApplicationSummary): ApplicationSummary {
    const of = (text: string): string => this.#texts.of(text);
    const { cluster, set, sync, health, phase, blocked } = summary;
    return {
      ...summary,
      cluster: of(cluster),
      set: of(set),
      sync: of(sync),
      health: of(health),
      phase: of(phase),
      blocked: of(blocked),
    };
  }
}
