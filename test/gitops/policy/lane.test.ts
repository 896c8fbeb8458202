import { describe, expect, test } from 'vitest';
import { laneOf, laneToLook } from '../../../src/gitops/policy/lane.ts';
import type { Action } from '../../../src/gitops/policy/propagation.ts';
import { appRecord, decisionInput, type AppOver, type BundleOver } from './records.ts';

const deletes = { deletionTimestamp: '2026-11-22T10:00:00Z' };
const flight = (op: string): BundleOver => ({ stored: { oneShot: { op, opAfter: '' } } });

function lane(over: AppOver, input: Parameters<typeof decisionInput>[0] = {}, collecting = false): string | undefined {
  return laneToLook(appRecord(over), decisionInput(input), collecting);
}

describe('an application waits', () => {
  test('nowhere, where its bundle is as it is to be: nearly all rest at a start', () => {
    expect(lane({ bundles: [{}] })).toBeUndefined();
  });

  test('nowhere, where its cluster is left to somebody else', () => {
    expect(lane({}, { leftTo: () => 'classic' })).toBeUndefined();
  });

  test('in the lane of deletions only while its garbage is collected, when the hub has it no longer', () => {
    expect(lane({ hub: 'gone', bundles: [{}] })).toBeUndefined();
    expect(lane({ hub: 'gone', bundles: [{}] }, {}, true)).toBe('delete');
  });

  test('in the lane of deletions while something of it is to be removed or released', () => {
    expect(lane({ hub: deletes, bundles: [{}] })).toBe('delete');
    expect(lane({ hub: deletes })).toBe('delete');
    expect(lane({ hub: { ...deletes, argoFinalizers: false } })).toBeUndefined();
    expect(lane({ hub: { selected: false } })).toBeUndefined();
    expect(lane({ hub: { selected: false }, bundles: [{}] })).toBe('delete');
    expect(lane({ bundles: [{}, { stored: { id: 'b2', version: 1 } }] })).toBe('delete');
  });

  test.each<[string, AppOver, Parameters<typeof decisionInput>[0]]>([
    ['without a bundle', {}, {}],
    ['with a bundle of other content', { hub: { desiredHash: '1:b' }, bundles: [{}] }, {}],
    ['with a bundle of an earlier one of its name', { hub: { uid: 'uid-2' }, bundles: [{}] }, {}],
    ['whose bundle another client changed', { bundles: [{ stored: { stampedHash: '1:a' } }] }, {}],
    ['whose bundle still holds a one-shot', { bundles: [flight('A')] }, {}],
    ['whose bundle is being migrated', { bundles: [{ stored: { migration: 'm' } }] }, {}],
    ['whose bundle is being deleted', { bundles: [{ stored: { deleting: true } }] }, {}],
    ['that may not be delivered', { bundles: [{}] }, { authorised: false }],
    ['whose bundle cannot be read', { bundles: [{}] }, { bundleUnreadable: 'odd' }],
  ])('in the lane of changes %s', (_title, over, input) => {
    expect(lane(over, input)).toBe('change');
  });

  test('in the lane of operations when one is asked for, has begun or was displaced', () => {
    expect(lane({ hub: { operation: 'A' }, bundles: [{}] })).toBe('operation');
    expect(lane({ hub: { refresh: 'normal' }, bundles: [{}] })).toBe('operation');
    expect(lane({ hub: { operation: 'A' }, bundles: [{ ...flight('A'), operationBegunMs: 990_000 }] })).toBe(
      'operation',
    );
    expect(lane({ bundles: [{ ...flight('A'), displacedSinceMs: 940_000 }] })).toBe('operation');
  });
});

describe('a step waits', () => {
  const publish = (oneShot: Extract<Action, { do: 'publish' }>['oneShot']): string =>
    laneOf({ do: 'publish', over: undefined, oneShot });

  test('among operations when it brings one, or a refresh, that was asked for', () => {
    expect(publish({ operation: 'new', refresh: 'none' })).toBe('operation');
    expect(publish({ operation: 'again', refresh: 'none' })).toBe('operation');
    expect(publish({ operation: 'none', refresh: 'new' })).toBe('operation');
    expect(laneOf({ do: 'clear-one-shot', operation: true, refresh: false })).toBe('operation');
  });

  test('among changes when it brings none, or only keeps what travels', () => {
    expect(publish({ operation: 'none', refresh: 'none' })).toBe('change');
    expect(publish({ operation: 'kept', refresh: 'kept' })).toBe('change');
  });

  test('among deletions when it removes or lets go', () => {
    const [bundle] = appRecord({ bundles: [{}] }).bundles;
    if (bundle === undefined) throw new Error('no bundle');
    expect(laneOf({ do: 'delete', bundle })).toBe('delete');
    expect(laneOf({ do: 'strip', bundle })).toBe('delete');
    expect(laneOf({ do: 'release', confirmed: true })).toBe('delete');
    expect(laneOf({ do: 'await-deletion', bundles: [bundle] })).toBe('delete');
  });
});
