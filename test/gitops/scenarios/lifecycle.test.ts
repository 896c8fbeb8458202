import { afterEach, describe, expect, test } from 'vitest';
import { eventually, kinds, setDecision, startRig, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { applicationSet } from './application-set.ts';
import { at, namespace, skipped, startController, type RunningController } from './support.ts';

const spokes = ['c1', 'c2'];
const badRepo = 'https://git.example.com/does-not-exist';
const goodRepo = 'https://git.example.com/team/apps';

describe.skipIf(skipped)('the life cycle of seed 001', { timeout: 60_000 }, () => {
  let rig: Rig;
  let controller: RunningController | undefined;

  keepRig(
    async () => {
      rig = await startRig({ clusters: spokes });
      await setDecision(rig.hub, namespace, 'all', spokes);
    },
    async () => {
      await rig?.stop();
    },
  );

  afterEach(async () => {
    await controller?.stop();
    controller = undefined;
  });

  test('create with a bad source, mend it, delete the set', async () => {
    controller = startController(rig, { authorisation: 'placement' });
    const seenOnHub: { observed: number; sync: unknown; repo: unknown }[] = [];

    // A source that cannot be read: every cluster says so.
    await rig.hub.admin.create(kinds.applicationSets, applicationSet('configmap1', { repoURL: badRepo }));
    await eventually(async () => {
      for (const cluster of spokes) {
        expect(await rig.maestroBundles(cluster)).toHaveLength(1);
        for (const app of [
          await rig.hubApp(`${namespace}/${cluster}-configmap1`),
          await rig.spokeApp(cluster, namespace, `${cluster}-configmap1`),
        ]) {
          expect(at(app, 'status', 'sync', 'status')).toBe('Unknown');
          expect(at(app, 'status', 'conditions', 0, 'type')).toBe('ComparisonError');
        }
        expect(rig.spoke(cluster).workload('configmap1', 'configmap1')).toBeUndefined();
      }
    }, 20_000);
    const before = new Map((await rig.maestroBundles()).map(({ id, version }) => [id, version]));

    // The source is mended.
    await rig.hub.admin.mergePatch(
      kinds.applicationSets,
      { namespace, name: 'configmap1' },
      { spec: applicationSet('configmap1', { repoURL: goodRepo })['spec'] },
    );
    await eventually(async () => {
      for (const cluster of spokes) {
        const app = await rig.hubApp(`${namespace}/${cluster}-configmap1`);
        const [bundle] = await rig.maestroBundles(cluster);
        seenOnHub.push({
          observed: Number(at(bundle, 'status', 'ObservedVersion')) - Number(bundle?.version),
          sync: at(app, 'status', 'sync', 'status'),
          repo: at(app, 'status', 'sync', 'comparedTo', 'source', 'repoURL'),
        });
        expect(at(app, 'status', 'sync', 'status')).toBe('Synced');
        expect(at(app, 'status', 'health', 'status')).toBe('Healthy');
      }
    }, 20_000);
    for (const { sync, repo } of seenOnHub) if (sync === 'Synced') expect(repo).toBe(goodRepo);
    for (const { id, version } of await rig.maestroBundles()) expect(version).toBe((before.get(id) ?? 0) + 1);

    // The set is deleted.
    await rig.hub.admin.delete(kinds.applicationSets, { namespace, name: 'configmap1' });
    await eventually(async () => {
      for (const cluster of spokes) {
        expect(await rig.spokeApp(cluster, namespace, `${cluster}-configmap1`)).toBeUndefined();
        expect(rig.spoke(cluster).workload('configmap1', 'configmap1')).toBeUndefined();
        expect(await rig.hubApp(`${namespace}/${cluster}-configmap1`)).toBeUndefined();
      }
      expect(await rig.maestroBundles()).toHaveLength(0);
    }, 20_000);
    expect(rig.publishes({ kind: 'delete' })).toHaveLength(2);
  });
});
