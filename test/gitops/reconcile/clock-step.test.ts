import { expect, test } from 'vitest';
import { setTimeout as pause } from 'node:timers/promises';
import type { BundleFilter, CallOptions, ListQuery } from '../../../src/clients/index.ts';
import { steadyClock, systemClock, type Clock } from '../../../src/clock.ts';
import { MaestroError } from '../../../src/errors.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { until } from '../../support/process.ts';
import { application, control, startWorld } from './text-world.ts';

const hourMs = 3_600_000;

/** Time that passes twenty times as fast, on a machine whose wall clock can be set. */
function steppingClock(): Clock & { step(ms: number): void } {
  const times = 20;
  let steppedMs = 0;
  return {
    wallMs: () => systemClock.wallMs() + steppedMs,
    monotonicMs: () => systemClock.monotonicMs() * times,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
    step: (ms) => void (steppedMs += ms),
  };
}

test.each([{ hours: 1 }, { hours: -1 }])(
  'a step of the wall clock by $hours h tells nothing of applications whose clusters are well',
  { timeout: 60_000 },
  async ({ hours }) => {
    const world = await startWorld();
    const names = ['one', 'other'];
    for (const name of names) world.hub.put(application(name));
    const clock = steppingClock();
    const { conditions, health, failure } = await control(world, clock, '--stale-after=10m');
    await until('both are shown', () => names.every((name) => health(name) === 'Healthy'), 15_000);
    const versions = names.map((name) => world.hub.versionOf(`argocd/${name}`));
    clock.step(hours * hourMs);
    // Two looks at what time has brought, which come every 15 s.
    await pause((2 * 15_000) / 20 + 200);
    expect(names.flatMap(conditions)).toEqual([]);
    expect(names.map((name) => world.hub.versionOf(`argocd/${name}`))).toEqual(versions);
    expect(failure()).toBeUndefined();
  },
);

test(
  'a cluster that is silent is told of after its time, whatever the wall clock does meanwhile',
  { timeout: 60_000 },
  async () => {
    const world = await startWorld();
    world.hub.put(application('quiet'));
    const clock = steppingClock();
    const { conditions, health } = await control(world, clock, '--stale-after=1m');
    await until('it is shown', () => health('quiet') === 'Healthy', 15_000);
    world.standIn.setAgent('c1', { online: false });
    clock.step(-hourMs);
    await until('the silence is told', () => conditions('quiet').length === 1, 15_000);
    expect(conditions('quiet')[0]).toContain('cluster c1');
  },
);

test(
  'what changed while the stream was down is asked for by the time as it is now, also when the clock was ahead at the start',
  { timeout: 60_000 },
  async () => {
    const world = await startWorld();
    const clock = steppingClock();
    clock.step(hourMs);
    const searches: BundleFilter[] = [];
    const reader = new Proxy(world.maestro.reader, {
      get: (target, name) =>
        name === 'listBundles'
          ? (query: ListQuery, options: CallOptions) => {
              searches.push(query.where ?? {});
              return target.listBundles(query, options);
            }
          : (Reflect.get(target, name) as unknown),
    });
    const streams = new AbortController();
    const subscriber = new Proxy(world.maestro.subscriber, {
      get: (target, name) =>
        name === 'subscribe'
          ? (of: { readonly source: string }, options: CallOptions) =>
              target.subscribe(of, {
                ...options,
                signal: streams.signal.aborted ? options.signal : AbortSignal.any([options.signal, streams.signal]),
              })
          : (Reflect.get(target, name) as unknown),
    });
    const { ready } = await control({ ...world, maestro: { ...world.maestro, reader, subscriber } }, clock);
    await until('all is read', ready, 15_000);
    clock.step(-hourMs);
    searches.length = 0;
    streams.abort(new MaestroError('unavailable', 'the stream broke', { transient: true }));
    const asked = (): string => searches.find(({ updatedAfter }) => updatedAfter !== undefined)?.updatedAfter ?? '';
    await until('what changed is asked for', () => asked() !== '', 15_000);
    expect(Date.parse(asked())).toBeLessThan(clock.wallMs());
  },
);

test('a steady clock tells the time of the machine as it was, and as long later as has passed', async () => {
  const machine = new ManualClock('2026-01-01T00:00:00Z');
  let steppedMs = 0;
  const steady = steadyClock({
    wallMs: () => machine.wallMs() + steppedMs,
    monotonicMs: () => machine.monotonicMs(),
    sleep: (ms, signal) => machine.sleep(ms, signal),
  });
  steppedMs = hourMs;
  await machine.advance(1_500);
  expect(new Date(steady.wallMs()).toISOString()).toBe('2026-01-01T00:00:01.500Z');
});
