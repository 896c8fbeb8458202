import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { decodeStatus, decodeStatusEvent } from '../../../src/core/status/decode-status.ts';
import { describeState } from '../../../src/core/status/describe-state.ts';
import { foldStatus } from '../../../src/core/status/fold.ts';
import type { WorkState, WorkView } from '../../../src/core/status/fold.ts';
import type { Condition, ResourceStatus, WorkStatus } from '../../../src/core/status/work-status.ts';
import { available, deployment, entry, jobNamed, namespace } from './build.ts';

const version = 2;
const pool = [namespace, deployment, jobNamed('a'), jobNamed('b')];
const rank: Readonly<Record<WorkState['kind'], number>> = {
  unknown: 0,
  progressing: 0,
  failed: 0,
  deleting: 0,
  deleted: 0,
  applied: 1,
  available: 2,
};

const generation = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 6 });
const conditionOf = (types: readonly string[]): fc.Arbitrary<Condition> =>
  fc
    .record({
      type: fc.constantFrom(...types),
      status: fc.oneof(
        { arbitrary: fc.constant('True' as const), weight: 4 },
        fc.constantFrom('False' as const, 'Unknown' as const),
      ),
      reason: fc.constant('R'),
      message: fc.string({ maxLength: 5 }),
      observedGeneration: generation,
    })
    .map(({ observedGeneration, ...rest }) =>
      observedGeneration === undefined ? rest : { ...rest, observedGeneration },
    );

const conditionLists = (types: readonly string[]): fc.Arbitrary<Condition[]> =>
  fc.array(conditionOf(types), { maxLength: 4 });

const manifestLists = fc.subarray(pool, { minLength: 1 });
const entries: fc.Arbitrary<ResourceStatus> = fc
  .tuple(fc.constantFrom(...pool), conditionLists(['Applied', 'Available']))
  .map(([manifest, conditions]) => ({ ...entry(manifest, []), conditions }));

const anyView: fc.Arbitrary<WorkView> = fc
  .record({
    version: fc.integer({ min: 1, max: 3 }),
    manifests: manifestLists,
    observedVersion: fc.integer({ min: 0, max: 3 }),
    conditions: conditionLists(['Applied', 'Available', 'Progressing']),
    resourceStatus: fc.array(entries, { maxLength: 6 }),
  })
  .map(({ observedVersion, conditions, resourceStatus, ...rest }) => ({
    ...rest,
    status: { observedVersion, sequenceId: '1', conditions, resourceStatus },
  }));

/** Mostly good works with a few faults, so that the better states are met often. */
const nearlyGood: fc.Arbitrary<WorkView> = fc
  .tuple(manifestLists, fc.array(fc.tuple(fc.nat({ max: 9 }), conditionOf(['Applied', 'Available'])), { maxLength: 2 }))
  .map(([manifests, faults]) => {
    const base = available(version, manifests);
    const status = base.status as WorkStatus;
    const resourceStatus = status.resourceStatus.map((one, index) => ({
      ...one,
      conditions: [...one.conditions, ...faults.filter(([at]) => at === index).map(([, fault]) => fault)],
    }));
    const conditions = [...status.conditions, ...faults.filter(([at]) => at === 9).map(([, fault]) => fault)];
    return { ...base, status: { ...status, conditions, resourceStatus } };
  });

const views = fc.oneof(anyView, nearlyGood);

const isAppliedAt = (conditions: readonly Condition[]): boolean => {
  const applied = conditions.filter(({ type }) => type === 'Applied');
  return (
    applied.length > 0 && applied.every(({ status, observedGeneration: at = 0 }) => status === 'True' && at >= version)
  );
};

