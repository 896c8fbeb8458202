import { describe, expect, it } from 'vitest';
import type { HealthProbe } from '../../../src/gitops/run/controller-deps.ts';
import { missingParts, stuckParts, type HealthFacts } from '../../../src/gitops/run/health.ts';

const monotonicMs = 10_000_000;
const healthy: HealthProbe = {
  hubSynced: () => true,
  maestroSynced: () => true,
  streamLive: () => true,
  hubHeardMs: () => monotonicMs - 30_000,
  oldestReconcileMs: () => undefined,
};
const facts = (change: Partial<HealthFacts> = {}, probe: Partial<HealthProbe> = {}): HealthFacts => ({
  role: 'leading',
  monotonicMs,
  lag: { p50Ms: 0, p99Ms: 5, maxMs: 40 },
  hubAnsweredMs: monotonicMs - 5_000,
  probe: { ...healthy, ...probe },
  needsStream: true,
  ...change,
});

describe('/livez', () => {
  it.each<{ about: string; given: HealthFacts; stuck: readonly string[] }>([
    { about: 'all is well', given: facts(), stuck: [] },
    { about: 'no engine runs', given: { ...facts(), probe: undefined }, stuck: [] },
    {
      about: 'the loop was held up',
      given: facts({ lag: { p50Ms: 1, p99Ms: 2, maxMs: 12_000 } }),
      stuck: ['the event loop was held up for 12s'],
    },
    {
      about: 'a watch is silent though the hub answers',
      given: facts({}, { hubHeardMs: () => monotonicMs - 301_000 }),
      stuck: ['a watch of the hub has heard nothing for 301s, though the hub answers'],
    },
    {
      about: 'a watch is silent because the hub is away',
      given: facts({ hubAnsweredMs: monotonicMs - 61_000 }, { hubHeardMs: () => monotonicMs - 900_000 }),
      stuck: [],
    },
    {
      about: 'the hub has never answered',
      given: facts({ hubAnsweredMs: undefined }, { hubHeardMs: () => undefined }),
      stuck: [],
    },
    {
      about: 'a worker hangs',
      given: facts({}, { oldestReconcileMs: () => monotonicMs - 601_000 }),
      stuck: ['a reconcile has been running for 601s'],
    },
    { about: 'a worker works', given: facts({}, { oldestReconcileMs: () => monotonicMs - 59_000 }), stuck: [] },
  ])('$about', ({ given, stuck }) => {
    expect(stuckParts(given)).toEqual(stuck);
  });
});

describe('/readyz', () => {
  const away = { hubSynced: () => false, maestroSynced: () => false, streamLive: () => false };
  it.each<{ about: string; given: HealthFacts; missing: number }>([
    { about: 'a leader with everything', given: facts(), missing: 0 },
    { about: 'a leader without anything', given: facts({}, away), missing: 3 },
    {
      about: 'propagation alone needs no stream',
      given: facts({ needsStream: false }, { streamLive: () => false }),
      missing: 0,
    },
    { about: 'a leader whose engine has not begun', given: { ...facts(), probe: undefined }, missing: 1 },
    { about: 'a standby has nothing to wait for', given: facts({ role: 'standby' }, away), missing: 0 },
    { about: 'nobody knows yet who leads', given: facts({ role: 'starting' }), missing: 1 },
  ])('$about', ({ given, missing }) => {
    expect(missingParts(given)).toHaveLength(missing);
  });
});
