import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { objectAt } from '../../../src/core/json-fields.ts';
import { parseManagedCluster } from '../../../src/gitops/model/clusters.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { snapshotOf } from '../../../src/gitops/run/snapshot.ts';
import { bundleRow, hubApp, key, reportOf, setUp, type HubAppFacts } from './set-up.ts';

type Cluster = 'c1' | 'c2';

function managed(name: Cluster, pullModel?: string): JsonObject {
  const annotations = pullModel === undefined ? {} : { 'maestro-cli.hyperfleet.io/pull-model': pullModel };
  const conditions = [{ type: 'ManagedClusterConditionAvailable', status: 'True' }];
  return { metadata: { name, annotations }, status: { conditions } };
}

/** Both controllers, and what was sent while the cluster that it was for was switched off. */
function begin() {
  const made = setUp({ gc: { intervalMs: 1_000, brake: { kind: 'count', count: 100 }, overrideBrake: false } });
  const { controllers, store, hubHandler, hub, maestro, queue, statusQueue, propagate, bringHome } = made;
  const off = new Set<string>();
  const violations: string[] = [];
  /** What the controllers were told last of the application's cluster. */
  let cluster = 'c1';
  let version = 10;
  hubHandler.decisionSeen({ key: 'argocd/d', namespace: 'argocd', clusters: ['c1', 'c2'] });
  const turn = (name: Cluster, pullModel?: string): void => {
    if (pullModel === undefined) off.delete(name);
    else off.add(name);
    hubHandler.clusterSeen(parseManagedCluster(managed(name, pullModel)));
  };
  const told = (object: JsonObject | undefined): void => {
    cluster = object === undefined ? '' : parseHubApplication(object).cluster;
  };
  hub.whilePatching = () => {
    if (off.has(cluster)) violations.push(`patch of an application of ${cluster}`);
  };
  const see = (object: JsonObject): void => {
    hub.now = object;
    told(object);
    made.see(object);
  };
  maestro.whilePublishing = async () => {
    const { kind, target } = maestro.published.at(-1) ?? {};
    if (off.has(target?.consumer ?? '')) violations.push(`${String(kind)} for ${String(target?.consumer)}`);
  };
  return {
    ...made,
    off,
    violations,
    turn,
    /** The application as the watch brings it, changed. */
    edit: (facts: HubAppFacts, change: (object: JsonObject) => JsonObject = (object) => object): void => {
      version += 1;
      see(change(hubApp({ cluster: cluster === '' ? 'c1' : cluster, ...facts, version: String(version) })));
      // It would wait a moment for more changes.
      queue.put(key, 'change');
    },
    gone: (): void => {
      hub.now = undefined;
      hubHandler.applicationLost(key);
    },
    sweep: (): Promise<void> => controllers.delivery.parts.garbage.sweep(new AbortController().signal, () => true),
    /** Takes the steps that wait to be taken now. */
    work: async (): Promise<void> => {
      for (let round = 0; round < 20; round += 1) {
        for (const [line, look] of [
          [queue, propagate],
          [statusQueue, bringHome],
        ] as const) {
          if ((['operation', 'change', 'delete', 'resync'] as const).every((lane) => line.depth(lane) === 0)) continue;
          const taken = (await line.take()) ?? '';
          await look(taken);
          line.done(taken);
        }
      }
      told(hub.now);
    },
    facts: () => store.index.get(key),
  };
}

const spec = (value: number) => (object: JsonObject) => ({
  ...object,
  spec: { ...objectAt(object, 'spec'), info: [{ name: 'n', value: String(value) }] },
});
const deleted = (object: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...objectAt(object, 'metadata'), deletionTimestamp: '2026-01-01T00:00:00Z' },
});

