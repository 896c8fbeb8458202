import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createWorkReader } from '../../src/clients/index.ts';
import type {
  BundleFilter,
  CallOptions,
  ConnectionSettings,
  RowOptions,
  SetAsideRow,
  WorkReader,
} from '../../src/clients/index.ts';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import { MaestroError } from '../../src/errors.ts';
import { createAuthority } from './support/certificates.ts';
import type { Authority, Issued } from './support/certificates.ts';
import { startConnectProxy } from './support/connect-proxy.ts';
import { failureOf } from './support/failure.ts';
import { startGrpcServer } from './support/grpc-server.ts';
import { recordedStep } from './support/recordings.ts';
import { settingsFor, within } from './support/settings.ts';

const cleanups: (() => unknown)[] = [];
const dir = mkdtempSync(join(tmpdir(), 'reader-'));
const bundle = recordedStep('lifecycle', 'get-after-agent-applied').response?.body ?? {};
const bundleId = String(bundle['id']);
let authority: Authority;
let certificate: Issued;

beforeAll(async () => {
  authority = await createAuthority();
  certificate = await authority.issue();
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
  return path;
}

const id = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A REST server; gives its URL and the requests it got. */
async function rest(handle: RequestListener): Promise<{ url: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handle(request, response);
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, requests };
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function reader(changes: Partial<ConnectionSettings>, clock: Clock = systemClock): WorkReader {
  const created = createWorkReader(settingsFor(changes), { clock, random: () => 0 });
  cleanups.push(() => created.close());
  return created;
}

/** A call whose pauses are noted and take no time, while each try is bounded in real time. */
function hurried(ms: number): { clock: Clock; pauses: number[]; options: CallOptions } {
  const pauses: number[] = [];
  const { signal } = new AbortController();
  let offsetMs = 0;
  const monotonicMs = (): number => systemClock.monotonicMs() + offsetMs;
  return {
    pauses,
    options: { signal, deadlineMs: monotonicMs() + ms },
    clock: {
      wallMs: () => systemClock.wallMs() + offsetMs,
      monotonicMs,
      // Tries have signals of their own.
      sleep: async (sleepMs, other) => {
        if (other !== signal) return systemClock.sleep(sleepMs, other);
        pauses.push(Math.round(sleepMs));
        offsetMs += sleepMs;
      },
    },
  };
}

async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<(readonly T[])[]> {
  const all: (readonly T[])[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe('getBundle', () => {
  it('refuses another bundle than the one that was asked for', async () => {
    const { url } = await rest((_request, response) => json(response, { ...bundle, id: id(3) }));
    const error = await failureOf(reader({ httpEndpoint: url }).getBundle(bundleId, within(5_000)));
    expect(error).toMatchObject({ code: 'unavailable', reason: 'ServerError', exitCode: 8 });
    expect(error.message).toContain(id(3));
    expect(await reader({ httpEndpoint: url }).getBundle(id(3).toUpperCase(), within(5_000))).toMatchObject({
      id: id(3),
    });
  });

  it('reads the recorded bundle', async () => {
    const { url, requests } = await rest((_request, response) => json(response, bundle));
    const found = await reader({ httpEndpoint: url }).getBundle(bundleId, within(5_000));
    expect(found).toMatchObject({ id: bundleId, consumerName: 'cluster1', version: 1, status: { observedVersion: 1 } });
    expect(requests[0]?.url).toBe(`/api/maestro/v1/resource-bundles/${bundleId}`);
    // One work is small, and unpacking costs a short run more than it saves.
    expect(requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('reads a compressed answer below a base path', async () => {
    const { url, requests } = await rest((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(bundle)));
    });
    expect(await reader({ httpEndpoint: `${url}/base` }).getBundle(bundleId, within(5_000))).toMatchObject({
      id: bundleId,
    });
    expect(requests[0]?.url).toBe(`/base/api/maestro/v1/resource-bundles/${bundleId}`);
  });

  // Random digits do not pack well, and the letters take two bytes, so that pieces end inside of them.
  const longNote = Array.from({ length: 40_000 }, (_unused, at) => `ü${(at * 7919) % 10_007}`).join('');
  const longBundle = JSON.stringify({ ...bundle, metadata: { name: 'long', annotations: { note: longNote } } });

  it.each([
    { form: 'plain', headers: {}, sent: Buffer.from(longBundle) },
    { form: 'compressed', headers: { 'content-encoding': 'gzip' }, sent: gzipSync(longBundle) },
  ])('reads a long $form answer that comes in pieces', async ({ headers, sent }) => {
    expect(sent.length).toBeGreaterThan(66_000);
    const { url } = await rest((_request, response) => {
      response.writeHead(200, headers);
      for (let at = 0; at < sent.length; at += 33_333) response.write(sent.subarray(at, at + 33_333));
      response.end();
    });
    const found = await reader({ httpEndpoint: url }).getBundle(bundleId, within(5_000));
    expect(found?.metadata['annotations']).toEqual({ note: longNote });
  });

  it.each([
    { size: 'short', whole: gzipSync(JSON.stringify(bundle)).subarray(0, 200) },
    { size: 'long', whole: gzipSync(longBundle).subarray(0, 60_000) },
  ])('says that a $size compressed answer is broken off', async ({ whole }) => {
    const { url } = await rest((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(whole),
    );
    const error = await failureOf(reader({ httpEndpoint: url }).getBundle(bundleId, within(300)));
    expect(error.code).toBe('unavailable');
    expect(error.message).toContain('the compressed answer is broken');
  });

  it('is undefined only for the 404 of Maestro', async () => {
    const absent = recordedStep('lifecycle', 'get-before-create').response?.body;
    const { url } = await rest((_request, response) => json(response, absent, 404));
    expect(await reader({ httpEndpoint: url }).getBundle(bundleId, within(5_000))).toBeUndefined();
  });

  it.each([
    ['an HTML 404', 404, '<html>404</html>'],
    ['the 404 of another path', 404, JSON.stringify(recordedStep('search', 'unknown-path').response?.body)],
    ['an HTML page', 200, '<html>hello</html>'],
    ['another JSON', 200, '{"status":"ok"}'],
    ['a list', 200, '[]'],
  ])('names the endpoint for %s', async (_name, status, body) => {
    const { url, requests } = await rest((_request, response) => response.writeHead(status).end(body));
    const error = await failureOf(reader({ httpEndpoint: url }).getBundle(bundleId, within(5_000)));
    expect(error).toMatchObject({ code: 'unavailable', reason: 'ServerError', transient: false });
    expect(error.commandHint).toMatch(/endpoint/);
    expect(requests).toHaveLength(1);
  });

  it('keeps its connections', async () => {
    const ports: (number | undefined)[] = [];
    const { url } = await rest((request, response) => {
      ports.push(request.socket.remotePort);
      json(response, bundle);
    });
    const subject = reader({ httpEndpoint: url });
    for (let call = 0; call < 20; call += 1) await subject.getBundle(bundleId, within(5_000));
    expect(ports).toHaveLength(20);
    // A second one may be opened in the moment in which the first is not yet free again.
    expect(new Set(ports).size).toBeLessThanOrEqual(2);
  });
});

describe('listBundles', () => {
  /** Serves by key as Maestro does; rows may vanish between pages. */
  async function serving(count: number): Promise<{ url: string; requests: IncomingMessage[]; rows: Set<string> }> {
    const rows = new Set(Array.from({ length: count }, (_, index) => id(index)));
    const served = await rest((request, response) => {
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const after = /id > '([^']*)'/.exec(query.get('search') ?? '')?.[1] ?? '';
      const page = [...rows]
        .filter((row) => row > after)
        .sort()
        .slice(0, Number(query.get('size')));
      json(response, { kind: 'ResourceBundleList', items: page.map((row) => ({ ...bundle, id: row })) });
    });
    return { ...served, rows };
  }

  it('pages by key, always as page 1, and never asks for fields', async () => {
    const { url, requests } = await serving(5);
    const pages = await collect(
      reader({ httpEndpoint: url }).listBundles({ pageSize: 2, where: { source: 's' } }, within(5_000)),
    );
    expect(pages.map((page) => page.map((row) => row.id))).toEqual([[id(0), id(1)], [id(2), id(3)], [id(4)]]);
    expect(requests.map((request) => decodeURIComponent(request.url?.split('?')[1] ?? ''))).toEqual([
      "page=1&size=2&orderBy=id asc&search=source = 's'",
      `page=1&size=2&orderBy=id asc&search=source = 's' and id > '${id(1)}'`,
      `page=1&size=2&orderBy=id asc&search=source = 's' and id > '${id(3)}'`,
    ]);
  });

  it('asks once more after a full last page, for 400 rows a page by default', async () => {
    const { url, requests } = await serving(800);
    const pages = await collect(reader({ httpEndpoint: url }).listBundles({}, within(10_000)));
    expect(pages.map((page) => page.length)).toEqual([400, 400]);
    expect(requests).toHaveLength(3);
  });

  it('hands pages out in parts, without asking for more of them', async () => {
    const { url, requests } = await serving(11);
    const parts = await collect(reader({ httpEndpoint: url }).listBundles({ pageSize: 5, partSize: 2 }, within(5_000)));
    expect(parts.map((part) => part.map((row) => row.id))).toEqual(
      [[0, 1], [2, 3], [4], [5, 6], [7, 8], [9], [10]].map((part) => part.map(id)),
    );
    expect(requests).toHaveLength(3);
  });

  it('tells of a list that breaks off after the rows before that', async () => {
    const text = JSON.stringify({
      items: Array.from({ length: 9 }, (_, at) => ({ ...bundle, id: id(at) })),
      kind: 'ResourceBundleList',
    });
    const { url } = await rest((_request, response) => response.end(text.slice(0, -60)));
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      for await (const part of reader({ httpEndpoint: url }).listBundles({ partSize: 2 }, within(5_000)))
        seen.push(...part.map((row) => row.id));
    };
    expect(await failureOf(read())).toMatchObject({ code: 'unavailable', reason: 'ServerError' });
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(id));
  });

  it('misses nothing when rows vanish between pages', async () => {
    const { url, rows } = await serving(6);
    const seen: string[] = [];
    for await (const page of reader({ httpEndpoint: url }).listBundles({ pageSize: 2 }, within(5_000))) {
      seen.push(...page.map((row) => row.id));
      rows.delete(id(0));
      rows.delete(id(1));
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5].map(id));
  });

  it('ends when a server repeats its page', async () => {
    const { url, requests } = await rest((_request, response) => json(response, { items: [{ ...bundle, id: id(1) }] }));
    const error = await failureOf(collect(reader({ httpEndpoint: url }).listBundles({ pageSize: 1 }, within(5_000))));
    expect(error).toMatchObject({ code: 'unavailable', reason: 'ServerError' });
    expect(requests).toHaveLength(2);
  });

  it('reads many by id a hundred a request, each once, one by a GET, and none without a request', async () => {
    const { url, requests } = await rest((request, response) => {
      const asked = decodeURIComponent(request.url ?? '').match(/[0-9a-f-]{36}/g) ?? [];
      const items = asked.map((one) => ({ ...bundle, id: one }));
      json(response, request.url?.includes('search=') === true ? { kind: 'ResourceBundleList', items } : items[0]);
    });
    const read = async (...ids: readonly string[]): Promise<number> =>
      (await collect(reader({ httpEndpoint: url }).getBundles(ids, within(5_000)))).flat().length;
    const ids = Array.from({ length: 250 }, (_, at) => id(at));
    expect(await read(...ids, id(0))).toBe(250);
    expect(requests).toHaveLength(3);
    expect(await read(id(7), id(7))).toBe(1);
    expect(requests.at(-1)?.url).toMatch(/resource-bundles\/[0-9a-f-]{36}$/);
    expect(await read()).toBe(0);
    expect(requests).toHaveLength(4);
  });

  it.each([
    [{}, 'gzip'],
    [{ where: { consumers: ['c1'] } }, 'gzip'],
    [{ where: { ids: [id(0), id(1)] } }, 'gzip'],
    [{ where: { replacing: '*' } }, 'gzip'],
    // What is asked before each write, and hardly ever has a row: to unpack it, a short run would load node:zlib.
    [{ where: { ids: [id(0)] } }, 'identity'],
    [{ where: { consumers: ['c1'], replacing: 'w' } }, 'identity'],
  ])('asks about %j for an answer as %s', async (query, accepted) => {
    const { url, requests } = await serving(0);
    await collect(reader({ httpEndpoint: url }).listBundles(query, within(5_000)));
    expect(requests.map(({ headers }) => headers['accept-encoding'])).toEqual([accepted]);
  });

  it('takes JSON searches along', async () => {
    const { url, requests } = await serving(1);
    await collect(
      reader({ httpEndpoint: url }).listBundles({ where: { names: ['hyperfleet-cluster1-demo'] } }, within(5_000)),
    );
    expect(new URL(requests[0]?.url ?? '', url).searchParams.get('search')).toBe(
      "payload -> 'metadata' ->> 'name' = 'hyperfleet-cluster1-demo'",
    );
  });

  const row = {
    ...bundle,
    id: id(7),
    consumer_name: 'c1',
    metadata: { name: 'w', labels: { app: 'web', tier: 'db' } },
  };
  it.each([
    { what: 'an id', other: { ids: [id(8)] }, same: { ids: [id(7)] } },
    { what: 'ids', other: { ids: [id(8), id(9)] }, same: { ids: [id(8), id(7)] } },
    { what: 'a consumer', other: { consumers: ['c2'] }, same: { consumers: ['c1'] } },
    { what: 'consumers', other: { consumers: ['c2', 'c3'] }, same: { consumers: ['c2', 'c1'] } },
    { what: 'a name', other: { names: ['v'] }, same: { names: ['w'] } },
    { what: 'names', other: { names: ['v', 'x'] }, same: { names: ['v', 'w'] } },
    { what: 'labels', other: { labels: { app: 'web', tier: 'front' } }, same: { labels: { app: 'web' } } },
    { what: 'an executor', other: { ids: [id(8)], executor: {} }, same: { ids: [id(7)], executor: {} } },
    { what: 'one of two things', other: { source: 's', names: ['v'] }, same: { source: 's', names: ['w'] } },
  ] satisfies readonly { what: string; other: BundleFilter; same: BundleFilter }[])(
    'refuses a row that is not what was asked for by $what',
    async ({ other, same }) => {
      const { url } = await rest((_request, response) => json(response, { items: [row] }));
      const asked = (where: BundleFilter): Promise<unknown> =>
        collect(reader({ httpEndpoint: url }).listBundles({ where }, within(5_000)));
      expect(await asked(same)).toHaveLength(1);
      const error = await failureOf(asked(other));
      expect(error).toMatchObject({ code: 'unavailable', reason: 'ServerError', exitCode: 8 });
      expect(error.message).toMatch(/is not what was asked for: it is the work "w" on c1, id /);
    },
  );

  it('refuses consumers of other names', async () => {
    const { url } = await rest((_request, response) =>
      json(response, { items: [recordedStep('consumers', 'create').response?.body] }),
    );
    const error = await failureOf(
      collect(reader({ httpEndpoint: url }).listConsumers({ where: { names: ['c1', 'c2'] } }, within(5_000))),
    );
    expect(error).toMatchObject({ code: 'unavailable', reason: 'ServerError' });
    expect(error.message).toContain('it is the consumer rec-west-1');
  });

  it('refuses a list that is none', async () => {
    const { url } = await rest((_request, response) => json(response, { items: 'none' }));
    expect(await failureOf(collect(reader({ httpEndpoint: url }).listBundles({}, within(5_000))))).toMatchObject({
      reason: 'ServerError',
    });
  });
});

