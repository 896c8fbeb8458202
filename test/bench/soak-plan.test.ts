import { describe, expect, it } from 'vitest';
import { faultNames } from '../../bench/gitops/soak-faults.ts';
import { beginIn, leftOutOf } from '../../bench/gitops/soak-plan.ts';

const plan = (length: Parameters<typeof beginIn>[1]): readonly ReturnType<typeof beginIn>[] =>
  Array.from({ length: length.firstRoundMinutes + length.minutes }, (_, minute) => beginIn(minute, length));
const sum = (minutes: readonly ReturnType<typeof beginIn>[]): number =>
  minutes.reduce((all, { faults }) => all + faults, 0);

describe('the faults of a soak', () => {
  it('strike once each in the first round, after the leader was killed and its heir has read', () => {
    const first = plan({ minutes: 30, firstRoundMinutes: 15 }).slice(0, 15);
    expect(first.map(({ kill }) => kill)).toEqual([true, ...Array.from({ length: 14 }, () => false)]);
    expect(first.findIndex(({ faults }) => faults > 0)).toBe(4);
    expect(sum(first)).toBe(faultNames.length);
    expect(first.slice(-2)).toEqual([
      { kill: false, faults: 0 },
      { kill: false, faults: 0 },
    ]);
  });

  it('strike all once more in the half an hour after it, which is what growth is told of', () => {
    const length = { minutes: 30, firstRoundMinutes: 15 };
    const rest = plan(length).slice(15);
    expect(rest.some(({ kill }) => kill)).toBe(false);
    expect(sum(rest)).toBeGreaterThanOrEqual(faultNames.length);
    expect(leftOutOf(length)).toBe(15);
  });

  it('leave calm minutes, and kill the leader early, without a first round', () => {
    const length = { minutes: 30, firstRoundMinutes: 0 };
    const minutes = plan(length);
    expect(minutes.flatMap(({ kill }, minute) => (kill ? [minute] : []))).toEqual([1]);
    expect(minutes.flatMap(({ faults }, minute) => (faults > 0 ? [minute] : []))).toEqual([
      0, 4, 8, 12, 16, 20, 24, 28,
    ]);
    expect(leftOutOf(length)).toBe(6);
  });
});
