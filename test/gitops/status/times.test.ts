import { describe, expect, it } from 'vitest';
import { isAfter, kubernetesTime, notBefore, parseTime } from '../../../src/gitops/status/times.ts';

const [one, two] = ['2026-01-01T00:00:01Z', '2026-01-01T00:00:02Z'];

describe('times that clusters tell', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00Z'],
    ['2026-01-01T02:00:00+02:00', '2026-01-01T00:00:00Z'],
    ['2025-12-31T19:30:00-04:30', '2026-01-01T00:00:00Z'],
  ])('%s is read, and written as Kubernetes writes times', (text, written) => {
    expect(kubernetesTime(text)).toBe(written);
  });

  it.each([
    '',
    'yesterday',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00Z',
    '2026-13-01T00:00:00Z',
    'on 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z or so',
    '2026-01-01T00:00:00.Z',
    '2026-1-1T0:0:0Z',
    '12026-01-01T00:00:00Z',
  ])('%j is none', (text) => {
    expect([parseTime(text), kubernetesTime(text)]).toEqual([undefined, undefined]);
  });

  it('are compared, and what is none is neither before nor after', () => {
    expect([notBefore(one, two), notBefore(two, one), notBefore(one, one)]).toEqual([false, true, true]);
    expect([notBefore('', one), notBefore(one, ''), notBefore('', '')]).toEqual([false, false, false]);
    expect([isAfter(one, two), isAfter(two, one), isAfter(one, one)]).toEqual([false, true, false]);
    expect([isAfter('', one), isAfter(one, ''), isAfter('', '')]).toEqual([false, true, false]);
  });
});
