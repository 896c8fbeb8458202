import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import {
  eventually,
  kinds,
  refreshAnnotation,
  setDecision,
  startRig,
  type BundleRow,
  type KubeObject,
  type Rig,
} from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { fastClock, LeapClock } from './fast-clock.ts';
import { at, createApp, namespace, reported, skipped, startController, type RunningController } from './support.ts';

const spokes = ['c1'];
const manual = { syncPolicy: { syncOptions: ['CreateNamespace=true'] } };
const boundMs = 20_000;

/** A sync as the hub's UI starts it. */
function sync(over: JsonObject = {}): JsonObject {
  return { initiatedBy: { username: 'admin' }, retry: { limit: 5 }, sync: { revision: 'HEAD', ...over } };
}

describe.skipIf(skipped)('what is passed on once', { timeout: 90_000 }, () => {
  let rig: Rig;
  let controller: RunningController;

  keepRig(
    async () => {
      rig = await startRig({ clusters: spokes });
      await setDecision(rig.hub, namespace, 'all', spokes);
      controller = startController(rig);
    },
    async () => {
      await controller?.stop();
      await rig?.stop();
    },
  );

  afterEach(() => {
    for (const cluster of spokes) {
      rig.spoke(cluster).argo.holdOperations(false);
      rig.spoke(cluster).agent.setOnline(true);
    }
  });

  const hub = (name: string): Promise<KubeObject | undefined> => rig.hubApp(`${namespace}/${name}`);
  const spoke = (name: string): Promise<KubeObject | undefined> => rig.spokeApp('c1', namespace, name);
  const bundleOf = async (name: string): Promise<BundleRow> => {
    const found = (await rig.maestroBundles('c1')).find(({ metadata }) => metadata.name === `${namespace}-${name}`);
    if (found === undefined) throw new Error(`no bundle for ${name}`);
    return found;
  };
  const syncs = async (name: string): Promise<number> =>
    ((at(await spoke(name), 'status', 'history') ?? []) as readonly unknown[]).length;
  /** Puts `.operation` on the hub application as the hub's API does, which clears the state of the one before. */
  const start = async (name: string, operation: JsonObject): Promise<void> => {
    const cleared =
      at(await hub(name), 'status', 'operationState') === undefined
        ? []
        : [{ op: 'remove', path: '/status/operationState' }];
    await rig.hub.admin.jsonPatch(kinds.applications, { namespace, name }, [
      { op: 'add', path: '/operation', value: operation },
      ...cleared,
    ]);
  };
  /** An application whose syncs are all started by hand, compared once. */
  const createManual = async (name: string): Promise<void> => {
    await createApp(rig, name, { cluster: 'c1', spec: manual });
    await eventually(async () => expect(at(await hub(name), 'status', 'sync', 'status')).toBe('OutOfSync'), boundMs);
  };
  const running = (name: string): Promise<void> =>
    eventually(async () => {
      expect(at(await spoke(name), 'status', 'operationState', 'phase')).toBe('Running');
      expect(await hub(name)).not.toHaveProperty('operation');
    }, boundMs);
  /** Reports that come while an operation runs: of the state of what it deploys. */
  const severalReports = async (name: string): Promise<void> => {
    for (const image of ['one', 'two', 'three', 'four']) {
      await rig
        .spoke('c1')
        .admin.mergePatch(kinds.applications, { namespace, name }, { status: { summary: { images: [image] } } });
      await eventually(async () => {
        const bundle = await bundleOf(name);
        expect(at(reported(bundle), 'summary', 'images')).toEqual([image]);
        expect(bundle.manifests[0]).toHaveProperty('operation');
        expect(await spoke(name)).toHaveProperty('operation');
      }, boundMs);
    }
  };
  /** Times of Argo CD are whole seconds: the next operation starts in another one. */
  const anotherSecond = async (name: string): Promise<void> => {
    const startedAt = String(at(await spoke(name), 'status', 'operationState', 'startedAt'));
    await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(startedAt) + 1_000));
  };
  const settled = (name: string, count: number, clock?: LeapClock): Promise<void> => {
    const wait = clock === undefined ? eventually : clock.eventually.bind(clock);
    return wait(async () => {
      expect(await syncs(name)).toBe(count);
      const app = await hub(name);
      expect(app).not.toHaveProperty('operation');
      expect(at(app, 'status', 'operationState', 'phase')).toBe('Succeeded');
      expect(app?.['status']).toEqual((await spoke(name))?.['status']);
      const bundle = await bundleOf(name);
      expect(bundle.manifests[0]).not.toHaveProperty('operation');
      expect(at(bundle, 'status', 'ObservedVersion')).toBe(bundle.version);
    }, boundMs);
  };

  test('an operation is synced once, and its bundle drops it only when it has ended', async () => {
    await createManual('d1');
    const { argo } = rig.spoke('c1');
    argo.holdOperations(true);
    await start('d1', sync());
    await running('d1');
    await severalReports('d1');
    const { version } = await bundleOf('d1');
    expect(version).toBe(2);
    // An edit meanwhile travels with the operation, which goes on.
    const startedAt = at(await spoke('d1'), 'status', 'operationState', 'startedAt');
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'd1' },
      { metadata: { labels: { edited: 'meanwhile' } } },
    );
    await eventually(
      async () => expect((await spoke('d1'))?.metadata.labels).toEqual({ edited: 'meanwhile' }),
      boundMs,
    );
    await severalReports('d1');
    expect(at(await spoke('d1'), 'status', 'operationState', 'startedAt')).toBe(startedAt);

    argo.holdOperations(false);
    await settled('d1', 1);
    expect((await bundleOf('d1')).version).toBe(version + 2);
    // A later refresh, as Argo CD has one every few minutes, starts nothing.
    const { finishedAt } = at(await spoke('d1'), 'status', 'operationState') as { finishedAt: string };
    await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(finishedAt) + 1_000));
    argo.touch(namespace, 'd1');
    await eventually(
      async () =>
        expect(Date.parse(String(at(reported(await bundleOf('d1')), 'reconciledAt')))).toBeGreaterThan(
          Date.parse(finishedAt),
        ),
      boundMs,
    );
    expect(await syncs('d1')).toBe(1);
  });

  test('of many versions the cluster gets the latest alone, and the operation is still synced once', async () => {
    await createManual('d1-latest');
    const { agent } = rig.spoke('c1');
    agent.setOnline(false);
    await start('d1-latest', sync());
    await eventually(async () => expect((await bundleOf('d1-latest')).version).toBe(2), boundMs);
    for (const edit of ['one', 'two', 'three']) {
      const { version } = await bundleOf('d1-latest');
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'd1-latest' },
        { metadata: { labels: { edit } } },
      );
      await eventually(async () => expect((await bundleOf('d1-latest')).version).toBe(version + 1), boundMs);
    }
    expect((await bundleOf('d1-latest')).manifests[0]).toHaveProperty('operation');
    expect(await hub('d1-latest')).toHaveProperty('operation');
    expect(await spoke('d1-latest')).not.toHaveProperty('operation');
    agent.setOnline(true);
    await settled('d1-latest', 1);
    expect((await spoke('d1-latest'))?.metadata.labels).toEqual({ edit: 'three' });
  });

  test.each([
    ['by somebody', 'd1-auto', sync()],
    ['by nobody in particular', 'd1-auto-bare', { sync: {} }],
  ])(
    'an operation started %s, of an application that synced by itself before, ends too',
    async (_, name, operation) => {
      await createApp(rig, name, { cluster: 'c1' });
      await eventually(
        async () => expect(at(await hub(name), 'status', 'operationState', 'phase')).toBe('Succeeded'),
        boundMs,
      );
      const before = await syncs(name);
      await anotherSecond(name);
      await start(name, operation);
      await settled(name, before + 1);
      // Argo CD merges it into the state of the one before.
      expect(at(await spoke(name), 'status', 'operationState', 'operation', 'initiatedBy', 'automated')).toBe(true);
      const { version } = await bundleOf(name);
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name },
        { metadata: { labels: { edited: 'afterwards' } } },
      );
      await eventually(
        async () => expect((await spoke(name))?.metadata.labels).toEqual({ edited: 'afterwards' }),
        boundMs,
      );
      await settled(name, before + 1);
      expect((await bundleOf(name)).version).toBe(version + 1);
    },
  );

  test('an operation that is set while the cluster syncs by itself is not discarded by it', async () => {
    const { argo } = rig.spoke('c1');
    argo.holdOperations(true);
    await createApp(rig, 'd2-auto', { cluster: 'c1' });
    await eventually(
      async () => expect(at(await hub('d2-auto'), 'status', 'operationState', 'phase')).toBe('Running'),
      boundMs,
    );
    await start('d2-auto', sync({ prune: true }));
    // A change of its content goes to the cluster meanwhile.
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'd2-auto' },
      { metadata: { labels: { edited: 'meanwhile' } } },
    );
    await eventually(
      async () => expect((await spoke('d2-auto'))?.metadata.labels).toEqual({ edited: 'meanwhile' }),
      boundMs,
    );
    expect(await hub('d2-auto')).toHaveProperty('operation');
    expect((await bundleOf('d2-auto')).manifests[0]).not.toHaveProperty('operation');
    await anotherSecond('d2-auto');
    argo.holdOperations(false);
    await settled('d2-auto', 2);
  });

  test('an operation that fails ends too', async () => {
    await createManual('d1-fails');
    rig.spoke('c1').argo.failOperations(true);
    try {
      await start('d1-fails', sync());
      await eventually(async () => {
        expect(at(await hub('d1-fails'), 'status', 'operationState', 'phase')).toBe('Failed');
        expect((await bundleOf('d1-fails')).manifests[0]).not.toHaveProperty('operation');
      }, boundMs);
    } finally {
      rig.spoke('c1').argo.failOperations(false);
    }
    expect(await syncs('d1-fails')).toBe(0);
  });

  test.each([
    ['another', 'd2-other', sync({ prune: true })],
    ['the same', 'd2-same', sync()],
  ])(
    '%s operation, set while the first is under way, waits on the hub and is synced after it',
    async (_, name, second) => {
      await createManual(name);
      const { argo } = rig.spoke('c1');
      argo.holdOperations(true);
      await start(name, sync());
      await running(name);
      await start(name, second);
      await severalReports(name);
      expect(at(await hub(name), 'operation')).toEqual(second);
      expect((await bundleOf(name)).version).toBe(2);
      await anotherSecond(name);
      argo.holdOperations(false);
      await settled(name, 2);
      expect(at(await spoke(name), 'status', 'operationState', 'operation')).toMatchObject(second);
    },
  );

  test('an operation that replaces one before that was looked at is the one that is synced last', async () => {
    await createManual('d2-quick');
    for (const name of ['a', 'b', 'c', 'd']) await start('d2-quick', sync({ syncOptions: [`Try=${name}`] }));
    await eventually(async () => {
      expect(at(await spoke('d2-quick'), 'status', 'operationState', 'operation', 'sync', 'syncOptions')).toEqual([
        'Try=d',
      ]);
      expect(at(await hub('d2-quick'), 'status', 'operationState', 'phase')).toBe('Succeeded');
      expect(await hub('d2-quick')).not.toHaveProperty('operation');
    }, boundMs);
  });

  test('refreshes reach the cluster, one after the other, and leave the hub', async () => {
    await createManual('d3');
    for (const kind of ['normal', 'hard', 'hard']) {
      const before = String(at(await spoke('d3'), 'status', 'reconciledAt'));
      await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(before) + 1_000));
      const { version } = await bundleOf('d3');
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'd3' },
        { metadata: { annotations: { [refreshAnnotation]: kind } } },
      );
      await eventually(async () => {
        expect((await hub('d3'))?.metadata.annotations?.[refreshAnnotation]).toBeUndefined();
        const app = await spoke('d3');
        expect(app?.metadata.annotations?.[refreshAnnotation]).toBeUndefined();
        expect(Date.parse(String(at(app, 'status', 'reconciledAt')))).toBeGreaterThan(Date.parse(before));
        const bundle = await bundleOf('d3');
        expect(bundle.version).toBe(version + 2);
        expect(at(bundle.manifests[0], 'metadata', 'annotations', refreshAnnotation)).toBeUndefined();
        expect(at(bundle, 'status', 'ObservedVersion')).toBe(bundle.version);
      }, boundMs);
    }
    expect(rig.publishes({ id: (await bundleOf('d3')).id })).toHaveLength(7);
  });

  test('a hard refresh that is asked for while a normal one is under way is not swallowed by it', async () => {
    await createManual('d3-hard');
    const { agent } = rig.spoke('c1');
    const seen: unknown[] = [];
    const refresh = async (kind: string): Promise<void> => {
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'd3-hard' },
        { metadata: { annotations: { [refreshAnnotation]: kind } } },
      );
    };
    agent.setOnline(false);
    await refresh('normal');
    await eventually(
      async () =>
        expect(at((await bundleOf('d3-hard')).manifests[0], 'metadata', 'annotations', refreshAnnotation)).toBe(
          'normal',
        ),
      boundMs,
    );
    expect((await hub('d3-hard'))?.metadata.annotations?.[refreshAnnotation]).toBe('normal');
    await refresh('hard');
    const before = String(at(await spoke('d3-hard'), 'status', 'reconciledAt'));
    await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(before) + 1_000));
    agent.setOnline(true);
    await eventually(async () => {
      seen.push(at((await bundleOf('d3-hard')).manifests[0], 'metadata', 'annotations', refreshAnnotation));
      expect(seen).toContain('hard');
      expect((await hub('d3-hard'))?.metadata.annotations?.[refreshAnnotation]).toBeUndefined();
    }, boundMs);
  });

  test('a refresh that is asked for while the same one is under way is another one, where its time tells', async () => {
    await createManual('d3-twice');
    const { agent } = rig.spoke('c1');
    const ask = async (timestamp: string): Promise<void> => {
      const annotations = { [refreshAnnotation]: 'normal', [`${refreshAnnotation}-timestamp`]: timestamp };
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'd3-twice' },
        { metadata: { annotations } },
      );
    };
    const travels = async (): Promise<boolean> =>
      at((await bundleOf('d3-twice')).manifests[0], 'metadata', 'annotations', refreshAnnotation) === 'normal';
    agent.setOnline(false);
    await ask('one');
    await eventually(async () => expect(await travels()).toBe(true), boundMs);
    await ask('two');
    const { version } = await bundleOf('d3-twice');
    agent.setOnline(true);
    await eventually(async () => {
      expect((await hub('d3-twice'))?.metadata.annotations?.[refreshAnnotation]).toBeUndefined();
      // Without the first, with the second, without the second.
      expect((await bundleOf('d3-twice')).version).toBe(version + 3);
      expect(await travels()).toBe(false);
    }, boundMs);
    expect(
      Object.keys((await spoke('d3-twice'))?.metadata.annotations ?? {}).filter((name) =>
        name.startsWith(refreshAnnotation),
      ),
    ).toEqual([]);
  });

  test('what the start of an operation clears on the hub is put back', async () => {
    await createManual('cleared');
    await start('cleared', sync());
    await settled('cleared', 1);
    const before = await hub('cleared');
    // Cleared by itself: nothing new comes from the cluster that could repair it.
    await rig.hub.admin.jsonPatch(kinds.applications, { namespace, name: 'cleared' }, [
      { op: 'remove', path: '/status/operationState' },
    ]);
    await eventually(async () => expect((await hub('cleared'))?.['status']).toEqual(before?.['status']), boundMs);
    await rig.hub.admin.jsonPatch(kinds.applications, { namespace, name: 'cleared' }, [
      { op: 'remove', path: '/status' },
    ]);
    await eventually(async () => expect((await hub('cleared'))?.['status']).toEqual(before?.['status']), boundMs);
    // Cleared by a start: the state of the new operation comes, and ends like that on the cluster.
    await anotherSecond('cleared');
    await start('cleared', sync());
    await settled('cleared', 2);
  });

  test('what an ApplicationSet asks for again while the first runs is synced once more when that has ended, and never taken back', async () => {
    const rolling = {
      info: [{ name: 'Reason', value: 'ApplicationSet RollingSync triggered a sync' }],
      initiatedBy: { username: 'applicationset-controller', automated: true },
      retry: { limit: 5 },
      sync: {},
    };
    await createManual('d4-repeated');
    const { argo } = rig.spoke('c1');
    argo.holdOperations(true);
    await start('d4-repeated', rolling);
    await running('d4-repeated');
    await start('d4-repeated', rolling);
    await severalReports('d4-repeated');
    expect(await hub('d4-repeated')).toHaveProperty('operation');
    argo.holdOperations(false);
    await settled('d4-repeated', 2);
    // 1 without, 2 with the first, 3 without, 4 with the second, 5 without.
    expect((await bundleOf('d4-repeated')).version).toBe(5);
  });

  test('an operation that Argo CD discards at the end of another one is sent once more', async () => {
    await createApp(rig, 'd1-discarded', { cluster: 'c1' });
    await eventually(
      async () => expect(at(await hub('d1-discarded'), 'status', 'operationState', 'phase')).toBe('Succeeded'),
      boundMs,
    );
    const before = await syncs('d1-discarded');
    // A minute of the controllers passes in three seconds.
    await controller.stop();
    controller = startController(rig, { callTimeoutMs: 600_000 }, {}, fastClock(20));
    const { agent, argo } = rig.spoke('c1');
    await anotherSecond('d1-discarded');
    agent.setOnline(false);
    argo.holdOperations(true);
    argo.push();
    await eventually(
      async () => expect(at(await spoke('d1-discarded'), 'status', 'operationState', 'phase')).toBe('Running'),
      boundMs,
    );
    // Nobody on the hub knows of that sync yet.
    await start('d1-discarded', sync({ prune: true }));
    await eventually(
      async () => expect((await bundleOf('d1-discarded')).manifests[0]).toHaveProperty('operation.sync.prune', true),
      boundMs,
    );
    agent.setOnline(true);
    await eventually(
      async () => expect(await spoke('d1-discarded')).toHaveProperty('operation.sync.prune', true),
      boundMs,
    );
    await anotherSecond('d1-discarded');
    argo.holdOperations(false);
    await settled('d1-discarded', before + 2);
    expect(at(await spoke('d1-discarded'), 'status', 'operationState', 'operation', 'sync', 'prune')).toBe(true);
    expect(
      controller.lines.filter((line) => line.includes('which is sent once more') && line.includes('d1-discarded')),
    ).toHaveLength(1);
  });

  test('an application that was left Running without an operation gets the next one after a limit', async () => {
    await createApp(rig, 'd2-stuck', { cluster: 'c1', spec: manual });
    await eventually(
      async () => expect(at(await hub('d2-stuck'), 'status', 'sync', 'status')).toBe('OutOfSync'),
      boundMs,
    );
    // As the Go controllers leave it, which take `.operation` away between two waves.
    const left = {
      phase: 'Running',
      startedAt: '2026-01-01T00:00:00Z',
      message: 'waiting for completion of hook',
      operation: { sync: { revision: 'HEAD' } },
    };
    await rig
      .spoke('c1')
      .admin.mergePatch(kinds.applications, { namespace, name: 'd2-stuck' }, { status: { operationState: left } });
    await eventually(
      async () => expect(at(await hub('d2-stuck'), 'status', 'operationState', 'phase')).toBe('Running'),
      boundMs,
    );
    await controller.stop();
    const clock = new LeapClock();
    controller = startController(rig, { callTimeoutMs: 600_000 }, {}, clock);
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'd2-stuck' },
      { operation: sync({ prune: true }) },
    );
    // After ten minutes of the controllers.
    await clock.eventually(
      async () => expect((await bundleOf('d2-stuck')).manifests[0]).toHaveProperty('operation.sync.prune', true),
      60_000,
      30_000,
    );
    // Argo CD goes on with the old one first, and takes the new one away at its end: that is sent once more.
    await settled('d2-stuck', 2, clock);
    expect(at(await spoke('d2-stuck'), 'status', 'operationState', 'operation', 'sync', 'prune')).toBe(true);
  });
});
