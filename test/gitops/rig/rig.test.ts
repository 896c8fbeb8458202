import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { beforeEach, describe, expect, test } from 'vitest';
import { connectMaestro } from '../../../src/clients/connect.ts';
import type { WorkRequest } from '../../../src/clients/transport.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { systemClock } from '../../../src/clock.ts';
import {
  ApiError,
  eventually,
  findBinaries,
  kinds,
  refreshAnnotation,
  resourcesFinalizer,
  setDecision,
  specHashAnnotation,
  startRig,
} from './index.ts';
import { keepRig } from './keep-rig.ts';
import type { KubeObject, Rig } from './index.ts';

const binaries = findBinaries();
const skipped = 'missing' in binaries;
if (skipped) console.log(`test/gitops/rig: ${binaries.missing}`);

const source = 'app-work-client';
const namespace = 'openshift-gitops';

describe.skipIf(skipped)('the rig', { timeout: 60_000 }, () => {
  let rig: Rig;
  let maestro: Awaited<ReturnType<typeof connectMaestro>>;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1', 'c2'] });
      console.log(`test/gitops/rig: started in ms: ${JSON.stringify(rig.startMs)}`);
      const [host = '', port = ''] = rig.standIn.grpcEndpoint.split(':');
      maestro = await connectMaestro(
        {
          grpcEndpoint: { host, port: Number(port), plaintext: true },
          httpEndpoint: rig.standIn.httpEndpoint,
          insecureSkipVerify: false,
          grpcTls: {},
          httpTls: {},
          allowPlaintextToken: false,
          proxy: {},
        },
        { clock: systemClock, random: Math.random },
      );
    },
    async () => {
      await maestro?.close();
      await rig?.stop();
    },
  );

  beforeEach(() => {
    rig.hub.front.clearFaults();
    rig.spoke('c1').agent.setOnline(true);
    rig.spoke('c1').agent.intercept((status) => status);
    rig.spoke('c1').agent.setLargestFeedback(1_048_576);
    rig.spoke('c1').argo.holdOperations(false);
  });

  async function publish(
    kind: WorkRequest['kind'],
    name: string,
    content: {
      operation?: JsonObject;
      repoURL?: string;
      automated?: boolean;
      deleteOption?: JsonObject;
      refresh?: string;
      finalizers?: readonly string[];
    } = {},
  ): Promise<string> {
    const id = bundleId(source, 'c1', name);
    const target = { id, consumer: 'c1', source };
    const options = { signal: AbortSignal.timeout(10_000), deadlineMs: systemClock.monotonicMs() + 10_000 };
    const version = (await maestro.reader.getBundle(id, options))?.version ?? 0;
    const request: WorkRequest =
      kind === 'delete'
        ? { kind, target, workName: name, version }
        : kind === 'create'
          ? { kind, target, work: applicationWork(name, content) }
          : { kind, target, version, work: applicationWork(name, content) };
    await maestro.writer.publish(request, options);
    return id;
  }

  const app = (name: string): Promise<KubeObject | undefined> => rig.spokeApp('c1', namespace, name);
  const phase = (object: KubeObject | undefined): unknown => status(object, 'operationState')?.['phase'];

  /** The status of the spoke application as Maestro's REST has it. */
  async function reported(id: string): Promise<JsonObject | undefined> {
    const bundle = await maestro.reader.getBundle(id, {
      signal: AbortSignal.timeout(5_000),
      deadlineMs: systemClock.monotonicMs() + 5_000,
    });
    const value = bundle?.status?.resourceStatus[0]?.feedback.find(({ name }) => name === 'status')?.value;
    return value as JsonObject | undefined;
  }

  test('a work reaches the spoke by real server-side apply, and its status comes back', async () => {
    const id = await publish('create', 'guestbook', { automated: true });
    await eventually(async () => expect(status(await app('guestbook'), 'health')?.['status']).toBe('Healthy'));
    const spokeApp = await app('guestbook');
    const managers = spokeApp?.metadata['managedFields'] as readonly { manager: string; operation: string }[];
    expect(managers.some(({ manager, operation }) => manager === 'work-agent' && operation === 'Apply')).toBe(true);
    expect(spokeApp?.metadata.annotations?.[specHashAnnotation]).toMatch(/^[0-9a-f]{32}$/);
    expect(spokeApp?.metadata['ownerReferences']).toMatchObject([
      { kind: 'AppliedManifestWork', name: expect.stringMatching(new RegExp(`^[0-9a-f]{64}-${id}$`)) as string },
    ]);
    await eventually(async () => {
      const seen = await reported(id);
      expect(seen).toEqual((await app('guestbook'))?.['status']);
      expect(seen).toMatchObject({
        sync: { status: 'Synced' },
        health: { status: 'Healthy' },
        operationState: { phase: 'Succeeded' },
      });
    });
    expect(rig.spoke('c1').workload('guestbook', 'guestbook')).toBeDefined();
    const [row] = await rig.maestroBundles('c1');
    expect(row?.status).toMatchObject({
      ObservedVersion: 1,
      conditions: [
        { type: 'Applied', status: 'True', observedGeneration: 1 },
        { type: 'Available', status: 'True', observedGeneration: 1 },
      ],
    });
    expect(rig.publishes({ id })).toEqual([{ id, kind: 'create', version: 0, source }]);
  });

  test('a repository that does not exist gives Unknown with an error, and no workload', async () => {
    const id = await publish('create', 'no-repository', {
      automated: true,
      repoURL: 'https://git.example.com/does-not-exist.git',
    });
    await eventually(async () =>
      expect(await reported(id)).toMatchObject({
        sync: { status: 'Unknown' },
        conditions: [{ type: 'ComparisonError' }],
      }),
    );
    expect(rig.spoke('c1').workload('no-repository', 'no-repository')).toBeUndefined();
  });

  test('an operation survives a re-publish that keeps it and is aborted by one that drops it', async () => {
    const operation = { initiatedBy: { username: 'admin' }, sync: { revision: 'main' } };
    const { argo } = rig.spoke('c1');

    argo.holdOperations(true);
    await publish('create', 'kept', { operation });
    await eventually(async () => expect(phase(await app('kept'))).toBe('Running'));
    await publish('update', 'kept', { operation, refresh: 'normal' });
    await eventually(async () => expect((await app('kept'))?.metadata.annotations?.[refreshAnnotation]).toBe('normal'));
    expect((await app('kept'))?.['operation']).toEqual(operation);
    argo.holdOperations(false);
    await eventually(async () => expect(phase(await app('kept'))).toBe('Succeeded'));
    await eventually(async () => expect((await app('kept'))?.['operation']).toBeUndefined());
    expect(status(await app('kept'), 'operationState')).toHaveProperty('finishedAt');

    argo.holdOperations(true);
    const dropped = await publish('create', 'dropped', { operation });
    await eventually(async () => expect(phase(await app('dropped'))).toBe('Running'));
    await publish('update', 'dropped');
    await eventually(async () => expect((await app('dropped'))?.['operation']).toBeUndefined());
    argo.holdOperations(false);
    await eventually(async () =>
      expect((await rig.maestroBundles('c1')).find(({ id }) => id === dropped)?.status?.ObservedVersion).toBe(2),
    );
    // Many more rounds than an operation takes.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(phase(await app('dropped'))).toBe('Running');
    expect(rig.spoke('c1').workload('dropped', 'dropped')).toBeUndefined();
  });

  test('the agent leaves a consumed operation alone while the content stays', async () => {
    await publish('create', 'once', { operation: { sync: {} } });
    await eventually(async () => expect(phase(await app('once'))).toBe('Succeeded'));
    const before = await app('once');
    await publish('update', 'once', { operation: { sync: {} } });
    const id = bundleId(source, 'c1', 'once');
    await eventually(async () =>
      expect((await rig.maestroBundles('c1')).find((row) => row.id === id)?.status?.ObservedVersion).toBe(2),
    );
    const after = await app('once');
    expect(after?.['operation']).toBeUndefined();
    expect(status(after, 'operationState')).toEqual(status(before, 'operationState'));
  });

  test('a delete waits for the finalizer, and an orphaned application stays', async () => {
    const id = await publish('create', 'leaving', { automated: true });
    await eventually(async () => expect(rig.spoke('c1').workload('leaving', 'leaving')).toBeDefined());
    await publish('delete', 'leaving');
    await eventually(async () => expect(await reported(id)).toBeUndefined());
    await eventually(async () => expect((await rig.maestroBundles('c1')).some((row) => row.id === id)).toBe(false));
    expect(await app('leaving')).toBeUndefined();
    expect(rig.spoke('c1').workload('leaving', 'leaving')).toBeUndefined();

    const orphan = await publish('create', 'staying', {
      automated: true,
      deleteOption: { propagationPolicy: 'Orphan' },
    });
    await eventually(async () => expect(rig.spoke('c1').workload('staying', 'staying')).toBeDefined());
    await publish('delete', 'staying');
    await eventually(async () => expect((await rig.maestroBundles('c1')).some((row) => row.id === orphan)).toBe(false));
    expect((await app('staying'))?.metadata.deletionTimestamp).toBeUndefined();
  });

  test('an offline agent takes the latest version when it comes back, and a forged report stands in Maestro', async () => {
    const { agent } = rig.spoke('c1');
    agent.setOnline(false);
    const id = await publish('create', 'late');
    await publish('update', 'late', { refresh: 'hard' });
    agent.intercept((report) => ({
      ...report,
      manifests: report.manifests.map((manifest) => ({
        ...manifest,
        resourceMeta: { ...manifest.resourceMeta, name: 'victim' },
      })),
    }));
    expect(await app('late')).toBeUndefined();
    agent.setOnline(true);
    await eventually(async () => {
      const row = (await rig.maestroBundles('c1')).find((one) => one.id === id);
      expect(row?.status).toMatchObject({ ObservedVersion: 2, resourceStatus: [{ resourceMeta: { name: 'victim' } }] });
    });
    expect(await app('late')).toBeDefined();
  });

  test('feedback above the cap is dropped, and says so', async () => {
    const id = await publish('create', 'large');
    const synced = async (): Promise<unknown> => {
      const row = (await rig.maestroBundles('c1')).find((one) => one.id === id);
      const [manifest] = (row?.status?.['resourceStatus'] ?? []) as readonly { conditions: readonly JsonObject[] }[];
      return manifest?.conditions.find(({ type }) => type === 'StatusFeedbackSynced')?.['status'];
    };
    await eventually(async () => expect(await synced()).toBe('True'));
    rig.spoke('c1').agent.setLargestFeedback(64);
    await eventually(async () => expect(await synced()).toBe('False'));
    expect(await reported(id)).toBeUndefined();
    rig.spoke('c1').agent.setLargestFeedback(1_048_576);
    await eventually(async () => expect(await reported(id)).toMatchObject({ sync: { status: 'OutOfSync' } }));
  });

  test('a work deleted after its finalizer was taken away leaves the workload', async () => {
    const id = await publish('create', 'uncascaded', { automated: true });
    await eventually(async () => expect(rig.spoke('c1').workload('uncascaded', 'uncascaded')).toBeDefined());
    await publish('update', 'uncascaded', { automated: true, finalizers: [] });
    await eventually(async () => expect((await app('uncascaded'))?.metadata.finalizers).toBeUndefined());
    await publish('delete', 'uncascaded');
    await eventually(async () => expect((await rig.maestroBundles('c1')).some((row) => row.id === id)).toBe(false));
    expect(await app('uncascaded')).toBeUndefined();
    expect(rig.spoke('c1').workload('uncascaded', 'uncascaded')).toBeDefined();
  });

  test('the hub prunes, records and fails as told', async () => {
    const { hub } = rig;
    hub.front.forget();
    const client = hub.client('test');
    const ref = { namespace: 'argocd', name: 'front' };
    await client.create(kinds.applications, { ...application('front', {}), metadata: ref });
    const condition = { type: 'SomeError', message: 'm', lastTransitionTime: '2026-01-01T00:00:00Z' };
    const written = await client.mergePatch(kinds.applications, ref, {
      status: { conditions: [{ ...condition, status: 'True', reason: 'R' }] },
    });
    expect(written['status']).toEqual({ conditions: [condition] });
    expect(written.metadata.generation).toBe(2);
    hub.front.setFault({
      user: 'rig-admin',
      kind: 'status',
      status: 429,
      retryAfterSeconds: 2,
      verb: 'get',
      resource: 'applications',
      count: 1,
    });
    await expect(client.get(kinds.applications, ref)).rejects.toMatchObject({ status: 429 });
    // Of a kind that nothing else in the rig lists, which would use the fault up.
    hub.front.setFault({ user: 'rig-admin', kind: 'empty-list', resource: 'managedclusters', count: 1 });
    expect((await client.list(kinds.managedClusters)).items).toEqual([]);
    expect((await client.list(kinds.managedClusters)).items).not.toEqual([]);
    expect(await client.get(kinds.namespaces, { name: 'kube-system' })).toHaveProperty('metadata.uid');
    await expect(
      client.jsonPatch(kinds.applications, ref, [{ op: 'test', path: '/metadata/uid', value: 'another' }]),
    ).rejects.toMatchObject({ status: 422 });
    expect(hub.front.verbsUsed('rig-admin')).toEqual(
      expect.arrayContaining(['create argoproj.io/applications', 'get /namespaces', 'patch argoproj.io/applications']),
    );
    await client.delete(kinds.applications, ref);
  });

  test('watches are cut, frozen, ended by 410, and lists are broken off', async () => {
    const { front } = rig.hub;
    const client = rig.hub.client('watcher');
    const events: string[] = [];
    const watch = async (): Promise<void> => {
      const { resourceVersion } = await rig.hub.admin.list(kinds.managedClusters);
      for await (const { type, object } of client.watch(
        kinds.managedClusters,
        resourceVersion,
        AbortSignal.timeout(20_000),
      )) {
        if (type !== 'BOOKMARK')
          events.push(`${type} ${object.metadata.labels?.['round'] ?? (object['code'] as number)}`);
      }
    };
    const change = (round: string): Promise<KubeObject> =>
      rig.hub.admin.mergePatch(kinds.managedClusters, { name: 'c1' }, { metadata: { labels: { round } } });
    const open = (count: number): Promise<void> =>
      eventually(() => expect(front.openWatches({ user: 'rig-admin', resource: 'managedclusters' })).toBe(count));

    const first = watch();
    await open(1);
    await change('seen');
    await eventually(() => expect(events).toEqual(['MODIFIED seen']));
    front.freezeWatches(true);
    await change('unseen');
    await new Promise((resolve) => setTimeout(resolve, 300));
    front.freezeWatches(false);
    await change('thawed');
    await eventually(() => expect(events).toEqual(['MODIFIED seen', 'MODIFIED thawed']));
    expect(front.cutWatches({ user: 'rig-admin', resource: 'managedclusters' })).toBe(1);
    await expect(first).rejects.toThrow();
    await open(0);
    front.setFault({ user: 'rig-admin', kind: 'gone', resource: 'managedclusters', count: 1 });
    await watch();
    expect(events.at(-1)).toBe('ERROR 410');

    front.setFault({ user: 'rig-admin', kind: 'truncated', verb: 'list', resource: 'managedclusters', count: 1 });
    await expect(client.list(kinds.managedClusters)).rejects.toThrow();
    front.setFault({
      user: 'rig-admin',
      kind: 'status',
      status: 500,
      resource: 'managedclusters',
      continued: true,
      count: 1,
    });
    const path = '/apis/cluster.open-cluster-management.io/v1/managedclusters?limit=1';
    const page = await client.send('GET', path);
    const { continue: token = '' } = page.body['metadata'] as { continue?: string };
    expect((await client.send('GET', `${path}&continue=${encodeURIComponent(token)}`)).status).toBe(500);
    expect((await client.send('GET', `${path}&continue=${encodeURIComponent(token)}`)).status).toBe(200);
  });

  test('users are told apart, and a token is good until it is revoked', async () => {
    const { hub } = rig;
    hub.front.setToken('secret', 'by-token');
    const ask = async (): Promise<number> => {
      return new Promise((resolve, reject) => {
        const outgoing = request(
          new URL('/apis/cluster.open-cluster-management.io/v1/managedclusters', hub.url),
          { ca: readFileSync(hub.caFile), headers: { authorization: 'Bearer secret' } },
          (response) => resolve(response.resume().statusCode ?? 0),
        );
        outgoing.once('error', reject).end();
      });
    };
    expect(await ask()).toBe(200);
    expect(hub.front.verbsUsed('by-token')).toEqual(['list cluster.open-cluster-management.io/managedclusters']);
    hub.front.setToken('secret', undefined);
    expect(await ask()).toBe(401);
    expect(readFileSync(await hub.kubeconfigFor('replica-b'), 'utf8')).toContain('replica-b.crt');
  });

  test('a manifest of a kind that the cluster lacks is not applied until the kind is there', async () => {
    const c2 = rig.spoke('c2');
    const id = bundleId(source, 'c2', 'early');
    const applied = async (): Promise<unknown> =>
      (await rig.maestroBundles('c2')).find((row) => row.id === id)?.status?.['conditions'];
    await c2.removeApplicationKind();
    const options = { signal: AbortSignal.timeout(10_000), deadlineMs: systemClock.monotonicMs() + 10_000 };
    await maestro.writer.publish(
      { kind: 'create', target: { id, consumer: 'c2', source }, work: applicationWork('early', {}) },
      options,
    );
    await eventually(async () => expect(await applied()).toMatchObject([{ type: 'Applied', status: 'False' }, {}]));
    await c2.restoreApplicationKind();
    await eventually(
      async () =>
        expect(await applied()).toMatchObject([
          { type: 'Applied', status: 'True' },
          { type: 'Available', status: 'True' },
        ]),
      20_000,
    );
  });

  test('versions from before expire: a resumed watch and an old list continuation get 410', async () => {
    const { hub } = rig;
    const { resourceVersion } = await hub.admin.list(kinds.managedClusters);
    const page = await hub.admin.send('GET', '/apis/cluster.open-cluster-management.io/v1/managedclusters?limit=1');
    const { continue: token = '' } = page.body['metadata'] as { continue?: string };
    expect(token).not.toBe('');
    await hub.expireVersions();
    for await (const event of hub.admin.watch(kinds.managedClusters, resourceVersion, AbortSignal.timeout(10_000))) {
      expect(event).toMatchObject({ type: 'ERROR', object: { code: 410 } });
      break;
    }
    const next = await hub.admin.send(
      'GET',
      `/apis/cluster.open-cluster-management.io/v1/managedclusters?limit=1&continue=${encodeURIComponent(token)}`,
    );
    expect(next.status).toBe(410);
  });

  test('an ApplicationSet expands over its decision, follows its template and takes its applications along', async () => {
    const { hub } = rig;
    await setDecision(hub, 'argocd', 'all', ['c1', 'c2']);
    const set = await hub.admin.create(kinds.applicationSets, applicationSet('one'));
    const first = await eventually(async () => {
      const found = await rig.hubApp('argocd/c1-configmap1');
      expect(found).toBeDefined();
      expect(await rig.hubApp('argocd/c2-configmap1')).toBeDefined();
      return found;
    });
    expect(first?.metadata).toMatchObject({
      finalizers: [resourcesFinalizer],
      annotations: { 'apps.open-cluster-management.io/ocm-managed-cluster': 'c1' },
    });
    expect(first?.metadata['ownerReferences']).toMatchObject([{ kind: 'ApplicationSet', uid: set.metadata.uid }]);
    await hub.admin.mergePatch(kinds.applicationSets, set.metadata, { spec: applicationSet('two')['spec'] ?? null });
    await eventually(async () =>
      expect((await rig.hubApp('argocd/c1-configmap1'))?.['spec']).toMatchObject({ source: { targetRevision: 'two' } }),
    );
    await hub.admin.delete(kinds.applicationSets, set.metadata);
    await eventually(async () =>
      expect((await rig.hubApp('argocd/c1-configmap1'))?.metadata.deletionTimestamp).toBeDefined(),
    );
    for (const name of ['c1-configmap1', 'c2-configmap1'])
      await hub.admin.mergePatch(kinds.applications, { namespace: 'argocd', name }, { metadata: { finalizers: null } });
    await eventually(async () => expect(await rig.hubApp('argocd/c1-configmap1')).toBeUndefined());
  });

  test('a rolling sync starts the second step when the hub shows the first Healthy', async () => {
    const { hub } = rig;
    await setDecision(hub, 'argocd', 'all', ['c1', 'c2']);
    const plain = applicationSet('one');
    const spec = plain['spec'] as JsonObject;
    const template = spec['template'] as { metadata: JsonObject };
    const step = (cluster: string): JsonObject => ({
      matchExpressions: [{ key: 'step', operator: 'In', values: [cluster] }],
    });
    const labelled = {
      ...template,
      metadata: { ...template.metadata, name: '{{name}}-rolling', labels: { step: '{{name}}' } },
    };
    const strategy = { type: 'RollingSync', rollingSync: { steps: [step('c1'), step('c2')] } };
    const set = await hub.admin.create(kinds.applicationSets, {
      ...plain,
      metadata: { namespace: 'argocd', name: 'rolling' },
      spec: { ...spec, template: labelled, strategy },
    });
    const operation = async (name: string): Promise<unknown> => (await rig.hubApp(`argocd/${name}`))?.['operation'];
    await eventually(async () =>
      expect(await operation('c1-rolling')).toMatchObject({ initiatedBy: { username: 'applicationset-controller' } }),
    );
    const first = await rig.hubApp('argocd/c1-rolling');
    const source = (first?.['spec'] as JsonObject)['source'] ?? null;
    const destination = (first?.['spec'] as JsonObject)['destination'] ?? null;
    const done = (health: string): JsonObject => ({
      operation: null,
      status: {
        health: { status: health },
        sync: { status: 'Synced', revision: 'r', comparedTo: { source, destination } },
        operationState: {
          operation: { sync: {} },
          phase: 'Succeeded',
          startedAt: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
        },
      },
    });
    await hub.admin.mergePatch(kinds.applications, { namespace: 'argocd', name: 'c1-rolling' }, done('Progressing'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await operation('c2-rolling')).toBeUndefined();
    await hub.admin.mergePatch(kinds.applications, { namespace: 'argocd', name: 'c1-rolling' }, done('Healthy'));
    await eventually(async () => expect(await operation('c2-rolling')).toBeDefined());
    expect(await operation('c1-rolling')).toBeUndefined();
    await hub.admin.delete(kinds.applicationSets, set.metadata, { propagationPolicy: 'Orphan' });
    await eventually(async () => expect(await hub.admin.get(kinds.applicationSets, set.metadata)).toBeUndefined());
    const left = await rig.hubApp('argocd/c1-rolling');
    expect(left?.metadata.deletionTimestamp).toBeUndefined();
    expect(left?.metadata['ownerReferences']).toBeUndefined();
  });

  test('the API server refuses what the definition forbids', async () => {
    const bad = { ...application('bad', {}), metadata: { namespace, name: 'bad' }, spec: { destination: {} } };
    await expect(rig.hub.admin.create(kinds.applications, bad)).rejects.toBeInstanceOf(ApiError);
  });
});

