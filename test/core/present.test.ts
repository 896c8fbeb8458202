import fc from 'fast-check';
import { expect, test } from 'vitest';
import { present } from '../../src/core/present.ts';

test('what has a value stays as it is, empty and false values too; what has none is left out', () => {
  expect(present({ a: 0, b: '', c: false, d: null, e: undefined })).toStrictEqual({ a: 0, b: '', c: false, d: null });
  const members = fc.dictionary(fc.string(), fc.option(fc.jsonValue(), { nil: undefined }), { noNullPrototype: true });
  fc.assert(
    fc.property(members, (given) => {
      const there = Object.keys(given).filter((name) => given[name] !== undefined);
      expect(Object.keys(present(given))).toEqual(there);
      for (const name of there) expect(Object.getOwnPropertyDescriptor(present(given), name)?.value).toBe(given[name]);
    }),
  );
});
