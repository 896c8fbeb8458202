import { createHash } from 'node:crypto';
import { canonicalJson, isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ResourceMeta } from '../../../src/core/status/work-status.ts';
import { manifestKey } from '../../../src/core/works/manifest-work.ts';
import { isOrphaned } from '../../../src/standin/agent/cluster.ts';
import { readFeedback } from '../../../src/standin/agent/feedback.ts';
import {
  appliedStatus,
  availableStatus,
  deletedStatus,
  deletingStatus,
  sameObject,
  staleStatus,
} from '../../../src/standin/agent/status.ts';
import type { AgentStatus, ApplyOutcome, ManifestStatus, Observation } from '../../../src/standin/agent/status.ts';
import type { AgentDesk, DeliveredWork, StandIn } from '../../../src/standin/index.ts';
import type { Cluster } from './cluster.ts';
import { ApiError, kinds } from './kube-client.ts';
import type { Kind, KubeClient, KubeObject, Ref } from './kube-client.ts';
import { Loop } from './loop.ts';
import { isInMemory } from './memory-store.ts';
import { ObjectCache } from './object-cache.ts';

export interface MiniAgentOptions {
  readonly standIn: StandIn;
  readonly consumer: string;
  readonly spoke: Cluster;
  /** Between two looks at all objects; a real agent takes 10 to 19 s. */
  readonly statusSyncMs?: number;
  /** Cap on one raw feedback value; 1 MiB as Maestro's agent. */
  readonly largestFeedback?: number;
}

/** What the agent knows of one work. */
interface Known {
  generation: number;
  status: AgentStatus;
  /** What it put on the cluster. */
  applied: readonly ResourceMeta[];
  bundle: DeliveredWork['bundle'];
  deleting: boolean;
}

/** Changes a report on its way to Maestro; undefined suppresses it. */
export type Intercept = (status: AgentStatus, workId: string) => AgentStatus | undefined;

export const specHashAnnotation = 'open-cluster-management.io/config-spec-hash';
const fieldManager = 'work-agent';
const ownerApiVersion = 'work.open-cluster-management.io/v1';

const servedKinds: Readonly<Record<string, Kind>> = {
  'argoproj.io/Application': kinds.applications,
  'argoproj.io/AppProject': kinds.appProjects,
  '/Namespace': kinds.namespaces,
  '/ConfigMap': kinds.configMaps,
  'apps/Deployment': kinds.deployments,
};

/**
 * The agent of one consumer: takes its works from a stand-in and puts them on a
 * real API server by server-side apply, with the rules of OCM's work agent that
 * the GitOps controllers depend on.
 */
export class MiniAgent {
  readonly desk: AgentDesk;
  readonly #options: MiniAgentOptions;
  readonly #client: KubeClient;
  readonly #known = new Map<string, Known>();
  readonly #written = new Set<string>();
  readonly #loop: Loop;
  /** What it looks at on every beat: asked for each time, the objects of a rig would be most of its requests. */
  readonly #caches: ReadonlyMap<Kind, ObjectCache>;
  #largestFeedback: number;
  #online = true;
  #intercept: Intercept = (status) => status;

