import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Address } from './server.ts';

/** Nobody answered: the server may be killed at any moment. */
export class ServerAway extends Error {}

export interface Question {
  readonly method: 'GET' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

/** Asks a server past all gates, whatever certificate it shows: the suite is no client whose trust is tried. */
export async function ask({ host, port, tls }: Address, { method, path, body }: Question): Promise<unknown> {
  const request = tls === true ? tlsRequest : plainRequest;
  const { status, answer } = await new Promise<{ readonly status: number; readonly answer: string }>(
    (resolve, reject) => {
      const away = (cause: unknown): void => reject(new ServerAway(`${method} ${path}`, { cause }));
      const asked = request({ host, port, path, method, rejectUnauthorized: false, agent: false }, (response) => {
        text(response).then((all) => resolve({ status: response.statusCode ?? 0, answer: all }), away);
      });
      asked.once('error', away);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    },
  );
  if (status !== 200) throw new Error(`${method} ${path}: ${String(status)} ${answer}`);
  return JSON.parse(answer) as unknown;
}
