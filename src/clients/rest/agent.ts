import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect as tcpConnect } from 'node:net';
import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { Proxy } from '../proxy.ts';
import { startTls } from '../tls.ts';
import { openTunnel } from '../tunnel.ts';

/** More requests at a time than these wait for a free connection. */
const mostConnections = 64;
/** A connection that nobody used for so long is closed, before a proxy on the way forgets it. */
const idleMs = 30_000;

export interface AgentOptions {
  /** Absent when the other end of the connection, Maestro or a forwarding proxy, speaks plaintext. */
  readonly tls?: { readonly context?: SecureContext; readonly verify: boolean };
  /** The proxy through which TLS is tunnelled; plaintext requests are addressed to the proxy itself. */
  readonly tunnel?: Proxy;
}

/** Kept-alive connections of one set of certificates. */
export interface Connections {
  readonly agent: HttpAgent;
  /** Ends all sockets, also those still connecting; none is opened from then on. */
  readonly destroy: () => void;
}

export function createConnections({ tls, tunnel }: AgentOptions): Connections {
  const pooled = { keepAlive: true, maxSockets: mostConnections, timeout: idleMs };
  const agent =
    tls === undefined
      ? new HttpAgent(pooled)
      : new HttpsAgent({
          ...pooled,
          rejectUnauthorized: tls.verify,
          ...(tls.context === undefined ? {} : { secureContext: tls.context }),
        });
  const tunnels = new Set<Socket>();
  let destroyed = false;
  const direct = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    // The agent opens connections for waiting requests as others end, even while it is destroyed.
    if (destroyed) throw new Error('the connections are closed');
    if (tunnel === undefined || tls?.context === undefined) return direct(options, callback);
    const target = { host: options.host ?? '', port: Number(options.port) };
    const secured = throughTunnel(tunnel, target, { context: tls.context, verify: tls.verify }, tunnels);
    secured.then(
      (socket) => callback?.(null, socket),
      // The type wants a socket even where there is none.
      (error: Error) => callback?.(error, undefined as unknown as TLSSocket),
    );
    return undefined;
  };
  return {
    agent,
    destroy: () => {
      destroyed = true;
      agent.destroy();
      for (const socket of tunnels) socket.destroy();
    },
  };
}

/** TLS to the target inside a tunnel of the proxy. Keeps the socket to the proxy in `open` while it lives. */
async function throughTunnel(
  proxy: Proxy,
  target: { readonly host: string; readonly port: number },
  tls: { readonly context: SecureContext; readonly verify: boolean },
  open: Set<Socket>,
): Promise<TLSSocket> {
  const outer = tcpConnect({ host: proxy.host, port: proxy.port });
  open.add(outer);
  outer.once('close', () => open.delete(outer));
  await new Promise<void>((resolve, reject) => {
    outer.once('connect', resolve);
    // Stays on: later errors reach the tunnel through its request, and TLS through its own socket.
    outer.on('error', reject);
  });
  return startTls(await openTunnel(outer, proxy, target), target.host, tls, ['http/1.1']);
}
