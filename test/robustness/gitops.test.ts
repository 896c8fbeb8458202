import { describe, expect, it } from 'vitest';
import type { GitopsHistory, HubState, SpokeState, StoredWork } from '../../robustness/gitops/history.ts';
import { properties } from '../../robustness/gitops/properties/index.ts';

const key = 'argo/app';
const mark = { consumer: 'c1', work: 'w1', epoch: 0, version: 1 };

function hub(atMs: number, state: Partial<HubState> = {}): HubState {
  const common = { key, uid: 'u1', gone: false, deleting: false, holds: true, cluster: 'c1', change: 'change-0' };
  return { atMs, rest: 'as it was', shown: 'Synced', ...common, ...state };
}

function stored(atMs: number, version: number, row: Partial<StoredWork> = {}): StoredWork {
  const common = { id: 'w1', epoch: 0, consumer: 'c1', deleting: false, removed: false, key, uid: 'u1' };
  return { order: atMs, atMs, version, content: `content ${String(version)}`, ...common, ...row };
}

function spoke(atMs: number, state: Partial<SpokeState> = {}): SpokeState {
  return { atMs, cluster: 'c1', key, gone: false, deleting: false, running: false, ...state };
}

function history(parts: Partial<GitopsHistory>): GitopsHistory {
  const nothing = { hub: [], stored: [], spokes: [], writes: [], lease: [], lostMs: [], unconfirmed: [] };
  return { ...nothing, differences: [], ...parts };
}

const write = { atMs: 20_000, replica: 'replica-0', key };
const held = [hub(1), hub(2, { deleting: true }), hub(3, { deleting: true, gone: true })];
/** Applications that are let go at one moment, and their works, which go some seconds later. */
const letGo = ['u1', 'u2', 'u3'].map((uid) => hub(5_000, { key: `argo/${uid}`, uid, gone: true }));
const orphans = letGo.map(({ key: of, uid }) => stored(2_000, 1, { id: `of ${uid}`, key: of, uid }));
const deleted = orphans.map((row) => ({ ...row, atMs: 12_000, order: 12_000, deleting: true }));
const begun = [spoke(2_000, { operation: 'op', running: true }), spoke(3_000, { operation: 'op' })];

const twice = [...begun, ...begun];
const movedAndBack = [hub(1), hub(5_000, { cluster: 'c2' }), hub(8_000)];
const deletedOnce = [
  ...[stored(2, 1), stored(5_100, 1, { deleting: true }), stored(5_200, 1, { deleting: true, removed: true })],
  stored(8_100, 1),
];
const onSecond = { cluster: 'c2' };
const goneFromSecond = { ...onSecond, deleting: true, gone: true };
/** The hub tells it late. */
const goneLate = [hub(1), hub(9_000, { deleting: true }), hub(10_500, { deleting: true, gone: true })];

interface Case {
  readonly what: string;
  readonly bad: Partial<GitopsHistory>;
  readonly good: Partial<GitopsHistory>;
}

