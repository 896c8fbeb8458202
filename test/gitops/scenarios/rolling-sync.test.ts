import { afterEach, describe, expect, test } from 'vitest';
import { eventually, kinds, setDecision, startRig, type KubeObject, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { applicationSet } from './application-set.ts';
import { at, namespace, skipped, startController, type RunningController } from './support.ts';

const spokes = ['c1', 'c2'];
const boundMs = 60_000;
/**
 * Of one roll-out of one application: the one that it needs, some for what begins in the second of a transition, and
 * one for each revision that is seen meanwhile.
 */
const mostSyncs = 6;

/** A set of two steps, one cluster each. */
function rollingSet(name: string): KubeObject {
  const steps = spokes.map((cluster) => ({ matchExpressions: [{ key: 'wave', operator: 'In', values: [cluster] }] }));
  return applicationSet(name, {
    labels: { wave: '{{name}}' },
    spec: { strategy: { type: 'RollingSync', rollingSync: { steps } } },
  });
}

describe.skipIf(skipped)(
  'a RollingSync, by the rules of the real controller and unattended',
  { timeout: 180_000 },
  () => {
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
      for (const cluster of spokes) rig.spoke(cluster).argo.holdOperations(false);
    });

    const asked = (name: string): readonly number[] =>
      spokes.map((cluster) => rig.applicationSets?.asked(`${namespace}/${cluster}-${name}`) ?? 0);
    const syncs = async (name: string, cluster: string): Promise<number> =>
      (
        (at(await rig.spokeApp(cluster, namespace, `${cluster}-${name}`), 'status', 'history') ??
          []) as readonly unknown[]
      ).length;
    const progress = (set: KubeObject): readonly unknown[] =>
      spokes.map((cluster) => rig.applicationSets?.progress(set).get(`${cluster}-${set.metadata.name}`)?.status);
    const versionsNow = async (): Promise<readonly string[]> =>
      (await rig.maestroBundles()).map(({ id, version }) => `${id} ${String(version)}`).sort();
    const target = (cluster: string): string =>
      rig.spoke(cluster).argo.revisionOf('https://git.example.com/team/apps', 'HEAD');
    /**
     * All of it is Healthy at the revision, and nothing is under way any more: no operation on the hub, and none in a
     * bundle.
     */
    const complete = (set: KubeObject): Promise<void> =>
      eventually(async () => {
        expect(progress(set)).toEqual(['Healthy', 'Healthy']);
        for (const cluster of spokes) {
          const name = `${cluster}-${set.metadata.name}`;
          const [app, row] = [
            await rig.hubApp(`${namespace}/${name}`),
            (await rig.maestroBundles(cluster)).find(({ metadata }) => metadata.name === `${namespace}-${name}`),
          ];
          expect([
            at(app, 'status', 'sync', 'status'),
            at(app, 'status', 'sync', 'revision'),
            app?.['operation'],
          ]).toEqual(['Synced', target(cluster), undefined]);
          expect([row?.manifests[0]?.['operation'], at(row, 'status', 'ObservedVersion')]).toEqual([
            undefined,
            row?.version,
          ]);
        }
      }, boundMs);

    test('is complete for several new sets, and again for a commit, with a bounded number of syncs and none afterwards', async () => {
      const names = ['new-a', 'new-b', 'new-c'];
      const sets = await Promise.all(
        names.map((name) => rig.hub.admin.create(kinds.applicationSets, rollingSet(name))),
      );
      for (const set of sets) await complete(set);
      for (const name of names) for (const count of asked(name)) expect(count).toBeLessThanOrEqual(mostSyncs);
      const before = names.map((name) => asked(name));
      for (const cluster of spokes) rig.spoke(cluster).argo.push();
      for (const set of sets) await complete(set);
      for (const [index, name] of names.entries()) {
        for (const [step, count] of asked(name).entries())
          expect(count - (before[index]?.[step] ?? 0)).toBeLessThanOrEqual(mostSyncs);
      }
      // A refresh that changes nothing is the next thing that happens, and wakes nothing.
      const after = names.map((name) => asked(name));
      const versions = await versionsNow();
      for (const cluster of spokes)
        for (const name of names) rig.spoke(cluster).argo.touch(namespace, `${cluster}-${name}`);
      for (const set of sets) await complete(set);
      expect(names.map((name) => asked(name))).toEqual(after);
      expect(await versionsNow()).toEqual(versions);
    });

    test('begins its second step when the hub shows the first Healthy at the new revision', async () => {
      const name = 'steps';
      const first = rig.spoke('c1').argo;
      first.holdOperations(true);
      const set = await rig.hub.admin.create(kinds.applicationSets, rollingSet(name));
      for (const round of [1, 2]) {
        const before = await syncs(name, 'c2');
        await eventually(
          async () =>
            expect(at(await rig.hubApp(`${namespace}/c1-${name}`), 'status', 'operationState', 'phase')).toBe(
              'Running',
            ),
          boundMs,
        );
        expect(await syncs(name, 'c2')).toBe(before);
        first.holdOperations(false);
        await eventually(async () => {
          if ((await syncs(name, 'c2')) > before) {
            const app = await rig.hubApp(`${namespace}/c1-${name}`);
            expect([at(app, 'status', 'health', 'status'), at(app, 'status', 'sync', 'revision')]).toEqual([
              'Healthy',
              target('c1'),
            ]);
          }
          expect(await syncs(name, 'c2')).toBeGreaterThan(before);
        }, boundMs);
        await complete(set);
        if (round === 2) return;
        first.holdOperations(true);
        for (const cluster of spokes) rig.spoke(cluster).argo.push();
      }
    });

    test('is complete although the revision changes while an operation runs', async () => {
      const name = 'moving';
      const { argo, admin } = rig.spoke('c1');
      argo.holdOperations(true);
      const set = await rig.hub.admin.create(kinds.applicationSets, rollingSet(name));
      await eventually(
        async () =>
          expect(at(await rig.hubApp(`${namespace}/c1-${name}`), 'status', 'operationState', 'phase')).toBe('Running'),
        boundMs,
      );
      // Argo CD compares while an operation runs too.
      await admin.mergePatch(
        kinds.applications,
        { namespace, name: `c1-${name}` },
        { status: { sync: { status: 'OutOfSync', revision: 'f'.repeat(40) } } },
      );
      await eventually(async () => {
        expect(at(await rig.hubApp(`${namespace}/c1-${name}`), 'status', 'sync', 'revision')).toBe('f'.repeat(40));
        expect(await rig.hubApp(`${namespace}/c1-${name}`)).toHaveProperty('operation');
      }, boundMs);
      argo.holdOperations(false);
      await complete(set);
      for (const count of asked(name)) expect(count).toBeLessThanOrEqual(mostSyncs);
    });

    test('is complete although the controllers are replaced in each of its phases', async () => {
      const name = 'replaced';
      const set = await rig.hub.admin.create(kinds.applicationSets, rollingSet(name));
      for (const cluster of spokes) {
        await eventually(() => expect(asked(name)[spokes.indexOf(cluster)]).toBeGreaterThan(0), boundMs);
        await controller.stop();
        controller = startController(rig);
      }
      await complete(set);
      for (const count of asked(name)) expect(count).toBeLessThanOrEqual(mostSyncs);
    });
  },
);
