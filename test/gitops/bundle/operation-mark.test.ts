import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { operationHash } from '../../../src/gitops/bundle/content-hash.ts';
import {
  isSameOperation,
  markAgain,
  markOperation,
  operationMark,
  withoutMark,
} from '../../../src/gitops/bundle/operation-mark.ts';

const reason = { name: 'Reason', value: 'x' };

describe('the mark of an operation', () => {
  it.each<[string, JsonObject]>([
    ['nothing else', { sync: {} }],
    ['information of its own', { sync: { prune: true }, info: [reason] }],
    ['a list of no information', { sync: {}, info: [] }],
  ])('is put to %s, read back, and leaves its hash alone', (_what, operation) => {
    const before = structuredClone(operation);
    const marked = markOperation(operation, '7-ab');
    expect(operation).toEqual(before);
    expect(operationMark(operation)).toBe('');
    expect(operationMark(marked)).toBe('7-ab');
    expect(operationHash(marked)).toBe(operationHash(operation));
    expect(marked['info']).toEqual([
      ...((operation['info'] ?? []) as readonly JsonObject[]),
      { name: 'maestro-cli.hyperfleet.io/operation', value: '7-ab' },
    ]);
  });

  it('tells tries apart, and that they are of one operation', () => {
    const first = markOperation({ sync: {}, info: [reason] }, '7-ab');
    const second = markAgain(first) ?? {};
    const third = markAgain(second) ?? {};
    expect([first, second, third].map(operationMark)).toEqual(['7-ab', '7-ab~2', '7-ab~3']);
    expect(markAgain(third)).toBeUndefined();
    expect(withoutMark(third)).toEqual({ sync: {}, info: [reason] });
    expect([isSameOperation(first, third), isSameOperation(second, first)]).toEqual([true, true]);
    expect(isSameOperation(first, markOperation({ sync: {} }, '8-ab'))).toBe(false);
  });

  it('is what an operation needs for another try, and to be the same as another', () => {
    expect(markAgain({ sync: {} })).toBeUndefined();
    expect(markAgain(markOperation({ sync: {} }, '7-ab~odd'))).toBeUndefined();
    expect(isSameOperation({ sync: {} }, { sync: {} })).toBe(false);
  });

  it('makes way for another one, and goes without a trace', () => {
    const info = fc.array(fc.record({ name: fc.string(), value: fc.string() }), { minLength: 1 });
    fc.assert(
      fc.property(info, fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (list, one, two) => {
        const operation = { sync: {}, info: list };
        const again = markOperation(markOperation(operation, one), two);
        expect(operationMark(again)).toBe(two);
        expect(withoutMark(again)).toEqual(operation);
      }),
    );
  });
});
