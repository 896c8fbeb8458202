import { afterEach, describe, expect, test } from 'vitest';
import { connectMaestro } from '../../../src/clients/connect.ts';
import { connectKube } from '../../../src/gitops/kube/connect-kube.ts';
import type { ProcessParts } from '../../../src/gitops/run/process.ts';
import { systemClock } from '../../../src/clock.ts';
import { eventually, kinds, setDecision, startRig, type BundleRow, type KubeObject, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { applicationSet } from './application-set.ts';
import { freePorts } from '../rig/wait.ts';
import { bundlesOf, publishBundle } from './bundles.ts';
import {
  application,
  at,
  createApp,
  deleteApp,
  namespace,
  skipped,
  startController,
  type AppOptions,
  type RunningController,
} from './support.ts';

/** Two sweeps in a row have to agree; what the first of these began is done when the last has ended. */
const severalSweeps = 4;
const hubIdStamp = 'maestro-cli.hyperfleet.io/hub-id';

describe.skipIf(skipped)('bundles without an application', { timeout: 90_000 }, () => {
  let rig: Rig;
  let controller: RunningController | undefined;
  const start = (overrides: Parameters<typeof startController>[1] = {}, parts: Partial<ProcessParts> = {}): void => {
    controller = startController(rig, overrides, parts);
  };
  /** Until the controller has looked for garbage several times more, or found that it may not. */
  const swept = async (): Promise<void> => {
    const sweeps = (): number =>
      controller?.lines.filter((line) => /^debug (looked for|works) .*without an application/.test(line)).length ?? 0;
    const enough = sweeps() + severalSweeps;
    await eventually(() => expect(sweeps()).toBeGreaterThanOrEqual(enough), 20_000);
  };
  const stop = async (): Promise<void> => {
    await controller?.stop();
    controller = undefined;
  };
  const read = async (): Promise<void> =>
    eventually(
      () => expect(controller?.lines.some((line) => line.includes('hub and Maestro have been read'))).toBe(true),
      20_000,
    );

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1', 'c2'] });
      await setDecision(rig.hub, namespace, 'all', ['c1', 'c2']);
    },
    async () => {
      await rig?.stop();
    },
  );

  afterEach(async () => {
    await stop();
    rig.hub.front.clearFaults();
    rig.standIn.clearFaults();
  });

  const synced = async (name: string): Promise<void> =>
    eventually(
      async () => expect(at(await rig.hubApp(`${namespace}/${name}`), 'status', 'health', 'status')).toBe('Healthy'),
      20_000,
    );
  const deliver = async (name: string, options: AppOptions = {}): Promise<void> => {
    await createApp(rig, name, options);
    await synced(name);
  };
  const bundleOf = async (name: string): Promise<BundleRow> => {
    const [bundle, ...more] = await bundlesOf(rig, name);
    expect(more).toEqual([]);
    expect(bundle).toBeDefined();
    return bundle as BundleRow;
  };
  /** The bundle and the Application go; what it deployed stays. */
  const spared = async (name: string, cluster = 'c1'): Promise<void> => {
    await eventually(async () => {
      expect(await bundlesOf(rig, name)).toEqual([]);
      expect(await rig.spokeApp(cluster, namespace, name)).toBeUndefined();
    }, 20_000);
    expect(rig.spoke(cluster).workload(name, name)).toBeDefined();
  };
  /** As `argocd app delete --cascade=false` does. */
  const deleteWithoutCascade = async (name: string): Promise<void> => {
    await rig.hub.admin.mergePatch(kinds.applications, { namespace, name }, { metadata: { finalizers: null } });
    await deleteApp(rig, name);
  };

  test('an application without a finalizer is deleted; its workload stays', async () => {
    start();
    await deliver('e3a', { finalizers: [] });
    const { id } = await bundleOf('e3a');
    await deleteApp(rig, 'e3a');
    await spared('e3a');
    // Nothing was there to strip.
    expect(rig.publishes({ id }).map(({ kind }) => kind)).toEqual(['create', 'delete']);
  });

  test('an application whose finalizer was taken off before it was deleted goes within seconds when the deletion was watched', async () => {
    // Longer than this test: no sweep comes in between.
    start({ gc: { intervalMs: 600_000, brake: { kind: 'count', count: 10 }, overrideBrake: false } });
    await deliver('f11');
    const ref = { namespace, name: 'f11' };
    await rig.hub.admin.mergePatch(kinds.applications, ref, { metadata: { finalizers: null } });
    await deleteApp(rig, 'f11');
    await spared('f11');
    const { lines = [] } = controller ?? {};
    expect(lines.filter((line) => line.includes('a work without an application was deleted'))).toHaveLength(1);
  });

  test('the finalizer is stripped in the moment of the deletion, while the controller looks on', async () => {
    start();
    await deliver('e3b');
    await deleteWithoutCascade('e3b');
    await spared('e3b');
  });

  test('the same while the controller is down: the cluster applies the bundle without the finalizer before it is deleted', async () => {
    start();
    await deliver('e3c');
    const { id, version } = await bundleOf('e3c');
    await stop();
    await deleteWithoutCascade('e3c');
    rig.spoke('c1').agent.setOnline(false);
    try {
      start();
      await read();
      await eventually(() => expect(rig.publishes({ id, kind: 'update' })).toHaveLength(1), 20_000);
      await swept();
      // An update that was not applied when the deletion comes would never be.
      expect(rig.publishes({ id, kind: 'delete' })).toEqual([]);
      expect((await bundleOf('e3c')).version).toBe(version + 1);
      // It is remembered by nobody but Maestro.
      await stop();
      start();
      await read();
      await swept();
      expect(rig.publishes({ id, kind: 'delete' })).toEqual([]);
    } finally {
      rig.spoke('c1').agent.setOnline(true);
    }
    await spared('e3c');
    expect(rig.publishes({ id }).map(({ kind }) => kind)).toEqual(['create', 'update', 'delete']);
    // By name, once.
    const named = controller?.lines.filter((line) => line.startsWith('info') && line.includes('e3c'));
    expect(named).toEqual([
      expect.stringMatching(/^info a work of this hub has no application .* of c1/),
      expect.stringMatching(/^info a work without an application was deleted/),
    ]);
  });

  test('one that comes back before the sweep is not garbage', async () => {
    start();
    await deliver('e3d');
    await stop();
    await deleteWithoutCascade('e3d');
    start({ gc: { intervalMs: 60_000, brake: { kind: 'count', count: 10 }, overrideBrake: false } });
    await read();
    await createApp(rig, 'e3d', { spec: { info: [{ name: 'life', value: 'second' }] } });
    await eventually(
      async () => expect(at(await rig.spokeApp('c1', namespace, 'e3d'), 'spec', 'info', 0, 'value')).toBe('second'),
      20_000,
    );
    expect(rig.publishes({ id: (await bundleOf('e3d')).id }).map(({ kind }) => kind)).toEqual(['create', 'update']);
  });

  test('one that comes back for another cluster leaves the workload of the first where it is', async () => {
    start();
    await deliver('e3e');
    const { id } = await bundleOf('e3e');
    await stop();
    await deleteWithoutCascade('e3e');
    await createApp(rig, 'e3e', { cluster: 'c2' });
    start();
    await eventually(async () => {
      expect((await bundlesOf(rig, 'e3e')).map(({ consumer_name }) => consumer_name)).toEqual(['c2']);
      expect(await rig.spokeApp('c1', namespace, 'e3e')).toBeUndefined();
      expect(rig.spoke('c2').workload('e3e', 'e3e')).toBeDefined();
    }, 20_000);
    expect(rig.spoke('c1').workload('e3e', 'e3e')).toBeDefined();
    expect(rig.publishes({ id }).map(({ kind }) => kind)).toEqual(['create', 'update', 'delete']);
    await deleteApp(rig, 'e3e');
    await eventually(async () => expect(await rig.hubApp(`${namespace}/e3e`)).toBeUndefined(), 20_000);
    expect(rig.spoke('c2').workload('e3e', 'e3e')).toBeUndefined();
  });

  test('what went while a watch was blind is found by the list after it', async () => {
    start();
    await deliver('e3f', { finalizers: [] });
    rig.hub.front.setFault({ kind: 'reset', verb: 'watch', resource: 'applications' });
    rig.hub.front.cutWatches({ resource: 'applications' });
    await deleteApp(rig, 'e3f');
    await rig.hub.expireVersions();
    rig.hub.front.clearFaults();
    await eventually(async () => {
      expect(await bundlesOf(rig, 'e3f')).toEqual([]);
      expect(await rig.spokeApp('c1', namespace, 'e3f')).toBeUndefined();
    }, 40_000);
    expect(rig.spoke('c1').workload('e3f', 'e3f')).toBeDefined();
  });

  test('GC asks the hub once more: an application that the list left out keeps its bundle', async () => {
    start();
    for (const name of ['left-a', 'left-b']) await deliver(name);
    await stop();
    const before = rig.publishes().length;
    rig.hub.front.setFault({ kind: 'empty-list', resource: 'applications', count: 1 });
    start();
    await read();
    await swept();
    expect(rig.publishes().slice(before)).toEqual([]);
    // And it is cared for again.
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'left-a' },
      { metadata: { annotations: { 'example.com/owner': 'blue' } } },
    );
    await eventually(
      async () =>
        expect((await rig.spokeApp('c1', namespace, 'left-a'))?.metadata.annotations?.['example.com/owner']).toBe(
          'blue',
        ),
      20_000,
    );
  });

  test.each([
    ['fails half-way', 'e8-half', { kind: 'status', status: 500, continued: true }],
    ['is cut half-way', 'e8-cut', { kind: 'truncated', verb: 'list' }],
    ['returns nothing', 'e8-empty', { kind: 'empty-list', count: 2 }],
    ['returns nothing, and single reads fail', 'e8-worse', { kind: 'empty-list', count: 2 }],
  ] as const)('a list of the hub that %s deletes nothing', async (_what, name, fault) => {
    start({}, smallPages);
    await deliver(name);
    await deliver(`${name}-too`);
    const before = rig.publishes().length;
    if (name === 'e8-worse')
      rig.hub.front.setFault({ kind: 'status', status: 503, verb: 'get', resource: 'applications' });
    rig.hub.front.setFault({ ...fault, resource: 'applications' });
    // Makes the controller list anew.
    rig.hub.front.setFault({ kind: 'gone', resource: 'applications', count: 1 });
    rig.hub.front.forget();
    rig.hub.front.cutWatches({ resource: 'applications' });
    await eventually(
      () =>
        expect(
          rig.hub.front.requests({ verb: 'list', resource: 'applications', continued: name === 'e8-half' }).length,
        ).toBeGreaterThan(0),
      20_000,
    );
    await swept();
    expect(rig.publishes().slice(before)).toEqual([]);
    // Healed, it goes on.
    rig.hub.front.clearFaults();
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name },
      { metadata: { annotations: { 'example.com/owner': 'blue' } } },
    );
    await eventually(
      async () =>
        expect((await rig.spokeApp('c1', namespace, name))?.metadata.annotations?.['example.com/owner']).toBe('blue'),
      40_000,
    );
    expect(
      rig
        .publishes()
        .slice(before)
        .map(({ kind }) => kind),
    ).toEqual(['update']);
  });

  test('a Maestro that cannot be listed for a moment loses nothing', async () => {
    start();
    await deliver('e8-maestro');
    const { id, version } = await bundleOf('e8-maestro');
    await stop();
    rig.standIn.setFault({ kind: 'status', status: 500, channel: 'http', count: 3 });
    start();
    await read();
    await swept();
    expect((await bundleOf('e8-maestro')).version).toBe(version);
    expect(rig.publishes({ id })).toHaveLength(1);
  });

  test('a Maestro that lists nothing loses nothing, and gives no deletion for done', async () => {
    start();
    for (const name of ['e8-kept', 'e8-deleted']) await deliver(name);
    const [kept, deleted] = [await bundleOf('e8-kept'), await bundleOf('e8-deleted')];
    await stop();
    await deleteApp(rig, 'e8-deleted');
    start({}, emptyLists(2));
    await eventually(async () => {
      expect(await rig.hubApp(`${namespace}/e8-deleted`)).toBeUndefined();
      expect(await bundlesOf(rig, 'e8-deleted')).toEqual([]);
    }, 20_000);
    // Removed with its workload, not released and collected afterwards.
    expect(rig.spoke('c1').workload('e8-deleted', 'e8-deleted')).toBeUndefined();
    expect(rig.publishes({ id: deleted.id }).map(({ kind }) => kind)).toEqual(['create', 'delete']);
    await swept();
    expect((await bundleOf('e8-kept')).version).toBe(kept.version);
    expect(rig.publishes({ id: kept.id, kind: 'delete' })).toEqual([]);
    expect(rig.spoke('c1').workload('e8-kept', 'e8-kept')).toBeDefined();
  });

  test('more orphans than the brake allows: none is deleted, and somebody is told', async () => {
    start();
    const names = ['brake-a', 'brake-b', 'brake-c'];
    for (const name of names) await createApp(rig, name, { finalizers: [] });
    for (const name of names) await synced(name);
    await stop();
    for (const name of names) await deleteApp(rig, name);
    const before = rig.publishes().length;
    const [port = 0] = await freePorts(1);
    const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text();
    const gc = { intervalMs: 300, brake: { kind: 'count', count: 2 }, overrideBrake: false } as const;
    start({ gc, metricsAddress: { host: '127.0.0.1', port } });
    await eventually(async () => {
      expect(
        controller?.lines.filter((line) =>
          line.startsWith('error too many bundles have no hub application; none is deleted'),
        ),
      ).toEqual([expect.stringContaining('"orphans":3')]);
      expect(await metrics()).toMatch(/^maestro_gitops_gc_brake 1$/m);
      expect(await metrics()).toMatch(/^maestro_gitops_orphans 3$/m);
    }, 20_000);
    await swept();
    expect(rig.publishes().slice(before)).toEqual([]);
    for (const name of names) expect((await bundleOf(name)).deleted_at).toBeUndefined();
    // Told once, not at every sweep.
    expect(controller?.lines.filter((line) => line.includes('none is deleted'))).toHaveLength(1);

    // Others are delivered and deleted all the while.
    await deliver('brake-other');
    await deleteApp(rig, 'brake-other');
    await eventually(async () => expect(await rig.hubApp(`${namespace}/brake-other`)).toBeUndefined(), 20_000);

    // Somebody looked, and says so.
    await stop();
    start({ gc: { ...gc, overrideBrake: true }, metricsAddress: { host: '127.0.0.1', port } });
    for (const name of names) await spared(name);
    await eventually(async () => {
      expect(await metrics()).toMatch(/^maestro_gitops_gc_brake 0$/m);
      expect(await metrics()).toMatch(/^maestro_gitops_orphans 0$/m);
      expect(await metrics()).toMatch(/^maestro_gitops_orphans_deleted_total 3$/m);
    }, 20_000);
  });

  test('bundles of another hub, and of the Go controllers, are no garbage of ours', async () => {
    const other = await publishBundle(rig, application('other-hub'), { hubId: 'another-hub' });
    const go = await publishBundle(rig, application('go-written'));
    for (const name of ['other-hub', 'go-written'])
      await eventually(() => expect(rig.spoke('c1').workload(name, name)).toBeDefined(), 20_000);
    start({ gc: { intervalMs: 200, brake: { kind: 'count', count: 0 }, overrideBrake: true } });
    await read();
    await swept();
    for (const id of [other, go]) expect(rig.publishes({ id }).map(({ kind }) => kind)).toEqual(['create']);
    for (const name of ['other-hub', 'go-written']) expect((await bundleOf(name)).version).toBe(1);

    // By its name the Go controllers' bundle is taken over when its application comes, and deleted with it.
    await deliver('go-written');
    const adopted = await bundleOf('go-written');
    expect([adopted.id, adopted.version]).toEqual([go, 2]);
    expect(adopted.metadata.annotations?.[hubIdStamp]).toMatch(/^[0-9a-f-]{36}$/);
    await deleteApp(rig, 'go-written');
    await eventually(async () => {
      expect(await rig.hubApp(`${namespace}/go-written`)).toBeUndefined();
      expect(await bundlesOf(rig, 'go-written')).toEqual([]);
      expect(rig.spoke('c1').workload('go-written', 'go-written')).toBeUndefined();
    }, 20_000);
    expect((await bundleOf('other-hub')).deleted_at).toBeUndefined();
  });

  test('a set that preserves its resources is deleted: the workloads stay, the bundles go', async () => {
    start({ authorisation: 'placement' });
    const set = (preserve: boolean): KubeObject =>
      applicationSet('preserve', { spec: { syncPolicy: { preserveResourcesOnDeletion: preserve } } });
    await rig.hub.admin.create(kinds.applicationSets, set(false));
    const apps = { c1: 'c1-preserve', c2: 'c2-preserve' };
    const workload = (cluster: string): KubeObject | undefined => rig.spoke(cluster).workload('preserve', 'preserve');
    for (const name of Object.values(apps)) await synced(name);
    const uids = Object.keys(apps).map((cluster) => workload(cluster)?.metadata.uid);
    expect((await rig.hubApp(`${namespace}/${apps.c1}`))?.metadata.finalizers).toHaveLength(1);

    // Thought of late: the finalizers go from hub and clusters before the set does.
    await rig.hub.admin.mergePatch(
      kinds.applicationSets,
      { namespace, name: 'preserve' },
      { spec: set(true)['spec'] ?? null },
    );
    await eventually(async () => {
      for (const name of Object.values(apps))
        expect((await rig.hubApp(`${namespace}/${name}`))?.metadata.finalizers ?? []).toEqual([]);
    }, 20_000);
    await rig.hub.admin.delete(kinds.applicationSets, { namespace, name: 'preserve' });
    await eventually(async () => {
      for (const [cluster, name] of Object.entries(apps)) {
        expect(await rig.hubApp(`${namespace}/${name}`)).toBeUndefined();
        expect(await bundlesOf(rig, name)).toEqual([]);
        expect(await rig.spokeApp(cluster, namespace, name)).toBeUndefined();
      }
    }, 30_000);
    expect(Object.keys(apps).map((cluster) => workload(cluster)?.metadata.uid)).toEqual(uids);
    expect(uids.every((uid) => uid !== undefined)).toBe(true);
  });
});

/** So that a list of a few applications has several pages. */
const smallPages: Partial<ProcessParts> = {
  connectKube: async (settings, deps) => {
    const api = await connectKube(settings, deps);
    const listPage = api.listPage.bind(api);
    api.listPage = (path, query, options) => listPage(path, { ...query, limit: 1 }, options);
    return api;
  },
};

/** The first lists of bundles say that there are none. */
function emptyLists(count: number): Partial<ProcessParts> {
  let left = count;
  return {
    connectMaestro: async (settings) => {
      const maestro = await connectMaestro(settings, { clock: systemClock, random: Math.random });
      const listBundles = maestro.reader.listBundles.bind(maestro.reader);
      maestro.reader.listBundles = (query, options) => {
        left -= 1;
        return left < 0 ? listBundles(query, options) : nothing();
      };
      return maestro;
    },
  };
}

async function* nothing(): AsyncGenerator<readonly never[]> {
  await Promise.resolve();
  yield [];
}
