import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EndedWorks, isBeforeEnd } from '../../../src/core/works/ended-works.ts';
import {
  compareReports,
  isLaterReport,
  reportsDeletion,
  type ReportPlace,
} from '../../../src/core/works/report-order.ts';

const at = (observedVersion: number, sequenceId: string): ReportPlace => ({ observedVersion, sequenceId });

describe('isLaterReport', () => {
  it.each([
    [at(1, '1'), undefined, true],
    [undefined, at(1, '1'), false],
    [undefined, undefined, false],
    [at(0, ''), undefined, true],
    [at(2, '1'), at(1, '9'), true],
    [at(1, '9'), at(2, '1'), false],
    [at(2, '2059999999999999999'), at(2, '999999999999999999'), true],
    [at(2, '2060000000000000001'), at(2, '2060000000000000002'), false],
    [at(2, '2060000000000000002'), at(2, '2060000000000000001'), true],
    [at(2, '5'), at(2, '5'), false],
    [at(2, '0005'), at(2, '5'), false],
    [at(2, '5'), at(2, ''), true],
    [at(2, 'zzz'), at(2, '5'), false],
    [at(2, '9'.repeat(1000)), at(2, '5'), false],
  ])('%j after %j: %j', (next, last, later) => {
    expect(isLaterReport(next, last)).toBe(later);
  });

  it('orders reports as their numbers do, whatever their length', () => {
    const place = fc.record({
      observedVersion: fc.nat(3),
      sequenceId: fc.bigInt({ min: 0n, max: 2n ** 63n }).map(String),
    });
    fc.assert(
      fc.property(place, place, (left, right) => {
        const numbers = ({ observedVersion, sequenceId }: ReportPlace): bigint =>
          BigInt(observedVersion) * 2n ** 64n + BigInt(sequenceId);
        const wanted = numbers(left) === numbers(right) ? 0 : numbers(left) > numbers(right) ? 1 : -1;
        expect(Math.sign(compareReports(left, right))).toBe(wanted);
        expect(Math.sign(compareReports(right, left))).toBe(0 - wanted);
      }),
    );
  });
});

describe('what was seen of a work, and its end', () => {
  const end = { createdAt: '2026-01-01T00:00:05.500Z', report: at(2, '9') };
  it.each([
    ['a row of before', { createdAt: '2026-01-01T00:00:05.500Z', report: at(2, '7') }, true],
    ['the end told again', { createdAt: '2026-01-01T00:00:05Z', report: at(2, '9') }, true],
    ['a row from before any report', { createdAt: '2026-01-01T00:00:05.500Z' }, true],
    ['an event without the time of its creation', { createdAt: '', report: at(2, '7') }, true],
    [
      'a row of the work before, which had come further',
      { createdAt: '2026-01-01T00:00:01.500Z', report: at(7, '3') },
      true,
    ],
    ['a work that was made anew', { createdAt: '2026-01-01T00:00:06.100Z' }, false],
    ['one that was made anew within the same second', { createdAt: '2026-01-01T00:00:05.900Z' }, false],
    ['a later report', { createdAt: '2026-01-01T00:00:05Z', report: at(2, '10') }, false],
  ])('%s is of before the end: %j', (_what, seen, before) => {
    expect(isBeforeEnd(seen, end)).toBe(before);
  });

  it('takes a work that reads back for another one when nothing is known of the one that ended', () => {
    expect(isBeforeEnd({ createdAt: '2026-01-01T00:00:05Z' }, { createdAt: '' })).toBe(false);
    expect(isBeforeEnd({ createdAt: '' }, { createdAt: '' })).toBe(true);
  });

  it('is kept for the latest ends only', () => {
    const ended = new EndedWorks(2);
    for (const id of ['a', 'b', 'c']) ended.bury(id, end);
    expect(['a', 'b', 'c'].map((id) => ended.after(id, { createdAt: '' }) !== undefined)).toEqual([false, true, true]);
    expect([ended.get('a'), ended.get('c')]).toEqual([undefined, end]);
    expect(ended.after('c', { createdAt: '2026-01-01T00:00:09.000Z' })).toBeUndefined();
    ended.forget('c');
    expect(ended.get('c')).toBeUndefined();
    expect(ended.after('c', { createdAt: '' })).toBeUndefined();
  });
});

it('knows the last report of a work', () => {
  const condition = { reason: '', message: '' };
  expect(reportsDeletion(undefined)).toBe(false);
  expect(reportsDeletion({ conditions: [{ ...condition, type: 'Deleted', status: 'False' }] })).toBe(false);
  expect(
    reportsDeletion({
      conditions: [
        { ...condition, type: 'Applied', status: 'True' },
        { ...condition, type: 'Deleted', status: 'True' },
      ],
    }),
  ).toBe(true);
  expect(reportsDeletion({ conditions: [{ ...condition, type: 'Applied', status: 'True' }] })).toBe(false);
});
