import { connect } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { ConnectionSettings } from '../connection.ts';
import { proxyFor } from '../proxy.ts';
import { startTls } from '../tls.ts';
import { openTunnel } from '../tunnel.ts';

/** How long a silent peer is given before the probe says "no TLS". */
const probeMs = 2_000;

/**
 * True when the gRPC port speaks TLS. A plaintext client on a TLS port sees a
 * closed connection and no more, just as with a server that is starting
 * (recordings/access.json, plaintext-to-tls), so it takes a handshake to tell
 * the mistake that cannot heal from the one that can. Never throws; sends no
 * credentials.
 */
export async function speaksTls(settings: ConnectionSettings): Promise<boolean> {
  const { host, port } = settings.grpcEndpoint;
  const proxy = proxyFor({ host, port, tls: !settings.grpcEndpoint.plaintext }, settings.proxy);
  const socket = connect({ host: proxy?.host ?? host, port: proxy?.port ?? port });
  socket.setTimeout(probeMs, () => socket.destroy());
  // The first failure is reported by whatever waits for the socket below.
  socket.on('error', () => undefined);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('close', () => reject(new Error('closed')));
    });
    const tunnelled = proxy === undefined ? socket : await openTunnel(socket, proxy, { host, port });
    await startTls(tunnelled, host, { context: createSecureContext({ minVersion: 'TLSv1.3' }), verify: false });
    return true;
  } catch (error) {
    // An alert is an answer in TLS, although a refusal.
    return error instanceof Error && /SSL alert number/.test(error.message);
  } finally {
    socket.destroy();
  }
}
