import { afterEach, describe, expect, test } from 'vitest';
import type { StatusEvent } from '../../../src/clients/index.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { fitReport, largestStatuses } from '../../../src/gitops/set-report/fit.ts';
import { reportObject } from '../../../src/gitops/set-report/report-object.ts';
import { statusesOf } from '../../../src/gitops/set-report/report.ts';
import {
  classicDeployment,
  ClassicController,
  classicReports,
  eventually,
  kinds,
  multiClusterHub,
  setDecision,
  startRig,
  type KubeObject,
  type Rig,
} from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { applicationSet } from './application-set.ts';
import { searched } from './classic-search.ts';
import { LeapClock } from './fast-clock.ts';
import { StreamTap } from './stream-tap.ts';
import { at, namespace, skipped, startController, type RunningController } from './support.ts';

const second = 1_000;
const clusters = ['c1', 'c2'] as const;
const stamp = 'maestro-cli.hyperfleet.io/appset-report';

describe.skipIf(skipped)('J10: the report of each ApplicationSet', { timeout: 90_000 }, () => {
  let rig: Rig;
  let clock: LeapClock;
  let tap: StreamTap;
  let controller: RunningController | undefined;

  const start = (): void => {
    clock = new LeapClock();
    tap = new StreamTap();
    controller = startController(
      rig,
      // Time that leaps must not end calls.
      {
        callTimeoutMs: 3_600_000,
        statusMode: 'full',
        gc: { brake: { kind: 'count', count: 0 }, overrideBrake: false },
      },
      { connectMaestro: tap.connectMaestro },
      clock,
    );
  };
  const stop = async (): Promise<void> => {
    const ended = controller;
    controller = undefined;
    await ended?.stop();
  };
  const report = async (set: string): Promise<KubeObject | undefined> =>
    rig.hub.admin.get(kinds.setReports, { namespace, name: set });
  const writes = (set: string): number =>
    rig.hub.front
      .requests({ resource: kinds.setReports.resource, user: 'gitops-controller' })
      .filter(({ verb, name }) => (verb === 'update' || verb === 'create') && (name ?? set) === set).length;
  const statuses = async (set: string): Promise<JsonObject> => ((await report(set))?.['statuses'] ?? {}) as JsonObject;
  const createSet = async (name: string, repoURL?: string): Promise<void> => {
    await rig.hub.admin.create(kinds.applicationSets, applicationSet(name, repoURL === undefined ? {} : { repoURL }));
  };

  keepRig(
    async () => {
      rig = await startRig({ clusters });
      await setDecision(rig.hub, namespace, 'all', clusters);
    },
    async () => {
      await stop();
      await rig?.stop();
    },
  );

  afterEach(stop);

  test('equals what the classic pull model writes for the same fleet, and takes its reports over', async () => {
    const sets = ['well', 'broken', 'failing'];
    const classic = await ClassicController.start({ hub: rig.hub, aggregationMs: 100 });
    try {
      await createSet('well');
      await createSet('broken', 'https://git.invalid/does-not-exist');
      await eventually(async () => {
        expect(await statuses('well')).toMatchObject({ summary: { clusters: '2', healthy: '2', synced: '2' } });
        expect(await statuses('broken')).toMatchObject({ summary: { clusters: '2', notHealthy: '2' } });
      }, 30 * second);
      rig.spoke('c1').argo.setHealth(namespace, 'c1-well', 'Progressing');
      rig.spoke('c2').argo.failOperations(true);
      await createSet('failing');
      await eventually(async () => {
        expect(at(await statuses('failing'), 'clusterConditions', 1)).toMatchObject({ operationStatePhase: 'Failed' });
        expect(await statuses('well')).toMatchObject({ summary: { inProgress: '1' } });
      }, 30 * second);
      const uids = await Promise.all(sets.map(async (set) => (await report(set))?.metadata.uid));

      const user = rig.hub.client('kubectl');
      const paused = { metadata: { annotations: { 'installer.open-cluster-management.io/pause': 'true' } } };
      await user.mergePatch(kinds.multiClusterHubs, multiClusterHub, paused);
      await user.mergePatch(kinds.deployments, classicDeployment, { spec: { replicas: 0 } });
      await eventually(() => expect(classic.running).toBe(false));
      start();
      // Its works stay, and go on telling of the same Applications.
      await clock.eventually(async () => {
        const works = (await rig.hub.admin.list(kinds.manifestWorks)).items;
        const reports = classicReports(works);
        expect(reports).toHaveLength(sets.length);
        for (const expected of reports) {
          const { name, labels } = expected['metadata'] as { name: string; labels: JsonObject };
          const ours = await report(name);
          expect(ours?.metadata.labels).toEqual(labels);
          expect(ours?.metadata.annotations?.[stamp], name).toBe('whole');
          expect(withoutOwnWords(withoutWorkNames(ours?.['statuses']))).toEqual(await withSearch(name, expected));
        }
      }, 40 * second);
      // What no other model says: two works own each Application.
      await clock.eventually(async () =>
        expect(JSON.stringify(await statuses('broken'))).toContain('still owns the application too'),
      );
      for (const [index, set] of sets.entries()) expect((await report(set))?.metadata.uid).toBe(uids[index]);
      expect(at(await statuses('well'), 'clusterConditions', 0, 'app')).toBe(
        `${namespace}/c1-well/c1/${namespace}-c1-well`,
      );
    } finally {
      rig.spoke('c2').argo.failOperations(false);
      await classic.stop();
    }
  });

  test('J6: while the switch is set no report is written, and it is made up for afterwards', async () => {
    const configMap = { namespace: 'open-cluster-management', name: 'multicluster-integrations-config' };
    start();
    await createSet('switched');
    await clock.eventually(async () => expect(await statuses('switched')).toMatchObject({ summary: { healthy: '2' } }));
    rig.hub.front.memory.put(kinds.configMaps, {
      metadata: configMap,
      data: { 'config.yaml': 'pullModel: {maestro: {disabled: true}}' },
    });
    try {
      await clock.eventually(() =>
        expect(controller?.lines.some((line) => line.includes('nothing is published or written'))).toBe(true),
      );
      const before = writes('switched');
      rig.spoke('c1').argo.setHealth(namespace, 'c1-switched', 'Degraded');
      // Several times the half minute after which a report is due.
      let looks = 0;
      await clock.eventually(() => expect((looks += 1)).toBeGreaterThan(12));
      expect(writes('switched')).toBe(before);
      expect(await statuses('switched')).toMatchObject({ summary: { healthy: '2' } });
    } finally {
      rig.hub.front.memory.delete(kinds.configMaps, configMap);
    }
    await clock.eventually(async () =>
      expect(await statuses('switched')).toMatchObject({ summary: { healthy: '1', notHealthy: '1' } }),
    );
  });

  /** The whole of what classic says of a set, with what its search finds on the clusters. */
  async function withSearch(set: string, expected: JsonObject): Promise<unknown> {
    const found = await Promise.all(
      clusters.map(async (cluster) => ({
        cluster,
        application: await rig.spokeApp(cluster, namespace, `${cluster}-${set}`),
      })),
    );
    const { conditions, resources } = searched(found);
    const { clusterConditions, summary } = withoutWorkNames(expected['statuses']) as {
      clusterConditions: readonly (JsonObject & { readonly cluster: string })[];
      summary: JsonObject;
    };
    return {
      clusterConditions: clusterConditions.map((entry) => ({
        ...entry,
        ...(conditions.has(entry.cluster) ? { conditions: conditions.get(entry.cluster) } : {}),
      })),
      resources,
      summary,
    };
  }

  test('is not written by a process that starts, whose hub and clusters say what they said', async () => {
    start();
    await createSet('restart');
    await clock.eventually(async () => {
      expect(await statuses('restart')).toMatchObject({ summary: { healthy: '2', synced: '2' } });
      expect(at(await statuses('restart'), 'resources')).toHaveLength(1);
    });
    await stop();
    const versions = async (): Promise<readonly string[]> =>
      (await rig.hub.admin.list(kinds.setReports)).items.map(({ metadata }) => metadata.resourceVersion);
    const before = await versions();
    rig.hub.front.forget();
    start();
    const reads = (): number =>
      rig.hub.front.requests({ verb: 'get', resource: kinds.applications.resource, user: 'gitops-controller' }).length;
    // It has looked at the resources of the set, which comes after everything else.
    await clock.eventually(() => expect(reads()).toBeGreaterThan(0));
    for (let count = 0; count < 4; count += 1) {
      clock.leap(60 * second);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await versions()).toEqual(before);
    expect(writes('restart')).toBe(0);
  });

  test('is written once for each half minute under a thousand events a second, and ends with the last of them', async () => {
    start();
    await createSet('flood');
    await clock.eventually(async () => {
      expect(await statuses('flood')).toMatchObject({ summary: { healthy: '2', synced: '2' } });
    });
    const last = await eventually(() => {
      const events = clusters.map((cluster) =>
        tap.seen.findLast(({ consumer, status }) => consumer === cluster && JSON.stringify(status).includes('flood')),
      );
      expect(events).not.toContain(undefined);
      return events as StatusEvent[];
    });
    rig.hub.front.forget();
    const flood = (health: string, later: number): void => {
      for (const event of last) tap.inject(saying(event, health, later));
    };
    // So long, what came in can mostly be read, judged and written; a busy machine gets more such seconds.
    const pauseMs = 50;
    const startMs = clock.monotonicMs();
    let later = 0;
    for (let tick = 0; tick < 45 || (writes('flood') === 0 && tick < 400); tick += 1) {
      // Time that leaps past a heartbeat ends a stream.
      await eventually(() => expect(tap.isOpen).toBe(true));
      for (let count = 0; count < 500; count += 1) {
        later += 1;
        flood(later % 3 === 0 ? 'Degraded' : 'Progressing', later);
      }
      clock.leap(second - pauseMs);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    const windows = Math.ceil((clock.monotonicMs() - startMs) / (30 * second));
    expect(writes('flood')).toBeGreaterThanOrEqual(1);
    expect(writes('flood')).toBeLessThanOrEqual(windows + 1);
    await eventually(() => expect(tap.isOpen).toBe(true));
    flood('Missing', later + 1);
    await clock.eventually(async () =>
      expect(await statuses('flood')).toMatchObject({
        clusterConditions: [{ healthStatus: 'Missing' }, { healthStatus: 'Missing' }],
      }),
    );
  });

  test('goes with its set, and no report goes that others wrote', async () => {
    await rig.hub.admin.create(kinds.setReports, {
      apiVersion: 'apps.open-cluster-management.io/v1alpha1',
      kind: 'MulticlusterApplicationSetReport',
      metadata: { name: 'of-others', namespace },
    });
    start();
    await createSet('gone');
    await clock.eventually(async () => expect(await statuses('gone')).toMatchObject({ summary: { healthy: '2' } }));
    await rig.hub.admin.delete(kinds.applicationSets, { namespace, name: 'gone' });
    await clock.eventually(async () => expect(await report('gone')).toBeUndefined());
    expect(await report('of-others')).toBeDefined();
  });

  test('of the largest size is one that the hub can store', async () => {
    const largest = (message: string) =>
      fitReport(
        statusesOf(
          Array.from({ length: 3_000 }, (_, index) => ({
            cluster: `managed-cluster-west-${String(index).padStart(4, '0')}`,
            syncStatus: 'OutOfSync',
            healthStatus: 'Progressing',
            app: `${namespace}/application-${String(index)}/managed-cluster-west-${String(index)}/work`,
            conditions: [{ type: 'SyncError', message }],
          })),
          [],
        ),
      );
    let message = '';
    while (largest(`${message}<`).cut === 'whole') message += '<';
    const fitted = largest(message);
    expect(fitted.bytes).toBeGreaterThan(0.98 * largestStatuses);
    // Written over, it is no larger than before.
    const stored = await rig.hub.admin.create(kinds.setReports, reportObject(`${namespace}/largest`, fitted));
    await rig.hub.admin.update(kinds.setReports, {
      ...stored,
      metadata: { ...stored.metadata, annotations: { [stamp]: 'whole', other: 'x' } },
    });
    await rig.hub.admin.delete(kinds.setReports, { namespace, name: 'largest' });
  });

  test('keeps what it says of a cluster that is left to the classic pull model', async () => {
    start();
    await createSet('left');
    await clock.eventually(async () => expect(await statuses('left')).toMatchObject({ summary: { healthy: '2' } }));
    const pullModel = (value: string | null) =>
      rig.hub.admin.mergePatch(
        kinds.managedClusters,
        { name: 'c2' },
        { metadata: { annotations: { 'maestro-cli.hyperfleet.io/pull-model': value } } },
      );
    await pullModel('classic');
    try {
      await eventually(() => expect(controller?.lines.join('\n')).toContain('switched off'));
      for (const cluster of clusters) rig.spoke(cluster).argo.setHealth(namespace, `${cluster}-left`, 'Degraded');
      await clock.eventually(async () =>
        expect(await statuses('left')).toMatchObject({
          clusterConditions: [{ healthStatus: 'Degraded' }, { healthStatus: 'Healthy' }],
          summary: { clusters: '2', healthy: '1', notHealthy: '1' },
        }),
      );
    } finally {
      await pullModel(null);
    }
    await clock.eventually(async () => expect(await statuses('left')).toMatchObject({ summary: { healthy: '0' } }));
  });
});

/** The two models name their works differently, and each report names the works of its own. */
function withoutWorkNames(statuses: unknown): unknown {
  const conditions = (at(statuses, 'clusterConditions') ?? []) as readonly (JsonObject & { readonly app: string })[];
  return {
    ...(statuses as JsonObject),
    clusterConditions: conditions.map((entry) => ({ ...entry, app: entry.app.replace(/\/[^/]+$/, '') })),
  };
}

/** Our own conditions, which tell of the delivery and which no report of the classic model has. */
function withoutOwnWords(statuses: unknown): unknown {
  const entries = (at(statuses, 'clusterConditions') ?? []) as readonly (JsonObject & {
    readonly conditions?: readonly (JsonObject & { readonly type: string })[];
  })[];
  return {
    ...(statuses as JsonObject),
    clusterConditions: entries.map(({ conditions = [], ...entry }) => {
      const others = conditions.filter(({ type }) => !type.startsWith('MaestroDelivery'));
      return others.length === 0 ? entry : { ...entry, conditions: others };
    }),
  };
}

/**
 * The event with another health, as a later report of its cluster: later than all that it will say while the test runs,
 * for sequence ids begin with their time.
 */
function saying(event: StatusEvent, health: string, later: number): StatusEvent {
  const sequenceId = String(BigInt(event.sequenceId) + 1_000_000_000_000_000n + BigInt(later));
  const resourceStatus = event.status.resourceStatus.map((entry) => ({
    ...entry,
    feedback: entry.feedback.map((one) => ({
      ...one,
      value: { ...(one.value as JsonObject), health: { status: health } },
    })),
  }));
  return { ...event, sequenceId, status: { ...event.status, sequenceId, resourceStatus } };
}
