import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markOperation } from '../../../src/gitops/bundle/operation-mark.ts';
import type { StoredBundle } from '../../../src/gitops/bundle/stored-bundle.ts';
import type { AppRecord } from '../../../src/gitops/index/records.ts';
import {
  currentBundle,
  decidePropagation,
  mayDelete,
  operationLimitMs,
  spareWorkload,
  type Action,
  type DecisionInput,
} from '../../../src/gitops/policy/propagation.ts';
import { laneOf, laneToLook } from '../../../src/gitops/policy/lane.ts';
import { fingerprintOf } from '../../../src/gitops/status/fingerprint.ts';
import { appRecord, bundleRecord, ourHub, decisionInput, type AppOver, type BundleOver } from './records.ts';

const none = { operation: 'none', refresh: 'none' } as const;

/** An action in a form that a table can hold: bundles by their id. */
function told(action: Action): object {
  switch (action.do) {
    case 'publish':
      return { do: 'publish', over: action.over?.stored.id, ...action.oneShot };
    case 'delete':
    case 'strip':
      return { do: action.do, bundle: action.bundle.stored.id };
    case 'await-deletion':
      return { ...action, bundles: action.bundles.map(({ stored }) => stored.id) };
    case 'block':
      return { do: action.do, reason: action.reason };
    default:
      return action;
  }
}

const block = (reason: string): object => ({ do: 'block', reason });
const release = (confirmed: boolean): object => ({ do: 'release', confirmed });
const publish = (over: string | undefined, plan: object = {}): object => ({ do: 'publish', over, ...none, ...plan });
const clear = (operation: boolean, refresh: boolean): object => ({ do: 'clear-one-shot', operation, refresh });
const nothing = { do: 'nothing' };
const deletes = { deletionTimestamp: '2026-11-22T10:00:00Z' };
const runs: BundleOver = { operationRuns: true, runsSinceMs: 400_001 };
/** Since ten minutes. */
const runsForLong: BundleOver = { operationRuns: true, runsSinceMs: 400_000 };
const c1Off: Partial<DecisionInput> = { leftTo: (cluster) => (cluster === 'c1' ? 'classic' : undefined) };
const leftAlone = block('ClusterSwitchedOff');
const ended = fingerprintOf({ operationState: { phase: 'Succeeded' } });
/** An operation of hash A travels with b1. */
const flightA: BundleOver = { stored: { oneShot: { op: 'A', opAfter: '' } } };
/** A report has shown that it began, a moment ago. */
const begunA: BundleOver = { ...flightA, operationBegunMs: 990_000 };
const doneA: BundleOver = { ...begunA, operationFinished: true };
/** Another one ran in its place, a minute ago. */
const displaced: BundleOver = { ...flightA, displacedSinceMs: 940_000, operation: markOperation({}, '1-A') };
const flightRefresh: BundleOver = { stored: { oneShot: { op: '', opAfter: '', refreshAfter: '' } } };

