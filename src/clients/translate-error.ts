import { oneLine } from '../core/shown-text.ts';
import { parseJson } from '../core/json.ts';
import type { JsonLimitError } from '../core/json-nesting.ts';
import { MaestroError } from '../errors.ts';
import type { Hint, MaestroErrorOptions } from '../errors.ts';
import { connectFault, errorText } from './connect-fault.ts';
import type { ConnectFault } from './connect-fault.ts';
import { causesOf, TryTimeout } from './connection-errors.ts';
import { formatHostPort } from './connection.ts';
import type { GrpcEndpoint } from './connection.ts';
import { answerOf } from './server-answer.ts';

/** What the translator needs to know about a failed gRPC call. */
export interface GrpcCallFacts {
  readonly endpoint: GrpcEndpoint;
  readonly source: string;
  /** Empty for calls about no particular consumer. */
  readonly consumer: string;
  /** False when the channel has had no connection at all, so nothing was sent. */
  readonly connected: boolean;
  /** What the last connection failed with, where it was one of ours to make. */
  readonly connectError?: unknown;
  /** True when a plaintext call failed and the port was found to speak TLS. */
  readonly plaintextOnTls?: boolean;
  /** The RBAC verb: `pub` when absent. */
  readonly verb?: 'pub' | 'sub';
}

/** Code and text of a gRPC status. */
export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
}

/** gRPC status codes that the translation knows. */
export const grpcCode = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/**
 * Makes a MaestroError of a failed gRPC call. Every error of the server comes
 * as UNKNOWN with a text, every TLS and address mistake as UNAVAILABLE with a
 * text (recordings/access.json, rejected.json, lifecycle.json). `delivery` is
 * `not-sent` only on evidence, and `unknown` when there is none either way.
 */
export function translateGrpcError(status: GrpcStatus, facts: GrpcCallFacts): MaestroError {
  const where = `gRPC at ${formatHostPort(facts.endpoint.host, facts.endpoint.port)}`;
  const text = (status as Partial<GrpcStatus>).details;
  // An answer that grpc-js could not read: the call went out, and what became of it nobody knows.
  if (text === undefined)
    return lost(`the answer of ${where} could not be read: ${oneLine(errorText(status))}`, status);
  if (/^No message received/.test(text)) return lost(`${where} ended the call without an answer`, status);
  switch (status.code) {
    case grpcCode.unavailable:
      return unavailable(status, facts, where);
    case grpcCode.deadlineExceeded:
      return deadlineExceeded(text, facts, where);
    case grpcCode.cancelled:
      return lost(`the call to ${where} was cancelled before its answer`, status);
    case grpcCode.unauthenticated:
      return unauthenticated(`${where} did not accept the caller: ${text}`, unauthenticatedHint(text), status);
    case grpcCode.permissionDenied:
      return new MaestroError('access-denied', `${where} denied the request: ${text}`, {
        reason: 'Unauthorized',
        hint: rightsHint(facts),
        ...refused(status),
      });
    case grpcCode.resourceExhausted:
      return exhausted(text, where, status);
    case grpcCode.failedPrecondition:
    case grpcCode.unimplemented:
      return wrongPort(`${where} does not serve sources: ${text}`, status);
    case grpcCode.internal:
      return /Failed to start HTTP\/2 stream/.test(text)
        ? new MaestroError('unavailable', `the connection to ${where} was lost before sending`, {
            transient: true,
            delivery: 'not-sent',
            cause: status,
          })
        : lost(`the call to ${where} broke off: ${oneLine(text)}`, status);
    default:
      return serverAnswer(status, facts, where);
  }
}

function closedAtOnceHint({ plaintext }: GrpcEndpoint): string {
  const also = plaintext ? 'this is no gRPC port' : 'it does not accept the client certificate';
  return `The connection was closed at once: the server may be starting, or ${also}.`;
}

