import { describe, expect, test } from 'vitest';
import { MaestroError } from '../../../src/errors.ts';
import { Running } from '../../../src/gitops/queue/running.ts';
import { WorkQueue } from '../../../src/gitops/queue/work-queue.ts';
import { Workers, type Outcome } from '../../../src/gitops/queue/workers.ts';
import { ManualClock } from '../../support/fake-clock.ts';

const away = new MaestroError('unavailable', 'nothing listens there', { transient: true });

/** Workers whose reconciler does what `next` says. */
function start() {
  const clock = new ManualClock();
  const queue = new WorkQueue(clock);
  const waits: number[] = [];
  const told: [string, string, number][] = [];
  const putAfter = queue.putAfter.bind(queue);
  queue.putAfter = (key, lane, ms) => {
    waits.push(ms);
    putAfter(key, lane, ms);
  };
  const made = { may: true, looks: [] as string[], next: async (): Promise<Outcome> => Promise.resolve({}) };
  const running = new Running(clock);
  const workers = new Workers(
    queue,
    async (key) => {
      made.looks.push(key);
      return made.next();
    },
    {
      clock,
      random: () => 1,
      running,
      mayWork: () => made.may,
      retryLane: (key) => (key === 'going' ? 'delete' : 'change'),
      onFailed: (key, error, againInMs) => void told.push([key, error.code, againInMs]),
    },
  );
  const stop = new AbortController();
  return {
    clock,
    queue,
    waits,
    told,
    made,
    running,
    workers,
    stop,
    look: (key: string) => workers.look(key, stop.signal),
  };
}

describe('workers of a queue', () => {
  test('wait twice as long after each failure of a key, and begin anew when it succeeded', async () => {
    const { made, look, waits, told } = start();
    made.next = () => Promise.reject(away);
    for (let nth = 0; nth < 4; nth += 1) await look('a');
    await look('b');
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 500]);
    expect(told.at(-1)).toEqual(['b', 'unavailable', 500]);
    made.next = () => Promise.resolve({});
    await look('a');
    made.next = () => Promise.reject(away);
    await look('a');
    expect(waits.at(-1)).toBe(500);
  });

  test('do not take a wait for a success', async () => {
    const { made, look, waits } = start();
    made.next = () => Promise.reject(away);
    for (let nth = 0; nth < 3; nth += 1) await look('a');
    made.next = () => Promise.resolve({ requeueAfterMs: 100, waits: true });
    await look('a');
    made.next = () => Promise.reject(away);
    await look('a');
    expect(waits).toEqual([500, 1_000, 2_000, 100, 4_000]);
  });

  test('look again when they are asked to, in the lane that is named', async () => {
    const { made, look, queue } = start();
    made.next = () => Promise.resolve({ requeueAfterMs: 0, lane: 'delete' });
    await look('a');
    expect(queue.depth('delete')).toBe(1);
  });

  test('try again in the lane that the key is in by then', async () => {
    const { made, look, queue, clock, stop } = start();
    made.next = () => Promise.reject(away);
    await look('going');
    const timer = queue.runTimer(stop.signal);
    await clock.advance(1_000);
    expect(queue.depth('delete')).toBe(1);
    stop.abort();
    await timer;
  });

  test('count anew for what is about something else', async () => {
    const { made, look, waits, workers } = start();
    made.next = () => Promise.reject(away);
    for (let nth = 0; nth < 3; nth += 1) await look('a');
    workers.forgive('a');
    await look('a');
    expect(waits.at(-1)).toBe(500);
  });

  test('hold all keys while nothing may be done, and look at each once that is over', async () => {
    const { made, look, queue, workers } = start();
    made.may = false;
    for (const key of ['a', 'b', 'a']) await look(key);
    expect([made.looks, queue.depth('change')]).toEqual([[], 0]);
    workers.release();
    expect(queue.depth('change')).toBe(2);
  });

  test('try at once what failed because the other side was away, when that answers again, and nothing else', async () => {
    const { made, look, queue, workers } = start();
    made.next = () => Promise.reject(away);
    await look('away');
    made.next = () => Promise.reject(new MaestroError('conflict', 'another version is stored'));
    await look('conflict');
    workers.reachable();
    expect([queue.depth('change'), queue.later]).toEqual([1, 1]);
  });

  test('tell nothing of a call that was cut because all stops', async () => {
    const { made, look, told, queue, stop } = start();
    made.next = () => Promise.reject(away);
    stop.abort();
    await look('a');
    expect([told, queue.later]).toEqual([[], 0]);
  });

  test('tell since when the oldest step has been under way, without its wait for others', async () => {
    const { made, queue, workers, running, clock, stop } = start();
    const answer = Promise.withResolvers<Outcome>();
    made.next = () => answer.promise;
    const ended = workers.run(2, stop.signal);
    queue.put('a', 'change');
    await clock.advance(1_000);
    queue.put('b', 'change');
    await clock.advance(1_000);
    expect(running.oldestMs).toBe(0);
    running.end('a');
    expect(running.oldestMs).toBe(1_000);
    answer.resolve({});
    queue.end();
    await Promise.all(ended);
    expect(running.oldestMs).toBeUndefined();
  });
});
