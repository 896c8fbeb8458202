import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { ProxyAgent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { openAnswer, type OpenAnswer } from '../../../src/gitops/kube/open-answer.ts';
import { serving, type Rig } from './support/one-connection.ts';

const open = async ({ dispatcher, request }: Rig, signal = new AbortController().signal): Promise<OpenAnswer> =>
  openAnswer(dispatcher, request, signal);

async function textOf({ body }: OpenAnswer): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

test('the head comes before the body, and the body in the order in which it was sent', async () => {
  const responses: ServerResponse[] = [];
  const rig = await serving((_request, response) => {
    responses.push(response);
    response.writeEarlyHints({ link: '</a>; rel=preload' }, () =>
      response.writeHead(429, { 'retry-after': '7' }).flushHeaders(),
    );
  });
  const answer = await open(rig);
  expect(answer).toMatchObject({ status: 429, retryAfter: '7' });
  for (let at = 0; at < 2_000; at += 1) responses[0]?.write(`line ${at}\n`);
  responses[0]?.end();
  expect(await textOf(answer)).toBe(Array.from({ length: 2_000 }, (_, at) => `line ${at}\n`).join(''));
  expect(await answer.body.next()).toEqual({ value: undefined, done: true });
});

test('a reader that takes nothing stops the server, and gets everything in the end', async () => {
  const piece = Buffer.alloc(64 * 1024, 'x');
  let sent = 0;
  let blocked = false;
  const rig = await serving((_request, response) => {
    const pump = (): void => {
      while (sent < 1_000) {
        sent += 1;
        if (response.write(piece)) continue;
        blocked = true;
        return void response.once('drain', () => {
          blocked = false;
          pump();
        });
      }
      response.end();
    };
    pump();
  });
  const answer = await open(rig);
  // As much as the system holds for a connection, and then no more.
  let before = -1;
  await expect.poll(() => blocked && before === (before = sent), { interval: 200 }).toBe(true);
  expect(sent).toBeLessThan(900);
  let bytes = 0;
  for await (const chunk of answer.body) bytes += chunk.length;
  expect(bytes).toBe(1_000 * piece.length);
});

test('an answer that breaks off fails its reader', async () => {
  const rig = await serving((_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => setImmediate(() => response.destroy()));
  });
  await expect(open(rig).then(textOf)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
});

test('a server that answers nothing fails the call', async () => {
  const rig = await serving((_request, response) => void response.destroy());
  await expect(open(rig)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
});

test('what a proxy says at length instead of an answer is not waited for by its connection', async () => {
  let said = false;
  const rig = await serving((_request, response) => {
    response.writeHead(407).end(Buffer.alloc(32 * 1024 * 1024, 'x'), () => (said = true));
  });
  const dispatcher = new ProxyAgent({ uri: String(rig.request.origin) });
  onTestFinished(async () => dispatcher.destroy());
  const call = open({ ...rig, dispatcher, request: { ...rig.request, origin: 'http://hub.example' } });
  await expect(call).rejects.toThrow('407');
  await expect.poll(() => said).toBe(true);
});

test('a loop that is left early ends the connection', async () => {
  let closed = false;
  const rig = await serving((_request, response) => {
    response.on('close', () => (closed = true));
    response.write('one');
  });
  const { body } = await open(rig);
  for await (const chunk of body) {
    expect(chunk.toString('utf8')).toBe('one');
    break;
  }
  await expect.poll(() => closed).toBe(true);
});

test('the signal ends a call that waits, one that reads, and one that was never sent, with its reason', async () => {
  const reason = new Error('over');
  const rig = await serving((_request, response) => void response.writeHead(200).write('some'));
  const [reading, waiting] = [new AbortController(), new AbortController()];
  const answer = await open(rig, reading.signal);
  const rest = textOf(answer);
  const second = open(rig, waiting.signal);
  waiting.abort(reason);
  await expect(second).rejects.toBe(reason);
  reading.abort(reason);
  await expect(rest).rejects.toBe(reason);
  await expect(open(rig, AbortSignal.abort(reason))).rejects.toBe(reason);
  for (const { signal } of [reading, waiting]) expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(rig.asked()).toBe(1);
});