function unavailable(status: GrpcStatus, facts: GrpcCallFacts, where: string): MaestroError {
  const text = status.details;
  const neverConnected = !facts.connected || /No connection established|Name resolution failed/.test(text);
  if (facts.plaintextOnTls === true) {
    return new MaestroError('access-denied', `cannot reach ${where}: the server speaks TLS there`, {
      reason: 'TlsFailed',
      hint: {
        program: 'Use grpcs://, and give the CA with grpcTls.caFile if it is a private one.',
        command:
          'Drop --grpc-plaintext, or use grpcs://, and give the CA with --grpc-server-ca-file if it is a private one.',
      },
      delivery: 'not-sent',
      cause: status,
    });
  }
  // The text has what failed last; a failure before that says nothing of it.
  const { connectError } = facts;
  const isLast = connectError instanceof Error && text.includes(connectError.message);
  const fault = connectFault(isLast ? connectError : text, 'grpc');
  if (neverConnected) {
    if (fault !== undefined) return fromFault(fault, where, status);
    return new MaestroError('unavailable', `cannot reach ${where}: ${lastError(text)}`, {
      ...(/Failed to connect/.test(text) ? { hint: closedAtOnceHint(facts.endpoint) } : {}),
      transient: true,
      delivery: 'not-sent',
      cause: status,
    });
  }
  return lost(`the connection to ${where} was lost before the answer: ${oneLine(text)}`, status);
}

function deadlineExceeded(text: string, facts: GrpcCallFacts, where: string): MaestroError {
  const sent =
    facts.connected && !/Waiting for LB pick|waiting for name resolution|waiting for metadata filters/.test(text);
  if (sent) return lost(`${where} did not answer in time`, text);
  return new MaestroError('unavailable', `cannot reach ${where}: no connection in time`, {
    hint: 'Check the address, NetworkPolicies and firewalls.',
    transient: true,
    delivery: 'not-sent',
    cause: text,
  });
}

function exhausted(text: string, where: string, status: GrpcStatus): MaestroError {
  const sizes = /larger than max \((\d+) vs\.? (\d+)\)/.exec(text);
  if (/Received message larger than max/.test(text)) {
    // grpc-js measures the answer before reading it: the call itself went out.
    return new MaestroError('unavailable', `${where} sent an answer that is too large: ${text}`, {
      reason: 'OutcomeUnknown',
      hint: 'A proxy that answers in plain HTTP looks the same: check the address and the proxy settings.',
      delivery: 'unknown',
      cause: status,
    });
  }
  if (sizes === null) return lostOrBusy(`${where} has no capacity left: ${text}`, status);
  return new MaestroError(
    'invalid-input',
    `the work is too large for the server: ${sizes[1]} bytes, at most ${sizes[2]} are taken`,
    {
      reason: 'TooLarge',
      hint: 'Split the manifests over several works.',
      ...refused(status),
    },
  );
}

function serverAnswer(status: GrpcStatus, facts: GrpcCallFacts, where: string): MaestroError {
  const text = status.details;
  if (/^unauthorized to (?:publish|subscribe)/.test(text)) {
    return new MaestroError('access-denied', `${where}: ${text}`, {
      reason: 'Unauthorized',
      hint: rightsHint(facts),
      ...refused(status),
    });
  }
  if (/token not authenticated|invalid token|could not find (?:user|group) in/.test(text)) {
    return unauthenticated(`${where} did not accept the caller: ${text}`, unauthenticatedHint(text), status);
  }
  if (/missing cluster name/.test(text)) return wrongPort(`${where} does not serve sources: ${text}`, status);
  if (text.trim() === '') return lost(`${where} failed and did not say why (gRPC status ${status.code})`, status);
  const answer = answerOf(text, { consumer: facts.consumer });
  return new MaestroError(answer.code, answer.message, { ...refused(status), ...answer.options });
}

/** Where a REST request went. */
export interface HttpCallFacts {
  readonly method: string;
  /** Full URL without the query. */
  readonly url: string;
  /** Consumer by which the request was made, "" when there is none. */
  readonly consumer: string;
}

