import { afterAll, describe, expect, test } from 'vitest';
import { pauseClassic } from '../../../src/gitops/handover/classic-switch.ts';
import { switchOffClusters } from '../../../src/gitops/handover/cluster-switch.ts';
import { applicationSet } from './application-set.ts';
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
import { budgetOf, classicWorks, HandoverBench, spokeFacts, tally, untilClassic } from './handover-support.ts';
import { at, createApp, namespace, skipped, startController, type RunningController } from './support.ts';

const source = 'app-work-client';

describe.skipIf(skipped)('J2: twenty applications go from the classic model to Maestro', { timeout: 180_000 }, () => {
  let rig: Rig;
  let classic: ClassicController;
  let bench: HandoverBench;
  let witness: ApplicationWitness;
  let controller: RunningController | undefined;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1', 'c2'] });
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

  const places: (readonly [string, string])[] = [];

  test('uids and workloads stay, the controller has nothing to publish, an edit is applied once, and deleting the set undeploys', async () => {
    await setDecision(rig.hub, namespace, 'all', ['c1', 'c2']);
    await rig.hub.admin.create(kinds.applicationSets, applicationSet('shop'));
    for (const cluster of ['c1', 'c2']) {
      places.push([cluster, `${cluster}-shop`]);
      for (let number = 1; number <= 9; number += 1) {
        await createApp(rig, `${cluster}-app${number}`, { cluster });
        places.push([cluster, `${cluster}-app${number}`]);
      }
    }
    for (const [cluster, name] of places) await untilClassic(rig, cluster, name);
    const before = await spokeFacts(rig, places);
    witness = await ApplicationWitness.start([rig.spoke('c1'), rig.spoke('c2')]);
    const { plan, leftOut, parked } = await bench.plan('to-maestro');
    expect([leftOut, parked]).toEqual([[], []]);
    expect(plan.clusters.map(({ name, applications }) => [name, applications.length])).toEqual([
      ['c1', 10],
      ['c2', 10],
    ]);
    await expect(bench.run(plan, 'run')).rejects.toThrow(/runs the classic pull model/);
    await switchOffClusters(bench.deps.kube, ['c1', 'c2'], budgetOf(10_000));
    await pauseClassic(bench.deps.kube, 'open-cluster-management', budgetOf(10_000));
    // Its guard lets it write from now on; that the clusters are switched off holds it back.
    controller = startController(rig);

    const run = await bench.run(plan, 'run');
    expect(tally(run.results)).toEqual({ 'done BothOwn': 20 });
    expect(await spokeFacts(rig, places)).toEqual(before);
    expect(await classicWorks(rig)).toHaveLength(20);

    const finish = await bench.run(plan, 'finish');
    expect(tally(finish.results)).toEqual({ 'done HandedOver': 20 });
    for (const { uidBefore, uidAfter } of finish.results) expect(uidAfter).toBe(uidBefore);
    expect(await classicWorks(rig)).toEqual([]);
    expect(await spokeFacts(rig, places)).toEqual(before);
    expect(witness.complaints()).toEqual([]);
    await eventually(async () => expect(await rig.maestroBundles()).toHaveLength(20));
    const rows = await rig.maestroBundles();
    const marks = 'maestro-cli.hyperfleet.io/migration';
    expect(rows.filter(({ metadata }) => JSON.stringify(metadata).includes(marks))).toEqual([]);

    // The controllers go on: statuses flow, and nothing is published anew.
    const published = rig.publishes().length;
    for (const [cluster, name] of places) {
      rig.spoke(cluster).argo.setHealth(namespace, name, 'Degraded');
      await eventually(
        async () => expect(at(await rig.hubApp(`${namespace}/${name}`), 'status', 'health', 'status')).toBe('Degraded'),
        20_000,
      );
    }
    expect(rig.publishes().length).toBe(published);

    await editsOnce();
    await undeploys();
  });

  /** An edit on the hub is applied, and stays over the resyncs of both agents. */
  const editsOnce = async (): Promise<void> => {
    const name = 'c1-app1';
    const before = (await rig.spokeApp('c1', namespace, name))?.metadata.generation ?? 0;
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name },
      { spec: { source: { targetRevision: 'release' } } },
    );
    const revision = async (): Promise<unknown> =>
      at(await rig.spokeApp('c1', namespace, name), 'spec', 'source', 'targetRevision');
    await eventually(async () => expect(await revision()).toBe('release'), 20_000);
    const bundle = rig.publishes({ kind: 'update' }).at(-1);
    expect(bundle?.source).toBe(source);
    const seen = witness.history('c1', `${namespace}/${name}`).length;
    for (let round = 0; round < 5; round += 1) {
      rig.spoke('c1').classicAgent.resync();
      rig.spoke('c1').agent.resync();
      await eventually(async () => expect(await revision()).toBe('release'));
    }
    expect(witness.history('c1', `${namespace}/${name}`).length - seen).toBeLessThan(5);
    expect((await rig.spokeApp('c1', namespace, name))?.metadata.generation).toBeGreaterThan(before);
    expect(await revision()).toBe('release');
  };

  const undeploys = async (): Promise<void> => {
    await rig.hub.admin.delete(kinds.applicationSets, { namespace, name: 'shop' });
    for (const cluster of ['c1', 'c2']) {
      await eventually(async () => {
        expect(await rig.spokeApp(cluster, namespace, `${cluster}-shop`)).toBeUndefined();
        expect(await rig.hubApp(`${namespace}/${cluster}-shop`)).toBeUndefined();
        expect(rig.spoke(cluster).workload('shop', 'shop')).toBeUndefined();
      }, 30_000);
    }
  };

  afterAll(() => {
    if (process.env['RIG_LOG'] !== undefined) console.log(bench.notices, controller?.lines.slice(-20));
  });
});
