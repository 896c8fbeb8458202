import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { eventually, kinds, startRig, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { freePorts } from '../rig/wait.ts';
import { bundlesOf, deliveryMessages, source, sweepsEnd } from './bundles.ts';
import { metric } from './scrape.ts';
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

const pullModelAnnotation = 'maestro-cli.hyperfleet.io/pull-model';
const switchedOff = { reason: 'ClusterSwitchedOff' };

describe.skipIf(skipped)('a cluster that is switched off for the controllers', { timeout: 90_000 }, () => {
  let rig: Rig;
  let controller: RunningController | undefined;
  let port = 0;
  const start = async (overrides: Parameters<typeof startController>[1] = {}): Promise<void> => {
    [port = 0] = await freePorts(1);
    controller = startController(rig, { metricsAddress: { host: '127.0.0.1', port }, ...overrides });
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

  afterEach(async () => {
    await stop();
    await turn('c1', null);
  });

  const turn = async (name: string, pullModel: string | null): Promise<unknown> =>
    rig.hub.admin.mergePatch(
      kinds.managedClusters,
      { name },
      { metadata: { annotations: { [pullModelAnnotation]: pullModel } } },
    );
  const edit = async (name: string, change: JsonObject): Promise<unknown> =>
    rig.hub.admin.mergePatch(kinds.applications, { namespace, name }, change);
  const owner = (value: string): JsonObject => ({ metadata: { annotations: { 'example.com/owner': value } } });
  const ownerOn = async (cluster: string, name: string): Promise<unknown> =>
    (await rig.spokeApp(cluster, namespace, name))?.metadata.annotations?.['example.com/owner'];
  const deliver = async (name: string, options: AppOptions = {}): Promise<void> => {
    await createApp(rig, name, options);
    await eventually(
      async () => expect(at(await rig.hubApp(`${namespace}/${name}`), 'status', 'health', 'status')).toBe('Healthy'),
      20_000,
    );
  };
  const idOf = (name: string, cluster = 'c1'): string => bundleId(source, cluster, `${namespace}-${name}`);
  const parked = async (count: number): Promise<void> =>
    eventually(async () => expect(await metric(port, 'parked', switchedOff)).toBe(count), 20_000);
  /** An application of another cluster, whose edit arrives: the controllers have looked at all that came before. */
  const passes = async (name: string, value: string): Promise<void> => {
    await edit(name, owner(value));
    await eventually(async () => expect(await ownerOn('c2', name)).toBe(value), 20_000);
  };

  test('gets no publish, no deletion and no write on the hub, live and over a restart, and catches up when it is switched on', async () => {
    await start();
    const names = ['sw-same', 'sw-edit', 'sw-op', 'sw-del', 'sw-move', 'sw-out', 'sw-status'];
    for (const name of names) await createApp(rig, name);
    for (const name of names)
      await eventually(
        async () => expect(at(await rig.hubApp(`${namespace}/${name}`), 'status', 'health', 'status')).toBe('Healthy'),
        20_000,
      );
    await deliver('sw-other', { cluster: 'c2' });
    await turn('c1', 'classic');
    await parked(names.length);

    const before = rig.publishes().length;
    rig.hub.front.forget();
    await edit('sw-edit', owner('blue'));
    await edit('sw-op', { operation: { initiatedBy: { username: 'admin' }, sync: { revision: 'HEAD' } } });
    await deleteApp(rig, 'sw-del');
    await edit('sw-move', { metadata: { annotations: { [clusterAnnotation]: 'c2' } } });
    await edit('sw-out', {
      metadata: { labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': null } },
    });
    await createApp(rig, 'sw-new');
    rig.spoke('c1').argo.setHealth(namespace, 'sw-status', 'Degraded');
    await eventually(async () => expect(await rig.spokeApp('c2', namespace, 'sw-move')).toBeDefined(), 20_000);
    await passes('sw-other', 'blue');
    // Nor does a new leader know better.
    await stop();
    await start();
    // Without the one that moved and the one that opted out.
    await parked(names.length - 2 + 1);
    await passes('sw-other', 'green');
    // What the new leader would have done of the others stood in its queue before this.
    await passes('sw-other', 'red');

    const ids = new Set([...names, 'sw-new'].map((name) => idOf(name)));
    expect(
      rig
        .publishes()
        .slice(before)
        .filter(({ id }) => ids.has(id)),
    ).toEqual([]);
    const written = rig.hub.front
      .requests({ user: 'gitops-controller' })
      .filter(({ verb, kind }) => kind.resource === 'applications' && !['get', 'list', 'watch'].includes(verb));
    expect([...new Set(written.map(({ name }) => name))].filter((name) => name !== 'sw-other')).toEqual(['sw-move']);
    expect(await rig.hubApp(`${namespace}/sw-del`)).toBeDefined();
    expect(at(await rig.hubApp(`${namespace}/sw-op`), 'operation')).toBeDefined();
    expect(await rig.spokeApp('c1', namespace, 'sw-move')).toBeDefined();
    expect(deliveryMessages(await rig.hubApp(`${namespace}/sw-new`))).toEqual([]);

    await turn('c1', null);
    await eventually(async () => {
      expect(await ownerOn('c1', 'sw-edit')).toBe('blue');
      expect(await rig.hubApp(`${namespace}/sw-del`)).toBeUndefined();
      expect(await rig.spokeApp('c1', namespace, 'sw-del')).toBeUndefined();
      expect(await rig.spokeApp('c1', namespace, 'sw-move')).toBeUndefined();
      expect(await rig.spokeApp('c1', namespace, 'sw-out')).toBeUndefined();
      expect(at(await rig.hubApp(`${namespace}/sw-new`), 'status', 'health', 'status')).toBe('Healthy');
      expect(at(await rig.hubApp(`${namespace}/sw-status`), 'status', 'health', 'status')).toBe('Degraded');
      const op = await rig.hubApp(`${namespace}/sw-op`);
      expect([at(op, 'operation'), at(op, 'status', 'operationState', 'phase')]).toEqual([undefined, 'Succeeded']);
    }, 30_000);
    await parked(0);
    // What is equal is not published anew.
    expect(rig.publishes({ id: idOf('sw-same') })).toHaveLength(1);
    expect(controller?.lines.filter((line) => line.includes('switched'))).toEqual([
      expect.stringMatching(/^info hub and Maestro have been read .*"switchedOff":1/),
      expect.stringMatching(/^info a cluster is switched on for these controllers .*"cluster":"c1"/),
    ]);
  });

  test('keeps what has no application any more, which is no garbage and holds the brake for nobody', async () => {
    const gc = { intervalMs: 300, brake: { kind: 'count', count: 2 }, overrideBrake: false } as const;
    await start({ gc });
    const names = ['sw-gc-a', 'sw-gc-b', 'sw-gc-c'];
    for (const name of names) await createApp(rig, name, { finalizers: [] });
    for (const name of names)
      await eventually(async () => expect(await rig.spokeApp('c1', namespace, name)).toBeDefined(), 20_000);
    await deliver('sw-gc-other', { cluster: 'c2', finalizers: [] });
    await turn('c1', 'somebody-else');
    // With those that other tests left there.
    const applications = (await rig.hub.admin.list(kinds.applications)).items;
    await parked(
      applications.filter(
        ({ metadata: { annotations, labels } }) => annotations?.[clusterAnnotation] === 'c1' && labels?.[pullLabel],
      ).length,
    );
    for (const name of names) await deleteApp(rig, name);
    await deleteApp(rig, 'sw-gc-other');
    // Searches go on, and find what is garbage elsewhere.
    await eventually(async () => expect(await bundlesOf(rig, 'sw-gc-other')).toEqual([]), 20_000);
    await sweepsEnd(rig, 'sw-gc-later', { cluster: 'c2' });
    for (const name of names) expect(await bundlesOf(rig, name)).toHaveLength(1);
    // The sweep after that counts none.
    await eventually(async () =>
      expect([await metric(port, 'orphans'), await metric(port, 'gc_brake')]).toEqual([0, 0]),
    );
    await stop();
    // As many as that would hold the brake.
    await turn('c1', null);
    await start({ gc: { ...gc, brake: { kind: 'count', count: 10 } } });
    await eventually(async () => {
      for (const name of names) expect(await bundlesOf(rig, name)).toEqual([]);
    }, 20_000);
    for (const name of names) expect(rig.spoke('c1').workload(name, name)).toBeDefined();
  });
});