/** Makes a MaestroError of a REST answer that is no success (recordings/search.json, consumers.json). */
export function translateHttpAnswer(status: number, body: string, facts: HttpCallFacts): MaestroError {
  const where = `${facts.method} ${facts.url}`;
  const answered: MaestroErrorOptions = { delivery: 'refused', cause: `HTTP ${status}` };
  const error = maestroBody(body);
  if (error === undefined && /HTTP request to an HTTPS server/i.test(body)) {
    return new MaestroError('access-denied', `${where}: the server speaks TLS there`, {
      ...answered,
      reason: 'TlsFailed',
      hint: {
        program: 'Use https:// in httpEndpoint, and httpTls.caFile if the CA is a private one.',
        command: 'Use https:// in --http-endpoint, and --http-ca-file if the CA is a private one.',
      },
    });
  }
  if (status === 401)
    return unauthenticated(
      `${where}: not authenticated (401)${reasonText(error)}`,
      { program: 'Give a valid token with httpToken.', command: 'Give a valid token with --http-token-file.' },
      'HTTP 401',
    );
  if (status === 403 && error?.code !== 'maestro-4') {
    return new MaestroError('access-denied', `${where}: forbidden (403)${reasonText(error)}`, {
      ...answered,
      reason: 'Unauthorized',
    });
  }
  if (status === 407) {
    return new MaestroError('access-denied', `${where}: the proxy wants credentials (407)`, {
      ...answered,
      reason: 'Unauthenticated',
      hint: 'Put user and password into the proxy URL, or name the host in NO_PROXY.',
    });
  }
  if (status === 429 || status === 502 || status === 503 || status === 504) {
    return new MaestroError('unavailable', `${where}: the server is not ready (${status})${reasonText(error)}`, {
      ...answered,
      reason: 'ServerError',
      transient: true,
      // A gateway that gave up tells nothing about what the server did.
      delivery: status === 429 ? 'refused' : 'unknown',
    });
  }
  if (error === undefined || error.code === 'maestro-404') return notMaestro(facts, `HTTP ${status}`);
  const answer = answerOf(`${error.code}: ${error.reason}`, { consumer: facts.consumer });
  return new MaestroError(answer.code, answer.message, { ...answered, ...answer.options });
}

/** For answers that are not what Maestro sends, such as the HTML page of a proxy. */
export function notMaestro(facts: HttpCallFacts, cause: unknown): MaestroError {
  return new MaestroError('unavailable', `something other than Maestro answers at ${facts.url}`, {
    reason: 'ServerError',
    hint: {
      program: 'Check httpEndpoint and the proxy settings; REST is served on port 8000.',
      command: 'Check --http-endpoint and the proxy settings; REST is served on port 8000.',
    },
    delivery: 'refused',
    cause,
  });
}

/** For an answer, or a row of one, that no walk over it could be trusted with. */
export function beyondLimits(facts: HttpCallFacts, cause: JsonLimitError): MaestroError {
  const [problem, reason] =
    cause.limit === 'levels'
      ? (['nested too deeply', 'ServerError'] as const)
      : (['too large', 'AnswerTooLarge'] as const);
  return new MaestroError(
    'unavailable',
    `${facts.method} ${facts.url}: the server's answer is ${problem} (${cause.message})`,
    {
      reason,
      delivery: 'unknown',
      cause,
    },
  );
}

