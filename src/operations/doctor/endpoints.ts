import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connectFault, errorText } from '../../clients/connect-fault.ts';
import { formatHostPort, type Channel, type ConnectionSettings } from '../../clients/connection.ts';
import { proxyFor, type Proxy } from '../../clients/proxy.ts';
import { openTunnel } from '../../clients/tunnel.ts';
import { MaestroError } from '../../errors.ts';

/** One side of Maestro as the network sees it. */
export interface Endpoint {
  readonly channel: Channel;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** `host:port`. */
  readonly label: string;
}

export function endpointOf(settings: ConnectionSettings, channel: Channel): Endpoint {
  if (channel === 'grpc') {
    const { host, port, plaintext } = settings.grpcEndpoint;
    return { channel, host, port, tls: !plaintext, label: formatHostPort(host, port) };
  }
  const url = new URL(settings.httpEndpoint);
  const tls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port);
  return { channel, host, port, tls, label: formatHostPort(host, port) };
}

/** The first hop: the proxy where there is one. */
export function firstHop(
  endpoint: Endpoint,
  proxy: Proxy | undefined,
): { readonly host: string; readonly port: number; readonly label: string } {
  return proxy === undefined ? endpoint : { host: proxy.host, port: proxy.port, label: `the proxy ${proxy.label}` };
}

export function proxyOf(endpoint: Endpoint, settings: ConnectionSettings): Proxy | undefined {
  return proxyFor(endpoint, settings.proxy);
}

/** A TCP connection that ends with the signal. Rejects with Node's error, or with the signal's reason. */
export async function openTcp(
  hop: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({ host: hop.host, port: hop.port });
  const end = (): void => {
    socket.destroy();
  };
  signal.addEventListener('abort', end, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', end));
  // Whatever waits for the socket below reports the first failure.
  socket.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
    socket.once('close', () =>
      reject(signal.aborted ? (signal.reason as Error) : new Error('closed before it was connected')),
    );
  });
  return socket;
}

/** A connection to the endpoint itself, through the proxy where there is one; TLS is the caller's. */
export async function openEndpoint(
  endpoint: Endpoint,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<Socket> {
  const proxy = proxyOf(endpoint, settings);
  const socket = await openTcp(firstHop(endpoint, proxy), signal);
  if (proxy === undefined || (endpoint.channel === 'http' && !endpoint.tls)) return socket;
  try {
    return await openTunnel(socket, proxy, endpoint);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** What to do when no rule of the clients knows more. */
const reachHint: Readonly<Record<Channel, string>> = {
  http: 'Start Maestro, or say where its REST API is with --http-endpoint; as delivered it listens on port 8000.',
  grpc: 'Start Maestro, or say where it serves gRPC to sources with --grpc-endpoint; as delivered it listens on port 8090.',
};

/** What a failed connection means, in the words of the clients. */
export function explain(error: unknown, endpoint: Endpoint, doing: string): MaestroError {
  if (error instanceof MaestroError) return error;
  const text = errorText(error);
  const fault = connectFault(error, endpoint.channel);
  if (fault === undefined)
    return new MaestroError('unavailable', `${doing}: ${text}`, { hint: reachHint[endpoint.channel], cause: error });
  return new MaestroError(fault.code, `${doing}: ${fault.problem}`, {
    reason: fault.reason,
    hint: fault.hint ?? reachHint[endpoint.channel],
    cause: error,
  });
}
