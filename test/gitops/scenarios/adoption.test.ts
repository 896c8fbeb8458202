import { afterEach, describe, expect, test } from 'vitest';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { withVersion } from '../../../src/gitops/bundle/stored-bundle.ts';
import { wantedBundle } from '../../../src/gitops/handover/wanted.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { eventually, kinds, startRig, type KubeObject, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { deliveryMessages, publish, source } from './bundles.ts';
import { at, createApp, namespace, skipped, startController, type RunningController } from './support.ts';

const stamps = 'maestro-cli.hyperfleet.io';
const hubId = 'hub-1';
const settings = {
  deliverNamespace: false,
  deliverProject: false,
  leaveProjects: false,
  classicNamespace: 'open-cluster-management',
  ownNamespace: 'open-cluster-management',
};

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
    controller = startController(rig, { hubId });
    await turn('classic');
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
