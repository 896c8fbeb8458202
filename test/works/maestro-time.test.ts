import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MaestroTime } from '../../src/works/maestro-time.ts';

const second = 1_000;
const minute = 60 * second;
const isoOf = (ms: number): string => new Date(ms).toISOString();
const nowMs = Date.parse('2026-03-01T12:00:00Z');

/** A list was read at a monotonic time, and showed these rows. */
function listed(monotonicMs: number, ...rows: readonly string[]): MaestroTime {
  const time = new MaestroTime();
  time.beginList();
  for (const row of rows) time.row(row, monotonicMs);
  time.endList();
  return time;
}

describe('what changed since a moment is asked for', () => {
  const heard = { wallMs: nowMs, monotonicMs: 500 * second };

  test.each<[string, MaestroTime, number]>([
    ['five minutes earlier when no row has told of the clock', new MaestroTime(), 5 * minute],
    ['the same when rows have no time', listed(400 * second, '', 'yesterday'), 5 * minute],
    ['the same when all rows are old', listed(400 * second, isoOf(nowMs - 60 * minute)), 5 * minute],
    [
      'a minute earlier when a row was read as it was written',
      listed(400 * second, isoOf(nowMs - 100 * second)),
      minute,
    ],
    ['earlier by what the clock is behind', listed(400 * second, isoOf(nowMs - 140 * second)), minute + 40 * second],
    ['no later when a row is of the future', listed(400 * second, isoOf(nowMs + 60 * minute)), minute],
  ])('%s', (_, time, earlierMs) => {
    expect(heard.wallMs - time.before(heard)).toBe(earlierMs);
  });

  test('by what the last whole list told, while the next is being read and after it', () => {
    const time = listed(400 * second, isoOf(nowMs - 100 * second));
    time.beginList();
    time.row(isoOf(nowMs - 190 * second), 450 * second);
    expect(heard.wallMs - time.before(heard)).toBe(minute);
    time.endList();
    expect(heard.wallMs - time.before(heard)).toBe(minute + 140 * second);
  });

  test('and no row that changed since then has an earlier time, whatever the two clocks say', () => {
    const skew = fc.integer({ min: -5 * minute, max: 5 * minute });
    const ages = fc.array(fc.integer({ min: 0, max: 20 * minute }));
    fc.assert(
      fc.property(skew, ages, fc.nat(20 * minute), fc.nat(10 * minute), (aheadMs, writtenBefore, readMs, sinceMs) => {
        // Maestro's clock is ahead of ours by so much; a list is read, then something is heard, then something changes.
        const maestroAt = (monotonicMs: number): number => nowMs + monotonicMs + aheadMs;
        const time = listed(readMs, ...writtenBefore.map((ageMs) => isoOf(maestroAt(readMs - ageMs))));
        const monotonicMs = readMs + sinceMs;
        const before = time.before({ wallMs: nowMs + monotonicMs, monotonicMs });
        expect(maestroAt(monotonicMs)).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});
