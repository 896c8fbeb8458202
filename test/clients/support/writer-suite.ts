import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelSource } from '../../../src/clients/grpc/event-calls.ts';
import { createWorkWriter } from '../../../src/clients/index.ts';
import type { ConnectionSettings, WorkRequest, WorkWriter } from '../../../src/clients/index.ts';
import type { ErrorCode, ErrorReason } from '../../../src/errors.ts';
import { systemClock } from '../../../src/clock.ts';
import { createAuthority } from './certificates.ts';
import type { Authority, Issued } from './certificates.ts';
import { failureOf } from './failure.ts';
import { startGrpcServer } from './grpc-server.ts';
import type { TestServer, TestServerOptions } from './grpc-server.ts';
import { startConnectProxy } from './connect-proxy.ts';
import { settingsFor, within } from './settings.ts';

const request: WorkRequest = {
  kind: 'update',
  target: { id: 'd421bef2-489a-54c9-8634-d2a64c083c1e', consumer: 'cluster1', source: 'maestro-cli' },
  work: {
    name: 'demo',
    labels: {},
    annotations: {},
    manifests: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } }],
    manifestConfigs: [],
  },
  version: 2,
};

let openChannels: ((settings: ConnectionSettings) => ChannelSource) | undefined;

/**
 * What a writer does, whatever its calls go over. A test file that imports this has all tests below; it says over what.
 */
export function writeOver(channels: (settings: ConnectionSettings) => ChannelSource): void {
  openChannels = channels;
  defineTests();
}

const dir = mkdtempSync(join(tmpdir(), 'writer-'));
const cleanups: (() => unknown)[] = [];
let authority: Authority;
let other: Authority;
let serverCertificate: Issued;

beforeAll(async () => {
  authority = await createAuthority();
  other = await createAuthority('CN=other ca');
  serverCertificate = await authority.issue();
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function file(name: string, text: string): string {
  const path = join(dir, name);
  // As Kubernetes does it: the new file takes the place of the old in one step.
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
  return path;
}

async function server(options: TestServerOptions = {}): Promise<TestServer> {
  const started = await startGrpcServer(options);
  cleanups.push(() => started.close());
  return started;
}

/** A server, and the settings to reach it. */
async function secured(
  security: 'plaintext' | 'TLS',
  options: TestServerOptions,
): Promise<TestServer & { readonly settings: ConnectionSettings }> {
  const isPlain = security === 'plaintext';
  const started = await server(isPlain ? options : { ...options, tls: serverCertificate });
  const tls = isPlain ? {} : { grpcTls: { caFile: file('ca.pem', authority.cert) } };
  return { ...started, settings: settingsFor({ ...at(started.port, isPlain), ...tls }) };
}

async function tcpServer(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  return listening(
    createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      onSocket(socket);
    }),
    () => sockets.forEach((socket) => socket.destroy()),
  );
}

async function listening(started: Server, onClose: () => void = () => undefined): Promise<number> {
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    onClose();
    started.close();
  });
  return (started.address() as AddressInfo).port;
}

function writer(settings: ConnectionSettings): WorkWriter {
  const created = createWorkWriter(settings, {
    clock: systemClock,
    channels: channelsOf(settings),
  });
  cleanups.push(() => created.close());
  return created;
}

function channelsOf(settings: ConnectionSettings): ChannelSource {
  if (openChannels === undefined) throw new Error('say over what to write, by writeOver');
  return openChannels(settings);
}

