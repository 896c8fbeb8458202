import { afterEach, describe, expect, test } from 'vitest';
import { eventually, kinds, startRig, type KubeObject, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { bundlesOf, deliveryMessages, publishBundle, source } from './bundles.ts';
import { cliOn } from './cli.ts';
import { application, at, createApp, namespace, skipped, startController, type RunningController } from './support.ts';

const stamps = 'maestro-cli.hyperfleet.io';

describe.skipIf(skipped)('J5: freezing and unfreezing', { timeout: 60_000 }, () => {
  let rig: Rig;
  let controller: RunningController | undefined;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1', 'c2'], applicationSets: false });
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

  const start = (): void => {
    controller = startController(rig, { gc: { brake: { kind: 'count', count: 10 }, overrideBrake: false } });
  };
  const hub = async (name: string): Promise<KubeObject | undefined> => rig.hubApp(`${namespace}/${name}`);
  const health = async (name: string, expected = 'Healthy'): Promise<void> =>
    eventually(async () => expect(at(await hub(name), 'status', 'health', 'status')).toBe(expected), 20_000);
  const spokeRevision = async (name: string, cluster = 'c1'): Promise<unknown> =>
    at(await rig.spokeApp(cluster, namespace, name), 'spec', 'source', 'targetRevision');
  const edit = async (where: 'hub' | 'c1', name: string, targetRevision: string): Promise<void> => {
    const client = where === 'hub' ? rig.hub.admin : rig.spoke(where).admin;
    await client.mergePatch(kinds.applications, { namespace, name }, { spec: { source: { targetRevision } } });
  };
  const published = async (name: string): Promise<number> =>
    rig.publishes({ id: (await bundlesOf(rig, name))[0]?.id ?? '' }).length;
  /** Another look of the agent at what it holds has come in: what was to be reverted would have been. */
  const reportAfter = async (name: string): Promise<void> => {
    rig.spoke('c1').argo.setHealth(namespace, name, 'Degraded');
    await health(name, 'Degraded');
    rig.spoke('c1').argo.setHealth(namespace, name, 'Healthy');
    await health(name);
  };

  test('frozen, edits of hub and cluster stay as they are and status still flows; unfrozen, what the hub says is enforced again', async () => {
    start();
    for (const name of ['web', 'shop']) {
      await createApp(rig, name);
      await health(name);
    }
    const dry = await cliOn(rig, ['gitops', 'freeze', '--dry-run']);
    expect(dry).toMatchObject({ exitCode: 0 });
    expect(dry.stdout).toContain(`Application ${namespace}/web on c1: would be frozen`);
    // Nothing is told as done that is not.
    expect(dry.stderr).toMatch(/\d would be frozen/);
    expect(await published('web')).toBe(1);

    const frozen = await cliOn(rig, ['gitops', 'freeze', '--yes']);
    expect(frozen.stderr + frozen.stdout).toContain(`Application ${namespace}/web on c1: frozen (version 2)`);
    expect(frozen.exitCode).toBe(0);
    const [bundle] = await bundlesOf(rig, 'web');
    expect(at(bundle, 'manifest_configs', 0, 'updateStrategy')).toEqual({ type: 'ReadOnly' });
    expect(at(bundle, 'manifest_configs', 0, 'feedbackRules', 0, 'jsonPaths', 0, 'path')).toBe('.status');
    expect(bundle?.metadata.annotations?.[`${stamps}/migration`]).toMatch(/^freeze-/);

    await edit('c1', 'web', 'by-hand');
    await edit('hub', 'web', 'by-hub');
    await edit('hub', 'shop', 'by-hub');
    await reportAfter('web');
    expect(await spokeRevision('web')).toBe('by-hand');
    expect(await spokeRevision('shop')).toBe('HEAD');
    expect(await published('web')).toBe(2);
    await eventually(async () => expect(deliveryMessages(await hub('web')).join()).toContain('freeze-'), 10_000);

    // Once more: nothing to do, and nothing is sent.
    const again = await cliOn(rig, ['gitops', 'freeze', '--yes']);
    expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining('2 frozen before')]);
    expect(await published('web')).toBe(2);

    const thawed = await cliOn(rig, ['gitops', 'unfreeze', '--yes']);
    expect(thawed.stdout).toContain(`Application ${namespace}/web on c1: unfrozen`);
    expect(thawed.exitCode).toBe(0);
    await eventually(async () => expect(await spokeRevision('web')).toBe('by-hub'), 15_000);
    await eventually(async () => expect(await spokeRevision('shop')).toBe('by-hub'), 15_000);
    await eventually(async () => expect(deliveryMessages(await hub('web'))).toEqual([]), 10_000);
  });

  test('an edit on the cluster stays after unfreezing until something changes, and --touch undoes it; the controllers publish nothing for it', async () => {
    start();
    for (const name of ['kept', 'touched']) {
      await createApp(rig, name);
      await health(name);
    }
    const choice = ['--application', `${namespace}/kept`, '--application', `${namespace}/touched`, '--yes'];
    expect(await cliOn(rig, ['gitops', 'freeze', ...choice])).toMatchObject({ exitCode: 0 });
    await edit('c1', 'kept', 'by-hand');
    await edit('c1', 'touched', 'by-hand');
    const kept = await cliOn(rig, ['gitops', 'unfreeze', '--application', `${namespace}/kept`, '--yes']);
    expect([kept.exitCode, kept.stderr]).toEqual([0, expect.stringContaining('--touch')]);
    const touched = await cliOn(rig, [
      'gitops',
      'unfreeze',
      '--application',
      `${namespace}/touched`,
      '--yes',
      '--touch',
    ]);
    expect([touched.exitCode, touched.stdout]).toEqual([0, expect.stringContaining('unfrozen and touched')]);
    await eventually(async () => expect(await spokeRevision('touched')).toBe('HEAD'), 10_000);
    for (const name of ['kept', 'touched']) await reportAfter(name);
    expect(await spokeRevision('kept')).toBe('by-hand');
    // The unfrozen bundles were adopted as they are: one publish of ours, one freeze, one unfreeze, and no more.
    expect(await published('kept')).toBe(3);
    expect(await published('touched')).toBe(3);
    // A restart does not find them changed either.
    await controller?.stop();
    start();
    await createApp(rig, 'after-restart');
    await health('after-restart');
    expect([await published('kept'), await published('touched')]).toEqual([3, 3]);
    await edit('hub', 'kept', 'next');
    await edit('hub', 'touched', 'next');
    for (const name of ['kept', 'touched']) {
      await eventually(async () => expect(await spokeRevision(name)).toBe('next'), 10_000);
      expect(await published(name)).toBe(4);
    }
    expect(await rig.spokeApp('c1', namespace, 'touched')).not.toMatchObject({
      metadata: { annotations: { [`${stamps}/touched`]: expect.anything() as unknown } },
    });
  });

  test('bundles of another hub, of other writers and under a migration are left as they are', async () => {
    const foreign = await publishBundle(rig, application('foreign'), { hubId: 'another-hub' });
    const go = await publishBundle(rig, application('of-go'));
    const { uid: hubId = '' } =
      (await rig.hub.client('test').get(kinds.namespaces, { name: 'kube-system' }))?.metadata ?? {};
    const ours = await publishBundle(rig, application('ours', { cluster: 'c2' }), { hubId });
    const migrating = await publishBundle(rig, application('migrating', { cluster: 'c2' }), {
      hubId,
      stamps: { [`${stamps}/migration`]: 'run-1' },
    });
    const run = await cliOn(rig, ['gitops', 'freeze', '--cluster=c2', '--yes', '-o', 'json']);
    expect(run.exitCode).toBe(5);
    const { works } = JSON.parse(run.stdout) as { works: { id: string; reason: string; message: string }[] };
    expect(works.find(({ id }) => id === ours)).toMatchObject({ reason: 'Frozen' });
    expect(works.find(({ id }) => id === migrating)).toMatchObject({
      reason: 'Conflict',
      message: expect.stringContaining('migration run-1 works on it') as unknown,
    });
    expect(works).toHaveLength(2);
    const all = await cliOn(rig, ['gitops', 'freeze', '--dry-run']);
    expect(all.stderr).toContain('2 bundles of the same source are of another hub or of other writers: left alone');
    for (const id of [foreign, go, migrating]) expect(rig.publishes({ id })).toHaveLength(1);
    expect(rig.publishes({ id: ours })).toHaveLength(2);
  });

  test('a cluster that is away is told, with an exit code, and the same command ends it later', async () => {
    start();
    await createApp(rig, 'away', { cluster: 'c2' });
    await health('away');
    rig.spoke('c2').agent.setOnline(false);
    const cut = await cliOn(rig, ['gitops', 'freeze', '--application', `${namespace}/away`, '--yes', '--timeout=2s']);
    expect([cut.exitCode, cut.stderr]).toEqual([6, expect.stringContaining('1 cluster did not answer in time: c2')]);
    const quick = await cliOn(rig, ['gitops', 'freeze', '--application', `${namespace}/away`, '--yes', '--wait=false']);
    expect([quick.exitCode, quick.stdout]).toEqual([0, expect.stringContaining('its agent has not said so yet')]);
    rig.spoke('c2').agent.setOnline(true);
    const done = await cliOn(rig, ['gitops', 'freeze', '--application', `${namespace}/away`, '--yes']);
    expect([done.exitCode, done.stdout]).toEqual([0, expect.stringContaining('was frozen already')]);
    expect(rig.publishes({ id: (await bundlesOf(rig, 'away'))[0]?.id ?? '' }).map((one) => one.source)).toEqual([
      source,
      source,
    ]);
  });
});
