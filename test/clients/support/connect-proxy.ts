import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface ConnectProxy {
  readonly port: number;
  /** The CONNECT and plain requests it was sent, in order. */
  readonly asked: { readonly target: string; readonly authorization?: string }[];
  close(): Promise<void>;
}

/** An HTTP proxy on 127.0.0.1 that knows hosts by port; with a status it refuses every CONNECT. */
export async function startConnectProxy(hosts: Readonly<Record<string, number>>, status = 200): Promise<ConnectProxy> {
  const asked: { target: string; authorization?: string }[] = [];
  const sockets = new Set<Socket>();
  const note = (target: string, authorization: string | undefined): void => {
    asked.push({ target, ...(authorization === undefined ? {} : { authorization }) });
  };
  const server = createServer((request, answer) => {
    // A plain request names its target in the absolute form.
    note(request.url ?? '', request.headers['proxy-authorization']);
    const url = new URL(request.url ?? '');
    const upstream = connect(hosts[url.hostname] ?? 1, '127.0.0.1');
    upstream.on('error', () => answer.writeHead(502).end());
    upstream.write(
      `${request.method} ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: close\r\n\r\n`,
    );
    upstream.pipe(answer.socket as Socket);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('connect', (request, client: Socket) => {
    const target = request.url ?? '';
    note(target, request.headers['proxy-authorization']);
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(hosts[target.slice(0, target.lastIndexOf(':'))] ?? 1, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
