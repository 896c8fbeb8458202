import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../../../../src/core/json.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { ResourceMeta } from '../../../../src/core/status/work-status.ts';
import { readFeedback } from '../../../../src/standin/agent/feedback.ts';
import { appliedStatus, availableStatus, sameObject, staleStatus } from '../../../../src/standin/agent/status.ts';
import type { AgentStatus, ManifestStatus, Observation } from '../../../../src/standin/agent/status.ts';
import type { Kind, KubeObject, ObjectClient } from '../kube-client.ts';
import { Loop } from '../loop.ts';
import { isInMemory } from '../memory-store.ts';
import { ObjectCache } from '../object-cache.ts';
import { Applier } from './applier.ts';
import type { AppliedResource, ManifestOutcome, WorkSpec } from './applier.ts';
import { configOf } from './manifest-config.ts';
import type { Owner } from './owners.ts';
import { kindOf, refOf, servedKinds } from './served-kinds.ts';

/** A work as its transport has it now. */
export interface AgentWork {
  readonly id: string;
  /** What the name of its record on the spoke ends with. */
  readonly name: string;
  readonly generation: number;
  /** It is to be taken off the cluster. */
  readonly deleting: boolean;
  readonly labels: JsonObject;
  readonly spec: WorkSpec;
}

/** Where an agent gets its works, and whom it tells. */
export interface WorkTransport {
  /** Undefined when there is no such work, or the agent may not act on it yet. */
  admit(id: string): Promise<AgentWork | undefined>;
  /** The work as it is known without asking. */
  work(id: string): AgentWork | undefined;
  /** What was reported of it before this agent began. */
  reported(id: string): AgentStatus | undefined;
  report(id: string, generation: number, status: AgentStatus): Promise<void>;
  /** Its deletion has begun. */
  deleting(id: string, generation: number, status: AgentStatus): Promise<AgentStatus>;
  /** Nothing of it is left on the cluster. */
  deleted(id: string, generation: number, status: AgentStatus): Promise<void>;
}

export interface WorkAgentOptions {
  readonly name: string;
  /** Of the spoke, with the agent's field manager. */
  readonly client: ObjectClient;
  readonly transport: WorkTransport;
  /** What stands before the names of its records: the hash of the hub. */
  readonly hubHash: string;
  /** Between two looks at all objects; a real agent takes 10 to 19 s. */
  readonly statusSyncMs?: number;
  /** After so long it applies everything again, as a real one does after 4 to 6 minutes. */
  readonly resyncMs?: number;
  /** Cap on one raw feedback value in bytes. */
  readonly largestFeedback: number;
  /** True: what changes on one look is reported once, at its end, and not step by step. */
  readonly reportsOnce?: boolean;
}

/** The AppliedManifestWork: what the agent keeps on the spoke of a work, until that work is finalized. */
interface WorkRecord extends Owner {
  applied: readonly AppliedResource[];
}

/** What the agent knows of one work. */
interface Known {
  readonly name: string;
  generation: number;
  status: AgentStatus;
  spec: WorkSpec;
  /** Its spec and labels as text: a version that differs in neither is not applied before the next resync. */
  content: string;
  deleting: boolean;
  appliedAtMs: number;
  /** Something that trying again may mend. */
  retries: boolean;
  /** The status that was made of these versions of its objects. */
  seen?: { readonly versions: string; readonly status: AgentStatus };
  /** The status has to be reported. */
  unsent: boolean;
}

/**
 * The work agent of OCM, as far as the GitOps controllers depend on it; Maestro's agent and the klusterlet's are this
 * one with a transport each.
 */
export class WorkAgent {
  readonly #options: WorkAgentOptions;
  readonly #transport: WorkTransport;
  readonly #applier: Applier;
  readonly #known = new Map<string, Known>();
  readonly #records = new Map<string, WorkRecord>();
  readonly #written = new Set<string>();
  readonly #loop: Loop;
  /** What it looks at on every beat: asked for each time, the objects of a rig would be most of its requests. */
  readonly #caches: ReadonlyMap<Kind, ObjectCache>;
  #largestFeedback: number;
  #online = true;

