import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Access } from '../access/access.ts';
import { Door } from '../access/door.ts';
import { controlRoot } from '../control.ts';
import type { ControlApi } from '../control.ts';
import { send } from './respond.ts';
import type { RestService } from './service.ts';

const largestBody = 16 * 1024 * 1024;

export interface RestServerOptions {
  readonly host: string;
  readonly port: number;
  readonly access: Access;
  readonly service: RestService;
  readonly control: ControlApi;
}

/** The HTTP port: REST, which faults strike, and the control API, which they do not. */
export class RestServer {
  readonly #options: RestServerOptions;
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  #door: Door | undefined;

  private constructor(options: RestServerOptions) {
    this.#options = options;
  }

  static async start(options: RestServerOptions): Promise<RestServer> {
    const server = new RestServer(options);
    const { host, port, access } = options;
    const door = await Door.open({
      host,
      port,
      ...(access.keys === undefined ? {} : { tls: access.keys.httpTls }),
      refuses: () => false,
      admit: (socket: Socket) => server.#server.emit('connection', socket),
    });
    server.#door = door;
    access.onKeys(({ httpTls }) => door.secure(httpTls));
    return server;
  }

  get port(): number {
    return this.#door?.port ?? 0;
  }

  async close(): Promise<void> {
    await this.#door?.close();
    this.#server.closeAllConnections();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', 'http://standin.invalid');
      const call = { method: request.method ?? 'GET', url, body: await bodyOf(request) };
      const answer = url.pathname.startsWith(controlRoot)
        ? await this.#options.control.answer(call)
        : await this.#options.service.answer(call, goneWith(response));
      if (answer === 'reset') this.#door?.reset(request.socket.remotePort);
      else if (answer === 'hang-up') request.socket.destroy();
      else send(request, response, answer);
    } catch {
      // The client went away, or the stand-in is closing; nobody is left to answer.
      request.socket.destroy();
    }
  }
}

/** Aborts when the client goes before it has its answer. */
function goneWith(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('the client went away')));
  return gone.signal;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new RangeError('request body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
