import { describe, expect, it } from 'vitest';
import type { StatusEvent } from '../../src/clients/transport.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { WorkStore, type Projection } from '../../src/works/store.ts';
import { ManualClock } from '../support/fake-clock.ts';

const created = '2026-11-22T10:00:00.250Z';
const wholeSecond = '2026-11-22T10:00:00Z';
const after = '2026-11-22T10:05:00Z';

const statusOf = (sequenceId: string, deleted = false): StatusEvent['status'] => ({
  observedVersion: 1,
  sequenceId,
  conditions: deleted ? [{ type: 'Deleted', status: 'True', reason: '', message: '' }] : [],
  resourceStatus: [],
});

const rowOf = (sequenceId?: string, over: Partial<ResourceBundle> = {}): ResourceBundle => ({
  id: 'w',
  consumerName: 'c1',
  version: 2,
  createdAt: created,
  updatedAt: created,
  metadata: {},
  manifests: [],
  manifestConfigs: [],
  raw: {},
  ...(sequenceId === undefined ? {} : { status: statusOf(sequenceId) }),
  ...over,
});

const eventOf = (sequenceId: string, metadata: StatusEvent['metadata'] = {}, deleted = false): StatusEvent => ({
  kind: 'status',
  id: 'w',
  consumer: 'c1',
  version: 1,
  sequenceId,
  statusHash: '',
  time: '',
  metadata: { creationTimestamp: wholeSecond, ...metadata },
  status: statusOf(sequenceId, deleted),
  data: {},
});

/** Keeps the latest report that was taken in. */
const reports: Projection<string> = {
  ofRow: ({ status }) => `row ${status?.sequenceId ?? 'without'}`,
  ofReport: ({ sequenceId }) => `report ${sequenceId}`,
};

const storeOf = (projection = reports): WorkStore<string> => new WorkStore({ projection, clock: new ManualClock() });

/** A store that has read a row with the fifth report. */
const withRow = (projection?: Projection<string>): WorkStore<string> => {
  const works = storeOf(projection);
  works.takeRow(rowOf('5'), works.beginRead());
  return works;
};

const nothing = { changes: [], mustRead: false };

describe('what becomes of a work is told', () => {
  it('when a later report comes, and not when the same or an older one does', () => {
    const works = withRow();
    expect(works.takeEvent(eventOf('6'))).toEqual({
      changes: [{ type: 'MODIFIED', id: 'w', kept: 'report 6', before: 'row 5' }],
      mustRead: false,
    });
    expect(works.takeEvent(eventOf('6'))).toEqual(nothing);
    expect(works.takeEvent(eventOf('2'))).toEqual(nothing);
  });

  it('when a row is another one, and not when it is the same', () => {
    const works = withRow();
    expect(works.takeRow(rowOf('5'), works.beginRead())).toEqual(nothing);
    expect(works.takeRow(rowOf('6'), works.beginRead())).toEqual({
      changes: [{ type: 'MODIFIED', id: 'w', kept: 'row 6', before: 'row 5' }],
      mustRead: false,
    });
  });

  it('when a row is the first one, or of one that was made anew', () => {
    const works = storeOf();
    expect(works.takeRow(rowOf(), works.beginRead())).toEqual({
      changes: [{ type: 'ADDED', id: 'w', kept: 'row without' }],
      mustRead: false,
    });
    expect(works.takeRow(rowOf('1', { createdAt: after }), works.beginRead())).toMatchObject({
      changes: [
        { type: 'DELETED', seen: false, kept: 'row without' },
        { type: 'ADDED', kept: 'row 1' },
      ],
      mustRead: false,
    });
  });

  it('not when the agent of another cluster tells of it', () => {
    expect(withRow().takeEvent({ ...eventOf('6'), consumer: 'c2' })).toEqual(nothing);
  });

  it('only as far as whoever follows it finds it another one', () => {
    const works = withRow({ ...reports, same: (before, now) => now === 'report 6' || before === now });
    expect(works.takeEvent(eventOf('6'))).toEqual(nothing);
    expect(works.get('w')?.kept).toBe('report 6');
    expect(works.takeEvent(eventOf('7'))).toMatchObject({ changes: [{ type: 'MODIFIED', kept: 'report 7' }] });
  });

  it('when an event tells of one that was made anew: the one before is gone', () => {
    const works = withRow();
    expect(works.takeEvent(eventOf('1', { creationTimestamp: after }))).toMatchObject({
      changes: [
        { type: 'DELETED', id: 'w', seen: false, kept: 'row 5' },
        { type: 'ADDED', id: 'w', kept: 'report 1' },
      ],
      mustRead: false,
    });
  });

  it('when its agent tells the end, with what the last report says', () => {
    expect(withRow().takeEvent(eventOf('6', {}, true))).toMatchObject({
      changes: [{ type: 'DELETED', id: 'w', seen: true, kept: 'report 6' }],
      mustRead: false,
    });
  });

  it('when the end of one that was made anew, unseen, shows that it is gone: its own end was not heard', () => {
    const works = withRow();
    expect(works.takeEvent(eventOf('1', { creationTimestamp: after }, true))).toMatchObject({
      changes: [{ type: 'DELETED', id: 'w', seen: false, kept: 'row 5' }],
      mustRead: false,
    });
    const row = rowOf('2', { createdAt: '2026-11-22T10:05:00.100Z' });
    expect(works.takeRow(rowOf('6'), works.beginRead()), 'it is of before the end').toEqual(nothing);
    expect(works.takeRow(row, works.beginRead())).toMatchObject({ changes: [{ type: 'ADDED' }] });
  });

  it('when one ends that was never shown', () => {
    const works = storeOf();
    expect(works.takeEvent(eventOf('1', {}, true))).toEqual({ changes: [{ type: 'ENDED', id: 'w' }], mustRead: false });
    expect(works.takeRow(rowOf('1'), works.beginRead())).toEqual(nothing);
  });

  it('not by a report of before the end that a read told: it is read once more', () => {
    const works = withRow();
    expect(works.endRead(works.beginRead())).toMatchObject([{ type: 'DELETED', seen: false }]);
    expect(works.takeEvent(eventOf('5'))).toEqual({ changes: [], mustRead: true });
  });

  it('not where an event tells too little: the work is read', () => {
    const works = storeOf({ ...reports, ofReport: () => undefined });
    expect(works.takeEvent(eventOf('1'))).toEqual({ changes: [], mustRead: true });
    expect(works.size).toBe(0);
  });
});

