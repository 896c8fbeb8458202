import { describe, expect, test } from 'vitest';
import {
  awaitsStart,
  lookAgainMs,
  oneShotStand,
  operationWait,
  refreshDoubtLimitMs,
  oneShotPauseMs,
  takenLate,
  takenLateMs,
  takenWithStatus,
  waitingAgainMs,
  type OneShotStand,
} from '../../../src/gitops/policy/one-shots.ts';
import type { Overwrites } from '../../../src/gitops/policy/overwrites.ts';
import { currentBundle } from '../../../src/gitops/policy/propagation.ts';
import { appRecord, type AppOver } from './records.ts';

const monotonicMs = 1_000_000;
const flight = { oneShot: { op: 'A', opAfter: '', refreshAfter: '' } } as const;

const facts = (over: AppOver) => {
  const app = appRecord(over);
  if (app.hub === undefined) throw new Error('there is a hub application in all of these');
  return { app, hub: app.hub, bundle: currentBundle(app, app.hub) };
};
const standOf = (over: AppOver): OneShotStand => {
  const { app, hub, bundle } = facts(over);
  return oneShotStand(app, hub, bundle, monotonicMs);
};

describe('how what is passed on once stands', () => {
  test.each<[string, AppOver, OneShotStand]>([
    ['nothing', { bundles: [{ stored: flight }] }, { operation: 'none', refresh: 'none' }],
    ['not delivered yet', { hub: { operation: 'A', refresh: 'hard' } }, { operation: 'waits', refresh: 'waits' }],
    [
      'passed on',
      { hub: { operation: 'A', refresh: 'hard' }, bundles: [{ stored: flight }] },
      { operation: 'travels', refresh: 'travels' },
    ],
    [
      'reported',
      {
        hub: { operation: 'A', refresh: 'hard' },
        bundles: [{ stored: flight, operationBegunMs: 1, refreshFinishedMs: 1 }],
      },
      { operation: 'begun', refresh: 'done' },
    ],
    [
      'another operation',
      { hub: { operation: 'B' }, bundles: [{ stored: flight, operationBegunMs: 1 }] },
      { operation: 'waits', refresh: 'none' },
    ],
    [
      'the same, set once more',
      {
        hub: { operation: 'A', refresh: 'hard' },
        operationTaken: true,
        refreshTaken: true,
        bundles: [{ stored: flight, operationBegunMs: 1, refreshFinishedMs: 1 }],
      },
      { operation: 'waits', refresh: 'waits' },
    ],
    [
      'of an application that was made anew',
      { hub: { uid: 'uid-2', operation: 'A', refresh: 'hard' }, bundles: [{ stored: flight, operationBegunMs: 1 }] },
      { operation: 'waits', refresh: 'waits' },
    ],
    [
      'passed on by the Go controllers',
      { hub: { operation: 'A' }, bundles: [{ stored: { ...flight, hubUid: '', managedBy: 'go' } }] },
      { operation: 'travels', refresh: 'none' },
    ],
    [
      'a refresh that is doubted',
      {
        hub: { refresh: 'hard' },
        bundles: [{ stored: flight, refreshDoubtMs: monotonicMs - refreshDoubtLimitMs + 1 }],
      },
      { operation: 'none', refresh: 'travels' },
    ],
    [
      'a refresh that was doubted for long',
      { hub: { refresh: 'hard' }, bundles: [{ stored: flight, refreshDoubtMs: monotonicMs - refreshDoubtLimitMs }] },
      { operation: 'none', refresh: 'done' },
    ],
  ])('%s', (_, over, wanted) => {
    expect(standOf(over)).toEqual(wanted);
  });

  test('only what was reported is taken off the hub, with the status, and late by itself', () => {
    const { app, hub, bundle } = facts({
      hub: { operation: 'A', refresh: 'hard' },
      bundles: [
        {
          stored: flight,
          operationBegunMs: monotonicMs - takenLateMs,
          refreshFinishedMs: monotonicMs - takenLateMs + 1,
        },
      ],
    });
    const stand = oneShotStand(app, hub, bundle, monotonicMs);
    expect(takenWithStatus(stand)).toEqual({ operation: true, refresh: true });
    expect(takenLate(stand, bundle, monotonicMs)).toEqual({ operation: true, refresh: false });
    expect(takenWithStatus({ operation: 'travels', refresh: 'travels' })).toEqual({ operation: false, refresh: false });
  });

  test('the state of an earlier operation is held back while one on the hub has not begun', () => {
    expect(
      (['none', 'waits', 'travels', 'begun'] as const).map((operation) => awaitsStart({ operation, refresh: 'none' })),
    ).toEqual([false, true, true, false]);
  });

  test('what waits is looked at again, a refresh and what would begin in the second of the one before in the next second', () => {
    const again = (over: AppOver, overwrites?: Overwrites): number | undefined => {
      const { app, hub, bundle } = facts(over);
      return lookAgainMs(app, hub, bundle, { monotonicMs, overwrites });
    };
    expect(again({ bundles: [{}] })).toBeUndefined();
    expect(again({})).toBeUndefined();
    expect(again({ bundles: [{ startedSeenMs: monotonicMs }] })).toBeUndefined();
    expect(again({ hub: { refresh: 'hard' } })).toBe(oneShotPauseMs);
    expect(again({ hub: { refresh: 'hard' }, refreshTaken: true, bundles: [{ stored: flight }] })).toBe(waitingAgainMs);
    expect(again({ bundles: [{}, { displacedSinceMs: 1, stored: { id: 'b2', consumer: 'c2' } }] })).toBe(
      waitingAgainMs,
    );
    expect(again({ hub: { operation: 'A' }, bundles: [{}] })).toBe(waitingAgainMs);
    expect(again({ hub: { operation: 'A' }, bundles: [{ startedSeenMs: monotonicMs - oneShotPauseMs + 1 }] })).toBe(
      oneShotPauseMs,
    );
    expect(again({ hub: { operation: 'A' }, bundles: [{ startedSeenMs: monotonicMs - oneShotPauseMs }] })).toBe(
      waitingAgainMs,
    );
    expect(again({ hub: { refresh: 'hard' }, bundles: [{}] })).toBe(oneShotPauseMs);
    expect(again({ hub: { refresh: 'hard' }, bundles: [{ stored: flight }] })).toBe(waitingAgainMs);
    expect(
      again({ hub: { refresh: 'hard' }, bundles: [{ dropped: { version: 2, operation: '', refresh: true } }] }),
    ).toBe(waitingAgainMs);
    expect(
      again({
        hub: { desiredHash: '1:theirs' },
        bundles: [{ stored: { stampedHash: '1:a', contentHash: '1:theirs' } }],
      }),
    ).toBeUndefined();
    expect(
      again(
        { bundles: [{ stored: { stampedHash: '1:a', contentHash: '1:theirs' } }] },
        { count: 1, undoneMs: monotonicMs - 20_000, since: '' },
      ),
    ).toBe(40_000);
  });
});

