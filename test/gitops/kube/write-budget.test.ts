import { describe, expect, it } from 'vitest';
import { HubWriteBudget } from '../../../src/gitops/kube/write-budget.ts';
import { ManualClock } from '../../support/fake-clock.ts';

const never = new AbortController().signal;

describe('the budget of writes', () => {
  it('gives the burst at once and then the rate, first come first served', async () => {
    const clock = new ManualClock();
    const budget = new HubWriteBudget({ perSecond: 10, burst: 2 }, clock);
    const order: number[] = [];
    for (let number = 0; number < 6; number += 1) void budget.take(never).then(() => order.push(number));
    await clock.advance(0);
    expect(order).toEqual([0, 1]);
    expect(budget.waiting).toBe(4);
    expect(budget.tryTake()).toBe(false);
    await clock.advance(200);
    expect(order).toEqual([0, 1, 2, 3]);
    await clock.advance(200);
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
    expect(clock.sleeping).toBe(0);
  });

  it('holds 200 a second over a minute', async () => {
    const clock = new ManualClock();
    const budget = new HubWriteBudget({}, clock);
    let taken = 0;
    for (let second = 0; second < 60; second += 1) {
      while (budget.tryTake()) taken += 1;
      await clock.advance(1_000);
    }
    expect(taken).toBe(60 * 200);
  });

  it('halves on a 429, once for all answers that come together, and comes back by itself', async () => {
    const clock = new ManualClock();
    const budget = new HubWriteBudget({ perSecond: 200 }, clock);
    budget.throttled();
    budget.throttled();
    expect(budget.rate).toBe(100);
    expect(budget.tryTake()).toBe(false);
    await clock.advance(1_500);
    budget.throttled();
    expect(budget.rate).toBe(50);
    await clock.advance(9_999);
    expect(budget.rate).toBe(50);
    await clock.advance(1);
    expect(budget.rate).toBe(100);
    await clock.advance(10_000);
    expect(budget.rate).toBe(200);
    await clock.advance(60_000);
    expect(budget.rate).toBe(200);
  });

  it('never slows down to nothing', async () => {
    const clock = new ManualClock();
    const budget = new HubWriteBudget({ perSecond: 200 }, clock);
    for (let count = 0; count < 50; count += 1) {
      budget.throttled();
      await clock.advance(1_000);
    }
    expect(budget.rate).toBe(2);
  });

  it('lets nothing through before Retry-After has passed', async () => {
    const clock = new ManualClock();
    const budget = new HubWriteBudget({ perSecond: 100 }, clock);
    budget.throttled(5_000);
    let done = false;
    void budget.take(never).then(() => {
      done = true;
    });
    await clock.advance(5_000);
    expect(done).toBe(false);
    await clock.advance(20);
    expect(done).toBe(true);
  });

  it('forgets who was aborted while waiting, and serves the others', async () => {
    const clock = new ManualClock();
    const budget = new HubWriteBudget({ perSecond: 1, burst: 1 }, clock);
    await budget.take(never);
    const stop = new AbortController();
    const stopped = budget.take(stop.signal);
    const reason = new Error('stop');
    stop.abort(reason);
    await expect(stopped).rejects.toBe(reason);
    expect(budget.waiting).toBe(0);
    const next = budget.take(never);
    await clock.advance(1_000);
    await expect(next).resolves.toBeUndefined();
    expect(clock.sleeping).toBe(0);
  });
});
