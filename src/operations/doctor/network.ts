import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ConnectionSettings } from '../../clients/connection.ts';
import type { Clock } from '../../clock.ts';
import { fail, pass, skip, type Finding } from './check.ts';
import { explain, firstHop, openTcp, proxyOf, type Endpoint } from './endpoints.ts';

/** Which way the endpoint is reached. A proxy URL that is none was refused as a setting. */
export function checkProxy(endpoint: Endpoint, settings: ConnectionSettings): Finding {
  const variable = endpoint.tls ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = proxyOf(endpoint, settings);
  if (proxy !== undefined) {
    const credentials = proxy.authorization === undefined ? 'without' : 'with';
    return pass(`${endpoint.label} goes through ${proxy.label} (${variable}, ${credentials} credentials)`, {
      proxy: proxy.label,
    });
  }
  const text = endpoint.tls ? settings.proxy.httpsProxy : settings.proxy.httpProxy;
  if (text === undefined || text === '') return pass(`${endpoint.label} is reached directly; ${variable} is not set`);
  return pass(`${endpoint.label} is reached directly, as NO_PROXY or its being local says`);
}

/** All addresses of the first hop; the name behind a proxy is the proxy's to resolve. */
export async function checkDns(endpoint: Endpoint, settings: ConnectionSettings): Promise<Finding> {
  const proxy = proxyOf(endpoint, settings);
  const { host } = firstHop(endpoint, proxy);
  const whose = proxy === undefined ? host : `the proxy's ${host}`;
  if (isIP(host) !== 0) return skip(`${whose} is an address`);
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    return pass(`${whose} is ${addresses.join(', ')}`, { addresses });
  } catch (error) {
    return fail(explain(error, endpoint, `cannot resolve ${whose}`));
  }
}

/** Whether something listens at the first hop. Node tries all addresses. */
export async function checkTcp(
  endpoint: Endpoint,
  settings: ConnectionSettings,
  clock: Clock,
  signal: AbortSignal,
): Promise<Finding> {
  const hop = firstHop(endpoint, proxyOf(endpoint, settings));
  const startMs = clock.monotonicMs();
  try {
    const socket = await openTcp(hop, signal);
    const address = socket.remoteAddress ?? hop.host;
    socket.destroy();
    const tookMs = Math.round(clock.monotonicMs() - startMs);
    return pass(`${hop.label} takes connections (${address}, ${tookMs} ms)`, { address, port: hop.port, tookMs });
  } catch (error) {
    signal.throwIfAborted();
    return fail(explain(error, endpoint, `cannot connect to ${hop.label}`));
  }
}
