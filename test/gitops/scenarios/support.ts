import { connectMaestro } from '../../../src/clients/connect.ts';
import { buildInfo } from '../../../src/build-info.ts';
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import { MaestroError } from '../../../src/errors.ts';
import { connectKube } from '../../../src/gitops/kube/connect-kube.ts';
import { createEventRecorder } from '../../../src/gitops/kube/event-recorder.ts';
import { createElection } from '../../../src/gitops/kube/lease-election.ts';
import { runController } from '../../../src/gitops/run/controller.ts';
import type { Log } from '../../../src/gitops/run/log.ts';
import { runProcess, type ProcessParts } from '../../../src/gitops/run/process.ts';
import type { ControllerSettings } from '../../../src/gitops/run/settings.ts';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { findBinaries, kinds, resourcesFinalizer, type KubeObject, type Rig } from '../rig/index.ts';

const binaries = findBinaries();
/** True where the programs of the rig are missing; says so once. */
export const skipped = 'missing' in binaries;
if ('missing' in binaries) console.log(`test/gitops/scenarios: ${binaries.missing}`);

export const namespace = 'openshift-gitops';
export const pullLabel = 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster';
export const clusterAnnotation = 'apps.open-cluster-management.io/ocm-managed-cluster';

/** Settings as the command line would make them, with the beats of a test. */
export function settingsFor(rig: Rig, overrides: Partial<ControllerSettings> = {}): ControllerSettings {
  const [host = '', port = ''] = rig.standIn.grpcEndpoint.split(':');
  return {
    controllers: { propagation: true, aggregation: true },
    hub: { kubeconfig: rig.hub.kubeconfig, inCluster: false },
    maestro: {
      grpcEndpoint: { host, port: Number(port), plaintext: true },
      httpEndpoint: rig.standIn.httpEndpoint,
      insecureSkipVerify: false,
      grpcTls: {},
      httpTls: {},
      allowPlaintextToken: false,
      proxy: {},
    },
    sourceId: 'app-work-client',
    callTimeoutMs: 10_000,
    maxConcurrency: 16,
    hubWritesPerSecond: 200,
    statusMode: 'full',
    setReports: 'auto',
    deletion: { policy: 'confirmed', fallbackMs: 600_000 },
    noise: 'never',
    gc: { intervalMs: 500, brake: { kind: 'share', share: 0.01 }, overrideBrake: false },
    deliverNamespace: false,
    deliverProject: false,
    allowedTargetNamespaces: '*',
    authorisation: 'none',
    allowClassicCoexistence: false,
    classicWorksIntervalMs: 600_000,
    classicNamespace: 'open-cluster-management',
    ownNamespace: 'open-cluster-management',
    resyncIntervalMs: 2_700_000,
    shutdownMs: 5_000,
    ...overrides,
  };
}

/** A controller process inside the test. */
export interface RunningController {
  readonly lines: string[];
  /** How it ended by itself; undefined while it runs. */
  readonly failure: () => unknown;
  /** Ends it gracefully; rejects when it had failed. */
  stop(): Promise<void>;
}

/** With other parts than those of a real process, to end it where a test wants. */
export function startController(
  rig: Rig,
  overrides: Partial<ControllerSettings> = {},
  parts: Partial<ProcessParts> = {},
  clock: Clock = systemClock,
): RunningController {
  const stop = new AbortController();
  const lines: string[] = [];
  const ended = runProcess(
    settingsFor(rig, overrides),
    {
      parts: {
        connectKube,
        connectMaestro: async (settings) => connectMaestro(settings, { clock, random: Math.random }),
        createElection,
        createEventRecorder,
        runController,
        ...parts,
      },
      clock,
      random: Math.random,
      env: {},
      log: logTo(lines),
      build: buildInfo,
      processMetrics: false,
    },
    stop.signal,
  );
  // Told when it is stopped.
  let failure: unknown;
  ended.catch((error: unknown) => {
    failure = error;
  });
  return {
    lines,
    failure: () => failure,
    stop: async () => {
      stop.abort(new MaestroError('terminated', 'the test is over'));
      await ended;
    },
  };
}

function logTo(lines: string[], fixed: Readonly<Record<string, unknown>> = {}): Log {
  const write =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      lines.push(`${level} ${message} ${JSON.stringify({ ...fixed, ...fields })}`);
      if (process.env['RIG_LOG'] !== undefined) console.log(lines.at(-1));
    };
  return {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    with: (fields) => logTo(lines, { ...fixed, ...fields }),
  };
}

export interface AppOptions {
  readonly cluster?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly namespace?: string;
  readonly spec?: JsonObject;
  readonly repoURL?: string;
  /** Name of an ApplicationSet in its namespace that owns it; there need not be one. */
  readonly applicationSet?: string;
}

/** A hub application, opted in, for one cluster, as a set of the seeds would make it. */
export function application(name: string, options: AppOptions = {}): KubeObject {
  const { cluster = 'c1', repoURL = 'https://git.example.com/team/apps' } = options;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: options.namespace ?? namespace,
      labels: { [pullLabel]: 'true', ...options.labels },
      annotations: {
        [clusterAnnotation]: cluster,
        'argocd.argoproj.io/skip-reconcile': 'true',
        ...options.annotations,
      },
      finalizers: [...(options.finalizers ?? [resourcesFinalizer])],
      ...(options.applicationSet === undefined ? {} : { ownerReferences: [ownedBy(options.applicationSet)] }),
    },
    spec: {
      project: 'default',
      destination: { name: cluster, namespace: name },
      source: { repoURL, path: name, targetRevision: 'HEAD' },
      syncPolicy: { automated: {}, syncOptions: ['CreateNamespace=true'] },
      ...options.spec,
    },
  } as unknown as KubeObject;
}

function ownedBy(applicationSet: string): JsonObject {
  const uid = `uid-of-${applicationSet}`;
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: applicationSet, uid };
}

export async function createApp(rig: Rig, name: string, options: AppOptions = {}): Promise<KubeObject> {
  return rig.hub.admin.create(kinds.applications, application(name, options));
}

export async function deleteApp(rig: Rig, name: string, inNamespace = namespace): Promise<void> {
  await rig.hub.admin.delete(kinds.applications, { namespace: inNamespace, name });
}

/** Members of an object on the way down a path; undefined when one is missing. */
export function at(object: unknown, ...path: readonly (string | number)[]): unknown {
  let value: unknown = object;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isJsonObject(value as JsonObject)) value = (value as JsonObject)[String(step)];
    else return undefined;
  }
  return value;
}

/** The application status that the agent last reported for a bundle; undefined before it did. */
export function reported(bundle: unknown): unknown {
  const manifests = (at(bundle, 'status', 'resourceStatus') ?? []) as readonly unknown[];
  const raw = manifests
    .map((manifest) => at(manifest, 'statusFeedback', 'values', 0, 'fieldValue', 'jsonRaw'))
    .find((value) => typeof value === 'string');
  return raw === undefined ? undefined : JSON.parse(raw);
}
