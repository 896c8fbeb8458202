import { describe, expect, test } from 'vitest';
import { pauseClassic, startClassic } from '../../../src/gitops/handover/classic-switch.ts';
import { switchOffClusters } from '../../../src/gitops/handover/cluster-switch.ts';
import {
  ApplicationWitness,
  ClassicController,
  eventually,
  kinds,
  setDecision,
  startRig,
  type Rig,
} from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { budgetOf, classicWorks, HandoverBench, noBundles, spokeFacts, tally } from './handover-support.ts';
import { at, createApp, deleteApp, namespace, skipped, startController, type RunningController } from './support.ts';

describe.skipIf(skipped)('J3: applications go from Maestro to the classic model', { timeout: 120_000 }, () => {
  let rig: Rig;
  let classic: ClassicController;
  let bench: HandoverBench;
  let witness: ApplicationWitness;
  let controller: RunningController | undefined;
  const places = ['a1', 'a2', 'a3', 'a4'].map((name) => ['c1', name] as const);

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1'], applicationSets: false });
      classic = await ClassicController.start({ hub: rig.hub });
      bench = await HandoverBench.open(rig);
    },
    async () => {
      await controller?.stop();
      await witness?.stop();
      await bench?.close();
      await classic?.stop();
      await rig?.stop();
    },
  );

  test('uids and workloads stay, no bundle and none of our conditions is left, and the classic model edits and deletes', async () => {
    await pauseClassic(bench.deps.kube, 'open-cluster-management', budgetOf(10_000));
    await setDecision(rig.hub, namespace, 'all', ['c1']);
    controller = startController(rig);
    for (const [, name] of places) await createApp(rig, name);
    for (const [, name] of places)
      await eventually(
        async () => expect(at(await rig.hubApp(`${namespace}/${name}`), 'status', 'health', 'status')).toBe('Healthy'),
        30_000,
      );
    const before = await spokeFacts(rig, places);
    witness = await ApplicationWitness.start([rig.spoke('c1')]);
    // What the controllers may have said, beside what Argo CD has.
    const foreign = { type: 'OrphanedResourceWarning', message: 'stays', lastTransitionTime: '2026-01-01T00:00:00Z' };
    const ours = { type: 'MaestroDeliveryWarning', message: 'goes', lastTransitionTime: '2026-01-01T00:00:00Z' };

    const { plan, leftOut, parked } = await bench.plan('to-classic');
    expect([leftOut, parked]).toEqual([[], []]);
    await switchOffClusters(bench.deps.kube, ['c1'], budgetOf(10_000));
    await controller.stop();
    controller = undefined;
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'a1' },
      { status: { conditions: [foreign, ours] } },
    );
    await startClassic(bench.deps.kube, 'open-cluster-management', budgetOf(10_000));
    const run = await bench.run(plan, 'run');
    expect(tally(run.results)).toEqual({ 'done BothOwn': 4 });
    await eventually(async () => expect(await rig.maestroBundles()).toHaveLength(4));

    const finish = await bench.run(plan, 'finish');
    expect(tally(finish.results)).toEqual({ 'done HandedOver': 4 });
    for (const { uidBefore, uidAfter } of finish.results) expect(uidAfter).toBe(uidBefore);
    await noBundles(rig);
    expect(await spokeFacts(rig, places)).toEqual(before);
    expect(witness.complaints()).toEqual([]);
    const conditions = at(await rig.hubApp(`${namespace}/a1`), 'status', 'conditions');
    expect(JSON.stringify(conditions ?? [])).not.toContain('MaestroDelivery');
    for (const [, name] of places)
      expect((await rig.hubApp(`${namespace}/${name}`))?.metadata.finalizers).toEqual([
        'resources-finalizer.argocd.argoproj.io',
      ]);

    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'a1' },
      { spec: { source: { targetRevision: 'release' } } },
    );
    await eventually(
      async () =>
        expect(at(await rig.spokeApp('c1', namespace, 'a1'), 'spec', 'source', 'targetRevision')).toBe('release'),
      20_000,
    );
    await deleteApp(rig, 'a2');
    await eventually(async () => {
      expect(await rig.spokeApp('c1', namespace, 'a2')).toBeUndefined();
      expect(await rig.hubApp(`${namespace}/a2`)).toBeUndefined();
      expect(await classicWorks(rig)).toHaveLength(3);
    }, 20_000);
  });
});
