import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls';
import { HandshakeClosed } from './connection-errors.ts';

/** TLS over an open socket, with the server's name checked against `host`. Rejects with Node's error. */
export async function startTls(
  socket: Socket,
  host: string,
  tls: { readonly context: SecureContext; readonly verify: boolean },
  protocols: readonly string[] = ['h2'],
): Promise<TLSSocket> {
  const options: ConnectionOptions = {
    socket,
    host,
    secureContext: tls.context,
    rejectUnauthorized: tls.verify,
    ALPNProtocols: [...protocols],
    // RFC 6066 has no server name for addresses; Node checks them against `host`.
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
  return new Promise((resolve, reject) => {
    const secured = tlsConnect(options, () => resolve(secured));
    // Stays on: an error after the handshake is reported by the HTTP/2 session.
    secured.on('error', reject);
    secured.once('close', () => reject(new HandshakeClosed()));
  });
}
