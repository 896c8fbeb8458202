import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  prepareClassic,
  refuseFlagsOfOtherDirection,
  startAfterRollback,
} from '../../../../src/commands/gitops/migrate/shared/classic-model.ts';
import { openBackup, readBackup } from '../../../../src/commands/gitops/shared/backup-file.ts';
import { backupHead } from '../../../../src/gitops/handover/backup-lines.ts';
import type { HandoverDirection, HandoverGoal } from '../../../../src/gitops/handover/plan.ts';
import {
  deployments,
  applications,
  managedClusters,
  manifestWorks,
  multiClusterHubs,
} from '../../../../src/gitops/kube/hub-kinds.ts';
import { createBudget } from '../../../../src/operations/budget.ts';
import { usageErrorOf } from '../../../command-line/support.ts';
import { Hub } from '../../../gitops/handover/patchable-hub.ts';
import { ManualClock } from '../../../support/fake-clock.ts';
import { emptyFolder, runs } from '../../../support/run-cli.ts';
import { plan, record, tellings } from './support.ts';

const pullModel = 'maestro-cli.hyperfleet.io/pull-model';

function world(replicas: number, clusters: readonly string[] = ['c1', 'c2']) {
  const hub = new Hub();
  for (const name of clusters) hub.put(managedClusters, name, { metadata: {} });
  hub.put(deployments, 'multicluster-integrations', { metadata: {}, spec: { replicas }, status: {} });
  const annotations = replicas === 0 ? { 'installer.open-cluster-management.io/pause': 'true' } : {};
  hub.put(multiClusterHubs, 'multiclusterhub', { metadata: { annotations } });
  const reporter = tellings();
  const clock = new ManualClock();
  const budget = createBudget(60_000, { clock, random: () => 0, signal: new AbortController().signal });
  const session = { kube: hub as never, budget, reporter };
  const switchedOff = (): readonly string[] =>
    clusters.filter((name) => JSON.stringify(hub.of(managedClusters, name)).includes(`"${pullModel}":"classic"`));
  return { hub, reporter, session, switchedOff };
}

const options = { goal: 'run' as HandoverGoal, pauseClassic: false, startClassic: false, clusters: [] as string[] };
const part = { plan: { ...plan, clusters: plan.clusters.slice(0, 1) }, whole: plan };
const towards = (direction: HandoverDirection) => ({
  plan: { ...part.plan, direction },
  whole: { ...plan, direction },
});

describe('what has to be true of the classic model', () => {
  it('while it runs: every cluster of the plan is switched off first, and the refusal tells the commands', async () => {
    const { session, switchedOff, hub } = world(1);
    await expect(prepareClassic(part, options, session)).rejects.toMatchObject({
      code: 'conflict',
      commandHint: expect.stringMatching(
        /--pause-classic.*kubectl annotate multiclusterhub .*pause=true.*--replicas=0$/,
      ) as string,
    });
    expect(switchedOff()).toEqual(['c1', 'c2']);
    expect(hub.patched.filter((key) => !key.startsWith('managedclusters'))).toEqual([]);
  });

  it('it is stopped when that was asked for, after the clusters are switched off', async () => {
    const { session, hub } = world(1);
    await prepareClassic(part, { ...options, pauseClassic: true }, session);
    expect(hub.patched.slice(0, 2).sort()).toEqual(['managedclusters/c1', 'managedclusters/c2']);
    expect(hub.patched.slice(2)).toEqual(['multiclusterhubs/multiclusterhub', 'deployments/multicluster-integrations']);
  });

  it('once it is stopped, only the clusters that are gone on with are switched off: others may be ours by then', async () => {
    const { session, switchedOff } = world(0);
    await prepareClassic(part, { ...options, pauseClassic: true }, session);
    expect(switchedOff()).toEqual(['c1']);
    const finishing = world(0);
    await prepareClassic(part, { ...options, goal: 'finish' }, finishing.session);
    expect(finishing.switchedOff()).toEqual([]);
  });

  it('it is not stopped while a cluster with its works is in no plan, and nothing is written then', async () => {
    const { session, hub } = world(1, ['c1', 'c2', 'c3']);
    hub.put(manifestWorks, 'shop-c3-1a2b3', {
      metadata: {
        namespace: 'c3',
        labels: { 'apps.open-cluster-management.io/application-set': 'true' },
        annotations: {
          'apps.open-cluster-management.io/hub-application-namespace': 'openshift-gitops',
          'apps.open-cluster-management.io/hub-application-name': 'shop-c3',
        },
      },
    });
    await expect(prepareClassic(part, { ...options, pauseClassic: true }, session)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('the plan leaves out 1 cluster (c3)') as string,
    });
    expect(hub.patched).toEqual([]);
    hub.put(managedClusters, 'c3', { metadata: { annotations: { [pullModel]: 'classic' } } });
    await prepareClassic(part, { ...options, pauseClassic: true }, session);
  });

  it('on the way to it: it has to run, or is started after the clusters are switched off', async () => {
    const { session, hub } = world(0);
    await expect(prepareClassic(towards('to-classic'), options, session)).rejects.toMatchObject({
      code: 'conflict',
      commandHint: expect.stringContaining('pause- mch-pause-') as string,
    });
    const started = world(0);
    await prepareClassic(towards('to-classic'), { ...options, startClassic: true }, started.session);
    expect(started.hub.patched.slice(0, 2).sort()).toEqual(['managedclusters/c1', 'managedclusters/c2']);
    expect(started.hub.patched.slice(2)).toEqual(['deployments/multicluster-integrations']);
    expect(hub.patched.some((key) => key.startsWith('deployments'))).toBe(false);
  });

  it('after a rollback to it: it is started when that was asked for, and else the commands are told', async () => {
    const told = world(0);
    await startAfterRollback(plan, { startClassic: false }, told.session);
    expect(told.hub.patched).toEqual([]);
    expect(told.reporter.lines.join()).toContain('kubectl scale deployment multicluster-integrations');
    const started = world(0);
    await startAfterRollback(plan, { startClassic: true }, started.session);
    expect(started.hub.patched).toEqual(['deployments/multicluster-integrations']);
  });

  it('it is not started, nor to be started, after a rollback while the controllers have other clusters', async () => {
    const other = {
      metadata: {
        namespace: 'openshift-gitops',
        labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': 'true' },
        annotations: { 'apps.open-cluster-management.io/ocm-managed-cluster': 'c3' },
      },
    };
    const { session, hub, reporter } = world(0, ['c1', 'c2', 'c3']);
    hub.put(applications, 'shop-c3', other);
    const rollback = { ...options, goal: 'rollback' as const };
    await expect(
      prepareClassic({ plan, whole: plan }, { ...rollback, startClassic: true }, session),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('the plan leaves out 1 cluster (c3)') as string,
    });
    expect(hub.patched).toEqual([]);
    await startAfterRollback(plan, { startClassic: false }, session);
    expect(reporter.lines.join()).toContain('not to be started yet');
    expect(reporter.lines.join()).not.toContain('kubectl scale');
  });

  it.each([
    { direction: 'to-maestro', goal: 'run', flag: 'startClassic', says: '--start-classic is of no use here' },
    { direction: 'to-maestro', goal: 'rollback', flag: 'pauseClassic', says: '--pause-classic is of no use here' },
    { direction: 'to-classic', goal: 'run', flag: 'pauseClassic', says: '--pause-classic is of no use here' },
    { direction: 'to-classic', goal: 'rollback', flag: 'startClassic', says: '--start-classic is of no use here' },
  ] as const)('$flag is refused where $direction $goal leads to the other model', ({ direction, goal, flag, says }) => {
    const given = { ...options, goal, [flag]: true };
    expect(usageErrorOf(() => refuseFlagsOfOtherDirection({ ...plan, direction }, given)).message).toContain(says);
  });

  it('--start-classic of a rollback is for all clusters of the plan', () => {
    const given = { ...options, goal: 'rollback' as const, startClassic: true };
    expect(usageErrorOf(() => refuseFlagsOfOtherDirection(plan, { ...given, clusters: ['c1'] })).message).toContain(
      '--cluster names some',
    );
    refuseFlagsOfOtherDirection(plan, { ...given, clusters: ['c1', 'c2'] });
  });
});

