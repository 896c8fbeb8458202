import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { ContentSum } from '../../../src/gitops/status/content-sum.ts';
import { fingerprintOf } from '../../../src/gitops/status/fingerprint.ts';
import { argoStatus, changed } from './samples.ts';

const before = fingerprintOf(argoStatus());
const condition = { type: 'OrphanedResourceWarning', message: 'has 1', lastTransitionTime: '2026-01-01T00:00:00Z' };

function changesOf(status: JsonObject): { transition: boolean; detail: boolean; full: boolean } {
  const after = fingerprintOf(status);
  return {
    transition: after.transition !== before.transition,
    detail: after.detail !== before.detail,
    full: after.full !== before.full,
  };
}

describe('fingerprintOf', () => {
  it('gives the times and the phase, and short texts', () => {
    expect(before).toMatchObject({
      reconciledAt: '2026-01-01T00:01:00Z',
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: '2026-01-01T00:00:10Z',
      phase: 'Succeeded',
    });
    for (const text of [before.transition, before.detail, before.full]) expect(text).toMatch(/^[0-9a-v]{12}$/);
  });

  it.each<[string, JsonValue]>([
    ['sync.status', 'OutOfSync'],
    ['sync.revision', 'rev2'],
    ['sync.revisions', ['rev1', 'rev2']],
    ['sync.comparedTo.source.path', 'b'],
    ['sync.comparedTo.sources', [{ path: 'b' }]],
    ['health.status', 'Degraded'],
    ['operationState.phase', 'Running'],
    ['operationState.startedAt', '2026-01-01T00:00:01Z'],
    ['operationState.finishedAt', '2026-01-01T00:00:11Z'],
    ['operationState.syncResult.revision', 'rev2'],
    ['operationState.syncResult.revisions', ['rev2']],
    ['conditions', []],
    ['conditions', [{ ...condition, message: 'has 2' }]],
    ['conditions', [{ ...condition, type: 'SyncError' }]],
    ['sourceType', 'Helm'],
    ['sourceTypes', ['Helm', 'Kustomize']],
  ])('sees a transition in %s', (path, value) => {
    expect(changesOf(changed(argoStatus(), path, value))).toEqual({ transition: true, detail: false, full: true });
  });

  it.each<[string, JsonValue]>([
    ['resources', []],
    [
      'resources',
      [
        { kind: 'ConfigMap', name: 'b', status: 'Synced' },
        { kind: 'ConfigMap', name: 'a', status: 'Synced' },
      ],
    ],
    ['history', [{ id: 1, revision: 'rev1' }]],
    ['summary.images', ['example.com/a:2']],
    ['operationState.message', 'other'],
    ['operationState.retryCount', 1],
    ['operationState.operation.sync.prune', true],
    ['operationState.syncResult.resources', []],
    ['health.message', 'why'],
    ['sync.other', 1],
    ['controllerNamespace', 'argocd'],
    ['sync', 'malformed'],
  ])('sees detail in %s', (path, value) => {
    expect(changesOf(changed(argoStatus(), path, value))).toMatchObject({ detail: true, full: true });
  });

  it.each<[string, JsonValue]>([
    ['reconciledAt', '2026-01-01T00:04:00Z'],
    ['observedAt', '2026-01-01T00:04:00Z'],
    ['health.lastTransitionTime', '2026-01-01T00:04:00Z'],
    ['conditions', [{ ...condition, lastTransitionTime: '2026-01-01T00:04:00Z' }]],
  ])('takes %s for noise', (path, value) => {
    expect(changesOf(changed(argoStatus(), path, value))).toEqual({ transition: false, detail: false, full: true });
  });

  it('takes the time of a resource for noise', () => {
    const resources = (lastTransitionTime: string): JsonObject =>
      argoStatus({ resources: [{ name: 'a', health: { status: 'Healthy', lastTransitionTime } }] });
    const [one, two] = [
      fingerprintOf(resources('2026-01-01T00:00:00Z')),
      fingerprintOf(resources('2026-01-01T00:00:01Z')),
    ];
    expect([one.detail, one.transition]).toEqual([two.detail, two.transition]);
    expect(one.full).not.toBe(two.full);
  });

  it.each<[string, JsonValue]>([
    ['sync.comparedTo.destination.name', ''],
    ['sync.comparedTo.ignoreDifferences', []],
    ['sync.revisions', null],
    ['operationState.syncResult.revisions', []],
    ['operationState.retryCount', 0],
    ['sourceTypes', []],
    ['summary.externalURLs', []],
    ['health.message', ''],
    ['summary.extra', {}],
  ])('takes %s without a value for absent', (path, value) => {
    expect(changesOf(changed(argoStatus(), path, value))).toEqual({ transition: false, detail: false, full: false });
  });

  it.each(['sync', 'health', 'operationState', 'conditions'])('sees a change of a %s that is no map', (member) => {
    expect(fingerprintOf({ [member]: 5 }).detail).not.toBe(fingerprintOf({ [member]: 6 }).detail);
  });

  it('sees two values that change places', () => {
    const one = fingerprintOf({ sync: { status: 'a', revision: 'b' } });
    expect(fingerprintOf({ sync: { status: 'b', revision: 'a' } }).transition).not.toBe(one.transition);
  });

  it('counts neither our own conditions nor the order of conditions', () => {
    const other = { type: 'SyncError', message: 'x', lastTransitionTime: '2026-01-01T00:00:00Z' };
    const ours = { type: 'MaestroDeliveryError', message: 'y', lastTransitionTime: '2026-01-01T00:00:00Z' };
    const [one, two] = [
      fingerprintOf(argoStatus({ conditions: [condition, other] })),
      fingerprintOf(argoStatus({ conditions: [other, ours, condition] })),
    ];
    expect(two).toEqual(one);
    expect(fingerprintOf({ conditions: [ours] })).toEqual(fingerprintOf({}));
  });

  const time = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const json = fc.dictionary(
    fc.constantFrom('sync', 'health', 'resources', 'conditions', 'operationState', 'summary'),
    fc.jsonValue(),
  );

  it('changes neither transition nor detail with times that move by themselves', () => {
    fc.assert(
      fc.property(json, time, time, time, (status, reconciledAt, observedAt, lastTransitionTime) => {
        const base: JsonObject = { ...(status as JsonObject), health: { status: 'Healthy' } };
        const noisy: JsonObject = {
          ...base,
          reconciledAt,
          observedAt,
          health: { status: 'Healthy', lastTransitionTime },
        };
        const [one, two] = [fingerprintOf(base), fingerprintOf(noisy)];
        expect([two.transition, two.detail]).toEqual([one.transition, one.detail]);
      }),
    );
  });

  it('is independent of the order of members, and of absent ones', () => {
    const turned = (value: JsonValue): JsonValue => {
      if (Array.isArray(value)) return value.map((item: JsonValue) => turned(item));
      if (typeof value !== 'object' || value === null) return value;
      const members = Object.entries(value as JsonObject).reverse();
      return Object.fromEntries([
        ['absent', ''],
        ...members.map(([key, member]) => [key, turned(member ?? null)]),
      ]) as JsonObject;
    };
    fc.assert(
      fc.property(json, (status) => {
        expect(fingerprintOf(turned(status as JsonObject) as JsonObject)).toEqual(fingerprintOf(status as JsonObject));
      }),
    );
  });
});

