import { afterEach, describe, expect, it } from 'vitest';
import { connectMaestro } from '../../../src/clients/connect.ts';
import type { StatusEvent, StatusSubscriber, SubscriptionItem, WorkReader } from '../../../src/clients/index.ts';
import { parseLabelSelector } from '../../../src/core/label-selector.ts';
import { createMaestroClient, type MaestroClient } from '../../../src/library/maestro-client.ts';
import { settingsOf } from '../../../src/library/options.ts';
import { MaestroError } from '../../../src/errors.ts';
import { systemClock } from '../../../src/clock.ts';
import { stateOf, type WorkChange } from '../../../src/operations/watch/work-change.ts';
import { watchWorks, type WatchState } from '../../../src/operations/watch/watch-works.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { ManualClock } from '../../support/fake-clock.ts';

const opened: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function world(consumers: readonly string[]): Promise<{ standIn: StandIn; client: MaestroClient }> {
  const standIn = await startStandIn({
    consumers,
    heartbeatMs: 50,
    agent: { delayMs: 1, availableDelayMs: 1, deleteDelayMs: 1 },
  });
  opened.push(standIn);
  const client = await createMaestroClient({
    grpcEndpoint: `grpc://${standIn.grpcEndpoint}`,
    httpEndpoint: standIn.httpEndpoint,
    source: 'watcher',
  });
  opened.push(client);
  return { standIn, client };
}

function work(
  name: string,
  value: string,
  namespace = 'default',
): Parameters<ReturnType<MaestroClient['works']>['apply']>[0] {
  return {
    name,
    labels: { app: name },
    annotations: {},
    manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { value } }],
    manifestConfigs: [],
  };
}

const reportOf = (name: string, sequence: number): StatusEvent => ({
  kind: 'status',
  id: name,
  consumer: 'c1',
  version: 1,
  sequenceId: String(sequence),
  statusHash: '',
  time: '2026-11-22T11:00:00Z',
  metadata: { name, labels: { app: name } },
  status: { observedVersion: 1, sequenceId: String(sequence), conditions: [], resourceStatus: [] },
  data: { manifestBundle: { manifests: [] } },
});

/** Collects the latest change of each work until a condition holds. */
async function collect(
  changes: AsyncIterable<WorkChange>,
  until: (latest: ReadonlyMap<string, WorkChange>) => boolean,
): Promise<Map<string, WorkChange>> {
  const latest = new Map<string, WorkChange>();
  for await (const change of changes) {
    latest.set(change.name, change);
    if (until(latest)) break;
  }
  return latest;
}

describe('watching a source', () => {
  it('shows what is there, then each change, then the deletion', async () => {
    const { client } = await world(['c1']);
    await client.works('c1').apply(work('one', '1'), { wait: 'Available' });
    const seen: string[] = [];
    const abort = new AbortController();
    await expect(async () => {
      for await (const change of client.watch({ signal: abort.signal })) {
        seen.push(
          `${change.kind} ${change.name} v${change.version} ${change.kind === 'status' ? stateOf(change).kind : ''}`.trim(),
        );
        if (change.kind === 'status' && change.version === 1) await client.works('c1').apply(work('one', '2'));
        if (change.kind === 'status' && change.version === 2 && stateOf(change).kind === 'available')
          await client.works('c1').delete('one');
        if (change.kind === 'deleted') abort.abort(new MaestroError('interrupted', 'seen enough'));
      }
    }).rejects.toThrow('seen enough');
    expect(seen[0]).toBe('status one v1 available');
    expect(seen).toContain('status one v2 available');
    expect(seen.at(-1)).toBe('deleted one v2');
  });

  it('keeps to a consumer, to labels and to what is accepted', async () => {
    const { client } = await world(['c1', 'c2']);
    for (const consumer of ['c1', 'c2']) {
      for (const name of ['red', 'blue']) await client.works(consumer).apply(work(name, '1'), { wait: 'Available' });
    }
    const first = async (options: Parameters<MaestroClient['watch']>[0]): Promise<string[]> => {
      const found: string[] = [];
      for await (const change of client.watch(options)) {
        found.push(`${change.consumer}/${change.name}`);
        if (found.length === 2) break;
      }
      return found.sort();
    };
    expect(await first({ consumer: 'c2' })).toEqual(['c2/blue', 'c2/red']);
    expect(await first({ selector: 'app=red' })).toEqual(['c1/red', 'c2/red']);
    expect(await first({ accept: ({ name }) => name === 'blue' })).toEqual(['c1/blue', 'c2/blue']);
  });

  it('leaves no stream behind when the reader stops', async () => {
    const { standIn, client } = await world(['c1']);
    await client.works('c1').apply(work('one', '1'));
    for (let round = 0; round < 5; round += 1) {
      for await (const _change of client.watch()) break;
    }
    await expect.poll(() => standIn.subscriptions()).toBe(0);
  });
});

