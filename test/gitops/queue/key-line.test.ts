import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyLine } from '../../../src/gitops/queue/key-line.ts';

const step = fc.oneof(
  fc.record({ do: fc.constantFrom('add', 'delete'), key: fc.constantFrom('a', 'b', 'c', 'd') }),
  fc.record({ do: fc.constantFrom('look', 'take', 'clear'), key: fc.constant('') }),
);

test('the first is always the one that has been there longest', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const line = new KeyLine();
      let expected: string[] = [];
      for (const { do: what, key } of steps) {
        if (what === 'add') {
          line.add(key);
          if (!expected.includes(key)) expected.push(key);
        } else if (what === 'delete') {
          line.delete(key);
          expected = expected.filter((other) => other !== key);
        } else if (what === 'clear') {
          line.clear();
          expected = [];
        } else {
          expect(line.first()).toBe(expected[0]);
          if (what === 'take' && expected[0] !== undefined) line.delete(expected.shift() ?? '');
        }
        expect(line.size).toBe(expected.length);
      }
    }),
  );
});

test('taking all of many keys does not cost more for each, the more there are', () => {
  const stepsFor = (count: number): number => {
    const line = new KeyLine();
    for (let at = 0; at < count; at += 1) line.add(`key-${at}`);
    // Of this process alone: the machine may be busy.
    const start = process.cpuUsage();
    for (let at = 0; at < count; at += 1) line.delete(line.first() ?? '');
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000 / count;
  };
  stepsFor(1_000);
  // Stepping over what went before took 16 µs for each of so many, and 2 of a tenth of them.
  expect(stepsFor(200_000)).toBeLessThan(Math.max(0.004, 8 * stepsFor(20_000)));
});
