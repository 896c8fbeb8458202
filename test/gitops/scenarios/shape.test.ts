import { describe, expect, test } from 'vitest';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import {
  eventually,
  kinds,
  resourcesFinalizer,
  startRig,
  type BundleRow,
  type KubeObject,
  type Rig,
} from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import {
  application,
  at,
  clusterAnnotation,
  createApp,
  deleteApp,
  namespace,
  pullLabel,
  skipped,
  startController,
  type RunningController,
} from './support.ts';

const ocm = 'apps.open-cluster-management.io';
const source = 'app-work-client';

describe.skipIf(skipped)('which hub applications are delivered, and as what', { timeout: 60_000 }, () => {
  let rig: Rig;
  let controller: RunningController;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['cluster1'], applicationSets: false });
      controller = startController(rig);
    },
    async () => {
      await controller?.stop();
      await rig?.stop();
    },
  );

  const bundleFor = async (name: string, inNamespace = namespace): Promise<BundleRow | undefined> =>
    (await rig.maestroBundles()).find(
      ({ metadata: { annotations = {} } }) =>
        annotations[`${ocm}/hub-application-name`] === name &&
        annotations[`${ocm}/hub-application-namespace`] === inNamespace,
    );
  const delivered = async (name: string, inNamespace = namespace): Promise<BundleRow> =>
    eventually(async () => {
      const bundle = await bundleFor(name, inNamespace);
      expect(at(bundle, 'status', 'ObservedVersion')).toBe(bundle?.version);
      expect(bundle).toBeDefined();
      return bundle as BundleRow;
    }, 15_000);
  const create = (name: string, options: Parameters<typeof application>[1] = {}): Promise<KubeObject> =>
    createApp(rig, name, { cluster: 'cluster1', ...options });

  test('the pull label decides as a Go bool, and a cluster has to be named', async () => {
    const wanted = { b1a: 'true', b1b: 'True', b1c: '1', b1d: 't' };
    const unwanted = { b1e: 'false', b1f: 'yes', b1g: '' };
    for (const [name, value] of Object.entries({ ...unwanted, ...wanted }))
      await create(name, { labels: { [pullLabel]: value } });
    const { metadata, ...rest } = application('b1h', { cluster: 'cluster1' });
    await rig.hub.admin.create(kinds.applications, { ...rest, metadata: { ...metadata, labels: {} } });
    await create('b1i', { cluster: '' });
    for (const name of Object.keys(wanted)) await delivered(name);
    // Made after the others and delivered, so that those had their chance.
    await create('b1z');
    await delivered('b1z');
    for (const name of [...Object.keys(unwanted), 'b1h', 'b1i']) expect(await bundleFor(name)).toBeUndefined();
  });

  test('an application of a set carries the marks of the set and not the pull label', async () => {
    const owned = async (name: string, inNamespace: string, set: string): Promise<BundleRow> => {
      const { metadata, ...rest } = application(name, {
        cluster: 'cluster1',
        namespace: inNamespace,
        annotations: { [`${ocm}/ocm-managed-cluster-app-namespace`]: 'openshift-gitops' },
      });
      const ownerReferences = [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: set, uid: `uid-of-${set}` },
      ];
      await rig.hub.admin.create(kinds.applications, { ...rest, metadata: { ...metadata, ownerReferences } });
      return delivered(name, inNamespace);
    };
    const bundle = await owned('b2', 'team-a', 'guestbook');
    expect(Object.keys(bundle.metadata.labels ?? {}).sort()).toEqual([
      `${ocm}/application-set`,
      `${ocm}/application-set-hash`,
      'maestro-cli.hyperfleet.io/version',
    ]);
    expect(bundle.metadata.labels?.[`${ocm}/application-set`]).toBe('true');
    expect(bundle.metadata.annotations).toMatchObject({
      [`${ocm}/hosting-applicationset`]: 'team-a/guestbook',
      [`${ocm}/hub-application-namespace`]: 'team-a',
    });
    const spoke = await rig.spokeApp('cluster1', 'openshift-gitops', 'b2');
    expect(spoke?.metadata.labels).toEqual({ [`${ocm}/application-set`]: 'true' });
    expect(spoke?.metadata.annotations).toMatchObject({ [`${ocm}/hosting-applicationset`]: 'team-a/guestbook' });
    // As the controllers in Go have them.
    const hash = async (name: string, inNamespace: string, set: string): Promise<unknown> =>
      (await owned(name, inNamespace, set)).metadata.labels?.[`${ocm}/application-set-hash`];
    expect(await hash('b2-guestbook', 'argocd', 'guestbook-app-set')).toBe('ed58e4a1479ef2d7fb1a60bc2b7300100f262779');
    expect(await hash('b2-bgdk', 'openshift-gitops', 'bgdk-app-set')).toBe('4ef0c715bf728c7a7064f0c44357cddd06557328');
  });

  test('a stand-alone application carries the pull label and the two hub annotations', async () => {
    await create('b3');
    const { metadata } = await delivered('b3');
    expect(metadata.labels).toEqual({ [pullLabel]: 'true', 'maestro-cli.hyperfleet.io/version': '1' });
    expect(
      Object.keys(metadata.annotations ?? {})
        .filter((key) => key.startsWith(ocm))
        .sort(),
    ).toEqual([`${ocm}/hub-application-name`, `${ocm}/hub-application-namespace`]);
    expect((await rig.spokeApp('cluster1', namespace, 'b3'))?.metadata.labels?.[pullLabel]).toBeUndefined();
  });

  test.each([
    ['a name', { name: 'c1', namespace: 'b4' }],
    ['another server', { server: 'https://other.example.com:6443', namespace: 'b4' }],
  ])('a destination that is %s becomes the cluster itself, and stays on the hub', async (what, destination) => {
    const name = what === 'a name' ? 'b4a' : 'b4b';
    const before = await create(name, { spec: { destination } });
    await delivered(name);
    expect(at(await rig.spokeApp('cluster1', namespace, name), 'spec', 'destination')).toEqual({
      name: '',
      server: 'https://kubernetes.default.svc',
      namespace: 'b4',
    });
    const after = await eventually(async () => {
      const app = await rig.hubApp(`${namespace}/${name}`);
      expect(at(app, 'status', 'sync', 'status')).toBe('Synced');
      return app;
    });
    expect(JSON.stringify(after?.['spec'])).toBe(JSON.stringify(before['spec']));
  });

  test('the annotation names the namespace on the cluster, else the hub namespace; the status comes back either way', async () => {
    await create('b5a', { annotations: { [`${ocm}/ocm-managed-cluster-app-namespace`]: 'argocd' } });
    await create('b5b', { namespace: 'argocd' });
    // What a namespace alone would find is somebody else's.
    await create('b5a', {
      namespace: 'argocd',
      annotations: { [`${ocm}/ocm-managed-cluster-app-namespace`]: 'openshift-gitops' },
      repoURL: 'https://git.example.com/does-not-exist',
    });
    await eventually(async () => {
      expect(at(await rig.hubApp(`${namespace}/b5a`), 'status', 'health', 'status')).toBe('Healthy');
      expect(at(await rig.hubApp('argocd/b5b'), 'status', 'health', 'status')).toBe('Healthy');
      expect(at(await rig.hubApp('argocd/b5a'), 'status', 'sync', 'status')).toBe('Unknown');
    }, 15_000);
    expect(await rig.spokeApp('cluster1', 'argocd', 'b5a')).toBeDefined();
    expect(await rig.spokeApp('cluster1', 'argocd', 'b5b')).toBeDefined();
    expect(await rig.spokeApp('cluster1', 'openshift-gitops', 'b5a')).toBeDefined();
  });

  test("B6: what is the hub's own stays there, everything else and the finalizers go along", async () => {
    await create('b6', {
      labels: { team: 'blue', 'app.kubernetes.io/instance': 'parent' },
      annotations: {
        [`${ocm}/ocm-managed-cluster-app-namespace`]: namespace,
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'argocd.argoproj.io/tracking-id': 'parent:argoproj.io/Application:openshift-gitops/b6',
        'notified.notifications.argoproj.io': '{}',
        'argocd.argoproj.io/sync-wave': '3',
        'example.com/owner': 'blue',
      },
      finalizers: [resourcesFinalizer, 'example.com/guard'],
    });
    await delivered('b6');
    const spoke = await rig.spokeApp('cluster1', namespace, 'b6');
    const { 'open-cluster-management.io/config-spec-hash': _hash, ...annotations } = spoke?.metadata.annotations ?? {};
    expect(annotations).toEqual({ 'argocd.argoproj.io/sync-wave': '3', 'example.com/owner': 'blue' });
    expect(spoke?.metadata.labels).toEqual({ team: 'blue' });
    expect(spoke?.metadata.finalizers).toEqual([resourcesFinalizer, 'example.com/guard']);
    // Nobody but this test holds them.
    for (const admin of [rig.hub.admin, rig.spoke('cluster1').admin])
      await admin.mergePatch(
        kinds.applications,
        { namespace, name: 'b6' },
        { metadata: { finalizers: [resourcesFinalizer] } },
      );
  });

  test('the id is the one of the Go controllers, and their bundle is taken over', async () => {
    await create('cluster1-guestbook-app', { namespace: 'argocd' });
    expect((await delivered('cluster1-guestbook-app', 'argocd')).id).toBe('0ff66d3c-458c-598b-9ca4-b9bf33e5abc6');

    // A bundle as the Go controllers write it: no stamps, no force. Its application comes to the hub afterwards.
    const app = application('b7', { cluster: 'cluster1' });
    const id = bundleId(source, 'cluster1', `${namespace}-b7`);
    await publishLikeGo(rig, app);
    const uid = await eventually(async () => {
      const spoke = await rig.spokeApp('cluster1', namespace, 'b7');
      expect(spoke).toBeDefined();
      return spoke?.metadata.uid;
    });
    await rig.hub.admin.create(kinds.applications, app);
    const adopted = await eventually(async () => {
      const bundles = (await rig.maestroBundles()).filter(
        ({ metadata }) => metadata.annotations?.[`${ocm}/hub-application-name`] === 'b7',
      );
      expect(bundles.map((bundle) => [bundle.id, bundle.version])).toEqual([[id, 2]]);
      expect(at(bundles[0], 'status', 'ObservedVersion')).toBe(2);
      return bundles[0];
    }, 15_000);
    expect(adopted?.metadata.annotations?.['maestro-cli.hyperfleet.io/content-hash']).toMatch(/^1:/);
    expect((await rig.spokeApp('cluster1', namespace, 'b7'))?.metadata.uid).toBe(uid);
    await deleteApp(rig, 'b7');
    await eventually(async () => expect(await rig.spokeApp('cluster1', namespace, 'b7')).toBeUndefined(), 15_000);
  });

  test('long and dotted names are hashed, and two that would collide are two bundles', async () => {
    const long = `b8-${'long-'.repeat(11)}name`;
    await create(long);
    await create('b8.dotted.name');
    for (const name of [long, 'b8.dotted.name']) {
      const { id, metadata } = await delivered(name);
      expect(metadata.name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      expect(metadata.name).not.toBe(`${namespace}-${name}`);
      expect(id).toBe(bundleId(source, 'cluster1', metadata.name));
      await eventually(
        async () => expect(at(await rig.hubApp(`${namespace}/${name}`), 'status', 'sync', 'status')).toBe('Synced'),
        15_000,
      );
    }
    const inNamespace = { [`${ocm}/ocm-managed-cluster-app-namespace`]: namespace };
    await create('b8', { namespace: 'team-x', annotations: inNamespace });
    const first = await delivered('b8', 'team-x');
    await create('x-b8', { namespace: 'team', annotations: inNamespace });
    const second = await delivered('x-b8', 'team');
    expect([first.metadata.name, second.metadata.name]).toEqual([
      'team-x-b8',
      expect.stringMatching(/^team-x-b8-[0-9a-f]{10}$/),
    ]);
    await eventually(async () => {
      expect(at(await rig.hubApp('team-x/b8'), 'status', 'sync', 'status')).toBe('Synced');
      expect(at(await rig.hubApp('team/x-b8'), 'status', 'sync', 'status')).toBe('Synced');
    }, 15_000);
    // One goes without the other.
    await deleteApp(rig, 'b8', 'team-x');
    await eventually(async () => expect(await bundleFor('b8', 'team-x')).toBeUndefined(), 15_000);
    expect((await bundleFor('x-b8', 'team'))?.version).toBe(1);
  });

  test('the cluster annotation alone, set later, is enough', async () => {
    await create('late', { cluster: '' });
    await create('later');
    await delivered('later');
    expect(await bundleFor('late')).toBeUndefined();
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'late' },
      { metadata: { annotations: { [clusterAnnotation]: 'cluster1' } } },
    );
    await delivered('late');
  });
});

