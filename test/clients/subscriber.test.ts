import { once } from 'node:events';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { createChannelSource } from '../../src/clients/grpc/channel.ts';
import { createStatusSubscriber } from '../../src/clients/index.ts';
import type { StatusSubscriber, SubscriptionItem } from '../../src/clients/index.ts';
import type { WireEvent } from '../../src/clients/grpc/event-codec.ts';
import { systemClock } from '../../src/clock.ts';
import { failureOf } from './support/failure.ts';
import { startGrpcServer } from './support/grpc-server.ts';
import type { TestServerOptions } from './support/grpc-server.ts';
import { recordedSteps } from './support/recordings.ts';
import { settingsFor } from './support/settings.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The recorded stream, as protobuf events. */
const recorded: WireEvent[] = recordedSteps('lifecycle')
  .flatMap((step) => step.response_stream ?? [])
  .map(
    ({
      event: { data, data_encoding: _encoding, ...event },
    }: {
      event: { data?: unknown; data_encoding?: string };
    }) => ({
      ...event,
      ...(data === undefined ? {} : { binary_data: Buffer.from(JSON.stringify(data)) }),
    }),
  );

async function subscriberOf(
  subscribe: TestServerOptions['subscribe'],
): Promise<{ subscriber: StatusSubscriber; port: number }> {
  const server = await startGrpcServer(subscribe === undefined ? {} : { subscribe });
  cleanups.push(() => server.close());
  return { subscriber: subscriberAt(server.port), port: server.port };
}

function subscriberAt(port: number): StatusSubscriber {
  const settings = settingsFor({ grpcEndpoint: { host: '127.0.0.1', port, plaintext: true } });
  const subscriber = createStatusSubscriber(settings, { channels: createChannelSource(settings, systemClock) });
  cleanups.push(() => subscriber.close());
  return subscriber;
}

function ready(call: { sendMetadata(metadata: grpc.Metadata): void }): void {
  const metadata = new grpc.Metadata();
  metadata.set('subscription-id', 'sub-1');
  call.sendMetadata(metadata);
}

