import type { Clock } from '../../../src/clock.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { objectAt, textAt } from '../../../src/core/json-fields.ts';
import { MaestroError } from '../../../src/errors.ts';
import type { DeletePreconditions, KubeApi, ObjectRef } from '../../../src/gitops/kube/kube-api.ts';
import { HubWriteBudget } from '../../../src/gitops/kube/write-budget.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import type { ControllerDeps } from '../../../src/gitops/run/controller-deps.ts';
import { wireControllers } from '../../../src/gitops/run/wiring.ts';
import type { ControllerSettings } from '../../../src/gitops/run/settings.ts';
import { recordingLog } from '../run/support/fakes.ts';
import { BundleRecord } from '../../../src/gitops/index/records.ts';
import { SetReportKeeper } from '../../../src/gitops/set-report/keeper.ts';
import { HubReports } from '../../../src/gitops/set-report/hub-reports.ts';
import { storedBundle } from '../policy/records.ts';

const quiet: unknown = new Proxy({}, { get: () => () => undefined });

/** Time that passes when it is told to, and while somebody sleeps. */
export class StepClock implements Clock {
  #nowMs = 1_000_000;
  wallMs(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs;
  }
  monotonicMs(): number {
    return this.#nowMs;
  }
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#nowMs += ms;
  }
  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

/** The reports that a hub has, and its applications to be read; counts what is asked of it. */
export class ReportHub {
  readonly reports = new Map<string, JsonObject>();
  readonly apps = new Map<string, JsonObject>();
  readonly calls: string[] = [];
  serves = true;
  /** May fail a call, or come between. */
  before: (call: string) => void = () => undefined;
  #version = 0;

  /** As somebody else puts it there. */
  put(set: string, report: JsonObject): void {
    const [namespace = '', name = ''] = set.split('/');
    this.#store({ ...report, metadata: { ...objectAt(report, 'metadata'), namespace, name } });
  }

  writes(): readonly string[] {
    return this.calls.filter((call) => /^(create|update|delete) /.test(call));
  }

  get kube(): KubeApi {
    const api = {
      server: 'https://hub',
      listPage: async (_path: unknown, { continue: from }: { continue?: string }) => {
        this.#called('list');
        const names = [...this.reports.keys()];
        const at = Number(from ?? 0);
        const more = at + 2 < names.length ? { continue: String(at + 2) } : {};
        const items = names.slice(at, at + 2).map((name) => this.reports.get(name));
        return { items, resourceVersion: '1', ...more };
      },
      get: async ({ resource }: { resource: string }, ref: ObjectRef) => {
        const key = keyOf(ref);
        if (resource === 'applications') {
          this.calls.push(`read ${key}`);
          return this.apps.get(key);
        }
        this.#called(`get ${key}`);
        return this.reports.get(key);
      },
      create: async (_path: unknown, _namespace: unknown, object: JsonObject) => {
        const key = keyIn(object);
        this.#called(`create ${key}`);
        if (this.reports.has(key)) throw new MaestroError('conflict', 'there already', { delivery: 'refused' });
        return this.#store(object);
      },
      update: async (_path: unknown, ref: ObjectRef, object: JsonObject) => {
        this.#called(`update ${keyOf(ref)}`);
        const stored = this.reports.get(keyOf(ref));
        if (stored === undefined) throw new MaestroError('not-found', 'gone', { delivery: 'refused' });
        if (versionOf(stored) !== versionOf(object))
          throw new MaestroError('conflict', 'changed', { delivery: 'refused' });
        return this.#store(object);
      },
      delete: async (_path: unknown, ref: ObjectRef, { uid, resourceVersion }: DeletePreconditions) => {
        this.#called(`delete ${keyOf(ref)}`);
        const stored = this.reports.get(keyOf(ref));
        if (stored === undefined) return 'absent';
        if (textAt(objectAt(stored, 'metadata'), 'uid') !== uid || versionOf(stored) !== resourceVersion)
          throw new MaestroError('conflict', 'another one', { delivery: 'refused' });
        this.reports.delete(keyOf(ref));
        return 'taken';
      },
    };
    return api as unknown as KubeApi;
  }

  #called(call: string): void {
    this.calls.push(call);
    this.before(call);
    if (!this.serves) throw new MaestroError('not-found', 'the server has no such kind', { delivery: 'refused' });
  }

  #store(object: JsonObject): JsonObject {
    this.#version += 1;
    const metadata = objectAt(object, 'metadata');
    const uid = textAt(metadata, 'uid');
    const stored = {
      ...object,
      metadata: {
        ...metadata,
        uid: uid === '' ? `uid-${String(this.#version)}` : uid,
        resourceVersion: String(this.#version),
      },
    };
    this.reports.set(keyIn(object), stored);
    return stored;
  }
}