/** What multicluster-integrations publishes for a stand-alone application. */
async function publishLikeGo(rig: Rig, app: KubeObject): Promise<void> {
  const { connectMaestro } = await import('../../../src/clients/connect.ts');
  const { systemClock } = await import('../../../src/clock.ts');
  const { settingsFor } = await import('./support.ts');
  const { name, namespace: hubNamespace = '', annotations = {}, finalizers = [] } = app.metadata;
  const cluster = annotations[clusterAnnotation] ?? '';
  const spec = app['spec'] as JsonObject;
  const maestro = await connectMaestro(settingsFor(rig).maestro, { clock: systemClock, random: Math.random });
  try {
    const work = {
      name: `${hubNamespace}-${name}`,
      namespace: cluster,
      labels: { [pullLabel]: 'true' },
      annotations: { [`${ocm}/hub-application-namespace`]: hubNamespace, [`${ocm}/hub-application-name`]: name },
      manifests: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Application',
          metadata: { name, namespace: hubNamespace, finalizers: [...finalizers], labels: {}, annotations: {} },
          spec: {
            ...spec,
            destination: { ...(spec['destination'] as JsonObject), name: '', server: 'https://kubernetes.default.svc' },
          },
        },
      ],
      manifestConfigs: [
        {
          resourceIdentifier: { group: 'argoproj.io', resource: 'applications', namespace: hubNamespace, name },
          feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'status', path: '.status' }] }],
          updateStrategy: {
            type: 'ServerSideApply',
            serverSideApply: {
              force: false,
              ignoreFields: [
                {
                  condition: 'OnSpokeChange',
                  jsonPaths: ['.operation', '.metadata.annotations["argocd.argoproj.io/refresh"]'],
                },
              ],
            },
          },
        },
      ],
    };
    const target = { id: bundleId(source, cluster, work.name), consumer: cluster, source };
    await maestro.writer.publish(
      { kind: 'create', target, work },
      { signal: new AbortController().signal, deadlineMs: systemClock.monotonicMs() + 5_000 },
    );
  } finally {
    await maestro.close();
  }
}