const table: readonly (readonly [string, AppOver, Partial<DecisionInput>, object])[] = [
  ['no hub application', { hub: 'gone', bundles: [{}] }, {}, nothing],
  ['nothing differs', { bundles: [{}] }, {}, nothing],
  ['no bundle yet', {}, {}, publish(undefined)],
  ['other content', { hub: { desiredHash: '1:b' }, bundles: [{}] }, {}, publish('b1')],
  ['another hub application of the same name and content', { hub: { uid: 'uid-2' }, bundles: [{}] }, {}, publish('b1')],
  [
    'a bundle of the Go controllers',
    { bundles: [{ stored: { managedBy: 'go', hubId: '', hubUid: '', contentHash: '' } }] },
    {},
    publish('b1'),
  ],
  // Changed by another client
  [
    'another client changed the bundle',
    { bundles: [{ stored: { contentHash: '1:theirs', stampedHash: '1:a' } }] },
    {},
    publish('b1'),
  ],
  [
    'another client changed the bundle once more, a moment after that was undone',
    { bundles: [{ stored: { contentHash: '1:theirs', stampedHash: '1:a' } }] },
    { overwrites: { count: 1, undoneMs: 990_000, since: '' } },
    nothing,
  ],
  [
    'another client changed the bundle once more, a minute after that was undone',
    { bundles: [{ stored: { contentHash: '1:theirs', stampedHash: '1:a' } }] },
    { overwrites: { count: 1, undoneMs: 940_000, since: '' } },
    publish('b1'),
  ],
  [
    'another client changed the bundle again and again, and so did the hub',
    {
      hub: { desiredHash: '1:b' },
      bundles: [{ stored: { contentHash: '1:theirs', stampedHash: '1:a' } }],
    },
    { overwrites: { count: 5, undoneMs: 990_000, since: '' } },
    publish('b1'),
  ],
  [
    'another client changed the bundle again and again, and an operation is to be passed on',
    {
      hub: { operation: 'A' },
      bundles: [{ stored: { contentHash: '1:theirs', stampedHash: '1:a' } }],
    },
    { overwrites: { count: 5, undoneMs: 990_000, since: '' } },
    publish('b1', { operation: 'new' }),
  ],
  [
    'a migration works on the bundle',
    { hub: { desiredHash: '1:b' }, bundles: [{ stored: { migration: 'run-7' } }] },
    {},
    block('Migrating'),
  ],
  [
    'a migration works on the bundle of an application that is deleted',
    { hub: deletes, bundles: [{ stored: { migration: 'run-7' } }] },
    { deletion: 'requested' },
    block('Migrating'),
  ],
  // Not, or not any more, for a cluster
  ['not selected, nothing there', { hub: { selected: false } }, {}, nothing],
  ['not selected any more', { hub: { selected: false }, bundles: [{}] }, {}, { do: 'delete', bundle: 'b1' }],
  ['no cluster any more', { hub: { cluster: '' }, bundles: [{}] }, {}, { do: 'delete', bundle: 'b1' }],
  ['the hub itself', { bundles: [{}] }, { cluster: { local: true } }, { do: 'delete', bundle: 'b1' }],
  ['the hub itself, nothing there', {}, { cluster: { local: true } }, nothing],
  [
    "not selected, and the bundle is another hub's",
    { hub: { selected: false }, bundles: [{ stored: { hubId: 'hub-2' } }] },
    {},
    nothing,
  ],
  [
    'not selected any more, and Argo CD has no finalizer: only a deletion spares what runs',
    { hub: { selected: false, argoFinalizers: false }, bundles: [{}] },
    {},
    { do: 'delete', bundle: 'b1' },
  ],
  [
    'not selected, and the bundle is that of an earlier application of its name, whose workload is to stay',
    { hub: { selected: false }, bundles: [{ stored: { hubUid: 'uid-0' } }] },
    {},
    { do: 'strip', bundle: 'b1' },
  ],
  [
    'not selected any more: a bundle that has to wait holds up no other',
    {
      hub: { selected: false },
      bundles: [
        { appliedVersion: 1, stored: { hubUid: 'uid-0', cascades: false, version: 2 } },
        { stored: { id: 'b2', consumer: 'c2' } },
      ],
    },
    {},
    { do: 'delete', bundle: 'b2' },
  ],
  [
    'not selected any more, asked for a minute ago, and nothing was heard of it',
    { hub: { selected: false }, bundles: [{ deleteSentMs: 940_000 }] },
    {},
    { do: 'delete', bundle: 'b1' },
  ],
  // Refused
  ['it cannot be read', { hub: { unreadable: 'no project' }, bundles: [{}] }, {}, block('Unreadable')],
  ['it can be read', { hub: { unreadable: '' }, bundles: [{}] }, {}, nothing],
  ['its bundle cannot be read', {}, { bundleUnreadable: 'odd' }, block('BundleUnreadable')],
  [
    'deleted, and its bundle cannot be read: it may be there',
    { hub: deletes },
    { bundleUnreadable: 'odd' },
    block('BundleUnreadable'),
  ],
  ['no ManagedCluster', {}, { cluster: undefined }, block('ClusterMissing')],
  ['no PlacementDecision', {}, { authorised: false }, block('NotAuthorised')],
  ['a namespace that is not allowed', {}, { namespaceAllowed: false }, block('NamespaceNotAllowed')],
  ['the name on the cluster is taken', {}, { spokeHolder: 'other/app' }, block('SpokeNameTaken')],
  [
    'a foreign bundle under its name',
    { bundles: [{ stored: { managedBy: 'foreign', hubId: '' } }] },
    {},
    block('ForeignBundle'),
  ],
  ['a bundle of another hub', { bundles: [{ stored: { hubId: 'hub-2' } }] }, {}, block('OtherHub')],
  [
    'a predecessor that is still being deleted',
    { bundles: [{ stored: { deleting: true } }] },
    {},
    block('PredecessorDeleting'),
  ],
  // Another cluster
  ['moved: the new cluster first', { hub: { cluster: 'c2' }, bundles: [{}] }, {}, publish(undefined)],
  [
    'moved: the old one keeps it while the new one has not applied it',
    { hub: { cluster: 'c2' }, bundles: [{}, { stored: { id: 'b2', consumer: 'c2' } }] },
    {},
    nothing,
  ],
  [
    'moved: then away from the old one',
    { hub: { cluster: 'c2' }, bundles: [{}, { appliedVersion: 1, stored: { id: 'b2', consumer: 'c2' } }] },
    {},
    { do: 'delete', bundle: 'b1' },
  ],
  [
    'moved, and edited since: the new one has it all the same',
    { hub: { cluster: 'c2' }, bundles: [{}, { appliedVersion: 1, stored: { id: 'b2', consumer: 'c2', version: 2 } }] },
    {},
    { do: 'delete', bundle: 'b1' },
  ],
  [
    'moved: asked for a moment ago',
    {
      hub: { cluster: 'c2' },
      bundles: [{ deleteSentMs: 990_000 }, { appliedVersion: 1, stored: { id: 'b2', consumer: 'c2' } }],
    },
    {},
    nothing,
  ],
  [
    "moved: what is left is another hub's",
    {
      hub: { cluster: 'c2' },
      bundles: [{ stored: { hubId: 'hub-2' } }, { appliedVersion: 1, stored: { id: 'b2', consumer: 'c2' } }],
    },
    {},
    nothing,
  ],
  [
    "moved: what the Go controllers left elsewhere may be another hub's",
    {
      hub: { cluster: 'c2' },
      bundles: [
        { stored: { managedBy: 'go', hubId: '', hubUid: '' } },
        { appliedVersion: 1, stored: { id: 'b2', consumer: 'c2' } },
      ],
    },
    {},
    nothing,
  ],
  [
    'deleted: what the Go controllers left elsewhere neither goes nor holds it up',
    { hub: { ...deletes, cluster: 'c2' }, bundles: [{ stored: { managedBy: 'go', hubId: '', hubUid: '' } }] },
    {},
    release(true),
  ],
  [
    'deleted: what the Go controllers left on its cluster goes',
    { hub: deletes, bundles: [{ stored: { managedBy: 'go', hubId: '', hubUid: '' } }] },
    {},
    { do: 'delete', bundle: 'b1' },
  ],
  // One-shot fields
  ['an operation on a new application', { hub: { operation: 'A' } }, {}, publish(undefined, { operation: 'new' })],
  ['an operation', { hub: { operation: 'A' }, bundles: [{}] }, {}, publish('b1', { operation: 'new' })],
  [
    'an operation, in the second in which the one before began, waits',
    { hub: { operation: 'A' }, bundles: [{ startedSeenMs: 999_001 }] },
    {},
    { do: 'nothing' },
  ],
  [
    'an operation, a second after the one before began',
    { hub: { operation: 'A' }, bundles: [{ startedSeenMs: 999_000 }] },
    {},
    publish('b1', { operation: 'new' }),
  ],
  [
    'an operation and other content',
    { hub: { operation: 'A', desiredHash: '1:b' }, bundles: [{}] },
    {},
    publish('b1', { operation: 'new' }),
  ],
  ['an operation, while the cluster syncs by itself, waits', { hub: { operation: 'A' }, bundles: [runs] }, {}, nothing],
  [
    'an operation, while the cluster syncs by itself, waits, and other content goes without it',
    { hub: { operation: 'A', desiredHash: '1:b' }, bundles: [runs] },
    {},
    publish('b1'),
  ],
  [
    'an operation, while the cluster is seen to run another one for ten minutes, is sent all the same',
    { hub: { operation: 'A' }, bundles: [runsForLong] },
    {},
    publish('b1', { operation: 'new' }),
  ],
  [
    'an operation, when the sync of before has ended',
    { hub: { operation: 'A' }, bundles: [{ reported: ended }] },
    {},
    publish('b1', { operation: 'new' }),
  ],
  ['under way and taken from the hub', { operationTaken: true, bundles: [flightA] }, {}, nothing],
  [
    'under way, other content',
    { operationTaken: true, hub: { desiredHash: '1:b' }, bundles: [flightA] },
    {},
    publish('b1', { operation: 'kept' }),
  ],
  ['under way, not begun: it stays on the hub', { hub: { operation: 'A' }, bundles: [flightA] }, {}, nothing],
  [
    'under way, not begun, other content',
    { hub: { operation: 'A', desiredHash: '1:b' }, bundles: [flightA] },
    {},
    publish('b1', { operation: 'kept' }),
  ],
  ['begun: the write of status takes it off the hub', { hub: { operation: 'A' }, bundles: [begunA] }, {}, nothing],
  [
    'begun, other content',
    { hub: { operation: 'A', desiredHash: '1:b' }, bundles: [begunA] },
    {},
    publish('b1', { operation: 'kept' }),
  ],
  [
    'begun long ago, and no write of status took it off the hub',
    { hub: { operation: 'A' }, bundles: [{ ...begunA, operationBegunMs: 940_000 }] },
    {},
    clear(true, false),
  ],
  [
    'finished, and still on the hub: it does not start again, nor leave the bundle',
    { hub: { operation: 'A' }, bundles: [doneA] },
    {},
    nothing,
  ],
  [
    'finished, and still on the hub, other content: the hub first',
    { hub: { operation: 'A', desiredHash: '1:b' }, bundles: [doneA] },
    {},
    nothing,
  ],
  [
    'finished long ago, and still on the hub',
    { hub: { operation: 'A', desiredHash: '1:b' }, bundles: [{ ...doneA, operationBegunMs: 940_000 }] },
    {},
    clear(true, false),
  ],
  ['finished', { operationTaken: true, bundles: [doneA] }, {}, publish('b1')],
  ['another one meanwhile waits', { hub: { operation: 'B' }, operationTaken: true, bundles: [flightA] }, {}, nothing],
  [
    'another one in the place of one that has begun waits',
    { hub: { operation: 'B' }, operationTaken: true, bundles: [begunA] },
    {},
    nothing,
  ],
  [
    'another one, when the end of the first was not heard of for half an hour',
    { hub: { operation: 'B' }, operationTaken: true, bundles: [{ ...flightA, operationSinceMs: -800_000 }] },
    {},
    publish('b1', { operation: 'new' }),
  ],
  [
    'another one, a moment before that',
    { hub: { operation: 'B' }, operationTaken: true, bundles: [{ ...flightA, operationSinceMs: -799_999 }] },
    {},
    nothing,
  ],
  [
    'another one after the end',
    { hub: { operation: 'B' }, operationTaken: true, bundles: [doneA] },
    {},
    publish('b1', { operation: 'new' }),
  ],
  [
    'applied for long and nowhere seen to begin: first without, so that it can be sent anew',
    { hub: { operation: 'A' }, bundles: [{ ...flightA, appliedVersion: 1, operationSinceMs: -900_000 }] },
    {},
    publish('b1'),
  ],
  [
    'applied for long and nowhere seen to begin, and the hub asks for it no more: it stays',
    { operationTaken: true, bundles: [{ ...flightA, appliedVersion: 1, operationSinceMs: -900_000 }] },
    {},
    nothing,
  ],
  [
    'begun long after it was sent, other content: it stays until its end',
    {
      hub: { operation: 'A', desiredHash: '1:b' },
      bundles: [{ ...begunA, appliedVersion: 1, operationSinceMs: -900_000 }],
    },
    {},
    publish('b1', { operation: 'kept' }),
  ],
  [
    'on its way to a cluster that is away for long',
    { hub: { operation: 'A' }, bundles: [{ ...flightA, operationSinceMs: -900_000 }] },
    {},
    nothing,
  ],
  [
    'taken back because it was discarded, not applied yet',
    { hub: { operation: 'A' }, bundles: [{ dropped: { version: 3, operation: 'A', refresh: false } }] },
    {},
    nothing,
  ],
  [
    'taken back because it was discarded, and applied',
    { hub: { operation: 'A' }, bundles: [{ appliedVersion: 1 }] },
    {},
    publish('b1', { operation: 'new' }),
  ],
  [
    'the same once more waits for the end',
    { hub: { operation: 'A' }, operationTaken: true, bundles: [flightA] },
    {},
    nothing,
  ],
  [
    'the same once more waits for the end of one that has begun',
    { hub: { operation: 'A' }, operationTaken: true, bundles: [{ ...begunA, operationBegunMs: 0 }] },
    {},
    nothing,
  ],
  [
    'the same once more, when the end of the first was never heard of: first without',
    {
      hub: { operation: 'A' },
      operationTaken: true,
      bundles: [{ ...flightA, appliedVersion: 1, operationSinceMs: -900_000 }],
    },
    {},
    publish('b1'),
  ],
  [
    'the same once more, while the first is seen to run for long',
    {
      hub: { operation: 'A' },
      operationTaken: true,
      bundles: [{ ...flightA, ...runs, appliedVersion: 1, operationSinceMs: -900_000 }],
    },
    {},
    nothing,
  ],
  [
    'the same once more: first without',
    { hub: { operation: 'A' }, operationTaken: true, bundles: [doneA] },
    {},
    publish('b1'),
  ],
  [
    'the same once more: until that is applied',
    {
      hub: { operation: 'A' },
      operationTaken: true,
      bundles: [{ dropped: { version: 3, operation: 'A', refresh: false } }],
    },
    {},
    nothing,
  ],
  [
    'the same once more, and nothing is under way',
    { hub: { operation: 'A' }, operationTaken: true, bundles: [{ reported: ended }] },
    {},
    publish('b1', { operation: 'new' }),
  ],
  [
    'of an application that was made anew, the operation of the one before is not its own',
    { hub: { operation: 'A', uid: 'uid-2' }, bundles: [doneA] },
    {},
    publish('b1'),
  ],
  [
    'another one need not wait for that',
    {
      hub: { operation: 'B' },
      operationTaken: true,
      bundles: [{ dropped: { version: 3, operation: 'A', refresh: false } }],
    },
    {},
    publish('b1', { operation: 'new' }),
  ],
  [
    'displaced by another sync',
    { hub: { operation: 'A' }, bundles: [displaced] },
    {},
    publish('b1', { operation: 'again' }),
  ],
  [
    'displaced by another sync a moment ago',
    { hub: { operation: 'A' }, bundles: [{ ...displaced, displacedSinceMs: 940_001 }] },
    {},
    nothing,
  ],
  [
    'displaced by another sync and tried often enough',
    { hub: { operation: 'A' }, bundles: [{ ...displaced, operation: markOperation({}, '1-A~3') }] },
    {},
    nothing,
  ],
  [
    'displaced by another sync, and Maestro has it no more',
    { hub: { operation: 'A' }, bundles: [{ ...flightA, displacedSinceMs: 940_000 }] },
    {},
    nothing,
  ],
  [
    'displaced by another sync, other content',
    { hub: { operation: 'A', desiredHash: '1:b' }, bundles: [displaced] },
    {},
    publish('b1', { operation: 'again' }),
  ],
  [
    'displaced by another sync, another operation on the hub',
    { operationTaken: true, hub: { operation: 'B' }, bundles: [displaced] },
    {},
    publish('b1', { operation: 'new' }),
  ],
  [
    'displaced by another sync, and the hub asks for it no more',
    { operationTaken: true, bundles: [displaced] },
    {},
    publish('b1'),
  ],
  [
    'displaced by another sync, and finished after all',
    { operationTaken: true, bundles: [{ ...displaced, operationFinished: true }] },
    {},
    publish('b1'),
  ],
  ['a refresh', { hub: { refresh: 'hard' }, bundles: [{}] }, {}, publish('b1', { refresh: 'new' })],
  [
    'a refresh, in the second of the one before, waits',
    { hub: { refresh: 'hard' }, bundles: [{ reconciledSeenMs: 999_001 }] },
    {},
    nothing,
  ],
  [
    'a refresh, a second after the one before',
    { hub: { refresh: 'hard' }, bundles: [{ reconciledSeenMs: 999_000 }] },
    {},
    publish('b1', { refresh: 'new' }),
  ],
  [
    'a refresh under way, other content',
    { hub: { refresh: 'hard', desiredHash: '1:b' }, bundles: [flightRefresh] },
    {},
    publish('b1', { refresh: 'kept' }),
  ],
  ['a refresh under way stays on the hub', { hub: { refresh: 'hard' }, bundles: [flightRefresh] }, {}, nothing],
  [
    'a refresh that is done: the write of status takes it off the hub',
    { hub: { refresh: 'hard' }, bundles: [{ ...flightRefresh, refreshFinishedMs: 990_000 }] },
    {},
    nothing,
  ],
  [
    'a refresh that was done long ago, and no write of status took it off the hub',
    { hub: { refresh: 'hard' }, bundles: [{ ...flightRefresh, refreshFinishedMs: 940_000 }] },
    {},
    clear(false, true),
  ],
  [
    'another refresh meanwhile waits',
    { hub: { refresh: 'hard' }, refreshTaken: true, bundles: [flightRefresh] },
    {},
    nothing,
  ],
  [
    'operation and refresh, both under way',
    {
      hub: { operation: 'A', refresh: 'hard' },
      bundles: [{ stored: { oneShot: { op: 'A', opAfter: '', refreshAfter: '' } } }],
    },
    {},
    nothing,
  ],
  [
    'operation and refresh, both over long ago and still on the hub',
    {
      hub: { operation: 'A', refresh: 'hard' },
      bundles: [
        { operationBegunMs: 0, refreshFinishedMs: 0, stored: { oneShot: { op: 'A', opAfter: '', refreshAfter: '' } } },
      ],
    },
    {},
    clear(true, true),
  ],
  ['a refresh that is done', { bundles: [{ ...flightRefresh, refreshFinishedMs: 990_000 }] }, {}, publish('b1')],
  [
    'a refresh once more: first without',
    { hub: { refresh: 'hard' }, refreshTaken: true, bundles: [{ ...flightRefresh, refreshFinishedMs: 990_000 }] },
    {},
    publish('b1'),
  ],
  [
    'a refresh once more: until that is applied',
    { hub: { refresh: 'hard' }, bundles: [{ dropped: { version: 3, operation: '', refresh: true } }] },
    {},
    nothing,
  ],
  [
    'a refresh beside an operation under way',
    { hub: { refresh: 'hard' }, operationTaken: true, bundles: [flightA] },
    {},
    publish('b1', { operation: 'kept', refresh: 'new' }),
  ],
  // Deleted on the hub
  ['deleted, nothing there', { hub: deletes }, {}, release(true)],
  ['deleted, nothing there, nothing of ours to release', { hub: { ...deletes, argoFinalizers: false } }, {}, nothing],
  ['deleted', { hub: deletes, bundles: [{}] }, {}, { do: 'delete', bundle: 'b1' }],
  [
    'deleted by cascade=false',
    { hub: { ...deletes, argoFinalizers: false }, bundles: [{}] },
    {},
    { do: 'strip', bundle: 'b1' },
  ],
  [
    'deleted by cascade=false, stripped',
    {
      hub: { ...deletes, argoFinalizers: false },
      bundles: [{ stored: { cascades: false, version: 2 }, appliedVersion: 1 }],
    },
    {},
    { do: 'await-deletion', bundles: ['b1'] },
  ],
  [
    'deleted by cascade=false, stripped and applied',
    {
      hub: { ...deletes, argoFinalizers: false },
      bundles: [{ stored: { cascades: false, version: 2 }, appliedVersion: 2 }],
    },
    {},
    { do: 'delete', bundle: 'b1' },
  ],
  [
    'deleted, asked for a moment ago',
    { hub: deletes, bundles: [{ stored: { deleting: true }, deleteSentMs: 990_000 }] },
    {},
    { do: 'await-deletion', bundles: ['b1'] },
  ],
  [
    'deleted, Maestro has accepted it long ago',
    { hub: deletes, bundles: [{ stored: { deleting: true } }] },
    {},
    { do: 'await-deletion', bundles: ['b1'] },
  ],
  [
    'deleted, an acceptance is enough',
    { hub: deletes, bundles: [{ stored: { deleting: true } }] },
    { deletion: 'requested' },
    release(false),
  ],
  [
    'deleted, the ManagedCluster gone a while',
    { hub: deletes, bundles: [{ stored: { deleting: true } }] },
    { clusterGoneMs: 400_001 },
    { do: 'await-deletion', bundles: ['b1'], untilMs: 1_000_001 },
  ],
  [
    'deleted, the ManagedCluster gone for long',
    { hub: deletes, bundles: [{ stored: { deleting: true } }] },
    { clusterGoneMs: 400_000 },
    release(false),
  ],
  [
    'deleted by cascade=false, the ManagedCluster gone for long: nothing is to be released',
    { hub: { ...deletes, argoFinalizers: false }, bundles: [{ stored: { deleting: true } }] },
    { clusterGoneMs: 0 },
    { do: 'await-deletion', bundles: ['b1'] },
  ],
  [
    "deleted, the bundle is another hub's",
    { hub: deletes, bundles: [{ stored: { hubId: 'hub-2' } }] },
    {},
    release(true),
  ],
  [
    'deleted, the bundle is foreign',
    { hub: deletes, bundles: [{ stored: { managedBy: 'foreign', hubId: '' } }] },
    {},
    release(true),
  ],
  ['deleted on the hub itself, told to leave it alone', { hub: deletes }, { cluster: { local: true } }, release(true)],
  [
    'deleted on the hub itself: its own Argo CD does it',
    { hub: { ...deletes, skipReconcile: false } },
    { cluster: { local: true } },
    nothing,
  ],
  ['deleted on no cluster, told to leave it alone', { hub: { ...deletes, cluster: '' } }, {}, release(true)],
  [
    'deleted on no cluster: the Argo CD of the hub does it',
    { hub: { ...deletes, cluster: '', skipReconcile: false } },
    {},
    nothing,
  ],
  [
    'deleted on the hub itself, a bundle from before',
    { hub: deletes, bundles: [{}] },
    { cluster: { local: true } },
    { do: 'delete', bundle: 'b1' },
  ],
  [
    'deleted, and neither cluster nor rights are asked about',
    { hub: deletes, bundles: [{}] },
    { cluster: undefined, authorised: false, namespaceAllowed: false, spokeHolder: 'o/a' },
    { do: 'delete', bundle: 'b1' },
  ],
  // Works of the classic model
  ['delivered by the classic model too', { bundles: [{}], classicWorks: ['c1/app-1'] }, {}, nothing],
  [
    'deleted, delivered by the classic model too',
    { hub: deletes, bundles: [{}], classicWorks: ['c1/app-1'] },
    {},
    block('ClassicWorkLeft'),
  ],
  [
    'deleted, delivered by the classic model alone',
    { hub: deletes, classicWorks: ['c1/app-1'] },
    {},
    block('ClassicWorkLeft'),
  ],
  [
    'deleted, delivered by the classic model too, which may stay',
    { hub: deletes, bundles: [{}], classicWorks: ['c1/app-1'] },
    { classicMayStay: true },
    { do: 'delete', bundle: 'b1' },
  ],
  [
    'deleted by cascade=false, delivered by the classic model too: what it runs is meant to stay',
    { hub: { ...deletes, argoFinalizers: false }, bundles: [{}], classicWorks: ['c1/app-1'] },
    {},
    { do: 'strip', bundle: 'b1' },
  ],
  // In other hands
  [
    'a migration works on it',
    { hub: { desiredHash: '1:b' }, bundles: [{ stored: { migration: 'run-7' } }] },
    {},
    block('Migrating'),
  ],
  [
    'it is frozen',
    { hub: { desiredHash: '1:b' }, bundles: [{ stored: { migration: 'freeze-run-7' } }] },
    {},
    block('Frozen'),
  ],
  [
    'deleted while it is frozen',
    { hub: deletes, bundles: [{ stored: { migration: 'freeze-run-7' } }] },
    {},
    block('Frozen'),
  ],
  // A cluster is switched off for us
  ['not delivered', {}, c1Off, leftAlone],
  ['other content', { hub: { desiredHash: '1:b' }, bundles: [{}] }, c1Off, leftAlone],
  ['deleted', { hub: deletes, bundles: [{}] }, c1Off, leftAlone],
  ['deleted, nothing there', { hub: deletes }, c1Off, leftAlone],
  ['opted out', { hub: { selected: false }, bundles: [{}] }, c1Off, leftAlone],
  [
    'an operation that is over and still on the hub',
    { hub: { operation: 'A' }, bundles: [{ ...doneA, operationBegunMs: 0 }] },
    c1Off,
    leftAlone,
  ],
  [
    'moved away from it: delivered to the new one',
    { hub: { cluster: 'c2' }, bundles: [{}] },
    c1Off,
    publish(undefined),
  ],
  [
    'moved away from it: what is left there stays',
    { hub: { cluster: 'c2' }, bundles: [{ stored: { id: 'b2', consumer: 'c2' }, appliedVersion: 1 }, {}] },
    c1Off,
    nothing,
  ],
  [
    'moved away from it and deleted: gone from the new one first',
    { hub: { ...deletes, cluster: 'c2' }, bundles: [{}, { stored: { id: 'b2', consumer: 'c2' } }] },
    c1Off,
    { do: 'delete', bundle: 'b2' },
  ],
  [
    'moved away from it and deleted: not released while something is left there',
    { hub: { ...deletes, cluster: 'c2' }, bundles: [{}] },
    { ...c1Off, deletion: 'requested' },
    leftAlone,
  ],
  [
    'moved to it: what is left on the old one stays until it is delivered',
    { hub: { cluster: 'c2' }, bundles: [{}] },
    { leftTo: (cluster) => (cluster === 'c2' ? 'classic' : undefined) },
    leftAlone,
  ],
  [
    'the annotation was taken off, and what is left there stays',
    { hub: { cluster: '' }, bundles: [{}] },
    c1Off,
    nothing,
  ],
];

