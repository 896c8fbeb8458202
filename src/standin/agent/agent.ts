import type { Clock } from '../../clock.ts';
import { SequenceIds } from '../identity.ts';
import type { AgentBehaviour } from '../options.ts';
import { defaultBehaviour } from '../options.ts';
import { bundleOf, parsePayload, parseStatus } from '../service/bundle.ts';
import type { Bundle } from '../service/bundle.ts';
import type { ResourceService } from '../service/resource-service.ts';
import type { Store } from '../store/store.ts';
import type { StoredWork } from '../store/types.ts';
import { formatSeconds } from '../time.ts';
import type { Scheduler } from '../time.ts';
import { applyBundle, longestDelay, observeManifest } from './apply.ts';
import { Cluster } from './cluster.ts';
import { Reports } from './reports.ts';
import {
  appliedStatus,
  availableStatus,
  deletedStatus,
  deletingStatus,
  readWireStatus,
  refreshedFeedback,
  staleStatus,
} from './status.ts';
import type { AgentStatus } from './status.ts';

export interface AgentOptions {
  readonly consumer: string;
  readonly behaviour: AgentBehaviour;
  readonly store: Store;
  readonly resources: ResourceService;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
}

/** What the agent holds of a work. */
interface Known {
  /** The version it works on; it calls it the generation. */
  generation: number;
  status?: AgentStatus;
  /** The status stands in the store and is read from there when needed: most works are at rest. */
  atRest?: boolean;
  /** False while reports of this generation are still to come. */
  settled: boolean;
}

/** One pass over a work. */
interface Run {
  /** True until it has read the work, so that a newer version needs no new pass. */
  waiting: boolean;
  cancel: () => void;
}

/**
 * The agent of one consumer and the cluster it writes to. It reports in the
 * order of a real one: see recordings/lifecycle.json and outcomes.json.
 */
export class Agent {
  readonly cluster = new Cluster();
  readonly #options: AgentOptions;
  readonly #sequence: SequenceIds;
  readonly #reports: Reports;
  readonly #known = new Map<string, Known>();
  readonly #runs = new Map<string, Run>();
  /** Works to look at again at the next status sync. */
  readonly #unsettled = new Set<string>();
  #behaviour: AgentBehaviour;
  #tickScheduled = false;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#behaviour = options.behaviour;
    this.#sequence = new SequenceIds(options.clock);
    this.#reports = new Reports({ ...options, sequence: this.#sequence });
    this.#recover();
    if (this.#behaviour.online) this.#catchUp();
  }

  get behaviour(): AgentBehaviour {
    return this.#behaviour;
  }

  change(patch: Partial<AgentBehaviour>): void {
    const before = this.#behaviour;
    this.#behaviour = { ...before, ...patch };
    if (before.online && !this.#behaviour.online) this.#disconnect();
    if (!this.#behaviour.online) return;
    if (!before.online) this.#catchUp();
    for (const id of this.#known.keys()) this.#unsettled.add(id);
    this.#scheduleTick();
  }

  /** The broker has something new about this work. */
  notify(id: string): void {
    if (!this.#behaviour.online) return;
    if (this.#behaviour.reports === 'old-conditions') this.#options.scheduler.after(0, () => this.#reportOld(id));
    const run = this.#runs.get(id);
    if (run?.waiting === true && this.#behaviour.reports !== 'jumping') return;
    run?.cancel();
    this.#start(id, this.#behaviour.delayMs, () => this.#reconcile(id), true);
  }

  /** Under the number of a version that it has not looked at yet: its loops do not wait for each other. */
  #reportOld(id: string): void {
    const work = this.#options.store.work(id);
    const known = this.#known.get(id);
    if (!this.#behaviour.online || work === undefined || known === undefined || work.deletedAt !== undefined) return;
    const status = this.#wake(work, known);
    if (status !== undefined && known.generation !== work.version) this.#report(id, known, status, work.version);
  }

  #start(id: string, ms: number, step: () => void, waiting = false): void {
    const cancel = this.#options.scheduler.after(ms, () => {
      this.#runs.delete(id);
      step();
    });
    this.#runs.set(id, { waiting, cancel });
  }

  #reconcile(id: string): void {
    const work = this.#options.store.work(id);
    if (work === undefined) return;
    if (work.deletedAt !== undefined) {
      this.#delete(work);
      return;
    }
    const bundle = bundleOf(parsePayload(work));
    // The agent's own validation refuses a work without manifests, and then it says nothing at all.
    if (bundle.manifests.length === 0) return;
    const known = this.#known.get(id) ?? { generation: 0, settled: false };
    this.#known.set(id, known);
    const status = this.#wake(work, known);
    known.generation = work.version;
    known.settled = false;
    if (status === undefined) {
      this.#apply(work, bundle, known);
      return;
    }
    this.#report(id, known, staleStatus(status, work.version));
    this.#start(id, this.#stepMs(), () => this.#applyUpdate(work, bundle, known));
  }

  /** Between update and Applied the watching loop may already see new feedback of objects it knew. */
  #applyUpdate(work: StoredWork, bundle: Bundle, known: Known): void {
    const outcomes = applyBundle(this.cluster, { id: work.id, bundle }, this.#behaviour, this.#now());
    if (known.status !== undefined) {
      const refreshed = refreshedFeedback(known.status, this.#observe(bundle), this.#time());
      if (differs(refreshed, known.status)) {
        this.#report(work.id, known, refreshed);
        this.#start(work.id, this.#stepMs(), () => this.#reportApplied(work, bundle, known, outcomes));
        return;
      }
    }
    this.#reportApplied(work, bundle, known, outcomes);
  }

  #apply(work: StoredWork, bundle: Bundle, known: Known): void {
    const outcomes = applyBundle(this.cluster, { id: work.id, bundle }, this.#behaviour, this.#now());
    this.#reportApplied(work, bundle, known, outcomes);
  }

  #reportApplied(work: StoredWork, bundle: Bundle, known: Known, outcomes: ReturnType<typeof applyBundle>): void {
    this.#report(work.id, known, appliedStatus(known.status, known.generation, outcomes, this.#time()));
    this.#start(work.id, this.#stepMs(), () => {
      this.#look(work.id, bundle, known);
      known.settled = true;
      this.#watch(work.id, bundle, known);
    });
  }