describe('ContentSum', () => {
  function sum(value: JsonValue): string {
    const content = new ContentSum();
    content.add('value', value);
    return content.text();
  }

  it('tells apart what looks alike', () => {
    const values: JsonValue[] = [
      '1',
      1,
      true,
      'true',
      [1],
      ['1'],
      [[1]],
      { a: 1 },
      { a: '1' },
      { b: 1 },
      [0, 1],
      [1, 0],
      [0],
      [0, 0],
      ['ab'],
      ['a', 'b'],
      { a: { b: 1 } },
      { b: { a: 1 } },
      { a: 1, b: 2 },
      { a: 2, b: 1 },
      1.5,
      -1,
      'value',
      [{ a: 1 }, { b: 2 }],
      [{ a: 1, b: 2 }],
    ];
    expect(new Set(values.map((value) => sum(value))).size).toBe(values.length);
    expect(sum(10n)).toBe(sum(10));
  });

  it('tells one value under two names apart, and passes over the times of transitions', () => {
    const under = (name: string): string => {
      const content = new ContentSum();
      content.add(name, 1);
      return content.text();
    };
    expect(under('a')).not.toBe(under('b'));
    expect(sum({ a: 1, lastTransitionTime: '2026-01-01T00:00:00Z' })).toBe(sum({ a: 1 }));
  });

  it('has no two of fifty thousand alike', () => {
    const seen = new Set(
      Array.from({ length: 50_000 }, (_, index) => sum({ name: `resource-${index}`, status: 'Synced' })),
    );
    expect(seen.size).toBe(50_000);
    const halves = new Set([...seen].map((text) => text.slice(0, 6)));
    // Of 30 bits: one or two pairs among as many are expected by chance.
    expect(halves.size).toBeGreaterThan(49_990);
  });
});
