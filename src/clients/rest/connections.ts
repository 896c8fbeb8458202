import { connect as tcpConnect } from 'node:net';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector, errors } from 'undici';
import type { Proxy } from '../proxy.ts';
import { openTunnel } from '../tunnel.ts';

export interface ConnectionsOptions {
  /** Absent for plaintext. */
  readonly tls?: { readonly context: SecureContext; readonly verify: boolean };
  /** The proxy through which TLS is tunnelled; plaintext requests are addressed to the proxy itself. */
  readonly tunnel?: Proxy;
}

/** The sockets of one pool. */
export interface Connections {
  /** For undici. */
  readonly connect: buildConnector.connector;
  /** The TLS alert behind an error of undici, when there was one; else the error itself. */
  readonly explain: (error: unknown) => unknown;
  /** Ends all sockets, also those still connecting, which undici forgets. */
  readonly destroy: () => void;
}

/**
 * undici's connector, watched. In TLS 1.3 a server refuses a client certificate
 * only after the handshake, and undici then reports "other side closed" in
 * place of the alert; so alerts are kept by local port.
 */
export function createConnections({ tls, tunnel }: ConnectionsOptions): Connections {
  const secure = tls === undefined ? {} : { secureContext: tls.context, rejectUnauthorized: tls.verify };
  const base = buildConnector({ ...secure, allowH2: false, timeout: 0 });
  const sockets = new Set<Socket>();
  const alerts = new Map<number, Error>();

  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const watch = (socket: Socket): void => {
    const port = socket.localPort;
    if (port === undefined) return;
    alerts.delete(port);
    socket.once('error', (error: Error) => {
      if (/SSL alert number/.test(error.message)) alerts.set(port, error);
    });
  };
  const connect: buildConnector.connector = (target, callback) => {
    const open = (through?: Socket): void => {
      const socket = base({ ...target, ...(through === undefined ? {} : { httpSocket: through }) }, (...result) => {
        // On failure undici leaves the second one out.
        if (result[0] === null) watch(result[1]);
        callback(...result);
      }) as unknown as Socket;
      track(socket);
    };
    if (tunnel === undefined) {
      open();
      return;
    }
    const port = target.port === '' ? 443 : Number(target.port);
    const outer = tcpConnect({ host: tunnel.host, port: tunnel.port });
    track(outer);
    const failed = (error: Error): void => callback(error, null);
    outer.once('error', failed);
    outer.once('connect', () => {
      outer.off('error', failed);
      // Errors reach the tunnel through its request, and TLS through its own socket.
      outer.on('error', () => undefined);
      openTunnel(outer, tunnel, { host: target.hostname.replace(/^\[|\]$/g, ''), port }).then(open, failed);
    });
  };

  return {
    connect,
    explain: (error) => {
      const port = error instanceof errors.SocketError ? error.socket?.localPort : undefined;
      return (port === undefined ? undefined : alerts.get(port)) ?? error;
    },
    destroy: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
