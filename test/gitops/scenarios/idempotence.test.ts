import { afterEach, describe, expect, test } from 'vitest';
import { eventually, kinds, startRig, type BundleRow, type KubeObject, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { Crash, lateAnswer, type CrashPlan } from './crash.ts';
import {
  at,
  createApp,
  deleteApp,
  namespace,
  reported,
  skipped,
  startController,
  type RunningController,
} from './support.ts';

const manual = { syncPolicy: { syncOptions: ['CreateNamespace=true'] } };
const boundMs = 20_000;

describe.skipIf(skipped)('the same again, and after an abrupt end', { timeout: 90_000 }, () => {
  let rig: Rig;
  let controller: RunningController | undefined;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1'], applicationSets: false });
    },
    async () => {
      await rig?.stop();
    },
  );

  afterEach(async () => {
    rig.spoke('c1').agent.setOnline(true);
    rig.standIn.clearFaults();
    rig.hub.front.clearFaults();
    await controller?.stop();
    controller = undefined;
  });

  const hub = (name: string): Promise<KubeObject | undefined> => rig.hubApp(`${namespace}/${name}`);
  const spoke = (name: string): Promise<KubeObject | undefined> => rig.spokeApp('c1', namespace, name);
  const bundleOf = async (name: string): Promise<BundleRow | undefined> =>
    (await rig.maestroBundles('c1')).find(({ metadata }) => metadata.name === `${namespace}-${name}`);
  const hubWrites = (): number =>
    rig.hub.front
      .requests({ resource: 'applications', user: 'gitops-controller' })
      .filter(({ verb }) => verb === 'patch' || verb === 'update').length;
  const synced = (name: string): Promise<void> =>
    eventually(async () => {
      const app = await hub(name);
      expect(at(app, 'status', 'sync', 'status')).toBe('Synced');
      expect(at(app, 'status', 'operationState', 'phase')).toBe('Succeeded');
      expect(app?.['status']).toEqual((await spoke(name))?.['status']);
      const bundle = await bundleOf(name);
      expect(at(bundle, 'status', 'ObservedVersion')).toBe(bundle?.version);
    }, boundMs);
  const ready = ({ lines }: RunningController): Promise<void> =>
    eventually(() => expect(lines.some((line) => line.includes('hub and Maestro have been read'))).toBe(true), boundMs);
  /** Something that was asked for later has come, so what was asked for before had its chance. */
  const sentinel = async (name: string): Promise<void> => {
    await createApp(rig, name);
    await synced(name);
  };

  test('a restart over applications in sync publishes nothing and writes nothing', async () => {
    const names = Array.from({ length: 12 }, (_, count) => `c1-${String(count)}`);
    controller = startController(rig);
    for (const name of names) await createApp(rig, name);
    for (const name of names) await synced(name);
    await controller.stop();

    const publishes = rig.publishes().length;
    rig.hub.front.forget();
    controller = startController(rig);
    await ready(controller);
    await sentinel('c1-sentinel');
    const { id = '' } = (await bundleOf('c1-sentinel')) ?? {};
    expect(rig.publishes().length - publishes).toBe(rig.publishes({ id }).length);
    const touched = rig.hub.front
      .requests({ resource: 'applications', user: 'gitops-controller' })
      .filter(({ verb }) => verb === 'patch' || verb === 'update');
    expect(new Set(touched.map(({ name }) => name))).toEqual(new Set(['c1-sentinel']));
  });

  test('what does not concern the cluster is not published', async () => {
    controller = startController(rig);
    await createApp(rig, 'c2');
    await synced('c2');
    const { version } = (await bundleOf('c2')) ?? {};
    const app = await hub('c2');
    // The resource version, managed fields, a hub-only annotation, the hub's status.
    await rig.hub
      .client('somebody')
      .mergePatch(
        kinds.applications,
        { namespace, name: 'c2' },
        { metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"a":1}' } } },
      );
    await rig.hub
      .client('another')
      .mergePatch(kinds.applications, { namespace, name: 'c2' }, { status: { summary: { images: ['of-the-hub'] } } });
    const after = await hub('c2');
    expect(after?.metadata.resourceVersion).not.toBe(app?.metadata.resourceVersion);
    expect(after?.metadata['managedFields']).not.toEqual(app?.metadata['managedFields']);
    await sentinel('c2-sentinel');
    expect((await bundleOf('c2'))?.version).toBe(version);
  });

  test('two edits in quick succession are published once, with the latest', async () => {
    controller = startController(rig);
    await createApp(rig, 'c3');
    await synced('c3');
    const { version = 0 } = (await bundleOf('c3')) ?? {};
    for (const edit of ['one', 'two'])
      await rig.hub.admin.mergePatch(kinds.applications, { namespace, name: 'c3' }, { metadata: { labels: { edit } } });
    await eventually(async () => expect((await spoke('c3'))?.metadata.labels).toEqual({ edit: 'two' }), boundMs);
    await sentinel('c3-sentinel');
    expect((await bundleOf('c3'))?.version).toBe(version + 1);
  });

  test('a version conflict is read, decided anew, and loses nothing', async () => {
    controller = startController(rig);
    await createApp(rig, 'c4');
    await synced('c4');
    const before = await bundleOf('c4');
    const conflicts = rig.publishes({ id: before?.id ?? '' }).length;
    // Somebody else raises the version; what travels in their version is overwritten by what the hub wants.
    await controller.stop();
    const other = startController(rig, {
      hubId: String(before?.metadata.annotations?.['maestro-cli.hyperfleet.io/hub-id']),
    });
    await ready(other);
    controller = startController(rig);
    await ready(controller);
    // Both see each edit and both publish it: the one that comes second meets a conflict, and what it reads is what it
    // wanted.
    for (const edit of ['one', 'two', 'three']) {
      await rig.hub.admin.mergePatch(kinds.applications, { namespace, name: 'c4' }, { metadata: { labels: { edit } } });
      await eventually(async () => expect((await spoke('c4'))?.metadata.labels).toEqual({ edit }), boundMs);
    }
    await other.stop();
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'c4' },
      { metadata: { labels: { edit: 'last' } } },
    );
    await eventually(async () => expect((await spoke('c4'))?.metadata.labels).toEqual({ edit: 'last' }), boundMs);
    await synced('c4');
    expect(rig.publishes({ id: before?.id ?? '' }).length).toBeGreaterThanOrEqual(conflicts + 4);
    expect((await bundleOf('c4'))?.version).toBeLessThanOrEqual((before?.version ?? 0) + 8);
  });

  test('an operation that is set before the hub answers the removal of the first, the same, is synced too', async () => {
    const operation = { initiatedBy: { username: 'admin' }, sync: { revision: 'HEAD' } };
    const set = (): Promise<KubeObject> =>
      rig.hub.admin.mergePatch(kinds.applications, { namespace, name: 'late-operation' }, { operation });
    controller = startController(rig, {}, lateAnswer('hub operation', set));
    await createApp(rig, 'late-operation', { spec: manual });
    await eventually(
      async () => expect(at(await hub('late-operation'), 'status', 'sync', 'status')).toBe('OutOfSync'),
      boundMs,
    );
    rig.spoke('c1').argo.holdOperations(true);
    await set();
    await eventually(async () => {
      const startedAt = at(await spoke('late-operation'), 'status', 'operationState', 'startedAt');
      expect(Date.now()).toBeGreaterThan(Date.parse(String(startedAt)) + 1_000);
      expect(await hub('late-operation')).toHaveProperty('operation');
    }, boundMs);
    rig.spoke('c1').argo.holdOperations(false);
    await eventually(async () => {
      expect(at(await spoke('late-operation'), 'status', 'history')).toHaveLength(2);
      expect(await hub('late-operation')).not.toHaveProperty('operation');
    }, boundMs);
  });

  test('what is cleared on the hub before it answers our own write is put back', async () => {
    let cleared: KubeObject | undefined;
    const clear = async (): Promise<KubeObject> => {
      cleared = await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'late-status' },
        { status: { sync: null, operationState: null } },
      );
      return cleared;
    };
    await createApp(rig, 'late-status');
    // In sync on the cluster already, so that nothing but the one write is to come.
    controller = startController(rig);
    await synced('late-status');
    await controller.stop();
    await rig.hub.admin.jsonPatch(kinds.applications, { namespace, name: 'late-status' }, [
      { op: 'remove', path: '/status' },
    ]);
    controller = startController(rig, {}, lateAnswer('hub status', clear));
    await eventually(async () => {
      expect(cleared?.['status']).not.toHaveProperty('operationState');
      expect(cleared).toBeDefined();
      expect((await hub('late-status'))?.['status']).toEqual((await spoke('late-status'))?.['status']);
    }, boundMs);
  });

  describe('killed', () => {
    /** Runs until the process dies at the step, then starts another one. */
    const dieAndStartAgain = async (plan: CrashPlan, act: () => Promise<unknown>): Promise<void> => {
      const crash = new Crash(plan);
      const first = startController(rig, { shutdownMs: 50 }, crash.parts);
      await ready(first);
      await act();
      await crash.died;
      await first.stop();
      controller = startController(rig);
    };
    const when = ['before', 'after'] as const;
    const nameOf = ({ step, when: moment }: CrashPlan, of = ''): string =>
      `c5-${step.replace(' ', '-')}-${moment}${of}`;

    test.each(when)('%s the first publish, and at the first status', async (moment) => {
      for (const step of ['publish create', 'hub status'] as const) {
        const plan = { step, when: moment };
        await dieAndStartAgain(plan, () => createApp(rig, nameOf(plan)));
        await synced(nameOf(plan));
        expect((await bundleOf(nameOf(plan)))?.version).toBe(1);
        await controller?.stop();
      }
    });

    test.each(when)('%s the publish of an edit', async (moment) => {
      const plan = { step: 'publish update', when: moment } as const;
      const name = nameOf(plan);
      controller = startController(rig);
      await createApp(rig, name);
      await synced(name);
      await controller.stop();
      await dieAndStartAgain(plan, () =>
        rig.hub.admin.mergePatch(kinds.applications, { namespace, name }, { metadata: { labels: { edited: 'yes' } } }),
      );
      await eventually(async () => expect((await spoke(name))?.metadata.labels).toEqual({ edited: 'yes' }), boundMs);
      await synced(name);
      expect((await bundleOf(name))?.version).toBe(2);
    });

    test.each([
      ...when.flatMap((moment) => [
        { step: 'publish update', when: moment, nth: 1 } as const,
        { step: 'hub operation', when: moment, nth: 1 } as const,
        // The publish that takes the operation away again.
        { step: 'publish update', when: moment, nth: 2 } as const,
      ]),
    ])('$when $step, number $nth, of an operation: it is synced once', async (plan) => {
      const name = nameOf(plan, `-${String(plan.nth)}`);
      controller = startController(rig);
      await createApp(rig, name, { spec: manual });
      await eventually(async () => expect(at(await hub(name), 'status', 'sync', 'status')).toBe('OutOfSync'), boundMs);
      await controller.stop();
      const operation = { initiatedBy: { username: 'admin' }, sync: { revision: 'HEAD' } };
      const act = (): Promise<unknown> =>
        rig.hub.admin.mergePatch(kinds.applications, { namespace, name }, { operation });
      await dieAndStartAgain(plan, act);
      await syncedOnce(name);
    });

    test.each(when)(
      '%s an operation is taken from the hub, and back only after it has ended: it is synced once',
      async (moment) => {
        const plan = { step: 'hub operation', when: moment } as const;
        const name = nameOf(plan, '-late');
        controller = startController(rig);
        await createApp(rig, name, { spec: manual });
        await eventually(
          async () => expect(at(await hub(name), 'status', 'sync', 'status')).toBe('OutOfSync'),
          boundMs,
        );
        await controller.stop();
        const crash = new Crash(plan);
        const first = startController(rig, { shutdownMs: 50 }, crash.parts);
        await ready(first);
        await rig.hub.admin.mergePatch(
          kinds.applications,
          { namespace, name },
          { operation: { initiatedBy: { username: 'admin' }, sync: { revision: 'HEAD' } } },
        );
        await crash.died;
        await first.stop();
        // The cluster goes on by itself.
        await eventually(
          async () => expect(at(await spoke(name), 'status', 'operationState', 'phase')).toBe('Succeeded'),
          boundMs,
        );
        await eventually(
          async () => expect(at(reported(await bundleOf(name)), 'operationState', 'phase')).toBe('Succeeded'),
          boundMs,
        );
        controller = startController(rig);
        await syncedOnce(name);
      },
    );

    test('an operation whose removal from the hub fails for a while is synced once', async () => {
      controller = startController(rig);
      await createApp(rig, 'c5-no-answer', { spec: manual });
      await eventually(
        async () => expect(at(await hub('c5-no-answer'), 'status', 'sync', 'status')).toBe('OutOfSync'),
        boundMs,
      );
      rig.hub.front.setFault({
        kind: 'status',
        status: 500,
        verb: 'patch',
        resource: 'applications',
        name: 'c5-no-answer',
      });
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'c5-no-answer' },
        { operation: { initiatedBy: { username: 'admin' }, sync: { revision: 'HEAD' } } },
      );
      await eventually(
        async () => expect(at(reported(await bundleOf('c5-no-answer')), 'operationState', 'phase')).toBe('Succeeded'),
        boundMs,
      );
      expect(await hub('c5-no-answer')).toHaveProperty('operation');
      rig.hub.front.clearFaults();
      await syncedOnce('c5-no-answer');
    });

    test.each([
      ...when.map((moment) => ({ step: 'publish delete', when: moment }) as const),
      ...when.map((moment) => ({ step: 'hub finalizers', when: moment }) as const),
    ])('$when $step of a deletion', async (plan) => {
      const name = nameOf(plan);
      controller = startController(rig);
      await createApp(rig, name);
      await synced(name);
      await controller.stop();
      await dieAndStartAgain(plan, () => deleteApp(rig, name));
      await eventually(async () => {
        expect(await hub(name)).toBeUndefined();
        expect(await spoke(name)).toBeUndefined();
        expect(await bundleOf(name)).toBeUndefined();
        expect(rig.spoke('c1').workload(name, name)).toBeUndefined();
      }, boundMs);
    });

    test.each(when)('%s a refresh is taken from the hub', async (moment) => {
      const plan = { step: 'hub refresh', when: moment } as const;
      const name = nameOf(plan);
      controller = startController(rig);
      await createApp(rig, name);
      await synced(name);
      await controller.stop();
      const before = String(at(await spoke(name), 'status', 'reconciledAt'));
      await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(before) + 1_000));
      await dieAndStartAgain(plan, () =>
        rig.hub.admin.mergePatch(
          kinds.applications,
          { namespace, name },
          { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } },
        ),
      );
      await eventually(async () => {
        expect((await hub(name))?.metadata.annotations).not.toHaveProperty(['argocd.argoproj.io/refresh']);
        expect(Date.parse(String(at(await spoke(name), 'status', 'reconciledAt')))).toBeGreaterThan(Date.parse(before));
        expect(JSON.stringify((await bundleOf(name))?.manifests)).not.toContain('argocd.argoproj.io/refresh');
      }, boundMs);
    });

    const syncedOnce = async (name: string): Promise<void> => {
      await eventually(async () => {
        const app = await hub(name);
        expect(app).not.toHaveProperty('operation');
        expect(at(app, 'status', 'operationState', 'phase')).toBe('Succeeded');
        expect(app?.['status']).toEqual((await spoke(name))?.['status']);
        const bundle = await bundleOf(name);
        expect(bundle?.manifests[0]).not.toHaveProperty('operation');
        expect(at(bundle, 'status', 'ObservedVersion')).toBe(bundle?.version);
      }, boundMs);
      expect(at(await spoke(name), 'status', 'history')).toHaveLength(1);
    };
  });

  test('after all that, another restart finds nothing to do', async () => {
    controller = startController(rig);
    await ready(controller);
    await sentinel('settling');
    await controller.stop();
    const publishes = rig.publishes().length;
    rig.hub.front.forget();
    controller = startController(rig);
    await ready(controller);
    await sentinel('settled');
    const { id = '' } = (await bundleOf('settled')) ?? {};
    expect(rig.publishes().length - publishes).toBe(rig.publishes({ id }).length);
    expect(hubWrites()).toBe(
      rig.hub.front.requests({ resource: 'applications', name: 'settled', user: 'gitops-controller', verb: 'patch' })
        .length,
    );
  });
});
