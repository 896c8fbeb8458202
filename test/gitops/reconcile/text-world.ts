import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { connectMaestro } from '../../../src/clients/connect.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { MaestroError } from '../../../src/errors.ts';
import { connectKube } from '../../../src/gitops/kube/connect-kube.ts';
import { objectAt, objectsAt, textAt } from '../../../src/core/json-fields.ts';
import { runController } from '../../../src/gitops/run/controller.ts';
import type { HealthProbe } from '../../../src/gitops/run/controller-deps.ts';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { emptyFolder } from '../../support/run-cli.ts';
import { finalizer, hubObject } from '../bundle/application.ts';
import { kubeconfigText } from '../kube/support/hub-client.ts';
import { recordingEvents, recordingLog, settingsFor, type LogLine } from '../run/support/fakes.ts';
import { TextHub } from './text-hub.ts';

export const source = 'app-work-client';
const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** A hub application for a cluster, c1 when not told. */
export function application(name: string, more: Readonly<Record<string, JsonObject>> = {}, cluster = 'c1'): JsonObject {
  return hubObject({
    metadata: {
      name,
      namespace: 'argocd',
      uid: `uid-${name}`,
      resourceVersion: '1',
      finalizers: [finalizer],
      ownerReferences: [],
      labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': 'true' },
      annotations: {
        'apps.open-cluster-management.io/ocm-managed-cluster': cluster,
        'argocd.argoproj.io/skip-reconcile': 'true',
      },
    },
    ...more,
  });
}

/** A hub of text, and a stand-in for Maestro with agents. */
export interface World {
  readonly hub: TextHub;
  readonly server: string;
  readonly standIn: StandIn;
  readonly maestro: Awaited<ReturnType<typeof connectMaestro>>;
}

export async function startWorld(
  clusters: readonly string[] = ['c1'],
  consumers: readonly string[] = clusters,
): Promise<World> {
  const available = { conditions: [{ type: 'ManagedClusterConditionAvailable', status: 'True' }] };
  const hub = new TextHub({
    managedclusters: clusters.map((name) => ({ metadata: { name, resourceVersion: '1' }, status: available })),
  });
  const server = await hub.start();
  opened.push(() => hub.close());
  const feedback = { 'Application.argoproj.io/*': { status: { health: { status: 'Healthy' } } } };
  const standIn = await startStandIn({ consumers, agent: { delayMs: 5, feedback } });
  opened.push(() => standIn.close());
  const [host = '', port = ''] = standIn.grpcEndpoint.split(':');
  const settings = {
    ...settingsFor('--grpc-endpoint=h:1', '--http-endpoint=http://h:2').maestro,
    grpcEndpoint: { host, port: Number(port), plaintext: true },
    httpEndpoint: standIn.httpEndpoint,
  };
  const maestro = await connectMaestro(settings, { clock: systemClock, random: Math.random });
  opened.push(() => maestro.close());
  return { hub, server, standIn, maestro };
}

/** Starts the controllers; they end with the test, and fail it when they failed. */
export async function control(
  { hub, maestro, server }: World,
  clock: Clock = systemClock,
  ...flags: readonly string[]
) {
  const file = join(emptyFolder(), 'kubeconfig');
  writeFileSync(file, kubeconfigText({ server, 'insecure-skip-tls-verify': true }));
  const kube = await connectKube({ kubeconfig: file }, { clock: systemClock, env: {} });
  const lines: LogLine[] = [];
  const malformed: string[] = [];
  const events = recordingEvents();
  let probe: HealthProbe | undefined;
  const stop = new AbortController();
  const metrics: unknown = new Proxy(
    {},
    { get: (_target, name) => (what: string) => void (name === 'malformed' && malformed.push(what)) },
  );
  const ended = runController(
    {
      kube,
      maestro,
      metrics: metrics as never,
      log: recordingLog(lines),
      events,
      clock,
      random: Math.random,
      hubId: 'hub-1',
      stillLeader: () => true,
      settings: settingsFor(
        '--grpc-endpoint=h:1',
        '--http-endpoint=http://h:2',
        '--authorisation=none',
        '--deliver-namespace',
        ...flags,
      ),
      guard: { current: () => ({ blocked: false }), onChange: () => () => undefined } as never,
      health: { attach: (next) => void (probe = next) },
    },
    stop.signal,
  );
  let failure: unknown;
  ended.catch((error: unknown) => (failure = error));
  opened.push(async () => {
    stop.abort(new MaestroError('terminated', 'the test is over'));
    await ended;
    await kube.close();
  });
  const status = (name: string): JsonObject => objectAt(hub.get(`argocd/${name}`), 'status');
  return {
    lines,
    malformed,
    events,
    status,
    conditions: (name: string) =>
      objectsAt(status(name), 'conditions').map((condition) => textAt(condition, 'message')),
    health: (name: string) => textAt(objectAt(status(name), 'health'), 'status'),
    ready: () => probe?.hubSynced() === true && probe.maestroSynced() && probe.streamLive(),
    failure: () => failure,
  };
}
