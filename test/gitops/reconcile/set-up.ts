import type { WorkRequest } from '../../../src/clients/index.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import type { WrittenWork } from '../../../src/core/works/written-work.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import type { MaestroError } from '../../../src/errors.ts';
import { BundleRecord } from '../../../src/gitops/index/records.ts';
import { createWriteBudget } from '../../../src/gitops/kube/write-budget.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { Aggregator } from '../../../src/gitops/hub-status/reconcile.ts';
import type { ControllerDeps } from '../../../src/gitops/run/controller-deps.ts';
import { Intake } from '../../../src/gitops/store/maestro-handler.ts';
import { Propagator } from '../../../src/gitops/deliver/reconcile.ts';
import { ControllerState } from '../../../src/gitops/store/store.ts';
import type { ControllerSettings } from '../../../src/gitops/run/settings.ts';
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

/** Both controllers over a hub and a Maestro that are played by hand. */
export function setUp(
  over: Partial<ControllerSettings> = {},
  parts: Partial<Pick<ControllerDeps, 'kube' | 'clock'>> = {},
) {
  const hub = {
    now: hubApp() as JsonObject | undefined,
    patches: [] as unknown[],
    refusal: undefined as MaestroError | undefined,
    whileReading: (): void => undefined,
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
  const waits: [string, boolean][] = [];
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
  const state = new ControllerState(deps);
  const { signal } = new AbortController();
  const propagator: Propagator = new Propagator(
    state,
    {
      hubSeen: (of, content) => intake.hubSeen(of, content),
      bundleSeen: (bundle) => intake.stored(bundle),
      bundleMissing: (id) => intake.missing(id),
      readSoon: (id) => void reads.push(id),
      waiting: (of, is) => void waits.push([of, is]),
    },
    signal,
  );
  const budget = createWriteBudget({}, { clock: deps.clock });
  const aggregator: Aggregator = new Aggregator(state, budget, (of, content) => intake.hubSeen(of, content), signal);
  const intake: Intake = new Intake(state, propagator, aggregator, (id) => void reads.push(id));
  for (const name of ['c1', 'c2']) intake.clusterSeen({ name, local: false, available: true });
  intake.decisionSeen({ key: 'argocd/d', namespace: 'argocd', clusters: ['c1'] });
  const app = state.index.getOrAdd(key);
  intake.hubSeen(key, parseHubApplication(hubApp()));
  state.synced = true;
  const deliver = (over: Parameters<typeof storedBundle>[0] = {}): BundleRecord => {
    const bundle = new BundleRecord(storedBundle({ contentHash: app.hub?.desiredHash ?? '', ...over }));
    state.index.addBundle(key, bundle);
    return bundle;
  };
  return {
    state,
    propagator,
    aggregator,
    intake,
    app,
    hub,
    maestro,
    may,
    waits,
    deliver,
    budget,
    lags,
    warnings,
    infos,
    reads,
  };
}

/** What the agent of c1 reports of the application's health, in version 1. */
export const reportOf = (phase: string, sequenceId: string) => ({
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
      feedback: [{ name: 'status', value: { health: { status: phase } } }],
    },
  ],
});