function at(port: number, plaintext = true, host = '127.0.0.1'): Pick<ConnectionSettings, 'grpcEndpoint'> {
  return { grpcEndpoint: { host, port, plaintext } };
}
/** In a function: test files that share a worker share this module, and each has to have the tests. */
function defineTests(): void {
  describe('publish', () => {
    it('sends one event, with the data as JSON bytes', async () => {
      const { port, requests } = await server();
      await writer(settingsFor(at(port))).publish(request, within(5_000));
      expect(requests).toHaveLength(1);
      const event = requests[0]?.event;
      expect(event?.attributes?.['ce-resourceversion']).toMatchObject({ ce_integer: 2 });
      expect(JSON.parse(Buffer.from(event?.binary_data ?? []).toString())).toMatchObject({
        manifests: [{ kind: 'Namespace' }],
      });
    });

    it('gives each attempt an id of its own', async () => {
      const { port, requests } = await server();
      const subject = writer(settingsFor(at(port)));
      await subject.publish(request, within(5_000));
      await subject.publish(request, within(5_000));
      expect(new Set(requests.map(({ event }) => event?.id)).size).toBe(2);
    });

    it.each([
      ['verified', () => ({ grpcTls: { caFile: file('ca.pem', authority.cert) } }), '127.0.0.1'],
      ['verified by name', () => ({ grpcTls: { caFile: file('ca.pem', authority.cert) } }), 'localhost'],
      ['unverified', () => ({ insecureSkipVerify: true }), '127.0.0.1'],
    ])('works over TLS, %s', async (_name, changes, host) => {
      const { port, requests } = await server({ tls: serverCertificate });
      await writer(settingsFor({ ...at(port, false, host), ...changes() })).publish(request, within(5_000));
      expect(requests).toHaveLength(1);
    });

    it.each(['plaintext', 'TLS'] as const)('reports an answer as final, in %s', async (security) => {
      const details =
        'failed to update resource: maestro-6: the resource version is not the latest, the latest version: 9';
      const { requests, settings } = await secured(security, {
        publish: (_call, answer) => answer({ code: grpc.status.UNKNOWN, details }),
      });
      const error = await failureOf(writer(settings).publish(request, within(5_000)));
      expect(error).toMatchObject({ code: 'conflict', delivery: 'refused', latestVersion: 9, transient: false });
      expect(requests).toHaveLength(1);
    });
  });

  describe('connections that cannot be', () => {
    const tls = (name: string, text: string): Partial<ConnectionSettings> => ({
      grpcTls: { caFile: file(name, text) },
    });
    const cases: readonly [string, () => Promise<ConnectionSettings>, ErrorCode, ErrorReason, boolean, RegExp][] = [
      [
        'unknown CA',
        async () => settingsFor(at((await server({ tls: serverCertificate })).port, false)),
        'access-denied',
        'TlsFailed',
        false,
        /--grpc-server-ca-file/,
      ],
      [
        'wrong CA',
        async () =>
          settingsFor({
            ...at((await server({ tls: serverCertificate })).port, false),
            ...tls('other.pem', other.cert),
          }),
        'access-denied',
        'TlsFailed',
        false,
        /--grpc-server-ca-file/,
      ],
      [
        'wrong host name',
        async () => {
          const elsewhere = await authority.issue({ dns: ['maestro.example'], ips: [] });
          return settingsFor({
            ...at((await server({ tls: elsewhere })).port, false),
            ...tls('ca.pem', authority.cert),
          });
        },
        'access-denied',
        'TlsFailed',
        false,
        /--grpc-endpoint/,
      ],
      [
        'expired certificate',
        async () => {
          const expired = await authority.issue({
            notBefore: new Date(Date.now() - 7_200_000),
            notAfter: new Date(Date.now() - 3_600_000),
          });
          return settingsFor({ ...at((await server({ tls: expired })).port, false), ...tls('ca.pem', authority.cert) });
        },
        'access-denied',
        'TlsFailed',
        false,
        /clock/,
      ],
      [
        'certificate of tomorrow',
        async () => {
          const early = await authority.issue({ notBefore: new Date(Date.now() + 3_600_000) });
          return settingsFor({ ...at((await server({ tls: early })).port, false), ...tls('ca.pem', authority.cert) });
        },
        'access-denied',
        'TlsFailed',
        false,
        /clock/,
      ],
      [
        'no client certificate',
        async () =>
          settingsFor({
            ...at((await server({ tls: serverCertificate, clientCa: authority.cert })).port, false),
            ...tls('ca.pem', authority.cert),
          }),
        'access-denied',
        'TlsFailed',
        false,
        /--grpc-client-cert-file/,
      ],
      [
        'plaintext on a TLS port',
        async () => settingsFor(at((await server({ tls: serverCertificate })).port)),
        'access-denied',
        'TlsFailed',
        false,
        /--grpc-plaintext/,
      ],
      [
        'TLS on a plaintext port',
        async () => settingsFor(at((await server()).port, false)),
        'access-denied',
        'TlsFailed',
        false,
        /--grpc-plaintext/,
      ],
      [
        'the REST port',
        async () => settingsFor(at(await listening(createHttpServer((_request, answer) => answer.end('{}'))))),
        'unavailable',
        'ServerUnreachable',
        false,
        /REST port/,
      ],
      ['a closed port', async () => settingsFor(at(1)), 'unavailable', 'ServerUnreachable', true, /^$/],
      [
        'a closed port by name',
        async () => settingsFor(at(1, true, 'localhost')),
        'unavailable',
        'ServerUnreachable',
        true,
        /^$/,
      ],
      [
        'a port that closes at once',
        async () => settingsFor(at(await tcpServer((socket) => socket.end()))),
        'unavailable',
        'ServerUnreachable',
        true,
        /starting/,
      ],
      [
        'a port that closes at once, in TLS',
        async () => settingsFor(at(await tcpServer((socket) => socket.end()), false)),
        'unavailable',
        'ServerUnreachable',
        true,
        /^$/,
      ],
      [
        'a port that resets',
        async () => settingsFor(at(await tcpServer((socket) => socket.resetAndDestroy()))),
        'unavailable',
        'ServerUnreachable',
        true,
        /^$/,
      ],
    ];

    it.each(cases)('%s', async (_name, settings, code, reason, transient, hint) => {
      const startedMs = systemClock.monotonicMs();
      const error = await failureOf(writer(await settings()).publish(request, within(10_000)));
      expect({ code: error.code, reason: error.reason, transient: error.transient, delivery: error.delivery }).toEqual({
        code,
        reason,
        transient,
        delivery: 'not-sent',
      });
      expect(error.commandHint ?? '').toMatch(hint);
      // Fails when it knows, not when the time is up.
      expect(systemClock.monotonicMs() - startedMs).toBeLessThan(5_000);
    });

    it.each([
      ['plaintext', true],
      ['TLS', false],
    ])('a silent port ends with the deadline, in %s', async (_name, plaintext) => {
      const port = await tcpServer(() => undefined);
      const error = await failureOf(writer(settingsFor(at(port, plaintext))).publish(request, within(200)));
      expect(error).toMatchObject({
        code: 'unavailable',
        reason: 'ServerUnreachable',
        delivery: 'not-sent',
        transient: true,
      });
    });

    it('recovers once the server is there', async () => {
      const reserved = await server();
      await reserved.close();
      const subject = writer(settingsFor(at(reserved.port)));
      expect(await failureOf(subject.publish(request, within(5_000)))).toMatchObject({ transient: true });
      const started = await startGrpcServer({}, reserved.port);
      cleanups.push(() => started.close());
      const deadlineMs = systemClock.monotonicMs() + 10_000;
      for (;;) {
        try {
          await subject.publish(request, within(1_000));
          break;
        } catch (error) {
          if (systemClock.monotonicMs() > deadlineMs) throw error;
          await systemClock.sleep(50, new AbortController().signal);
        }
      }
      expect(started.requests).toHaveLength(1);
    });
  });

  describe('a call whose answer is missing', () => {
    it.each(['plaintext', 'TLS'] as const)('is unknown when the deadline passes, in %s', async (security) => {
      const { requests, settings } = await secured(security, { publish: () => undefined });
      const error = await failureOf(writer(settings).publish(request, within(300)));
      expect(error).toMatchObject({ code: 'unavailable', reason: 'OutcomeUnknown', delivery: 'unknown' });
      expect(requests).toHaveLength(1);
    });

    it.each([
      ['plaintext', true],
      ['TLS', false],
    ])('is unknown when the connection drops after sending, and is not sent again, in %s', async (_name, plaintext) => {
      const sockets: Socket[] = [];
      const inner = await server({
        ...(plaintext ? {} : { tls: serverCertificate }),
        publish: () => sockets.forEach((socket) => socket.destroy()),
      });
      const relay = await tcpServer((socket) => {
        sockets.push(socket);
        import('node:net').then(
          ({ connect }) => {
            const upstream = connect(inner.port, '127.0.0.1');
            upstream.on('error', () => undefined);
            socket.pipe(upstream).pipe(socket);
            socket.on('close', () => upstream.destroy());
          },
          () => undefined,
        );
      });
      const settings = settingsFor({ ...at(relay, plaintext), insecureSkipVerify: true });
      const error = await failureOf(writer(settings).publish(request, within(5_000)));
      expect(error).toMatchObject({ code: 'unavailable', reason: 'OutcomeUnknown', delivery: 'unknown' });
      expect(inner.requests).toHaveLength(1);
    });

    it.each(['plaintext', 'TLS'] as const)('is unknown when aborted after sending, in %s', async (security) => {
      const abort = new AbortController();
      const reason = new Error('enough');
      const { settings } = await secured(security, { publish: () => abort.abort(reason) });
      const error = await failureOf(writer(settings).publish(request, within(5_000, abort.signal)));
      expect(error).toMatchObject({ reason: 'OutcomeUnknown', delivery: 'unknown', cause: reason });
    });

    it('rejects with the reason of the signal when nothing was sent', async () => {
      const { port, requests } = await server();
      const reason = new Error('enough');
      await expect(
        writer(settingsFor(at(port))).publish(request, within(5_000, AbortSignal.abort(reason))),
      ).rejects.toBe(reason);
      expect(requests).toHaveLength(0);
    });

    it('rejects with the reason of the signal when aborted while connecting', async () => {
      const abort = new AbortController();
      const reason = new Error('enough');
      // TLS never comes up, so nothing can have been sent.
      const port = await tcpServer(() => abort.abort(reason));
      await expect(writer(settingsFor(at(port, false))).publish(request, within(5_000, abort.signal))).rejects.toBe(
        reason,
      );
    });

    it('is not made without time', async () => {
      const { port, requests } = await server();
      expect(await failureOf(writer(settingsFor(at(port))).publish(request, within(0)))).toMatchObject({
        code: 'timeout',
        delivery: 'not-sent',
      });
      expect(requests).toHaveLength(0);
    });
  });

  describe('credentials', () => {
    it('never sends a token in plaintext without leave', async () => {
      const { port, requests } = await server();
      const settings = settingsFor({ ...at(port), grpcToken: { value: 'sesame' } });
      const error = await failureOf(writer(settings).publish(request, within(5_000)));
      expect(error).toMatchObject({ code: 'usage', delivery: 'not-sent' });
      expect(requests).toHaveLength(0);
    });

    it('sends a rotated token with the next call', async () => {
      const { port, metadata } = await server();
      const tokenFile = file('token', 'first\n');
      const subject = writer(settingsFor({ ...at(port), grpcToken: { file: tokenFile }, allowPlaintextToken: true }));
      await subject.publish(request, within(5_000));
      file('token', 'second\n');
      await subject.publish(request, within(5_000));
      expect(metadata.map((seen) => seen.get('authorization')[0])).toEqual(['Bearer first', 'Bearer second']);
    });

    it('shows a rotated client certificate with the next call, while the running one finishes', async () => {
      const [first, second] = await Promise.all([
        authority.issue({ name: 'CN=first, O=o', client: true }),
        authority.issue({ name: 'CN=second, O=o', client: true }),
      ]);
      const names: string[] = [];
      let finishFirst = (): void => undefined;
      const { port } = await server({
        tls: serverCertificate,
        clientCa: authority.cert,
        publish: (call, answer) => {
          const name = call.getAuthContext().sslPeerCertificate?.subject.CN;
          names.push(Array.isArray(name) ? name.join() : (name ?? ''));
          if (names.length === 1) finishFirst = () => answer(null, {});
          else answer(null, {});
        },
      });
      const grpcTls = {
        caFile: file('ca.pem', authority.cert),
        clientCertFile: file('client.crt', first.cert),
        clientKeyFile: file('client.key', first.key),
      };
      const subject = writer(settingsFor({ ...at(port, false), grpcTls }));
      const running = subject.publish(request, within(10_000));
      await waitFor(() => names.length === 1);

      file('client.crt', second.cert);
      // Half of a rotation: the old pair goes on.
      await subject.publish(request, within(5_000));
      file('client.key', second.key);
      await subject.publish(request, within(5_000));
      finishFirst();
      await running;
      expect(names).toEqual(['first', 'first', 'second']);
    });

    it('names the file that went away', async () => {
      const { port } = await server();
      const settings = settingsFor({ ...at(port), grpcToken: { file: join(dir, 'gone') }, allowPlaintextToken: true });
      const error = await failureOf(writer(settings).publish(request, within(5_000)));
      expect(error).toMatchObject({ code: 'usage', delivery: 'not-sent' });
      expect(`${error.message} ${error.commandHint}`).toMatch(/gone.*--grpc-client-token-file/s);
    });
  });

  describe('a proxy', () => {
    it.each([
      ['plaintext', true],
      ['TLS', false],
    ])('carries gRPC, in %s', async (_name, plaintext) => {
      const tls = await authority.issue({ dns: ['maestro.example'], ips: [] });
      const inner = await server(plaintext ? {} : { tls });
      const proxy = await startConnectProxy({ 'maestro.example': inner.port });
      cleanups.push(() => proxy.close());
      const url = `http://me:secret@127.0.0.1:${proxy.port}`;
      await writer(
        settingsFor({
          ...at(8090, plaintext, 'maestro.example'),
          ...(plaintext ? {} : { grpcTls: { caFile: file('ca.pem', authority.cert) } }),
          proxy: plaintext ? { httpProxy: url } : { httpsProxy: url },
        }),
      ).publish(request, within(5_000));
      expect(inner.requests).toHaveLength(1);
      expect(proxy.asked).toEqual([
        { target: 'maestro.example:8090', authorization: `Basic ${Buffer.from('me:secret').toString('base64')}` },
      ]);
    });

    it.each([
      [407, 'access-denied', 'Unauthenticated', false],
      [403, 'access-denied', 'Unauthorized', false],
      [503, 'unavailable', 'ServerUnreachable', true],
    ] as const)('that answers %i', async (status, code, reason, transient) => {
      const proxy = await startConnectProxy({}, status);
      cleanups.push(() => proxy.close());
      const settings = settingsFor({
        ...at(8090, true, 'maestro.example'),
        proxy: { httpProxy: `http://me:secret@127.0.0.1:${proxy.port}` },
      });
      const error = await failureOf(writer(settings).publish(request, within(5_000)));
      expect(error).toMatchObject({ code, reason, transient, delivery: 'not-sent' });
      expect(`${error.message} ${error.commandHint} ${JSON.stringify(error.cause)}`).not.toContain('secret');
    });

    it('that is not there', async () => {
      const settings = settingsFor({
        ...at(8090, true, 'maestro.example'),
        proxy: { httpProxy: 'http://127.0.0.1:1' },
      });
      expect(await failureOf(writer(settings).publish(request, within(5_000)))).toMatchObject({
        code: 'unavailable',
        transient: true,
        delivery: 'not-sent',
      });
    });
  });

  async function waitFor(condition: () => boolean): Promise<void> {
    const deadlineMs = systemClock.monotonicMs() + 5_000;
    while (!condition()) {
      if (systemClock.monotonicMs() > deadlineMs) throw new Error('waited in vain');
      await systemClock.sleep(5, new AbortController().signal);
    }
  }
}
