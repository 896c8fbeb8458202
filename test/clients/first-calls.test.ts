import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http2';
import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createChannelSource } from '../../src/clients/grpc/channel.ts';
import type { ChannelSource } from '../../src/clients/grpc/event-calls.ts';
import { createFirstCalls } from '../../src/clients/grpc/first-calls.ts';
import { grpcTlsSource } from '../../src/clients/grpc/tls-source.ts';
import { openSession } from '../../src/clients/grpc/unary-call.ts';
import type { ConnectionSettings } from '../../src/clients/index.ts';
import type { GrpcStatus } from '../../src/clients/translate-error.ts';
import { systemClock } from '../../src/clock.ts';
import { createAuthority } from './support/certificates.ts';
import type { Authority } from './support/certificates.ts';
import { startGrpcServer } from './support/grpc-server.ts';
import { settingsFor } from './support/settings.ts';
import { writeOver } from './support/writer-suite.ts';

// All that a writer does holds over the first calls too, and over what takes over from them.
writeOver((settings) =>
  createFirstCalls(settings, systemClock, async (readTls) => createChannelSource(settings, systemClock, readTls)),
);

const cleanups: (() => unknown)[] = [];
const dir = mkdtempSync(join(tmpdir(), 'first-calls-'));
let authority: Authority;
let tlsPort: number;

beforeAll(async () => {
  authority = await createAuthority();
  tlsPort = (await startGrpcServer({ tls: await authority.issue() })).port;
});

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const event = { id: '1', source: 's', spec_version: '1.0', type: 't' };

interface Subject {
  readonly channels: ChannelSource;
  /** How often grpc-js was asked for. */
  readonly others: () => number;
}

function firstCalls(port: number, changes: Partial<ConnectionSettings> = {}): Subject {
  const settings = settingsFor({ grpcEndpoint: { host: '127.0.0.1', port, plaintext: true }, ...changes });
  let asked = 0;
  const channels = createFirstCalls(settings, systemClock, async (readTls) => {
    asked += 1;
    return createChannelSource(settings, systemClock, readTls);
  });
  cleanups.push(() => channels.close());
  return { channels, others: () => asked };
}

async function send({ channels }: Subject, data = '', deadlineMs = 5_000): Promise<GrpcStatus | undefined> {
  const lease = channels.lease();
  const deadline = new Date(systemClock.wallMs() + deadlineMs);
  const { signal } = new AbortController();
  try {
    await lease.calls.send({ ...event, text_data: data }, { deadline, signal });
    return undefined;
  } catch (error) {
    expect(lease.everConnected()).toBe(true);
    return error as GrpcStatus;
  } finally {
    lease.release();
  }
}

interface Asked {
  readonly stream: ServerHttp2Stream;
  readonly session: ServerHttp2Session;
}

