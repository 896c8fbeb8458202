import { createServer, request as sendRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Gateway {
  readonly httpEndpoint: string;
  close(): Promise<void>;
}

/** Something between here and Maestro's REST, which asks for another path than it was asked for. */
export async function startGateway(httpEndpoint: string, pathFor: (path: string) => string): Promise<Gateway> {
  const behind = new URL(httpEndpoint);
  const server: Server = createServer((asked, answer) => {
    const forwarded = sendRequest(
      { host: behind.hostname, port: behind.port, method: asked.method, path: pathFor(asked.url ?? '/') },
      (answered) => {
        answer.writeHead(answered.statusCode ?? 502, {
          'content-type': answered.headers['content-type'] ?? 'application/json',
        });
        answered.pipe(answer);
      },
    );
    forwarded.on('error', () => answer.destroy());
    asked.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    httpEndpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The path without its query: every list is then that of everything. */
export function withoutQuery(path: string): string {
  return path.split('?')[0] ?? '';
}
