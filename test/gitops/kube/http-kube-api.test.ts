import { describe, expect, it } from 'vitest';
import { toWireJson, type JsonObject } from '../../../src/core/json.ts';
import { MaestroError } from '../../../src/errors.ts';
import type { CredentialSource } from '../../../src/gitops/kube/credentials.ts';
import { HttpKubeApi } from '../../../src/gitops/kube/http-kube-api.ts';
import type { KubeCallFact, WatchEvent } from '../../../src/gitops/kube/kube-api.ts';
import { GoneError } from '../../../src/gitops/kube/translate-status.ts';
import { systemClock } from '../../../src/clock.ts';
import { failureOf } from '../../clients/support/failure.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { status } from './support/fake-hub.ts';
import { soon, startHub, until, widgets } from './support/hub-client.ts';
import { serving } from './support/one-connection.ts';

const silent = { silenceMs: 60_000 };

/** Watches in the background, and keeps what came and how it ended. */
function watching(events: AsyncIterable<WatchEvent>): { readonly seen: string[]; readonly ended: Promise<unknown> } {
  const seen: string[] = [];
  const run = async (): Promise<unknown> => {
    try {
      for await (const event of events) {
        seen.push(
          event.type === 'BOOKMARK'
            ? `BOOKMARK ${event.resourceVersion}`
            : `${event.type} ${String((event.object['metadata'] as { name: string }).name)}`,
        );
      }
      return 'ended';
    } catch (error) {
      return error;
    }
  };
  return { seen, ended: run() };
}