async function http2Server(
  onStream: (asked: Asked) => void,
): Promise<{ readonly port: number; readonly sessions: readonly ServerHttp2Session[] }> {
  const server: Http2Server = createServer();
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => {
    sessions.push(session);
    session.on('stream', (stream) => {
      stream.on('error', () => undefined);
      onStream({ stream, session });
    });
    cleanups.push(() => session.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, sessions };
}

/** Answers as the server does, with nothing in it. */
function succeed(stream: ServerHttp2Stream): void {
  stream.respond(grpcHead, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(Buffer.alloc(5));
}

const grpcHead = { ':status': 200, 'content-type': 'application/grpc' };

describe('the first calls of a process', () => {
  it('go without grpc-js, one after the other over one connection', async () => {
    const { port, requests } = await startGrpcServer();
    const subject = firstCalls(port);
    for (let call = 0; call < 3; call += 1) expect(await send(subject)).toBeUndefined();
    expect(requests).toHaveLength(3);
    expect(subject.others()).toBe(0);
  });

  it('go without grpc-js over mutual TLS, too, with the metadata of the call', async () => {
    const [server, client] = await Promise.all([authority.issue(), authority.issue({ name: 'CN=me', client: true })]);
    const { port, requests, metadata } = await startGrpcServer({ tls: server, clientCa: authority.cert });
    const subject = firstCalls(port, {
      grpcEndpoint: { host: 'localhost', port, plaintext: false },
      grpcTls: {
        caFile: file('ca.pem', authority.cert),
        clientCertFile: file('client.crt', client.cert),
        clientKeyFile: file('client.key', client.key),
      },
    });
    const lease = subject.channels.lease();
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: '01' };
    const { signal } = new AbortController();
    await lease.calls.send(event, { signal, token: 'sesame', trace });
    lease.release();
    expect(await send(subject)).toBeUndefined();
    expect(requests).toHaveLength(2);
    expect(subject.others()).toBe(0);
    expect(metadata[0]?.getMap()).toMatchObject({
      authorization: 'Bearer sesame',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      'user-agent': 'maestro-cli',
    });
  });

  it('learn at once of a client certificate that the server refuses after the handshake', async () => {
    const { port } = await startGrpcServer({ tls: await authority.issue(), clientCa: authority.cert });
    const settings = settingsFor({
      grpcEndpoint: { host: 'localhost', port, plaintext: false },
      grpcTls: { caFile: file('refused-ca.pem', authority.cert) },
    });
    const signal = AbortSignal.timeout(30_000);
    await expect(openSession(settings, grpcTlsSource(settings)(), signal)).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    });
    expect(signal.aborted).toBe(false);
  });

  it('leave to grpc-js what is called at the same time, and all that comes after it', async () => {
    const { port, requests } = await startGrpcServer();
    const subject = firstCalls(port);
    await Promise.all([send(subject), send(subject)]);
    expect(subject.others()).toBe(1);
    for (let call = 0; call < 3; call += 1) expect(await send(subject)).toBeUndefined();
    expect(requests).toHaveLength(5);
  });

  it('close their connection once grpc-js has taken over, so that one is left', async () => {
    const { port, sessions } = await http2Server(({ stream }) => succeed(stream));
    const subject = firstCalls(port);
    await Promise.all([send(subject), send(subject)]);
    await send(subject);
    await expect.poll(() => sessions.filter((session) => !session.destroyed).length).toBe(1);
    expect(sessions).toHaveLength(2);
  });

  it.each<[string, () => Partial<ConnectionSettings>]>([
    ['a proxy', () => ({ proxy: { httpProxy: 'http://127.0.0.1:1' } })],
    ['a closed port', () => ({})],
    ['what TLS does not trust', () => ({ grpcEndpoint: { host: '127.0.0.1', port: tlsPort, plaintext: false } })],
  ])('leave %s to grpc-js', async (_name, changes) => {
    const subject = firstCalls(1, changes());
    const lease = subject.channels.lease();
    const { signal } = new AbortController();
    await expect(lease.calls.send(event, { signal })).rejects.toMatchObject({ code: 14 });
    expect(lease.everConnected()).toBe(false);
    expect(subject.others()).toBe(1);
    lease.release();
  });

  it('carry a work of several megabytes, more than windows and frames hold', async () => {
    const { port, requests } = await startGrpcServer();
    const data = 'ü'.repeat(1_900_000);
    expect(await send(firstCalls(port), data)).toBeUndefined();
    expect(requests[0]?.event?.text_data).toBe(data);
  });

  it('make a new connection when the old one was closed meanwhile', async () => {
    const { port, sessions } = await http2Server(({ stream, session }) => {
      succeed(stream);
      stream.on('close', () => session.close());
    });
    const subject = firstCalls(port);
    expect(await send(subject)).toBeUndefined();
    await expect.poll(() => sessions[0]?.destroyed).toBe(true);
    await systemClock.sleep(50, new AbortController().signal);
    expect(await send(subject)).toBeUndefined();
    expect(sessions).toHaveLength(2);
    expect(subject.others()).toBe(0);
  });
});