/** Both controllers over such a hub, with a keeper of reports whose rounds a test calls. */
export function keeping(
  hub = new ReportHub(),
  clock = new StepClock(),
  over: Partial<Pick<ControllerSettings, 'setReports' | 'hubWritesPerSecond'>> = {},
) {
  const log = recordingLog();
  const guard = { blocked: false };
  const may = { lead: true };
  const written: string[] = [];
  const bytes: number[] = [];
  const metrics: unknown = new Proxy(
    {
      setReportWritten: (result: string) => void written.push(result),
      setReportBytes: (size: number) => void bytes.push(size),
    },
    { get: (target, name): unknown => Reflect.get(target, name) ?? (() => undefined) },
  );
  const deps = {
    settings: {
      controllers: { propagation: true, aggregation: true },
      sourceId: 'app-work-client',
      callTimeoutMs: 1_000,
      maxConcurrency: 4,
      hubWritesPerSecond: 100,
      statusMode: 'full',
      setReports: 'auto',
      noise: 'never',
      resyncIntervalMs: 2_700_000,
      deletion: { policy: 'confirmed', fallbackMs: 600_000 },
      deliverNamespace: false,
      deliverProject: false,
      allowedTargetNamespaces: '*',
      authorisation: 'none',
      ...over,
    },
    hubId: 'hub-1',
    clock,
    random: () => 0.5,
    metrics,
    log,
    events: quiet,
    guard: { current: () => guard },
    stillLeader: () => may.lead,
    kube: hub.kube,
    maestro: { reader: quiet, writer: quiet, subscriber: quiet },
  } as unknown as ControllerDeps;
  const { signal } = new AbortController();
  const { store, hubHandler, hub: applications } = wireControllers(deps, () => undefined, signal);
  const budget = new HubWriteBudget({ perSecond: deps.settings.hubWritesPerSecond }, clock);
  const reports = new HubReports(deps, store.clusters, budget);
  const keeper = new SetReportKeeper({ deps, store, hub: applications, reports });
  store.synced = true;
  let version = 0;
  const see = (name: string, { set, cluster, status, selected = true }: SeenApp): void => {
    version += 1;
    const object = appObject(name, { set, cluster, status, selected, version });
    hub.apps.set(`argocd/${name}`, object);
    hubHandler.applicationSeen(`argocd/${name}`, parseHubApplication(object));
  };
  return {
    hub,
    clock,
    keeper,
    store,
    hubHandler,
    budget,
    guard,
    may,
    log,
    written,
    bytes,
    see,
    /** With a bundle that is on its cluster. */
    deliver: (name: string, app: SeenApp): void => {
      see(name, app);
      store.index.addBundle(
        `argocd/${name}`,
        new BundleRecord(
          storedBundle({
            id: `b-${name}`,
            name: `argocd-${name}`,
            consumer: app.cluster,
            hubName: name,
            hubUid: uidOf(name),
            spokeName: name,
          }),
        ),
      );
    },
    /** It is gone from the hub and from its cluster. */
    remove: (name: string): void => {
      hub.apps.delete(`argocd/${name}`);
      hubHandler.applicationSeen(`argocd/${name}`, undefined);
      store.index.removeBundle(`b-${name}`);
    },
    /** The rounds of so long a time. */
    rounds: async (ms: number): Promise<void> => {
      const untilMs = clock.monotonicMs() + ms;
      while (clock.monotonicMs() < untilMs) {
        clock.pass(5_000);
        await keeper.round(signal);
      }
    },
    round: () => keeper.round(signal),
    report: (set: string): JsonObject | undefined => hub.reports.get(set),
    clusters: (set: string): readonly string[] =>
      clusterConditionsOf(hub.reports.get(set)).map((entry) => textAt(entry, 'cluster')),
  };
}

export interface SeenApp {
  readonly set: string;
  readonly cluster: string;
  readonly status?: JsonObject | undefined;
  readonly selected?: boolean;
}

export function clusterConditionsOf(report: JsonObject | undefined): readonly JsonObject[] {
  return (objectAt(report ?? {}, 'statuses')['clusterConditions'] ?? []) as readonly JsonObject[];
}

export const healthy = (revision = 'r1', health = 'Healthy'): JsonObject => ({
  health: { status: health },
  sync: { status: 'Synced', revision },
});

function appObject(
  name: string,
  { set, cluster, status, selected = true, version }: SeenApp & { readonly version: number },
): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: 'argocd',
      uid: uidOf(name),
      resourceVersion: String(version),
      labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': String(selected) },
      annotations: { 'apps.open-cluster-management.io/ocm-managed-cluster': cluster },
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: set, uid: `uid-of-${set}` },
      ],
    },
    spec: { project: 'default', destination: { name: cluster, namespace: name }, source: { repoURL: 'https://x' } },
    ...(status === undefined ? {} : { status }),
  };
}

const uidOf = (name: string): string => `uid-of-${name}`;
const keyOf = ({ namespace = '', name }: ObjectRef): string => `${namespace}/${name}`;
const keyIn = (object: JsonObject): string => {
  const metadata = objectAt(object, 'metadata');
  return `${textAt(metadata, 'namespace')}/${textAt(metadata, 'name')}`;
};
const versionOf = (object: JsonObject): string => textAt(objectAt(object, 'metadata'), 'resourceVersion');