describe('foldStatus as a property', () => {
  it('is applied or available only with proof of every manifest', () => {
    let proved = 0;
    fc.assert(
      fc.property(views, (view) => {
        const state = foldStatus(view, version);
        if (rank[state.kind] === 0) return;
        proved += 1;
        const status = view.status as WorkStatus;
        expect(view.version).toBe(version);
        expect(status.observedVersion).toBe(version);
        expect(isAppliedAt(status.conditions)).toBe(true);
        for (const manifest of view.manifests) {
          const address = JSON.stringify(entry(manifest, []).resourceMeta);
          const found = status.resourceStatus.filter(({ resourceMeta }) => JSON.stringify(resourceMeta) === address);
          expect(found.length).toBeGreaterThan(0);
          for (const one of found) {
            expect(isAppliedAt(one.conditions)).toBe(true);
            if (state.kind !== 'available') continue;
            const availability = one.conditions.filter(({ type }) => type === 'Available');
            expect(availability.length).toBeGreaterThan(0);
            for (const item of availability) {
              expect(item.status).toBe('True');
              expect(item.observedGeneration ?? version).toBeGreaterThanOrEqual(version);
            }
          }
        }
      }),
      { numRuns: 1000 },
    );
    expect(proved).toBeGreaterThan(100);
  });

  it('never gets better by taking evidence away', () => {
    fc.assert(
      fc.property(
        views,
        fc.nat(),
        fc.constantFrom('condition', 'entry', 'entry condition', 'version', 'status'),
        (view, pick, what) => {
          const before = rank[foldStatus(view, version).kind];
          const after = rank[foldStatus(without(view, what, pick), version).kind];
          expect(after).toBeLessThanOrEqual(before);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('lets Deleted win over everything and deletedAt over all but that', () => {
    fc.assert(
      fc.property(views, fc.integer({ min: 1, max: 3 }), (view, at) => {
        const status = view.status as WorkStatus;
        const deleted: Condition = { type: 'Deleted', status: 'True', reason: '', message: '' };
        const gone = { ...view, deletedAt: 'x', status: { ...status, conditions: [...status.conditions, deleted] } };
        expect(foldStatus(gone, at).kind).toBe('deleted');
        expect(foldStatus({ ...view, deletedAt: '2026-11-22T10:59:00Z' }, at).kind).toBe('deleting');
      }),
    );
  });

  it('is total: any JSON decodes, folds and reads as one line', () => {
    const json = fc.oneof(
      fc.object({ key: fc.constantFrom('ObservedVersion', 'SequenceID', 'conditions', 'resourceStatus', 'x') }),
      fc.record({
        ObservedVersion: fc.anything({ withBigInt: true }),
        SequenceID: fc.anything({ withBigInt: true }),
        conditions: fc.array(
          fc.object({ key: fc.constantFrom('type', 'status', 'observedGeneration', 'lastTransitionTime') }),
        ),
        resourceStatus: fc.array(
          fc.record({
            resourceMeta: fc.anything(),
            conditions: fc.anything(),
            statusFeedback: fc.record({
              values: fc.array(fc.object({ key: fc.constantFrom('name', 'fieldValue', 'jsonRaw') })),
            }),
          }),
        ),
      }),
    );
    fc.assert(
      fc.property(json, fc.integer(), fc.integer(), (value, stored, at) => {
        const data = value as JsonObject;
        for (const status of [decodeStatus(data), decodeStatusEvent(data, stored, 'x')]) {
          const state = foldStatus({ version: stored, manifests: pool, status }, at);
          expect(describeState(state, 0)).not.toMatch(/\n/);
        }
      }),
    );
  });
});

/** The same work with less proof. All conditions of a type, or all entries of a manifest, go together. */
function without(view: WorkView, what: string, pick: number): WorkView {
  const status = view.status as WorkStatus;
  const drop = (conditions: readonly Condition[]): readonly Condition[] => {
    const type = conditions[pick % Math.max(1, conditions.length)]?.type;
    return conditions.filter((condition) => condition.type !== type);
  };
  const at = pick % Math.max(1, status.resourceStatus.length);
  const address = JSON.stringify(status.resourceStatus[at]?.resourceMeta);
  const isPicked = (one: ResourceStatus): boolean => JSON.stringify(one.resourceMeta) === address;
  switch (what) {
    case 'condition':
      return { ...view, status: { ...status, conditions: drop(status.conditions) } };
    case 'entry':
      return { ...view, status: { ...status, resourceStatus: status.resourceStatus.filter((one) => !isPicked(one)) } };
    case 'entry condition': {
      const type = status.resourceStatus[at]?.conditions[0]?.type;
      const resourceStatus = status.resourceStatus.map((one) =>
        isPicked(one) ? { ...one, conditions: one.conditions.filter((condition) => condition.type !== type) } : one,
      );
      return { ...view, status: { ...status, resourceStatus } };
    }
    case 'version':
      return { ...view, status: { ...status, observedVersion: Math.min(status.observedVersion, version - 1) } };
    default:
      return { version: view.version, manifests: view.manifests };
  }
}
