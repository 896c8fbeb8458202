import { createHash } from 'node:crypto';
import { canonicalJson, isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { kinds } from './kube-client.ts';
import type { KubeObject, ObjectClient, Ref } from './kube-client.ts';
import { Loop } from './loop.ts';
import type { MemoryStore } from './memory-store.ts';
import { ObjectCache } from './object-cache.ts';

/** What those who live on a spoke need of it. */
export interface SpokeGround {
  readonly name: string;
  client(fieldManager: string): ObjectClient;
  /** Where ConfigMaps and Namespaces are. */
  readonly memory: MemoryStore;
}

export interface FakeArgoOptions {
  readonly spoke: SpokeGround;
  /** Between two rounds over all applications: an operation moves on by one step in each. */
  readonly stepMs?: number;
  /** Reports in which an operation is Running before it completes. */
  readonly operationSteps?: number;
  /** False for repositories that cannot be read; by default those with "does-not-exist" or ".invalid" in their URL. */
  readonly repositoryExists?: (repoUrl: string) => boolean;
  /** False for namespaces whose applications it ignores. */
  readonly watches?: (namespace: string) => boolean;
}

export const resourcesFinalizer = 'resources-finalizer.argocd.argoproj.io';
export const refreshAnnotation = 'argocd.argoproj.io/refresh';

/** What is remembered between rounds, never on the object. */
interface Memory {
  steps: number;
  /** Canonical spec and commit of the last comparison. */
  compared: string;
  /** Versions of all that the last look with nothing to do was about. */
  idleAt: string;
}

/**
 * Argo CD's application controller on a spoke, as far as its marks on an
 * Application go. Its patches are those of the real one: status and the removal
 * of `.operation` or of the refresh annotation travel together.
 */
export class FakeArgo {
  readonly #options: FakeArgoOptions;
  readonly #client: ObjectClient;
  readonly #cache: ObjectCache;
  readonly #loop: Loop;
  readonly #memory = new Map<string, Memory>();
  readonly #health = new Map<string, string>();
  readonly #touched = new Set<string>();
  #commit = 1;
  #held = false;
  #failing = false;

  constructor(options: FakeArgoOptions) {
    this.#options = options;
    this.#client = options.spoke.client('argocd-controller');
    this.#loop = new Loop(`Argo CD of ${options.spoke.name}`, options.stepMs ?? 60, () => this.#round());
    this.#cache = new ObjectCache(this.#client, kinds.applications, () => this.#loop.wake());
  }

  /** A new commit on every branch: synced applications fall behind, automated ones sync. */
  push(): void {
    this.#commit += 1;
    this.#loop.wake();
  }

  /** While held, an operation stays Running. */
  holdOperations(held: boolean): void {
    this.#held = held;
  }

  /** While failing, operations complete as Failed. */
  failOperations(failing: boolean): void {
    this.#failing = failing;
  }

  /** The health of an application's workload, until called with Healthy. */
  setHealth(namespace: string, name: string, health: string): void {
    this.#health.set(`${namespace}/${name}`, health);
    this.#loop.wake();
  }

  /** The refresh that comes every three minutes: only `reconciledAt` moves when nothing else did. */
  touch(namespace: string, name: string): void {
    this.#touched.add(`${namespace}/${name}`);
    this.#loop.wake();
  }

  /** The commit that a target revision resolves to now. */
  revisionOf(repoUrl: string, targetRevision: string): string {
    return commitOf(repoUrl, targetRevision, this.#commit);
  }

  async stop(): Promise<void> {
    await this.#cache.stop();
    await this.#loop.stop();
  }

  async #round(): Promise<void> {
    for (const app of this.#cache.objects()) {
      const { namespace = '' } = app.metadata;
      if (this.#options.watches?.(namespace) === false) continue;
      await this.#reconcile(app);
    }
  }

  async #reconcile(app: KubeObject): Promise<void> {
    if (app.metadata.deletionTimestamp !== undefined) return this.#finalize(app);
    const memory = this.#memoryOf(app);
    const state = objectAt(app, 'status', 'operationState');
    if (isJsonObject(app['operation'])) return this.#operate(app, app['operation'], memory, state);
    const asked = app.metadata.annotations?.[refreshAnnotation] !== undefined;
    const touched = this.#touched.delete(keyOf(app));
    const versions = this.#versions(app);
    if (!asked && !touched && memory.idleAt === versions) return;
    const compared = this.#comparison(app);
    if (!asked && !touched && memory.compared === compared) {
      memory.idleAt = versions;
      return;
    }
    memory.compared = compared;
    await this.#patch(app, {
      ...(asked ? { metadata: { annotations: { [refreshAnnotation]: null } } } : {}),
      status: this.#compare(app),
      ...this.#automaticOperation(app, state),
    });
  }

  /** What a comparison depends on, without what costs time to write out. */
  #versions(app: KubeObject): string {
    const { uid, resourceVersion } = app.metadata;
    const workload = this.#workload(app)?.metadata.resourceVersion ?? '';
    return [uid, resourceVersion, this.#commit, this.#health.get(keyOf(app)) ?? '', workload].join(' ');
  }

  /** Everything that makes a comparison necessary. */
  #comparison(app: KubeObject): string {
    return canonicalJson([
      app.metadata.uid,
      app['spec'] ?? null,
      this.#commit,
      this.#health.get(keyOf(app)) ?? '',
      this.#workload(app)?.metadata.resourceVersion ?? '',
    ]);
  }

  /** The parts of the status that a comparison writes; null removes what was there. */
  #compare(app: KubeObject): JsonObject {
    const { source, destination, repoUrl } = specOf(app);
    const comparedTo = { source, destination };
    const common = { reconciledAt: now(), controllerNamespace: app.metadata.namespace ?? '' };
    if (!this.#repositoryExists(repoUrl)) {
      const message = `Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = failed to list refs: repository not found: ${repoUrl}`;
      const known = (objectAt(app, 'status')?.['conditions'] ?? []) as readonly JsonObject[];
      const same = known.find(
        (condition) => condition['type'] === 'ComparisonError' && condition['message'] === message,
      );
      return {
        ...common,
        conditions: [same ?? { type: 'ComparisonError', message, lastTransitionTime: now() }],
        health: { status: 'Unknown', lastTransitionTime: now() },
        resources: null,
        sync: { status: 'Unknown', comparedTo, revision: '' },
      };
    }
    const revision = this.#target(app);
    const workload = this.#workload(app);
    const synced = (workload?.['data'] as JsonObject | undefined)?.['revision'] === revision;
    const health = workload === undefined ? 'Missing' : (this.#health.get(keyOf(app)) ?? 'Healthy');
    const before = objectAt(app, 'status', 'health');
    return {
      ...common,
      conditions: null,
      health: before?.['status'] === health ? before : { status: health, lastTransitionTime: now() },
      resources: [
        {
          kind: 'ConfigMap',
          version: 'v1',
          ...workloadRef(app),
          status: synced ? 'Synced' : 'OutOfSync',
          health: { status: health },
        },
      ],
      sourceType: 'Directory',
      summary: {},
      sync: { status: synced ? 'Synced' : 'OutOfSync', comparedTo, revision },
    };
  }

  /** Automated sync writes `.operation` like a user would, once for each revision. */
  #automaticOperation(app: KubeObject, state: JsonObject | undefined): JsonObject {
    const { automated, repoUrl } = specOf(app);
    const revision = this.#target(app);
    const data = this.#workload(app)?.['data'] as JsonObject | undefined;
    // A revision that failed is not tried again by itself.
    const tried = objectAt(state, 'syncResult')?.['revision'] === revision;
    const running = state?.['phase'] === 'Running';
    if (!automated || !this.#repositoryExists(repoUrl) || tried || running || data?.['revision'] === revision)
      return {};
    return { operation: { initiatedBy: { automated: true }, retry: { limit: 5 }, sync: { revision } } };
  }

  /** One step of an operation. It is held over several reports, and only its completion takes it off the object. */
  async #operate(app: KubeObject, operation: JsonObject, memory: Memory, state: JsonObject | undefined): Promise<void> {
    if (state?.['phase'] === 'Terminating')
      return this.#complete(app, objectAt(state, 'operation') ?? operation, state['startedAt'] ?? now(), true);
    const running = state?.['phase'] === 'Running';
    if (!running) memory.steps = 0;
    const startedAt = running ? state['startedAt'] : now();
    const current = running ? (objectAt(state, 'operation') ?? operation) : operation;
    memory.steps += 1;
    const finishing = memory.steps > (this.#options.operationSteps ?? 3) && !this.#held;
    if (!finishing) {
      const message =
        memory.steps === 1 ? 'initialized' : `waiting for healthy state of /ConfigMap/${workloadRef(app).name}`;
      const retryCount = objectAt(current, 'retry') === undefined || this.#held ? {} : { retryCount: memory.steps - 1 };
      const next = { operation: current, phase: 'Running', startedAt: startedAt ?? now(), message, ...retryCount };
      if (canonicalJson(state) === canonicalJson(next)) return;
      await this.#patch(app, { status: { operationState: { ...next, finishedAt: null, syncResult: null } } });
      return;
    }
    // The object as it is now: an operation that somebody took away meanwhile does not complete.
    const live = await this.#client.get(kinds.applications, app.metadata);
    if (!isJsonObject(live?.['operation'])) return;
    await this.#complete(app, current, startedAt ?? now());
  }

  async #complete(
    app: KubeObject,
    operation: JsonObject,
    startedAt: JsonObject[string],
    terminated = false,
  ): Promise<void> {
    const { source, repoUrl } = specOf(app);
    const failed = terminated || this.#failing || !this.#repositoryExists(repoUrl);
    const wanted = objectAt(operation, 'sync')?.['revision'];
    const revision = typeof wanted === 'string' && /^[0-9a-f]{40}$/.test(wanted) ? wanted : this.#target(app);
    const phase = failed ? 'Failed' : 'Succeeded';
    const failure = terminated ? 'Operation terminated' : 'one or more synchronization tasks are not valid';
    const message = failed ? failure : 'successfully synced (all tasks run)';
    if (!failed) this.#deploy(app, revision);
    const finishedAt = now();
    const history = (objectAt(app, 'status')?.['history'] ?? []) as readonly JsonObject[];
    const entry = { id: history.length, deployedAt: finishedAt, deployStartedAt: startedAt, revision, source };
    this.#memoryOf(app).compared = this.#comparison(app);
    await this.#patch(app, {
      operation: null,
      status: {
        ...this.#compare(app),
        ...(failed ? {} : { history: [...history, entry] }),
        operationState: {
          operation,
          phase,
          message,
          startedAt,
          finishedAt,
          syncResult: {
            revision,
            source,
            resources: [
              {
                version: 'v1',
                group: '',
                kind: 'ConfigMap',
                ...workloadRef(app),
                status: failed ? 'SyncFailed' : 'Synced',
                message: '',
                syncPhase: 'Sync',
              },
            ],
          },
        },
      },
    });
  }

  /** The ConfigMap of the application: what its Git folder would hold. */
  #deploy(app: KubeObject, revision: string): void {
    const ref = workloadRef(app);
    const { memory } = this.#options.spoke;
    const trackingId = `${app.metadata.name}:/ConfigMap:${ref.namespace}/${ref.name}`;
    if (memory.get(kinds.namespaces, { name: ref.namespace }) === undefined)
      memory.put(kinds.namespaces, { metadata: { name: ref.namespace } });
    memory.put(kinds.configMaps, {
      metadata: { ...ref, annotations: { 'argocd.argoproj.io/tracking-id': trackingId } },
      data: { revision },
    });
  }

  #workload(app: KubeObject): KubeObject | undefined {
    return this.#options.spoke.memory.get(kinds.configMaps, workloadRef(app));
  }

  /** With the finalizer the workload goes first; without it the workload stays. */
  async #finalize(app: KubeObject): Promise<void> {
    const { finalizers = [] } = app.metadata;
    const ours = (finalizer: string): boolean => finalizer.startsWith(resourcesFinalizer);
    if (!finalizers.some(ours)) return;
    this.#options.spoke.memory.delete(kinds.configMaps, workloadRef(app));
    this.#memory.delete(keyOf(app));
    await this.#patch(app, { metadata: { finalizers: finalizers.filter((finalizer) => !ours(finalizer)) } });
  }

  async #patch(app: KubeObject, patch: JsonObject): Promise<void> {
    const ref: Ref = {
      name: app.metadata.name,
      ...(app.metadata.namespace === undefined ? {} : { namespace: app.metadata.namespace }),
    };
    if ((await this.#client.get(kinds.applications, ref))?.metadata.uid !== app.metadata.uid) return;
    this.#cache.keep(await this.#client.mergePatch(kinds.applications, ref, patch));
  }

  #target(app: KubeObject): string {
    const { repoUrl, targetRevision } = specOf(app);
    return this.revisionOf(repoUrl, targetRevision);
  }

  #repositoryExists(repoUrl: string): boolean {
    return (this.#options.repositoryExists ?? ((url) => !/does-not-exist|\.invalid\b/.test(url)))(repoUrl);
  }

  #memoryOf(app: KubeObject): Memory {
    const known = this.#memory.get(keyOf(app)) ?? { steps: 0, compared: '', idleAt: '' };
    this.#memory.set(keyOf(app), known);
    return known;
  }
}

