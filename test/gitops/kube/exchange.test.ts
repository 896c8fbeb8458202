import { getEventListeners, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { exchange, type WholeAnswer } from '../../../src/gitops/kube/exchange.ts';

interface Rig {
  /** How many requests have reached the server. */
  readonly asked: () => number;
  readonly ask: (signal?: AbortSignal) => Promise<WholeAnswer>;
}

/** One connection, so that a second request waits for the first. */
async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Rig> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ connections: 1 });
  onTestFinished(async () => {
    await agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked: () => count, ask: async (signal = new AbortController().signal) => exchange(agent, { origin, path: '/', method: 'GET' }, signal) };
}

test('an answer comes whole, in however many pieces, with status and Retry-After', async () => {
  const { ask } = await serving((_request, response) => {
    response.writeHead(429, { 'retry-after': '7' });
    const bytes = Buffer.from('wait, ü€😀'.repeat(20_000));
    // In the middle of a letter.
    response.write(bytes.subarray(0, 7), () => response.end(bytes.subarray(7)));
  });
  expect(await ask()).toEqual({ status: 429, retryAfter: '7', body: 'wait, ü€😀'.repeat(20_000) });
});

test('an answer without a body is empty text, and what was said before it is not the answer', async () => {
  const { ask } = await serving((_request, response) => {
    response.writeEarlyHints({ link: '</a>; rel=preload' }, () => response.writeHead(200).end());
  });
  expect(await ask()).toEqual({ status: 200, body: '' });
});

test('an answer that breaks off is a failure', async () => {
  const { ask } = await serving((_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => response.destroy());
  });
  await expect(ask()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
});

test('the signal ends a call at any point, with its reason, and leaves no listener', async () => {
  const reason = new Error('over');
  const heads: ServerResponse[] = [];
  const rig = await serving((_request, response) => {
    heads.push(response);
    if (heads.length === 2) response.writeHead(200).write('half of it');
  });
  const [first, waiting, before] = [new AbortController(), new AbortController(), new AbortController()];
  before.abort(reason);
  await expect(rig.ask(before.signal)).rejects.toBe(reason);
  const calls = [rig.ask(first.signal), rig.ask(waiting.signal)];
  await expect.poll(rig.asked).toBe(1);
  // One waits for the only connection; the other for its answer.
  waiting.abort(reason);
  await expect(calls[1]).rejects.toBe(reason);
  first.abort(reason);
  await expect(calls[0]).rejects.toBe(reason);
  const third = new AbortController();
  const half = rig.ask(third.signal);
  await expect.poll(rig.asked).toBe(2);
  third.abort(reason);
  await expect(half).rejects.toBe(reason);
  for (const { signal } of [first, waiting, third]) expect(getEventListeners(signal, 'abort')).toEqual([]);
  // What was given up while it waited was not sent after all.
  const last = rig.ask();
  await expect.poll(rig.asked).toBe(3);
  heads[2]?.end('fine');
  expect(await last).toEqual({ status: 200, body: 'fine' });
});
