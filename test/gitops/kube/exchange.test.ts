import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { exchange, type WholeAnswer } from '../../../src/gitops/kube/exchange.ts';
import { serving, type Rig } from './support/one-connection.ts';

const ask = async ({ dispatcher, request }: Rig, signal = new AbortController().signal): Promise<WholeAnswer> =>
  exchange(dispatcher, request, signal);

test('an answer comes whole, in however many pieces, with status and Retry-After', async () => {
  const rig = await serving((_request, response) => {
    response.writeHead(429, { 'retry-after': '7' });
    const bytes = Buffer.from('wait, ü€😀'.repeat(20_000));
    // In the middle of a letter.
    response.write(bytes.subarray(0, 7), () => response.end(bytes.subarray(7)));
  });
  expect(await ask(rig)).toEqual({ status: 429, retryAfter: '7', body: 'wait, ü€😀'.repeat(20_000) });
});

test('an answer without a body is empty text, and what was said before it is not the answer', async () => {
  const rig = await serving((_request, response) => {
    response.writeEarlyHints({ link: '</a>; rel=preload' }, () => response.writeHead(200).end());
  });
  expect(await ask(rig)).toEqual({ status: 200, body: '' });
});

test('an answer that breaks off is a failure', async () => {
  const rig = await serving((_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => response.destroy());
  });
  await expect(ask(rig)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
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
  await expect(ask(rig, before.signal)).rejects.toBe(reason);
  const calls = [ask(rig, first.signal), ask(rig, waiting.signal)];
  await expect.poll(rig.asked).toBe(1);
  // One waits for the only connection; the other for its answer.
  waiting.abort(reason);
  await expect(calls[1]).rejects.toBe(reason);
  first.abort(reason);
  await expect(calls[0]).rejects.toBe(reason);
  const third = new AbortController();
  const half = ask(rig, third.signal);
  await expect.poll(rig.asked).toBe(2);
  third.abort(reason);
  await expect(half).rejects.toBe(reason);
  for (const { signal } of [first, waiting, third]) expect(getEventListeners(signal, 'abort')).toEqual([]);
  // What was given up while it waited was not sent after all.
  const last = ask(rig);
  await expect.poll(rig.asked).toBe(3);
  heads[2]?.end('fine');
  expect(await last).toEqual({ status: 200, body: 'fine' });
});
