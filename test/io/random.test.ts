import { describe, expect, it } from 'vitest';
import { randomBytes, randomFraction, randomUuid } from '../../src/io/random.ts';

describe('random', () => {
  it('ids are UUIDs of version 4, each another', () => {
    const ids = Array.from({ length: 2_000 }, () => randomUuid());
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('bytes are given out once, and stay what they were', () => {
    const first = randomBytes(64);
    const kept = first.toString('hex');
    const later = Array.from({ length: 100 }, () => randomBytes(64).toString('hex'));
    expect(first.toString('hex')).toBe(kept);
    expect(new Set([kept, ...later]).size).toBe(101);
  });

  it('fractions lie evenly from 0 to 1', () => {
    const all = Array.from({ length: 20_000 }, () => randomFraction());
    expect(all.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(all.reduce((sum, value) => sum + value, 0) / all.length).toBeCloseTo(0.5, 1);
  });
});