describe('a cluster that is switched off', () => {
  test('between the decision to publish and the turn of the publish holds it back', async () => {
    const { turn, edit, maestro, work, delivered, deliver, hub, store, warnings, controllers } = begin();
    deliver();
    await work();
    edit({}, spec(1));
    // What was kept to build from is gone, so that the hub is read on the way.
    store.contents.delete(key);
    hub.whileReading = () => turn('c1', 'classic');
    await work();
    expect(maestro.published).toEqual([]);
    expect((await snapshotOf(controllers)).parked).toEqual({ ClusterSwitchedOff: 1 });
    expect(delivered().unsent).toBeUndefined();
    // It is no failure.
    expect(warnings).toEqual([]);
    hub.whileReading = () => undefined;
    turn('c1');
    await work();
    expect(maestro.published.map(({ kind }) => kind)).toEqual(['update']);
  });

  test('holds back a deletion that was read for and not yet sent, and goes on with it when it is on again', async () => {
    const { turn, edit, maestro, work, deliver, hub } = begin();
    deliver();
    await work();
    hub.whileReading = () => turn('c1', 'classic');
    edit({}, deleted);
    await work();
    expect(maestro.published).toEqual([]);
    hub.whileReading = () => undefined;
    turn('c1');
    await work();
    expect(maestro.published.map(({ kind }) => kind)).toEqual(['delete']);
  });

  test('writes nothing on the hub, neither why it is left alone nor what the cluster reports, and both sides are even when it is on again', async () => {
    const { turn, deliver, report, work, hub, maestro, delivered, infos } = begin();
    deliver();
    await work();
    turn('c1', 'classic');
    await work();
    report(reportOf('Healthy', '1'));
    await work();
    expect([hub.patches, maestro.published]).toEqual([[], []]);
    expect(infos).toContainEqual([
      'a cluster is switched off for these controllers',
      { cluster: 'c1', applications: 1, pullModel: 'classic' },
    ]);
    maestro.bundle = bundleRow({ status: reportOf('Healthy', '1') });
    turn('c1');
    await work();
    expect(maestro.published).toEqual([]);
    expect(hub.patches).toHaveLength(1);
    expect(JSON.stringify(hub.patches[0])).toContain('"Healthy"');
    expect(delivered().blocked).toBeUndefined();
  });
});

const turns = fc.constantFrom<Cluster>('c1', 'c2');
const happenings = fc.oneof(
  fc.record({ do: fc.constant('switch off' as const), cluster: turns, to: fc.constantFrom('classic', 'other', '') }),
  fc.record({ do: fc.constant('switch on' as const), cluster: turns }),
  fc.record({ do: fc.constant('edit' as const), value: fc.nat(5) }),
  fc.record({ do: fc.constant('move' as const), cluster: turns }),
  fc.record({
    do: fc.constantFrom(
      'operation',
      'opt out',
      'delete',
      'delete without finalizers',
      'gone',
      'report',
      'sweep',
      'work',
    ),
  }),
);
type Happening = typeof happenings extends fc.Arbitrary<infer T> ? T : never;

test('whatever happens, nothing is sent to the hub or to Maestro for a cluster that is switched off, and what is left is delivered when all are on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(happenings, fc.option(fc.record({ at: fc.constantFrom('get', 'read'), cluster: turns }))), {
        maxLength: 25,
      }),
      async (script) => {
        const world = begin();
        const { turn, edit, work, sweep, gone, report, hub, maestro, violations, deliver, off } = world;
        deliver();
        let sequence = 0;
        const act = async (happening: Happening): Promise<void> => {
          switch (happening.do) {
            case 'switch off':
              return turn(happening.cluster, happening.to);
            case 'switch on':
              return turn(happening.cluster);
            case 'edit':
              return edit({}, spec(happening.value));
            case 'move':
              return edit({ cluster: happening.cluster });
            case 'operation':
              return edit({ operation: { sync: { revision: String((sequence += 1)) } } });
            case 'opt out':
              return edit({ selected: false });
            case 'delete':
              return edit({}, deleted);
            case 'delete without finalizers':
              return edit({}, (object) => {
                const { finalizers: _finalizers, ...metadata } = objectAt(deleted(object), 'metadata');
                return { ...object, metadata };
              });
            case 'gone':
              return gone();
            case 'report':
              return report(reportOf(sequence % 2 === 0 ? 'Healthy' : 'Degraded', String((sequence += 1))));
            case 'sweep':
              return sweep();
            case 'work':
              return work();
          }
        };
        for (const [happening, interrupting] of script) {
          // In the middle of a step, while the hub or Maestro is read for it.
          const flip = (): void => {
            if (interrupting !== null && !off.has(interrupting.cluster)) turn(interrupting.cluster, 'classic');
          };
          hub.whileReading = interrupting?.at === 'get' ? flip : () => undefined;
          maestro.whileReading = async () => (interrupting?.at === 'read' ? flip() : undefined);
          await act(happening);
          if (happening.do !== 'work') await work();
          expect(violations).toEqual([]);
        }
        hub.whileReading = () => undefined;
        maestro.whileReading = async () => undefined;
        for (const cluster of ['c1', 'c2'] as const) turn(cluster);
        edit({}, spec(9));
        await work();
        const app = world.facts();
        const current = app?.bundles.find(({ stored }) => stored.consumer === app.hub?.cluster);
        expect(current?.stored.deleting === true ? app?.hub?.desiredHash : current?.stored.contentHash).toBe(
          app?.hub?.desiredHash,
        );
      },
    ),
    { numRuns: 300 },
  );
});
