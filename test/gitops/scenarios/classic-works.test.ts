import { afterEach, describe, expect, test } from 'vitest';
import { objectAt } from '../../../src/core/json-fields.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { classicWork, eventually, kinds, startRig, type KubeObject, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { freePorts } from '../rig/wait.ts';
import { bundlesOf, deliveryMessages, source } from './bundles.ts';
import { metric } from './scrape.ts';
import { at, createApp, deleteApp, namespace, skipped, startController, type RunningController } from './support.ts';

describe.skipIf(skipped)('works that the classic model left on the hub', { timeout: 90_000 }, () => {
  let rig: Rig;
  let controller: RunningController | undefined;
  let port = 0;
  const start = async (overrides: Parameters<typeof startController>[1] = {}): Promise<void> => {
    [port = 0] = await freePorts(1);
    controller = startController(rig, {
      metricsAddress: { host: '127.0.0.1', port },
      classicWorksIntervalMs: 1_000,
      ...overrides,
    });
  };
  const stop = async (): Promise<void> => {
    await controller?.stop();
    controller = undefined;
  };

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1'], applicationSets: false });
    },
    async () => {
      await rig?.stop();
    },
  );

  afterEach(async () => {
    await stop();
    rig.hub.front.clearFaults();
  });

  const onHub = (name: string): Promise<KubeObject | undefined> => rig.hubApp(`${namespace}/${name}`);
  /** An application that the classic model delivered before these controllers came. */
  const createClassic = async (name: string): Promise<{ readonly namespace: string; readonly name: string }> => {
    const app = await createApp(rig, name);
    const work = await rig.hub.admin.create(kinds.manifestWorks, classicWork(app));
    await eventually(async () => expect(await rig.spokeApp('c1', namespace, name)).toBeDefined(), 20_000);
    return { namespace: 'c1', name: work.metadata.name };
  };
  const delivered = async (name: string): Promise<void> =>
    eventually(async () => expect(at(await onHub(name), 'status', 'health', 'status')).toBe('Healthy'), 20_000);
  const orphan = async (ref: { readonly namespace: string; readonly name: string }): Promise<void> => {
    await rig.hub.admin.mergePatch(kinds.manifestWorks, ref, {
      spec: { deleteOption: { propagationPolicy: 'Orphan' } },
    });
    await eventually(async () => {
      const work = await rig.hub.admin.get(kinds.manifestWorks, ref);
      const applied = (at(work, 'status', 'conditions') ?? []) as readonly { observedGeneration?: number }[];
      expect(applied.map(({ observedGeneration }) => observedGeneration)).toContain(work?.metadata.generation);
    }, 20_000);
    await rig.hub.admin.delete(kinds.manifestWorks, ref);
    await eventually(async () => expect(await rig.hub.admin.get(kinds.manifestWorks, ref)).toBeUndefined(), 20_000);
  };

  test('are counted and told on their applications, and hold up a deletion that would leave them running, until they are gone', async () => {
    const work = await createClassic('cw-both');
    await start();
    await createApp(rig, 'cw-ours');
    await delivered('cw-both');
    await delivered('cw-ours');
    const name = `c1/${work.name}`;
    await eventually(async () => {
      expect(deliveryMessages(await onHub('cw-both'))).toEqual([
        expect.stringContaining(`the classic ManifestWork ${name} still owns the application too`),
      ]);
      expect(deliveryMessages(await onHub('cw-ours'))).toEqual([]);
    }, 20_000);
    const counts = async (): Promise<number[]> =>
      Promise.all(
        ['classic_works', 'classic_works_applications', 'classic_works_visible'].map((one) => metric(port, one)),
      );
    expect(await counts()).toEqual([1, 1, 1]);

    await deleteApp(rig, 'cw-both');
    await deleteApp(rig, 'cw-ours');
    await eventually(async () => {
      expect(await onHub('cw-ours')).toBeUndefined();
      expect(deliveryMessages(await onHub('cw-both'))).toEqual([
        expect.stringMatching(new RegExp(`^not deleted from cluster c1 .*${name} owns it too.*\\(ClassicWorkLeft\\)$`)),
      ]);
    }, 20_000);
    expect(await metric(port, 'parked', { reason: 'ClassicWorkLeft' })).toBe(1);
    expect((await bundlesOf(rig, 'cw-both')).map(({ deleted_at }) => deleted_at)).toEqual([undefined]);
    expect(await rig.spokeApp('c1', namespace, 'cw-both')).toBeDefined();

    await orphan(work);
    await eventually(async () => {
      expect(await onHub('cw-both')).toBeUndefined();
      expect(await rig.spokeApp('c1', namespace, 'cw-both')).toBeUndefined();
      expect(await counts()).toEqual([0, 0, 1]);
    }, 20_000);
    // Once for each change, not at every look.
    const lines = controller?.lines.filter((line) => line.includes('classic pull model')) ?? [];
    expect(lines).toEqual([
      expect.stringMatching(
        /^warn works of the classic pull model .*"works":1,"applications":1,"example":".*cw-both: c1/,
      ),
      expect.stringMatching(/^info no application of these controllers is delivered by a work/),
    ]);
  });

  test('are told through a restart without a write, and no longer when they went meanwhile', async () => {
    const work = await createClassic('cw-restart');
    await start();
    // A status that the cluster has not sent yet would be written after the restart.
    await delivered('cw-restart');
    const told = async (): Promise<string> => deliveryMessages(await onHub('cw-restart')).join();
    await eventually(async () => expect(await told()).toContain('still owns the application too'), 20_000);
    const again = async (works: number): Promise<void> => {
      await start();
      await eventually(async () => {
        expect(await metric(port, 'classic_works')).toBe(works);
        expect(await metric(port, 'classic_works_visible')).toBe(1);
      }, 20_000);
    };
    // Slow enough that all else has been looked at before.
    rig.hub.front.setFault({ kind: 'delay', ms: 1_000, verb: 'list', resource: 'manifestworks', count: 2 });
    await stop();
    rig.hub.front.forget();
    await again(1);
    expect(rig.hub.front.requests({ verb: 'patch', resource: 'applications', name: 'cw-restart' })).toEqual([]);
    await stop();
    await orphan(work);
    await again(0);
    await eventually(async () => expect(await told()).toBe(''), 20_000);
    await deleteApp(rig, 'cw-restart');
    await eventually(async () => expect(await onHub('cw-restart')).toBeUndefined(), 20_000);
  });

  test('are looked for before a new leader ends a deletion', async () => {
    const work = await createClassic('cw-late');
    await start();
    await delivered('cw-late');
    await stop();
    await deleteApp(rig, 'cw-late');
    // The look fails at first, and the deletion waits for it.
    rig.hub.front.setFault({ kind: 'status', status: 500, verb: 'list', resource: 'manifestworks', count: 2 });
    await start();
    await eventually(
      async () => expect(deliveryMessages(await onHub('cw-late')).join()).toContain('(ClassicWorkLeft)'),
      20_000,
    );
    expect(rig.publishes({ id: bundleId(source, 'c1', `${namespace}-cw-late`), kind: 'delete' })).toEqual([]);
    await orphan(work);
    await eventually(async () => expect(await onHub('cw-late')).toBeUndefined(), 20_000);
  });

  test('do not hold up a deletion where they may stay, and without the right to look for them everything goes on', async () => {
    const stays = await createClassic('cw-stays');
    await start({ allowClassicCoexistence: true });
    await delivered('cw-stays');
    await deleteApp(rig, 'cw-stays');
    await eventually(async () => expect(await onHub('cw-stays')).toBeUndefined(), 20_000);
    expect(await rig.spokeApp('c1', namespace, 'cw-stays')).toBeDefined();
    await stop();
    await rig.hub.admin.delete(kinds.manifestWorks, stays);

    const unseen = await createClassic('cw-unseen');
    rig.hub.front.setFault({ kind: 'status', status: 403, verb: 'list', resource: 'manifestworks' });
    await start();
    await delivered('cw-unseen');
    await eventually(
      () =>
        expect(controller?.lines.filter((line) => line.includes('migration.rbac.create'))).toEqual([
          expect.stringMatching(/^info we may not list ManifestWorks/),
        ]),
      20_000,
    );
    expect(deliveryMessages(await onHub('cw-unseen'))).toEqual([]);
    expect([await metric(port, 'classic_works_visible'), await metric(port, 'classic_works')]).toEqual([0, 0]);
    await deleteApp(rig, 'cw-unseen');
    await eventually(async () => expect(await onHub('cw-unseen')).toBeUndefined(), 20_000);
    await rig.hub.admin.delete(kinds.manifestWorks, unseen);
    // Its agent lets it go when it has deleted what it applied; the next test counts works.
    await eventually(async () => expect(await rig.hub.admin.get(kinds.manifestWorks, unseen)).toBeUndefined(), 20_000);
  });

  test('are told by their marks, and others of the hub are not read at all', async () => {
    const work = classicWork(await createApp(rig, 'cw-addon'));
    const metadata = { ...objectAt(work, 'metadata'), labels: {} };
    await rig.hub.admin.create(kinds.manifestWorks, { ...work, metadata });
    rig.hub.front.forget();
    await start();
    await eventually(async () => expect(await metric(port, 'classic_works_visible')).toBe(1), 20_000);
    expect(await metric(port, 'classic_works')).toBe(0);
    const lists = rig.hub.front.requests({ verb: 'list', resource: 'manifestworks', user: 'gitops-controller' });
    expect(lists.length).toBeGreaterThan(1);
    expect(lists.every(({ query }) => query.get('labelSelector') !== null)).toBe(true);
  });
});
