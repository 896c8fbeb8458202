import { describe, expect, it } from 'vitest';
import { MaestroError } from '../../../src/errors.ts';
import { createElection } from '../../../src/gitops/kube/lease-election.ts';
import type { CallerDeps } from '../../../src/gitops/kube/kube-api.ts';
import type { Election } from '../../../src/gitops/kube/lease-election.ts';
import { objectAt } from '../../../src/core/json-fields.ts';
import type { Clock } from '../../../src/clock.ts';
import { thrownBy } from '../../clients/support/failure.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { MemoryApi } from './support/memory-api.ts';

interface Candidate {
  readonly election: Election;
  readonly problems: MaestroError[];
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
  /** Times of clock at which it led, as `from-to`; `to` is '' while it leads. */
  readonly reigns: string[];
}

const lease = { namespace: 'n', name: 'lease', leaseMs: 15_000, renewMs: 10_000, retryMs: 2_000 };

/** A candidate whose lead runs until told to stop; with `flushMs` it takes time to come back. */
function candidate(
  identity: string,
  api: MemoryApi,
  clock: Clock,
  flushMs = 0,
  deps: Partial<CallerDeps> = {},
): Candidate {
  const problems: MaestroError[] = [];
  const reigns: string[] = [];
  const election = createElection(
    { ...lease, identity },
    { api, clock, random: () => 0, onProblem: (error) => problems.push(error), ...deps },
  );
  const stop = new AbortController();
  const ended = election
    .run(stop.signal, async (signal) => {
      const from = clock.monotonicMs();
      reigns.push(`${from}-`);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      if (flushMs > 0) await clock.sleep(flushMs, new AbortController().signal);
      reigns[reigns.length - 1] = `${from}-${clock.monotonicMs()}`;
    })
    .then(
      () => 'ended',
      (error: unknown) => error,
    );
  return { election, problems, stop, ended, reigns };
}

const spec = (api: MemoryApi): Record<string, unknown> => objectAt(api.objects.get('lease') ?? {}, 'spec');
const away = async (): Promise<void> => {
  throw new MaestroError('unavailable', 'the hub is away', { transient: true });
};