  constructor(options: WorkAgentOptions) {
    this.#options = options;
    this.#transport = options.transport;
    this.#largestFeedback = options.largestFeedback;
    this.#caches = new Map(
      Object.values(servedKinds)
        .filter((kind) => !isInMemory(kind))
        .map((kind) => [kind, new ObjectCache(options.client, kind)]),
    );
    this.#applier = new Applier(options.client, (kind, object) => this.#caches.get(kind)?.keep(object));
    this.#loop = new Loop(options.name, options.statusSyncMs ?? 100, () => this.#round());
  }

  /** Word that a work was written. */
  notify(id: string): void {
    this.#written.add(id);
    this.#loop.wake();
  }

  get online(): boolean {
    return this.#online;
  }

  /** An offline agent does nothing; coming back it goes straight to the latest versions. */
  setOnline(online: boolean): void {
    this.#online = online;
    this.#loop.wake();
  }

  setStatusSync(ms: number): void {
    this.#loop.setInterval(ms);
  }

  setLargestFeedback(bytes: number): void {
    this.#largestFeedback = bytes;
  }

  /** Applies every work again now. */
  resync(): void {
    for (const known of this.#known.values()) known.appliedAtMs = -Infinity;
    this.#loop.wake();
  }

  statusOf(id: string): AgentStatus | undefined {
    return this.#known.get(id)?.status;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#caches.values()].map((cache) => cache.stop()));
    await this.#loop.stop();
  }

  async #round(): Promise<void> {
    if (!this.#online) return;
    // Whatever was written first, so that a new version never waits for all the looks.
    for (const id of this.#written) {
      // What comes after it went offline in the middle of a round does not reach it.
      if (!this.#online) return;
      this.#written.delete(id);
      try {
        await this.#reconcile(id);
      } catch (error) {
        this.#written.add(id);
        throw error;
      }
    }
    for (const [id, known] of this.#known) {
      if (this.#written.size > 0 || !this.#online) return;
      if (known.deleting) await this.#finishDelete(id, known);
      else await this.#look(id, known);
    }
  }

  async #reconcile(id: string): Promise<void> {
    const work = await this.#transport.admit(id);
    // Its record stays: a real one is evicted an hour after its work vanished without being finalized.
    if (work === undefined) return void this.#known.delete(id);
    const known = this.#known.get(id);
    if (work.deleting) return this.#startDelete(work, known);
    if (work.spec.manifests.length === 0) return;
    if (known !== undefined && known.generation !== work.generation)
      await this.#report(id, known, staleStatus(known.status, work.generation), work.generation);
    const next: Known = known ?? { ...this.#firstSight(work), deleting: false };
    this.#known.set(id, next);
    next.generation = work.generation;
    next.spec = work.spec;
    const content = contentOf(work);
    // Due until the apply is through.
    if (content !== next.content) next.appliedAtMs = -Infinity;
    next.content = content;
    await this.#look(id, next);
  }

  #firstSight({ id, name, spec }: AgentWork): Omit<Known, 'deleting'> {
    const status = this.#transport.reported(id) ?? { conditions: [], manifests: [] };
    return { name, generation: 0, status, spec, content: '', appliedAtMs: -Infinity, retries: false, unsent: false };
  }

  #recordOf(name: string): WorkRecord {
    const record = this.#records.get(name) ?? {
      name: `${this.#options.hubHash}-${name}`,
      uid: randomUUID(),
      applied: [],
    };
    this.#records.set(name, record);
    return record;
  }

  async #apply(id: string, known: Known): Promise<void> {
    const record = this.#recordOf(known.name);
    const outcomes: ManifestOutcome[] = [];
    for (const [ordinal, manifest] of known.spec.manifests.entries())
      outcomes.push(await this.#applier.applyManifest(ordinal, manifest, known.spec, record));
    known.appliedAtMs = performance.now();
    known.retries = outcomes.some(({ failure, conflict }) => failure !== undefined && conflict !== true);
    const standing = outcomes.flatMap(({ meta, uid }) => (uid === undefined ? [] : [{ meta, uid }]));
    const dropped = record.applied.filter(({ meta }) => !standing.some((one) => sameObject(one.meta, meta)));
    record.applied = [...standing, ...(await this.#applier.release(dropped, record))];
    await this.#report(id, known, appliedStatus(known.status, known.generation, outcomes, now()));
  }

  /** Tries what failed again, applies what is due again, and reports what changed. */
  async #look(id: string, known: Known): Promise<void> {
    const work = this.#transport.work(id);
    if (work?.generation !== known.generation || work.deleting) return;
    const resyncMs = this.#options.resyncMs ?? 4 * 60_000;
    if (known.retries || performance.now() - known.appliedAtMs > resyncMs) await this.#apply(id, known);
    const objects = new Map<ManifestStatus, KubeObject | undefined>();
    for (const manifest of known.status.manifests) objects.set(manifest, await this.#read(manifest.resourceMeta));
    const versions = [...objects.values()].map((object) => object?.metadata.resourceVersion ?? '').join();
    const current = `${String(this.#largestFeedback)} ${String(known.generation)} ${versions}`;
    // Most looks find everything as it was.
    if (known.seen?.versions === current && known.seen.status === known.status) return this.#send(id, known);
    const observe = (manifest: ManifestStatus): Observation =>
      this.#observed(manifest.resourceMeta, objects.get(manifest), known.spec);
    await this.#report(id, known, availableStatus(known.status, known.generation, observe, now()));
    known.seen = { versions: current, status: known.status };
    await this.#send(id, known);
  }

  async #read(meta: ResourceMeta): Promise<KubeObject | undefined> {
    const kind = kindOf(meta);
    if (kind === undefined) return undefined;
    return this.#caches.get(kind)?.get(refOf(meta)) ?? (await this.#options.client.get(kind, refOf(meta)));
  }

  #observed(meta: ResourceMeta, object: KubeObject | undefined, spec: WorkSpec): Observation {
    if (kindOf(meta) === undefined) return { found: 'unknown-kind' };
    if (object === undefined) return { found: 'missing' };
    const { feedbackRules } = configOf(spec.manifestConfigs, meta);
    return { found: 'present', feedback: readFeedback(object, feedbackRules, { feedback: {} }, this.#largestFeedback) };
  }

  async #startDelete(work: AgentWork, known: Known | undefined): Promise<void> {
    const held: Known = known ?? { ...this.#firstSight(work), generation: work.generation, deleting: true };
    this.#known.set(work.id, held);
    const begins = !held.deleting && this.#records.has(held.name);
    held.deleting = true;
    if (begins) held.status = await this.#transport.deleting(work.id, held.generation, held.status);
    await this.#finishDelete(work.id, held);
  }

  async #finishDelete(id: string, known: Known): Promise<void> {
    const record = this.#records.get(known.name);
    if (record !== undefined) {
      record.applied = await this.#applier.release(record.applied, record);
      if (record.applied.length > 0) return;
      this.#records.delete(known.name);
    }
    await this.#transport.deleted(id, known.generation, known.status);
    this.#known.delete(id);
  }

  async #report(id: string, known: Known, status: AgentStatus, generation = known.generation): Promise<void> {
    const same =
      canonicalJson(status as unknown as JsonObject) === canonicalJson(known.status as unknown as JsonObject);
    if (same) return;
    known.status = status;
    known.unsent = true;
    if (this.#options.reportsOnce !== true) await this.#send(id, known, generation);
  }

  async #send(id: string, known: Known, generation = known.generation): Promise<void> {
    if (!known.unsent) return;
    // An agent that lost its connection in the middle of a round cannot tell anybody.
    if (!this.#online) return void this.#written.add(id);
    await this.#transport.report(id, generation, known.status);
    known.unsent = false;
  }
}

function contentOf({ labels, spec }: AgentWork): string {
  return canonicalJson([labels, spec as unknown as JsonObject]);
}

export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
