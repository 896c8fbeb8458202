import { getEventListeners } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { createMaestroClient } from '../../../src/library/maestro-client.ts';
import { MaestroError } from '../../../src/errors.ts';
import type { Clock } from '../../../src/clock.ts';
import { stateOf, type WorkChange } from '../../../src/operations/watch/work-change.ts';
import type { WatchState } from '../../../src/operations/watch/watch-works.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { Relay } from './relay.ts';

const opened: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** Injected time runs so many times faster than the machine's, so that 30 s of silence do not take 30 s. */
const speed = 50;

/** Counts what sleeps, so that a timer left behind is seen. */
class FastClock implements Clock {
  sleeping = 0;

  wallMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now() * speed;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.sleeping += 1;
    try {
      await new Promise<void>((resolve, reject) => {
        const abort = (): void => {
          clearTimeout(timer);
          reject(signal.reason as Error);
        };
        const timer = setTimeout(
          () => {
            signal.removeEventListener('abort', abort);
            resolve();
          },
          Math.max(0, ms) / speed,
        );
        signal.addEventListener('abort', abort, { once: true });
      });
    } finally {
      this.sleeping -= 1;
    }
  }
}

type Outage = 'refused' | 'reset' | 'half-open' | 'restarted';
const outages: readonly Outage[] = ['refused', 'reset', 'half-open', 'restarted'];

function work(
  name: string,
  value: string,
): Parameters<ReturnType<Awaited<ReturnType<typeof createMaestroClient>>['works']>['apply']>[0] {
  return {
    name,
    labels: {},
    annotations: {},
    manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { value } }],
    manifestConfigs: [],
  };
}

it('sees the final state of every work although the stream is cut 50 times at random while statuses change, and leaves nothing behind', async () => {
  const dataFile = join(mkdtempSync(join(tmpdir(), 'maestro-cli-outages-')), 'works.sqlite');
  const start = async (ports: { httpPort?: number; grpcPort?: number }): Promise<StandIn> =>
    startStandIn({
      consumers: ['c1'],
      heartbeatMs: 10_000 / speed,
      dataFile,
      agent: { delayMs: 1, availableDelayMs: 1 },
      ...ports,
    });
  let standIn = await start({});
  opened.push({ close: () => standIn.close() });
  const ports = {
    httpPort: Number(new URL(standIn.httpEndpoint).port),
    grpcPort: Number(standIn.grpcEndpoint.split(':')[1]),
  };
  const relay = await Relay.open(ports.grpcPort);
  opened.push(relay);
  const settings = { httpEndpoint: standIn.httpEndpoint, source: 'watcher' };
  const writing = await createMaestroClient({ ...settings, grpcEndpoint: `grpc://${standIn.grpcEndpoint}` });
  opened.push(writing);
  const names = Array.from({ length: 12 }, (_unused, index) => `w${index}`);
  for (const name of names) await writing.works('c1').apply(work(name, '0'));
  const resourcesBefore = openResources();

  const clock = new FastClock();
  const client = await createMaestroClient({
    ...settings,
    grpcEndpoint: `grpc://127.0.0.1:${relay.port}`,
    clock,
    random: () => 0,
  });
  let current: WatchState = 'connecting';
  let outagesSeen = 0;
  const onState = (state: WatchState): void => {
    current = state;
    if (state === 'waiting') outagesSeen += 1;
  };
  const abort = new AbortController();
  const latest = new Map<string, WorkChange>();
  const watching = (async () => {
    for await (const change of client.watch({ signal: abort.signal, onState })) latest.set(change.name, change);
  })();

  const last = new Map<string, number>();
  const write = async (index: number, value: string): Promise<void> => {
    const name = names[index] ?? 'w0';
    const { version } = await writing.works('c1').apply(work(name, value), { timeoutMs: 10_000 });
    last.set(name, version);
  };
  const kinds = fc.sample(fc.constantFrom(...outages), { numRuns: 46, seed: 11 });
  const times = new Map<Outage, number>(outages.map((outage) => [outage, 0]));
  for (const [round, outage] of [...outages, ...kinds].entries()) {
    await expect.poll(() => current, { interval: 5, timeout: 20_000 }).toBe('live');
    times.set(outage, (times.get(outage) ?? 0) + 1);
    const before = outagesSeen;
    const cutAtMs = clock.monotonicMs();
    if (outage === 'refused') await relay.refuse();
    else if (outage === 'reset') relay.reset();
    else if (outage === 'half-open') relay.swallow();
    else {
      await standIn.close();
      standIn = await start(ports);
    }
    // A status that changes while nobody hears.
    const writes = write(round % names.length, `cut ${round}`);
    // Where one of the expectations below fails first, nobody waits for it any more.
    writes.catch(() => undefined);
    await expect.poll(() => outagesSeen, { interval: 2, timeout: 20_000 }).toBeGreaterThan(before);
    // 30 s of silence, and what a busy machine's timers are late by.
    expect(clock.monotonicMs() - cutAtMs, outage).toBeLessThan(30_000 + 250 * speed);
    await relay.heal();
    await writes;
  }
  const isFinal = (name: string): boolean => {
    const change = latest.get(name);
    return change !== undefined && change.version === (last.get(name) ?? 1) && stateOf(change).kind === 'available';
  };
  await expect.poll(() => names.filter((name) => !isFinal(name)), { timeout: 20_000 }).toEqual([]);
  expect(outagesSeen).toBeGreaterThanOrEqual(50);
  for (const [outage, count] of times) expect(count, outage).toBeGreaterThan(5);

  abort.abort(new MaestroError('interrupted', 'seen enough'));
  await expect(watching).rejects.toThrow('seen enough');
  await expect.poll(() => standIn.subscriptions()).toBe(0);
  expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  await client.close();
  expect(clock.sleeping).toBe(0);
  await expect.poll(() => openResources(), { timeout: 10_000 }).toBeLessThanOrEqual(resourcesBefore);
}, 180_000);

/** Sockets that this process holds; what sleeps is counted by the clock. */
function openResources(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap' || kind === 'TCPConnectWrap')
    .length;
}
