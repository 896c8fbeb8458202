import type { ErrorCode, ErrorReason, Hint } from '../errors.ts';
import { certificateFault } from './certificate-faults.ts';
import { causesOf, HandshakeClosed, ProxyFailure } from './connection-errors.ts';
import { fileFlags, fileOptions, type FileNames } from './files.ts';
import type { Channel } from './files.ts';

/** What went wrong below the request: the network, TLS or a proxy. */
export interface ConnectFault {
  readonly code: ErrorCode;
  readonly reason: ErrorReason;
  /** What happened, to stand behind "cannot reach …: ". */
  readonly problem: string;
  readonly hint?: Hint;
  readonly transient: boolean;
  /** True when the fault precedes the request, so that nothing of it was sent. */
  readonly beforeSending: boolean;
}

interface FaultRule {
  readonly pattern: RegExp;
  readonly problem: string;
  readonly hint?: (channel: Channel) => Hint;
  readonly kind: 'tls' | 'network' | 'wrong-port';
  /** Only for faults that may also come after sending. */
  readonly afterSending?: boolean;
}

/** A hint about files that are named by flags, and to programs by options. */
const aboutFiles = (channel: Channel, text: (names: FileNames) => string): Hint => ({
  program: text(fileOptions[channel]),
  command: text(fileFlags[channel]),
});
const plaintextHint: Readonly<Record<Channel, Hint>> = {
  grpc: {
    program: 'The server speaks plaintext there: use grpc://, or give the TLS port.',
    command: 'The server speaks plaintext there: use --grpc-plaintext or grpc://, or give the TLS port.',
  },
  http: {
    program: 'The server speaks plaintext there: use http:// in httpEndpoint, or give the TLS port.',
    command: 'The server speaks plaintext there: use http:// in --http-endpoint, or give the TLS port.',
  },
};

const closedInHandshake = 'the connection was closed during the TLS handshake';

/**
 * Texts of OpenSSL, Node and grpc-js, the more telling first
 * (recordings/access.json). Alerts come from the server, about our side.
 */
const rules: readonly FaultRule[] = [
  {
    pattern: /alert certificate required|SSL alert number 116/i,
    kind: 'tls',
    problem: 'the server requires a client certificate',
    hint: (channel) => aboutFiles(channel, ({ cert, key }) => `Give ${cert} and ${key}.`),
  },
  {
    pattern: /alert unknown ca\b|SSL alert number 48\b/i,
    kind: 'tls',
    problem: 'the server does not trust the client certificate',
    hint: (channel) =>
      aboutFiles(
        channel,
        ({ cert, key }) => `The certificate of ${cert} and ${key} is signed by a CA that the server does not know.`,
      ),
  },
  {
    pattern: /alert certificate expired|SSL alert number 45\b/i,
    kind: 'tls',
    problem: 'the client certificate has expired',
    hint: (channel) => aboutFiles(channel, ({ cert, key }) => `Renew the files of ${cert} and ${key}.`),
  },
  {
    pattern:
      /alert (?:bad certificate|certificate unknown|certificate revoked|unsupported certificate|access denied|decrypt error)|SSL alert number (?:42|43|44|46|49|51)\b/i,
    kind: 'tls',
    problem: 'the server refuses the client certificate',
    hint: (channel) => aboutFiles(channel, ({ cert, key }) => `Check the files of ${cert} and ${key}.`),
  },
  {
    pattern: /alert protocol version|SSL alert number 70\b|unsupported protocol|ERR_SSL_UNSUPPORTED_PROTOCOL/i,
    kind: 'tls',
    problem: 'the server does not speak TLS 1.3',
    hint: () => 'Maestro speaks TLS 1.3 only, so does this client: look at what stands before the server.',
  },
  {
    pattern: /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate's altnames/,
    kind: 'tls',
    problem: 'the server certificate is for another host name',
    hint: (channel) => ({
      program: `Use a name that the certificate holds in ${channel}Endpoint.`,
      command: `Use a name that the certificate holds in --${channel}-endpoint.`,
    }),
  },
  {
    pattern: /CERT_HAS_EXPIRED|certificate has expired/i,
    kind: 'tls',
    problem: 'the server certificate has expired',
    hint: () => 'Renew it on the server, and check the clock here.',
  },
  {
    pattern: /CERT_NOT_YET_VALID|certificate is not yet valid/i,
    kind: 'tls',
    problem: 'the server certificate is not valid yet',
    hint: () => 'Check the clocks here and where the certificate was made.',
  },
  {
    pattern:
      /unable to verify the first certificate|unable to get (?:local )?issuer|self[- ]signed certificate|certificate signature failure|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|CERT_UNTRUSTED|INVALID_CA/i,
    kind: 'tls',
    problem: 'the server certificate is signed by an unknown CA',
    hint: (channel) => aboutFiles(channel, ({ ca }) => `Give the CA with ${ca}.`),
  },
  {
    pattern:
      /wrong version number|ERR_SSL_WRONG_VERSION_NUMBER|packet length too long|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO.*record/i,
    kind: 'tls',
    problem: 'the server does not answer in TLS',
    hint: (channel) => plaintextHint[channel],
  },
  {
    pattern: /HPE_|Parse Error|Response does not match the HTTP/i,
    kind: 'wrong-port',
    problem: 'the answer is not HTTP',
    hint: () => ({
      program: 'This looks like the gRPC port; REST is served on port 8000: change httpEndpoint.',
      command: 'This looks like the gRPC port; REST is served on port 8000: change --http-endpoint.',
    }),
  },
  {
    pattern: /Last error: Protocol error|Received HTTP status code 404/,
    kind: 'wrong-port',
    problem: 'the server does not speak gRPC there',
    hint: () => ({
      program: 'This looks like the REST port; gRPC is served to sources on port 8090: change grpcEndpoint.',
      command: 'This looks like the REST port; gRPC is served to sources on port 8090: change --grpc-endpoint.',
    }),
  },
  {
    pattern: /ECONNREFUSED/,
    kind: 'network',
    problem: 'nothing listens there (connection refused)',
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN|EAI_FAIL|Name resolution failed/,
    kind: 'network',
    problem: 'the host name cannot be resolved',
    hint: () => 'Check the name; in a cluster it is <service>.<namespace>.svc.',
  },
  {
    pattern: /EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|connect ETIMEDOUT/,
    kind: 'network',
    problem: 'there is no way to the host',
    hint: () => 'Check the address, NetworkPolicies and firewalls.',
  },
  {
    pattern: /before secure TLS connection was established/,
    kind: 'network',
    problem: closedInHandshake,
  },
  {
    pattern: /ECONNRESET|EPIPE|ETIMEDOUT|socket hang up/i,
    kind: 'network',
    afterSending: true,
    problem: 'the connection was lost',
  },
];

