import { describe, expect, it } from 'vitest';
import type { StatusEvent } from '../../src/clients/transport.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { createdAtOf, WorkOrder, type KnownPlace, type Read } from '../../src/works/order.ts';
import { ManualClock } from '../support/fake-clock.ts';

const created = '2026-11-22T10:00:00.250Z';
const before = '2026-11-22T09:59:00Z';
const after = '2026-11-22T10:05:00Z';
const deletedAt = '2026-11-22T10:03:00Z';

const statusOf = (sequenceId: string, deleted = false): StatusEvent['status'] => ({
  observedVersion: 1,
  sequenceId,
  conditions: deleted ? [{ type: 'Deleted', status: 'True', reason: '', message: '' }] : [],
  resourceStatus: [],
});

const rowOf = (over: Partial<ResourceBundle> = {}): ResourceBundle => ({
  id: 'w',
  consumerName: 'c1',
  version: 2,
  createdAt: created,
  updatedAt: created,
  metadata: {},
  manifests: [],
  manifestConfigs: [],
  raw: {},
  status: statusOf('5'),
  ...over,
});

const eventOf = (sequenceId: string, creationTimestamp = created, over: Partial<StatusEvent> = {}): StatusEvent => ({
  kind: 'status',
  id: 'w',
  consumer: 'c1',
  version: 1,
  sequenceId,
  statusHash: '',
  time: '',
  metadata: { creationTimestamp },
  status: statusOf(sequenceId),
  data: {},
  ...over,
});

const lastOf = (sequenceId: string, creationTimestamp = created, over: Partial<StatusEvent> = {}): StatusEvent =>
  eventOf(sequenceId, creationTimestamp, { status: statusOf(sequenceId, true), ...over });

const setUp = (): { readonly clock: ManualClock; readonly order: WorkOrder } => {
  const clock = new ManualClock();
  return { clock, order: new WorkOrder(clock) };
};

/** A work as it is known, seen now. */
const knownBy = (order: WorkOrder, over: Partial<KnownPlace> = {}): KnownPlace => ({
  consumer: 'c1',
  createdAt: created,
  version: 2,
  deleting: false,
  observedVersion: 1,
  sequenceId: '5',
  ...order.shown(undefined),
  ...over,
});

describe('a row beside what is known', () => {
  type Case = readonly [string, Partial<ResourceBundle>, Partial<KnownPlace>];

  /** Of a read that was under way when the work was seen, or that began after it. */
  const orderOf = (isUnderWay: boolean, row: Partial<ResourceBundle>, known: Partial<KnownPlace>): string => {
    const { order } = setUp();
    const early = order.beginRead();
    const place = knownBy(order, known);
    return order.ofRow(rowOf(row), isUnderWay ? early : order.beginRead(), place);
  };

  it.each<Case>([
    ['current', {}, {}],
    ['current', { version: 3 }, {}],
    ['current', { status: statusOf('6') }, {}],
    ['current', { deletedAt }, { deleting: true }],
    ['current', { status: statusOf('4') }, {}],
    ['back', { version: 1 }, {}],
    ['back', {}, { deleting: true }],
    ['successor', { createdAt: after }, {}],
    ['successor', { createdAt: before }, {}],
  ])('of a read that began later is %s: %o, known %o', (order, row, known) => {
    expect(orderOf(false, row, known)).toBe(order);
  });

  it.each<Case>([
    ['current', {}, {}],
    ['current', { version: 3 }, {}],
    ['current', { status: statusOf('6') }, {}],
    ['current', { deletedAt }, {}],
    ['stale', { version: 1, status: statusOf('6') }, {}],
    ['stale', { status: statusOf('6') }, { deleting: true }],
    ['stale', { status: statusOf('4') }, {}],
    ['stale', { deletedAt, status: statusOf('4') }, { deleting: true }],
    ['unsure', { version: 3, status: statusOf('4') }, {}],
    ['unsure', { deletedAt, status: statusOf('4') }, {}],
    ['successor', { createdAt: after }, {}],
    ['ended', { createdAt: before }, {}],
  ])('of a read that was under way is %s: %o, known %o', (order, row, known) => {
    expect(orderOf(true, row, known)).toBe(order);
  });

  it('is the first one of a work that is not known', () => {
    const { order } = setUp();
    expect(order.ofRow(rowOf(), order.beginRead(), undefined)).toBe('first');
  });
});

describe('an event beside what is known', () => {
  it.each<readonly [string, StatusEvent, Partial<KnownPlace>]>([
    ['later', eventOf('6'), {}],
    ['stale', eventOf('5'), {}],
    ['stale', eventOf('4'), {}],
    ['foreign', eventOf('6', created, { consumer: 'c2' }), {}],
    ['foreign', lastOf('6', created, { consumer: 'c2' }), {}],
    ['successor', eventOf('1', after), {}],
    ['ended', eventOf('9', before), {}],
    ['ended', lastOf('9', before), {}],
    ['end', lastOf('6'), {}],
    ['end-of-successor', lastOf('1', after), {}],
    ['later', eventOf('6', ''), {}],
    ['later', eventOf('6'), { createdAt: '' }],
  ])('is %s: %o, known %o', (how, event, known) => {
    const { order } = setUp();
    expect(order.ofEvent(event, knownBy(order, known))).toBe(how);
  });

  it('is the first of a work that is not known, or its end', () => {
    const { order } = setUp();
    expect(order.ofEvent(eventOf('1'), undefined)).toBe('first');
    expect(order.ofEvent(lastOf('1'), undefined)).toBe('end');
  });
});

