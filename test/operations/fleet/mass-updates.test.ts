import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createMaestroClient, type MaestroClient } from '../../../src/library/maestro-client.ts';
import { settingsOf } from '../../../src/library/options.ts';
import { connectMaestro } from '../../../src/clients/connect.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { systemClock } from '../../../src/clock.ts';
import type { WorkWriter } from '../../../src/clients/index.ts';
import { AdaptiveWindow } from '../../../src/operations/fleet/adaptive-window.ts';
import type { FleetTask } from '../../../src/operations/fleet/fleet-task.ts';
import { defaultPublishes, mostUpdates, Places, sparingWriter } from '../../../src/operations/fleet/publish-limits.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const consumers = Array.from({ length: 30 }, (_unused, index) => `c${String(index)}`);

/** With the pool of the real server, in which each statement takes a moment. */
async function startWorld(
  statementMs: number,
): Promise<{ standIn: StandIn; writer: MaestroClient; other: MaestroClient }> {
  const standIn = await startStandIn({
    consumers,
    agent: { online: false },
    database: { connections: 50, statementMs },
  });
  opened.push(standIn);
  const connect = async (source: string): Promise<MaestroClient> => {
    const client = await createMaestroClient({
      grpcEndpoint: `grpc://${standIn.grpcEndpoint}`,
      httpEndpoint: standIn.httpEndpoint,
      source,
    });
    opened.push(client);
    return client;
  };
  return { standIn, writer: await connect('writer'), other: await connect('other') };
}

function* works(value: string): Generator<FleetTask> {
  for (const consumer of consumers) {
    for (let at = 0; at < 100; at += 1) {
      const name = `w${String(at)}`;
      const manifest = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'default' },
        data: { value },
      };
      yield {
        op: 'apply',
        consumer,
        work: { name, labels: {}, annotations: {}, manifests: [manifest], manifestConfigs: [] },
      };
    }
  }
}

/** Milliseconds of the slowest read that another client made meanwhile. */
async function slowestRead(other: MaestroClient, meanwhile: Promise<unknown>): Promise<number> {
  const done = meanwhile.then(
    () => true,
    () => true,
  );
  let slowest = 0;
  for (;;) {
    const startMs = performance.now();
    for await (const consumer of other.consumers({ timeoutMs: 60_000 })) expect(consumer.name).toMatch(/^c/);
    slowest = Math.max(slowest, performance.now() - startMs);
    if (await Promise.race([done, pause(20, false)])) return slowest;
  }
}

describe('3,000 works that are updated at once', { timeout: 240_000 }, () => {
  it('leave other clients their answers within a second', async () => {
    const { writer, other } = await startWorld(1);
    expect(await writer.applyMany(works('1'))).toMatchObject({ created: 3_000, failed: 0 });
    const changed = writer.applyMany(works('2'));
    const slowest = await slowestRead(other, changed);
    expect(await changed).toMatchObject({ updated: 3_000, failed: 0 });
    expect(slowest).toBeLessThan(1_000);
  });

  it('stop everybody when as many have their lock as Maestro has connections, which the limit is there for', async () => {
    // So slow that all 64 hold theirs at once also on a machine that other work takes most of.
    const { standIn, writer, other } = await startWorld(25);
    const some = [...works('1')].slice(0, 64);
    await writer.applyMany(some);
    const bare = await connectMaestro(
      settingsOf({
        grpcEndpoint: `grpc://${standIn.grpcEndpoint}`,
        httpEndpoint: standIn.httpEndpoint,
        source: 'writer',
      }),
      { clock: systemClock, random: Math.random },
    );
    opened.push(bare);
    const { signal } = new AbortController();
    /** All 64 at once, again and again until some have been lost. */
    const flood = async (): Promise<void> => {
      for (let round = 0; round < 50; round += 1) {
        const answers = await Promise.allSettled(
          some.map(async (task) => {
            if (task.op !== 'apply') return;
            const { consumer, work } = task;
            const target = { id: bundleId('writer', consumer, work.name), consumer, source: 'writer' };
            await bare.writer.publish(
              { kind: 'update', target, work, version: 0 },
              { signal, deadlineMs: systemClock.monotonicMs() + 3_000 },
            );
          }),
        );
        if (answers.some(({ status }) => status === 'rejected')) return;
      }
    };
    expect(await slowestRead(other, flood())).toBeGreaterThan(1_000);
  });
});

describe('the limit of publishes', () => {
  it('is 16, of which eight may be updates and deletions', () => {
    expect([defaultPublishes, mostUpdates(defaultPublishes), mostUpdates(1)]).toEqual([16, 8, 1]);
    const window = new AdaptiveWindow(defaultPublishes);
    expect(window.size).toBeLessThanOrEqual(4);
    for (let index = 0; index < 1_000; index += 1) {
      expect(window.tryEnter()).toBe(true);
      window.leave(1, false);
    }
    expect(window.size).toBe(defaultPublishes);
  });

  it('holds updates and deletions back, and no create', async () => {
    const underWay = { create: 0, update: 0, delete: 0 };
    const most = { ...underWay };
    const slow: WorkWriter = {
      publish: async ({ kind }) => {
        underWay[kind] += 1;
        most[kind] = Math.max(most[kind], underWay[kind]);
        await pause(1);
        underWay[kind] -= 1;
      },
      close: () => undefined,
    };
    const writer = sparingWriter(slow, 4);
    const options = { signal: new AbortController().signal, deadlineMs: Infinity };
    const kinds = Array.from(
      { length: 30 },
      (_unused, at) => (['create', 'update', 'delete'] as const)[at % 3] ?? 'create',
    );
    await Promise.all(kinds.map((kind) => writer.publish({ kind } as never, options)));
    expect(most.create).toBe(10);
    expect(most.update + most.delete).toBeGreaterThanOrEqual(2);
    expect(Math.max(most.update, most.delete)).toBeLessThanOrEqual(2);
  });

  it('gives a place that nobody waits for any more to the next one', async () => {
    const places = new Places(1);
    const forever = new AbortController();
    const gone = new AbortController();
    await places.enter(forever.signal);
    const left = places.enter(gone.signal);
    const next = places.enter(forever.signal);
    gone.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    places.leave();
    await expect(next).resolves.toBeUndefined();
    await expect(places.enter(gone.signal)).rejects.toThrow('gone');
  });
});
