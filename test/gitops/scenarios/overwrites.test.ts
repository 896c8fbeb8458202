import { describe, expect, test } from 'vitest';
import { workFromBundle } from '../../../src/core/works/document.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { eventually, kinds, setDecision, startRig, type BundleRow, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { bundlesOf, deliveryMessages, publish, source } from './bundles.ts';
import { LeapClock } from './fast-clock.ts';
import { at, createApp, namespace, skipped, startController, type RunningController } from './support.ts';

const boundMs = 20_000;

/** What it is when a tool orphans the workload and leaves every stamp. */
function orphaned(row: BundleRow): ManifestWork {
  const work = workFromBundle({
    ...row,
    manifestConfigs: row['manifest_configs'],
    deleteOption: row['delete_option'],
  } as unknown as ResourceBundle);
  const manifestConfigs = work.manifestConfigs.map((config) => ({ ...config, updateStrategy: { type: 'CreateOnly' } }));
  return { ...work, manifestConfigs, deleteOption: { propagationPolicy: 'Orphan' } };
}

describe.skipIf(skipped)('a bundle that another client of Maestro writes', { timeout: 90_000 }, () => {
  let rig: Rig;
  let controller: RunningController;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1'] });
      await setDecision(rig.hub, namespace, 'all', ['c1']);
      controller = startController(rig);
    },
    async () => {
      await controller?.stop();
      await rig?.stop();
    },
  );

  const bundleOf = async (name: string): Promise<BundleRow> => {
    const [row] = await bundlesOf(rig, name);
    if (row === undefined) throw new Error(`there is no bundle of ${name}`);
    return row;
  };
  const synced = async (name: string): Promise<BundleRow> =>
    eventually(async () => {
      const [row, app] = [await bundleOf(name), await rig.hubApp(`${namespace}/${name}`)];
      expect([
        at(app, 'status', 'health', 'status'),
        row.manifests[0]?.['operation'],
        at(row, 'status', 'ObservedVersion'),
      ]).toEqual(['Healthy', undefined, row.version]);
      return row;
    }, boundMs);
  const change = async (row: BundleRow, work: ManifestWork): Promise<void> =>
    publish(rig, { kind: 'update', target: { id: row.id, consumer: 'c1', source }, work, version: row.version });
  /** It says again what we published. */
  const undone = async (name: string, theirs: number, clock?: LeapClock): Promise<BundleRow> => {
    const wait = clock === undefined ? eventually : clock.eventually.bind(clock);
    return wait(async () => {
      const row = await bundleOf(name);
      expect(row.version).toBe(theirs + 1);
      expect(row['delete_option'] ?? {}).toEqual({});
      return row;
    }, boundMs);
  };

  test('is published again, with its stamps or without, and the cluster follows the hub', async () => {
    await createApp(rig, 'once');
    const row = await synced('once');
    await change(row, orphaned(row));
    const again = await undone('once', row.version + 1);
    expect(again['manifest_configs']).toEqual(row['manifest_configs']);
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'once' },
      { metadata: { labels: { edited: 'afterwards' } } },
    );
    await eventually(
      async () =>
        expect((await rig.spokeApp('c1', namespace, 'once'))?.metadata.labels).toEqual({ edited: 'afterwards' }),
      boundMs,
    );
    expect(
      controller.lines.filter(
        (line) => line.startsWith('info another client of Maestro had changed the work') && line.includes('/once"'),
      ),
    ).toHaveLength(1);
  });

  test('while nobody looks is seen at the next start, which publishes nothing else', async () => {
    await createApp(rig, 'unseen');
    await createApp(rig, 'untouched');
    const row = await synced('unseen');
    const untouched = await synced('untouched');
    await controller.stop();
    await change(row, orphaned(row));
    const before = rig.publishes().length;
    controller = startController(rig);
    await undone('unseen', row.version + 1);
    expect(
      rig
        .publishes()
        .slice(before)
        .map(({ id }) => id),
    ).toEqual([row.id]);
    expect((await bundleOf('untouched')).version).toBe(untouched.version);
  });

  test('again and again is published at a slowing pace, which a condition tells, and an edit on the hub goes at once', async () => {
    await createApp(rig, 'fight');
    const row = await synced('fight');
    await controller.stop();
    const clock = new LeapClock();
    controller = startController(rig, { callTimeoutMs: 600_000 }, {}, clock);
    await change(row, orphaned(row));
    const first = await undone('fight', row.version + 1);
    await change(first, orphaned(first));
    const second = await undone('fight', first.version + 1, clock);
    await clock.eventually(
      async () =>
        expect(deliveryMessages(await rig.hubApp(`${namespace}/fight`)).join()).toContain(
          'another client of Maestro has been changing the work',
        ),
      boundMs,
    );
    await change(second, orphaned(second));
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'fight' },
      { metadata: { labels: { edited: 'meanwhile' } } },
    );
    const third = await undone('fight', second.version + 1);
    expect(at(third.manifests[0], 'metadata', 'labels')).toEqual({ edited: 'meanwhile' });
    // It stands, so nothing is told of it any more.
    await clock.eventually(
      async () => expect(deliveryMessages(await rig.hubApp(`${namespace}/fight`))).toEqual([]),
      60_000,
    );
    expect((await bundleOf('fight')).version).toBe(third.version);
  });

  test('with the stamp of a migration is left to it, deletion and all', async () => {
    await controller.stop();
    controller = startController(rig);
    await createApp(rig, 'migrating');
    const row = await synced('migrating');
    const theirs = orphaned(row);
    await change(row, {
      ...theirs,
      annotations: { ...theirs.annotations, 'maestro-cli.hyperfleet.io/migration': 'run-7' },
    });
    await eventually(
      async () =>
        expect(deliveryMessages(await rig.hubApp(`${namespace}/migrating`)).join()).toContain(
          'migration run-7 works on the bundle',
        ),
      boundMs,
    );
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'migrating' },
      { metadata: { labels: { edited: 'meanwhile' } } },
    );
    await rig.hub.admin.delete(kinds.applications, { namespace, name: 'migrating' });
    await eventually(
      async () => expect((await rig.hubApp(`${namespace}/migrating`))?.metadata.deletionTimestamp).toBeDefined(),
      boundMs,
    );
    expect(rig.publishes({ id: row.id, kind: 'delete' })).toEqual([]);
    const held = await bundleOf('migrating');
    expect(held.version).toBe(row.version + 1);
    await change(held, { ...theirs, annotations: theirs.annotations } satisfies ManifestWork & JsonObject);
    await eventually(async () => expect(await rig.hubApp(`${namespace}/migrating`)).toBeUndefined(), boundMs);
  });
});