  constructor(options: MiniAgentOptions) {
    this.#options = options;
    this.#largestFeedback = options.largestFeedback ?? 1_048_576;
    this.#client = options.spoke.client(fieldManager);
    this.#caches = new Map(
      Object.values(servedKinds)
        .filter((kind) => !isInMemory(kind))
        .map((kind) => [kind, new ObjectCache(this.#client, kind)]),
    );
    this.#loop = new Loop(`agent of ${options.consumer}`, options.statusSyncMs ?? 100, () => this.#round());
    this.desk = options.standIn.replaceAgent(options.consumer, (id) => {
      this.#written.add(id);
      this.#loop.wake();
    });
    for (const id of this.desk.workIds()) this.#written.add(id);
    this.#loop.wake();
  }

  /** An offline agent does nothing; coming back it goes straight to the latest versions. */
  setOnline(online: boolean): void {
    this.#online = online;
    this.#loop.wake();
  }

  setStatusSync(ms: number): void {
    this.#loop.setInterval(ms);
  }

  /** The cap on one raw feedback value in bytes; a value above it is dropped and StatusFeedbackSynced turns False. */
  setLargestFeedback(bytes: number): void {
    this.#largestFeedback = bytes;
  }

  /** Changes every report from now on: forged resourceMeta, values that are too large, silence. */
  intercept(change: Intercept): void {
    this.#intercept = change;
  }

  /** The last status of a work as the agent knows it. */
  statusOf(workId: string): AgentStatus | undefined {
    return this.#known.get(workId)?.status;
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
    const work = this.desk.work(id);
    if (work === undefined) return;
    const known = this.#known.get(id);
    if (work.deleting) return this.#startDelete(work, known);
    if (work.bundle.manifests.length === 0) return;
    if (known !== undefined && known.generation !== work.version)
      this.#report(id, known, staleStatus(known.status, work.version), work.version);
    const next: Known = known ?? {
      generation: 0,
      status: { conditions: [], manifests: [] },
      applied: [],
      bundle: work.bundle,
      deleting: false,
    };
    this.#known.set(id, next);
    next.generation = work.version;
    next.bundle = work.bundle;
    await this.#apply(id, next);
    await this.#look(id, next);
  }

  async #apply(id: string, known: Known): Promise<void> {
    const outcomes: ApplyOutcome[] = [];
    for (const [ordinal, manifest] of known.bundle.manifests.entries())
      outcomes.push(await this.#applyManifest(id, ordinal, manifest, known.bundle));
    const kept = outcomes.map(({ meta }) => meta);
    for (const meta of known.applied) {
      if (!kept.some((one) => sameObject(one, meta))) await this.#release(id, meta);
    }
    const failed = (meta: ResourceMeta): boolean =>
      outcomes.some((one) => one.failure !== undefined && sameObject(one.meta, meta));
    const before = known.applied.filter((meta) => kept.some((one) => sameObject(one, meta)));
    known.applied = kept.filter((meta) => !failed(meta) || before.some((one) => sameObject(one, meta)));
    this.#report(id, known, appliedStatus(known.status, known.generation, outcomes, now()));
  }

  async #applyManifest(
    id: string,
    ordinal: number,
    manifest: JsonObject,
    bundle: DeliveredWork['bundle'],
  ): Promise<ApplyOutcome> {
    const { group, version, kind, namespace, name } = manifestKey(manifest);
    const served = servedKinds[`${group}/${kind}`];
    const meta: ResourceMeta = { ordinal, group, version, kind, resource: served?.resource ?? '', name, namespace };
    if (served === undefined) return { meta, failure: `the server doesn't have a resource type "${kind}"` };
    try {
      const config = configOf(bundle, meta);
      const object = await this.#put(served, manifest, config);
      if (object !== undefined && strategyOf(config) !== 'ReadOnly') {
        await this.#own(served, object, id, !isOrphaned(manifest, served.resource, bundle.deleteOption));
      }
      return { meta };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { meta, failure: error.message };
    }
  }

  /** Applies by the manifest's update strategy and gives the object that stands then. */
  async #put(kind: Kind, manifest: JsonObject, config: JsonObject | undefined): Promise<KubeObject | undefined> {
    const ref = manifest['metadata'] as unknown as Ref;
    const existing = await this.#client.get(kind, ref);
    const strategy = strategyOf(config);
    if (strategy === 'ReadOnly') return existing;
    if (strategy === 'CreateOnly' && existing !== undefined) return existing;
    const { force, ignored } = serverSideApply(config);
    // Ignored fields stay in the object that is applied; what the hash decides is only whether it is applied at all.
    const required = ignored ? withSpecHash(manifest) : manifest;
    const hash = (required['metadata'] as KubeObject['metadata']).annotations?.[specHashAnnotation];
    if (ignored && existing?.metadata.annotations?.[specHashAnnotation] === hash) return existing;
    return this.#keep(kind, await this.#client.apply(kind, required, force));
  }

