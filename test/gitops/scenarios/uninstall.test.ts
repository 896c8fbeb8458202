import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startCli } from '../../support/process.ts';
import { emptyFolder } from '../../support/run-cli.ts';
import { eventually, kinds, startRig, type KubeObject, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { bundlesOf, deliveryMessages, publishBundle } from './bundles.ts';
import { cliOn } from './cli.ts';
import { fastClock } from './fast-clock.ts';
import {
  application,
  at,
  createApp,
  namespace,
  settingsFor,
  skipped,
  startController,
  type RunningController,
} from './support.ts';

const ownNamespace = 'open-cluster-management';
const configMap = { namespace: ownNamespace, name: 'multicluster-integrations-config' };

describe.skipIf(skipped)('J11: uninstalling leaves what it says', { timeout: 90_000 }, () => {
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
  const stopController = async (): Promise<void> => {
    const running = controller;
    controller = undefined;
    await running?.stop();
  };
  afterEach(async () => {
    await stopController();
    rig.hub.front.memory.delete(kinds.configMaps, configMap);
    // A controller that is started again would publish what is left on the hub.
    for (const { metadata } of (await rig.hub.admin.list(kinds.applications)).items) {
      const ref = { namespace, name: metadata.name };
      await rig.hub.admin.mergePatch(kinds.applications, ref, { metadata: { finalizers: null } });
      await rig.hub.admin.delete(kinds.applications, ref);
    }
    for (const name of ['c1', 'c2']) rig.spoke(name).agent.setOnline(true);
  });

  const hub = async (name: string): Promise<KubeObject | undefined> => rig.hubApp(`${namespace}/${name}`);
  const spoke = async (cluster: string, name: string): Promise<KubeObject | undefined> =>
    rig.spokeApp(cluster, namespace, name);
  const ownersOf = async (cluster: string, name: string): Promise<unknown> =>
    at(await spoke(cluster, name), 'metadata', 'ownerReferences');
  const delivered = async (name: string, cluster: string): Promise<KubeObject> => {
    await createApp(rig, name, { cluster });
    await eventually(
      async () => expect(at(await hub(name), 'status', 'health', 'status'), name).toBe('Healthy'),
      20_000,
    );
    const app = await spoke(cluster, name);
    if (app === undefined) throw new Error(`${name} is not on ${cluster}`);
    return app;
  };
  const strangers = async (): Promise<readonly string[]> => [
    await publishBundle(rig, application(`other-hub-${Math.random().toString(36).slice(2)}`), { hubId: 'another-hub' }),
    await publishBundle(rig, application(`of-go-${Math.random().toString(36).slice(2)}`)),
  ];
  const backup = (): string => join(emptyFolder(), 'uninstall.jsonl');

  test('--keep-workloads: bundles and conditions go; Applications, workloads, finalizers, strangers and an offline cluster stay, and the same command ends it', async () => {
    controller = startController(rig);
    const before = [await delivered('keep-1', 'c1'), await delivered('keep-2', 'c2')];
    await stopController();
    const others = await strangers();
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'keep-1' },
      {
        status: {
          conditions: [
            { type: 'MaestroDeliveryWarning', message: 'ours', lastTransitionTime: '2026-01-01T00:00:00Z' },
            { type: 'SyncError', message: 'of Argo CD', lastTransitionTime: '2026-01-01T00:00:00Z' },
          ],
        },
      },
    );
    rig.spoke('c2').agent.setOnline(false);
    const file = backup();
    const argv = ['gitops', 'uninstall', '--keep-workloads', '--yes', `--backup=${file}`];
    const dry = await cliOn(rig, ['gitops', 'uninstall', '--keep-workloads', '--dry-run']);
    expect([dry.exitCode, dry.stdout]).toEqual([0, expect.stringContaining('keep-1 on c1: would be let go')]);
    expect(dry.stderr).toMatch(/\d would be let go/);
    for (const name of ['keep-1', 'keep-2']) expect((await bundlesOf(rig, name))[0]?.version).toBe(1);

    const first = await cliOn(rig, [...argv, '--timeout=5s']);
    expect(first.exitCode).toBe(6);
    expect(first.stderr).toContain('1 cluster did not answer in time: c2');
    expect(first.stdout).toContain(`Application ${namespace}/keep-1 on c1: let go, and left on the cluster`);
    expect(first.stderr).toContain('bundles of this hub are left');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await bundlesOf(rig, 'keep-1')).toEqual([]);
    // Nothing is deleted of what has not been proved to be let go of.
    expect((await bundlesOf(rig, 'keep-2'))[0]?.deleted_at).toBeUndefined();

    rig.spoke('c2').agent.setOnline(true);
    const second = await cliOn(rig, argv);
    expect([second.exitCode, second.stderr]).toEqual([
      0,
      expect.stringContaining('what is left to do: uninstall the chart of the controllers (helm list -n '),
    ]);
    for (const [index, [cluster, name]] of [
      ['c1', 'keep-1'],
      ['c2', 'keep-2'],
    ].entries()) {
      expect(await bundlesOf(rig, name ?? '')).toEqual([]);
      const app = await spoke(cluster ?? '', name ?? '');
      expect(app?.metadata.uid).toBe(before[index]?.metadata.uid);
      expect(await ownersOf(cluster ?? '', name ?? '')).toBeUndefined();
      expect(rig.spoke(cluster ?? '').workload(name ?? '', name ?? '')).toBeDefined();
      expect((await hub(name ?? ''))?.metadata.finalizers).toHaveLength(1);
    }
    expect(deliveryMessages(await hub('keep-1'))).toEqual([]);
    expect(at(await hub('keep-1'), 'status', 'conditions', 0, 'type')).toBe('SyncError');
    for (const id of others) expect(rig.publishes({ id })).toHaveLength(1);
    // The probes are gone too: what is left in Maestro is of strangers.
    await eventually(async () =>
      expect((await rig.maestroBundles()).map(({ id }) => id).sort()).toEqual([...others].sort()),
    );
  });

  test('--delete-workloads: Applications and workloads go, on a cluster that is away later; strangers stay', async () => {
    controller = startController(rig);
    for (const [name, cluster] of [
      ['gone-1', 'c1'],
      ['gone-2', 'c2'],
    ] as const)
      await delivered(name, cluster);
    await stopController();
    const others = await strangers();
    rig.spoke('c2').agent.setOnline(false);
    const argv = ['gitops', 'uninstall', '--delete-workloads', '--yes', `--backup=${backup()}`, '--at-most=2'];
    const refused = await cliOn(
      rig,
      argv.map((flag) => (flag === '--at-most=2' ? '--at-most=1' : flag)),
    );
    expect([refused.exitCode, refused.stderr]).toEqual([5, expect.stringContaining('more than --at-most 1')]);
    const first = await cliOn(rig, [...argv, '--timeout=5s']);
    expect([first.exitCode, first.stderr]).toEqual([6, expect.stringContaining('did not answer in time: c2')]);
    await eventually(async () => expect(await spoke('c1', 'gone-1')).toBeUndefined());
    expect(rig.spoke('c1').workload('gone-1', 'gone-1')).toBeUndefined();
    expect(await spoke('c2', 'gone-2')).toBeDefined();
    rig.spoke('c2').agent.setOnline(true);
    const second = await cliOn(rig, argv);
    expect(second.exitCode).toBe(0);
    expect(await spoke('c2', 'gone-2')).toBeUndefined();
    expect(rig.spoke('c2').workload('gone-2', 'gone-2')).toBeUndefined();
    expect((await hub('gone-1'))?.metadata.finalizers).toHaveLength(1);
    expect(second.stderr).toContain('kept a finalizer of Argo CD');
    for (const id of others) expect(rig.publishes({ id })).toHaveLength(1);
  });

  test('what its agent has not let go of is not deleted, whatever Applied says', async () => {
    controller = startController(rig);
    const app = await delivered('held', 'c1');
    await stopController();
    // An agent of the time between, which reports Applied and leaves the owner reference where it is.
    const id = (await bundlesOf(rig, 'held'))[0]?.id ?? '';
    const owners = app.metadata['ownerReferences'];
    const still = setInterval(
      () =>
        void rig
          .spoke('c1')
          .admin.mergePatch(
            kinds.applications,
            { namespace, name: 'held' },
            { metadata: { ownerReferences: owners ?? null } },
          )
          .catch(() => undefined),
      20,
    );
    try {
      const run = await cliOn(rig, [
        'gitops',
        'uninstall',
        '--keep-workloads',
        '--yes',
        `--backup=${backup()}`,
        '--timeout=4s',
      ]);
      expect(run.exitCode).toBe(6);
      expect(rig.publishes({ id, kind: 'delete' })).toEqual([]);
    } finally {
      clearInterval(still);
    }
    expect((await spoke('c1', 'held'))?.metadata.uid).toBe(app.metadata.uid);
    // As the agent puts its references right, minutes later.
    await eventually(async () => {
      await rig
        .spoke('c1')
        .admin.mergePatch(kinds.applications, { namespace, name: 'held' }, { metadata: { ownerReferences: null } });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await ownersOf('c1', 'held')).toBeUndefined();
    });
    const done = await cliOn(rig, ['gitops', 'uninstall', '--keep-workloads', '--yes', `--backup=${backup()}`]);
    expect(done.exitCode).toBe(0);
    expect((await spoke('c1', 'held'))?.metadata.uid).toBe(app.metadata.uid);
  });

  test('killed in the middle, the same command goes on, and every Application is the one that it was', async () => {
    controller = startController(rig);
    const names = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6'];
    const uids = new Map<string, string>();
    for (const name of names) uids.set(name, (await delivered(name, 'c1')).metadata.uid ?? '');
    await stopController();
    const argv = ['gitops', 'uninstall', '--keep-workloads', '--yes', `--backup=${backup()}`, '--max-concurrency=1'];
    const [publishesBefore, kubeconfig] = [rig.publishes().length, await rig.hub.kubeconfigFor('killed')];
    for (const some of [2, 8]) {
      rig.standIn.setFault({ kind: 'delay', channel: 'grpc', ms: 150 });
      const run = await startCli([
        ...argv,
        `--kubeconfig=${kubeconfig}`,
        '--grpc-plaintext',
        `--grpc-endpoint=${rig.standIn.grpcEndpoint}`,
        `--http-endpoint=${rig.standIn.httpEndpoint}`,
      ]);
      await eventually(() => expect(rig.publishes().length).toBeGreaterThanOrEqual(publishesBefore + some), 30_000);
      run.kill('SIGKILL');
      expect(await run.done).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
      rig.standIn.clearFaults();
      for (const name of names) expect((await spoke('c1', name))?.metadata.uid).toBe(uids.get(name));
    }
    const done = await cliOn(rig, argv);
    expect([done.exitCode, done.stderr]).toEqual([0, expect.stringContaining('what is left to do')]);
    for (const name of names) {
      expect(await bundlesOf(rig, name)).toEqual([]);
      expect((await spoke('c1', name))?.metadata.uid).toBe(uids.get(name));
      expect(await ownersOf('c1', name)).toBeUndefined();
    }
  });

  test('while a controller leads it is refused with the exact command, and --disable sets the switch and nothing else', async () => {
    const election = {
      namespace: ownNamespace,
      name: 'multicluster-maestro-integrations',
      identity: 'leader-1',
      leaseMs: 15_000,
      renewMs: 10_000,
      retryMs: 2_000,
    };
    rig.hub.front.memory.put(kinds.configMaps, {
      metadata: configMap,
      data: { 'config.yaml': '# ours\npullModel:\n  basic:\n    disabled: true # kept\nother: 1\n', more: 'text' },
    });
    // One clock for both: the command waits until the controller has looked at the switch.
    controller = startController(rig, { ...settingsFor(rig), election }, {}, fastClock(4));
    const app = await delivered('led', 'c1');
    const argv = ['gitops', 'uninstall', '--keep-workloads', '--yes', `--backup=${backup()}`];
    const refused = await cliOn(rig, argv);
    expect(refused.exitCode).toBe(5);
    expect(refused.stderr).toContain('the controllers lead (leader-1');
    expect(refused.stderr).toContain(`kubectl patch configmap ${configMap.name} -n ${ownNamespace} --type=merge -p `);
    expect((await bundlesOf(rig, 'led'))[0]?.version).toBe(1);
    const run = await cliOn(rig, [...argv, '--disable'], { clock: fastClock(4) });
    expect([run.exitCode, run.stderr]).toEqual([0, expect.stringContaining('pullModel.maestro.disabled is set')]);
    expect(rig.hub.front.memory.get(kinds.configMaps, configMap)?.['data']).toEqual({
      'config.yaml':
        '# ours\npullModel:\n  basic:\n    disabled: true # kept\n  maestro:\n    disabled: true\nother: 1\n',
      more: 'text',
    });
    // The controller that still leads publishes nothing again.
    const published = rig.publishes().length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(rig.publishes()).toHaveLength(published);
    expect(await bundlesOf(rig, 'led')).toEqual([]);
    expect((await spoke('c1', 'led'))?.metadata.uid).toBe(app.metadata.uid);
  });
});