describe('retries', () => {
  it.each([429, 502, 503, 504])('a GET after %i, with growing pauses', async (status) => {
    let calls = 0;
    const { url } = await rest((_request, response) => {
      calls += 1;
      if (calls <= 6) response.writeHead(status).end();
      else json(response, bundle);
    });
    const { clock, pauses, options } = hurried(60_000);
    const told: string[] = [];
    await reader({ httpEndpoint: url }, clock).getBundle(bundleId, {
      ...options,
      onRetry: ({ code }) => void told.push(code),
    });
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1000]);
    expect(told).toEqual(pauses.map(() => 'unavailable'));
  });

  it('waits as long as Retry-After says', async () => {
    let calls = 0;
    const { url } = await rest((_request, response) => {
      calls += 1;
      if (calls === 1) response.writeHead(429, { 'retry-after': '2' }).end();
      else json(response, bundle);
    });
    const { clock, pauses, options } = hurried(60_000);
    await reader({ httpEndpoint: url }, clock).getBundle(bundleId, options);
    expect(pauses).toEqual([2000]);
  });

  it('ends with the last answer when no time is left for another', async () => {
    const { url } = await rest((_request, response) => response.writeHead(503).end());
    const { clock, pauses, options } = hurried(3_000);
    const error = await failureOf(reader({ httpEndpoint: url }, clock).getBundle(bundleId, options));
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(3_000);
    expect(error).toMatchObject({ code: 'unavailable', reason: 'ServerError', transient: true });
  });

  it('a GET after a lost connection', async () => {
    let calls = 0;
    const { url } = await rest((request, response) => {
      calls += 1;
      if (calls === 1) request.socket.destroy();
      else json(response, bundle);
    });
    expect(await reader({ httpEndpoint: url }).getBundle(bundleId, within(5_000))).toMatchObject({ id: bundleId });
    expect(calls).toBe(2);
  });

  it('waits for a server that is not there yet', async () => {
    const { url } = await rest((_request, response) => json(response, bundle));
    const port = Number(new URL(url).port);
    for (const cleanup of cleanups.splice(0)) await cleanup();
    const subject = reader({ httpEndpoint: url });
    const found = subject.getBundle(bundleId, within(8_000));
    const late = createServer((_request, response) => json(response, bundle));
    await systemClock.sleep(150, new AbortController().signal);
    await new Promise<void>((resolve) => late.listen(port, '127.0.0.1', resolve));
    cleanups.unshift(() => late.close());
    expect(await found).toMatchObject({ id: bundleId });
  });

  it('not a POST that was lost', async () => {
    const { url, requests } = await rest((request) => request.socket.destroy());
    const error = await failureOf(reader({ httpEndpoint: url }).createConsumer('c', {}, within(5_000)));
    expect(error).toMatchObject({ code: 'unavailable', reason: 'OutcomeUnknown', delivery: 'unknown' });
    expect(requests).toHaveLength(1);
  });

  it('not a POST that was answered', async () => {
    const { url, requests } = await rest((_request, response) => response.writeHead(503).end());
    expect(await failureOf(reader({ httpEndpoint: url }).createConsumer('c', {}, within(5_000)))).toMatchObject({
      delivery: 'unknown',
    });
    expect(requests).toHaveLength(1);
  });

  it('a POST that could not be sent', async () => {
    const { clock, pauses, options } = hurried(2_000);
    const error = await failureOf(
      reader({ httpEndpoint: 'http://127.0.0.1:1' }, clock).createConsumer('c', {}, options),
    );
    expect(error).toMatchObject({ code: 'unavailable', delivery: 'not-sent', transient: true });
    expect(pauses.length).toBeGreaterThan(2);
  });

  it('end with the signal', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const { url } = await rest(() => abort.abort(reason));
    await expect(reader({ httpEndpoint: url }).getBundle(bundleId, within(5_000, abort.signal))).rejects.toBe(reason);
  });

  it.each([
    { about: 'a signal of ours', reason: new MaestroError('terminated', 'terminated by SIGTERM'), code: 'terminated' },
    { about: 'that of a program', reason: new Error('enough'), code: 'interrupted' },
  ])('end with the signal while a write has no answer, and its effect is unknown: $about', async ({ reason, code }) => {
    const writes: readonly ((subject: WorkReader, call: CallOptions) => Promise<unknown>)[] = [
      (subject, call) => subject.createConsumer('c', {}, call),
      (subject, call) => subject.updateConsumer('id', {}, call),
      (subject, call) => subject.deleteConsumer('id', call),
    ];
    for (const write of writes) {
      const abort = new AbortController();
      const { url } = await rest(() => abort.abort(reason));
      const error = await failureOf(write(reader({ httpEndpoint: url }), within(5_000, abort.signal)));
      expect(error).toMatchObject({ code, reason: 'OutcomeUnknown', delivery: 'unknown' });
    }
  });

  it('end with the deadline when the server is silent', async () => {
    const { url } = await rest(() => undefined);
    const error = await failureOf(reader({ httpEndpoint: url }).getBundle(bundleId, within(300)));
    expect(error).toMatchObject({ code: 'unavailable', delivery: 'unknown', transient: true });
  });
});

