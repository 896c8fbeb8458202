import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startHealthServers, type HealthAnswers, type HealthServers } from '../../../src/gitops/run/health-server.ts';

const any = { host: '127.0.0.1', port: 0 };
let servers: HealthServers | undefined;
afterEach(async () => {
  await servers?.close();
  servers = undefined;
});

const answers = (change: Partial<HealthAnswers> = {}): HealthAnswers => ({
  stuck: () => [],
  missing: () => [],
  metrics: { render: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'up 1\n' }) },
  ...change,
});
const get = async (
  port: number | undefined,
  path: string,
  method = 'GET',
): Promise<{ status: number; text: string; type: string | null }> => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
};

describe('health servers', () => {
  it('serve probes on one port and metrics on the other', async () => {
    servers = await startHealthServers({ healthAddress: any, metricsAddress: any }, answers());
    expect(await get(servers.healthPort, '/livez')).toMatchObject({ status: 200, text: 'alive\n' });
    expect(await get(servers.healthPort, '/readyz?verbose')).toMatchObject({ status: 200, text: 'ready\n' });
    expect(await get(servers.healthPort, '/metrics')).toMatchObject({ status: 404 });
    expect(await get(servers.metricsPort, '/metrics')).toMatchObject({
      status: 200,
      text: 'up 1\n',
      type: 'text/plain; version=0.0.4; charset=utf-8',
    });
    expect(await get(servers.metricsPort, '/__proto__')).toMatchObject({ status: 404 });
    expect(await get(servers.healthPort, '/livez', 'POST')).toMatchObject({ status: 405 });
    expect(await get(servers.healthPort, '/livez', 'HEAD')).toMatchObject({ status: 200, text: '' });
  });

  it('answer again soon after silent connections have taken every place', async () => {
    servers = await startHealthServers({ healthAddress: any }, answers());
    const { healthPort = 0 } = servers;
    const silent = Array.from({ length: 70 }, () => connect(healthPort, '127.0.0.1').on('error', () => undefined));
    try {
      await Promise.all(silent.slice(0, 64).map((socket) => once(socket, 'connect')));
      await expect
        .poll(
          () =>
            get(healthPort, '/livez').then(
              ({ status }) => status,
              () => 0,
            ),
          { timeout: 10_000 },
        )
        .toBe(200);
      expect(await get(healthPort, '/livez')).toMatchObject({ status: 200 });
    } finally {
      for (const socket of silent) socket.destroy();
    }
  });

  it('answer 503 with what is wrong', async () => {
    servers = await startHealthServers(
      { healthAddress: any },
      answers({ stuck: () => ['a', 'b'], missing: () => ['c'] }),
    );
    expect(servers.metricsPort).toBeUndefined();
    expect(await get(servers.healthPort, '/livez')).toMatchObject({ status: 503, text: 'not alive\n- a\n- b\n' });
    expect(await get(servers.healthPort, '/readyz')).toMatchObject({ status: 503, text: 'not ready\n- c\n' });
  });

  it('answer 500 when metrics cannot be made, and go on', async () => {
    let times = 0;
    servers = await startHealthServers(
      { metricsAddress: any },
      answers({
        metrics: {
          render: async () => {
            times += 1;
            if (times === 1) throw new Error('no');
            return { contentType: 'text/plain', text: 'ok' };
          },
        },
      }),
    );
    expect(await get(servers.metricsPort, '/metrics')).toMatchObject({ status: 500 });
    expect(await get(servers.metricsPort, '/metrics')).toMatchObject({ status: 200, text: 'ok' });
  });

  it('are one when both addresses are', async () => {
    const probe = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
    });
    const address = { host: '127.0.0.1', port: probe };
    servers = await startHealthServers({ healthAddress: address, metricsAddress: address }, answers());
    expect(servers).toMatchObject({ healthPort: probe, metricsPort: probe });
    expect(await get(probe, '/livez')).toMatchObject({ status: 200 });
    expect(await get(probe, '/metrics')).toMatchObject({ status: 200 });
  });

  it('name the flag of an address that is taken, and leave nothing open', async () => {
    servers = await startHealthServers({ healthAddress: any }, answers());
    const taken = { host: '127.0.0.1', port: servers.healthPort ?? 0 };
    await expect(startHealthServers({ healthAddress: any, metricsAddress: taken }, answers())).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^--metrics-address: cannot listen on 127\.0\.0\.1:\d+: /) as string,
    });
  });
});
