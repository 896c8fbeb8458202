import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createMaestroClient } from '../../src/library/maestro-client.ts';
import { startStandIn } from '../../src/standin/index.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** Passes connections on and counts them. */
async function counting(
  port: number,
): Promise<{ readonly port: number; readonly made: () => number; readonly open: () => number }> {
  const sockets = new Set<Socket>();
  let made = 0;
  const server: Server = createServer((near) => {
    made += 1;
    sockets.add(near);
    const far = connect(port, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.on('close', () => {
      sockets.delete(near);
      far.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(server);
  return { port: (server.address() as AddressInfo).port, made: () => made, open: () => sockets.size };
}

describe('a client', () => {
  it('writes and listens over one gRPC connection, and leaves none behind', async () => {
    const consumers = Array.from({ length: 20 }, (_unused, at) => `c${at}`);
    const standIn = await startStandIn({ consumers, agent: { delayMs: 1, availableDelayMs: 1 } });
    opened.push(standIn);
    const relay = await counting(Number(standIn.grpcEndpoint.split(':').at(-1)));
    const client = await createMaestroClient({
      grpcEndpoint: `grpc://127.0.0.1:${relay.port}`,
      httpEndpoint: standIn.httpEndpoint,
      source: 'one',
    });
    opened.push(client);
    const seen = new Set<string>();
    const watched = (async () => {
      for await (const { consumer } of client.watch({ condition: 'Available' })) {
        seen.add(consumer);
        if (seen.size === consumers.length) return;
      }
    })();
    const work = {
      name: 'w',
      labels: {},
      annotations: {},
      manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'default' } }],
      manifestConfigs: [],
    };
    await Promise.all(consumers.map((consumer) => client.works(consumer).apply(work)));
    await watched;
    expect([relay.made(), relay.open()]).toEqual([1, 1]);
    await client.close();
    await expect.poll(() => relay.open()).toBe(0);
    await expect(client.works('c0').apply({ ...work, name: 'late' })).rejects.toThrow();
    expect(relay.made()).toBe(1);
  });
});
