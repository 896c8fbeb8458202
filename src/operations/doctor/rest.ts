import { request } from 'node:http';
import type { Socket } from 'node:net';
import { formatHostPort, tlsFilesOf, tokenOf, type ConnectionSettings } from '../../clients/connection.ts';
import { createTlsSource, readToken } from '../../clients/files.ts';
import { startTls } from '../../clients/tls.ts';
import { notMaestro, translateHttpAnswer } from '../../clients/translate-error.ts';
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { openEndpoint, proxyOf, type Endpoint } from './endpoints.ts';

const apiPath = '/api/maestro/v1';
/** A page of twenty bundles is far below; what is longer does not come from Maestro. */
const longestBody = 32 * 1024 * 1024;

/** One answer of REST, with what tells who gave it and when. */
export interface RestAnswer {
  readonly body: JsonObject;
  /** The server's clock, to the second; undefined when it does not tell. */
  readonly serverMs: number | undefined;
  /** Our clock, half-way between request and answer. */
  readonly ourMs: number;
}

/**
 * One GET over a connection of its own, without retries, because every fault is
 * of interest here; the clients' reader hides those that heal.
 *
 * @param path below `/api/maestro/v1`, with the query
 * @throws MaestroError for every answer that is no JSON object of Maestro, and Node's error for none
 */
export async function askRest(
  path: string,
  target: { readonly endpoint: Endpoint; readonly settings: ConnectionSettings },
  deps: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<RestAnswer> {
  const { endpoint, settings } = target;
  const raw = await openEndpoint(endpoint, settings, deps.signal);
  try {
    const socket = endpoint.tls ? await secured(raw, endpoint, settings) : raw;
    const startMs = deps.clock.wallMs();
    const answer = await exchange(socket, path, target);
    const ourMs = (startMs + deps.clock.wallMs()) / 2;
    const facts = { method: 'GET', url: `${settings.httpEndpoint}${apiPath}${path.split('?')[0] ?? ''}`, consumer: '' };
    if (answer.status < 200 || answer.status > 299) throw translateHttpAnswer(answer.status, answer.text, facts);
    const dateMs = Date.parse(answer.date);
    return { body: bodyOf(answer.text, facts), serverMs: Number.isNaN(dateMs) ? undefined : dateMs, ourMs };
  } finally {
    raw.destroy();
  }
}

async function secured(raw: Socket, endpoint: Endpoint, settings: ConnectionSettings): Promise<Socket> {
  const { context } = createTlsSource(tlsFilesOf(settings, 'http'), 'http')();
  return startTls(raw, endpoint.host, { context, verify: !settings.insecureSkipVerify }, ['http/1.1']);
}

async function exchange(
  socket: Socket,
  path: string,
  { endpoint, settings }: { readonly endpoint: Endpoint; readonly settings: ConnectionSettings },
): Promise<{ readonly status: number; readonly date: string; readonly text: string }> {
  const token = tokenOf(settings, 'http');
  const proxy = endpoint.tls ? undefined : proxyOf(endpoint, settings);
  const base = new URL(settings.httpEndpoint);
  const fullPath = `${base.pathname.replace(/\/$/, '')}${apiPath}${path}`;
  return new Promise((resolve, reject) => {
    const asked = request({
      createConnection: () => socket,
      // A plaintext proxy is told the whole URL.
      path: proxy === undefined ? fullPath : `${base.origin}${fullPath}`,
      headers: {
        host: formatHostPort(endpoint.host, endpoint.port),
        accept: 'application/json',
        connection: 'close',
        ...(token === undefined ? {} : { authorization: `Bearer ${readToken(token, 'http')}` }),
        ...(proxy?.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }),
      },
    });
    asked.once('error', reject);
    asked.once('response', (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > longestBody) answer.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      answer.once('error', reject);
      answer.once('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          date: answer.headers.date ?? '',
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    asked.end();
  });
}

function bodyOf(
  text: string,
  facts: { readonly method: string; readonly url: string; readonly consumer: string },
): JsonObject {
  let body: JsonValue;
  try {
    body = parseJson(text);
  } catch (error) {
    throw notMaestro(facts, error);
  }
  if (!isJsonObject(body)) throw notMaestro(facts, 'no JSON object');
  return body;
}

/** The rows of a list, of the kind that was asked for. @throws MaestroError when it is another */
export function rowsOf(body: JsonObject, kind: string, url: string): readonly JsonObject[] {
  const items = body['items'];
  if (body['kind'] === kind && Array.isArray(items)) return items.filter((item: JsonValue) => isJsonObject(item));
  throw new MaestroError('unavailable', `${url} answers in JSON, but not as Maestro does`, {
    reason: 'ServerError',
    hint: 'Check --http-endpoint; REST is served on port 8000.',
  });
}
