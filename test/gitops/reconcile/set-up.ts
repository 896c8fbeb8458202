import type { WorkRequest } from '../../../src/clients/index.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import type { WrittenWork } from '../../../src/core/works/written-work.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import type { MaestroError } from '../../../src/errors.ts';
import { AppRecord, BundleRecord } from '../../../src/gitops/index/records.ts';
import type { Action } from '../../../src/gitops/policy/propagation.ts';
import { block, unblock } from '../../../src/gitops/deliver/blocking.ts';
import { decideStep } from '../../../src/gitops/deliver/decide-step.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import type { BlockReason } from '../../../src/gitops/policy/block-reason.ts';
import type { ControllerDeps } from '../../../src/gitops/run/controller-deps.ts';
import type { ControllerSettings } from '../../../src/gitops/run/settings.ts';
import type { StoreListener } from '../../../src/gitops/store/listener.ts';
import { wireControllers } from '../../../src/gitops/run/wiring.ts';
import { systemClock } from '../../../src/clock.ts';
import { finalizer, hubObject } from '../bundle/application.ts';
import { storedBundle } from '../policy/records.ts';

const clusterAnnotation = 'apps.open-cluster-management.io/ocm-managed-cluster';
const pullLabel = 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster';
/** Of the one application that `setUp` begins with. */
export const key = 'argocd/app';
const quiet: unknown = new Proxy({}, { get: () => () => undefined });

export interface HubAppFacts {
  readonly cluster?: string;
  readonly version?: string;
  readonly operation?: JsonObject;
  readonly selected?: boolean;
}

/** An application of the hub as the API server has it. */
export function hubApp({ cluster = 'c1', version = '10', operation, selected = true }: HubAppFacts = {}): JsonObject {
  return hubObject({
    metadata: {
      name: 'app',
      namespace: 'argocd',
      uid: 'uid-1',
      resourceVersion: version,
      finalizers: [finalizer],
      ownerReferences: [],
      labels: selected ? { [pullLabel]: 'true' } : {},
      annotations: { [clusterAnnotation]: cluster, 'argocd.argoproj.io/skip-reconcile': 'true' },
    },
    ...(operation === undefined ? {} : { operation }),
  });
}

