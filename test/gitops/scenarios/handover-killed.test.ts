import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pauseClassic, startClassic } from '../../../src/gitops/handover/classic-switch.ts';
import { switchOffClusters } from '../../../src/gitops/handover/cluster-switch.ts';
import type { HandoverGoal, HandoverPlan } from '../../../src/gitops/handover/plan.ts';
import { handoverStatus } from '../../../src/gitops/handover/handover-status.ts';
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
import {
  budgetOf,
  classicWorks,
  endedAfter,
  HandoverBench,
  noBundles,
  spokeFacts,
  tally,
  untilClassic,
} from './handover-support.ts';
import { createApp, deleteApp, namespace, skipped } from './support.ts';

const marks = 'maestro-cli.hyperfleet.io/migration';
const marked = (metadata: object): boolean => JSON.stringify(metadata).includes(marks);

describe.skipIf(skipped)('a handover that is ended in the middle', { timeout: 120_000 }, () => {
  let rig: Rig;
  let classic: ClassicController;
  let bench: HandoverBench;
  let witness: ApplicationWitness;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1', 'c2'], applicationSets: false });
      classic = await ClassicController.start({ hub: rig.hub });
      await setDecision(rig.hub, namespace, 'all', ['c1', 'c2']);
    },
    async () => {
      await classic?.stop();
      await rig?.stop();
    },
  );

  beforeEach(async () => {
    bench = await HandoverBench.open(rig);
    await startClassic(bench.deps.kube, 'open-cluster-management', budgetOf(10_000));
  });

  afterEach(async () => {
    await witness?.stop();
    await bench?.close();
  });

  /** Applications that the classic model has delivered, and who watches them. */
  const deliver = async (names: readonly (readonly [string, string])[]): Promise<Readonly<Record<string, string>>> => {
    for (const [cluster, name] of names) await createApp(rig, name, { cluster });
    for (const [cluster, name] of names) await untilClassic(rig, cluster, name);
    witness = await ApplicationWitness.start([rig.spoke('c1'), rig.spoke('c2')]);
    return spokeFacts(rig, names);
  };

  const stopClassic = async (): Promise<void> => {
    await switchOffClusters(bench.deps.kube, ['c1', 'c2'], budgetOf(10_000));
    await pauseClassic(bench.deps.kube, 'open-cluster-management', budgetOf(10_000));
  };

  /** Does the same again and again, each time ended by a signal after its first write, until the goal is reached. */
  const inPieces = async (plan: HandoverPlan, goal: HandoverGoal): Promise<number> => {
    for (let pieces = 1; pieces < 80; pieces += 1) {
      const { results } = await endedAfter(bench, plan, goal, { steps: 1, timeoutMs: 20_000 });
      if (results.every(({ outcome }) => outcome === 'done')) return pieces;
      expect(results.filter(({ outcome }) => outcome === 'parked')).toEqual([]);
    }
    throw new Error(`${goal} does not come to an end`);
  };

  /** What is on the hub and in Maestro, whatever agents have reported. */
  const everything = async (): Promise<unknown> => ({
    works: (await rig.hub.admin.list(kinds.manifestWorks)).items.map(({ metadata, spec }) => [
      metadata.name,
      metadata.uid,
      metadata.generation,
      metadata.annotations,
      spec,
    ]),
    bundles: (await rig.maestroBundles()).map(({ id, version }) => [id, version]),
    clusters: (await rig.hub.admin.list(kinds.managedClusters)).items.map(({ metadata }) => metadata.annotations ?? {}),
  });

  const clear = async (names: readonly (readonly [string, string])[]): Promise<void> => {
    await startClassic(bench.deps.kube, 'open-cluster-management', budgetOf(10_000));
    for (const [, name] of names) await deleteApp(rig, name);
    await eventually(async () => expect(await classicWorks(rig)).toEqual([]), 20_000);
  };

  test('J4: is gone on with after every single step, to Maestro and back, and leaves what is not ours alone', async () => {
    const names = [
      ['c1', 'k1'],
      ['c1', 'k2'],
    ] as const;
    const before = await deliver(names);
    const strange = {
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { namespace: 'c1', name: 'k1-of-somebody' },
      spec: {
        workload: {
          manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'default' } }],
        },
      },
    };
    const foreign = await rig.hub.admin.create(kinds.manifestWorks, strange);
    await stopClassic();
    const { plan } = await bench.plan('to-maestro');

    const untouched = await everything();
    const dry = await bench.run(plan, 'run', { dryRun: true });
    expect(tally(dry.results)).toEqual({ 'planned make-probe': 2 });
    expect(await everything()).toEqual(untouched);

    expect(await inPieces(plan, 'run')).toBeGreaterThan(3);
    expect(tally((await bench.run(plan, 'run')).results)).toEqual({ 'done BothOwn': 2 });
    expect(await inPieces(plan, 'finish')).toBeGreaterThan(6);
    expect(tally((await bench.run(plan, 'finish')).results)).toEqual({ 'done HandedOver': 2 });
    expect((await classicWorks(rig)).length).toBe(0);
    expect(await spokeFacts(rig, names)).toEqual(before);

    expect(await inPieces(plan, 'rollback')).toBeGreaterThan(6);
    expect(tally((await bench.run(plan, 'rollback')).results)).toEqual({ 'done RolledBack': 2 });
    await noBundles(rig);
    expect((await classicWorks(rig)).filter(({ metadata }) => marked(metadata))).toEqual([]);
    expect(await spokeFacts(rig, names)).toEqual(before);
    expect(witness.complaints()).toEqual([]);
    const left = await rig.hub.admin.get(kinds.manifestWorks, foreign.metadata);
    expect([left?.metadata.generation, left?.metadata.annotations]).toEqual([1, undefined]);
    await rig.hub.admin.delete(kinds.manifestWorks, foreign.metadata);
    await clear(names);
  });

  test('J4: is gone on with after every single step to the classic model, back to Maestro and there again', async () => {
    const names = [
      ['c1', 'h1'],
      ['c1', 'h2'],
    ] as const;
    const before = await deliver(names);
    await stopClassic();
    const first = (await bench.plan('to-maestro')).plan;
    await bench.run(first, 'run');
    expect(tally((await bench.run(first, 'finish')).results)).toEqual({ 'done HandedOver': 2 });

    const { plan } = await bench.plan('to-classic');
    await switchOffClusters(bench.deps.kube, ['c1'], budgetOf(10_000));
    await startClassic(bench.deps.kube, 'open-cluster-management', budgetOf(10_000));
    expect(await inPieces(plan, 'run')).toBeGreaterThan(3);
    // A part of finish, and all of the way back.
    await endedAfter(bench, plan, 'finish', { steps: 4, timeoutMs: 20_000 });
    await pauseClassic(bench.deps.kube, 'open-cluster-management', budgetOf(10_000));
    expect(await inPieces(plan, 'rollback')).toBeGreaterThan(4);
    // What the last piece left on the way is taken away by another.
    expect(tally((await bench.run(plan, 'rollback')).results)).toEqual({ 'done RolledBack': 2 });
    expect(await classicWorks(rig)).toEqual([]);
    await eventually(async () =>
      expect((await rig.maestroBundles('c1')).map(({ metadata }) => [metadata.name, marked(metadata)])).toEqual([
        [`${namespace}-h1`, false],
        [`${namespace}-h2`, false],
      ]),
    );
    expect(await spokeFacts(rig, names)).toEqual(before);

    const again = (await bench.plan('to-classic')).plan;
    await switchOffClusters(bench.deps.kube, ['c1'], budgetOf(10_000));
    await startClassic(bench.deps.kube, 'open-cluster-management', budgetOf(10_000));
    await inPieces(again, 'run');
    await inPieces(again, 'finish');
    await bench.run(again, 'finish');
    await noBundles(rig);
    expect(await spokeFacts(rig, names)).toEqual(before);
    expect(witness.complaints()).toEqual([]);
    await clear(names);
  });

  test('J8: is rolled back from the middle of a wave, and the classic model has all as it was', async () => {
    const names = [
      ['c1', 'r1'],
      ['c1', 'r2'],
      ['c2', 'r3'],
      ['c2', 'r4'],
    ] as const;
    const before = await deliver(names);
    await stopClassic();
    const works = async (): Promise<unknown> =>
      (await classicWorks(rig)).map(({ metadata, spec }) => [
        metadata.name,
        metadata.labels,
        metadata.annotations,
        spec,
      ]);
    const classicBefore = await works();
    const { plan } = await bench.plan('to-maestro');
    expect(tally((await bench.run(plan, 'run')).results)).toEqual({ 'done BothOwn': 4 });
    // Two works are gone by then, and others have let go.
    let deleted = 0;
    const stop = new AbortController();
    await bench.run(plan, 'finish', {
      signal: stop.signal,
      wave: { kind: 'consumers', count: 1 },
      onEvent: (event) => {
        if (event.kind === 'step' && event.step === 'delete-work' && (deleted += 1) === 1)
          stop.abort(new Error('ended'));
      },
    });
    const positions = [];
    for await (const cluster of handoverStatus(plan, bench.deps, budgetOf(10_000)))
      positions.push(cluster.applications.map(({ position }) => position));
    expect(positions[1]).toEqual(['both-own', 'both-own']);
    expect(positions[0]).not.toContain('both-own');

    const rollback = await bench.run(plan, 'rollback', { wave: { kind: 'consumers', count: 1 } });
    expect(tally(rollback.results)).toEqual({ 'done RolledBack': 4 });
    await noBundles(rig);
    expect(await works()).toEqual(classicBefore);
    expect(await spokeFacts(rig, names)).toEqual(before);
    expect(witness.complaints()).toEqual([]);
    await clear(names);
  });
});