function status(object: KubeObject | undefined, member: string): JsonObject | undefined {
  const whole = object?.['status'];
  const part = isJsonObject(whole) ? whole[member] : undefined;
  return isJsonObject(part) ? part : undefined;
}

function application(
  name: string,
  content: {
    operation?: JsonObject;
    repoURL?: string;
    automated?: boolean;
    refresh?: string;
    finalizers?: readonly string[];
  },
): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace,
      finalizers: [...(content.finalizers ?? [resourcesFinalizer])],
      ...(content.refresh === undefined ? {} : { annotations: { [refreshAnnotation]: content.refresh } }),
    },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: name },
      source: {
        repoURL: content.repoURL ?? 'https://git.example.com/apps.git',
        path: `apps/${name}`,
        targetRevision: 'HEAD',
      },
      ...(content.automated === true ? { syncPolicy: { automated: {} } } : {}),
    },
    ...(content.operation === undefined ? {} : { operation: content.operation }),
  };
}

function applicationWork(
  name: string,
  content: Parameters<typeof application>[1] & { deleteOption?: JsonObject },
): ManifestWork {
  return {
    name,
    labels: {},
    annotations: {},
    manifests: [application(name, content)],
    manifestConfigs: [
      {
        resourceIdentifier: { group: 'argoproj.io', resource: 'applications', namespace, name },
        feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'status', path: '.status' }] }],
        updateStrategy: {
          type: 'ServerSideApply',
          serverSideApply: {
            force: true,
            ignoreFields: [
              {
                condition: 'OnSpokeChange',
                jsonPaths: ['.operation', `.metadata.annotations["${refreshAnnotation}"]`],
              },
            ],
          },
        },
      },
    ],
    ...(content.deleteOption === undefined ? {} : { deleteOption: content.deleteOption }),
  };
}

function applicationSet(targetRevision: string): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { namespace: 'argocd', name: 'configmap1' },
    spec: {
      generators: [
        {
          clusterDecisionResource: {
            configMapRef: 'acm-placement',
            labelSelector: { matchLabels: { 'cluster.open-cluster-management.io/placement': 'all' } },
          },
        },
      ],
      template: {
        metadata: {
          name: '{{name}}-configmap1',
          labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': 'true' },
          annotations: {
            'apps.open-cluster-management.io/ocm-managed-cluster': '{{name}}',
            'argocd.argoproj.io/skip-reconcile': 'true',
          },
        },
        spec: {
          project: 'default',
          destination: { server: '{{server}}', namespace: 'configmap1' },
          source: { repoURL: 'https://git.example.com/apps.git', path: 'configmap1', targetRevision },
        },
      },
    },
  };
}
