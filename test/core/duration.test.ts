import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAge, formatDuration, parseDuration, withoutAges } from '../../src/core/duration.ts';
import { MaestroError } from '../../src/errors.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('parseDuration', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['90s', 90 * second],
    ['1h30m', 90 * minute],
    ['1.5h', 90 * minute],
    ['300ms', 300],
    ['4m30s', 270 * second],
    ['.5s', 500],
    ['1.s', 1000],
    ['1h1h', 2 * hour],
    ['1s1h', hour + second],
    ['250us', 0.25],
    ['250µs', 0.25],
    ['250μs', 0.25],
    ['5000000ns', 5],
    ['0.1s', 100],
    ['1.001s', 1001],
  ])('reads %s as Go does', (text, ms) => {
    expect(parseDuration(text)).toBeCloseTo(ms, 9);
  });

  it.each([
    '',
    ' ',
    '5',
    '1.5',
    '-5s',
    '+',
    '5 s',
    '5S',
    '1d',
    's',
    '.s',
    '.',
    '1h-5m',
    '1h 5m',
    '1e3s',
    '0x5s',
    'five',
    '1h30',
    '99999999999h',
    '9'.repeat(400),
  ])('refuses %j with a usage error', (text) => {
    const error = thrownBy(() => parseDuration(text));
    expect(error).toBeInstanceOf(MaestroError);
    expect((error as MaestroError).code).toBe('usage');
    expect((error as MaestroError).hint).toBeTruthy();
  });

  it('tells how to give a bare number a unit', () => {
    expect((thrownBy(() => parseDuration('30')) as MaestroError).hint).toContain('30s is 30 seconds');
  });

  it.each<[string, string, string]>([
    ['-5s', '"-5s" is not a duration', 'A duration cannot be negative.'],
    ['5s-', '"5s-" is not a duration', 'Write it like 90s, 4m30s, 1h30m or 300ms.'],
    ['x5', '"x5" is not a duration', 'Unknown unit "x"; units are h, m, s, ms, us and ns.'],
    ['1.25', '"1.25" is not a duration', 'Add a unit: 1.25s is 1.25 seconds, 1.25m is 1.25 minutes.'],
    ['1h'.repeat(51), '"1h1h1h1h1h1h1h1h1h1h…" is not a duration', 'It is too long.'],
    ['9000000h', '"9000000h" is not a duration', 'It is longer than 292 years.'],
  ])('says of %j what is wrong with it', (text, message, hint) => {
    expect(thrownBy(() => parseDuration(text))).toMatchObject({ message, hint });
  });

  it('reads a hundred characters', () => {
    expect(parseDuration('1h'.repeat(50))).toBe(50 * hour);
  });

  it('throws nothing but MaestroError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.hmsnu]{0,12}$/)), (text) => {
        try {
          expect(parseDuration(text)).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(MaestroError);
        }
      }),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [-5, '0s'],
    [Number.NaN, '0s'],
    [300, '300ms'],
    [270 * second, '4m30s'],
    [5 * minute, '5m'],
    [hour, '1h'],
    [90 * minute, '1h30m'],
    [1500, '1.5s'],
    [hour + 5 * second, '1h5s'],
    [minute + 1, '1m0.001s'],
    [0.4, '0s'],
    [999.6, '1s'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('is read back by parseDuration', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});

describe('formatAge', () => {
  it.each([
    [-3 * minute, '0s'],
    [999, '0s'],
    [5 * second, '5s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [190 * second, '3m10s'],
    [10 * minute + 5 * second, '10m'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [4 * hour, '4h'],
    [4 * hour + 20 * minute, '4h20m'],
    [9 * hour + 20 * minute, '9h'],
    [47 * hour, '47h'],
    [2 * day, '2d'],
    [2 * day + 3 * hour, '2d3h'],
    [12 * day + 5 * hour, '12d'],
    [729 * day, '729d'],
    [760 * day, '2y30d'],
    [730 * day, '2y'],
    [4000 * day, '10y'],
    [Number.NaN, 'unknown'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatAge(ms)).toBe(text);
  });

  it('never needs more than six characters below ten years', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3650 * day }), (ms) => {
        expect(formatAge(ms).length).toBeLessThanOrEqual(6);
      }),
    );
  });
});

it('what is told again with another age is no news, and with another word or name it is', () => {
  const told = ['3m10s', '5s', '12m5.25s', '300ms', '2d3h'].map((age) => withoutAges(`w-5 has waited for ${age} (v2)`));
  expect(new Set(told)).toEqual(new Set(['w-5 has waited for  (v2)']));
  expect(withoutAges('5 of 12 works, 1.5 kB, x5s, 5sx')).toBe('5 of 12 works, 1.5 kB, x5s, 5sx');
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