describe('an answer', () => {
  it('keeps what the server says, in all languages and of any length', async () => {
    const details = `nicht erlaubt: „ä“ 100 % ${'lang '.repeat(2_000)}`;
    const { port } = await startGrpcServer({
      publish: (_call, answer) => answer({ code: grpc.status.FAILED_PRECONDITION, details }),
    });
    expect(await send(firstCalls(port))).toMatchObject({ code: 9, details });
  });

  it('is read whatever its headers hold', async () => {
    const text = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
    let details = '';
    const { port } = await startGrpcServer({
      publish: (_call, answer) => answer({ code: grpc.status.NOT_FOUND, details }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 2, maxLength: 6 }), async (texts) => {
        const subject = firstCalls(port);
        // Several over one connection, so that headers of earlier answers are pointed to.
        for (const next of texts) {
          details = `a${next}z`;
          expect(await send(subject)).toMatchObject({ code: 5, details });
        }
        subject.channels.close();
      }),
      { numRuns: 30 },
    );
  });

  it.each<[string, (asked: Asked) => void, number, RegExp]>([
    [
      'no message',
      ({ stream }) => stream.respond({ ...grpcHead, 'grpc-status': '0' }, { endStream: true }),
      13,
      /^No mes/,
    ],
    [
      'half a message',
      ({ stream }) => {
        stream.respond(grpcHead, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(Buffer.from([0, 0, 0, 0, 9, 1]));
      },
      13,
      /no message of gRPC/,
    ],
    [
      'longer than any',
      ({ stream }) => {
        stream.respond(grpcHead, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(Buffer.alloc(40_000));
      },
      1,
      /cancelled/,
    ],
    [
      'no status',
      ({ stream }) => {
        stream.respond(grpcHead);
        stream.end(Buffer.alloc(5));
      },
      13,
      /without gRPC status/,
    ],
    [
      'a page of a proxy',
      ({ stream }) => {
        stream.respond({ ':status': 503 });
        stream.end('x'.repeat(40_000));
      },
      14,
      /HTTP status code 503/,
    ],
    ['a refusal of HTTP', ({ stream }) => stream.respond({ ':status': 403 }, { endStream: true }), 7, /403/],
    ['a reset', ({ stream }) => stream.close(2), 13, /RST_STREAM with code 2/],
    ['a reset that says enough', ({ stream }) => stream.close(11), 8, /Bandwidth/],
    ['a cancellation', ({ stream }) => stream.close(8), 1, /Call cancelled/],
    ['an error of the connection', ({ session }) => session.goaway(2, 1), 14, /dropped/],
    ['a refused stream', ({ stream }) => stream.close(7), 14, /refused/],
    ['an end of the connection', ({ session }) => session.destroy(), 14, /dropped/],
    ['silence', () => undefined, 4, /Deadline/],
  ])('that is %s is no success', async (_name, onStream, code, details) => {
    const { port } = await http2Server(onStream);
    const status = await send(firstCalls(port), '', 500);
    expect(status?.code).toBe(code);
    expect(status?.details).toMatch(details);
  });

  it('of bytes that are no HTTP/2 is no success', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 60 }), async (bytes) => {
        const port = await afterGreeting((socket) => socket.end(bytes));
        expect((await send(firstCalls(port), '', 1_000))?.code).not.toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

/** Speaks HTTP/2 as far as its settings, and then what the test says when a request comes. */
async function afterGreeting(onRequest: (socket: Socket) => void): Promise<number> {
  const server = createTcpServer((socket) => {
    let seen = 0;
    socket.on('error', () => undefined);
    socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
    socket.on('data', (bytes) => {
      const before = seen;
      seen += bytes.length;
      // The greeting and the answer to the settings have 48 bytes.
      if (before <= 48 && seen > 48) onRequest(socket);
    });
    cleanups.push(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  return (server.address() as AddressInfo).port;
}
