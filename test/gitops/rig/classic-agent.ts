import { createHash } from 'node:crypto';
import { canonicalJson, isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { deletingStatus, readWireStatus, wireStatus } from '../../../src/standin/agent/status.ts';
import type { AgentStatus } from '../../../src/standin/agent/status.ts';
import { WorkAgent, now } from './agent/work-agent.ts';
import type { AgentWork } from './agent/work-agent.ts';
import { ApiError, kinds } from './kube-client.ts';
import type { KubeObject, ObjectClient, Ref } from './kube-client.ts';
import { fieldManager } from './mini-agent.ts';
import { ObjectCache } from './object-cache.ts';

export const workFinalizer = 'cluster.open-cluster-management.io/manifest-work-cleanup';

/** The ManifestWorks of a hub, watched once for the agents of all its clusters. */
export class HubWorks {
  readonly client: ObjectClient;
  readonly #cache: ObjectCache;
  readonly #listeners = new Map<string, (name: string) => void>();

  constructor(hub: { client(fieldManager: string): ObjectClient }) {
    this.client = hub.client('klusterlet-work-agent');
    this.#cache = new ObjectCache(this.client, kinds.manifestWorks, (before, after) => {
      const { namespace = '', name } = (after ?? before)?.metadata ?? { name: '' };
      if (isNews(before, after)) this.#listeners.get(namespace)?.(name);
    });
  }

  get(ref: Ref): KubeObject | undefined {
    return this.#cache.get(ref);
  }

  /** Takes in what a write of an agent answered; a spec that somebody wrote just before is in there too. */
  keep(work: KubeObject): void {
    const before = this.#cache.get(work.metadata);
    this.#cache.keep(work);
    if (before !== undefined && isWritten(before, work))
      this.#listeners.get(work.metadata.namespace ?? '')?.(work.metadata.name);
  }

  /** Tells of each work of a cluster that is there, and of each that is written from now on. */
  listen(cluster: string, listener: (name: string) => void): void {
    this.#listeners.set(cluster, listener);
    for (const { metadata } of this.#cache.objects()) if (metadata.namespace === cluster) listener(metadata.name);
  }

  async stop(): Promise<void> {
    await this.#cache.stop();
  }
}

/** As the agent's queue: new labels, finalizer, spec, or deletion; what only the status says is no reason to apply. */
function isNews(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  if (before === undefined || after === undefined || before.metadata.uid !== after.metadata.uid) return true;
  const labels = ({ metadata }: KubeObject): string => canonicalJson(metadata.labels ?? {});
  return isWritten(before, after) || hasFinalizer(before) !== hasFinalizer(after) || labels(before) !== labels(after);
}

function isWritten({ metadata: before }: KubeObject, { metadata: after }: KubeObject): boolean {
  return before.generation !== after.generation || before.deletionTimestamp !== after.deletionTimestamp;
}

export interface ClassicAgentOptions {
  readonly works: HubWorks;
  /** Name of the ManagedCluster: the namespace of its works on the hub. */
  readonly cluster: string;
  readonly spoke: { client(fieldManager: string): ObjectClient };
  /** URL of the hub, which the names of the agent's records begin with the hash of. */
  readonly hubUrl: string;
  readonly statusSyncMs?: number;
  readonly resyncMs?: number;
  /** Cap on one raw feedback value; 1,024 bytes as the klusterlet's agent. */
  readonly largestFeedback?: number;
  readonly reportsOnce?: boolean;
}

/**
 * The work agent of a klusterlet: takes the ManifestWorks of its cluster from the hub. It holds to the same rules as
 * the agent of Maestro beside it on the spoke, under the same field manager.
 */
export class ClassicAgent {
  readonly #works: HubWorks;
  readonly #cluster: string;
  readonly #agent: WorkAgent;