describe('a work is not gone when a read that began since does not show it', () => {
  it('but an event does, be it of a report that is known', () => {
    const works = withRow();
    const read = works.beginRead();
    works.takeEvent(eventOf('5'));
    expect(works.endRead(read)).toEqual([]);
  });

  it('but its row is there and cannot be read', () => {
    const works = withRow();
    const read = works.beginRead();
    works.keep('w', read);
    works.keep('another', read);
    expect(works.endRead(read)).toEqual([]);
    expect(works.size).toBe(1);
  });
});

describe('of a work is known', () => {
  it('when it was made, as exactly as something has told', () => {
    const works = storeOf();
    works.takeEvent(eventOf('1', { creationTimestamp: null }));
    expect(works.get('w')?.createdAt).toBe('');
    works.takeEvent(eventOf('2'));
    expect(works.get('w')?.createdAt).toBe(wholeSecond);
    works.takeRow(rowOf('2'), works.beginRead());
    works.takeEvent(eventOf('3'));
    expect(works.get('w')?.createdAt).toBe(created);
  });

  it('that its deletion was requested, from when an event tells a time of it', () => {
    const works = withRow();
    works.takeEvent(eventOf('6', { deletionTimestamp: '' }));
    expect(works.get('w')?.deleting).toBe(false);
    works.takeEvent(eventOf('7', { deletionTimestamp: 7 }));
    expect(works.get('w')?.deleting).toBe(false);
    works.takeEvent(eventOf('8', { deletionTimestamp: after }));
    expect(works.get('w')?.deleting).toBe(true);
    works.takeEvent(eventOf('9'));
    expect(works.get('w')?.deleting).toBe(true);
  });

  it('its latest report, though an older row is read later, and that of a backup from which Maestro is restored', () => {
    const works = withRow();
    works.takeEvent(eventOf('9'));
    works.takeRow(rowOf('6', { version: 3 }), works.beginRead());
    expect(works.get('w')).toMatchObject({ version: 3, observedVersion: 1, sequenceId: '9' });
    works.takeRow(rowOf('6', { version: 3 }), works.beginRead());
    expect(works.get('w')?.sequenceId).toBe('9');
    works.takeRow(rowOf('2', { version: 2 }), works.beginRead());
    expect(works.get('w')).toMatchObject({ version: 2, observedVersion: 1, sequenceId: '2' });
    works.takeRow(rowOf(undefined, { version: 1 }), works.beginRead());
    expect(works.get('w')).toMatchObject({ version: 1, observedVersion: 0, sequenceId: '' });
  });
});
