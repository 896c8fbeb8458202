import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectMaestro } from '../../src/clients/connect.ts';
import { createChannelSource } from '../../src/clients/grpc/channel.ts';
import { createWorkWriter } from '../../src/clients/index.ts';
import type { CallOptions, WorkRequest } from '../../src/clients/index.ts';
import { systemClock } from '../../src/clock.ts';
import { startGrpcServer } from './support/grpc-server.ts';
import { settingsFor, within } from './support/settings.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const trace = { traceId, spanId: '00f067aa0ba902b7', traceFlags: '01', traceState: 'rojo=1' };
const request: WorkRequest = {
  kind: 'delete',
  target: { id: 'd421bef2-489a-54c9-8634-d2a64c083c1e', consumer: 'cluster1', source: 'maestro-cli' },
  workName: 'demo',
  version: 2,
};

/** Both sides of a Maestro that keeps what came with each call. */
async function maestro(): Promise<{
  readonly connected: Awaited<ReturnType<typeof connectMaestro>>;
  readonly grpc: Awaited<ReturnType<typeof startGrpcServer>>;
  readonly headers: IncomingHttpHeaders[];
}> {
  const headers: IncomingHttpHeaders[] = [];
  const rest = createServer((asked, answer) => {
    headers.push(asked.headers);
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ kind: 'ConsumerList', page: 1, size: 0, total: 0, items: [] }));
  });
  await new Promise<void>((resolve) => rest.listen(0, '127.0.0.1', resolve));
  const grpc = await startGrpcServer();
  const connected = await connectMaestro(
    settingsFor({
      grpcEndpoint: { host: '127.0.0.1', port: grpc.port, plaintext: true },
      httpEndpoint: `http://127.0.0.1:${(rest.address() as AddressInfo).port}`,
    }),
    { clock: systemClock, random: () => 0.5 },
  );
  cleanups.push(
    () => rest.close(),
    () => grpc.close(),
    () => connected.close(),
  );
  return { connected, grpc, headers };
}

async function callAll(
  { connected }: Awaited<ReturnType<typeof maestro>>,
  own: Pick<CallOptions, 'trace'>,
): Promise<void> {
  await connected.reader.findConsumer('c1', { ...within(5_000), ...own });
  await connected.writer.publish(request, { ...within(5_000), ...own });
  const { signal } = within(5_000);
  for await (const item of connected.subscriber.subscribe({ source: 's' }, { signal, ...own })) void item;
}

describe('a call that belongs to a trace', () => {
  it('carries it in the header of REST, where Maestro takes the id for its log too', async () => {
    const server = await maestro();
    await callAll(server, { trace });
    expect(server.headers).toMatchObject([{ traceparent, tracestate: 'rojo=1', 'x-operation-id': traceId }]);
  });

  it('carries it in the metadata of Publish and Subscribe', async () => {
    const server = await maestro();
    await callAll(server, { trace });
    expect(server.grpc.metadata.map((metadata) => metadata.getMap())).toMatchObject([
      { traceparent, tracestate: 'rojo=1' },
      { traceparent, tracestate: 'rojo=1' },
    ]);
  });

  it('carries it in the metadata of a Publish by grpc-js too', async () => {
    const server = await startGrpcServer();
    const settings = settingsFor({ grpcEndpoint: { host: '127.0.0.1', port: server.port, plaintext: true } });
    const channels = createChannelSource(settings, systemClock);
    cleanups.push(
      () => server.close(),
      () => channels.close(),
    );
    await createWorkWriter(settings, { clock: systemClock, channels }).publish(request, { ...within(5_000), trace });
    expect(server.metadata[0]?.getMap()).toMatchObject({ traceparent, tracestate: 'rojo=1' });
  });

  it("carries it in the event: CloudEvents' extension, and what Open Cluster Management logs", async () => {
    const server = await maestro();
    await callAll(server, { trace });
    const attributes = server.grpc.requests[0]?.event?.attributes;
    expect(attributes?.['ce-traceparent']).toMatchObject({ ce_string: traceparent });
    expect(attributes?.['ce-tracestate']).toMatchObject({ ce_string: 'rojo=1' });
    expect(JSON.parse(attributes?.['ce-logtracing']?.ce_string ?? '')).toEqual({
      'logging.open-cluster-management.io/op-id': traceId,
    });
  });
});

it('a call without a trace carries none', async () => {
  const server = await maestro();
  await callAll(server, {});
  const carried = [
    ...server.headers.flatMap((headers) => Object.keys(headers)),
    ...server.grpc.metadata.flatMap((metadata) => Object.keys(metadata.getMap())),
    ...Object.keys(server.grpc.requests[0]?.event?.attributes ?? {}),
  ];
  expect(carried.length).toBeGreaterThan(10);
  expect(carried.filter((name) => /trace|operation/.test(name))).toEqual([]);
});