describe('the next step', () => {
  test.each(table)('%s', (_, app, around, action) => {
    expect(told(decidePropagation(appRecord(app), decisionInput(around)))).toEqual(action);
  });

  test('a deleting bundle counts as the current one only when there is no other', () => {
    const app = appRecord({ bundles: [{ stored: { id: 'old', deleting: true } }, { stored: { id: 'new' } }] });
    expect(app.hub === undefined ? undefined : currentBundle(app, app.hub)?.stored.id).toBe('new');
    app.bundles.pop();
    expect(app.hub === undefined ? undefined : currentBundle(app, app.hub)?.stored.id).toBe('old');
  });

  test('a workload is spared step by step, and never deleted before the cluster has applied that', () => {
    expect(spareWorkload(bundleRecord()).do).toBe('strip');
    expect(spareWorkload(bundleRecord({ stored: { cascades: false, version: 2 } })).do).toBe('await-deletion');
    expect(spareWorkload(bundleRecord({ stored: { cascades: false, version: 2 }, appliedVersion: 2 })).do).toBe(
      'delete',
    );
  });

  test.each([
    ['ours', {}, true],
    ["another hub's", { hubId: 'hub-2' }, false],
    ['of the Go controllers', { managedBy: 'go', hubId: '' }, true],
    ['of the Go controllers for another cluster', { managedBy: 'go', hubId: '', consumer: 'c2' }, false],
    ['foreign', { managedBy: 'foreign', hubId: '' }, false],
    ['foreign with our hub id', { managedBy: 'foreign' }, false],
    ['accepted for deletion', { deleting: true }, false],
    ['in the hands of a migration', { migration: 'run-7' }, false],
  ] satisfies [string, Partial<StoredBundle>, boolean][])(
    'a bundle that is %s may be deleted: %s → %s',
    (_, stored, may) => {
      expect(mayDelete(bundleRecord({ stored }), decisionInput(), 'c1')).toBe(may);
    },
  );
});