describe('calls', () => {
  it('reads an object, and knows a missing object from a missing kind', async () => {
    const { hub, api } = await startHub();
    hub.put('a', 'text');
    expect(await api.get(widgets, { namespace: 'ns', name: 'a' }, soon())).toMatchObject({ spec: { note: 'text' } });
    expect(await api.get(widgets, { namespace: 'ns', name: 'b' }, soon())).toBeUndefined();
    hub.next('any', { status: 404, body: '404 page not found\n' });
    expect(await failureOf(api.get(widgets, { namespace: 'ns', name: 'a' }, soon()))).toMatchObject({
      code: 'not-found',
    });
    expect(api.defaultNamespace).toBe('here');
  });

  it('lists in pages of one snapshot', async () => {
    const { hub, api } = await startHub();
    for (const name of ['a', 'b', 'c']) hub.put(name);
    const first = await api.listPage(widgets, { labelSelector: 'pick in (yes,true)', limit: 2 }, soon());
    expect(first).toMatchObject({ resourceVersion: '103' });
    expect(first.items).toHaveLength(2);
    hub.put('d');
    const last = await api.listPage(
      widgets,
      { limit: 2, ...(first.continue === undefined ? {} : { continue: first.continue }) },
      soon(),
    );
    expect(last.items).toHaveLength(1);
    expect(last.continue).toBeUndefined();
    expect(hub.asked[0]?.query.get('labelSelector')).toBe('pick in (yes,true)');
    expect(hub.asked[0]?.path).toBe('/apis/example.com/v1/widgets');
  });

  it('hands the objects of a page over as they come, and the last of them with the page', async () => {
    const { hub, api } = await startHub();
    const named = (name: string): JsonObject => ({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name, note: 'ü€😀'.repeat(4_000), id: 9007199254740993n },
    });
    const names = Array.from({ length: 20 }, (_, at) => `w-${at}`);
    const body = toWireJson({
      apiVersion: 'example.com/v1',
      items: names.map((name) => named(name)),
      kind: 'WidgetList',
      metadata: { continue: 'more', resourceVersion: '7' },
    });
    hub.next('list', { status: 200, body });
    const taken: JsonObject[] = [];
    const page = await api.listPage(widgets, { limit: 20 }, soon(), (object) => taken.push(object));
    expect(page).toMatchObject({ continue: 'more', resourceVersion: '7' });
    expect(taken).toHaveLength(19);
    expect([...taken, ...page.items]).toEqual(names.map((name) => named(name)));

    hub.next('list', { status: 200, body: body.slice(0, -100) });
    expect(await failureOf(api.listPage(widgets, { limit: 20 }, soon(), () => undefined))).toMatchObject({
      code: 'unavailable',
      reason: 'ServerError',
    });
    hub.next('list', { status: 403, body: status(403, 'Forbidden', 'may not') });
    expect(await failureOf(api.listPage(widgets, { limit: 20 }, soon(), () => undefined))).toMatchObject({
      code: 'access-denied',
    });
  });

  it('says that a continue token has expired', async () => {
    const { hub, api } = await startHub();
    hub.next('list', { status: 410, body: status(410, 'Expired', 'too old') });
    expect(await failureOf(api.listPage(widgets, { limit: 2, continue: 'x' }, soon()))).toBeInstanceOf(GoneError);
  });

  it('sends JSON patches as such, integers digit by digit', async () => {
    const { hub, api } = await startHub();
    hub.next('any', { status: 200, body: '{"spec":{"id":9007199254740993,"ratio":0.10000000000000001}}' });
    const answer = await api.jsonPatch(
      widgets,
      { namespace: 'ns', name: 'a' },
      [{ op: 'add', path: '/spec/id', value: 9007199254740993n }],
      soon(),
    );
    expect(answer).toEqual({ spec: { id: 9007199254740993n, ratio: 0.1 } });
    expect(hub.asked[0]).toMatchObject({
      method: 'PATCH',
      path: '/apis/example.com/v1/namespaces/ns/widgets/a',
      body: '[{"op":"add","path":"/spec/id","value":9007199254740993}]',
    });
    expect(hub.asked[0]?.headers['content-type']).toBe('application/json-patch+json');
  });

  it('tells the pause that a 429 asks for', async () => {
    const { hub, api } = await startHub();
    hub.next('any', { status: 429, headers: { 'retry-after': '2' }, body: status(429, 'TooManyRequests', 'slow') });
    expect(await failureOf(api.create(widgets, 'ns', {}, soon()))).toMatchObject({
      code: 'unavailable',
      retryAfterMs: 2_000,
      transient: true,
    });
  });

  it('shares connections among calls, and tells each call to the observer', async () => {
    const facts: KubeCallFact[] = [];
    const { hub, api } = await startHub({ observe: (fact) => facts.push(fact) });
    hub.put('a');
    for (let count = 0; count < 20; count += 1) await api.get(widgets, { namespace: 'ns', name: 'a' }, soon());
    // The second may be opened while the end of an answer is still being read.
    expect(hub.connections).toBeLessThanOrEqual(2);
    expect(facts).toHaveLength(20);
    expect(facts[0]).toMatchObject({ verb: 'get', resource: 'widgets', status: 200 });
  });

  it('gives up at the deadline, and when aborted', async () => {
    const { hub, api } = await startHub();
    hub.next('any', 'hang');
    expect(await failureOf(api.get(widgets, { namespace: 'ns', name: 'a' }, soon(50)))).toMatchObject({
      code: 'unavailable',
      transient: true,
    });
    hub.next('any', 'hang');
    const stop = new AbortController();
    const call = failureOf(api.get(widgets, { namespace: 'ns', name: 'a' }, { ...soon(), signal: stop.signal }));
    await until(() => hub.asked.length === 2, 'the second request');
    stop.abort(new Error('enough'));
    expect(await call).toMatchObject({ code: 'interrupted' });
    await until(() => hub.openSockets === 0, 'the sockets of both calls closed');
  });

  it.each([
    ['a page of a proxy', '<html>hello</html>'],
    ['a text', '"hello"'],
  ])('does not take %s for an answer', async (_what, body) => {
    const { hub, api } = await startHub();
    hub.next('any', { status: 200, body });
    expect(await failureOf(api.listPage(widgets, { limit: 1 }, soon()))).toMatchObject({
      code: 'unavailable',
      reason: 'ServerError',
    });
  });

  it('lets go of a 401 that it does not read, when there are no other credentials', async () => {
    let closed = false;
    const { dispatcher, request } = await serving((_request, response) => {
      response.on('close', () => (closed = true));
      response.writeHead(401).write('you are');
    });
    const credentials = {
      server: String(request.origin),
      lend: async () => ({ dispatcher, headers: {} }),
      renew: async () => Promise.reject(new MaestroError('access-denied', 'the plugin failed')),
    };
    const api = new HttpKubeApi(credentials as unknown as CredentialSource, { clock: systemClock, userAgent: 'test' });
    expect(await failureOf(api.listPage(widgets, { limit: 1 }, soon(), () => undefined))).toMatchObject({
      message: 'the plugin failed',
    });
    await until(() => closed, 'the end of the connection');
  });

  it('says that nobody listens', async () => {
    const { hub, api } = await startHub();
    await hub.close();
    expect(await failureOf(api.get(widgets, { name: 'a' }, soon()))).toMatchObject({
      code: 'unavailable',
      reason: 'ServerUnreachable',
      delivery: 'not-sent',
    });
  });
});

