import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lanes, type Lane } from '../../../src/gitops/queue/lanes.ts';
import { WorkQueue } from '../../../src/gitops/queue/work-queue.ts';
import { ManualClock } from '../../support/fake-clock.ts';

interface Running {
  readonly clock: ManualClock;
  readonly queue: WorkQueue;
  stop(): Promise<void>;
}

function start(): Running {
  const clock = new ManualClock();
  const queue = new WorkQueue(clock);
  const end = new AbortController();
  const timer = queue.runTimer(end.signal);
  return {
    clock,
    queue,
    stop: async () => {
      queue.end();
      end.abort();
      await timer;
    },
  };
}

async function withQueue(use: (running: Running) => Promise<void>): Promise<void> {
  const running = start();
  try {
    await use(running);
  } finally {
    await running.stop();
  }
}

/** What waits for a worker now, in the order in which workers get it. */
async function drain(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  while (lanes.some((lane) => queue.depth(lane) > 0)) {
    const key = await queue.take();
    if (key === undefined) break;
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

describe('a work queue', () => {
  test('gives keys by lane, and by age in a lane', () =>
    withQueue(async ({ queue }) => {
      for (const [key, lane] of [
        ['r', 'resync'],
        ['c1', 'change'],
        ['o', 'operation'],
        ['c2', 'change'],
        ['d', 'delete'],
      ] as const)
        queue.put(key, lane);
      expect(await drain(queue)).toEqual(['d', 'o', 'c1', 'c2', 'r']);
    }));

  test('a key that comes again after its worker takes the more important lane, also when that was for later', () =>
    withQueue(async ({ queue }) => {
      queue.put('a', 'operation');
      await queue.take();
      queue.put('a', 'change');
      queue.putAfter('a', 'operation', 100);
      queue.put('b', 'change');
      queue.done('a');
      expect(await drain(queue)).toEqual(['a', 'b']);
    }));

  test('a key that is put again is there once, keeps its age and takes the more important lane', () =>
    withQueue(async ({ clock, queue }) => {
      queue.put('a', 'resync');
      await clock.advance(500);
      queue.put('b', 'change');
      queue.put('a', 'change');
      expect([queue.depth('resync'), queue.depth('change')]).toEqual([0, 2]);
      queue.put('a', 'resync');
      queue.put('a', 'delete');
      expect(queue.ageMs('delete')).toBe(500);
      expect(queue.ageMs('change')).toBe(0);
      expect(await drain(queue)).toEqual(['a', 'b']);
    }));

  test('a key that is put while a worker holds it comes again afterwards, once', () =>
    withQueue(async ({ queue }) => {
      queue.put('a', 'change');
      expect(await queue.take()).toBe('a');
      queue.put('a', 'resync');
      queue.put('a', 'delete');
      queue.putAfter('a', 'resync', 1_000);
      expect([queue.held, queue.depth('delete'), queue.later]).toEqual([1, 0, 0]);
      queue.done('a');
      expect([queue.held, queue.depth('delete')]).toEqual([0, 1]);
      expect(await drain(queue)).toEqual(['a']);
    }));

  test('a worker that waits is given the next key', () =>
    withQueue(async ({ queue }) => {
      const taken = [queue.take(), queue.take()];
      queue.put('a', 'change');
      queue.put('b', 'resync');
      expect(await Promise.all(taken)).toEqual(['a', 'b']);
    }));

  test('a key for later comes at its time, to the tenth of a second', () =>
    withQueue(async ({ clock, queue }) => {
      queue.putAfter('a', 'change', 1_000);
      await clock.advance(999);
      expect([queue.depth('change'), queue.later]).toEqual([0, 1]);
      await clock.advance(101);
      expect([queue.depth('change'), queue.later]).toEqual([1, 0]);
    }));

  test.each([
    [
      'now overtakes later',
      (queue: WorkQueue) => {
        queue.putAfter('a', 'delete', 1_000);
        queue.put('a', 'resync');
      },
      'resync',
      0,
    ],
    [
      'an earlier time overtakes a later one',
      (queue: WorkQueue) => {
        queue.putAfter('a', 'change', 5_000);
        queue.putAfter('a', 'change', 1_000);
      },
      'change',
      1_000,
    ],
    [
      'a later time changes nothing but the lane',
      (queue: WorkQueue) => {
        queue.putAfter('a', 'resync', 1_000);
        queue.putAfter('a', 'delete', 5_000);
      },
      'delete',
      1_000,
    ],
    [
      'an earlier time keeps the more important lane',
      (queue: WorkQueue) => {
        queue.putAfter('a', 'delete', 5_000);
        queue.putAfter('a', 'resync', 1_000);
      },
      'delete',
      1_000,
    ],
    [
      'later, while it waits already',
      (queue: WorkQueue) => {
        queue.put('a', 'change');
        queue.putAfter('a', 'delete', 1_000);
      },
      'change',
      0,
    ],
    ['later by nothing is now', (queue: WorkQueue) => queue.putAfter('a', 'change', 0), 'change', 0],
  ] satisfies [string, (queue: WorkQueue) => void, Lane, number][])('%s', (_, put, lane, atMs) =>
    withQueue(async ({ clock, queue }) => {
      put(queue);
      if (atMs > 0) {
        await clock.advance(atMs - 1);
        expect(queue.depth(lane)).toBe(0);
      }
      await clock.advance(101);
      expect(queue.depth(lane)).toBe(1);
      expect(await drain(queue)).toEqual(['a']);
      // Once, whatever was planned.
      await clock.advance(10_000);
      expect(await drain(queue)).toEqual([]);
    }),
  );

  test('the timer is woken by a key that is due before those it sleeps for', () =>
    withQueue(async ({ clock, queue }) => {
      queue.putAfter('late', 'change', 60_000);
      await clock.advance(10);
      queue.putAfter('early', 'change', 200);
      await clock.advance(300);
      expect(await drain(queue)).toEqual(['early']);
    }));

  test('at its end, workers get nothing more, and nothing comes in', async () => {
    const running = start();
    const { queue } = running;
    const waiting = queue.take();
    await running.stop();
    queue.put('a', 'change');
    queue.putAfter('a', 'change', 1);
    expect(await waiting).toBeUndefined();
    expect(await queue.take()).toBeUndefined();
    expect([queue.depth('change'), queue.later]).toEqual([0, 0]);
  });
});

type Step =
  | { readonly do: 'put'; readonly key: string; readonly lane: Lane }
  | { readonly do: 'putAfter'; readonly key: string; readonly lane: Lane; readonly ms: number }
  | { readonly do: 'take' }
  | { readonly do: 'done' }
  | { readonly do: 'wait'; readonly ms: number };

const keys = fc.constantFrom('a', 'b', 'c', 'd');
const lane = fc.constantFrom(...lanes);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('put' as const), key: keys, lane }),
  fc.record({ do: fc.constant('putAfter' as const), key: keys, lane, ms: fc.integer({ min: 0, max: 2_000 }) }),
  fc.constant({ do: 'take' as const }),
  fc.constant({ do: 'done' as const }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 1_500 }) }),
);