/**
 * Finds the fault behind an error, or behind the text of one, which is all that grpc-js passes on; undefined when it
 * tells nothing.
 */
export function connectFault(error: unknown, channel: Channel): ConnectFault | undefined {
  const own = ownFault(error);
  if (own !== undefined) return own;
  const text = errorText(error);
  const rule = rules.find(({ pattern }) => pattern.test(text));
  if (rule !== undefined) {
    const hint = rule.hint?.(channel);
    return {
      ...codeOf[rule.kind],
      problem: rule.problem,
      beforeSending: rule.afterSending !== true,
      ...(hint === undefined ? {} : { hint }),
    };
  }
  const refused = certificateFault(text);
  if (refused === undefined) return undefined;
  return {
    ...codeOf.tls,
    problem: `the server certificate is refused (${refused})`,
    hint: aboutFiles(channel, ({ ca }) => `Have it issued anew, for a server; or is the CA of ${ca} another one?`),
    beforeSending: true,
  };
}

/** The faults that errors of our own tell by their type. */
function ownFault(error: unknown): ConnectFault | undefined {
  for (const cause of causesOf(error)) {
    if (cause instanceof ProxyFailure) return proxyFault(cause);
    if (cause instanceof HandshakeClosed) return { ...codeOf.network, problem: closedInHandshake, beforeSending: true };
  }
  return undefined;
}

function proxyFault(failure: ProxyFailure): ConnectFault {
  const { proxy, status, cause } = failure;
  if (status === undefined) {
    // The certificate of a proxy is a mistake that stays one.
    const kind = certificateFault(errorText(cause)) === undefined ? 'network' : 'tls';
    const problem = `the proxy ${proxy} failed: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { ...codeOf[kind], problem, beforeSending: true };
  }
  const [kind, problem, hint] =
    status === 407
      ? ([
          'proxy-auth',
          'wants credentials',
          'Put user and password into the proxy URL, or name the host in NO_PROXY.',
        ] as const)
      : status >= 400 && status < 500
        ? ([
            'proxy-refused',
            'refuses the connection',
            'Name the host in NO_PROXY, or have the proxy allow it.',
          ] as const)
        : (['network', 'could not connect', 'Name the host in NO_PROXY when it is to be reached directly.'] as const);
  return { ...codeOf[kind], problem: `the proxy ${proxy} ${problem} (${status})`, hint, beforeSending: true };
}

const codeOf = {
  tls: { code: 'access-denied', reason: 'TlsFailed', transient: false },
  'proxy-auth': { code: 'access-denied', reason: 'Unauthenticated', transient: false },
  'proxy-refused': { code: 'access-denied', reason: 'Unauthorized', transient: false },
  'wrong-port': { code: 'unavailable', reason: 'ServerUnreachable', transient: false },
  network: { code: 'unavailable', reason: 'ServerUnreachable', transient: true },
} as const satisfies Record<
  FaultRule['kind'] | 'proxy-auth' | 'proxy-refused',
  Pick<ConnectFault, 'code' | 'reason' | 'transient'>
>;

/** Names and messages of an error and all its causes, in one text. */
export function errorText(error: unknown): string {
  const parts: string[] = [];
  for (const cause of causesOf(error)) {
    if (typeof cause === 'string') parts.push(cause);
    if (!(cause instanceof Error)) continue;
    const { code } = cause as NodeJS.ErrnoException;
    parts.push(code === undefined || cause.message.includes(code) ? cause.message : `${code}: ${cause.message}`);
  }
  return parts.filter((part) => part !== '').join('; ');
}
