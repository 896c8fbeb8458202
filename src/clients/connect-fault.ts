import type { ErrorCode, ErrorReason } from '../errors.ts';
import { certificateFault } from './certificate-faults.ts';
import { fileFlags } from './files.ts';
import type { Channel } from './files.ts';

/** What went wrong below the request: the network, TLS or a proxy. */
export interface ConnectFault {
  readonly code: ErrorCode;
  readonly reason: ErrorReason;
  /** What happened, to stand behind "cannot reach …: ". */
  readonly problem: string;
  readonly hint?: string;
  readonly retryable: boolean;
  /** True when the fault precedes the request, so that nothing of it was sent. */
  readonly beforeSending: boolean;
}

interface FaultRule {
  readonly pattern: RegExp;
  readonly problem: string | ((match: RegExpExecArray) => string);
  readonly hint?: (channel: Channel) => string;
  readonly kind: 'tls' | 'network' | 'wrong-port' | 'proxy-auth' | 'proxy-refused';
  /** Only for faults that may also come after sending. */
  readonly afterSending?: boolean;
}

const clientCertificate = (channel: Channel): string => `${fileFlags[channel].cert} and ${fileFlags[channel].key}`;
const plaintextHint: Readonly<Record<Channel, string>> = {
  grpc: 'The server speaks plaintext there: use --grpc-plaintext or grpc://, or give the TLS port.',
  http: 'The server speaks plaintext there: use http:// in --http-endpoint, or give the TLS port.',
};

/**
 * Texts of OpenSSL, Node and grpc-js, the more telling first
 * (recordings/access.json). Alerts come from the server, about our side.
 */
const rules: readonly FaultRule[] = [
  {
    pattern: /The proxy (.+?) answered 407/,
    kind: 'proxy-auth',
    problem: (match) => `the proxy ${match[1]} wants credentials (407)`,
    hint: () => 'Put user and password into the proxy URL, or name the host in NO_PROXY.',
  },
  {
    pattern: /The proxy (.+?) answered (4\d\d)/,
    kind: 'proxy-refused',
    problem: (match) => `the proxy ${match[1]} refuses the connection (${match[2]})`,
    hint: () => 'Name the host in NO_PROXY, or have the proxy allow it.',
  },
  {
    pattern: /The proxy (.+?) answered (\d+)/,
    kind: 'network',
    problem: (match) => `the proxy ${match[1]} could not connect (${match[2]})`,
    hint: () => 'Name the host in NO_PROXY when it is to be reached directly.',
  },
  {
    pattern: /The proxy (.+?) failed: (.*)/,
    kind: 'network',
    problem: (match) => `the proxy ${match[1]} failed: ${match[2]}`,
  },
  {
    pattern: /alert certificate required|SSL alert number 116/i,
    kind: 'tls',
    problem: 'the server requires a client certificate',
    hint: (channel) => `Give ${clientCertificate(channel)}.`,
  },
  {
    pattern: /alert unknown ca\b|SSL alert number 48\b/i,
    kind: 'tls',
    problem: 'the server does not trust the client certificate',
    hint: (channel) =>
      `The certificate of ${clientCertificate(channel)} is signed by a CA that the server does not know.`,
  },
  {
    pattern: /alert certificate expired|SSL alert number 45\b/i,
    kind: 'tls',
    problem: 'the client certificate has expired',
    hint: (channel) => `Renew the files of ${clientCertificate(channel)}.`,
  },
  {
    pattern:
      /alert (?:bad certificate|certificate unknown|certificate revoked|unsupported certificate|access denied|decrypt error)|SSL alert number (?:42|43|44|46|49|51)\b/i,
    kind: 'tls',
    problem: 'the server refuses the client certificate',
    hint: (channel) => `Check the files of ${clientCertificate(channel)}.`,
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
    hint: (channel) =>
      `Use a name that the certificate holds in ${channel === 'grpc' ? '--grpc-endpoint' : '--http-endpoint'}.`,
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
    hint: (channel) => `Give the CA with ${fileFlags[channel].ca}.`,
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
    hint: () => 'This looks like the gRPC port; REST is served on port 8000: change --http-endpoint.',
  },
  {
    pattern: /Last error: Protocol error|Received HTTP status code 404/,
    kind: 'wrong-port',
    problem: 'the server does not speak gRPC there',
    hint: () => 'This looks like the REST port; gRPC is served to sources on port 8090: change --grpc-endpoint.',
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
    pattern: /Socket closed during the TLS handshake|before secure TLS connection was established/,
    kind: 'network',
    problem: 'the connection was closed during the TLS handshake',
  },
  {
    pattern: /ECONNRESET|EPIPE|ETIMEDOUT|socket hang up/i,
    kind: 'network',
    afterSending: true,
    problem: 'the connection was lost',
  },
];

/** Finds the fault behind the text of an error; undefined when the text tells nothing. */
export function connectFault(text: string, channel: Channel): ConnectFault | undefined {
  for (const rule of rules) {
    const match = rule.pattern.exec(text);
    if (match === null) continue;
    const hint = rule.hint?.(channel);
    // The certificate of a proxy is a mistake that stays one.
    const kind = rule.kind === 'network' && certificateFault(text) !== undefined ? 'tls' : rule.kind;
    return {
      ...codeOf[kind],
      problem: typeof rule.problem === 'string' ? rule.problem : rule.problem(match),
      beforeSending: rule.afterSending !== true,
      ...(hint === undefined ? {} : { hint }),
    };
  }
  const refused = certificateFault(text);
  if (refused === undefined) return undefined;
  return {
    ...codeOf.tls,
    problem: `the server certificate is refused (${refused})`,
    hint: `Have it issued anew, for a server; or is the CA of ${fileFlags[channel].ca} another one?`,
    beforeSending: true,
  };
}

const codeOf = {
  tls: { code: 'access-denied', reason: 'TlsFailed', retryable: false },
  'proxy-auth': { code: 'access-denied', reason: 'Unauthenticated', retryable: false },
  'proxy-refused': { code: 'access-denied', reason: 'Unauthorized', retryable: false },
  'wrong-port': { code: 'unavailable', reason: 'ServerUnreachable', retryable: false },
  network: { code: 'unavailable', reason: 'ServerUnreachable', retryable: true },
} as const satisfies Record<FaultRule['kind'], Pick<ConnectFault, 'code' | 'reason' | 'retryable'>>;

/**
 * Names and messages of an error and all its causes, in one text: a tunnel wraps
 * the socket's error, Node wraps one error per address in an AggregateError.
 */
export function errorText(error: unknown): string {
  const parts: string[] = [];
  const seen = new Set<unknown>();
  const visit = (current: unknown): void => {
    if (current === undefined || current === null || seen.has(current)) return;
    seen.add(current);
    if (!(current instanceof Error)) {
      if (typeof current === 'string') parts.push(current);
      return;
    }
    const { code } = current as NodeJS.ErrnoException;
    parts.push(code === undefined || current.message.includes(code) ? current.message : `${code}: ${current.message}`);
    if (current instanceof AggregateError) current.errors.forEach(visit);
    visit(current.cause);
  };
  visit(error);
  return parts.filter((part) => part !== '').join('; ');
}
