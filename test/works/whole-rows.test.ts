import { describe, expect, it } from 'vitest';
import type { StatusEvent } from '../../src/clients/transport.ts';
import type { WorkStatus } from '../../src/core/status/work-status.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { KnownWork } from '../../src/works/store.ts';
import { shownRows, wholeRows } from '../../src/works/whole-rows.ts';

const applied = { type: 'Applied', status: 'True', reason: 'Done', message: '' } as const;
const deleted = { type: 'Deleted', status: 'True', reason: '', message: '' } as const;
const resource = {
  resourceMeta: { ordinal: 0, group: '', version: 'v1', kind: 'Pod', resource: 'pods', name: 'p', namespace: 'n' },
  conditions: [applied],
  feedback: [{ name: 'phase', value: 'Running' }],
};

const statusAt = (sequenceId: string, over: Partial<WorkStatus> = {}): WorkStatus => ({
  observedVersion: 1,
  sequenceId,
  conditions: [applied],
  resourceStatus: [resource],
  ...over,
});

const rowOf = (over: Partial<ResourceBundle> = {}): ResourceBundle => ({
  id: 'w',
  consumerName: 'c1',
  version: 1,
  createdAt: '2026-11-22T10:00:00Z',
  updatedAt: '2026-11-22T10:00:00Z',
  metadata: { name: 'w' },
  manifests: [],
  manifestConfigs: [],
  raw: { id: 'w' },
  ...over,
});

const eventOf = (over: Partial<StatusEvent> = {}): StatusEvent => ({
  kind: 'status',
  id: 'w',
  consumer: 'c1',
  version: 1,
  sequenceId: '7',
  statusHash: '',
  time: '2026-11-22T10:09:00Z',
  metadata: {},
  status: statusAt('7'),
  data: {},
  ...over,
});

const known = (row: ResourceBundle): KnownWork<ResourceBundle> =>
  Object.assign(new KnownWork(row.id, row.consumerName, row), { version: row.version });

describe('a row that was read', () => {
  const raw = { id: 'w', status: { SequenceID: '7' } };
  const before = known(rowOf({ status: statusAt('7'), raw }));

  it('is shown with the later report that the stream told meanwhile, in its raw form too', () => {
    const read = rowOf({ version: 2, status: statusAt('6'), raw: { id: 'w', version: 2, status: {} } });
    expect(wholeRows.ofRow(read, before)).toEqual({
      ...read,
      status: statusAt('7'),
      raw: { id: 'w', version: 2, status: { SequenceID: '7' } },
    });
    const bare = known(rowOf({ status: statusAt('7') }));
    expect(wholeRows.ofRow(rowOf({ raw: { id: 'w' } }), bare)).toEqual(rowOf({ status: statusAt('7') }));
    expect(wholeRows.ofRow(rowOf(), bare).raw).not.toHaveProperty('status');
  });

  it.each([
    ['nothing is known of it', rowOf(), undefined],
    ['nothing was reported of it', rowOf({ status: statusAt('6') }), known(rowOf())],
    ['its report is the one that is known', rowOf({ status: statusAt('7') }), before],
    ['its report is later', rowOf({ status: statusAt('8') }), before],
    ['it is of before, from a backup', rowOf({ version: 0, status: statusAt('6') }), before],
  ])('is shown as it is where %s', (_, read, work) => {
    expect(wholeRows.ofRow(read, work)).toBe(read);
  });
});

