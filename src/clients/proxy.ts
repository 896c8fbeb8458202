import { ipaddr } from '../core/ip-address.ts';
import { MaestroError } from '../errors.ts';

/** The usual environment variables, as text. */
export interface ProxySettings {
  /** `HTTP_PROXY`: for plaintext endpoints, gRPC and REST alike. */
  readonly httpProxy?: string;
  /** `HTTPS_PROXY`: for TLS endpoints, gRPC and REST alike. */
  readonly httpsProxy?: string;
  readonly noProxy?: string;
}

/**
 * Reads the variables, for Maestro and for the hub alike. As curl, Go and
 * others have it, the name in lower case goes first, and an empty value is no
 * value: it hides nothing.
 */
export function proxySettings(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const value = (name: string): string | undefined =>
    [env[name.toLowerCase()], env[name]].find((text) => text !== undefined && text !== '');
  const [httpProxy, httpsProxy, noProxy] = [value('HTTP_PROXY'), value('HTTPS_PROXY'), value('NO_PROXY')];
  return {
    ...(httpProxy === undefined ? {} : { httpProxy }),
    ...(httpsProxy === undefined ? {} : { httpsProxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
  };
}

export interface ProxyTarget {
  /** Without brackets for IPv6. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface Proxy {
  /** Without brackets for IPv6. */
  readonly host: string;
  readonly port: number;
  /** True for `https://` proxies: the connection to the proxy itself is TLS. */
  readonly tls: boolean;
  /** Value of `Proxy-Authorization`; a secret. */
  readonly authorization?: string;
  /** scheme://host:port, for messages. */
  readonly label: string;
}

/**
 * The proxy for a target, or undefined for a direct connection. One rule for
 * gRPC and REST: TLS endpoints go by HTTPS_PROXY, plaintext ones by HTTP_PROXY,
 * neither for `localhost` and loopback addresses, nor for what NO_PROXY names.
 * Throws a usage error for a proxy URL that cannot be used.
 */
export function proxyFor(target: ProxyTarget, settings: ProxySettings): Proxy | undefined {
  const [variable, text] = target.tls
    ? (['HTTPS_PROXY', settings.httpsProxy] as const)
    : (['HTTP_PROXY', settings.httpProxy] as const);
  if (text === undefined || text === '') return undefined;
  if (isLoopback(target.host) || matchesNoProxy(target, settings.noProxy ?? '')) return undefined;
  return parseProxy(text, variable);
}

function parseProxy(text: string, variable: string): Proxy {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  // The text may hold a password, so the message names the variable only.
  if (url === null || url.hostname === '') {
    throw new MaestroError('usage', `${variable} is not a URL`, {
      hint: 'Such as http://proxy.example:3128.',
      delivery: 'not-sent',
    });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new MaestroError('usage', `${variable} has the scheme ${url.protocol.slice(0, -1)}, which is not supported`, {
      hint: 'Use an http:// or https:// proxy.',
      delivery: 'not-sent',
    });
  }
  const tls = url.protocol === 'https:';
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port);
  const credentials = `${percentDecoded(url.username)}:${percentDecoded(url.password)}`;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    tls,
    label: `${url.protocol}//${url.hostname}:${port}`,
    ...(credentials === ':' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
  };
}

/** A stray % in a password stays as it is. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return address(host)?.range() === 'loopback';
}

/**
 * True when NO_PROXY names the target. Entries stand between commas or blanks:
 * `*`, `example.com` (itself and below), `.example.com` and `*.example.com`
 * (below only), an IP address, a CIDR block; all but the last with `:port` too.
 */
export function matchesNoProxy(target: Pick<ProxyTarget, 'host' | 'port'>, noProxy: string): boolean {
  const host = target.host.toLowerCase().replace(/\.$/, '');
  const ip = address(host);
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return ip !== undefined && inBlock(ip, entry);
      const { name, port } = splitEntry(entry);
      if (port !== undefined && port !== target.port) return false;
      const entryIp = address(name);
      if (entryIp !== undefined) return ip?.toNormalizedString() === entryIp.toNormalizedString();
      const suffix = name.replace(/^\*/, '');
      return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
    });
}

function splitEntry(entry: string): { name: string; port: number | undefined } {
  if (address(entry) !== undefined) return { name: entry, port: undefined };
  const match = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(entry);
  const name = match?.[1] ?? match?.[2];
  if (name === undefined) return { name: entry.replace(/^\[|\]$|\.$/g, ''), port: undefined };
  return { name: name.replace(/\.$/, ''), port: Number(match?.[3]) };
}

function inBlock(ip: ipaddr.IPv4 | ipaddr.IPv6, block: string): boolean {
  if (!ipaddr.isValidCIDR(block)) return false;
  const [base, bits] = ipaddr.parseCIDR(block);
  return base.kind() === ip.kind() && ip.match(base, bits);
}

/** An IP address, IPv4-mapped IPv6 as IPv4; undefined for names. Four parts are required of IPv4. */
function address(host: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const bare = host.replace(/^\[|\]$/g, '');
  if (!ipaddr.isValid(bare) || (!bare.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(bare))) return undefined;
  return ipaddr.process(bare);
}
