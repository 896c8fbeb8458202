import { describe, expect, test } from 'vitest';
import {
  freeStatusWrites,
  pacedAfterWrite,
  pacedStatusEveryMs,
  statusPaceMs,
} from '../../../src/gitops/policy/status-pace.ts';

/** Writes as fast as the pace lets them, and says when each went out. */
function written(count: number, answersHub: (nth: number) => boolean): readonly number[] {
  const times: number[] = [];
  let [pacedMs, monotonicMs] = [0, 0];
  for (let nth = 0; nth < count; nth += 1) {
    monotonicMs += statusPaceMs(pacedMs, monotonicMs);
    times.push(monotonicMs);
    pacedMs = pacedAfterWrite(pacedMs, monotonicMs, answersHub(nth));
  }
  return times;
}

describe("the pace of one application's status", () => {
  test('is some writes at once and then one every five seconds', () => {
    const times = written(freeStatusWrites + 3, () => false);
    expect(times.slice(0, freeStatusWrites)).toEqual(Array<number>(freeStatusWrites).fill(0));
    expect(times.slice(freeStatusWrites)).toEqual([1, 2, 3].map((nth) => nth * pacedStatusEveryMs));
  });

  test('holds up nothing that the hub asked for: each operation that begins brings new writes for its end', () => {
    expect(written(60, (nth) => nth % 4 === 0)).toEqual(Array<number>(60).fill(0));
  });

  test('begins anew with such a write, and no more than that', () => {
    const times = written(3 * freeStatusWrites, (nth) => nth === freeStatusWrites);
    expect(times.filter((ms) => ms === times[freeStatusWrites])).toHaveLength(freeStatusWrites + 1);
    expect(times.at(-1)).toBeGreaterThan(times[freeStatusWrites] ?? 0);
  });
});