describe('the backup of a plan', () => {
  const contextIn = (cwd: string) => ({ cwd, pid: process.pid, isRunning: runs, clock: new ManualClock() }) as never;

  it('has each record on the disk when it is kept, and gives the last one of a thing back, to later runs too', async () => {
    const cwd = emptyFolder();
    const first = openBackup('b', plan.runId, contextIn(cwd), tellings());
    await first.keep(record);
    expect(readFileSync(join(cwd, 'b'), 'utf8').split('\n')).toHaveLength(3);
    await first.keep({ ...record, name: 'later' });
    expect(first.added()).toBe(2);
    first.close();
    const second = openBackup('b', plan.runId, contextIn(cwd), tellings());
    expect((await second.find(record))?.name).toBe('later');
    expect(await second.find({ ...record, kind: 'Bundle' })).toBeUndefined();
    expect(second.added()).toBe(0);
    second.close();
    expect((await readBackup('b', plan.runId, { cwd }, tellings()).find(record))?.name).toBe('later');
    expect(await readBackup('none', plan.runId, { cwd }, tellings()).find(record)).toBeUndefined();
  });

  it('tells a line that was cut off, keeps it, and goes on behind it; a head that was cut off too', async () => {
    const cwd = emptyFolder();
    const first = openBackup('b', plan.runId, contextIn(cwd), tellings());
    await first.keep(record);
    first.close();
    appendFileSync(join(cwd, 'b'), '{"runId":"half');
    const told = tellings();
    const second = openBackup('b', plan.runId, contextIn(cwd), told);
    expect(told.lines.join()).toContain('1 line of the backup b cannot be read');
    await second.keep({ ...record, application: 'openshift-gitops/other' });
    second.close();
    expect(readFileSync(join(cwd, 'b'), 'utf8')).toContain('{"runId":"half\n');
    const third = openBackup('b', plan.runId, contextIn(cwd), tellings());
    expect(await third.find(record)).toEqual(record);
    expect(await third.find({ ...record, application: 'openshift-gitops/other' })).toBeDefined();
    third.close();
    appendFileSync(join(cwd, 'c'), backupHead(plan.runId).slice(0, 12), { mode: 0o600 });
    for (let tries = 0; tries < 2; tries += 1) openBackup('c', plan.runId, contextIn(cwd), tellings()).close();
  });

  it('of another plan is refused', () => {
    const cwd = emptyFolder();
    openBackup('b', plan.runId, contextIn(cwd), tellings()).close();
    expect(usageErrorOf(() => openBackup('b', 'another', contextIn(cwd), tellings())).message).toContain(
      'the backup b is of the plan',
    );
  });
});