describe('a watch of labels', () => {
  it('asks for no work of other labels by its id, however often its stream breaks', async () => {
    const clock = new ManualClock();
    let streams = 0;
    const subscriber: StatusSubscriber = {
      subscribe: async function* (_query, { signal }): AsyncGenerator<SubscriptionItem> {
        streams += 1;
        yield { kind: 'ready', subscriptionId: String(streams) };
        yield reportOf('red', streams);
        yield reportOf('blue', streams);
        await clock.sleep(5_000, signal);
        throw new MaestroError('unavailable', 'cut', { transient: true });
      },
      close: () => undefined,
    };
    const asked = new Set<string>();
    const reader = {
      listBundles: async function* () {
        /* The works were made since. */
      },
      getBundles: async function* (ids: readonly string[]) {
        for (const id of ids) asked.add(id);
        yield [];
      },
    } as unknown as WorkReader;
    const abort = new AbortController();
    const watching = collect(
      watchWorks(
        { source: 's', labels: parseLabelSelector('app=red') },
        { subscriber, reader, clock, random: () => 0.5 },
        { signal: abort.signal },
      ),
      () => false,
    );
    await clock.advance(20_000);
    expect(streams).toBeGreaterThan(2);
    abort.abort(new MaestroError('interrupted', 'enough'));
    await expect(watching).rejects.toThrow('enough');
    expect([...asked]).toEqual(['red']);
  });
});

describe('a stream that falls silent', () => {
  it('is noticed after 30 s without a heartbeat, and opened again', async () => {
    const clock = new ManualClock();
    let streams = 0;
    const subscriber: StatusSubscriber = {
      subscribe: async function* (_query, { signal }): AsyncGenerator<SubscriptionItem> {
        streams += 1;
        yield { kind: 'ready', subscriptionId: String(streams) };
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      },
      close: () => undefined,
    };
    const reader = {
      listBundles: async function* () {
        /* no works */
      },
    } as unknown as WorkReader;
    const states: string[] = [];
    const abort = new AbortController();
    const onState = (state: WatchState, error?: MaestroError): void =>
      void states.push(error === undefined ? state : `${state}: ${error.message}`);
    const watching = collect(
      watchWorks({ source: 's' }, { subscriber, reader, clock, random: () => 0.5, onState }, { signal: abort.signal }),
      () => false,
    );
    await expect.poll(() => states.includes('live')).toBe(true);
    await clock.advance(29_000);
    expect(streams).toBe(1);
    await clock.advance(1_001);
    await expect.poll(() => states.some((state) => state.startsWith('waiting: nothing was heard'))).toBe(true);
    await clock.advance(1_000);
    await expect.poll(() => streams).toBe(2);
    abort.abort(new MaestroError('interrupted', 'enough'));
    await expect(watching).rejects.toThrow('enough');
  });

  it('ends the watch when there is no right to subscribe', async () => {
    const standIn = await startStandIn({ consumers: ['c1'] });
    opened.push(standIn);
    const settings = settingsOf({
      grpcEndpoint: `grpc://${standIn.grpcEndpoint}`,
      httpEndpoint: standIn.httpEndpoint,
      source: 's',
    });
    const maestro = await connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
    opened.push(maestro);
    const denied: StatusSubscriber = {
      // eslint-disable-next-line require-yield -- it fails before it has anything to give
      subscribe: async function* () {
        throw new MaestroError('access-denied', 'the source may not subscribe', { reason: 'Unauthorized' });
      },
      close: () => undefined,
    };
    const changes = watchWorks(
      { source: 's' },
      { subscriber: denied, reader: maestro.reader, clock: systemClock, random: () => 0.5 },
      { signal: new AbortController().signal },
    );
    await expect(collect(changes, () => false)).rejects.toMatchObject({ code: 'access-denied' });
  });
});