describe('the end of a work that its agent has reported', () => {
  const ended = (known = true): { readonly clock: ManualClock; readonly order: WorkOrder; readonly early: Read } => {
    const { clock, order } = setUp();
    const early = order.beginRead();
    order.endSeen(lastOf('7', '2026-11-22T10:00:00Z'), known ? knownBy(order) : undefined);
    return { clock, order, early };
  };

  it('lets nothing older bring it back, whenever the read began, and nothing of another cluster is meant', () => {
    const { order, early } = ended();
    for (const read of [early, order.beginRead()]) {
      expect(order.ofRow(rowOf(), read, undefined)).toBe('ended');
      expect(order.ofRow(rowOf({ createdAt: before, status: statusOf('9') }), read, undefined)).toBe('ended');
      expect(order.ofRow(rowOf({ consumerName: 'c2' }), read, undefined)).toBe('first');
      expect(order.ofRow(rowOf({ createdAt: after }), read, undefined)).toBe('first');
    }
    expect(order.ofEvent(eventOf('6'), undefined)).toBe('ended');
    expect(order.ofEvent(lastOf('7'), undefined)).toBe('ended');
    expect(order.ofEvent(eventOf('6', created, { consumer: 'c2' }), undefined)).toBe('first');
    expect(order.ofEvent(eventOf('1', after), undefined)).toBe('first');
  });

  it('tells a work that was made anew within the same second by the time that a row has told', () => {
    const anew = rowOf({ createdAt: '2026-11-22T10:00:00.700Z', status: statusOf('1') });
    const one = ended();
    expect(one.order.ofRow(anew, one.early, undefined)).toBe('first');
    const other = ended(false);
    expect(other.order.ofRow(anew, other.early, undefined)).toBe('ended');
  });

  it('has the time of the event where no row has told it', () => {
    const { order } = setUp();
    const read = order.beginRead();
    order.endSeen(lastOf('7'), knownBy(order, { createdAt: '' }));
    expect(order.ofRow(rowOf(), read, undefined)).toBe('ended');
  });

  it('is not remembered where nothing tells when the work was made', () => {
    const { order } = setUp();
    order.endSeen(lastOf('7', ''), undefined);
    expect(order.ofEvent(eventOf('6', ''), undefined)).toBe('first');
  });

  it('is believed for an hour, and then forgotten when the work reads again', async () => {
    const { clock, order } = setUp();
    await clock.advance(3_600_000);
    order.endSeen(lastOf('7'), knownBy(order));
    await clock.advance(3_599_999);
    expect(order.ofRow(rowOf(), order.beginRead(), undefined)).toBe('ended');
    await clock.advance(1);
    expect(order.ofRow(rowOf(), order.beginRead(), undefined)).toBe('first');
    expect(order.ofEvent(eventOf('6'), knownBy(order))).toBe('later');
  });
});

describe('the end of a work that a read has told', () => {
  const ended = (known: Partial<KnownPlace> = {}): { readonly order: WorkOrder; readonly early: Read } => {
    const { order } = setUp();
    const early = order.beginRead();
    order.endUnseen('w', knownBy(order, known));
    return { order, early };
  };

  it('is asked for once more where a read of before shows it, and not where a later one does', () => {
    const { order, early } = ended();
    expect(order.ofRow(rowOf(), early, undefined)).toBe('unsure');
    expect(order.ofRow(rowOf(), order.beginRead(), undefined)).toBe('first');
  });

  it('is asked for once more where a report of before comes, and is the end where the last one does', () => {
    const { order } = ended();
    expect(order.ofEvent(eventOf('5'), undefined)).toBe('unsure');
    expect(order.ofEvent(eventOf('6'), undefined)).toBe('first');
    expect(order.ofEvent(lastOf('6'), undefined)).toBe('end');
    expect(order.ofEvent(lastOf('5'), undefined)).toBe('end');
  });

  it('is before every report when there was none', () => {
    const { order } = ended({ observedVersion: 0, sequenceId: '' });
    expect(order.ofEvent(eventOf('1', created, { status: { ...statusOf(''), observedVersion: 0 } }), undefined)).toBe(
      'first',
    );
  });

  it('is not that of what was written since, unless its own time says so', () => {
    const { order } = ended();
    const written = knownBy(order, { createdAt: '', observedVersion: 0, sequenceId: '' });
    expect(order.ofEvent(lastOf('7'), written)).toBe('ended');
    expect(order.ofEvent(lastOf('7', ''), written)).toBe('end');
    expect(order.ofEvent(lastOf('7', after), written)).toBe('end');
    expect(order.ofEvent(eventOf('7'), written)).toBe('later');
    expect(order.ofEvent(lastOf('7'), knownBy(order))).toBe('end');
  });
});

it('a work is shown by the latest of its reads, and taken in when something of it last came', () => {
  const { order } = setUp();
  const [one, two] = [order.beginRead(), order.beginRead()];
  expect(order.shown(undefined, one)).toEqual({ shownBy: one, takenAt: two });
  expect(order.shown({ shownBy: two, takenAt: one }, one)).toEqual({ shownBy: two, takenAt: two });
  expect(order.shown({ shownBy: one, takenAt: one })).toEqual({ shownBy: two, takenAt: two });
});

it('an event tells when its work was made, or does not', () => {
  expect(createdAtOf(eventOf('1'))).toBe(created);
  expect(createdAtOf(eventOf('1', created, { metadata: { creationTimestamp: 5 } }))).toBe('');
});
