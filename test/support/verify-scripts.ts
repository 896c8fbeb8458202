import { afterEach, expect } from 'vitest';
import { Faults } from '../../src/standin/faults.ts';
import { takeLeftovers, verifyAtEnd } from './script.ts';

/** A fault of a stand-in that is to strike so many times is a script, too. */
const { set } = Faults.prototype;
Faults.prototype.set = function (this: Faults, fault): void {
  set.call(this, fault);
  verifyAtEnd({
    left: () =>
      this.list()
        .filter(({ count = 0 }) => count > 0)
        .map((left) => `a stand-in: ${JSON.stringify(left)}`),
  });
};

// A test that has failed has its own reason; what it did not come to says nothing.
afterEach(({ task }) => {
  const left = takeLeftovers();
  if (task.result?.state !== 'fail') expect(left, 'answers that nobody asked for').toEqual([]);
});