describe('watch', () => {
  const query = { labelSelector: 'pick=yes', resourceVersion: '100', timeoutSeconds: 300 };

  it('gives events and bookmarks, and ends when the server ends it', async () => {
    const { hub, api } = await startHub();
    hub.put('a');
    const { seen, ended } = watching(api.watch(widgets, query, { signal: new AbortController().signal, ...silent }));
    await until(() => hub.watchers === 1, 'the watch');
    hub.put('b');
    hub.remove('a');
    hub.bookmark();
    await until(() => seen.length === 4, 'four events');
    expect(seen).toEqual(['ADDED a', 'ADDED b', 'DELETED a', 'BOOKMARK 103']);
    hub.endWatches();
    expect(await ended).toBe('ended');
    expect(hub.asked[0]?.query.get('allowWatchBookmarks')).toBe('true');
    expect(hub.asked[0]?.query.get('timeoutSeconds')).toBe('300');
  });

  it.each([
    [
      'an ERROR 410 inside a stream',
      (hub: { sendRaw(text: string): void }) =>
        hub.sendRaw(
          `${JSON.stringify({ type: 'ERROR', object: JSON.parse(status(410, 'Expired', 'old')) as unknown })}\n`,
        ),
      GoneError,
    ],
    ['a line that is no JSON', (hub: { sendRaw(text: string): void }) => hub.sendRaw('{"type":"ADD\n'), 'unavailable'],
    [
      'an unknown event',
      (hub: { sendRaw(text: string): void }) => hub.sendRaw('{"type":"NEWS","object":{}}\n'),
      'unavailable',
    ],
    ['a cut', (hub: { cutWatches(): void }) => hub.cutWatches(), 'unavailable'],
    [
      'an end in the middle of an event',
      (hub: { sendRaw(text: string): void; endWatches(): void }) => {
        hub.sendRaw('{"type":"ADDED"');
        hub.endWatches();
      },
      'unavailable',
    ],
  ])('fails on %s', async (_what, act, expected) => {
    const { hub, api } = await startHub();
    const { ended } = watching(api.watch(widgets, query, { signal: new AbortController().signal, ...silent }));
    await until(() => hub.watchers === 1, 'the watch');
    act(hub);
    const error = await ended;
    if (typeof expected === 'string') expect(error).toMatchObject({ code: expected, transient: true });
    else expect(error).toBeInstanceOf(expected);
  });

  it('closes a connection that is silent, half-open or with nothing to tell, and bookmarks keep it alive', async () => {
    const clock = new ManualClock();
    const { hub, api } = await startHub({ clock });
    let opened = 0;
    const { seen, ended } = watching(
      api.watch(widgets, query, {
        signal: new AbortController().signal,
        silenceMs: 90_000,
        onOpen: () => (opened += 1),
      }),
    );
    await until(() => hub.watchers === 1 && clock.sleeping === 1, 'the watch');
    for (let minute = 0; minute < 3; minute += 1) {
      await clock.advance(60_000);
      hub.bookmark();
      await until(() => seen.length === minute + 1, 'a bookmark');
    }
    hub.freezeWatches();
    hub.bookmark();
    await clock.advance(89_000);
    expect(hub.openSockets).toBe(1);
    await clock.advance(1_000);
    // A real API server that has seen no change of the kind sends no bookmarks either.
    expect(await ended).toBe('ended');
    expect(opened).toBe(1);
    await until(() => hub.openSockets === 0, 'the dead socket closed');
  });

  it('fails when a server that is asked for a watch does not answer', async () => {
    const clock = new ManualClock();
    const { hub, api } = await startHub({ clock });
    hub.next('watch', 'hang');
    const { ended } = watching(api.watch(widgets, query, { signal: new AbortController().signal, silenceMs: 90_000 }));
    await until(() => hub.asked.length === 1 && clock.sleeping === 1, 'the watch');
    await clock.advance(90_000);
    expect(await ended).toMatchObject({ code: 'unavailable', reason: 'ServerUnreachable', transient: true });
  });

  it('closes its socket when aborted, and when the reader leaves', async () => {
    const { hub, api } = await startHub();
    const stop = new AbortController();
    const { ended } = watching(api.watch(widgets, query, { signal: stop.signal, ...silent }));
    await until(() => hub.watchers === 1, 'the watch');
    stop.abort(new Error('enough'));
    expect(await ended).toMatchObject({ code: 'interrupted' });
    await until(() => hub.openSockets === 0, 'the socket closed');
    hub.put('a');
    for await (const event of api.watch(widgets, query, { signal: new AbortController().signal, ...silent })) {
      expect(event.type).toBe('ADDED');
      break;
    }
    await until(() => hub.openSockets === 0, 'the second socket closed');
  });

  it('leaves nothing behind on a signal that lives for ever', async () => {
    const { hub, api } = await startHub({ clock: systemClock });
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners += 1;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...given);
    };
    hub.put('a');
    for (let count = 0; count < 5; count += 1) {
      await api.get(widgets, { namespace: 'ns', name: 'a' }, { ...soon(), signal });
      for await (const event of api.watch(widgets, query, { signal, ...silent })) if (event.type === 'ADDED') break;
    }
    expect(listeners).toBe(0);
  });
});
