import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoTime } from '../../src/core/iso-time.ts';

test('a time is written as Date writes it', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (date) => {
      expect(isoTime(date.getTime())).toBe(date.toISOString());
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
      expect(isoTime(ms)).toBe(new Date(ms).toISOString());
    }),
  );
});

test.each(['0000-01-01T00:00:00.000Z', '0999-12-31T23:59:59.999Z', '1000-01-01T00:00:00.000Z'])(
  'a year below 1000 keeps its zeros: %s',
  (text) => expect(isoTime(Date.parse(text))).toBe(text),
);

test('what is no time is an error', () => {
  expect(() => isoTime(NaN)).toThrow(RangeError);
});
