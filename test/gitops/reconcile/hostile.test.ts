import { afterEach, describe, expect, test } from 'vitest';
import { connectMaestro } from '../../../src/clients/connect.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { MaestroError } from '../../../src/errors.ts';
import { connectKube } from '../../../src/gitops/kube/connect-kube.ts';
import { objectAt, objectsAt, textAt } from '../../../src/gitops/model/fields.ts';
import { runController } from '../../../src/gitops/reconcile/controller.ts';
import type { HealthProbe } from '../../../src/gitops/reconcile/deps.ts';
import { hubNameAnnotation, hubNamespaceAnnotation } from '../../../src/gitops/constants.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { until } from '../../support/process.ts';
import { emptyFolder } from '../../support/run-cli.ts';
import { finalizer, hubObject } from '../bundle/application.ts';
import { kubeconfigText } from '../kube/support/hub-client.ts';
import { recordingEvents, recordingLog, settingsFor, type LogLine } from '../run/support/fakes.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeholder, TextHub } from './text-hub.ts';

const source = 'app-work-client';
const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

function application(name: string, more: Readonly<Record<string, JsonObject>> = {}): JsonObject {
  return hubObject({
    metadata: {
      name, namespace: 'argocd', uid: `uid-${name}`, resourceVersion: '1', finalizers: [finalizer], ownerReferences: [],
      labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': 'true' },
      annotations: { 'apps.open-cluster-management.io/ocm-managed-cluster': 'c1', 'argocd.argoproj.io/skip-reconcile': 'true' },
    },
    ...more,
  });
}

const deepSpec = { spec: { project: 'default', source: { helm: { valuesObject: placeholder } } } };

interface World {
  readonly hub: TextHub;
  readonly server: string;
  readonly standIn: StandIn;
  readonly maestro: Awaited<ReturnType<typeof connectMaestro>>;
}

async function startWorld(): Promise<World> {
  const cluster = { metadata: { name: 'c1', resourceVersion: '1' }, status: { conditions: [{ type: 'ManagedClusterConditionAvailable', status: 'True' }] } };
  const hub = new TextHub({ managedclusters: [cluster] });
  const server = await hub.start();
  opened.push(() => hub.close());
  const feedback = { 'Application.argoproj.io/*': { status: { health: { status: 'Healthy' } } } };
  const standIn = await startStandIn({ consumers: ['c1'], agent: { delayMs: 5, feedback } });
  opened.push(() => standIn.close());
  const [host = '', port = ''] = standIn.grpcEndpoint.split(':');
  const settings = { ...settingsFor('--grpc-endpoint=h:1', '--http-endpoint=http://h:2').maestro, grpcEndpoint: { host, port: Number(port), plaintext: true }, httpEndpoint: standIn.httpEndpoint };
  const maestro = await connectMaestro(settings, { clock: systemClock, random: Math.random });
  opened.push(() => maestro.close());
  return { hub, server, standIn, maestro };
}