describe('whatever is put', () => {
  test('comes out after it was put, in the order of lanes, and never to two workers at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), (steps) =>
        withQueue(async ({ clock, queue }) => {
          const held: string[] = [];
          /** Keys that have to come out once more, by now or at their time. */
          const owed = new Set<string>();
          const take = async (): Promise<void> => {
            const first = lanes.find((one) => queue.depth(one) > 0);
            if (first === undefined) return;
            const depth = queue.depth(first);
            const key = await queue.take();
            expect(queue.depth(first)).toBe(depth - 1);
            expect(held).not.toContain(key);
            expect(owed.delete(key ?? '')).toBe(true);
            held.push(key ?? '');
          };
          const done = (): void => {
            const key = held.shift();
            if (key !== undefined) queue.done(key);
          };
          for (const one of steps) {
            if (one.do === 'put') queue.put(one.key, one.lane);
            else if (one.do === 'putAfter') queue.putAfter(one.key, one.lane, one.ms);
            if (one.do === 'put' || one.do === 'putAfter') owed.add(one.key);
            else if (one.do === 'take') await take();
            else if (one.do === 'done') done();
            else await clock.advance(one.ms);
            expect(queue.held).toBe(held.length);
          }
          while (held.length > 0) done();
          await clock.advance(2_200);
          while (lanes.some((one) => queue.depth(one) > 0)) {
            await take();
            done();
          }
          expect([...owed]).toEqual([]);
          expect([queue.later, queue.held]).toEqual([0, 0]);
        }),
      ),
      { numRuns: 150 },
    );
  });

  test('ages are those of the longest wait in the lane', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ key: fc.uuid(), afterMs: fc.nat(1_000) }), { minLength: 1, maxLength: 10 }),
        (puts) =>
          withQueue(async ({ clock, queue }) => {
            for (const { key, afterMs } of puts) {
              queue.put(key, 'change');
              await clock.advance(afterMs);
            }
            expect(queue.ageMs('change')).toBe(puts.reduce((sum, { afterMs }) => sum + afterMs, 0));
          }),
      ),
      { numRuns: 30 },
    );
  });
});
