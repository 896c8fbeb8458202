import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MaestroError } from '../../src/errors.ts';
import { backoffMs } from '../../src/core/back-off.ts';
import { untilConnected } from '../../src/operations/connect-retry.ts';
import { failure, fakes, lostAnswer, notSent, refusal } from './support/fakes.ts';

const failing = (
  ...errors: readonly MaestroError[]
): { readonly call: () => Promise<string>; readonly calls: () => number } => {
  let calls = 0;
  return {
    call: async () => {
      const error = errors[calls];
      calls += 1;
      if (error !== undefined) throw error;
      return 'done';
    },
    calls: () => calls,
  };
};

describe('untilConnected', () => {
  it('goes on until the server is there', async () => {
    const fake = fakes();
    const { call, calls } = failing(notSent(), notSent(), notSent());
    await expect(fake.clock.finish(untilConnected(call, fake.budget))).resolves.toBe('done');
    expect(calls()).toBe(4);
  });

  it.each([
    { title: 'an answer', error: refusal() },
    { title: 'an unknown effect', error: lostAnswer() },
    {
      title: 'a mistake that cannot heal',
      error: new MaestroError('access-denied', 'unknown CA', { delivery: 'not-sent', transient: false }),
    },
    { title: 'an error without a delivery', error: new MaestroError('internal', 'a bug') },
  ])('fails at once on $title', async ({ error }) => {
    const fake = fakes();
    const { call, calls } = failing(error);
    expect(await failure(fake.clock.finish(untilConnected(call, fake.budget)))).toBe(error);
    expect(calls()).toBe(1);
  });

  it('gives the last error when the budget ends, and not after it', async () => {
    const fake = fakes(3000);
    const { call, calls } = failing(...Array.from({ length: 100 }, notSent));
    const heard: string[] = [];
    const error = await failure(
      fake.clock.finish(untilConnected(call, fake.budget, ({ message }) => heard.push(message))),
    );
    expect(error).toMatchObject({ reason: 'ServerUnreachable' });
    expect(fake.clock.monotonicMs()).toBeLessThan(3000);
    expect(heard).toHaveLength(calls());
  });

  it('ends at once on a signal', async () => {
    const fake = fakes();
    const stopped = new MaestroError('terminated', 'terminated by SIGTERM');
    const running = failure(untilConnected(failing(...Array.from({ length: 100 }, notSent)).call, fake.budget));
    await fake.clock.advance(10);
    fake.stop.abort(stopped);
    expect(await running).toBe(stopped);
  });
});

describe('backoffMs', () => {
  it('doubles to its cap and stays between half and the whole of a step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const whole = Math.min(2000, 100 * 2 ** Math.min(attempt, 16));
          const ms = backoffMs(attempt, () => random);
          expect(ms).toBeGreaterThanOrEqual(whole / 2);
          expect(ms).toBeLessThanOrEqual(whole);
        },
      ),
    );
  });
});