test('garbage collection, which has no hub application to go by, deletes nothing of the Go controllers', () => {
  expect(mayDelete(bundleRecord({ stored: { managedBy: 'go', hubId: '' } }), decisionInput(), undefined)).toBe(false);
});

test('garbage collection deletes nothing of a cluster that is switched off for us', () => {
  expect(mayDelete(bundleRecord(), decisionInput(), undefined)).toBe(true);
  expect(mayDelete(bundleRecord(), decisionInput(c1Off), undefined)).toBe(false);
});

const operations = fc.constantFrom('', 'A', 'B');
const bundles = fc
  .record({
    consumer: fc.constantFrom('c1', 'c2'),
    version: fc.integer({ min: 1, max: 4 }),
    deleting: fc.boolean(),
    hubId: fc.constantFrom(ourHub, 'hub-2', ''),
    hubUid: fc.constantFrom('uid-1', 'uid-2', ''),
    contentHash: fc.constantFrom('1:a', '1:b', ''),
    oneShot: fc.option(
      fc.record({ op: operations, opAfter: fc.constant(''), refreshAfter: fc.constantFrom('', 't1') }),
      { nil: undefined },
    ),
    managedBy: fc.constantFrom('us', 'go', 'foreign'),
    cascades: fc.boolean(),
  })
  .chain((stored) =>
    fc.record({
      stored: fc.constant(stored),
      appliedVersion: fc.integer({ min: 0, max: 4 }),
      operationBegunMs: fc.constantFrom(undefined, 900_000, 990_000),
      operationFinished: fc.boolean(),
      refreshFinishedMs: fc.constantFrom(undefined, 900_000, 990_000),
      operationRuns: fc.boolean(),
      runsSinceMs: fc.constantFrom(0, 990_000),
      operationSinceMs: fc.constantFrom(-900_000, 990_000),
      displacedSinceMs: fc.constantFrom(undefined, 900_000, 990_000),
      deleteSentMs: fc.constantFrom(Number.NEGATIVE_INFINITY, 900_000, 990_000),
      dropped: fc.option(
        fc.record({ version: fc.integer({ min: 1, max: 4 }), operation: operations, refresh: fc.boolean() }),
        { nil: undefined },
      ),
    }),
  );
