import { describe, expect, it } from 'vitest';
import { LatestQueue } from '../../src/works/latest-queue.ts';

describe('a queue of latest items', () => {
  it('gives each key once, the latest, in the order the keys first came', async () => {
    const queue = new LatestQueue<number>();
    queue.put('a', 1);
    queue.put('b', 2);
    queue.put('a', 3);
    queue.end();
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual([3, 2, undefined]);
  });

  it('wakes a reader that waits, and fails it with the error of the end', async () => {
    const queue = new LatestQueue<number>();
    const first = queue.take();
    queue.put('a', 1);
    expect(await first).toBe(1);
    const second = queue.take();
    queue.end(new Error('broken'));
    await expect(second).rejects.toThrow('broken');
  });
  it('gives what waited before it fails, takes nothing after its end, and fails as it was ended first', async () => {
    const queue = new LatestQueue<number>();
    queue.put('a', 1);
    queue.end(new Error('broken'));
    queue.end(new Error('too late'));
    queue.put('b', 2);
    expect(await queue.take()).toBe(1);
    await expect(queue.take()).rejects.toThrow('broken');
  });

  it('lets a reader that waits go when it ends', async () => {
    const queue = new LatestQueue<number>();
    const waiting = queue.take();
    queue.end();
    expect(await waiting).toBeUndefined();
  });
});
