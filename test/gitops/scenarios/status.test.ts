import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StatusEvent } from '../../../src/clients/index.ts';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import type { ControllerSettings } from '../../../src/gitops/run/settings.ts';
import { eventually, kinds, startRig, type BundleRow, type KubeObject, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { freePorts } from '../rig/wait.ts';
import { LeapClock } from './fast-clock.ts';
import { metric } from './scrape.ts';
import { StreamTap } from './stream-tap.ts';
import {
  application,
  at,
  createApp,
  namespace,
  skipped,
  startController,
  type AppOptions,
  type RunningController,
} from './support.ts';

const appNamespaceAnnotation = 'apps.open-cluster-management.io/ocm-managed-cluster-app-namespace';
const second = 1_000;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const oneLine = (text = ''): string => text.replaceAll(/\s+/g, ' ').trim();

/** The status of an event as the cluster might have said it: another health, and later in the order. */
function event(
  from: StatusEvent,
  change: {
    readonly health: string;
    readonly later: number;
    readonly consumer?: string;
    readonly version?: number;
    readonly name?: string;
  },
): StatusEvent {
  const { health, later, consumer = from.consumer, version = from.version, name } = change;
  const sequenceId = String(BigInt(from.sequenceId) + BigInt(later));
  const resourceStatus = from.status.resourceStatus.map((entry) => ({
    ...entry,
    resourceMeta: { ...entry.resourceMeta, ...(name === undefined ? {} : { name }) },
    feedback: entry.feedback.map((one) => ({
      ...one,
      value: { ...(one.value as JsonObject), health: { status: health } },
    })),
  }));
  return {
    ...from,
    consumer,
    version,
    sequenceId,
    status: { ...from.status, observedVersion: version, sequenceId, resourceStatus },
  };
}

describe.skipIf(skipped)('what clusters report, on the hub', { timeout: 60_000 }, () => {
  let rig: Rig;
  let controller: RunningController | undefined;
  let tap: StreamTap;
  let port: number;

  const start = async (overrides: Partial<ControllerSettings> = {}, clock?: LeapClock): Promise<void> => {
    [port = 0] = await freePorts(1);
    tap = new StreamTap();
    controller = startController(
      rig,
      { metricsAddress: { host: '127.0.0.1', port }, ...overrides },
      { connectMaestro: tap.connectMaestro },
      clock,
    );
  };
  const stop = async (): Promise<void> => {
    await controller?.stop();
    controller = undefined;
  };
  const hub = (name: string): Promise<KubeObject | undefined> => rig.hubApp(`${namespace}/${name}`);
  const spoke = (name: string, cluster = 'c1'): Promise<KubeObject | undefined> =>
    rig.spokeApp(cluster, namespace, name);
  const status = async (name: string): Promise<unknown> => at(await hub(name), 'status');
  const patches = (name: string): number =>
    rig.hub.front.requests({ verb: 'patch', resource: 'applications', name, user: 'gitops-controller' }).length;
  const deliveryConditions = async (name: string): Promise<readonly JsonObject[]> =>
    ((at(await hub(name), 'status', 'conditions') ?? []) as readonly JsonObject[]).filter(({ type }) =>
      textOf(type).startsWith('MaestroDelivery'),
    );
  const bundle = async (name: string): Promise<BundleRow> => {
    const found = (await rig.maestroBundles()).find(({ metadata }) => metadata.name === `${namespace}-${name}`);
    if (found === undefined) throw new Error(`there is no bundle for ${name}`);
    return found;
  };
  const health = async (name: string, expected: string, boundMs = 15 * second): Promise<void> => {
    await eventually(async () => expect(at(await hub(name), 'status', 'health', 'status')).toBe(expected), boundMs);
  };
  /** The operation of the first sync has ended, and the hub tells so. */
  const settled = async (name: string, cluster = 'c1'): Promise<JsonObject> =>
    eventually(async () => {
      const [ours, theirs] = [await status(name), at(await spoke(name, cluster), 'status')];
      expect(at(ours, 'operationState', 'phase')).toBe('Succeeded');
      expect(at(ours, 'health', 'status')).toBe('Healthy');
      expect(ours).toEqual(theirs);
      return ours as JsonObject;
    }, 20 * second);
  const create = async (name: string, options: AppOptions = {}): Promise<JsonObject> => {
    await createApp(rig, name, options);
    return settled(name, options.cluster);
  };
  const lastEvent = (id: string): StatusEvent => {
    const last = tap.of(id).at(-1);
    if (last === undefined) throw new Error(`nothing was reported of ${id}`);
    return last;
  };

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1', 'c2'], applicationSets: false });
    },
    async () => {
      await stop();
      await rig?.stop();
    },
  );

  describe('with a Namespace and an AppProject beside each application', () => {
    afterEach(stop);

    test('the status is taken from the Application, whatever other manifests and values are reported', async () => {
      await rig.hub.admin.create(kinds.appProjects, {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AppProject',
        metadata: { name: 'l3-project', namespace },
        spec: { sourceRepos: ['*'], destinations: [{ namespace: '*', server: '*' }] },
      });
      const forged = { name: 'status', fieldValue: { type: 'JsonRaw', jsonRaw: '{"health":{"status":"Forged"}}' } };
      const extra = { name: 'extra', fieldValue: { type: 'JsonRaw', jsonRaw: '{"health":{"status":"Extra"}}' } };
      rig.spoke('c1').agent.intercept((reported) => ({
        ...reported,
        manifests: reported.manifests.map((manifest) => ({
          ...manifest,
          feedback: manifest.resourceMeta.kind === 'Application' ? [extra, ...manifest.feedback] : [forged, extra],
        })),
      }));
      await start({ deliverNamespace: true, deliverProject: true });
      await createApp(rig, 'l3', { spec: { project: 'l3-project' } });
      await settled('l3');
      expect((await bundle('l3')).manifests.map(({ kind }) => kind).sort()).toEqual([
        'AppProject',
        'Application',
        'Namespace',
      ]);
      expect(at(lastEvent((await bundle('l3')).id).data, 'resourceStatus')).toHaveLength(3);
      rig.spoke('c1').agent.intercept((reported) => reported);
      await rig.hub.admin.delete(kinds.applications, { namespace, name: 'l3' });
      await eventually(async () => expect(await hub('l3')).toBeUndefined(), 15 * second);
    });
  });

  describe('with the settings of the command line', () => {
    const clock = new LeapClock();
    beforeEach(async () => {
      if (controller === undefined) await start({ callTimeoutMs: 600 * second }, clock);
    });
    afterAll(stop);

    test('after a transition the hub shows what the cluster shows, to the letter', async () => {
      await create('l1');
      for (const word of ['Degraded', 'Healthy']) {
        const before = performance.now();
        rig.spoke('c1').argo.setHealth(namespace, 'l1', word);
        await health('l1', word);
        expect(await status('l1')).toEqual(at(await spoke('l1'), 'status'));
        // The agent of the rig looks every 100 ms.
        expect(performance.now() - before).toBeLessThan(5.1 * second);
      }
    });

    test('a refresh that moves nothing but reconciledAt is not written', async () => {
      const before = await create('l2');
      const { id } = await bundle('l2');
      const written = patches('l2');
      const suppressed = await metric(port, 'status_outcomes_total', { outcome: 'suppressed' });
      await eventually(
        async () => {
          rig.spoke('c1').argo.touch(namespace, 'l2');
          const reconciledAt = at(await spoke('l2'), 'status', 'reconciledAt');
          expect(reconciledAt).not.toBe(before['reconciledAt']);
          expect(JSON.stringify(lastEvent(id).data)).toContain(
            `"reconciledAt":"${String(reconciledAt)}"`.replaceAll('"', '\\"'),
          );
        },
        10 * second,
        200,
      );
      expect(await metric(port, 'status_outcomes_total', { outcome: 'suppressed' })).toBeGreaterThan(suppressed);
      expect(await status('l2')).toEqual(before);
      expect(patches('l2')).toBe(written);
    });

    test('the first reconciledAt that is not before the end of an operation is written, and only that one', async () => {
      const { reconciledAt } = await create('l2b');
      const later = (ms: number): string =>
        new Date(Date.parse(textOf(reconciledAt)) + ms).toISOString().replace('.000Z', 'Z');
      const say = async (patch: JsonObject): Promise<unknown> =>
        rig.spoke('c1').admin.mergePatch(kinds.applications, { namespace, name: 'l2b' }, { status: patch });
      const written = patches('l2b');
      // Argo CD writes the end of an operation before it compares again.
      await say({ operationState: { finishedAt: later(30_000) } });
      await eventually(async () => expect(at(await status('l2b'), 'operationState', 'finishedAt')).toBe(later(30_000)));
      expect(at(await status('l2b'), 'reconciledAt')).toBe(reconciledAt);
      await say({ reconciledAt: later(30_000) });
      await eventually(async () => expect(at(await status('l2b'), 'reconciledAt')).toBe(later(30_000)));
      expect(patches('l2b')).toBe(written + 2);
      await say({ reconciledAt: later(60_000) });
      const { id } = await bundle('l2b');
      await eventually(() => expect(JSON.stringify(lastEvent(id).data)).toContain(later(60_000)));
      // What comes after it over the same stream has been written.
      await create('l2c');
      expect(at(await status('l2b'), 'reconciledAt')).toBe(later(30_000));
      expect(patches('l2b')).toBe(written + 2);
    });

    test('a status write on the hub causes no publish', async () => {
      await create('l1b');
      const published = rig.publishes().length;
      const written = patches('l1b');
      for (const word of ['Progressing', 'Degraded', 'Healthy']) {
        rig.spoke('c1').argo.setHealth(namespace, 'l1b', word);
        await health('l1b', word);
      }
      // Its own publish comes behind any that the writes would have caused.
      await create('l1c');
      expect(patches('l1b')).toBe(written + 3);
      expect(
        rig
          .publishes()
          .slice(published)
          .map(({ id }) => id),
      ).toEqual([(await bundle('l1c')).id]);
    });

    test('a report that names another application reaches neither, and is counted', async () => {
      const [victim, forger] = [await create('l4-victim'), await create('l4-forger')];
      const written = [patches('l4-victim'), patches('l4-forger')];
      const { id } = await bundle('l4-forger');
      const counted = await metric(port, 'forged_reports_total');
      rig.spoke('c1').agent.intercept((reported, work) =>
        work === id
          ? {
              ...reported,
              manifests: reported.manifests.map((manifest) => ({
                ...manifest,
                resourceMeta: { ...manifest.resourceMeta, name: 'l4-victim' },
              })),
            }
          : reported,
      );
      rig.spoke('c1').argo.setHealth(namespace, 'l4-forger', 'Degraded');
      await eventually(async () => expect(await metric(port, 'forged_reports_total')).toBeGreaterThan(counted));
      rig.spoke('c1').agent.intercept((reported) => reported);
      await create('l4-after');
      expect([await status('l4-victim'), await status('l4-forger')]).toEqual([victim, forger]);
      expect([patches('l4-victim'), patches('l4-forger')]).toEqual(written);
    });

    test('a report, and word of the end, from another cluster than that of the bundle are refused', async () => {
      const before = await create('l4-other');
      const { id } = await bundle('l4-other');
      const [written, published, counted] = [
        patches('l4-other'),
        rig.publishes().length,
        await metric(port, 'forged_reports_total'),
      ];
      tap.inject(event(lastEvent(id), { health: 'Degraded', later: 1, consumer: 'c2' }));
      const ended = event(lastEvent(id), { health: 'Degraded', later: 2, consumer: 'c2' });
      const deleted = { type: 'Deleted', status: 'True', reason: 'ManifestsDeleted', message: '' } as const;
      tap.inject({ ...ended, status: { ...ended.status, conditions: [...ended.status.conditions, deleted] } });
      await eventually(async () => expect(await metric(port, 'forged_reports_total')).toBe(counted + 2));
      await create('l4-then');
      expect(await status('l4-other')).toEqual(before);
      expect(patches('l4-other')).toBe(written);
      expect(rig.publishes({ id })).toHaveLength(1);
      expect(rig.publishes()).toHaveLength(published + 1);
      // The right cluster is believed as before.
      rig.spoke('c1').argo.setHealth(namespace, 'l4-other', 'Degraded');
      await health('l4-other', 'Degraded');
    });

    test("L5: what the cluster cannot apply is told with its agent's words, until it can", async () => {
      await createApp(rig, 'l5', { annotations: { [appNamespaceAnnotation]: 'l5-missing' } });
      const { message } = await eventually(async () => {
        const [condition] = await deliveryConditions('l5');
        expect(condition?.['type']).toBe('MaestroDeliveryError');
        return condition as JsonObject;
      }, 15 * second);
      expect(message).toContain('cluster c1');
      expect(message).toContain('Failed to apply manifest: namespaces "l5-missing" not found');
      // Nothing is made up: what nobody reported is not there.
      expect(Object.keys((await status('l5')) as JsonObject)).toEqual(['conditions']);
      rig.spoke('c1').front.memory.put(kinds.namespaces, { metadata: { name: 'l5-missing' } });
      await health('l5', 'Healthy');
      expect(await deliveryConditions('l5')).toEqual([]);
    });

    test('a cluster without the kind, with an application that was there before', async () => {
      const before = await create('l5b', { cluster: 'c2' });
      await rig.spoke('c2').removeApplicationKind();
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'l5b' },
        { spec: { source: { targetRevision: 'main' } } },
      );
      const condition = await eventually(async () => {
        const [found] = await deliveryConditions('l5b');
        expect(found?.['type']).toBe('MaestroDeliveryError');
        return found as JsonObject;
      }, 15 * second);
      const agents = rig
        .spoke('c2')
        .agent.statusOf((await bundle('l5b')).id)
        ?.manifests[0]?.conditions.find(({ type }) => type === 'Applied');
      expect(agents?.status).toBe('False');
      expect(condition['message']).toContain(oneLine(agents?.message));
      // The last status that came stays.
      const { conditions: _, ...shown } = (await status('l5b')) as JsonObject;
      expect(shown).toEqual(before);
      await rig.spoke('c2').restoreApplicationKind();
      await eventually(async () => {
        expect(await deliveryConditions('l5b')).toEqual([]);
        expect(at(await status('l5b'), 'sync', 'comparedTo', 'source', 'targetRevision')).toBe('main');
      }, 20 * second);
    });

    test('a status too large to report leaves the last one, with a warning until it fits again', async () => {
      const before = await create('l6', { cluster: 'c2' });
      rig.spoke('c2').agent.setLargestFeedback(64);
      rig.spoke('c2').argo.setHealth(namespace, 'l6', 'Degraded');
      const [condition] = await eventually(async () => {
        const found = await deliveryConditions('l6');
        expect(found.map(({ type }) => type)).toEqual(['MaestroDeliveryWarning']);
        return found;
      }, 15 * second);
      const synced = rig
        .spoke('c2')
        .agent.statusOf((await bundle('l6')).id)
        ?.manifests[0]?.conditions.find(({ type }) => type === 'StatusFeedbackSynced');
      expect(synced?.status).toBe('False');
      expect(condition?.['message']).toContain(oneLine(synced?.message));
      const { conditions: _, ...shown } = (await status('l6')) as JsonObject;
      expect(shown).toEqual(before);
      rig.spoke('c2').agent.setLargestFeedback(1_048_576);
      await health('l6', 'Degraded');
      expect(await status('l6')).toEqual(at(await spoke('l6', 'c2'), 'status'));
    });

    test('reports that make no sense change nothing that makes sense, and hold nobody up', async () => {
      const { agent, argo } = rig.spoke('c1');
      const before = await create('l6-odd');
      await create('l6-other');
      const { id } = await bundle('l6-odd');
      const opened = await metric(port, 'stream_connects_total');
      const raw = (jsonRaw: JsonValue): JsonObject => ({ name: 'status', fieldValue: { type: 'JsonRaw', jsonRaw } });
      const odd: readonly (readonly [string, readonly JsonObject[], readonly string[]])[] = [
        ['no JSON', [raw('{"health":')], ['MaestroDeliveryWarning']],
        ['a list', [raw('[1, 2]')], ['MaestroDeliveryWarning']],
        ['a number in place of text', [raw(7)], ['MaestroDeliveryWarning']],
        ['another type', [{ name: 'status', fieldValue: { type: 'Integer', integer: 3 } }], ['MaestroDeliveryWarning']],
        ['no value', [{ name: 'status' }], []],
        ['no name', [{ fieldValue: { type: 'JsonRaw', jsonRaw: '{"health":{"status":"Nameless"}}' } }], []],
      ];
      const words = ['Degraded', 'Healthy'];
      for (const [index, [what, feedback, expected]] of odd.entries()) {
        agent.intercept((reported, work) =>
          work === id
            ? { ...reported, manifests: reported.manifests.map((manifest) => ({ ...manifest, feedback })) }
            : reported,
        );
        const reports = tap.of(id).length;
        argo.setHealth(namespace, 'l6-odd', `Odd${String(index)}`);
        await eventually(() => expect(tap.of(id).length, what).toBeGreaterThan(reports));
        const word = words[index % words.length] ?? '';
        argo.setHealth(namespace, 'l6-other', word);
        await health('l6-other', word);
        await eventually(async () =>
          expect(
            (await deliveryConditions('l6-odd')).map(({ type }) => type),
            what,
          ).toEqual(expected),
        );
        const { conditions: _, ...shown } = (await status('l6-odd')) as JsonObject;
        expect(shown, what).toEqual(before);
      }
      agent.intercept((reported) => reported);
      argo.setHealth(namespace, 'l6-odd', 'Suspended');
      await health('l6-odd', 'Suspended');
      expect(await deliveryConditions('l6-odd')).toEqual([]);
      expect(await metric(port, 'stream_connects_total')).toBe(opened);
    });

    test('the latest report wins, whatever order they come in and however often', async () => {
      await create('l7');
      const { id } = await bundle('l7');
      await eventually(() => expect(JSON.stringify(lastEvent(id).data)).toContain('Healthy'));
      const last = lastEvent(id);
      const written = patches('l7');
      const stale = await metric(port, 'status_outcomes_total', { outcome: 'stale' });
      // The same ones again, the oldest last.
      const again = [...tap.of(id)].reverse();
      for (const one of again) tap.inject(one);
      tap.inject(event(last, { health: 'Missing', later: -1 }));
      await eventually(async () =>
        expect(await metric(port, 'status_outcomes_total', { outcome: 'stale' })).toBe(stale + again.length + 1),
      );
      expect(patches('l7')).toBe(written);
      // A newer one overtakes what it is newer than.
      tap.inject(event(last, { health: 'Suspended', later: 2 }));
      tap.inject(event(last, { health: 'Missing', later: 1 }));
      tap.inject(last);
      await health('l7', 'Suspended');
      await eventually(async () =>
        expect(await metric(port, 'status_outcomes_total', { outcome: 'stale' })).toBe(stale + again.length + 3),
      );
      expect(patches('l7')).toBe(written + 1);
      // A later version beats any sequence, and an earlier one is never shown again.
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'l7' },
        { spec: { source: { targetRevision: 'main' } } },
      );
      await eventually(
        async () => expect(at(await status('l7'), 'sync', 'comparedTo', 'source', 'targetRevision')).toBe('main'),
        15 * second,
      );
      const shown = await settled('l7');
      tap.inject(event(lastEvent(id), { health: 'Missing', later: 1_000_000, version: 1 }));
      await create('l7-after');
      expect(await status('l7')).toEqual(shown);
    });

    test('edits of the spec and writes of the status at the same time both survive, with no more conflicts than edits', async () => {
      await create('l8');
      const rounds = 12;
      const edits = async (): Promise<void> => {
        for (let limit = 1; limit <= rounds; limit += 1) {
          await rig.hub.admin.mergePatch(
            kinds.applications,
            { namespace, name: 'l8' },
            { spec: { syncPolicy: { retry: { limit } } } },
          );
          await new Promise((resolve) => setTimeout(resolve, 60));
        }
      };
      const written = patches('l8');
      const reports = async (): Promise<void> => {
        for (let round = 0; round < rounds; round += 1) {
          rig.spoke('c1').argo.setHealth(namespace, 'l8', round % 2 === 0 ? 'Degraded' : 'Healthy');
          await new Promise((resolve) => setTimeout(resolve, 90));
        }
      };
      await Promise.all([edits(), reports()]);
      await clock.eventually(async () => {
        expect(at(await hub('l8'), 'spec', 'syncPolicy', 'retry', 'limit')).toBe(rounds);
        expect(at(await spoke('l8'), 'spec', 'syncPolicy', 'retry', 'limit')).toBe(rounds);
        expect(at(await status('l8'), 'health', 'status')).toBe('Healthy');
        // An edit that changes nothing for Argo CD moves reconciledAt, which alone is not written.
        expect({ ...((await status('l8')) as JsonObject), reconciledAt: '' }).toEqual({
          ...(at(await spoke('l8'), 'status') as JsonObject),
          reconciledAt: '',
        });
        // A detail that came after the last transition is written half a minute after it.
      }, 40 * second);
      expect(patches('l8')).toBeGreaterThan(written);
      expect(await metric(port, 'hub_calls_total', { verb: 'patch', status: '409' })).toBe(0);
      // A status that an edit came before is read and decided anew.
      expect(await metric(port, 'hub_calls_total', { verb: 'patch', status: '422' })).toBeLessThanOrEqual(rounds);
      expect(await metric(port, 'hub_writes_total', { what: 'status', result: 'failed' })).toBe(0);
    });

    test('a hub that has too many requests is left alone for as long as it says, and gets everything afterwards', async () => {
      const names = ['l8-a', 'l8-b', 'l8-c', 'l8-d'];
      for (const name of names) await create(name);
      const throttled = await metric(port, 'hub_throttled_total');
      rig.hub.front.setFault({
        kind: 'status',
        status: 429,
        reason: 'TooManyRequests',
        retryAfterSeconds: 2,
        verb: 'patch',
        resource: 'applications',
        count: 2,
      });
      const before = names.map((name) => patches(name));
      for (const name of names) rig.spoke('c1').argo.setHealth(namespace, name, 'Degraded');
      for (const name of names) await health(name, 'Degraded');
      rig.hub.front.clearFaults();
      expect(await metric(port, 'hub_throttled_total')).toBe(throttled + 2);
      // Once for each status, and once more for each refusal.
      const after = names.map((name) => patches(name));
      expect(after.reduce((sum, count, index) => sum + count - (before[index] ?? 0), 0)).toBe(names.length + 2);
      const times = names
        .flatMap((name) =>
          rig.hub.front.requests({ verb: 'patch', resource: 'applications', name, user: 'gitops-controller' }),
        )
        .map(({ atMs }) => atMs);
      const struck = [...times].sort((left, right) => left - right).slice(-(names.length + 2));
      expect((struck.at(-1) ?? 0) - (struck[0] ?? 0)).toBeGreaterThanOrEqual(2 * second);
    });

    test("L8: a status that the hub's schema refuses is not tried over and over", async () => {
      const before = await create('l8-refused');
      const { id } = await bundle('l8-refused');
      const written = patches('l8-refused');
      const raw = {
        name: 'status',
        fieldValue: { type: 'JsonRaw', jsonRaw: JSON.stringify({ ...before, sync: { revision: 'without a status' } }) },
      };
      rig
        .spoke('c1')
        .agent.intercept((reported, work) =>
          work === id
            ? { ...reported, manifests: reported.manifests.map((manifest) => ({ ...manifest, feedback: [raw] })) }
            : reported,
        );
      rig.spoke('c1').argo.setHealth(namespace, 'l8-refused', 'Degraded');
      await eventually(() =>
        expect(
          controller?.lines.some((line) => line.includes('the hub refuses the status') && line.includes('l8-refused')),
        ).toBe(true),
      );
      await new Promise((resolve) => setTimeout(resolve, 2 * second));
      expect(patches('l8-refused')).toBe(written + 1);
      expect(await status('l8-refused')).toEqual(before);
      rig.spoke('c1').agent.intercept((reported) => reported);
      rig.spoke('c1').argo.setHealth(namespace, 'l8-refused', 'Suspended');
      await health('l8-refused', 'Suspended');
    });

    test('the status of an application that went is not written to its successor of the same name', async () => {
      await create('l9');
      const { agent, argo } = rig.spoke('c1');
      const gone = await metric(port, 'hub_writes_total', { result: 'gone' });
      const written = patches('l9');
      // The write is on its way while the application is replaced.
      rig.hub.front.setFault({
        kind: 'delay',
        ms: 2 * second,
        verb: 'patch',
        resource: 'applications',
        name: 'l9',
        count: 1,
      });
      argo.setHealth(namespace, 'l9', 'Degraded');
      await eventually(() => expect(patches('l9')).toBe(written + 1));
      agent.setOnline(false);
      const ref = { namespace, name: 'l9' };
      await rig.hub.admin.mergePatch(kinds.applications, ref, { metadata: { finalizers: null } });
      await rig.hub.admin.delete(kinds.applications, ref);
      const { metadata } = await rig.hub.admin.create(kinds.applications, application('l9'));
      await eventually(
        async () => expect(await metric(port, 'hub_writes_total', { result: 'gone' })).toBe(gone + 1),
        10 * second,
      );
      const successor = await hub('l9');
      expect(successor?.metadata.uid).toBe(metadata.uid);
      expect(Object.keys((successor?.['status'] ?? {}) as JsonObject).filter((key) => key !== 'conditions')).toEqual(
        [],
      );
      agent.setOnline(true);
      argo.setHealth(namespace, 'l9', 'Healthy');
      await settled('l9');
    });
  });

  describe('with a short patience', () => {
    afterEach(stop);

    test('a cluster that says nothing any more is told of, since when, and the status stays', async () => {
      const startedMs = Date.now();
      const clock = new LeapClock();
      await start({ staleAfterMs: 3 * second, callTimeoutMs: 600 * second }, clock);
      const before = await create('l10', { cluster: 'c2' });
      rig.spoke('c2').agent.setOnline(false);
      const [condition] = await clock.eventually(async () => {
        const found = await deliveryConditions('l10');
        expect(found.map(({ type }) => type)).toEqual(['MaestroDeliveryWarning']);
        return found;
      }, 40 * second);
      const since =
        /^cluster c2 is available and has reported nothing since (\S+): nothing changed there, or its Maestro agent or its Argo CD does not run; the status is the last one that it reported$/.exec(
          textOf(condition?.['message']),
        )?.[1] ?? '';
      expect(Date.parse(since)).toBeGreaterThanOrEqual(startedMs - second);
      expect(Date.parse(since)).toBeLessThanOrEqual(Date.now() + clock.aheadMs - 3 * second);
      expect(condition?.['lastTransitionTime']).toBe(since);
      const { conditions: _, ...shown } = (await status('l10')) as JsonObject;
      expect(shown).toEqual(before);
      rig.spoke('c2').agent.setOnline(true);
      rig.spoke('c2').argo.setHealth(namespace, 'l10', 'Degraded');
      await health('l10', 'Degraded');
      expect(await deliveryConditions('l10')).toEqual([]);
    });
  });
});
