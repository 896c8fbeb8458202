import { MaestroError, type Hint } from '../errors.ts';
import { checkPair, fileFlags, readCertificateFiles, readToken } from './files.ts';
import type { Channel, TlsFiles, TokenSource } from './files.ts';
import type { ProxySettings } from './proxy.ts';

/** Where gRPC is served. IPv6 hosts are kept without brackets. */
export interface GrpcEndpoint {
  readonly host: string;
  readonly port: number;
  readonly plaintext: boolean;
}

export type { Channel, TlsFiles, TokenSource } from './files.ts';

/** Everything that decides how Maestro is reached, as plain data. */
export interface ConnectionSettings {
  readonly grpcEndpoint: GrpcEndpoint;
  /** URL text without a trailing slash, as `parseHttpEndpoint` gives it. */
  readonly httpEndpoint: string;
  /** TLS without verification, on both channels. */
  readonly insecureSkipVerify: boolean;
  readonly grpcTls: TlsFiles;
  /** The CA falls back to that of gRPC. */
  readonly httpTls: TlsFiles;
  readonly grpcToken?: TokenSource;
  readonly httpToken?: TokenSource;
  /** Without it, a token never leaves over a plaintext connection. */
  readonly allowPlaintextToken: boolean;
  readonly proxy: ProxySettings;
  /** Who said where each side is; for people. */
  readonly origins?: Readonly<Record<Channel, EndpointOrigin>>;
  /** Contexts to choose from, when nobody said which Maestro is meant: nothing is connected to then. */
  readonly unchosen?: readonly string[];
}

/** Who said where a side is: a flag or a variable, by its name, a context, by its own, or nobody. */
export interface EndpointOrigin {
  readonly from: 'flag' | 'variable' | 'context' | 'default';
  /** "" of the default. */
  readonly name: string;
}

/**
 * Told by whatever connects so: whoever asked for it long ago, in a configuration file say, is to be told each time.
 */
export const unverifiedWarning =
  'certificates are not verified (--insecure-skip-verify): whoever is on the way can read and change what is sent';

/** Some TLS is used, and its certificates are not checked. */
export function isUnverified({ insecureSkipVerify, grpcEndpoint, httpEndpoint }: ConnectionSettings): boolean {
  return insecureSkipVerify && (!grpcEndpoint.plaintext || httpEndpoint.startsWith('https:'));
}

/**
 * Reads `host:port`, `grpc://host:port` (plaintext) or `grpcs://host:port` (TLS);
 * IPv6 addresses stand in brackets. Throws a usage error for anything else.
 */
export function parseGrpcEndpoint(text: string, options: { readonly plaintext: boolean }): GrpcEndpoint {
  const scheme = schemeOf(text);
  if (text.includes('@')) throw carriesCredentials('gRPC', 'grpc');
  if (scheme === 'http' || scheme === 'https') {
    throw endpointError('gRPC', text, 'is an HTTP URL', {
      program:
        'Give host:port, grpc://host:port (plaintext) or grpcs://host:port (TLS); the URL of REST belongs into httpEndpoint.',
      command:
        'Give host:port, grpc://host:port (plaintext) or grpcs://host:port (TLS); the URL of REST belongs into --http-endpoint.',
    });
  }
  if (scheme !== undefined && scheme !== 'grpc' && scheme !== 'grpcs') {
    throw endpointError('gRPC', text, unknownScheme(scheme, text), 'Use host:port, grpc:// or grpcs://.');
  }
  if (scheme === 'grpcs' && options.plaintext) {
    throw endpointError('gRPC', text, 'asks for TLS while --grpc-plaintext asks for none', 'Leave one of the two out.');
  }
  const rest = scheme === undefined ? text : text.slice(scheme.length + 3).replace(/\/$/, '');
  const { host, port } = splitHostPort(rest, text);
  return { host, port, plaintext: scheme === 'grpc' || (scheme === undefined && options.plaintext) };
}

