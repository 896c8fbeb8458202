import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MaestroError } from '../../errors.ts';
import type { ListenAddress } from './settings.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Path to answer; only GET and HEAD are taken. */
export type HttpRoutes = Readonly<Record<string, () => HttpAnswer | Promise<HttpAnswer>>>;

export interface SmallServer {
  /** As it turned out, when port 0 was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Node looks for connections that are late every 30 s by default: so long, 64 silent ones would keep every probe out.
 */
const limits = {
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 30_000,
  maxHeaderSize: 8_192,
};

/**
 * Serves a few fixed paths without credentials or state; slow and idle
 * connections are dropped, so that they cannot use up the process.
 *
 * @throws MaestroError usage when the address cannot be listened on
 */
export async function serve(address: ListenAddress, routes: HttpRoutes, flag: string): Promise<SmallServer> {
  const server = createServer(limits, (request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    const answered = async (): Promise<HttpAnswer> => {
      if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET is taken');
      return route === undefined ? plain(404, `there is ${Object.keys(routes).join(', ')}`) : route();
    };
    request.resume();
    answered()
      .catch((error: unknown) => plain(500, MaestroError.from(error).message))
      .then(
        ({ status, contentType, text }) => {
          response.writeHead(status, {
            'content-type': contentType,
            'cache-control': 'no-store',
            'content-length': Buffer.byteLength(text),
          });
          response.end(request.method === 'HEAD' ? undefined : text);
        },
        () => response.destroy(),
      );
  });
  server.maxConnections = 64;
  await listening(server, address, flag);
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export function plain(status: number, text: string): HttpAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', text: `${text}\n` };
}

async function listening(server: Server, { host, port }: ListenAddress, flag: string): Promise<void> {
  try {
    server.listen({ port, ...(host === '' ? {} : { host }) });
    await once(server, 'listening');
  } catch (cause) {
    throw new MaestroError('usage', `${flag}: cannot listen on ${host}:${port}: ${(cause as Error).message}`, {
      hint: 'Choose another address, or none.',
      cause,
    });
  }
  server.on('error', () => undefined);
}
