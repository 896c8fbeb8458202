import { describe, expect, it } from 'vitest';
import { BoundedCache } from '../../../src/gitops/index/bounded-cache.ts';

describe('a bounded cache', () => {
  it('keeps what came first, and newcomers only when there is room', () => {
    const cache = new BoundedCache<number>(2);
    cache.set('a', 1);
    cache.set('b', 2);
    cache.set('c', 3);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, 2, undefined]);
    cache.delete('a');
    cache.set('c', 3);
    expect([cache.get('c'), cache.size]).toEqual([3, 2]);
  });

  it('replaces what it has, full or not', () => {
    const cache = new BoundedCache<number>(1);
    cache.set('a', 1);
    cache.set('a', 2);
    expect(cache.get('a')).toBe(2);
  });
});