describe('the election', () => {
  it('makes the lease, renews it, and gives it back when stopped', async () => {
    const api = new MemoryApi();
    const clock = new ManualClock();
    const only = candidate('a', api, clock);
    await clock.advance(0);
    expect(only.reigns).toEqual(['0-']);
    expect(spec(api)).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
      acquireTime: '2026-11-22T11:00:00.000000Z',
      renewTime: '2026-11-22T11:00:00.000000Z',
    });
    await clock.advance(60_000);
    expect(api.writes).toHaveLength(31);
    expect(spec(api)).toMatchObject({
      holderIdentity: 'a',
      leaseTransitions: 0,
      acquireTime: '2026-11-22T11:00:00.000000Z',
      renewTime: '2026-11-22T11:01:00.000000Z',
    });
    expect(only.election.state).toEqual({ leading: true, holder: 'a', terms: 1 });
    only.stop.abort();
    expect(await only.ended).toBe('ended');
    expect(spec(api)).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    expect(only.election.stillLeader()).toBe(false);
    expect(clock.sleeping).toBe(0);
  });

  it('has one leader; the next takes over at once from one that stops, after the flush', async () => {
    const api = new MemoryApi();
    const clock = new ManualClock();
    const a = candidate('a', api, clock, 8_000);
    await clock.advance(0);
    const b = candidate('b', api, clock);
    await clock.advance(30_000);
    expect([a.reigns, b.reigns]).toEqual([['0-'], []]);
    expect(b.election.state).toEqual({ leading: false, holder: 'a', terms: 0 });
    a.stop.abort();
    await clock.advance(7_000);
    // Still renewing, while its lead writes what it had in hand.
    expect(spec(api)).toMatchObject({ holderIdentity: 'a', renewTime: '2026-11-22T11:00:36.000000Z' });
    expect(a.election.stillLeader()).toBe(true);
    await clock.advance(3_000);
    expect(a.reigns).toEqual(['0-38000']);
    expect(b.reigns).toEqual(['38000-']);
    expect(spec(api)).toMatchObject({ holderIdentity: 'b', leaseTransitions: 2 - 1 });
    b.stop.abort();
    await clock.advance(0);
  });

  it('waits the lease out after a leader that died, by its own clock, whatever the times in it say', async () => {
    const api = new MemoryApi();
    const clock = new ManualClock();
    api.objects.set('lease', {
      metadata: { name: 'lease', resourceVersion: '1' },
      spec: {
        holderIdentity: 'dead',
        leaseDurationSeconds: 15,
        renewTime: '2001-01-01T00:00:00.000000Z',
        leaseTransitions: 4,
      },
    });
    const b = candidate('b', api, clock);
    await clock.advance(14_000);
    expect(b.reigns).toEqual([]);
    await clock.advance(2_000);
    expect(b.reigns).toEqual(['16000-']);
    expect(spec(api)).toMatchObject({ holderIdentity: 'b', leaseTransitions: 5 });
    b.stop.abort();
    await clock.advance(0);
  });

  it('ends the lead 10 s after the last renewal that succeeded, before anybody else can lead', async () => {
    const api = new MemoryApi();
    const clock = new ManualClock();
    const a = candidate('a', api, clock);
    await clock.advance(4_000);
    const b = candidate('b', api, clock);
    await clock.advance(0);
    // The leader is cut off, the other is not.
    api.fault = async (_verb, object) =>
      objectAt(object ?? {}, 'spec')['holderIdentity'] === 'a' ? away() : undefined;
    await clock.advance(30_000);
    expect(a.reigns).toEqual(['0-14000']);
    expect(b.reigns).toEqual(['20000-']);
    expect(a.problems.length).toBeGreaterThan(2);
    api.fault = async () => undefined;
    b.stop.abort();
    await clock.advance(5_000);
    expect(a.reigns).toHaveLength(2);
    expect(a.election.state.terms).toBe(2);
    a.stop.abort();
    await clock.advance(0);
  });

  it('ends the lead in time when a renewal hangs', async () => {
    const api = new MemoryApi();
    const clock = new ManualClock();
    const a = candidate('a', api, clock);
    await clock.advance(0);
    // The client of the hub keeps the deadline of a call; here it comes with the clock.
    api.fault = async () => {
      await clock.sleep(8_000, new AbortController().signal);
      return away();
    };
    await clock.advance(10_000);
    expect(a.reigns).toEqual(['0-10000']);
    expect(a.election.stillLeader()).toBe(false);
    a.stop.abort();
    await clock.advance(20_000);
    expect(await a.ended).toBe('ended');
  });

  it('knows by the clock alone that the lease may be over, when nothing else had a chance to run', async () => {
    const api = new MemoryApi();
    let stalledMs = 0;
    const clock = new ManualClock();
    const stalling: Clock = {
      wallMs: () => clock.wallMs(),
      monotonicMs: () => clock.monotonicMs() + stalledMs,
      sleep: async (ms, signal) => clock.sleep(ms, signal),
    };
    const a = candidate('a', api, stalling);
    await clock.advance(0);
    stalledMs = 14_999;
    expect(a.election.stillLeader()).toBe(true);
    stalledMs = 15_000;
    expect(a.election.stillLeader()).toBe(false);
    a.stop.abort();
    await clock.advance(0);
  });

  it('ends the lead when another took the lease, and competes again', async () => {
    const api = new MemoryApi();
    const clock = new ManualClock();
    const a = candidate('a', api, clock);
    await clock.advance(3_000);
    const lease = api.objects.get('lease') ?? {};
    api.objects.set('lease', {
      ...lease,
      metadata: { name: 'lease', resourceVersion: '900' },
      spec: { ...spec(api), holderIdentity: 'thief' },
    });
    await clock.advance(2_000);
    expect(a.reigns).toEqual(['0-4000']);
    expect(spec(api)).toMatchObject({ holderIdentity: 'thief' });
    await clock.advance(20_000);
    expect(a.reigns).toHaveLength(2);
    a.stop.abort();
    await clock.advance(0);
  });

  it('makes the lease again when somebody deletes it, and goes on leading', async () => {
    const api = new MemoryApi();
    const clock = new ManualClock();
    const a = candidate('a', api, clock);
    await clock.advance(3_000);
    api.objects.clear();
    await clock.advance(3_000);
    expect(a.reigns).toEqual(['0-']);
    expect(spec(api)).toMatchObject({ holderIdentity: 'a' });
    a.stop.abort();
    await clock.advance(0);
  });

  it('takes a renewal whose answer was lost for what it was', async () => {
    const api = new MemoryApi();
    const clock = new ManualClock();
    const a = candidate('a', api, clock);
    await clock.advance(0);
    const lease = api.objects.get('lease') ?? {};
    // It was carried out: the version on the hub is another one now.
    api.objects.set('lease', { ...lease, metadata: { name: 'lease', resourceVersion: '77' } });
    await clock.advance(20_000);
    expect(a.reigns).toEqual(['0-']);
    a.stop.abort();
    expect(await a.ended).toBe('ended');
    expect(spec(api)).toMatchObject({ holderIdentity: '' });
  });

  it.each([
    ['comes back', async () => undefined, undefined],
    ['throws', async () => Promise.reject(new Error('a bug')), 'a bug'],
  ])('gives the lease back when the lead %s by itself', async (_how, lead, message) => {
    const api = new MemoryApi();
    const clock = new ManualClock();
    const election = createElection({ ...lease, identity: 'a' }, { api, clock, random: () => 0 });
    const run = election.run(new AbortController().signal, lead);
    if (message === undefined) await expect(run).resolves.toBeUndefined();
    else await expect(run).rejects.toThrow(message);
    expect(spec(api)).toMatchObject({ holderIdentity: '' });
  });

  it('refuses times that cannot hold', () => {
    const deps = { api: new MemoryApi(), clock: new ManualClock(), random: () => 0 };
    const options = { ...lease, identity: 'a' };
    for (const times of [{ leaseMs: 10_000 }, { retryMs: 9_000 }, { leaseMs: 500, renewMs: 400, retryMs: 100 }]) {
      expect(thrownBy(() => createElection({ ...options, ...times }, deps))).toMatchObject({ code: 'usage' });
    }
  });
});