describe('a row after an event', () => {
  const row = rowOf({ status: statusAt('6'), raw: { id: 'w', status: {} } });

  it('has the report of it, in its raw form as Maestro writes it', () => {
    const data = { conditions: [{ type: 'Applied' }], resourceStatus: [{ name: 'p' }], manifestBundle: {} };
    expect(wholeRows.ofReport(eventOf({ data }), known(row))).toEqual({
      ...row,
      status: statusAt('7'),
      raw: {
        id: 'w',
        status: {
          ObservedVersion: 1,
          SequenceID: '7',
          conditions: [{ type: 'Applied' }],
          resourceStatus: [{ name: 'p' }],
        },
      },
    });
    const bare = wholeRows.ofReport(eventOf(), known(row));
    expect(bare?.raw).toEqual({ id: 'w', status: { ObservedVersion: 1, SequenceID: '7' } });
    expect(bare?.raw['status']).not.toHaveProperty('conditions');
    expect(bare?.raw['status']).not.toHaveProperty('resourceStatus');
    expect(bare).not.toHaveProperty('deletedAt');
    expect(bare?.raw).not.toHaveProperty('deleted_at');
  });

  it.each<[string, Partial<StatusEvent>, ResourceBundle | undefined]>([
    ['the work is not known', {}, undefined],
    ['it is about a later version', { version: 2 }, row],
    ['the deletion was requested since', { metadata: { deletionTimestamp: '2026-11-22T10:08:00Z' } }, row],
  ])('has to be read where %s', (_, over, of) => {
    expect(wholeRows.ofReport(eventOf(over), of === undefined ? undefined : known(of))).toBeUndefined();
  });

  it('stays to be deleted since when it was, whatever a later event says of the time', () => {
    const leaving = rowOf({ deletedAt: '2026-11-22T10:07:30Z' });
    const after = wholeRows.ofReport(
      eventOf({ metadata: { deletionTimestamp: '2026-11-22T10:07:00Z' } }),
      known(leaving),
    );
    expect([after?.deletedAt, after?.raw['deleted_at']]).toEqual(['2026-11-22T10:07:30Z', '2026-11-22T10:07:30Z']);
  });

  it.each<[string, string, StatusEvent['metadata'], Partial<ResourceBundle>]>([
    ['since the row said so', '2026-11-22T10:07:30Z', {}, { deletedAt: '2026-11-22T10:07:30Z' }],
    ['since it was requested', '2026-11-22T10:08:00Z', { deletionTimestamp: '2026-11-22T10:08:00Z' }, {}],
    ['since the end was told when nothing says more', '2026-11-22T10:09:00Z', {}, {}],
    ['since the end was told when the request has no time', '2026-11-22T10:09:00Z', { deletionTimestamp: '' }, {}],
  ])('is the last one at the end, deleted %s', (_, deletedAt, metadata, of) => {
    const event = eventOf({ version: 2, metadata, status: statusAt('7', { conditions: [deleted] }) });
    const last = wholeRows.ofReport(event, known(rowOf(of)));
    expect([last?.deletedAt, last?.raw['deleted_at']]).toEqual([deletedAt, deletedAt]);
    expect(last?.status?.conditions).toEqual([deleted]);
  });

  it('is the same where a deletion has an empty time', () => {
    const after = wholeRows.ofReport(eventOf({ metadata: { deletionTimestamp: '' } }), known(row));
    expect(after?.status?.sequenceId).toBe('7');
  });
});

describe('for people it is no news', () => {
  const row = rowOf({ status: statusAt('6') });
  const same = (over: Partial<ResourceBundle>): boolean | undefined => shownRows.same?.(row, rowOf(over));

  it('that an agent says the same again', () => {
    expect(same({ status: statusAt('7'), updatedAt: '2026-11-22T11:00:00Z' })).toBe(true);
    expect(shownRows.same?.(rowOf(), rowOf())).toBe(true);
  });

  it.each<[string, Partial<ResourceBundle>]>([
    ['version', { version: 2, status: statusAt('7') }],
    ['deletion', { deletedAt: '2026-11-22T11:00:00Z', status: statusAt('7') }],
    ['label', { metadata: { name: 'w', labels: { a: 'b' } }, status: statusAt('7') }],
    ['version that the agent has seen', { status: statusAt('7', { observedVersion: 2 }) }],
    ['condition', { status: statusAt('7', { conditions: [] }) }],
    ['object', { status: statusAt('7', { resourceStatus: [] }) }],
    ['condition of an object', { status: statusAt('7', { resourceStatus: [{ ...resource, conditions: [] }] }) }],
    ['value of an object', { status: statusAt('7', { resourceStatus: [{ ...resource, feedback: [] }] }) }],
    [
      'place of an object',
      {
        status: statusAt('7', {
          resourceStatus: [{ ...resource, resourceMeta: { ...resource.resourceMeta, ordinal: 1 } }],
        }),
      },
    ],
    ['report, which there was none of', {}],
  ])('but news is another %s', (_, over) => {
    expect(same(over)).toBe(false);
  });
});
