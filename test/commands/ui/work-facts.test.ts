import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { factsOf, stateNow, workFactsProjection } from '../../../src/commands/ui/data/work-facts.ts';
import type { StatusEvent } from '../../../src/clients/transport.ts';
import { shownState } from '../../../src/core/status/shown-state.ts';
import type { Condition, WorkStatus } from '../../../src/core/status/work-status.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { WorkStore } from '../../../src/works/store.ts';

const startMs = Date.parse('2026-11-30T00:00:00Z');
const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'np', name: 'settings' } };

const condition = fc.record({
  type: fc.constantFrom('Applied', 'Available', 'Deleted', 'Deleting'),
  status: fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const),
  reason: fc.constantFrom('', 'Because'),
  message: fc.constantFrom('', 'a message'),
  observedGeneration: fc.constantFrom(1, 2, 3),
});

const conditions: fc.Arbitrary<readonly Condition[]> = fc.uniqueArray(condition, {
  selector: ({ type }) => type,
  maxLength: 4,
});

const status: fc.Arbitrary<WorkStatus> = fc.record({
  observedVersion: fc.constantFrom(0, 1, 2, 3),
  sequenceId: fc.constantFrom('', '2000000000000000000', '7'),
  conditions,
  resourceStatus: fc.array(
    fc.record({
      resourceMeta: fc.constant({
        ordinal: 0,
        group: '',
        version: 'v1',
        kind: 'ConfigMap',
        resource: 'configmaps',
        namespace: 'np',
        name: 'settings',
      }),
      conditions,
      feedback: fc.constant([]),
    }),
    { maxLength: 1 },
  ),
});

const bundle: fc.Arbitrary<ResourceBundle> = fc
  .record(
    {
      version: fc.constantFrom(1, 2, 3),
      updatedAfterMs: fc.integer({ min: 0, max: 30_000 }),
      deleting: fc.boolean(),
      status: fc.option(status, { nil: undefined }),
    },
    { requiredKeys: ['version', 'updatedAfterMs', 'deleting', 'status'] },
  )
  .map(({ version, updatedAfterMs, deleting, status: reported }) => ({
    id: 'id-1',
    consumerName: 'c1',
    version,
    createdAt: new Date(startMs).toISOString(),
    updatedAt: new Date(startMs + updatedAfterMs).toISOString(),
    ...(deleting ? { deletedAt: new Date(startMs).toISOString() } : {}),
    metadata: { name: 'work' },
    manifests: [manifest],
    manifestConfigs: [],
    ...(reported === undefined ? {} : { status: reported }),
    raw: {},
  }));

describe('what is kept of a work for the lists', () => {
  it('shows at any time the state that list shows of the same row', () => {
    fc.assert(
      fc.property(bundle, fc.integer({ min: 0, max: 60_000 }), (row, laterMs) => {
        const wallMs = startMs + laterMs;
        expect(stateNow(factsOf(row), wallMs)).toBe(shownState(row, wallMs));
      }),
      { numRuns: 2_000 },
    );
  });

  it('shows it too after another row has taken the place of one', () => {
    fc.assert(
      fc.property(fc.array(bundle, { minLength: 1, maxLength: 4 }), (rows) => {
        const store = new WorkStore({ projection: workFactsProjection(), clock: { monotonicMs: () => 0 } });
        for (const row of rows) {
          store.takeRow(row, store.beginRead());
          const kept = store.get(row.id)?.kept;
          expect(kept === undefined ? undefined : stateNow(kept, startMs + 45_000)).toBe(
            kept === undefined ? undefined : shownState(row, startMs + 45_000),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('shows after a report the state that list shows of the row that the report has made, or has it read', () => {
    const reported = fc.record({
      status,
      version: fc.constantFrom(1, 2, 3),
      deleting: fc.boolean(),
      carriesManifests: fc.boolean(),
      afterMs: fc.integer({ min: 30_000, max: 60_000 }),
      isAgain: fc.boolean(),
    });
    let told = 0;
    fc.assert(
      fc.property(bundle, reported, fc.integer({ min: 0, max: 60_000 }), (row, report, laterMs) => {
        const projection = workFactsProjection();
        const store = new WorkStore({ projection, clock: { monotonicMs: () => 0 } });
        store.takeRow(row, store.beginRead());
        const { sequenceId } = report.status;
        const said = report.isAgain && row.status !== undefined ? { ...row.status, sequenceId } : report.status;
        const time = new Date(startMs + report.afterMs).toISOString();
        const event: StatusEvent = {
          kind: 'status',
          id: row.id,
          consumer: row.consumerName,
          version: report.version,
          sequenceId,
          statusHash: '',
          time,
          metadata: { name: 'work', ...(report.deleting ? { deletionTimestamp: row.createdAt } : {}) },
          status: said,
          data: report.carriesManifests ? { manifestBundle: { manifests: [manifest] } } : {},
        };
        const kept = projection.ofReport(event, store.get(row.id));
        if (kept === undefined) return;
        told += 1;
        const { deletedAt: _, ...without } = row;
        const after: ResourceBundle = {
          ...without,
          version: report.version,
          updatedAt: time,
          ...(report.deleting ? { deletedAt: row.createdAt } : {}),
          status: said,
        };
        const wallMs = startMs + report.afterMs + laterMs;
        expect(stateNow(kept, wallMs)).toBe(shownState(after, wallMs));
      }),
      { numRuns: 2_000 },
    );
    // It is about reports that are taken as they come.
    expect(told).toBeGreaterThan(100);
  });
});