  /** Reports what the objects look like when that is news. */
  #look(id: string, bundle: Bundle, known: Known): void {
    if (known.status === undefined) return;
    const seen = availableStatus(known.status, known.generation, this.#observe(bundle), this.#time());
    if (differs(seen, known.status)) this.#report(id, known, seen);
  }

  /** Decides whether the work is worth another look, and when. */
  #watch(id: string, bundle: Bundle, known: Known): void {
    const conditions = known.status?.conditions ?? [];
    const healthy = conditions.every(({ status }) => status === 'True');
    const work = this.#options.store.work(id);
    if (healthy && !this.cluster.hasPendingWorkloads(id)) {
      this.#unsettled.delete(id);
      if (work?.version === known.generation) this.#rest(known);
    } else this.#unsettled.add(id);
    const delay = longestDelay(this.cluster, bundle, this.#behaviour, this.#now());
    if (delay > 0) this.#start(id, delay, () => this.#resync(id));
    this.#scheduleTick();
  }

  #rest(known: Known): void {
    delete known.status;
    known.atRest = true;
  }

  /** The last status reported, from wherever it is kept. */
  #wake(work: StoredWork, known: Known): AgentStatus | undefined {
    const event = known.atRest === true ? parseStatus(work) : undefined;
    if (event !== undefined) known.status = readWireStatus(event);
    known.atRest = false;
    return known.status;
  }

  #scheduleTick(): void {
    if (this.#tickScheduled || this.#unsettled.size === 0) return;
    this.#tickScheduled = true;
    this.#options.scheduler.after(this.#behaviour.statusSyncMs, () => {
      this.#tickScheduled = false;
      if (!this.#behaviour.online) return;
      for (const id of [...this.#unsettled]) this.#resync(id);
      this.#scheduleTick();
    });
  }

  /** Tries failed manifests again, lets workloads get on, and reports what changed. */
  #resync(id: string): void {
    const known = this.#known.get(id);
    const work = this.#options.store.work(id);
    if (known === undefined || work === undefined || !this.#behaviour.online) {
      this.#unsettled.delete(id);
      return;
    }
    if (this.#runs.get(id)?.waiting === true || !known.settled) return;
    if (work.deletedAt !== undefined || work.version !== known.generation) return;
    const status = this.#wake(work, known);
    if (status === undefined) return;
    const bundle = bundleOf(parsePayload(work));
    this.cluster.runWorkloads(id);
    const outcomes = applyBundle(this.cluster, { id, bundle }, this.#behaviour, this.#now());
    const applied = appliedStatus(status, known.generation, outcomes, this.#time());
    if (differs(applied, status)) this.#report(id, known, applied);
    this.#look(id, bundle, known);
    this.#watch(id, bundle, known);
  }

  #delete(work: StoredWork): void {
    const known = this.#known.get(work.id);
    if (known === undefined || this.#wake(work, known) === undefined || known.status === undefined) {
      this.#reportDeleted(work, { generation: work.version, settled: true, status: { conditions: [], manifests: [] } });
      return;
    }
    this.#report(work.id, known, deletingStatus(known.status, known.generation, this.#time()));
    const bundle = bundleOf(parsePayload(work));
    const leaving = known.status.manifests.filter(({ resourceMeta }) =>
      this.cluster.ownedOnlyBy(resourceMeta, work.id),
    );
    const namespaces = leaving.filter(({ resourceMeta }) => resourceMeta.kind === 'Namespace');
    const others = leaving.filter((manifest) => !namespaces.includes(manifest));
    const quarter = this.#behaviour.deleteDelayMs / 4;
    const gone = new Set<string>();
    const lookAgain = (manifests: typeof leaving): void => {
      for (const { resourceMeta } of manifests) gone.add(JSON.stringify(resourceMeta));
      if (manifests.length === 0 || known.status === undefined) return;
      const observe = this.#observe(bundle);
      const seen = availableStatus(
        known.status,
        known.generation,
        (manifest) => (gone.has(JSON.stringify(manifest.resourceMeta)) ? { found: 'missing' } : observe(manifest)),
        this.#time(),
      );
      if (differs(seen, known.status)) this.#report(work.id, known, seen);
    };
    // Objects go before the namespaces that hold them.
    this.#start(work.id, 2 * quarter, () => {
      lookAgain(others);
      this.#start(work.id, quarter, () => {
        lookAgain(namespaces);
        this.#start(work.id, quarter, () => this.#reportDeleted(work, known));
      });
    });
  }

  #reportDeleted(work: StoredWork, known: Known): void {
    this.cluster.release(work.id, this.#now());
    this.#known.delete(work.id);
    this.#unsettled.delete(work.id);
    const status = deletedStatus(
      known.status ?? { conditions: [], manifests: [] },
      this.#options.consumer,
      this.#time(),
    );
    this.#report(work.id, known, status);
  }

  #report(id: string, known: Known, status: AgentStatus, version = known.generation): void {
    known.status = status;
    this.#reports.send(id, version, status, this.#behaviour.reports);
  }

  /** A connection lost in the middle of a pass: the pass is made again later. */
  #disconnect(): void {
    for (const [id, run] of this.#runs) {
      run.cancel();
      const known = this.#known.get(id);
      if (known !== undefined) known.settled = false;
    }
    this.#runs.clear();
  }

  /** Straight to the latest version of whatever changed meanwhile, deletions included. */
  #catchUp(): void {
    const { store, consumer } = this.#options;
    for (const id of store.workIds({ consumerName: consumer }).after()) {
      const work = store.work(id);
      const known = this.#known.get(id);
      if (work === undefined) continue;
      const current = known?.settled === true && known.generation === work.version;
      if (!current || work.deletedAt !== undefined) this.notify(id);
    }
  }

  /** Takes over from the stored statuses after a restart: what was applied then still stands on the cluster. */
  #recover(): void {
    const { store, consumer } = this.#options;
    for (const id of store.workIds({ consumerName: consumer }).after()) {
      const work = store.work(id);
      const event = work === undefined ? undefined : parseStatus(work);
      if (work === undefined || event === undefined) continue;
      const status = readWireStatus(event);
      applyBundle(this.cluster, { id, bundle: bundleOf(parsePayload(work)) }, this.#behaviour, this.#now());
      this.cluster.runWorkloads(id);
      const applied = status.conditions.find(({ type }) => type === 'Applied');
      this.#sequence.startAfter(event.sequenceId);
      const settled = applied?.observedGeneration === event.resourceVersion;
      this.#known.set(id, { generation: event.resourceVersion, atRest: true, settled });
      if (!status.conditions.every((condition) => condition.status === 'True')) this.#unsettled.add(id);
    }
    if (this.#behaviour.online) this.#scheduleTick();
  }

  #observe(bundle: Bundle): ReturnType<typeof observeManifest> {
    return observeManifest(this.cluster, bundle, this.#behaviour, this.#now());
  }

  #stepMs(): number {
    return this.#behaviour.availableDelayMs ?? defaultBehaviour.availableDelayMs ?? 0;
  }

  #now(): number {
    return this.#options.clock.wallMs();
  }

  #time(): string {
    return formatSeconds(this.#now() * 1000);
  }
}

/** Every status is made with its members in one order, so that texts can be compared. */
function differs(a: AgentStatus, b: AgentStatus): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
