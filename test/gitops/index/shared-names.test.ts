import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SharedNames } from '../../../src/gitops/index/shared-names.ts';

const step = fc.record({ joins: fc.boolean(), name: fc.constantFrom('n', 'm'), taker: fc.constantFrom('a', 'b', 'c') });

test('takers of a name are those who joined and did not leave, in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const names = new SharedNames();
      const model: Record<string, string[]> = { n: [], m: [] };
      for (const { joins, name, taker } of steps) {
        const takers = model[name] ?? [];
        if (joins) {
          names.join(name, taker);
          if (!takers.includes(taker)) takers.push(taker);
        } else {
          names.leave(name, taker);
          model[name] = takers.filter((other) => other !== taker);
        }
      }
      expect(names.takers('n')).toEqual(model['n']);
      expect(names.takers('m')).toEqual(model['m']);
    }),
  );
});