/** What a revision resolves to after so many pushes. */
export function commitOf(repoUrl: string, targetRevision: string, pushes: number): string {
  return createHash('sha1')
    .update(`${repoUrl}@${targetRevision}#${String(pushes)}`)
    .digest('hex');
}

/** Where the workload of an application stands: a ConfigMap named after its path, in the target namespace. */
export function workloadRef(app: JsonObject): { readonly namespace: string; readonly name: string } {
  const { source, destination } = specOf(app);
  const path = typeof source['path'] === 'string' ? source['path'] : '';
  const namespace = destination['namespace'];
  return { namespace: typeof namespace === 'string' ? namespace : 'default', name: path.split('/').at(-1) ?? '' };
}

interface AppSpec {
  readonly source: JsonObject;
  readonly destination: JsonObject;
  readonly repoUrl: string;
  readonly targetRevision: string;
  readonly automated: boolean;
}

function specOf(app: JsonObject): AppSpec {
  const sources = objectAt(app, 'spec')?.['sources'];
  const source = objectAt(app, 'spec', 'source') ?? (Array.isArray(sources) ? (sources[0] as JsonObject) : {});
  return {
    source,
    destination: objectAt(app, 'spec', 'destination') ?? {},
    repoUrl: textAt(source, 'repoURL', ''),
    targetRevision: textAt(source, 'targetRevision', 'HEAD'),
    automated: objectAt(app, 'spec', 'syncPolicy', 'automated') !== undefined,
  };
}

function objectAt(root: JsonObject | undefined, ...path: readonly string[]): JsonObject | undefined {
  let value: JsonObject | undefined = root;
  for (const key of path) {
    const next: JsonObject[string] = value?.[key];
    value = isJsonObject(next) ? next : undefined;
  }
  return value;
}

function textAt(object: JsonObject, key: string, otherwise: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : otherwise;
}

function keyOf(app: KubeObject): string {
  return `${app.metadata.namespace ?? ''}/${app.metadata.name}`;
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