const apps: fc.Arbitrary<AppRecord> = fc
  .record({
    hub: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record({
          cluster: fc.constantFrom('c1', 'c2', ''),
          desiredHash: fc.constantFrom('1:a', '1:b'),
          selected: fc.boolean(),
          deletionTimestamp: fc.constantFrom('', '2026-11-22T10:00:00Z'),
          skipReconcile: fc.boolean(),
          argoFinalizers: fc.boolean(),
          operation: operations,
          refresh: fc.constantFrom('', 'normal', 'hard'),
        }),
      },
      { weight: 1, arbitrary: fc.constant('gone' as const) },
    ),
    bundles: fc
      .array(bundles, { maxLength: 3 })
      .map((list) => list.map((one, at) => ({ ...one, stored: { ...one.stored, id: `b${String(at)}` } }))),
    operationTaken: fc.boolean(),
    refreshTaken: fc.boolean(),
  })
  .map((over) => appRecord(over));
const around = fc
  .record({
    cluster: fc.constantFrom(undefined, { local: false }, { local: true }),
    clusterGoneMs: fc.constantFrom(undefined, 0, 999_000),
    authorised: fc.boolean(),
    namespaceAllowed: fc.boolean(),
    spokeHolder: fc.constantFrom(undefined, 'other/app'),
    deletion: fc.constantFrom('confirmed' as const, 'requested' as const),
  })
  .map((over) => decisionInput(over));