/** Both controllers, put together as the program does it, over a hub and a Maestro that are played by hand. */
export function setUp(
  over: Partial<ControllerSettings> = {},
  parts: Partial<Pick<ControllerDeps, 'kube' | 'clock'>> & { readonly readSoon?: StoreListener['unsure'] } = {},
) {
  const hub = {
    now: hubApp() as JsonObject | undefined,
    patches: [] as unknown[],
    refusal: undefined as MaestroError | undefined,
    whileReading: (): void => undefined,
    whilePatching: (): void => undefined,
  };
  const lags: number[] = [];
  const warnings: unknown[][] = [];
  const infos: unknown[][] = [];
  const log: unknown = new Proxy(
    {},
    {
      get:
        (_target, name) =>
        (...said: unknown[]) =>
          void (name === 'warn' ? warnings.push(said) : name === 'info' && infos.push(said)),
    },
  );
  const metrics: unknown = new Proxy(
    {},
    { get: (_target, name) => (name === 'statusLag' ? (ms: number) => void lags.push(ms) : () => undefined) },
  );
  const maestro = {
    published: [] as WorkRequest<ManifestWork | WrittenWork>[],
    bundle: undefined as ResourceBundle | undefined,
    read: 0,
    refusal: undefined as MaestroError | undefined,
    whileReading: async (): Promise<void> => undefined,
    whilePublishing: async (): Promise<void> => undefined,
  };
  const may = { lead: true };
  const reads: string[] = [];
  const settings = {
    controllers: { propagation: true, aggregation: true },
    sourceId: 'app-work-client',
    callTimeoutMs: 1_000,
    maxConcurrency: 4,
    hubWritesPerSecond: 100,
    statusMode: 'full',
    noise: 'never',
    deletion: { policy: 'confirmed', fallbackMs: 600_000 },
    deliverNamespace: false,
    deliverProject: false,
    allowedTargetNamespaces: '*',
    authorisation: 'placement',
    ...over,
  };
  const deps = {
    settings,
    hubId: 'hub-1',
    clock: systemClock,
    random: () => 0.5,
    metrics,
    log,
    events: quiet,
    guard: { current: () => ({ blocked: false }) },
    stillLeader: () => may.lead,
    kube: {
      get: () => {
        const { now } = hub;
        hub.whileReading();
        return Promise.resolve(now);
      },
      jsonPatch: (_path: unknown, _ref: unknown, steps: unknown) => {
        hub.patches.push(steps);
        hub.whilePatching();
        if (hub.refusal !== undefined) return Promise.reject(hub.refusal);
        return Promise.resolve(hub.now);
      },
    },
    maestro: {
      reader: {
        getBundle: async () => {
          maestro.read += 1;
          await maestro.whileReading();
          return maestro.bundle;
        },
        async *getBundles() {
          maestro.read += 1;
          await maestro.whileReading();
          if (maestro.bundle !== undefined) yield [maestro.bundle];
        },
        async *listBundles() {
          maestro.read += 1;
          await maestro.whileReading();
          yield [];
        },
      },
      writer: {
        publish: async (request: WorkRequest<ManifestWork | WrittenWork>) => {
          if (maestro.refusal !== undefined) throw maestro.refusal;
          maestro.published.push(request);
          await maestro.whilePublishing();
        },
      },
    },
    ...parts,
  } as unknown as ControllerDeps;
  const { signal } = new AbortController();
  const controllers = wireControllers(deps, parts.readSoon ?? ((id) => void reads.push(id)), signal);
  const { store, hubHandler, maestroHandler, delivery, status } = controllers;
  const see = (object: JsonObject): void =>
    void hubHandler.applicationSeen(parseHubApplication(object).key, parseHubApplication(object));
  for (const name of ['c1', 'c2']) hubHandler.clusterSeen({ name, local: false, available: true });
  hubHandler.decisionSeen({ key: 'argocd/d', namespace: 'argocd', clusters: ['c1'] });
  see(hubApp());
  store.synced = true;
  store.classic.looked = true;
  const app = store.index.get(key);
  if (!(app instanceof AppRecord)) throw new Error('the application was not taken in');
  const deliver = (over: Parameters<typeof storedBundle>[0] = {}): BundleRecord => {
    const bundle = new BundleRecord(storedBundle({ contentHash: app.hub?.desiredHash ?? '', ...over }));
    store.index.addBundle(key, bundle);
    return bundle;
  };
  return {
    controllers,
    store,
    queue: delivery.queue,
    statusQueue: status.queue,
    hubHandler,
    maestroHandler,
    app,
    hub,
    maestro,
    may,
    lags,
    warnings,
    infos,
    reads,
    /** A hub application as the watch brings it. */
    see,
    deliver,
    /** What its cluster reports down the stream, in the version that is known when not told. */
    report: (workStatus: unknown, over: object = {}): void =>
      maestroHandler.event({
        metadata: {},
        id: 'b1',
        consumer: 'c1',
        version: 1,
        status: workStatus,
        ...over,
      } as never),
    /** One look of a worker at the delivery of an application. */
    propagate: (of = key): Promise<void> => delivery.workers.look(of, signal),
    /** The same of its status. */
    bringHome: (of = key): Promise<void> => status.workers.look(of, signal),
    decide: (): Action => decideStep(delivery.parts, app),
    /** What is kept of the delivery. */
    delivered: (of = key) => delivery.parts.states.get(of),
    block: (reason: BlockReason, message: string): void => void block({ ...delivery.parts, app }, reason, message),
    unblock: (): void => unblock({ ...delivery.parts, app }),
  };
}

/** A bundle as a read of Maestro has it; what its cluster reports may be as little as the test needs. */
export const bundleRow = (over: Partial<Omit<ResourceBundle, 'status'>> & { readonly status?: unknown } = {}) =>
  ({
    id: 'b1',
    consumerName: 'c1',
    version: 1,
    createdAt: '',
    updatedAt: '',
    metadata: {},
    manifests: [],
    manifestConfigs: [],
    raw: {},
    ...over,
  }) as ResourceBundle;

/** What the agent of c1 reports of the application's health, in version 1, and since when it is so. */
export const reportOf = (phase: string, sequenceId: string, since?: string) => ({
  observedVersion: 1,
  sequenceId,
  conditions: [],
  resourceStatus: [
    {
      resourceMeta: {
        group: 'argoproj.io',
        resource: 'applications',
        kind: 'Application',
        version: 'v1alpha1',
        namespace: 'argocd',
        name: 'app',
      },
      conditions: [{ type: 'Applied', status: 'True', observedGeneration: 1, reason: 'x', message: '' }],
      feedback: [
        {
          name: 'status',
          value: { health: { status: phase, ...(since === undefined ? {} : { lastTransitionTime: since }) } },
        },
      ],
    },
  ],
});
