import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Agent, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../io/clock.ts';
import { checkToken, isPlaintext, tlsFilesOf } from '../connection.ts';
import type { ConnectionSettings } from '../connection.ts';
import { createTlsSource, createTokenReader } from '../files.ts';
import type { TlsMaterial } from '../files.ts';
import { createAlertMemory } from './alerts.ts';
import { proxyFor } from '../proxy.ts';

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
  let current: (OpenDispatcher & { readonly material: TlsMaterial | undefined }) | undefined;
  const closing = new Set<Promise<void>>();

  const dispatcherFor = (material: TlsMaterial | undefined): OpenDispatcher => {
    if (current !== undefined && current.material === material) return current;
    const previous = current?.dispatcher;
    current = { material, ...openDispatcher(settings, endpoint, material) };
    if (previous !== undefined) {
      const ended = previous.close().finally(() => closing.delete(ended));
      closing.add(ended);
    }
    return current;
  };

  return {
    send: async (request, signal, timeoutMs) => {
      signal.throwIfAborted();
      checkToken(settings, 'http');
      const token = readToken();
      const { dispatcher, explain } = dispatcherFor(readTls());
      return within(clock, signal, timeoutMs, async (tried) => {
        const sent = dispatcher.request({
          origin: endpoint.origin,
          path: `${endpoint.pathname.replace(/\/$/, '')}${request.path}`,
          method: request.method,
          headers: {
            accept: 'application/json',
            'accept-encoding': 'gzip',
            ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
          ...(request.body === undefined ? {} : { body: request.body }),
          signal: tried,
        });
        const answer = await sent.catch((error: unknown) => {
          throw explain(error);
        });
        const retryAfter = textOf(answer.headers['retry-after']);
        return {
          status: answer.statusCode,
          body: await readBody(answer.body, textOf(answer.headers['content-encoding'])),
          ...(retryAfter === undefined ? {} : { retryAfter }),
        };
      });
    },
    close: async () => {
      const last = current?.dispatcher;
      current = undefined;
      await Promise.all([...closing, last?.destroy()]);
    },
  };
}

interface OpenDispatcher {
  readonly dispatcher: Dispatcher;
  /** Finds a better error behind one of undici. */
  readonly explain: (error: unknown) => unknown;
}

function openDispatcher(settings: ConnectionSettings, endpoint: URL, material: TlsMaterial | undefined): OpenDispatcher {
  const tls = material !== undefined;
  const host = endpoint.hostname.replace(/^\[|\]$/g, '');
  const port = endpoint.port === '' ? (tls ? 443 : 80) : Number(endpoint.port);
  const proxy = proxyFor({ host, port, tls }, settings.proxy);
  const connect = tls ? { secureContext: material.context, rejectUnauthorized: !settings.insecureSkipVerify } : {};
  // The clock bounds every try, so undici's own coarse timers stay off.
  const common = { allowH2: false, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 30_000, connections: mostConnections };
  if (proxy === undefined) {
    const alerts = createAlertMemory({ ...connect, allowH2: false, timeout: 0 });
    return { dispatcher: new Agent({ ...common, connect: alerts.connect }), explain: alerts.explain };
  }
  const uri = `${proxy.tls ? 'https' : 'http'}://${proxy.host.includes(':') ? `[${proxy.host}]` : proxy.host}:${proxy.port}`;
  const dispatcher = new ProxyAgent({
    ...common,
    uri,
    requestTls: connect,
    ...(proxy.authorization === undefined ? {} : { token: proxy.authorization }),
  });
  return { dispatcher, explain: (error) => error };
}

/** Runs one try under a signal that also ends after `timeoutMs` of the clock. */
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
  try {
    return await run(tried.signal);
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