async function collect(items: AsyncIterable<SubscriptionItem>): Promise<SubscriptionItem[]> {
  const all: SubscriptionItem[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const signal = new AbortController().signal;

describe('subscribe', () => {
  it('is ready first and then gives the recorded events', async () => {
    const { subscriber } = await subscriberOf((call) => {
      expect(call.request).toMatchObject({
        source: 'maestro-cli',
        cluster_name: '',
        data_type: 'io.open-cluster-management.works.v1alpha1.manifestbundles',
      });
      ready(call);
      recorded.forEach((event) => call.write(event));
      call.end();
    });
    const items = await collect(subscriber.subscribe({ source: 'maestro-cli' }, { signal }));
    expect(items[0]).toEqual({ kind: 'ready', subscriptionId: 'sub-1' });
    expect(items.slice(1)).toHaveLength(recorded.length);
    expect(items.filter((item) => item.kind === 'heartbeat').length).toBeGreaterThan(0);
    const reports = items.filter((item) => item.kind === 'status');
    expect(reports[0]).toMatchObject({
      id: 'd421bef2-489a-54c9-8634-d2a64c083c1e',
      consumer: 'cluster1',
      version: 1,
      sequenceId: '2124457496285286400',
      time: '2026-11-22T10:58:32.283859639Z',
      metadata: { name: 'hyperfleet-cluster1-demo' },
      status: { observedVersion: 1, conditions: [{ type: 'Applied', status: 'True', observedGeneration: 1 }] },
    });
    expect(reports.at(-1)?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Deleted', status: 'True' }),
    );
  });

  it('closes the stream on the server when the loop is left', async () => {
    const closed = Promise.withResolvers<void>();
    const { subscriber } = await subscriberOf((call) => {
      call.on('cancelled', () => closed.resolve());
      ready(call);
    });
    for await (const item of subscriber.subscribe({ source: 's' }, { signal })) {
      expect(item.kind).toBe('ready');
      break;
    }
    await closed.promise;
  });

  it('rejects with the reason of the signal', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const { subscriber } = await subscriberOf(ready);
    const items = subscriber.subscribe({ source: 's' }, { signal: abort.signal })[Symbol.asyncIterator]();
    await items.next();
    abort.abort(reason);
    await expect(items.next()).rejects.toBe(reason);
  });

  it('receives events of far more than the 4 MiB that gRPC takes by default', async () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'large' },
      data: { large: 'x'.repeat(12 * 1024 * 1024) },
    };
    const [event] = recorded.filter(({ binary_data: data }) => data !== undefined);
    const { subscriber } = await subscriberOf((call) => {
      ready(call);
      call.write({ ...event, binary_data: Buffer.from(JSON.stringify({ manifestBundle: { manifests: [manifest] } })) });
      call.end();
    });
    const items = await collect(subscriber.subscribe({ source: 's' }, { signal }));
    expect(items.map((item) => (item.kind === 'status' ? item.data : item.kind))).toEqual([
      'ready',
      { manifestBundle: { manifests: [manifest] } },
    ]);
  });

  it.each([
    [
      'nested too deeply',
      `{"conditions":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
      'is nested more than 503 levels deep',
    ],
    ['no JSON', '{"conditions":', 'is no JSON'],
  ])('tells a report that is %s by its work, and goes on', async (_what, data, problem) => {
    const [event] = recorded.filter(({ binary_data: payload }) => payload !== undefined);
    const { subscriber } = await subscriberOf((call) => {
      ready(call);
      call.write({ ...event, id: 'e1', binary_data: Buffer.from(data) });
      if (event !== undefined) call.write(event);
      call.end();
    });
    const items = await collect(subscriber.subscribe({ source: 's' }, { signal }));
    expect(items.map(({ kind }) => kind)).toEqual(['ready', 'unreadable', 'status']);
    expect(items[1]).toMatchObject({
      id: 'd421bef2-489a-54c9-8634-d2a64c083c1e',
      consumer: 'cluster1',
      version: 1,
      error: { message: `the status event e1 of the work d421bef2-489a-54c9-8634-d2a64c083c1e on cluster1 ${problem}` },
    });
  });

  it('lets the server send more than four events before it hears that they were read', async () => {
    const server = createHttp2Server().listen(0, '127.0.0.1');
    cleanups.push(() => void server.close());
    await once(server, 'listening');
    const abort = new AbortController();
    const subscribing = collect(
      subscriberAt((server.address() as AddressInfo).port).subscribe({ source: 's' }, { signal: abort.signal }),
    );
    const [{ session }] = (await once(server, 'stream')) as [ServerHttp2Stream];
    expect([session?.remoteSettings.initialWindowSize, session?.state.remoteWindowSize]).toEqual([2 ** 20, 2 ** 20]);
    abort.abort(new Error('enough'));
    await expect(subscribing).rejects.toThrow('enough');
    session?.destroy();
  });

  it('tells a refusal', async () => {
    const { subscriber } = await subscriberOf((call) => {
      call.emit('error', { code: grpc.status.UNKNOWN, details: 'unauthorized to subscribe the event from source s' });
    });
    const error = await failureOf(collect(subscriber.subscribe({ source: 's' }, { signal })));
    expect(error).toMatchObject({ code: 'access-denied', reason: 'Unauthorized' });
    expect(error.commandHint).toContain('"sub"');
  });

  it('tells a lost connection', async () => {
    const { port } = await subscriberOf(ready);
    const sockets: Socket[] = [];
    const relay = createServer((socket) => {
      const upstream = connect(port, '127.0.0.1');
      sockets.push(socket, upstream);
      for (const end of [socket, upstream]) end.on('error', () => undefined);
      socket.pipe(upstream).pipe(socket);
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => relay.close());
    const items = subscriberAt((relay.address() as AddressInfo).port)
      .subscribe({ source: 's' }, { signal })
      [Symbol.asyncIterator]();
    expect(await items.next()).toMatchObject({ value: { kind: 'ready' } });
    sockets.forEach((socket) => socket.destroy());
    expect(await failureOf(items.next())).toMatchObject({ code: 'unavailable', transient: true });
  });

  it('tells a closed port', async () => {
    expect(await failureOf(collect(subscriberAt(1).subscribe({ source: 's' }, { signal })))).toMatchObject({
      code: 'unavailable',
      delivery: 'not-sent',
      transient: true,
    });
  });
});
