import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip, gunzipSync } from 'node:zlib';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { checkToken, isPlaintext, tlsFilesOf } from '../connection.ts';
import type { ConnectionSettings } from '../connection.ts';
import { createTlsSource, createTokenReader } from '../files.ts';
import type { TlsMaterial } from '../files.ts';
import { createConnections } from './agent.ts';
import type { Connections } from './agent.ts';
import { proxyFor } from '../proxy.ts';
import { within } from '../within.ts';

/**
 * The largest body that is read, compressed or not: a work and its status have
 * 4 MiB each at most, and a Job has 256 MiB for all that becomes of the text.
 */
const maxBodyBytes = 16 * 1024 * 1024;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the endpoint, with the query. */
  readonly path: string;
  readonly body?: string;
  /** Headers of the request alone, such as those of its trace. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Ask for a compressed answer: for lists. One work is small, and to unpack it costs a short run two milliseconds. */
  readonly compressed?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** Value of `Retry-After`, when there is one. */
  readonly retryAfter?: string;
}

export interface HttpSender {
  /** One try. Rejects with Node's error, or with the signal's reason. */
  send(request: HttpRequest, signal: AbortSignal, timeoutMs: number): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Compressed bytes that are unpacked at once: waiting for another thread takes longer. */
const smallBytes = 4096;
/**
 * HTTP/1.1 over kept-alive connections of Node's own client: it costs a process
 * far less memory and start-up than a library (docs/decisions/0004). When a
 * certificate file changes, the next request opens a new pool and the old one
 * closes after its last answer.
 */
export function createHttpSender(settings: ConnectionSettings, clock: Clock): HttpSender {
  const plaintext = isPlaintext(settings, 'http');
  const endpoint = new URL(settings.httpEndpoint);
  const readTls = plaintext ? () => undefined : createTlsSource(tlsFilesOf(settings, 'http'), 'http');
  const readToken = createTokenReader(settings.httpToken, 'http');
  const pools = new Set<OpenPool>();
  let current: OpenPool | undefined;

  const closeWhenIdle = (pool: OpenPool): void => {
    if (pool === current || pool.pending.size > 0) return;
    pool.connections.destroy();
    pools.delete(pool);
  };
  const poolFor = (material: TlsMaterial | undefined): OpenPool => {
    if (current !== undefined && current.material === material) return current;
    const previous = current;
    current = openPool(settings, endpoint, material);
    pools.add(current);
    if (previous !== undefined) closeWhenIdle(previous);
    return current;
  };

  return {
    send: async (request, signal, timeoutMs) => {
      signal.throwIfAborted();
      checkToken(settings, 'http');
      const token = readToken();
      const pool = poolFor(readTls());
      const headers = {
        ...pool.headers,
        ...request.headers,
        accept: 'application/json',
        'accept-encoding': request.compressed === true ? 'gzip' : 'identity',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      return within(clock, signal, timeoutMs, async (tried) => {
        const sent = start(pool, request, headers, tried);
        try {
          return await read(await answerTo(sent));
        } finally {
          pool.pending.delete(sent);
          closeWhenIdle(pool);
        }
      });
    },
    close: async () => {
      current = undefined;
      for (const pool of pools) {
        pool.connections.destroy();
        for (const sent of pool.pending) sent.destroy();
      }
      pools.clear();
    },
  };
}

interface OpenPool {
  readonly material: TlsMaterial | undefined;
  readonly connections: Connections;
  /** Requests without their whole answer. */
  readonly pending: Set<ClientRequest>;
  /** Where to connect: Maestro, or the proxy that forwards to it. */
  readonly target: {
    readonly protocol: string;
    readonly host: string;
    readonly port: number;
    readonly servername?: string;
  };
  /** What stands before the path of a request: the base path, and for a forwarding proxy the origin. */
  readonly base: string;
  readonly headers: OutgoingHttpHeaders;
}

function openPool(settings: ConnectionSettings, endpoint: URL, material: TlsMaterial | undefined): OpenPool {
  const tls = material !== undefined;
  const host = endpoint.hostname.replace(/^\[|\]$/g, '');
  const port = endpoint.port === '' ? (tls ? 443 : 80) : Number(endpoint.port);
  const basePath = endpoint.pathname.replace(/\/$/, '');
  const proxy = proxyFor({ host, port, tls }, settings.proxy);
  const pending = new Set<ClientRequest>();
  if (proxy === undefined || tls) {
    const connections = createConnections({
      ...(tls ? { tls: { context: material.context, verify: !settings.insecureSkipVerify } } : {}),
      ...(proxy === undefined ? {} : { tunnel: proxy }),
    });
    return {
      material,
      connections,
      pending,
      target: { protocol: endpoint.protocol, host, port },
      base: basePath,
      headers: {},
    };
  }
  return {
    material,
    connections: createConnections(proxy.tls ? { tls: { verify: true } } : {}),
    pending,
    // Node would take the name in the certificate from the header "host", which is Maestro's.
    target: {
      protocol: proxy.tls ? 'https:' : 'http:',
      host: proxy.host,
      port: proxy.port,
      servername: isIP(proxy.host) === 0 ? proxy.host : '',
    },
    base: `${endpoint.origin}${basePath}`,
    headers: {
      host: endpoint.host,
      ...(proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }),
    },
  };
}

function start(
  { target, connections, base, pending }: OpenPool,
  { method, path, body }: HttpRequest,
  headers: OutgoingHttpHeaders,
  signal: AbortSignal,
): ClientRequest {
  const sent = httpRequest({ ...target, agent: connections.agent, method, path: `${base}${path}`, headers, signal });
  pending.add(sent);
  sent.end(body);
  return sent;
}

async function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve);
    // Stays on: what fails after the head of the answer is told by reading its body.
    sent.on('error', reject);
  });
}

async function read(answer: IncomingMessage): Promise<HttpAnswer> {
  const retryAfter = answer.headers['retry-after'];
  return {
    status: answer.statusCode ?? 0,
    body: await readBody(answer, answer.headers['content-encoding']),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

async function readBody(body: IncomingMessage, encoding: string | undefined): Promise<string> {
  if (encoding?.toLowerCase() !== 'gzip') return readText(body);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (size === 0) return '';
  try {
    if (size <= smallBytes) return gunzipSync(bytes, { maxOutputLength: maxBodyBytes }).toString('utf8');
    const unpacked = createGunzip({ chunkSize: 65_536 });
    unpacked.end(bytes);
    return await readText(unpacked);
  } catch (error) {
    if (error instanceof MaestroError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Error(`the compressed answer is broken (${(error as Error).message})`, { cause: error });
  }
}

/**
 * Becomes text piece by piece: V8 marks all that is alive again and again when
 * large buffers come and go outside of its heap, which took a controller with
 * 150,000 applications nearly half of the CPU of its start.
 */
async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let size = 0;
  let text = '';
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBodyBytes) throw tooLarge();
    text += decoder.write(chunk);
  }
  return text + decoder.end();
}

function tooLarge(): MaestroError {
  return new MaestroError('unavailable', `the answer is larger than ${maxBodyBytes / 1024 / 1024} MiB`, {
    reason: 'AnswerTooLarge',
    delivery: 'unknown',
  });
}
