import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import {
  addManagedCluster,
  eventually,
  kinds,
  resourcesFinalizer,
  setAvailable,
  startRig,
  type KubeObject,
  type Rig,
} from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { bundlesOf, deliveryMessages, publish, source, sweepsEnd } from './bundles.ts';
import { LeapClock } from './fast-clock.ts';
import {
  at,
  clusterAnnotation,
  createApp,
  deleteApp,
  namespace,
  pullLabel,
  skipped,
  startController,
  type AppOptions,
  type RunningController,
} from './support.ts';

describe.skipIf(skipped)('deletion', { timeout: 90_000 }, () => {
  let rig: Rig;
  let controller: RunningController | undefined;
  const start = (overrides: Parameters<typeof startController>[1] = {}, clock?: LeapClock): void => {
    controller = startController(rig, overrides, {}, clock);
  };
  const stop = async (): Promise<void> => {
    await controller?.stop();
    controller = undefined;
  };

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1', 'c2'], applicationSets: false });
    },
    async () => {
      await rig?.stop();
    },
  );

  beforeEach(() => {
    start();
  });

  afterEach(async () => {
    await stop();
    rig.hub.front.clearFaults();
    rig.standIn.clearFaults();
  });

  /** On its cluster, synced, and told so on the hub. */
  const deliver = async (name: string, options: AppOptions = {}): Promise<KubeObject> => {
    const app = await createApp(rig, name, options);
    await eventually(
      async () =>
        expect(at(await rig.hubApp(`${app.metadata.namespace ?? ''}/${name}`), 'status', 'health', 'status')).toBe(
          'Healthy',
        ),
      20_000,
    );
    return app;
  };
  const goneFromHub = async (name: string, boundMs = 20_000): Promise<void> =>
    eventually(async () => expect(await rig.hubApp(`${namespace}/${name}`)).toBeUndefined(), boundMs);
  const goneFromCluster = async (cluster: string, name: string): Promise<void> =>
    eventually(async () => {
      expect(await rig.spokeApp(cluster, namespace, name)).toBeUndefined();
      expect(rig.spoke(cluster).workload(name, name)).toBeUndefined();
      expect((await bundlesOf(rig, name)).filter(({ consumer_name }) => consumer_name === cluster)).toEqual([]);
    }, 20_000);
  /** Made, delivered and deleted after all that came before, so that this had its chance. */
  const release = async (name: string): Promise<void> => {
    await deliver(name, { cluster: 'c2' });
    await deleteApp(rig, name);
    await goneFromHub(name);
  };
  const told = async (name: string, reason: string): Promise<void> =>
    eventually(
      async () =>
        expect(deliveryMessages(await rig.hubApp(`${namespace}/${name}`))).toEqual([expect.stringContaining(reason)]),
      20_000,
    );
  const idOn = (cluster: string, name: string): string => bundleId(source, cluster, `${namespace}-${name}`);

  test('while the cluster is offline the application stays on the hub and says what it waits for', async () => {
    await stop();
    const clock = new LeapClock();
    start({ callTimeoutMs: 600_000 }, clock);
    await deliver('e1');
    rig.spoke('c1').agent.setOnline(false);
    try {
      await deleteApp(rig, 'e1');
      await eventually(() => expect(rig.publishes({ kind: 'delete', id: idOn('c1', 'e1') })).toHaveLength(1));
      const waiting = await clock.eventually(async () => {
        const app = await rig.hubApp(`${namespace}/e1`);
        expect(deliveryMessages(app)).toEqual([
          expect.stringMatching(/^the deletion has been waiting for cluster c1 since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        ]);
        return app;
      }, 45_000);
      // A reason beside the status, not instead of it.
      expect(at(waiting, 'status', 'health', 'status')).toBe('Healthy');
      expect(waiting?.metadata.finalizers).toEqual([resourcesFinalizer]);
      expect(rig.spoke('c1').workload('e1', 'e1')).toBeDefined();

      // Another process knows nothing of the wait, and asks for nothing twice.
      await stop();
      start();
      await eventually(
        () => expect(controller?.lines.some((line) => line.includes('hub and Maestro have been read'))).toBe(true),
        20_000,
      );
    } finally {
      rig.spoke('c1').agent.setOnline(true);
    }
    await goneFromHub('e1');
    await goneFromCluster('c1', 'e1');
    expect(rig.publishes({ kind: 'delete', id: idOn('c1', 'e1') })).toHaveLength(1);
  });

  test('a deletion does not wait for ever for a cluster that the hub does not have any more', async () => {
    await stop();
    start({ deletion: { policy: 'confirmed', fallbackMs: 3_000 } });
    await deliver('e2', { cluster: 'c2' });
    await deliver('e2-later', { cluster: 'c2' });
    rig.spoke('c2').agent.setOnline(false);
    try {
      await deleteApp(rig, 'e2-later');
      await eventually(() => expect(rig.publishes({ kind: 'delete', id: idOn('c2', 'e2-later') })).toHaveLength(1));
      const goneMs = performance.now();
      await rig.hub.admin.delete(kinds.managedClusters, { name: 'c2' });
      await deleteApp(rig, 'e2');
      await goneFromHub('e2', 15_000);
      await goneFromHub('e2-later', 15_000);
      expect(performance.now() - goneMs).toBeGreaterThan(3_000);
      expect(rig.publishes({ kind: 'delete', id: idOn('c2', 'e2') })).toHaveLength(1);
      // Events are written beside the work.
      await eventually(async () => {
        const { items } = await rig.hub.admin.list(kinds.events);
        const told = items
          .filter((event) => event['reason'] === 'DeletionUnconfirmed')
          .map((event) => at(event, 'regarding', 'name'));
        expect(told.sort()).toEqual(['e2', 'e2-later']);
      });
    } finally {
      await addManagedCluster(rig.hub, 'c2');
      rig.spoke('c2').agent.setOnline(true);
    }
    // What was asked for still holds when the cluster comes back.
    await goneFromCluster('c2', 'e2');
    await goneFromCluster('c2', 'e2-later');
  });

  test('nor for one that it was on before', async () => {
    await stop();
    start({ deletion: { policy: 'confirmed', fallbackMs: 2_000 } });
    await deliver('e2-moved', { cluster: 'c2' });
    rig.spoke('c2').agent.setOnline(false);
    try {
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'e2-moved' },
        { metadata: { annotations: { [clusterAnnotation]: 'c1' } } },
      );
      await eventually(
        () => expect(rig.publishes({ kind: 'delete', id: idOn('c2', 'e2-moved') })).toHaveLength(1),
        20_000,
      );
      await rig.hub.admin.delete(kinds.managedClusters, { name: 'c2' });
      await deleteApp(rig, 'e2-moved');
      await goneFromHub('e2-moved', 15_000);
      await goneFromCluster('c1', 'e2-moved');
    } finally {
      await addManagedCluster(rig.hub, 'c2');
      rig.spoke('c2').agent.setOnline(true);
    }
    await goneFromCluster('c2', 'e2-moved');
  });

  test('an application that never had a bundle goes at once', async () => {
    await createApp(rig, 'e4a', { cluster: 'nowhere' });
    await eventually(
      async () =>
        expect(deliveryMessages(await rig.hubApp(`${namespace}/e4a`))).toEqual([
          expect.stringContaining('the hub has no ManagedCluster nowhere (ClusterMissing)'),
        ]),
      20_000,
    );
    await deleteApp(rig, 'e4a');
    await goneFromHub('e4a');
    expect(rig.publishes({ id: bundleId(source, 'nowhere', `${namespace}-e4a`) })).toEqual([]);
    expect(controller?.lines.filter((line) => line.includes('e4a') && !line.startsWith('debug'))).toEqual([
      expect.stringMatching(/^info an application is not delivered .*ClusterMissing/),
    ]);
  });

  test('a bundle that somebody deleted already is not deleted again', async () => {
    await deliver('e4b');
    rig.spoke('c1').agent.setOnline(false);
    const id = idOn('c1', 'e4b');
    try {
      await stop();
      const [bundle] = await bundlesOf(rig, 'e4b');
      await publish(rig, {
        kind: 'delete',
        target: { id, consumer: 'c1', source },
        workName: `${namespace}-e4b`,
        version: bundle?.version ?? 0,
      });
      await eventually(async () => expect((await bundlesOf(rig, 'e4b'))[0]?.deleted_at).toBeDefined());
      await deleteApp(rig, 'e4b');
      start();
      await eventually(
        () => expect(controller?.lines.some((line) => line.includes('hub and Maestro have been read'))).toBe(true),
        20_000,
      );
      // The look for works of the classic model, which deletions wait for after a start, is over.
      await release('e4b-first');
      // Events that would make a hasty controller ask once more.
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'e4b' },
        { metadata: { labels: { touched: 'yes' } } },
      );
      await setAvailable(rig.hub, 'c1', false);
      await setAvailable(rig.hub, 'c1', true);
      // They have been heard: what was told later, of an application and of a cluster, has had its effect.
      await createApp(rig, 'e4b-marker', { cluster: 'e4b-marker' });
      await told('e4b-marker', 'ClusterMissing');
      await addManagedCluster(rig.hub, 'e4b-marker');
      await told('e4b-marker', 'ConsumerMissing');
      await release('e4b-later');
      expect(rig.publishes({ kind: 'delete', id })).toHaveLength(1);
      expect((await rig.hubApp(`${namespace}/e4b`))?.metadata.finalizers).toEqual([resourcesFinalizer]);
    } finally {
      rig.spoke('c1').agent.setOnline(true);
    }
    await goneFromHub('e4b');
    await goneFromCluster('c1', 'e4b');
    expect(rig.publishes({ kind: 'delete', id })).toHaveLength(1);
  });

  test('a changed cluster annotation moves the application, and only when the new cluster has applied it', async () => {
    await deliver('e5a');
    rig.spoke('c2').agent.setOnline(false);
    try {
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'e5a' },
        { metadata: { annotations: { [clusterAnnotation]: 'c2' } } },
      );
      await eventually(() => expect(rig.publishes({ kind: 'create', id: idOn('c2', 'e5a') })).toHaveLength(1));
      // A report of the old cluster meanwhile takes nothing from it.
      const lastReport = async (): Promise<unknown> =>
        at(
          (await bundlesOf(rig, 'e5a')).find(({ consumer_name }) => consumer_name === 'c1'),
          'status',
          'SequenceID',
        );
      const before = await lastReport();
      await eventually(async () => {
        rig.spoke('c1').argo.touch(namespace, 'e5a');
        expect(await lastReport()).not.toBe(before);
      }, 20_000);
      expect(rig.publishes({ kind: 'delete', id: idOn('c1', 'e5a') })).toEqual([]);
      expect(rig.spoke('c1').workload('e5a', 'e5a')).toBeDefined();
    } finally {
      rig.spoke('c2').agent.setOnline(true);
    }
    await goneFromCluster('c1', 'e5a');
    await eventually(async () => {
      expect(rig.spoke('c2').workload('e5a', 'e5a')).toBeDefined();
      expect(at(await rig.hubApp(`${namespace}/e5a`), 'status', 'health', 'status')).toBe('Healthy');
    }, 20_000);
    const order = rig.publishes().filter(({ id }) => id === idOn('c1', 'e5a') || id === idOn('c2', 'e5a'));
    expect(order.map(({ kind, id }) => [kind, id])).toEqual([
      ['create', idOn('c1', 'e5a')],
      ['create', idOn('c2', 'e5a')],
      ['delete', idOn('c1', 'e5a')],
    ]);
    // To a cluster that is not there: the application stays where it is.
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'e5a' },
      { metadata: { annotations: { [clusterAnnotation]: 'nowhere' } } },
    );
    await told('e5a', 'ClusterMissing');
    expect(rig.spoke('c2').workload('e5a', 'e5a')).toBeDefined();
    await deleteApp(rig, 'e5a');
    await goneFromHub('e5a');
    await goneFromCluster('c2', 'e5a');
  });

  test('back and forth at once ends on the cluster that was named last', async () => {
    await deliver('e5b');
    const retarget = async (cluster: string): Promise<KubeObject> =>
      rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'e5b' },
        { metadata: { annotations: { [clusterAnnotation]: cluster } } },
      );
    rig.spoke('c1').agent.setOnline(false);
    try {
      await retarget('c2');
      await eventually(() => expect(rig.publishes({ kind: 'delete', id: idOn('c1', 'e5b') })).toHaveLength(1));
      await retarget('c1');
      await told('e5b', 'PredecessorDeleting');
      // Until c1 can take it again, c2 has it.
      expect(
        (await bundlesOf(rig, 'e5b')).find(({ consumer_name }) => consumer_name === 'c2')?.deleted_at,
      ).toBeUndefined();
    } finally {
      rig.spoke('c1').agent.setOnline(true);
    }
    await goneFromCluster('c2', 'e5b');
    await eventually(async () => {
      expect((await bundlesOf(rig, 'e5b')).map(({ consumer_name, deleted_at }) => [consumer_name, deleted_at])).toEqual(
        [['c1', undefined]],
      );
      expect(rig.spoke('c1').workload('e5b', 'e5b')).toBeDefined();
      expect(deliveryMessages(await rig.hubApp(`${namespace}/e5b`))).toEqual([]);
    }, 20_000);
  });

  test('without its label the application leaves the cluster and stays on the hub', async () => {
    for (const name of ['e5c', 'e5d']) await deliver(name);
    const unlabel = async (name: string): Promise<KubeObject> =>
      rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name },
        { metadata: { labels: { [pullLabel]: null } } },
      );
    await unlabel('e5c');
    await goneFromCluster('c1', 'e5c');
    // Nobody watched this one.
    await stop();
    await unlabel('e5d');
    start();
    await goneFromCluster('c1', 'e5d');
    for (const name of ['e5c', 'e5d']) {
      expect((await rig.hubApp(`${namespace}/${name}`))?.metadata.finalizers).toEqual([resourcesFinalizer]);
      // It is the hub's own Argo CD's from now on: its deletion is not for us to release.
      await deleteApp(rig, name);
    }
    await release('e5-later');
    for (const name of ['e5c', 'e5d']) {
      expect(await rig.hubApp(`${namespace}/${name}`)).toBeDefined();
      await rig.hub.admin.mergePatch(kinds.applications, { namespace, name }, { metadata: { finalizers: null } });
    }
  });

  test("without a cluster annotation an application is the hub's own, and so is its deletion", async () => {
    const { annotations } = (await createApp(rig, 'own', { cluster: '' })).metadata;
    expect(annotations?.[clusterAnnotation]).toBe('');
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'own' },
      { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': null } } },
    );
    await deleteApp(rig, 'own');
    await release('own-later');
    expect((await rig.hubApp(`${namespace}/own`))?.metadata.finalizers).toEqual([resourcesFinalizer]);
    await rig.hub.admin.mergePatch(kinds.applications, { namespace, name: 'own' }, { metadata: { finalizers: null } });
  });

  test.each([
    ['background', ['resources-finalizer.argocd.argoproj.io/background']],
    ['foreground', ['resources-finalizer.argocd.argoproj.io/foreground']],
    [
      'post-delete',
      [
        resourcesFinalizer,
        'post-delete-finalizer.argocd.argoproj.io',
        'post-delete-finalizer.argocd.argoproj.io/cleanup',
      ],
    ],
  ])('finalizers of Argo CD are removed (%s), others are kept', async (what, finalizers) => {
    const name = `e6-${what}`;
    await createApp(rig, name, { finalizers: [...finalizers, 'example.com/guard'] });
    await eventually(() => expect(rig.spoke('c1').workload(name, name)).toBeDefined(), 20_000);
    await deleteApp(rig, name);
    // The guard came along to the cluster, where only its owner takes it away.
    await eventually(
      async () => expect((await rig.spokeApp('c1', namespace, name))?.metadata.deletionTimestamp).toBeDefined(),
      20_000,
    );
    await rig.spoke('c1').admin.mergePatch(kinds.applications, { namespace, name }, { metadata: { finalizers: null } });
    rig.spoke('c1').front.memory.delete(kinds.configMaps, { namespace: name, name });
    await goneFromCluster('c1', name);
    await eventually(
      async () =>
        expect((await rig.hubApp(`${namespace}/${name}`))?.metadata.finalizers).toEqual(['example.com/guard']),
      20_000,
    );
    await rig.hub.admin.mergePatch(kinds.applications, { namespace, name }, { metadata: { finalizers: null } });
    await goneFromHub(name);
  });

  test.each([
    ['confirmed', [resourcesFinalizer]],
    ['requested', [resourcesFinalizer]],
    ['confirmed', []],
  ] as const)(
    'deleted and made again at once it ends present with the new content (%s, finalizers %j)',
    async (policy, finalizers) => {
      await stop();
      start({ deletion: { policy, fallbackMs: 600_000 } });
      const name = `e7-${policy}-${String(finalizers.length)}`;
      const before = await deliver(name, { finalizers });
      await deleteApp(rig, name);
      const after = await eventually(
        async () => createApp(rig, name, { finalizers, spec: { info: [{ name: 'life', value: 'second' }] } }),
        20_000,
        2,
      );
      expect(after.metadata.uid).not.toBe(before.metadata.uid);
      await eventually(async () => {
        const [bundle, ...more] = await bundlesOf(rig, name);
        expect(more).toEqual([]);
        expect(bundle?.deleted_at).toBeUndefined();
        expect(bundle?.metadata.annotations?.['maestro-cli.hyperfleet.io/hub-application-uid']).toBe(
          after.metadata.uid,
        );
        expect(at(bundle, 'status', 'ObservedVersion')).toBe(bundle?.version);
        expect(at(await rig.spokeApp('c1', namespace, name), 'spec', 'info', 0, 'value')).toBe('second');
        expect(rig.spoke('c1').workload(name, name)).toBeDefined();
        const onHub = await rig.hubApp(`${namespace}/${name}`);
        expect(onHub?.metadata.uid).toBe(after.metadata.uid);
        expect(at(onHub, 'status', 'health', 'status')).toBe('Healthy');
        expect(deliveryMessages(onHub)).toEqual([]);
      }, 30_000);
      await sweepsEnd(rig, `${name}-later`);
      // No sweep takes it for what its predecessor left.
      expect((await bundlesOf(rig, name))[0]?.deleted_at).toBeUndefined();
    },
  );

  test('a finished application costs no more calls', async () => {
    await deliver('e9a');
    await deliver('e9b', { finalizers: [] });
    for (const name of ['e9a', 'e9b']) await deleteApp(rig, name);
    for (const name of ['e9a', 'e9b']) await goneFromHub(name);
    await eventually(async () => {
      for (const name of ['e9a', 'e9b']) expect(await bundlesOf(rig, name)).toEqual([]);
    }, 20_000);
    await sweepsEnd(rig, 'e9-before');
    rig.hub.front.forget();
    const published = rig.publishes().length;
    // Several sweeps, and a watch that starts over.
    rig.hub.front.cutWatches({ resource: 'applications' });
    await deliver('e9-later');
    await sweepsEnd(rig, 'e9-after');
    const about = rig.hub.front
      .requests({ user: 'gitops-controller' })
      .filter(({ name }) => name === 'e9a' || name === 'e9b');
    expect(about.map(({ verb, name }) => `${verb} ${String(name)}`)).toEqual([]);
    const ids = rig
      .publishes()
      .slice(published)
      .map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set(['e9-later', 'e9-after'].map((name) => idOn('c1', name))));
  });
});