/** Histories that violate a property, each beside a near one that does not. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  'one-version-per-change': [
    {
      what: 'a change is delivered twice',
      bad: { stored: [stored(1, 1, { content: 'a' }), stored(2, 2, { content: 'a' })] },
      good: { stored: [stored(1, 1, { content: 'a' }), stored(2, 1, { content: 'a', reported: 1 })] },
    },
    {
      what: 'but that of an Application that was made anew is another',
      bad: { stored: [stored(1, 1, { content: 'a' }), stored(2, 2, { content: 'a', uid: 'u1' })] },
      good: { stored: [stored(1, 1, { content: 'a' }), stored(2, 2, { content: 'a', uid: 'u2' })] },
    },
    {
      what: 'and so is one that is stored anew because Maestro lost it',
      bad: { stored: [stored(1, 1, { content: 'a' }), stored(2, 2, { content: 'a' })], lostMs: [3] },
      good: { stored: [stored(1, 1, { content: 'a' }), stored(4, 2, { content: 'a', epoch: 1 })], lostMs: [3] },
    },
  ],
  'operations-once': [
    {
      what: 'an operation comes back after a version without it',
      bad: { stored: [stored(1, 1, { asked: 'op' }), stored(2, 2), stored(3, 3, { asked: 'op' })], spokes: begun },
      good: { stored: [stored(1, 1, { asked: 'op' }), stored(2, 2, { asked: 'op' }), stored(3, 3)], spokes: begun },
    },
    {
      what: 'it begins twice by one version',
      bad: { stored: [stored(1, 1, { asked: 'op' })], spokes: [...begun, ...begun] },
      good: { stored: [stored(1, 1, { asked: 'op' })], spokes: [...begun, spoke(4_000, { operation: 'op' })] },
    },
    {
      what: 'each version of a work that was deleted and written anew counts for itself',
      bad: { stored: [stored(1, 1, { asked: 'op' }), stored(2, 1, { asked: 'op', reported: 1 })], spokes: twice },
      good: {
        stored: [stored(1, 1, { asked: 'op' }), stored(2, 1, { removed: true }), stored(3, 1, { asked: 'op' })],
        spokes: twice,
      },
    },
    {
      what: 'it leaves the hub before it begins',
      bad: { hub: [hub(100, { asked: 'op' }), hub(500)], stored: [stored(1, 1, { asked: 'op' })], spokes: begun },
      good: { hub: [hub(100, { asked: 'op' }), hub(2_500)], stored: [stored(1, 1, { asked: 'op' })], spokes: begun },
    },
  ],
  'status-is-of-now': [
    {
      what: 'a status was never reported',
      bad: { hub: [hub(5_000, { mark })], stored: [stored(1, 1)] },
      good: { hub: [hub(5_000, { mark })], stored: [stored(1, 1), stored(2, 1, { reported: 1 })] },
    },
    {
      what: 'it is of another application',
      bad: { hub: [hub(5_000, { mark })], stored: [stored(2, 1, { reported: 1, uid: 'u2' })] },
      good: { hub: [hub(5_000, { mark })], stored: [stored(2, 1, { reported: 1 })] },
    },
    {
      what: 'another cluster reported it',
      bad: { hub: [hub(5_000, { mark: { ...mark, consumer: 'c2' } })], stored: [stored(2, 1, { reported: 1 })] },
      good: { hub: [hub(5_000, { mark })], stored: [stored(2, 1, { reported: 1 })] },
    },
    {
      what: 'it goes back',
      bad: {
        hub: [hub(5_000, { mark: { ...mark, version: 2 } }), hub(5_100, { mark })],
        stored: [stored(2, 1, { reported: 1 }), stored(4_900, 2, { reported: 2 })],
      },
      good: {
        hub: [hub(5_000, { mark }), hub(5_100, { mark: { ...mark, version: 2 } })],
        stored: [stored(2, 1, { reported: 1 }), stored(4_900, 2, { reported: 2 })],
      },
    },
    {
      what: 'it is a later report of a version that was replaced long ago',
      bad: {
        hub: [hub(3_000, { mark }), hub(20_000, { mark, shown: 'OutOfSync' })],
        stored: [stored(2, 1, { reported: 1 }), stored(4_900, 2)],
      },
      good: {
        hub: [hub(3_000, { mark }), hub(20_000, { mark, deleting: true })],
        stored: [stored(2, 1, { reported: 1 }), stored(4_900, 2)],
      },
    },
    {
      what: 'it is of before Maestro lost its data, and the work was stored anew long ago',
      bad: {
        hub: [hub(20_000, { mark: { ...mark, version: 3 } })],
        stored: [stored(2, 3, { reported: 3 }), stored(9_000, 1, { epoch: 1, reported: 1 })],
        lostMs: [5_000],
      },
      good: {
        hub: [hub(3_000, { mark: { ...mark, version: 3 } }), hub(20_000, { mark: { ...mark, epoch: 1 } })],
        stored: [stored(2, 3, { reported: 3 }), stored(9_000, 1, { epoch: 1, reported: 1 })],
        lostMs: [5_000],
      },
    },
    {
      what: 'its version was replaced long ago, whenever the hub took the write in',
      bad: {
        hub: [hub(20_000, { mark })],
        stored: [stored(2, 1, { reported: 1 }), stored(4_900, 2)],
        writes: [write],
      },
      good: {
        hub: [hub(20_000, { mark })],
        stored: [stored(2, 1, { reported: 1 }), stored(4_900, 2)],
        writes: [{ ...write, atMs: 4_800 }],
      },
    },
  ],
  'wanted-stays': [
    {
      what: 'the hub wants it',
      bad: { hub: [hub(1)], stored: [stored(2, 1), stored(9_000, 1, { deleting: true })] },
      good: { hub: [hub(1), hub(8_000, { deleting: true })], stored: [stored(9_000, 1, { deleting: true })] },
    },
    {
      what: 'the copy goes, and nobody had deleted its work',
      bad: { hub: [hub(1)], spokes: [spoke(100), spoke(9_000, { deleting: true })], lostMs: [8_000] },
      good: {
        hub: [hub(1), hub(8_000, { deleting: true })],
        spokes: [spoke(100), spoke(9_000, { deleting: true }), spoke(9_100, { gone: true })],
        stored: [stored(2, 1), stored(8_500, 1, { deleting: true })],
      },
    },
    {
      what: 'it wants it on this cluster',
      bad: { hub: [hub(1, { cluster: 'c1' })], stored: [stored(9_000, 1, { removed: true })] },
      good: { hub: [hub(1, { cluster: 'c2' })], stored: [stored(9_000, 1, { removed: true })] },
    },
    {
      what: 'it wants it again, after it went rightly when it was moved away',
      bad: { hub: [...movedAndBack], stored: [...deletedOnce, stored(20_000, 1, { deleting: true })] },
      good: {
        hub: [...movedAndBack, hub(19_000, { deleting: true })],
        stored: [...deletedOnce, stored(20_000, 1, { deleting: true })],
      },
    },
  ],
  'gone-means-gone': [
    {
      what: 'Maestro lost its work, and nobody says so',
      bad: { hub: held, spokes: [spoke(1)], stored: [stored(1, 1)], lostMs: [2] },
      good: { hub: held, spokes: [spoke(1)], stored: [stored(1, 1)], lostMs: [2], unconfirmed: [key] },
    },
    {
      what: 'it is said, and the work was not lost',
      bad: { hub: held, spokes: [spoke(1)], stored: [stored(1, 1)], unconfirmed: [key] },
      good: { hub: held, spokes: [spoke(1), spoke(2, { gone: true })], stored: [stored(1, 1)], unconfirmed: [key] },
    },
    {
      what: 'the copy is still there',
      bad: { hub: held, spokes: [spoke(1)] },
      good: {
        hub: [hub(1), hub(2, { deleting: true }), hub(30, { deleting: true, gone: true })],
        spokes: [spoke(1), spoke(20, { gone: true })],
      },
    },
    {
      what: 'nobody waits for one that was let go',
      bad: { hub: [hub(1), hub(2, { deleting: true }), hub(3, { deleting: true, gone: true })], spokes: [spoke(1)] },
      good: { hub: [hub(1), hub(2, { holds: false }), hub(3, { holds: false, gone: true })], spokes: [spoke(1)] },
    },
    {
      what: 'its finalizer was taken off less than a second before the copy went',
      bad: {
        hub: [hub(1), hub(9_000, { deleting: true }), hub(9_100, { deleting: true, gone: true })],
        spokes: [spoke(2_000), spoke(10_000, { gone: true })],
      },
      good: {
        hub: [hub(1), hub(9_000, { deleting: true }), hub(10_001, { deleting: true, gone: true })],
        spokes: [spoke(2_000), spoke(10_000, { gone: true })],
      },
    },
    {
      what: 'a move left a copy behind',
      bad: {
        hub: [hub(1), hub(5_000, onSecond), hub(9_000, { ...onSecond, deleting: true }), hub(9_500, goneFromSecond)],
        spokes: [spoke(2_000), spoke(6_000, onSecond), spoke(9_400, { ...onSecond, gone: true })],
      },
      good: {
        hub: [hub(1), hub(5_000, onSecond), hub(9_000, { ...onSecond, deleting: true }), hub(9_500, goneFromSecond)],
        spokes: [
          ...[spoke(2_000), spoke(6_000, onSecond)],
          ...[spoke(9_300, { gone: true }), spoke(9_400, { ...onSecond, gone: true })],
        ],
      },
    },
    {
      what: 'the copy is not of one that was made anew',
      bad: {
        hub: [...goneLate, hub(10_600, { uid: 'u2' })],
        spokes: [spoke(2_000)],
      },
      good: {
        hub: [...goneLate, hub(10_600, { uid: 'u2' })],
        spokes: [spoke(2_000), spoke(9_800, { gone: true }), spoke(10_400)],
      },
    },
  ],
  'brake-holds': [
    {
      what: 'all that were let go at once lose their works',
      bad: { hub: letGo, stored: [...orphans, ...deleted], braking: { limit: 1, letMs: 20_000 } },
      good: { hub: letGo, stored: [...orphans, ...deleted], braking: { limit: 1, letMs: 11_000 } },
    },
    {
      what: 'but not when they went one after the other',
      bad: { hub: letGo, stored: [...orphans, ...deleted], braking: { limit: 1, letMs: 20_000 } },
      good: {
        hub: letGo.map((state, index) => ({ ...state, atMs: 5_000 + 600 * index })),
        stored: [...orphans, ...deleted],
        braking: { limit: 1, letMs: 20_000 },
      },
    },
  ],
  'leader-alone-writes': [
    {
      what: 'another leads',
      bad: { writes: [write], lease: [{ atMs: 1, replica: 'replica-1' }] },
      good: { writes: [write], lease: [{ atMs: 1, replica: 'replica-0' }] },
    },
    {
      what: 'it led long before',
      bad: {
        writes: [write],
        lease: [
          { atMs: 1, replica: 'replica-0' },
          { atMs: 19_000, replica: '' },
        ],
      },
      good: {
        writes: [write],
        lease: [
          { atMs: 1, replica: 'replica-0' },
          { atMs: 19_900, replica: '' },
        ],
      },
    },
  ],
  'hub-is-theirs': [
    {
      what: 'its destination changes by itself',
      bad: { hub: [hub(1), hub(2, { rest: 'another destination' })] },
      good: { hub: [hub(1), hub(2, { rest: 'another destination', uid: 'u2' })] },
    },
    {
      what: 'but a set may change it with its revision',
      bad: { hub: [hub(1), hub(2, { change: 'change-0', rest: 'more' })] },
      good: { hub: [hub(1), hub(2, { change: 'change-1', rest: 'more' })] },
    },
  ],
  'all-arrives': [
    {
      what: 'something differs in the end',
      bad: { differences: ['argo/app is not on c1'] },
      good: { differences: [] },
    },
  ],
  'comes-to-rest': [
    {
      what: 'a version is stored at rest',
      bad: { restMs: 100, stored: [stored(50, 1), stored(150, 2)] },
      good: { restMs: 100, stored: [stored(50, 1), stored(150, 1, { reported: 1 })] },
    },
    {
      what: 'the hub is written over and over',
      bad: { restMs: 100, writes: [write, { ...write, atMs: 20_001 }] },
      good: { restMs: 100, writes: [write, { ...write, atMs: 50 }] },
    },
  ],
};

describe.each(properties)('$name', (property) => {
  it.each(cases[property.name] ?? [])('finds when $what, and nothing in what is near to it', ({ bad, good }) => {
    expect(property.check(history(bad))).not.toEqual([]);
    expect(property.check(history(good))).toEqual([]);
  });
  it('has such histories', () => expect(cases[property.name]).toBeDefined());
});
