import { Faults } from '../../src/standin/faults.ts';
import { verifyAtEnd } from './script.ts';

const proto: { set: (this: Faults, ...args: Parameters<Faults['set']>) => void } = Faults.prototype;
const before = proto.set;

/** A fault of a stand-in that is to strike so many times is a script, too. Once for all files that one worker runs. */
proto.set = function (fault): void {
  before.call(this, fault);
  verifyAtEnd({
    left: () =>
      this.list()
        .filter(({ count = 0 }) => count > 0)
        .map((left) => `a stand-in: ${JSON.stringify(left)}`),
  });
};