  constructor({ works, cluster, spoke, hubUrl, ...options }: ClassicAgentOptions) {
    this.#works = works;
    this.#cluster = cluster;
    this.#agent = new WorkAgent({
      name: `klusterlet of ${cluster}`,
      client: spoke.client(fieldManager),
      hubHash: hubHashOf(hubUrl),
      ...options,
      largestFeedback: options.largestFeedback ?? 1_024,
      transport: {
        admit: (name) => this.#admit(name),
        work: (name) => workOf(this.#works.get({ namespace: cluster, name })),
        reported: (name) => reportedStatus(this.#works.get({ namespace: cluster, name })),
        report: (name, _, status) => this.#patchStatus(name, status),
        deleting: async (name, generation, status) => {
          const next = deletingStatus(status, generation, now());
          // One who reports once tells of the end.
          if (options.reportsOnce !== true) await this.#patchStatus(name, next);
          return next;
        },
        deleted: (name) => this.#removeFinalizer(name),
      },
    });
    works.listen(cluster, (name) => this.#agent.notify(name));
  }

  /** While offline it does nothing; coming back it goes straight to the latest versions. */
  setOnline(online: boolean): void {
    this.#agent.setOnline(online);
  }

  setStatusSync(ms: number): void {
    this.#agent.setStatusSync(ms);
  }

  /** Applies every work again now, as a real agent does every 4 to 6 minutes. */
  resync(): void {
    this.#agent.resync();
  }

  async stop(): Promise<void> {
    await this.#agent.stop();
  }

  /** Nothing is applied before the finalizer is there, or a deletion would leave it on the cluster. */
  async #admit(name: string): Promise<AgentWork | undefined> {
    const work = this.#works.get({ namespace: this.#cluster, name });
    if (work === undefined) return undefined;
    if (hasFinalizer(work)) return workOf(work);
    if (work.metadata.deletionTimestamp !== undefined) return undefined;
    const { uid, resourceVersion, finalizers = [] } = work.metadata;
    const metadata = { uid, resourceVersion, finalizers: [...finalizers, workFinalizer] };
    return workOf(await this.#patch(name, { metadata }));
  }

  async #patchStatus(name: string, status: AgentStatus): Promise<void> {
    const { conditions, resourceStatus } = wireStatus(status);
    await this.#patch(name, { status: { conditions, resourceStatus: { manifests: resourceStatus } } }, 'status');
  }

  async #removeFinalizer(name: string): Promise<void> {
    const work = await this.#works.client.get(kinds.manifestWorks, { namespace: this.#cluster, name });
    if (work === undefined || !hasFinalizer(work)) return;
    const { uid, resourceVersion, finalizers = [] } = work.metadata;
    const left = finalizers.filter((one) => one !== workFinalizer);
    await this.#patch(name, { metadata: { uid, resourceVersion, finalizers: left } });
  }

  /** Undefined when the work is gone meanwhile. */
  async #patch(name: string, patch: JsonObject, subresource = ''): Promise<KubeObject | undefined> {
    try {
      const ref = { namespace: this.#cluster, name };
      const patched = await this.#works.client.mergePatch(kinds.manifestWorks, ref, patch, subresource);
      this.#works.keep(patched);
      return patched;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }
}

/** What stands before the names of a klusterlet's records. */
export function hubHashOf(hubUrl: string): string {
  return createHash('sha256').update(hubUrl).digest('hex');
}

function hasFinalizer({ metadata }: KubeObject): boolean {
  return metadata.finalizers?.includes(workFinalizer) === true;
}

function workOf(work: KubeObject | undefined): AgentWork | undefined {
  if (work === undefined) return undefined;
  const { name, generation = 0, deletionTimestamp } = work.metadata;
  const spec = isJsonObject(work['spec']) ? work['spec'] : {};
  const workload = isJsonObject(spec['workload']) ? spec['workload'] : {};
  const list = (value: JsonObject[string]): readonly JsonObject[] =>
    Array.isArray(value) ? (value as JsonObject[]) : [];
  const deleteOption = spec['deleteOption'];
  return {
    id: name,
    name,
    generation,
    deleting: deletionTimestamp !== undefined,
    labels: work.metadata.labels ?? {},
    spec: {
      manifests: list(workload['manifests']),
      manifestConfigs: list(spec['manifestConfigs']),
      ...(isJsonObject(deleteOption) ? { deleteOption } : {}),
    },
  };
}

function reportedStatus(work: KubeObject | undefined): AgentStatus | undefined {
  const status = work?.['status'];
  if (!isJsonObject(status)) return undefined;
  const resources = isJsonObject(status['resourceStatus']) ? status['resourceStatus']['manifests'] : undefined;
  const known = readWireStatus({
    conditions: (status['conditions'] ?? []) as readonly JsonObject[],
    resourceStatus: Array.isArray(resources) ? (resources as JsonObject[]) : [],
  });
  return { ...known, manifests: known.manifests.map((one) => ({ ...one, feedback: one.feedback.map(inOrder) })) };
}

/** The API server sorts members; the agent tells by their text whether a value has changed. */
function inOrder({ name, fieldValue }: JsonObject): JsonObject {
  const { type, ...value } = fieldValue as JsonObject;
  return { name, fieldValue: { type, ...value } };
}
