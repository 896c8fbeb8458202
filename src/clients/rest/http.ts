import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../io/clock.ts';
import { checkToken, isPlaintext, tlsFilesOf } from '../connection.ts';
import type { ConnectionSettings } from '../connection.ts';
import { createTlsSource, createTokenReader } from '../files.ts';
import type { TlsMaterial } from '../files.ts';
import { createConnections } from './connections.ts';
import type { Connections } from './connections.ts';
import { proxyFor } from '../proxy.ts';
import type { Proxy } from '../proxy.ts';

/** The largest body that is read, compressed or not. */
const maxBodyBytes = 256 * 1024 * 1024;

/** More requests at a time than these wait for a free connection. */
const mostConnections = 64;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the endpoint, with the query. */
  readonly path: string;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** Value of `Retry-After`, when there is one. */
  readonly retryAfter?: string;
}

export interface HttpSender {
  /** One try. Rejects with undici's or Node's error, or with the signal's reason. */
  send(request: HttpRequest, signal: AbortSignal, timeoutMs: number): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** The reason by which a try was given up. */
export class TryTimeout extends Error {
  readonly code = 'ETIMEDOUT';
}

const decompress = promisify(gunzip);

/**
 * HTTP/1.1 over kept-alive connections. When a certificate file changes, the
 * next request opens a new pool and the old one closes after its last answer.
 */
export function createHttpSender(settings: ConnectionSettings, clock: Clock): HttpSender {
  const plaintext = isPlaintext(settings, 'http');
  const endpoint = new URL(settings.httpEndpoint);
  const readTls = plaintext ? () => undefined : createTlsSource(tlsFilesOf(settings, 'http'), 'http');
  const readToken = createTokenReader(settings.httpToken, 'http');
  let current: OpenPool | undefined;
  const closing = new Map<OpenPool, Promise<void>>();

  const poolFor = (material: TlsMaterial | undefined): OpenPool => {
    if (current !== undefined && current.material === material) return current;
    const previous = current;
    current = openPool(settings, endpoint, material);
    if (previous !== undefined) closing.set(previous, previous.agent.close().finally(() => closing.delete(previous)));
    return current;
  };

  return {
    send: async (request, signal, timeoutMs) => {
      signal.throwIfAborted();
      checkToken(settings, 'http');
      const token = readToken();
      const pool = poolFor(readTls());
      const address = addressOf(endpoint, request.path, pool.forwarder);
      return within(clock, signal, timeoutMs, async (tried) => {
        const sent = pool.agent.request({
          origin: address.origin,
          path: address.path,
          method: request.method,
          headers: {
            ...address.headers,
            accept: 'application/json',
            'accept-encoding': 'gzip',
            ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
          ...(request.body === undefined ? {} : { body: request.body }),
          signal: tried,
        });
        return read(
          await sent.catch((error: unknown) => {
            throw pool.connections.explain(error);
          }),
        );
      });
    },
    close: async () => {
      const pools = [...closing.keys(), ...(current === undefined ? [] : [current])];
      const ended = [...closing.values(), current?.agent.destroy() ?? Promise.resolve()];
      current = undefined;
      for (const pool of pools) pool.connections.destroy();
      await Promise.all(ended);
    },
  };
}

async function read(answer: Dispatcher.ResponseData): Promise<HttpAnswer> {
  const retryAfter = textOf(answer.headers['retry-after']);
  return {
    status: answer.statusCode,
    body: await readBody(answer.body, textOf(answer.headers['content-encoding'])),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

interface OpenPool {
  readonly material: TlsMaterial | undefined;
  readonly agent: Agent;
  readonly connections: Connections;
  /** The proxy that plaintext requests are addressed to, in the absolute form. */
  readonly forwarder: Proxy | undefined;
}

function openPool(settings: ConnectionSettings, endpoint: URL, material: TlsMaterial | undefined): OpenPool {
  const tls = material !== undefined;
  const host = endpoint.hostname.replace(/^\[|\]$/g, '');
  const port = endpoint.port === '' ? (tls ? 443 : 80) : Number(endpoint.port);
  const proxy = proxyFor({ host, port, tls }, settings.proxy);
  const connections = createConnections({
    ...(tls ? { tls: { context: material.context, verify: !settings.insecureSkipVerify } } : {}),
    ...(tls && proxy !== undefined ? { tunnel: proxy } : {}),
  });
  const agent = new Agent({
    connect: connections.connect,
    connections: mostConnections,
    allowH2: false,
    keepAliveTimeout: 30_000,
    // The clock bounds every try, so undici's own coarse timers stay off.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return { material, agent, connections, forwarder: tls ? undefined : proxy };
}

/** Where undici connects, the request target and the headers, which differ for a forwarding proxy. */
function addressOf(endpoint: URL, path: string, forwarder: Proxy | undefined): { origin: string; path: string; headers: Record<string, string> } {
  const below = `${endpoint.pathname.replace(/\/$/, '')}${path}`;
  if (forwarder === undefined) return { origin: endpoint.origin, path: below, headers: {} };
  return {
    origin: forwarder.label,
    path: `${endpoint.origin}${below}`,
    headers: {
      host: endpoint.host,
      ...(forwarder.authorization === undefined ? {} : { 'proxy-authorization': forwarder.authorization }),
    },
  };
}

/**
 * Runs one try under a signal that also ends after `timeoutMs` of the clock.
 * undici holds on to an aborted request until its connection stands, which may
 * be never, so the abort ends the try by itself.
 */
async function within<T>(
  clock: Clock,
  signal: AbortSignal,
  timeoutMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const tried = new AbortController();
  const timer = new AbortController();
  const onAbort = (): void => tried.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  clock.sleep(timeoutMs, timer.signal).then(
    () => tried.abort(new TryTimeout(`no answer within ${Math.round(timeoutMs)} ms`)),
    () => undefined,
  );
  const aborted = new Promise<never>((_resolve, reject) => {
    tried.signal.addEventListener('abort', () => reject(tried.signal.reason as Error), { once: true });
  });
  try {
    return await Promise.race([run(tried.signal), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    timer.abort();
  }
}

async function readBody(body: Dispatcher.ResponseData['body'], encoding: string | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (encoding?.toLowerCase() !== 'gzip' || bytes.length === 0) return bytes.toString('utf8');
  try {
    return (await decompress(bytes, { maxOutputLength: maxBodyBytes })).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Error(`the compressed answer is broken (${(error as Error).message})`, { cause: error });
  }
}

function tooLarge(): MaestroError {
  return new MaestroError('unavailable', `The answer is larger than ${maxBodyBytes / 1024 / 1024} MiB`, {
    reason: 'ServerError',
    hint: 'Ask for fewer rows a page.',
    delivery: 'unknown',
  });
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
