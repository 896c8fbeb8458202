import { describe, expect, it } from 'vitest';
import { trendOf } from '../../bench/gitops/flat.ts';

const mayGrowBy = { share: 0.1, least: 4 };
const minutesOf = (values: readonly number[]): { readonly minute: number; readonly value: number }[] =>
  values.map((value, minute) => ({ minute, value }));

describe('what a soak calls flat', () => {
  it('is what goes up and down around the same', () => {
    const { isFlat, first, last } = trendOf(minutesOf([100, 108, 97, 103, 99, 107, 96, 104, 101]), mayGrowBy);
    expect({ isFlat, first, last }).toEqual({ isFlat: true, first: 100, last: 101 });
  });

  it('is what one odd minute at the end does not change', () => {
    expect(trendOf(minutesOf([100, 100, 100, 100, 100, 100, 100, 100, 400]), mayGrowBy).isFlat).toBe(true);
  });

  it('is what falls', () => {
    expect(trendOf(minutesOf([75, 51, 34, 34, 34, 34]), mayGrowBy).isFlat).toBe(true);
  });

  it('is not what grows by a little each minute, beyond what it may in all', () => {
    const { isFlat, slopePerMinute } = trendOf(minutesOf([100, 102, 104, 106, 108, 110, 112, 114, 116]), mayGrowBy);
    expect({ isFlat, slopePerMinute }).toEqual({ isFlat: false, slopePerMinute: 2 });
  });

  it('is not what steps up once and stays there', () => {
    expect(trendOf(minutesOf([100, 100, 100, 100, 100, 100, 120, 120, 120]), mayGrowBy).isFlat).toBe(false);
  });

  it('cannot be told of fewer than six minutes', () => {
    expect(() => trendOf(minutesOf([1, 2, 3, 4, 5]), mayGrowBy)).toThrow('too few');
  });
});
