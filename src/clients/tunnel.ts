import { request } from 'node:http';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { formatHostPort } from './connection.ts';
import { ProxyFailure } from './connection-errors.ts';
import type { Proxy } from './proxy.ts';
import { startTls } from './tls.ts';

/**
 * Asks the proxy at the other end of `socket` for a connection to the target
 * (HTTP CONNECT) and resolves with the socket to use from then on. Rejects
 * with a ProxyFailure. Ends when the socket ends.
 */
export async function openTunnel(
  socket: Socket,
  proxy: Proxy,
  target: { readonly host: string; readonly port: number },
): Promise<Socket> {
  const base = proxy.tls
    ? await startTls(socket, proxy.host, { context: createSecureContext(), verify: true }, ['http/1.1'])
    : socket;
  const path = formatHostPort(target.host, target.port);
  return new Promise((resolve, reject) => {
    const connecting = request({
      method: 'CONNECT',
      path,
      createConnection: () => base,
      headers: {
        host: path,
        ...(proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }),
      },
    });
    connecting.once('connect', (answer, connected: Socket, head) => {
      const status = answer.statusCode ?? 0;
      if (status < 200 || status > 299) {
        connected.destroy();
        reject(new ProxyFailure(proxy.label, { status, path }));
        return;
      }
      // The first bytes of the server may have come along with the proxy's answer.
      if (head.length > 0) connected.unshift(head);
      resolve(connected);
    });
    connecting.once('error', (cause) => reject(new ProxyFailure(proxy.label, { cause })));
    connecting.end();
  });
}
