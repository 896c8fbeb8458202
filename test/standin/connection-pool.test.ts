import { expect, it } from 'vitest';
import { ConnectionPool } from '../../src/standin/connection-pool.ts';
import { Scheduler } from '../../src/standin/time.ts';
import { ManualClock } from '../support/fake-clock.ts';

const ending = new AbortController();

function poolOf(connections: number): { pool: ConnectionPool; clock: ManualClock } {
  const clock = new ManualClock();
  return { pool: new ConnectionPool({ connections, statementMs: 10 }, new Scheduler(clock, ending.signal)), clock };
}

it('lets what needs one connection wait its turn', async () => {
  const { pool, clock } = poolOf(2);
  const done: number[] = [];
  const all = Promise.all([1, 2, 3].map(async (each) => pool.statement(undefined, () => done.push(each))));
  await clock.advance(10);
  expect(done).toEqual([1, 2]);
  await clock.advance(10);
  await all;
  expect(done).toEqual([1, 2, 3]);
});

it('stands still when every connection is held by a lock, until somebody gives up', async () => {
  const { pool, clock } = poolOf(2);
  const [first, second] = [new AbortController(), new AbortController()];
  const done: string[] = [];
  const one = pool.locked(first.signal, () => done.push('one'));
  const other = pool.locked(second.signal, () => done.push('other'));
  const read = pool.statement(undefined, () => done.push('read'));
  await clock.advance(60_000);
  expect(done).toEqual([]);
  first.abort(new Error('context canceled'));
  await expect(one).rejects.toThrow('context canceled');
  await clock.finish(Promise.all([other, read]));
  expect(done.toSorted()).toEqual(['other', 'read']);
});

it('gets on with one connection more than locks', async () => {
  const { pool, clock } = poolOf(3);
  const done: string[] = [];
  await clock.finish(Promise.all(['one', 'other'].map(async (each) => pool.locked(undefined, () => done.push(each)))));
  expect(done.toSorted()).toEqual(['one', 'other']);
});
