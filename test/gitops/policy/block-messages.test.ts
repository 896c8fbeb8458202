import { describe, expect, test } from 'vitest';
import type { StoredBundle } from '../../../src/gitops/bundle/stored-bundle.ts';
import { belongs, decidePropagation, type DecisionInput } from '../../../src/gitops/policy/propagation.ts';
import { appRecord, bundleRecord, decisionInput, hubFacts, type AppOver } from './records.ts';

const deletes = { deletionTimestamp: '2026-11-22T10:00:00Z' };
const c1Off: Partial<DecisionInput> = { leftTo: (cluster) => (cluster === 'c1' ? 'classic' : undefined) };

describe('why nothing is delivered', () => {
  test.each<[string, AppOver, Partial<DecisionInput>]>([
    ['the application cannot be read: no project', { hub: { unreadable: 'no project' } }, {}],
    ['odd', {}, { bundleUnreadable: 'odd' }],
    [
      'the work for cluster c1 was frozen by freeze-run-7: "maestro-cli gitops unfreeze" lets it follow the hub again',
      { bundles: [{ stored: { migration: 'freeze-run-7' } }] },
      {},
    ],
    [
      'migration run-7 works on the bundle for cluster c1',
      { bundles: [{}, { stored: { id: 'b2', migration: 'run-7' } }] },
      {},
    ],
    [
      'its own earlier bundle, from before it moved away, is still being deleted on c1',
      { bundles: [{ stored: { deleting: true } }] },
      {},
    ],
    [
      'the bundle of an earlier application of this name is still being deleted on c1',
      { bundles: [{ stored: { deleting: true, hubUid: 'uid-0' } }] },
      {},
    ],
    ['the hub has no ManagedCluster c1', {}, { cluster: undefined }],
    ['no PlacementDecision in the namespace of the application selects cluster c1', {}, { authorised: false }],
    ['namespace argocd is not among the allowed target namespaces', {}, { namespaceAllowed: false }],
    ['application other/app has this name in namespace argocd of cluster c1 already', {}, { spokeHolder: 'other/app' }],
    [
      'bundle b1 of cluster c1 was not written for this application',
      { bundles: [{ stored: { managedBy: 'foreign', hubId: '' } }] },
      {},
    ],
    [
      'the bundle belongs to the hub with id hub-2; start with --hub-id to take its bundles over',
      { bundles: [{ stored: { hubId: 'hub-2' } }] },
      {},
    ],
    [
      'annotation maestro-cli.hyperfleet.io/pull-model of ManagedCluster c1 is "classic": its applications are left ' +
        'alone until it is removed or "maestro"',
      { hub: { ...deletes, cluster: 'c2' }, bundles: [{}] },
      c1Off,
    ],
    [
      'the classic ManifestWork c1/app-1, c1/app-2 owns it too, so that it would go on running: end it with ' +
        '"maestro-cli gitops migrate", then the deletion goes on',
      { hub: deletes, classicWorks: ['c1/app-1', 'c1/app-2'] },
      {},
    ],
  ])('is told to whoever has to see to it: %s', (message, over, input) => {
    expect(decidePropagation(appRecord(over), decisionInput(input))).toMatchObject({ do: 'block', message });
  });
});

test.each<[boolean, string, Partial<StoredBundle>]>([
  [true, 'made for it', {}],
  [true, 'of the Go controllers, which note no application', { managedBy: 'go', hubUid: '' }],
  [false, 'made for an earlier one of its name', { hubUid: 'uid-0' }],
  [false, 'on another cluster', { consumer: 'c2' }],
  [false, 'foreign', { managedBy: 'foreign', hubUid: '' }],
  [false, 'foreign, under its id', { managedBy: 'foreign' }],
])('a bundle belongs to an application (%s): %s', (expected, _what, stored) => {
  expect(belongs(hubFacts(), bundleRecord({ stored }))).toBe(expected);
});