/** Makes a MaestroError of a REST request that got no answer, through its chain of causes. */
export function translateHttpFailure(error: unknown, facts: HttpCallFacts): MaestroError {
  if (error instanceof MaestroError) return error;
  const text = errorText(error);
  const where = `${facts.method} ${facts.url}`;
  // A read has no outcome that could be unknown.
  const reason = facts.method === 'GET' ? 'ServerUnreachable' : 'OutcomeUnknown';
  const unanswered = { reason, transient: true, delivery: 'unknown', cause: error } as const;
  for (const cause of causesOf(error))
    if (cause instanceof TryTimeout) return new MaestroError('unavailable', `${where}: ${cause.message}`, unanswered);
  const fault = connectFault(error, 'http');
  if (fault === undefined) return new MaestroError('unavailable', `${where} failed: ${oneLine(text)}`, unanswered);
  // Which request it was to be is of no matter when nothing listens.
  if (fault.beforeSending) return fromFault(fault, `REST at ${placeOf(facts.url)}`, error);
  return new MaestroError(fault.code, `${where}: ${fault.problem}`, unanswered);
}

function placeOf(url: string): string {
  return URL.parse(url)?.origin ?? url;
}

/** A fault that came before anything was sent. */
function fromFault(fault: ConnectFault, where: string, cause: unknown): MaestroError {
  return new MaestroError(fault.code, `cannot reach ${where}: ${fault.problem}`, {
    reason: fault.reason,
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
    transient: fault.transient,
    delivery: 'not-sent',
    cause,
  });
}

function lost(message: string, cause: unknown): MaestroError {
  return new MaestroError('unavailable', message, {
    reason: 'OutcomeUnknown',
    transient: true,
    delivery: 'unknown',
    cause,
  });
}

function lostOrBusy(message: string, cause: unknown): MaestroError {
  return new MaestroError('unavailable', message, {
    reason: 'ServerError',
    transient: true,
    delivery: 'unknown',
    cause,
  });
}

function wrongPort(message: string, cause: unknown): MaestroError {
  return new MaestroError('unavailable', message, {
    reason: 'ServerUnreachable',
    hint: {
      program: 'This looks like the broker port for agents (8091); sources use port 8090: change grpcEndpoint.',
      command: 'This looks like the broker port for agents (8091); sources use port 8090: change --grpc-endpoint.',
    },
    delivery: 'refused',
    cause,
  });
}

function unauthenticated(message: string, hint: Hint, cause: unknown): MaestroError {
  return new MaestroError('access-denied', message, { reason: 'Unauthenticated', hint, delivery: 'refused', cause });
}

function unauthenticatedHint(text: string): Hint {
  return /group|user/.test(text)
    ? {
        program:
          'The client certificate needs a CN (the user) and an O (its groups): give another one with grpcTls.clientCertFile.',
        command:
          'The client certificate needs a CN (the user) and an O (its groups): give another one with --grpc-client-cert-file.',
      }
    : {
        program: 'Give a valid token with grpcToken; it may be missing, expired or for another cluster.',
        command: 'Give a valid token with --grpc-client-token-file; it may be missing, expired or for another cluster.',
      };
}

function rightsHint(facts: GrpcCallFacts): Hint {
  const allow = `Allow the verb "${facts.verb ?? 'pub'}" on the non-resource URL /sources/${facts.source} in the RBAC of Maestro's cluster`;
  return { program: `${allow}, or use another source.`, command: `${allow}, or use another --source-id.` };
}

function refused(cause: unknown): Pick<MaestroErrorOptions, 'delivery' | 'cause'> {
  return { delivery: 'refused', cause };
}

function maestroBody(body: string): { code: string; reason: string } | undefined {
  let value: unknown;
  try {
    value = parseJson(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { code, reason } = value as Record<string, unknown>;
  if (typeof code !== 'string' || !/^maestro-\d+$/.test(code)) return undefined;
  return { code, reason: typeof reason === 'string' ? reason : '' };
}

function reasonText(error: { reason: string } | undefined): string {
  return error === undefined || error.reason === '' ? '' : `: ${error.reason}`;
}

/** What grpc-js says last, without its frame of words. */
function lastError(text: string): string {
  return oneLine(/Last error: ([\s\S]*?)(?: \(\d{4}-[^)]*\))?\. Resolution note:/.exec(text)?.[1] ?? text);
}
