import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pauseClassic } from '../../../src/gitops/handover/classic-switch.ts';
import { planLines } from '../../../src/gitops/handover/plan-lines.ts';
import { plan as anyPlan } from '../../commands/gitops/migrate/support.ts';
import { emptyFolder } from '../../support/run-cli.ts';
import {
  ApplicationWitness,
  ClassicController,
  classicWorkName,
  eventually,
  kinds,
  setDecision,
  startRig,
  type Rig,
} from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { cliOn } from './cli.ts';
import { budgetOf, classicWorks, HandoverBench, untilClassic } from './handover-support.ts';
import { at, createApp, namespace, skipped } from './support.ts';

describe.skipIf(skipped)('what stands in the way of a handover', { timeout: 120_000 }, () => {
  let rig: Rig;
  let classic: ClassicController;
  let bench: HandoverBench;
  let witness: ApplicationWitness;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1'], applicationSets: false });
      classic = await ClassicController.start({ hub: rig.hub });
      bench = await HandoverBench.open(rig);
    },
    async () => {
      await witness?.stop();
      await bench?.close();
      await classic?.stop();
      await rig?.stop();
    },
  );

  test('writes nothing to another hub than that of the plan, neither to its clusters nor to its classic model', async () => {
    const cwd = emptyFolder();
    const other = { ...anyPlan, hubId: 'another', hubServer: 'https://elsewhere.example.com:6443' };
    writeFileSync(join(cwd, 'other.plan'), [...planLines(other)].map((line) => `${line}\n`).join(''));
    const client = rig.hub.client('looker');
    const looked = async (): Promise<readonly unknown[]> => [
      (await client.list(kinds.managedClusters)).items.map(({ metadata }) => metadata.resourceVersion),
      (await client.list(kinds.multiClusterHubs)).items.map(({ metadata }) => metadata.resourceVersion),
      (await client.list(kinds.deployments, { namespace: 'open-cluster-management' })).items.map(
        ({ spec, metadata }) => [spec, metadata.annotations],
      ),
    ];
    const before = await looked();
    for (const argv of [
      ['run', '--pause-classic', '--yes'],
      ['finish', '--yes'],
      ['rollback', '--start-classic', '--yes'],
      ['status'],
    ]) {
      const { exitCode, stderr } = await cliOn(rig, ['gitops', 'migrate', ...argv, '--plan=other.plan'], { cwd });
      expect([exitCode, stderr]).toEqual([
        5,
        expect.stringMatching(/^error: the plan is for the hub with id another /),
      ]);
    }
    expect(await looked()).toEqual(before);
    expect(before.flat()).toHaveLength(3);
  });

  test('parks one application with its reason while the others go on, and holds the cluster back until all are through', async () => {
    await setDecision(rig.hub, namespace, 'all', ['c1']);
    const names = ['fine', 'filled', 'busy', 'edited', 'stray'];
    for (const name of names)
      await createApp(rig, name, name === 'filled' ? { spec: { destination: { name: 'c1', namespace: '' } } } : {});
    for (const name of names.filter((one) => one !== 'filled')) await untilClassic(rig, 'c1', name);
    await eventually(async () => expect(await classicWorks(rig)).toHaveLength(names.length));
    witness = await ApplicationWitness.start([rig.spoke('c1')]);
    await pauseClassic(bench.deps.kube, 'open-cluster-management', budgetOf(10_000));

    const { plan, parked } = await bench.plan('to-maestro');
    expect(parked.map(({ subject, reason }) => [subject, reason])).toEqual([
      [`application ${namespace}/filled`, 'SpecDiffers'],
    ]);
    // Since then: somebody edits a work, and the cluster's Argo CD is busy.
    const work = async (name: string): Promise<NonNullable<Awaited<ReturnType<Rig['hubApp']>>>> => {
      const app = await rig.hubApp(`${namespace}/${name}`);
      const found = await rig.hub.admin.get(kinds.manifestWorks, { namespace: 'c1', name: classicWorkName(app!) });
      return found!;
    };
    const { metadata, spec } = await work('edited');
    const manifests = at(spec, 'workload', 'manifests') as readonly object[];
    await rig.hub.admin.mergePatch(kinds.manifestWorks, metadata, {
      spec: { workload: { manifests: [...manifests].map((one) => ({ ...one, added: true })) } },
    });
    rig.spoke('c1').argo.holdOperations(true);
    await rig
      .spoke('c1')
      .admin.mergePatch(
        kinds.applications,
        { namespace, name: 'busy' },
        { operation: { initiatedBy: { username: 'admin' }, sync: { revision: 'HEAD' } } },
      );
    await eventually(async () =>
      expect(at(await rig.spokeApp('c1', namespace, 'busy'), 'status', 'operationState', 'phase')).toBe('Running'),
    );
    // Nobody has this one in a plan.
    const narrow = {
      ...plan,
      clusters: plan.clusters.map((cluster) => ({
        ...cluster,
        applications: cluster.applications.filter(({ key }) => key !== `${namespace}/stray`),
      })),
    };
    const run = await bench.run(narrow, 'run');
    expect(
      Object.fromEntries(run.results.map(({ application, reason }) => [application.split('/')[1], reason])),
    ).toEqual({ fine: 'BothOwn', filled: 'SpecDiffers', busy: 'OperationRunning', edited: 'WorkChanged' });
    expect(run.results.map(({ exitCode }) => exitCode).sort()).toEqual([0, 7, 7, 7]);
    expect(await rig.maestroBundles()).toHaveLength(1);

    const finish = await bench.run(narrow, 'finish');
    // A reason that stands is told again; a busy cluster is not asked by a finish of what was never begun.
    expect(
      Object.fromEntries(finish.results.map(({ application, reason }) => [application.split('/')[1], reason])),
    ).toEqual({ fine: 'HandedOver', filled: 'SpecDiffers', busy: 'NotRun', edited: 'WorkChanged' });
    expect(finish.clusters.map(({ done }) => done)).toEqual([false]);
    const annotations = async (): Promise<unknown> =>
      (await rig.hub.admin.get(kinds.managedClusters, { name: 'c1' }))?.metadata.annotations;
    expect(await annotations()).toMatchObject({ 'maestro-cli.hyperfleet.io/pull-model': 'classic' });

    // Alone in a plan, all that it has is through; the classic model delivers the others still.
    const fineOnly = {
      ...narrow,
      clusters: narrow.clusters.map((cluster) => ({
        ...cluster,
        applications: cluster.applications.filter(({ key }) => key === `${namespace}/fine`),
      })),
    };
    const alone = await bench.run(fineOnly, 'finish');
    expect(alone.clusters.map(({ done, heldBack }) => [done, heldBack?.includes('stray')])).toEqual([[true, true]]);
    expect(await annotations()).toMatchObject({ 'maestro-cli.hyperfleet.io/pull-model': 'classic' });
    expect(witness.complaints()).toEqual([]);
  });
});