/** Starts the controllers; they end with the test, and fail it when they failed. */
async function control({ hub, maestro, server }: World) {
  const file = join(emptyFolder(), 'kubeconfig');
  writeFileSync(file, kubeconfigText({ server, 'insecure-skip-tls-verify': true }));
  const kube = await connectKube({ kubeconfig: file }, { clock: systemClock, env: {} });
  const lines: LogLine[] = [];
  const malformed: string[] = [];
  const events = recordingEvents();
  let probe: HealthProbe | undefined;
  const stop = new AbortController();
  const metrics: unknown = new Proxy({}, { get: (_target, name) => (what: string) => void (name === 'malformed' && malformed.push(what)) });
  const ended = runController(
    {
      kube, maestro, metrics: metrics as never, log: recordingLog(lines), events, clock: systemClock, random: Math.random, hubId: 'hub-1', stillLeader: () => true,
      settings: settingsFor('--grpc-endpoint=h:1', '--http-endpoint=http://h:2', '--authorisation=none', '--deliver-namespace'),
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
    lines, malformed, events, status,
    conditions: (name: string) => objectsAt(status(name), 'conditions').map((condition) => textAt(condition, 'message')),
    health: (name: string) => textAt(objectAt(status(name), 'health'), 'status'),
    ready: () => probe?.hubSynced() === true && probe.maestroSynced() && probe.streamLive(),
    failure: () => failure,
  };
}

/** Publishes a work whose row nests deeper than anybody reads, in the name of an application. */
async function publishDeepRow({ maestro }: World, name: string, levels: number): Promise<void> {
  const manifest = JSON.parse(`{"apiVersion":"argoproj.io/v1alpha1","kind":"Application","metadata":{"name":"${name}","namespace":"argocd"},"spec":${'{"a":'.repeat(levels)}{}${'}'.repeat(levels)}}`) as JsonObject;
  const work = { name: `argocd-${name}`, labels: {}, annotations: { [hubNamespaceAnnotation]: 'argocd', [hubNameAnnotation]: name }, manifests: [manifest], manifestConfigs: [] };
  const target = { id: bundleId(source, 'c1', work.name), consumer: 'c1', source };
  await maestro.writer.publish({ kind: 'create', target, work }, { signal: new AbortController().signal, deadlineMs: systemClock.monotonicMs() + 10_000 });
}

describe('what nests too deeply', { timeout: 60_000 }, () => {
  test('is set aside at the start, an application and a row, and everybody else is delivered and shown', async () => {
    const world = await startWorld();
    const { hub } = world;
    await publishDeepRow(world, 'rowed', 1_000);
    for (const object of [application('deep', deepSpec), application('calm'), application('rowed')]) hub.put(object);
    const { lines, malformed, events, conditions, health, ready, failure, status } = await control(world);
    await until('the innocent one is shown', () => health('calm') === 'Healthy', 15_000);
    await until('the others are told', () => conditions('deep').length === 1 && conditions('rowed').length === 1, 15_000);
    expect(ready()).toBe(true);
    expect(failure()).toBeUndefined();
    expect(conditions('deep')[0]).toContain('not delivered to cluster c1');
    expect(conditions('deep')[0]).toMatch(/nested more than 500 levels deep \(Unreadable\)$/);
    expect(conditions('rowed')[0]).toMatch(/\(BundleUnreadable\)$/);
    // What was left out of it when it was read is still there.
    expect(objectAt(hub.get('argocd/deep'), 'spec')).toEqual(deepSpec.spec);
    expect(Object.keys(status('deep'))).toEqual(['conditions']);
    expect(world.standIn.publishes().filter(({ type }) => type.endsWith('create_request')).map(({ id }) => id).toSorted()).toEqual(
      ['argocd-calm', 'argocd-rowed'].map((name) => bundleId(source, 'c1', name)).toSorted(),
    );
    expect(malformed).toEqual(expect.arrayContaining(['application', 'bundle']));
    const told = lines.filter(({ message }) => message.startsWith('it cannot be read')).map(({ fields }) => `${String(fields?.['what'])} ${String(fields?.['name'])}`);
    // Each is named once, and the agent's report of the row as well when it comes late enough.
    expect(told.filter((line) => !line.startsWith('status')).toSorted()).toEqual(['application argocd/deep', `bundle ${bundleId(source, 'c1', 'argocd-rowed')}`]);
    expect(events.notes.map(({ reason, regarding }) => `${reason} ${regarding.name}`).toSorted()).toEqual(['BundleUnreadable rowed', 'Unreadable deep']);
  });

  test('is set aside when a watch brings it, keeps on its cluster what was delivered, and is taken up when it can be read again', async () => {
    const world = await startWorld();
    const { hub, standIn } = world;
    hub.put(application('turns'));
    const { conditions, health, failure } = await control(world);
    await until('it is delivered', () => health('turns') === 'Healthy', 15_000);
    const published = standIn.publishes().length;
    hub.put({ ...hub.get('argocd/turns'), ...deepSpec });
    hub.put(application('later'));
    await until('the later one is delivered, and this one told', () => health('later') === 'Healthy' && conditions('turns').length === 1, 15_000);
    expect(standIn.publishes()).toHaveLength(published + 1);
    expect(standIn.publishes().some(({ type }) => type.endsWith('delete_request'))).toBe(false);
    const good = application('turns');
    hub.put({ ...hub.get('argocd/turns'), spec: { ...objectAt(good, 'spec'), project: 'another' } });
    await until('it is delivered again', () => standIn.publishes().length === published + 2 && conditions('turns').length === 0, 15_000);
    expect(failure()).toBeUndefined();
  });

  test('of a report leaves the last status on the hub, with a condition, and the next report takes it back', async () => {
    const world = await startWorld();
    const { hub, standIn } = world;
    hub.put(application('spoken'));
    hub.put(application('beside'));
    const { conditions, health, failure } = await control(world);
    await until('both are shown', () => health('spoken') === 'Healthy' && health('beside') === 'Healthy', 15_000);
    const deepValue = JSON.parse(`${'{"a":'.repeat(1_200)}1${'}'.repeat(1_200)}`) as never;
    standIn.setAgent('c1', { statusSyncMs: 50, feedback: { 'Application.argoproj.io/argocd/spoken': { status: deepValue }, 'Application.argoproj.io/argocd/beside': { status: { health: { status: 'Degraded' } } } } });
    await until('the other one goes on', () => health('beside') === 'Degraded' && conditions('spoken').length === 1, 15_000);
    expect(health('spoken')).toBe('Healthy');
    expect(conditions('spoken')[0]).toContain('what is shown is the last one that came');
    standIn.setAgent('c1', { feedback: { 'Application.argoproj.io/*': { status: { health: { status: 'Missing' } } } } });
    await until('it is shown again', () => health('spoken') === 'Missing' && conditions('spoken').length === 0, 15_000);
    expect(failure()).toBeUndefined();
  });
});
