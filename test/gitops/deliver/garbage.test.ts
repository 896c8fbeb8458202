import { describe, expect, test } from 'vitest';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { hubIdStamp, hubNameAnnotation, hubNamespaceAnnotation, hubUidStamp } from '../../../src/gitops/constants.ts';
import { promptAfterMs } from '../../../src/gitops/deliver/garbage.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { bundleRow, hubApp, setUp } from '../reconcile/set-up.ts';

const key = 'argocd/orphan';

function orphanRow(createdAt: string, name = 'orphan'): ResourceBundle {
  return bundleRow({
    id: `b-${name}`,
    createdAt,
    metadata: {
      name: `argocd-${name}`,
      annotations: {
        [hubNamespaceAnnotation]: 'argocd',
        [hubNameAnnotation]: name,
        [hubIdStamp]: 'hub-1',
        [hubUidStamp]: 'uid-9',
      },
    },
    manifests: [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name, namespace: 'argocd' },
        spec: {},
      },
    ],
  });
}

test('a work without an application that is deleted and made anew, unseen, is garbage only after two sweeps of its own', async () => {
  const { controllers, store, maestroHandler } = setUp({
    gc: { intervalMs: 1_000, brake: { kind: 'count', count: 100 }, overrideBrake: false },
  });
  const { garbage } = controllers.delivery.parts;
  const sweep = (): Promise<void> => garbage.sweep(new AbortController().signal, () => true);
  const isGarbage = (): boolean => {
    const app = store.index.get(key);
    return app !== undefined && garbage.isCollecting(app);
  };
  maestroHandler.row(orphanRow('2026-01-01T00:00:00.25Z'));
  await sweep();
  expect(isGarbage()).toBe(false);
  await sweep();
  expect(isGarbage()).toBe(true);
  maestroHandler.row(orphanRow('2026-01-02T00:00:00.25Z'));
  expect(isGarbage()).toBe(false);
  await sweep();
  expect(isGarbage()).toBe(false);
  await sweep();
  expect(isGarbage()).toBe(true);
});

describe('a deletion that was watched', () => {
  const intervalMs = 600_000;
  /** So many applications whose deletion a watch told of, and which the hub has no more. */
  async function watched(
    names: readonly string[],
    over: { readonly uid?: string; readonly overrideBrake?: true; readonly intervalMs?: number } = {},
  ) {
    const clock = new ManualClock();
    const { overrideBrake = false, uid = 'uid-9' } = over;
    const gc = {
      intervalMs: over.intervalMs ?? intervalMs,
      brake: { kind: 'count', count: 2 },
      overrideBrake,
    } as const;
    const made = setUp({ gc }, { clock });
    const { controllers, store, hubHandler, maestroHandler, hub, propagate } = made;
    const keys = names.map((name) => `argocd/${name}`);
    const see = (name: string): void => {
      const object = hubApp();
      const metadata = { ...(object['metadata'] as object), name, uid: 'uid-9', finalizers: [] };
      hubHandler.applicationSeen(`argocd/${name}`, parseHubApplication({ ...object, metadata }));
    };
    for (const name of names) {
      maestroHandler.row(orphanRow('2026-01-01T00:00:00.25Z', name));
      see(name);
    }
    hub.now = undefined;
    for (const name of keys) hubHandler.applicationLost(name, uid);
    for (const name of keys) await propagate(name);
    return {
      ...made,
      clock,
      keys,
      see,
      collecting: () =>
        keys.filter((name) => {
          const app = store.index.get(name);
          return app !== undefined && controllers.delivery.parts.garbage.isCollecting(app);
        }),
      /** What comes of the wait for others. */
      later: async (): Promise<void> => {
        await clock.advance(promptAfterMs);
        for (const name of keys) await propagate(name);
      },
    };
  }

  test('has its bundle collected without a sweep, when the hub has the application no more', async () => {
    const { later, collecting, keys } = await watched(['a', 'b']);
    expect(collecting()).toEqual([]);
    await later();
    expect(collecting()).toEqual(keys);
  });

  test('is left to the sweeps when it is one of more than the brake allows, and again when those are long ago', async () => {
    const { later, collecting, clock, see, hubHandler, propagate } = await watched(['a', 'b', 'c']);
    await later();
    expect(collecting()).toEqual([]);
    const again = async (): Promise<void> => {
      see('a');
      hubHandler.applicationLost('argocd/a', 'uid-9');
      await propagate('argocd/a');
      await later();
    };
    await again();
    expect(collecting()).toEqual([]);
    await clock.advance(intervalMs + 1);
    await again();
    expect(collecting()).toEqual(['argocd/a']);
  });

  test('is one of too many also when sweeps are nearer to each other than the wait is long', async () => {
    const { collecting, clock, keys, propagate } = await watched(['a', 'b', 'c'], { intervalMs: 1_000 });
    await clock.advance(promptAfterMs + 1);
    for (const name of keys) await propagate(name);
    expect(collecting()).toEqual([]);
  });

  test('is one of many, and somebody has looked', async () => {
    const { later, collecting, keys } = await watched(['a', 'b', 'c'], { overrideBrake: true });
    await later();
    expect(collecting()).toEqual(keys);
  });

  test('is of another application than the bundle was made for, and left to the sweeps', async () => {
    const { later, collecting } = await watched(['a'], { uid: 'uid-10' });
    await later();
    expect(collecting()).toEqual([]);
  });

  test('collects nothing of an application that came back meanwhile, or of a cluster that was switched off', async () => {
    const { later, collecting, see } = await watched(['a']);
    see('a');
    await later();
    expect(collecting()).toEqual([]);
    const other = await watched(['a']);
    other.hubHandler.clusterSeen({ name: 'c1', local: false, available: true, leftTo: 'classic' });
    await other.later();
    expect(other.collecting()).toEqual([]);
  });
});