describe('of whatever facts', () => {
  test('an application that is not looked at has no step to take, and one that is waits in the lane of its step', () => {
    fc.assert(
      fc.property(apps, around, fc.boolean(), (app, facts, collecting) => {
        const lane = laneToLook(app, facts, collecting);
        const action = decidePropagation(app, facts);
        if (lane === undefined) expect(action).toEqual(nothing);
        if (lane === undefined || action.do === 'nothing') return;
        const own = laneOf(action);
        // What a person asked for, and what is removed, waits behind nothing that merely changed.
        // An operation that was displaced is looked at as one, also when only an old bundle is left to be deleted.
        const displaced = app.bundles.some(({ displacedSinceMs }) => displacedSinceMs !== undefined);
        if (own === 'delete' && displaced) expect(['delete', 'operation']).toContain(lane);
        else if (own !== 'change') expect(lane).toBe(own);
      }),
      { numRuns: 5_000 },
    );
  });

  test('deciding is a pure function: twice gives the same and changes nothing', () => {
    fc.assert(
      fc.property(apps, around, (app, facts) => {
        const before = JSON.stringify(app);
        const first = decidePropagation(app, facts);
        expect(decidePropagation(app, facts)).toEqual(first);
        expect(JSON.stringify(app)).toBe(before);
      }),
    );
  });

  test('nothing of another hub, nothing foreign and nothing that is being deleted is ever touched', () => {
    fc.assert(
      fc.property(apps, around, (app, facts) => {
        const action = decidePropagation(app, facts);
        const touched =
          action.do === 'delete' || action.do === 'strip'
            ? action.bundle
            : action.do === 'publish'
              ? action.over
              : undefined;
        if (touched === undefined) return;
        expect(touched.stored.managedBy).not.toBe('foreign');
        expect([ourHub, '']).toContain(touched.stored.hubId);
        expect(touched.stored.deleting).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test('nothing is published while the current bundle is being deleted, nor for an application that is going or refused', () => {
    fc.assert(
      fc.property(apps, around, (app, facts) => {
        const action = decidePropagation(app, facts);
        if (action.do !== 'publish') return;
        const { hub } = app;
        expect(hub?.deletionTimestamp).toBe('');
        expect(hub?.selected).toBe(true);
        expect(facts).toMatchObject({
          cluster: { local: false },
          authorised: true,
          namespaceAllowed: true,
          spokeHolder: undefined,
        });
        expect(hub === undefined ? undefined : (currentBundle(app, hub)?.stored.deleting ?? false)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test('an operation under way is never taken from its bundle before its end, and never started once more while the hub still shows it', () => {
    fc.assert(
      fc.property(apps, around, (app, facts) => {
        const action = decidePropagation(app, facts);
        if (action.do !== 'publish' || action.over === undefined) return;
        const { stored, operationFinished, operationBegunMs, operationSinceMs, displacedSinceMs } = action.over;
        const travels = (stored.oneShot?.op ?? '') !== '';
        const heardOf = facts.monotonicMs - operationSinceMs < operationLimitMs && displacedSinceMs === undefined;
        if (travels && !operationFinished && heardOf) expect(action.oneShot.operation).toBe('kept');
        const shown =
          travels &&
          app.hub?.operation === stored.oneShot?.op &&
          !app.operationTaken &&
          [app.hub?.uid, ''].includes(stored.hubUid);
        if (shown && operationFinished && operationBegunMs !== undefined)
          expect.unreachable('it would look new to another process');
        if (action.oneShot.operation === 'new') expect(app.hub?.operation).not.toBe(stored.oneShot?.op);
      }),
      { numRuns: 5_000 },
    );
  });

  test('a cascading deletion follows only from the wish of somebody on the hub', () => {
    fc.assert(
      fc.property(apps, around, (app, facts) => {
        const action = decidePropagation(app, facts);
        if (action.do !== 'delete' || !action.bundle.stored.cascades) return;
        const { hub } = app;
        const going = hub?.deletionTimestamp !== '' && hub?.argoFinalizers === true;
        const unwanted = hub?.selected === false || hub?.cluster === '' || facts.cluster?.local === true;
        expect(going || unwanted || action.bundle.stored.consumer !== hub?.cluster || app.bundles.length > 1).toBe(
          true,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test('steps end: each one taken leads to nothing more to do', () => {
    fc.assert(
      fc.property(apps, (app) => {
        const facts = decisionInput();
        for (let step = 0; step < 20; step += 1) {
          const action = decidePropagation(app, facts);
          if (['nothing', 'block', 'release', 'await-deletion'].includes(action.do)) return;
          carryOut(app, action);
        }
        expect.unreachable('it never comes to rest');
      }),
      { numRuns: 1_000 },
    );
  });
});

/** What a step comes to when hub, Maestro and cluster all do their part at once. */
function carryOut(app: AppRecord, action: Action): void {
  const { hub } = app;
  if (hub === undefined) return;
  switch (action.do) {
    case 'publish': {
      const over =
        action.over ?? bundleRecord({ stored: { id: `new-${hub.cluster}`, consumer: hub.cluster, version: 0 } });
      if (action.over === undefined) app.bundles.push(over);
      const operation =
        action.oneShot.operation === 'new'
          ? hub.operation
          : action.oneShot.operation === 'kept'
            ? (over.stored.oneShot?.op ?? '')
            : '';
      const refresh = action.oneShot.refresh !== 'none';
      Object.assign(over, {
        stored: {
          ...over.stored,
          version: over.stored.version + 1,
          contentHash: hub.desiredHash,
          hubUid: hub.uid,
          hubId: ourHub,
          managedBy: 'us',
          oneShot:
            operation === '' && !refresh
              ? undefined
              : { op: operation, opAfter: '', ...(refresh ? { refreshAfter: '' } : {}) },
        },
        appliedVersion: over.stored.version + 1,
        operationFinished: true,
        refreshFinishedMs: 990_000,
        dropped: undefined,
      });
      if (action.oneShot.operation === 'new') app.hub = { ...hub, operation: '' };
      if (action.oneShot.refresh === 'new') app.hub = { ...(app.hub ?? hub), refresh: '' };
      Object.assign(app, { operationTaken: true, refreshTaken: true });
      break;
    }
    case 'clear-one-shot':
      app.hub = { ...hub, ...(action.operation ? { operation: '' } : {}), ...(action.refresh ? { refresh: '' } : {}) };
      Object.assign(app, { operationTaken: true, refreshTaken: true });
      break;
    case 'strip':
      Object.assign(action.bundle, {
        stored: { ...action.bundle.stored, cascades: false, version: action.bundle.stored.version + 1 },
        appliedVersion: action.bundle.stored.version + 1,
      });
      break;
    case 'delete':
      app.bundles = app.bundles.filter((bundle) => bundle !== action.bundle);
      break;
    default:
  }
}