/** In small letters. Without the flag `i`, for which V8 would ask ICU what else is the same letter. */
function schemeOf(endpoint: string): string | undefined {
  return /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(endpoint)?.[1]?.toLowerCase();
}

/**
 * A scheme, a host, a port of digits and a path of ordinary characters: nothing in it can be a password or a token.
 * The letters of all scripts cost V8 some milliseconds, which every run of a command would pay, so they are tried
 * only where ASCII does not do. In functions, because V8 looks them up where the expression stands, before it is used.
 */
const harmlessEndpoint = [
  () => /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?(?:\[[\w.:%-]*\]|[\w.-]+)(?::\d+)?(?:\/(?!\/)[\w./:~-]*)?$/,
  () => /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:\[[\w.:%-]*\]|[\p{L}\p{N}_.-]+)(?::\d+)?(?:\/(?!\/)[\w./:~-]*)?$/iu,
] as const;
const bareIpv6 = /^(?:[a-z][a-z0-9+.-]*:\/\/)?[0-9a-f:.]+$/i;

/**
 * An endpoint as it may be shown or recorded. People put passwords and tokens
 * into endpoints, in forms that no parser of URLs takes for one; so what is not
 * known to be harmless is not shown.
 */
export function shownEndpoint(text: string): string {
  if (isHarmless(text) || bareIpv6.test(text)) return text;
  const place = text.slice(text.lastIndexOf('@') + 1);
  // A scheme that nobody knows may be the first part of a password.
  const scheme = /^(?:grpc|http)s?:\/\//i.exec(text)?.[0] ?? '';
  return text.includes('@') && isHarmless(place) ? `${scheme}***@${place}` : '(not shown)';
}

function isHarmless(endpoint: string): boolean {
  return harmlessEndpoint.some((form) => form().test(endpoint));
}

/** An address in brackets or a name, and a port; of ASCII and of all scripts, as above. */
const hostAndPort = [
  () => /^(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([\w.-]+))(?::(\d{1,5}))?$/,
  () => /^(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([\p{L}\p{N}_.-]+))(?::(\d{1,5}))?$/u,
] as const;

function splitHostPort(rest: string, text: string): { host: string; port: number } {
  const match = hostAndPort[0]().exec(rest) ?? hostAndPort[1]().exec(rest);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) {
    const hint =
      (rest.match(/:/g)?.length ?? 0) > 1
        ? 'An IPv6 address stands in brackets: [::1]:8090.'
        : 'Give host:port, such as maestro-grpc.maestro.svc:8090.';
    throw endpointError('gRPC', text, 'is not host:port', hint);
  }
  if (match?.[3] === undefined) {
    throw endpointError('gRPC', text, 'has no port', 'Maestro serves sources on port 8090: add ":8090".');
  }
  const port = Number(match[3]);
  if (port < 1 || port > 65_535)
    throw endpointError('gRPC', text, `has the port ${port}, which does not exist`, 'Ports go from 1 to 65535.');
  return { host, port };
}

/**
 * Reads the URL of REST; without a scheme it is `http://`. A base path is kept,
 * a trailing slash dropped. Throws a usage error for credentials, queries and
 * other schemes; whatever may be a credential is not repeated in the message.
 */