describe('consumers', () => {
  const recorded = recordedStep('consumers', 'create').response?.body ?? {};

  it('are created, changed and found', async () => {
    const bodies: unknown[] = [];
    const { url, requests } = await rest((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        bodies.push(text === '' ? undefined : JSON.parse(text));
        if (request.method === 'GET') json(response, { items: [recorded] });
        else json(response, recorded, request.method === 'POST' ? 201 : 200);
      });
    });
    const subject = reader({ httpEndpoint: url });
    expect(await subject.createConsumer('rec-west-1', { env: 'prod' }, within(5_000))).toMatchObject({
      name: 'rec-west-1',
      labels: { env: 'prod' },
    });
    await subject.updateConsumer('an/id', { env: 'stage' }, within(5_000));
    expect(await subject.findConsumer('rec-west-1', within(5_000))).toMatchObject({ id: recorded['id'] });
    // The server gives every row to whatever question: that is no "no".
    expect(await failureOf(subject.findConsumer('other', within(5_000)))).toMatchObject({
      code: 'unavailable',
      reason: 'ServerError',
    });
    expect(requests.map((request) => `${request.method} ${request.url?.split('?')[0]}`)).toEqual([
      'POST /api/maestro/v1/consumers',
      'PATCH /api/maestro/v1/consumers/an%2Fid',
      'GET /api/maestro/v1/consumers',
      'GET /api/maestro/v1/consumers',
    ]);
    expect(bodies.slice(0, 2)).toEqual([{ name: 'rec-west-1', labels: { env: 'prod' } }, { labels: { env: 'stage' } }]);
  });

  it('with works cannot be deleted', async () => {
    const { response: answer } = recordedStep('search', 'delete-consumer-with-works');
    const { url } = await rest((_request, response) => json(response, answer?.body, answer?.status));
    expect(await failureOf(reader({ httpEndpoint: url }).deleteConsumer('c', within(5_000)))).toMatchObject({
      code: 'conflict',
      delivery: 'refused',
    });
  });

  it('are deleted', async () => {
    const { url, requests } = await rest((_request, response) => response.writeHead(204).end());
    await reader({ httpEndpoint: url }).deleteConsumer('c', within(5_000));
    expect(requests[0]?.method).toBe('DELETE');
  });
});