  /** Adds or drops the reference to the AppliedManifestWork of this work. */
  async #own(kind: Kind, object: KubeObject, workId: string, owned: boolean): Promise<void> {
    const owners = ownersOf(object);
    if (owners.some(({ uid }) => uid === workId) === owned) return;
    const others = owners.filter(({ uid }) => uid !== workId);
    const ownerReferences = owned ? [...others, ownerReference(workId)] : others;
    this.#keep(kind, await this.#client.mergePatch(kind, object.metadata, { metadata: { ownerReferences } }));
  }

  /** So that the next look does not see the state before what the agent wrote itself. */
  #keep(kind: Kind, object: KubeObject): KubeObject {
    this.#caches.get(kind)?.keep(object);
    return object;
  }

  /**
   * An object without our reference was orphaned, and one with another owner only loses ours. True when it is gone or
   * no longer ours.
   */
  async #release(workId: string, meta: ResourceMeta): Promise<boolean> {
    const kind = servedKinds[`${meta.group}/${meta.kind}`];
    if (kind === undefined) return true;
    const object = await this.#client.get(kind, refOf(meta));
    const owners = object === undefined ? [] : ownersOf(object);
    if (object === undefined || !owners.some(({ uid }) => uid === workId)) return true;
    if (owners.length > 1) {
      await this.#own(kind, object, workId, false);
      return true;
    }
    if (object.metadata.deletionTimestamp === undefined)
      await this.#client.delete(kind, refOf(meta), { uid: object.metadata.uid });
    // Foreground deletion needs a garbage collector, which is not here; waiting until the object is gone is the same to
    // Maestro.
    return (await this.#client.get(kind, refOf(meta))) === undefined;
  }

  /** Tries what failed again, and reports what changed. */
  async #look(id: string, known: Known): Promise<void> {
    const work = this.desk.work(id);
    if (work?.version !== known.generation || work.deleting) return;
    if (known.status.conditions.some(({ type, status }) => type === 'Applied' && status === 'False'))
      await this.#apply(id, known);
    const observations = new Map<ManifestStatus, Observation>();
    for (const manifest of known.status.manifests)
      observations.set(manifest, await this.#observe(manifest.resourceMeta, known.bundle));
    const seen = availableStatus(
      known.status,
      known.generation,
      (manifest) => observations.get(manifest) ?? { found: 'missing' },
      now(),
    );
    if (canonicalJson(seen as unknown as JsonObject) !== canonicalJson(known.status as unknown as JsonObject))
      this.#report(id, known, seen);
  }

  async #observe(meta: ResourceMeta, bundle: DeliveredWork['bundle']): Promise<Observation> {
    const kind = servedKinds[`${meta.group}/${meta.kind}`];
    if (kind === undefined) return { found: 'unknown-kind' };
    const object = this.#caches.get(kind)?.get(refOf(meta)) ?? (await this.#client.get(kind, refOf(meta)));
    if (object === undefined) return { found: 'missing' };
    const rules = configOf(bundle, meta)?.['feedbackRules'];
    const feedbackRules = Array.isArray(rules) ? (rules as JsonObject[]) : [];
    return { found: 'present', feedback: readFeedback(object, feedbackRules, { feedback: {} }, this.#largestFeedback) };
  }

  async #startDelete(work: DeliveredWork, known: Known | undefined): Promise<void> {
    const held: Known = known ?? {
      generation: work.version,
      status: { conditions: [], manifests: [] },
      applied: [],
      bundle: work.bundle,
      deleting: true,
    };
    this.#known.set(work.id, held);
    held.deleting = true;
    if (known !== undefined) this.#report(work.id, held, deletingStatus(held.status, held.generation, now()));
    await this.#finishDelete(work.id, held);
  }

  async #finishDelete(id: string, known: Known): Promise<void> {
    const left: ResourceMeta[] = [];
    for (const meta of known.applied) if (!(await this.#release(id, meta))) left.push(meta);
    known.applied = left;
    if (left.length > 0) return;
    this.#known.delete(id);
    this.#report(id, known, deletedStatus(known.status, this.#options.consumer, now()));
  }

  #report(id: string, known: Known, status: AgentStatus, version = known.generation): void {
    known.status = status;
    // An agent that lost its connection in the middle of a round cannot tell anybody.
    if (!this.#online) {
      this.#written.add(id);
      return;
    }
    const sent = this.#intercept(status, id);
    if (sent !== undefined) this.desk.report(id, version, sent);
  }
}

function configOf(bundle: DeliveredWork['bundle'], meta: ResourceMeta): JsonObject | undefined {
  return bundle.manifestConfigs.find(({ resourceIdentifier: identifier }) => {
    const parts = ['group', 'resource', 'namespace', 'name'] as const;
    return isJsonObject(identifier) && parts.every((part) => identifier[part] === meta[part]);
  });
}

function strategyOf(config: JsonObject | undefined): string {
  const strategy = config?.['updateStrategy'];
  const type = isJsonObject(strategy) ? strategy['type'] : undefined;
  return typeof type === 'string' ? type : 'Update';
}

function serverSideApply(config: JsonObject | undefined): { readonly force: boolean; readonly ignored: boolean } {
  const strategy = config?.['updateStrategy'];
  const options = isJsonObject(strategy) ? strategy['serverSideApply'] : undefined;
  const fields =
    isJsonObject(options) && Array.isArray(options['ignoreFields']) ? (options['ignoreFields'] as JsonObject[]) : [];
  return {
    // The plain Update strategy overwrites whatever it finds.
    force: strategyOf(config) === 'Update' || (isJsonObject(options) && options['force'] === true),
    ignored: fields.some(({ condition }) => condition === 'OnSpokeChange'),
  };
}

function withSpecHash(manifest: JsonObject): JsonObject {
  const metadata = manifest['metadata'] as JsonObject;
  const annotations = isJsonObject(metadata['annotations']) ? metadata['annotations'] : {};
  const hash = createHash('sha256').update(canonicalJson(manifest)).digest('hex');
  return { ...manifest, metadata: { ...metadata, annotations: { ...annotations, [specHashAnnotation]: hash } } };
}

function ownersOf(object: KubeObject): readonly JsonObject[] {
  const owners = object.metadata['ownerReferences'];
  return Array.isArray(owners) ? (owners as JsonObject[]) : [];
}

/** The AppliedManifestWork itself is not there; nobody here looks it up. */
function ownerReference(workId: string): JsonObject {
  return { apiVersion: ownerApiVersion, kind: 'AppliedManifestWork', name: `rig-${workId}`, uid: workId };
}

function refOf({ namespace, name }: ResourceMeta): Ref {
  return { ...(namespace === '' ? {} : { namespace }), name };
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
