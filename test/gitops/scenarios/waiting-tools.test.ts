import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { operationMark } from '../../../src/gitops/bundle/operation-mark.ts';
import {
  eventually,
  kinds,
  refreshAnnotation,
  setDecision,
  startRig,
  type KubeObject,
  type Rig,
} from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { ArgoCli } from './argocd-cli.ts';
import { at, createApp, deleteApp, namespace, skipped, startController, type RunningController } from './support.ts';

const manual = { syncPolicy: { syncOptions: ['CreateNamespace=true'] } };
const boundMs = 20_000;
const sync = (over: JsonObject = {}): JsonObject => ({
  initiatedBy: { username: 'admin' },
  sync: { revision: 'HEAD', ...over },
});

describe.skipIf(skipped)('whoever waits on the hub', { timeout: 90_000 }, () => {
  let rig: Rig;
  let controller: RunningController;
  let cli: ArgoCli;

  keepRig(
    async () => {
      // Slower than all else, as in life.
      rig = await startRig({ clusters: ['c1'], statusSyncMs: 400 });
      await setDecision(rig.hub, namespace, 'all', ['c1']);
      controller = startController(rig);
      cli = new ArgoCli(rig, namespace);
    },
    async () => {
      await controller?.stop();
      await rig?.stop();
    },
  );

  afterEach(() => {
    const { argo, agent } = rig.spoke('c1');
    argo.holdOperations(false);
    argo.failOperations(false);
    agent.setOnline(true);
  });

  const hub = (name: string): Promise<KubeObject | undefined> => rig.hubApp(`${namespace}/${name}`);
  const spoke = (name: string): Promise<KubeObject | undefined> => rig.spokeApp('c1', namespace, name);
  const syncs = async (name: string): Promise<number> =>
    ((at(await spoke(name), 'status', 'history') ?? []) as readonly unknown[]).length;
  const target = (): string => rig.spoke('c1').argo.revisionOf('https://git.example.com/team/apps', 'HEAD');
  const create = async (name: string): Promise<void> => {
    await createApp(rig, name, { spec: manual });
    await eventually(async () => expect(at(await hub(name), 'status', 'sync', 'status')).toBe('OutOfSync'), boundMs);
  };
  const travels = (name: string): Promise<void> =>
    eventually(async () => {
      const row = (await rig.maestroBundles('c1')).find(({ metadata }) => metadata.name === `${namespace}-${name}`);
      expect(row?.manifests[0]).toHaveProperty('operation');
    }, boundMs);
  const atRest = (name: string): Promise<void> =>
    eventually(async () => {
      const row = (await rig.maestroBundles('c1')).find(({ metadata }) => metadata.name === `${namespace}-${name}`);
      expect([
        (await hub(name))?.['operation'],
        row?.manifests[0]?.['operation'],
        at(row, 'status', 'ObservedVersion'),
      ]).toEqual([undefined, undefined, row?.version]);
    }, boundMs);

  test('for syncs, one after the other, gets the end of each, and the state after it', async () => {
    await create('ok');
    for (const number of [1, 2, 3]) {
      rig.spoke('c1').argo.push();
      const { phase, operation, app } = await cli.sync('ok', sync({ syncOptions: [`Number=${String(number)}`] }));
      expect([phase, at(operation, 'sync', 'syncOptions')]).toEqual(['Succeeded', [`Number=${String(number)}`]]);
      expect([at(app, 'status', 'sync', 'status'), at(app, 'status', 'sync', 'revision')]).toEqual([
        'Synced',
        target(),
      ]);
      expect(await syncs('ok')).toBe(number);
    }
  });

  test('for a sync that fails gets the failure, not the success before; and for the next one its success, not the failure', async () => {
    await create('fails');
    expect((await cli.sync('fails', sync())).phase).toBe('Succeeded');
    rig.spoke('c1').argo.failOperations(true);
    expect((await cli.sync('fails', sync())).phase).toBe('Failed');
    rig.spoke('c1').argo.failOperations(false);
    expect((await cli.sync('fails', sync())).phase).toBe('Succeeded');
    expect(await syncs('fails')).toBe(2);
  });

  test('for a sync of a cluster that is away waits until that is back', async () => {
    await create('away');
    const { agent } = rig.spoke('c1');
    agent.setOnline(false);
    let over = false;
    const waiting = cli.sync('away', sync()).finally(() => (over = true));
    await travels('away');
    // An edit goes along, and what the hub shows says nothing of a sync that nobody has begun.
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'away' },
      { metadata: { labels: { edited: 'meanwhile' } } },
    );
    await eventually(async () => {
      const row = (await rig.maestroBundles('c1')).find(({ metadata }) => metadata.name === `${namespace}-away`);
      expect(at(row?.manifests[0], 'metadata', 'labels', 'edited')).toBe('meanwhile');
    }, boundMs);
    expect([over, (await hub('away'))?.['operation']]).toEqual([false, sync()]);
    agent.setOnline(true);
    expect((await waiting).phase).toBe('Succeeded');
    expect(await syncs('away')).toBe(1);
  });

  test.each(['before it is passed on', 'while it runs'])(
    'for a sync gets its end although the controllers are replaced %s',
    async (moment) => {
      const name = moment === 'while it runs' ? 'restart-runs' : 'restart-waits';
      await create(name);
      const { agent, argo } = rig.spoke('c1');
      argo.holdOperations(true);
      if (moment !== 'while it runs') await controller.stop();
      const waiting = cli.sync(name, sync());
      if (moment === 'while it runs') {
        await eventually(
          async () => expect(at(await spoke(name), 'status', 'operationState', 'phase')).toBe('Running'),
          boundMs,
        );
        agent.setOnline(false);
        await controller.stop();
      }
      controller = startController(rig);
      agent.setOnline(true);
      await eventually(
        async () => expect(at(await hub(name), 'status', 'operationState', 'phase')).toBe('Running'),
        boundMs,
      );
      expect(await hub(name)).not.toHaveProperty('operation');
      argo.holdOperations(false);
      expect((await waiting).phase).toBe('Succeeded');
      await atRest(name);
      expect(await syncs(name)).toBe(1);
    },
  );

  test('for a sync that began and ended between two reports gets its end', async () => {
    await create('between');
    const { agent } = rig.spoke('c1');
    const waiting = cli.sync('between', sync());
    await eventually(async () => expect(await spoke('between')).toHaveProperty('operation'), boundMs);
    agent.setOnline(false);
    await eventually(async () => expect(await syncs('between')).toBe(1), boundMs);
    agent.setOnline(true);
    expect((await waiting).phase).toBe('Succeeded');
    await atRest('between');
    expect(await syncs('between')).toBe(1);
  });

  test('sees of each operation that is on the hub no older state, and the first state with it gone is its own', async () => {
    await create('order');
    await cli.sync('order', sync({ syncOptions: ['Number=0'] }));
    const seen: JsonObject[] = [];
    const from = await hub('order');
    const ended = new AbortController();
    const watching = (async () => {
      for await (const { object } of rig.hub.admin.watch(
        kinds.applications,
        from?.metadata.resourceVersion ?? '',
        ended.signal,
      )) {
        if (object.metadata.name === 'order') seen.push(object);
      }
    })().catch(() => undefined);
    await cli.sync('order', sync({ syncOptions: ['Number=1'] }));
    ended.abort();
    await watching;
    const states = seen.map((app) => [
      app['operation'] !== undefined,
      at(app, 'status', 'operationState', 'operation', 'sync', 'syncOptions', 0),
    ]);
    const first = states.findIndex(([there]) => there === true);
    const last = states.findLastIndex(([there]) => there === true);
    expect(first).toBeGreaterThan(-1);
    for (const state of states.slice(first, last + 1)) expect(state).toEqual([true, undefined]);
    expect(states.length).toBeGreaterThan(last + 1);
    for (const state of states.slice(last + 1)) expect(state).toEqual([false, 'Number=1']);
  });

  test('for a refresh gets what was pushed before it', async () => {
    await create('refresh');
    await cli.sync('refresh', sync());
    for (const kind of ['normal', 'hard', 'normal'] as const) {
      const before = String(at(await spoke('refresh'), 'status', 'reconciledAt'));
      await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(before) + 1_000));
      rig.spoke('c1').argo.push();
      const app = await cli.refresh('refresh', kind);
      expect(at(app, 'status', 'sync', 'revision')).toBe(target());
    }
  });

  test('finds nothing left of an operation that somebody takes off the hub by hand: it is carried through all the same, once', async () => {
    await create('by-hand');
    const { agent } = rig.spoke('c1');
    agent.setOnline(false);
    await rig.hub.admin.mergePatch(kinds.applications, { namespace, name: 'by-hand' }, { operation: sync() });
    await travels('by-hand');
    await rig.hub.admin.mergePatch(kinds.applications, { namespace, name: 'by-hand' }, { operation: null });
    agent.setOnline(true);
    await atRest('by-hand');
    await eventually(
      async () => expect(at(await hub('by-hand'), 'status', 'operationState', 'phase')).toBe('Succeeded'),
      boundMs,
    );
    expect(await syncs('by-hand')).toBe(1);
  });

  test('is held up by no operation when the application is deleted meanwhile', async () => {
    await create('deleted');
    rig.spoke('c1').argo.holdOperations(true);
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'deleted' },
      { operation: sync(), metadata: { annotations: { [refreshAnnotation]: 'hard' } } },
    );
    await travels('deleted');
    await deleteApp(rig, 'deleted');
    await eventually(
      async () => expect([await hub('deleted'), await spoke('deleted')]).toEqual([undefined, undefined]),
      boundMs,
    );
  });

  test('sees the mark by which the operation is told from others', async () => {
    await create('marked');
    const { operation } = await cli.sync('marked', sync());
    expect(operationMark(operation as JsonObject)).not.toBe('');
  });

  test('gets the same from two processes with a role each', async () => {
    await controller.stop();
    const other = startController(rig, { controllers: { propagation: false, aggregation: true } });
    controller = startController(rig, { controllers: { propagation: true, aggregation: false } });
    try {
      await create('roles');
      for (const number of [1, 2]) {
        const { phase, app } = await cli.sync('roles', sync());
        expect([phase, at(app, 'status', 'sync', 'status'), await syncs('roles')]).toEqual([
          'Succeeded',
          'Synced',
          number,
        ]);
      }
    } finally {
      await other.stop();
    }
  });
});