describe('why an operation on the hub has not begun', () => {
  test.each<[string, AppOver, string | undefined, string]>([
    ['there is none', { bundles: [{}] }, undefined, ''],
    ['it is on its way', { hub: { operation: 'A' }, bundles: [{ stored: flight }] }, undefined, ''],
    ['the application is not delivered', { hub: { operation: 'A' } }, undefined, ''],
    [
      'the cluster has it',
      { hub: { operation: 'A' }, bundles: [{ stored: flight, appliedVersion: 1 }] },
      'not-begun',
      'cluster c1 has it and has not begun it; check that an Argo CD runs there and watches namespace argocd',
    ],
    [
      'another one ran in its place',
      { hub: { operation: 'A' }, bundles: [{ stored: flight, appliedVersion: 1, displacedSinceMs: 1 }] },
      'displaced',
      'cluster c1 ran another one in its place; it is sent once more',
    ],
    [
      'the one before has not ended',
      { hub: { operation: 'B' }, bundles: [{ stored: flight }] },
      'another',
      'the end of the one before has not come from cluster c1',
    ],
    [
      'the cluster runs one that nobody here asked for',
      { hub: { operation: 'B' }, bundles: [{ operationRuns: true }] },
      'cluster-syncs',
      'cluster c1 reports another one as running; it is sent when that has ended, and after ten minutes in any case',
    ],
    [
      'the same one is being taken back',
      { hub: { operation: 'A' }, bundles: [{ dropped: { version: 2, operation: 'A', refresh: false } }] },
      'taken-back',
      'cluster c1 has not applied yet that the same one of before is over',
    ],
    ['it has begun', { hub: { operation: 'A' }, bundles: [{ stored: flight, operationBegunMs: 1 }] }, undefined, ''],
  ])('%s', (_, over, reason, why) => {
    const { app, hub, bundle } = facts(over);
    expect(operationWait(app, hub, bundle, monotonicMs)).toEqual(reason === undefined ? undefined : { reason, why });
  });
});
