import { afterEach, describe, expect, test } from 'vitest';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { withVersion } from '../../../src/gitops/bundle/stored-bundle.ts';
import { wantedBundle } from '../../../src/gitops/handover/wanted.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { eventually, kinds, startRig, type KubeObject, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { bundlesOf, deliveryMessages, publish, source } from './bundles.ts';
import { application, at, createApp, namespace, skipped, startController, type RunningController } from './support.ts';

const stamps = 'maestro-cli.hyperfleet.io';
const hubId = 'hub-1';
const settings = {
  deliverNamespace: false,
  deliverProject: false,
  leaveProjects: false,
  classicNamespace: 'open-cluster-management',
  ownNamespace: 'open-cluster-management',
};

describe.skipIf(skipped)('bundles that differ from ours in their stamps alone', { timeout: 60_000 }, () => {
  let rig: Rig;
  let controller: RunningController | undefined;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1'], applicationSets: false });
    },
    async () => {
      await rig?.stop();
    },
  );
  afterEach(async () => {
    const running = controller;
    controller = undefined;
    await running?.stop();
  });

  const idOf = (name: string): string => bundleId(source, 'c1', `${namespace}-${name}`);
  /** The agent looks every 100 ms and applies all again after four minutes. */
  const appliedAt = async (name: string, version: number): Promise<void> =>
    eventually(async () => {
      const [bundle] = await bundlesOf(rig, name);
      expect(bundle?.version).toBe(version);
      const { conditions = [] } = rig.spoke('c1').agent.statusOf(idOf(name)) ?? {};
      const applied = conditions.find(({ type }) => type === 'Applied');
      expect([applied?.status, applied?.observedGeneration]).toEqual(['True', version]);
      const hub = await rig.hubApp(`${namespace}/${name}`);
      expect(at(hub, 'status', 'health', 'status')).toBe('Healthy');
      expect(at(hub, 'status')).toEqual(at(await rig.spokeApp('c1', namespace, name), 'status'));
    }, 10_000);

  test('an application that was deleted and made anew with the same content has its status as soon as the agent looks', async () => {
    const ref = { namespace, name: 'anew' };
    controller = startController(rig, { hubId });
    await createApp(rig, ref.name, { finalizers: [] });
    await appliedAt(ref.name, 1);
    await controller.stop();
    await rig.hub.admin.delete(kinds.applications, ref);
    await createApp(rig, ref.name, { finalizers: [] });
    controller = startController(rig, { hubId });
    await appliedAt(ref.name, 2);
  });

  test('a bundle of the Go controllers that is equal to ours is applied at its version as soon as it is adopted, whoever put annotations on it', async () => {
    const name = 'adopted';
    const target = { id: idOf(name), consumer: 'c1', source };
    const app = application(name, { cluster: 'c1' });
    const plan = { source, hubId, settings };
    const hub = parseHubApplication(app);
    const { work } = wantedBundle({ hub, project: undefined, seen: undefined }, plan, `${namespace}-${name}`);
    if (work === undefined) throw new Error('nothing was built');
    const unstamped = Object.entries(work.annotations).filter(([key]) => !key.startsWith(stamps));
    await publish(rig, {
      kind: 'create',
      target,
      work: { ...work, annotations: Object.fromEntries(unstamped) },
    });
    await eventually(async () => expect(await rig.spokeApp('c1', namespace, name)).toBeDefined(), 20_000);
    await rig.hub.admin.create(kinds.applications, app);
    controller = startController(rig, { hubId });
    await appliedAt(name, 2);

    const [ours] = await bundlesOf(rig, name);
    const { labels = {}, annotations = {} } = ours?.metadata ?? {};
    const noted = { ...work, labels, annotations: { ...annotations, 'example.com/note': 'n' } };
    await publish(rig, { kind: 'update', target, work: noted, version: 2 });
    await appliedAt(name, 4);
    expect((await bundlesOf(rig, name))[0]?.metadata.annotations).not.toHaveProperty('example.com/note');
  });
});

