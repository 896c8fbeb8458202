import { expect, test } from 'vitest';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConsumerFilter } from '../../../src/clients/index.ts';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { until } from '../../support/process.ts';
import { application, control, startWorld } from './text-world.ts';

const fast: Clock = {
  wallMs: () => systemClock.wallMs(),
  monotonicMs: () => systemClock.monotonicMs() * 20,
  sleep: (ms, signal) => systemClock.sleep(ms / 20, signal),
};

test(
  'missing consumers are asked for a hundred at a time, one question at each beat, and delivered to soon after they come',
  { timeout: 60_000 },
  async () => {
    const clusters = Array.from({ length: 250 }, (_unused, at) => `c${String(at)}`);
    const world = await startWorld(clusters, []);
    const searches: ConsumerFilter[] = [];
    const { reader } = world.maestro;
    const maestro = {
      ...world.maestro,
      reader: {
        ...reader,
        findConsumer: (name: string) => Promise.reject(new Error(`${name} is asked for by itself`)),
        listConsumers: (
          query: Parameters<typeof reader.listConsumers>[0],
          options: Parameters<typeof reader.listConsumers>[1],
        ) => {
          searches.push(query.where ?? {});
          return reader.listConsumers(query, options);
        },
      },
    };
    for (const cluster of clusters) world.hub.put(application(`app-${cluster}`, {}, cluster));
    const { conditions, health } = await control({ ...world, maestro }, fast);
    await until(
      'all wait for their consumer',
      () => clusters.every((cluster) => conditions(`app-${cluster}`).length === 1),
      30_000,
    );
    searches.length = 0;
    await pause(12_000 / 20);
    // A beat of three seconds; one more for the clocks of a busy machine.
    expect(searches.length).toBeGreaterThan(1);
    expect(searches.length).toBeLessThanOrEqual(6);
    for (const { names } of searches) expect(names?.length).toBeLessThanOrEqual(100);
    await reader.createConsumer(
      'c200',
      {},
      { signal: new AbortController().signal, deadlineMs: systemClock.monotonicMs() + 5_000 },
    );
    await until('the one that came is delivered to', () => health('app-c200') === 'Healthy', 15_000);
  },
);