describe('connections', () => {
  async function secure(options: { tls?: Issued; clientCa?: string } = {}): Promise<{ url: string; names: string[] }> {
    const names: string[] = [];
    const server = createTlsServer(
      {
        ...(options.tls ?? certificate),
        minVersion: 'TLSv1.3',
        ...(options.clientCa === undefined
          ? {}
          : { ca: options.clientCa, requestCert: true, rejectUnauthorized: true }),
      },
      (request, response) => {
        const socket = request.socket as unknown as { getPeerCertificate(): { subject?: { CN?: string } } };
        names.push(socket.getPeerCertificate().subject?.CN ?? '');
        json(response, bundle);
      },
    );
    return { url: `https://127.0.0.1:${await listen(server)}`, names };
  }

  it.each([
    ['with its own CA', () => ({ httpTls: { caFile: file('ca.pem', authority.cert) } })],
    ['with the CA of gRPC', () => ({ grpcTls: { caFile: file('ca.pem', authority.cert) } })],
    ['unverified', () => ({ insecureSkipVerify: true })],
  ])('in TLS, %s', async (_name, changes) => {
    const { url } = await secure();
    expect(await reader({ httpEndpoint: url, ...changes() }).getBundle(bundleId, within(5_000))).toMatchObject({
      id: bundleId,
    });
  });

  it.each([
    ['an unknown CA', async () => ({ httpEndpoint: (await secure()).url }), 'access-denied', /--http-ca-file/],
    [
      'another host name',
      async () => {
        const tls = await authority.issue({ dns: ['maestro.example'], ips: [] });
        return { httpEndpoint: (await secure({ tls })).url, httpTls: { caFile: file('ca.pem', authority.cert) } };
      },
      'access-denied',
      /--http-endpoint/,
    ],
    [
      'an expired certificate',
      async () => {
        const tls = await authority.issue({
          notBefore: new Date(Date.now() - 7_200_000),
          notAfter: new Date(Date.now() - 3_600_000),
        });
        return { httpEndpoint: (await secure({ tls })).url, httpTls: { caFile: file('ca.pem', authority.cert) } };
      },
      'access-denied',
      /clock/,
    ],
    [
      'no client certificate',
      async () => ({
        httpEndpoint: (await secure({ clientCa: authority.cert })).url,
        httpTls: { caFile: file('ca.pem', authority.cert) },
      }),
      'access-denied',
      /--http-client-cert-file/,
    ],
    [
      'https on a plaintext port',
      async () => ({
        httpEndpoint: (await rest((_request, response) => json(response, bundle))).url.replace('http:', 'https:'),
      }),
      'access-denied',
      /http:\/\//,
    ],
    [
      'the gRPC port',
      async () => {
        const server = await startGrpcServer();
        cleanups.push(() => server.close());
        return { httpEndpoint: `http://127.0.0.1:${server.port}` };
      },
      'unavailable',
      /gRPC port/,
    ],
  ] as const)('fail at once: %s', async (_name, changes, code, hint) => {
    const startedMs = systemClock.monotonicMs();
    const error = await failureOf(reader(await changes()).getBundle(bundleId, within(10_000)));
    expect(error).toMatchObject({ code, transient: false });
    expect(error.commandHint).toMatch(hint);
    expect(systemClock.monotonicMs() - startedMs).toBeLessThan(5_000);
  });

  it('show rotated certificates and tokens with the next call', async () => {
    const [first, second] = await Promise.all([
      authority.issue({ name: 'CN=first', client: true }),
      authority.issue({ name: 'CN=second', client: true }),
    ]);
    const { url, names } = await secure({ clientCa: authority.cert });
    const httpTls = {
      caFile: file('ca.pem', authority.cert),
      clientCertFile: file('c.crt', first.cert),
      clientKeyFile: file('c.key', first.key),
    };
    const subject = reader({ httpEndpoint: url, httpTls });
    await subject.getBundle(bundleId, within(5_000));
    file('c.crt', second.cert);
    file('c.key', second.key);
    await subject.getBundle(bundleId, within(5_000));
    expect(names).toEqual(['first', 'second']);
  });

  it('carry the token of the file, as it is now', async () => {
    const { url, requests } = await rest((_request, response) => json(response, bundle));
    const subject = reader({ httpEndpoint: url, httpToken: { file: file('token', 'one') }, allowPlaintextToken: true });
    await subject.getBundle(bundleId, within(5_000));
    file('token', 'two');
    await subject.getBundle(bundleId, within(5_000));
    expect(requests.map((request) => request.headers.authorization)).toEqual(['Bearer one', 'Bearer two']);
  });

  it('never carry a token in plaintext without leave', async () => {
    const { url, requests } = await rest((_request, response) => json(response, bundle));
    expect(
      await failureOf(reader({ httpEndpoint: url, httpToken: { value: 'sesame' } }).getBundle(bundleId, within(5_000))),
    ).toMatchObject({ code: 'usage' });
    expect(requests).toHaveLength(0);
  });

  it.each([
    ['http', false],
    ['https', true],
  ])('go through a proxy, by %s', async (scheme, tls) => {
    const port = tls
      ? await listen(
          createTlsServer(await authority.issue({ dns: ['maestro.example'] }), (_request, response) =>
            json(response, bundle),
          ),
        )
      : Number(new URL((await rest((_request, response) => json(response, bundle))).url).port);
    const proxy = await startConnectProxy({ 'maestro.example': port });
    cleanups.push(() => proxy.close());
    const url = `http://me:secret@127.0.0.1:${proxy.port}`;
    const subject = reader({
      httpEndpoint: `${scheme}://maestro.example:8000`,
      httpTls: { caFile: file('ca.pem', authority.cert) },
      proxy: { httpProxy: url, httpsProxy: url },
    });
    expect(await subject.getBundle(bundleId, within(5_000))).toMatchObject({ id: bundleId });
    expect(proxy.asked).toHaveLength(1);
    expect(proxy.asked[0]).toMatchObject({ authorization: `Basic ${Buffer.from('me:secret').toString('base64')}` });
  });

  it('ask a proxy that speaks TLS by its own name', async () => {
    const names: (string | false)[] = [];
    const port = await listen(
      createTlsServer(
        { ...certificate, SNICallback: (name, done) => (names.push(name), done(null)) },
        (_request, response) => json(response, bundle),
      ),
    );
    const error = await failureOf(
      reader({
        httpEndpoint: 'http://maestro.example:8000',
        proxy: { httpProxy: `https://localhost:${port}` },
      }).getBundle(bundleId, within(5_000)),
    );
    // Its CA is a private one, so it is not trusted.
    expect(error).toMatchObject({ code: 'access-denied', reason: 'TlsFailed' });
    expect(names).toEqual(['localhost']);
  });

  it('of a certificate that was replaced close after their last answer', async () => {
    const [first, second] = await Promise.all([
      authority.issue({ name: 'CN=first', client: true }),
      authority.issue({ name: 'CN=second', client: true }),
    ]);
    const waiting: ServerResponse[] = [];
    const server = createTlsServer(
      { ...certificate, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
      (_request, response) => void waiting.push(response),
    );
    const subject = reader({
      httpEndpoint: `https://127.0.0.1:${await listen(server)}`,
      httpTls: {
        caFile: file('ca.pem', authority.cert),
        clientCertFile: file('c.crt', first.cert),
        clientKeyFile: file('c.key', first.key),
      },
    });
    const before = subject.getBundle(bundleId, within(5_000));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    const old = waiting[0]?.socket;
    file('c.crt', second.cert);
    file('c.key', second.key);
    const after = subject.getBundle(bundleId, within(5_000));
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    expect(old?.destroyed).toBe(false);
    for (const response of waiting) json(response, bundle);
    expect(await Promise.all([before, after])).toMatchObject([{ id: bundleId }, { id: bundleId }]);
    await vi.waitFor(() => expect(old?.destroyed).toBe(true));
    expect(waiting[1]?.socket?.destroyed).not.toBe(true);
  });

  it('are told apart when a proxy refuses', async () => {
    const proxy = await startConnectProxy({}, 407);
    cleanups.push(() => proxy.close());
    const error = await failureOf(
      reader({
        httpEndpoint: 'https://maestro.example',
        proxy: { httpsProxy: `http://127.0.0.1:${proxy.port}` },
      }).getBundle(bundleId, within(5_000)),
    );
    expect(error).toMatchObject({ code: 'access-denied', reason: 'Unauthenticated', transient: false });
  });

  it('end at close', async () => {
    const port = await listen(createTcpServer(() => undefined));
    const subject = reader({ httpEndpoint: `http://127.0.0.1:${port}` });
    const running = subject.getBundle(bundleId, within(300)).catch((error: unknown) => error);
    await subject.close();
    expect(await running).toMatchObject({ code: 'unavailable' });
  });
});

describe('rows that cannot be read', () => {
  const deep = '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000);
  const row = (id: string): Record<string, unknown> => ({
    ...bundle,
    id,
    consumer_name: 'c1',
    metadata: { name: `work-${id}` },
  });
  const rows: readonly string[] = [
    JSON.stringify(row('1')),
    JSON.stringify({ ...row('2'), manifests: ['?'] }).replace('"?"', deep),
    JSON.stringify(row('3')),
    JSON.stringify({ ...row('4'), version: 'seven' }),
    JSON.stringify(row('5')),
  ];
  const list = (items: readonly string[]): string => `{"items":[${items.join(',')}],"kind":"ResourceBundleList"}`;

  it('are set aside and named, and the pages go on behind them', async () => {
    const { url, requests } = await rest((request, response) => {
      const after = /id > '(\d)'/.exec(decodeURIComponent(request.url ?? ''))?.[1] ?? '0';
      response.end(list(rows.slice(Number(after), Number(after) + 2)));
    });
    const aside: string[] = [];
    const query = {
      pageSize: 2,
      onSetAside: ({ id, consumerName, name, error }: SetAsideRow) =>
        aside.push(`${id} ${consumerName} ${name} ${error.exitCode}: ${error.message}`),
    };
    const pages = await collect(reader({ httpEndpoint: url }).listBundles(query, within(5_000)));
    expect(pages.flat().map(({ id }) => id)).toEqual(['1', '3', '5']);
    expect(aside).toEqual([
      '2 c1 work-2 8: the work work-2 on c1 cannot be read: its row is nested more than 502 levels deep',
      '4 c1 work-4 8: the work work-4 on c1 cannot be read: the answer is not a resource bundle: its version is missing or of another kind',
    ]);
    expect(requests).toHaveLength(3);
  });

  it('fail a read that does not set them aside', async () => {
    const { url } = await rest((_request, response) => void response.end(list(rows)));
    const error = await failureOf(collect(reader({ httpEndpoint: url }).listBundles({}, within(5_000))));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('work-2 on c1') as string });
  });

  it('fail the read of one work', async () => {
    const { url } = await rest((_request, response) => void response.end(rows[1]));
    const error = await failureOf(reader({ httpEndpoint: url }).getBundle('2', within(5_000)));
    expect(error).toMatchObject({
      code: 'unavailable',
      exitCode: 8,
      transient: false,
      message: expect.stringContaining("the server's answer is nested too deeply") as string,
    });
  });

  it('are set aside where one is read by its id, and named as its row in a list is', async () => {
    const { url, requests } = await rest(
      (request, response) =>
        void response.end(request.url?.includes('search=') === true ? list([rows[3] ?? '']) : rows[3]),
    );
    const aside: string[] = [];
    const onSetAside = ({ id, error }: SetAsideRow): void => void aside.push(`${id}: ${error.message}`);
    const read = (options: CallOptions & RowOptions): Promise<unknown> =>
      collect(reader({ httpEndpoint: url }).getBundles(['4'], options));
    expect(await read({ ...within(5_000), onSetAside })).toEqual([]);
    expect(aside).toEqual([expect.stringContaining('4: the work work-4 on c1 cannot be read')]);
    expect(requests).toHaveLength(2);
    expect(await failureOf(read(within(5_000)))).toMatchObject({ code: 'unavailable', reason: 'ServerError' });
  });

  it('do not include one whose feedback nests too deeply, which stays the text that it was', async () => {
    const status = {
      ObservedVersion: 1,
      resourceStatus: [
        { statusFeedback: { values: [{ name: 'status', fieldValue: { type: 'JsonRaw', jsonRaw: deep } }] } },
      ],
    };
    const { url } = await rest((_request, response) => json(response, { ...row('1'), status }));
    const found = await reader({ httpEndpoint: url }).getBundle('1', within(5_000));
    expect(found?.status?.resourceStatus[0]?.feedback).toEqual([{ name: 'status', value: deep }]);
  });
});