describe.skipIf(skipped)('bundles that a migration writes', { timeout: 60_000 }, () => {
  let rig: Rig;
  let controller: RunningController | undefined;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1'], applicationSets: false });
    },
    async () => {
      await rig?.stop();
    },
  );
  afterEach(async () => {
    const running = controller;
    controller = undefined;
    await running?.stop();
  });

  const onHub = (name: string): Promise<KubeObject | undefined> => rig.hubApp(`${namespace}/${name}`);
  const health = async (name: string, expected: string): Promise<void> =>
    eventually(async () => expect(at(await onHub(name), 'status', 'health', 'status')).toBe(expected), 20_000);
  const turn = async (pullModel: string | null): Promise<unknown> =>
    rig.hub.admin.mergePatch(
      kinds.managedClusters,
      { name: 'c1' },
      { metadata: { annotations: { [`${stamps}/pull-model`]: pullModel } } },
    );
  const owner = async (name: string, value: string): Promise<unknown> =>
    rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name },
      { metadata: { annotations: { 'example.com/owner': value } } },
    );

  test('are left to it while they have its stamp, their status flows once the cluster is ours, and without the stamp they are adopted without a publish', async () => {
    // Before the controller reads anything: watches of clusters and applications tell nothing of each other's order.
    await turn('classic');
    controller = startController(rig, { hubId });
    const app = await createApp(rig, 'handed-over');
    const id = bundleId(source, 'c1', `${namespace}-handed-over`);
    const target = { id, consumer: 'c1', source };
    const hub = parseHubApplication(app);
    const plan = { source, hubId, settings };
    const { work, problems } = wantedBundle(
      { hub, project: undefined, seen: undefined },
      plan,
      `${namespace}-handed-over`,
    );
    expect(problems).toEqual([]);
    if (work === undefined) throw new Error('nothing was built');
    const stamped = { ...work, annotations: { ...work.annotations, [`${stamps}/migration`]: 'run-7' } };
    await publish(rig, { kind: 'create', target, work: withVersion(stamped, 1) });
    await eventually(async () => expect(await rig.spokeApp('c1', namespace, 'handed-over')).toBeDefined(), 20_000);
    expect(at(await onHub('handed-over'), 'status')).toBeUndefined();

    await turn(null);
    await health('handed-over', 'Healthy');
    await eventually(
      async () => expect(deliveryMessages(await onHub('handed-over')).join()).toContain('(Migrating)'),
      20_000,
    );
    await owner('handed-over', 'blue');
    rig.spoke('c1').argo.setHealth(namespace, 'handed-over', 'Degraded');
    await health('handed-over', 'Degraded');
    expect(rig.publishes({ id }).map(({ kind }) => kind)).toEqual(['create']);

    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'handed-over' },
      { metadata: { annotations: { 'example.com/owner': null } } },
    );
    await publish(rig, { kind: 'update', target, work: withVersion(work, 2), version: 1 });
    rig.spoke('c1').argo.setHealth(namespace, 'handed-over', 'Healthy');
    await health('handed-over', 'Healthy');
    await eventually(async () => expect(deliveryMessages(await onHub('handed-over'))).toEqual([]), 20_000);
    // Nor does a new leader publish it.
    await controller.stop();
    controller = startController(rig, { hubId });
    await createApp(rig, 'beside');
    await health('beside', 'Healthy');
    expect(rig.publishes({ id }).map(({ kind }) => kind)).toEqual(['create', 'update']);
    // It is ours now.
    await owner('handed-over', 'green');
    await eventually(async () => {
      const spoke = await rig.spokeApp('c1', namespace, 'handed-over');
      expect(spoke?.metadata.annotations?.['example.com/owner']).toBe('green');
    }, 20_000);
    expect(rig.publishes({ id })).toHaveLength(3);
  });

  test('of a frozen fleet are left as they are and say so, and new applications are delivered all the same', async () => {
    controller = startController(rig, { hubId });
    const app = await createApp(rig, 'held');
    await health('held', 'Healthy');
    const id = bundleId(source, 'c1', `${namespace}-held`);
    const hub = parseHubApplication(app);
    const plan = { source, hubId, settings };
    const { work } = wantedBundle({ hub, project: undefined, seen: undefined }, plan, `${namespace}-held`);
    if (work === undefined) throw new Error('nothing was built');
    const frozen = { ...work, annotations: { ...work.annotations, [`${stamps}/migration`]: 'freeze-1' } };
    await publish(rig, { kind: 'update', target: { id, consumer: 'c1', source }, work: frozen, version: 1 });
    await owner('held', 'blue');
    await eventually(
      async () =>
        expect(deliveryMessages(await onHub('held'))).toEqual([
          expect.stringMatching(/was frozen by freeze-1: "maestro-cli gitops unfreeze" lets it follow .*\(Frozen\)$/),
        ]),
      20_000,
    );
    await createApp(rig, 'fresh');
    await health('fresh', 'Healthy');
    rig.spoke('c1').argo.setHealth(namespace, 'held', 'Degraded');
    await health('held', 'Degraded');
    expect(rig.publishes({ id }).map(({ kind }) => kind)).toEqual(['create', 'update']);
  });
});
