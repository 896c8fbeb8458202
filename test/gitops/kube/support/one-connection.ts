import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { onTestFinished } from 'vitest';

export interface Rig {
  /** How many requests have reached the server. */
  readonly asked: () => number;
  readonly dispatcher: Dispatcher;
  readonly request: Dispatcher.DispatchOptions;
}

/** A server, and a pool of one connection to it, so that a second request waits for the first. */
export async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Rig> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dispatcher = new Agent({ connections: 1 });
  onTestFinished(async () => {
    await dispatcher.destroy();
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked: () => count, dispatcher, request: { origin, path: '/', method: 'GET' } };
}