export function parseHttpEndpoint(text: string): string {
  const scheme = schemeOf(text);
  // A base path with an "@" is far less likely than a password with a "/".
  if (text.includes('@')) throw carriesCredentials('HTTP', 'http');
  if (scheme === 'grpc' || scheme === 'grpcs') {
    throw endpointError('HTTP', text, 'is a gRPC address', 'REST is served on port 8000: http://host:8000.');
  }
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    throw endpointError('HTTP', text, unknownScheme(scheme, text), 'Use http:// or https://.');
  }
  const url = URL.parse(scheme === undefined ? `http://${text}` : text);
  if (url === null || text.trim() !== text) {
    throw endpointError('HTTP', text, 'is not a URL', 'Give http://host:8000 or https://host:8000.');
  }
  if (url.search !== '' || url.hash !== '') {
    throw endpointError(
      'HTTP',
      text,
      'carries a query or a fragment',
      'Give scheme, host, port and, if need be, a base path.',
    );
  }
  const endpoint = `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
  // Not what became of it: a backslash, for one, becomes the slash of a path.
  if (!isHarmless(text)) {
    throw endpointError(
      'HTTP',
      text,
      'holds characters that no host and no base path needs',
      'Give scheme, host, port and, if need be, a base path.',
    );
  }
  return endpoint;
}

function unknownScheme(scheme: string, text: string): string {
  return isHarmless(text) ? `has the unknown scheme "${scheme}"` : 'has an unknown scheme';
}

function carriesCredentials(kind: 'gRPC' | 'HTTP', channel: Channel): MaestroError {
  return new MaestroError('usage', `the ${kind} endpoint carries credentials`, {
    hint: {
      program: `Maestro takes no passwords; give a token with ${channel}Token.`,
      command: `Maestro takes no passwords; give a token with ${fileFlags[channel].token}.`,
    },
  });
}

function endpointError(kind: 'gRPC' | 'HTTP', text: string, problem: string, hint: Hint): MaestroError {
  return new MaestroError('usage', `the ${kind} endpoint "${shownEndpoint(text)}" ${problem}`, { hint });
}

/** `host:port` as people write it, brackets around IPv6. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** True when a token on this channel would travel unencrypted. */
export function isPlaintext(settings: ConnectionSettings, channel: Channel): boolean {
  return channel === 'grpc' ? settings.grpcEndpoint.plaintext : settings.httpEndpoint.startsWith('http://');
}

/** The TLS files of a channel, with the CA of gRPC where HTTP names none. */
export function tlsFilesOf(settings: ConnectionSettings, channel: Channel): TlsFiles {
  if (channel === 'grpc') return settings.grpcTls;
  const caFile = settings.httpTls.caFile ?? settings.grpcTls.caFile;
  return { ...settings.httpTls, ...(caFile === undefined ? {} : { caFile }) };
}

export function tokenOf(settings: ConnectionSettings, channel: Channel): TokenSource | undefined {
  return channel === 'grpc' ? settings.grpcToken : settings.httpToken;
}

/**
 * Refuses settings that cannot work, before anything is sent: one of
 * certificate and key without the other, a token over plaintext that was not
 * allowed, files that are unreadable, empty or no PEM. Throws a usage error
 * that names the flag and the file.
 */
export function checkConnection(settings: ConnectionSettings): void {
  for (const channel of ['grpc', 'http'] as const) {
    checkToken(settings, channel);
    if (!isPlaintext(settings, channel)) readCertificateFiles(tlsFilesOf(settings, channel), channel);
    else checkPair(tlsFilesOf(settings, channel), channel);
    const token = tokenOf(settings, channel);
    if (token !== undefined) readToken(token, channel);
  }
}

/** Throws when a token would be sent in plaintext without leave. */
export function checkToken(settings: ConnectionSettings, channel: Channel): void {
  if (tokenOf(settings, channel) === undefined || !isPlaintext(settings, channel) || settings.allowPlaintextToken)
    return;
  const name = channel === 'grpc' ? 'gRPC' : 'HTTP';
  throw new MaestroError('usage', `a token is given for ${name}, but the connection is plaintext`, {
    hint: {
      program: `Use TLS (${channel === 'grpc' ? 'grpcs://' : 'an https:// endpoint'}), or say allowPlaintextToken.`,
      command: `Use TLS (${channel === 'grpc' ? 'drop --grpc-plaintext' : 'an https:// endpoint'}), or say --allow-plaintext-token.`,
    },
    delivery: 'not-sent',
  });
}
