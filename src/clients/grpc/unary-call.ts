import { connect as connectHttp2, constants, sensitiveHeaders } from 'node:http2';
import type {
  ClientHttp2Session,
  IncomingHttpHeaders,
  IncomingHttpStatusHeader,
  OutgoingHttpHeaders,
} from 'node:http2';
import { connect, type Socket } from 'node:net';
import { formatHostPort } from '../connection.ts';
import type { ConnectionSettings } from '../connection.ts';
import type { TlsMaterial } from '../files.ts';
import { startTls } from '../tls.ts';
import { grpcCode, type GrpcStatus } from '../translate-error.ts';

type Head = IncomingHttpHeaders & IncomingHttpStatusHeader;

/** An answer to a Publish is empty; what is longer than this is none. */
const mostAnswerBytes = 16 * 1024;
/** Before a message stands whether it is compressed, and its length. */
const prefixBytes = 5;

/**
 * Connects and waits until the server has spoken HTTP/2.
 *
 * @throws whatever stands against it; nothing of a request was sent then
 */
export async function openSession(
  { grpcEndpoint: { host, port, plaintext }, insecureSkipVerify }: ConnectionSettings,
  tls: TlsMaterial | undefined,
  signal: AbortSignal,
): Promise<ClientHttp2Session> {
  const plain = await connected(host, port, signal);
  const socket =
    tls === undefined ? plain : await startTls(plain, host, { context: tls.context, verify: !insecureSkipVerify });
  const session = connectHttp2(`${plaintext ? 'http' : 'https'}://${formatHostPort(host, port)}`, {
    createConnection: () => socket,
    settings: { enablePush: false },
  });
  // Node tells the session nothing of an alert that comes after the handshake, such as that of a refused certificate,
  // until what lies under it ends.
  socket.on('error', () => plain.destroy());
  return new Promise((resolve, reject) => {
    session.once('remoteSettings', () => resolve(session));
    // Stays on: what happens later is told by the stream that it happens to.
    session.on('error', reject);
    session.once('close', () => reject(new Error('the connection was closed')));
  });
}

async function connected(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal }, () => resolve(socket));
    socket.setNoDelay(true);
    socket.on('error', reject);
  });
}

export interface UnaryCall {
  readonly path: string;
  /** The headers beside those of every call. */
  readonly metadata: OutgoingHttpHeaders;
  readonly message: Buffer;
}

/**
 * Makes one unary call of gRPC.
 *
 * @throws GrpcStatus with the code and the text that grpc-js gives, which the translation knows
 */
export async function callUnary(
  session: ClientHttp2Session,
  { path, metadata, message }: UnaryCall,
  signal: AbortSignal,
): Promise<void> {
  const headers = {
    ':method': 'POST',
    ':path': path,
    te: 'trailers',
    'content-type': 'application/grpc',
    'user-agent': 'maestro-cli',
    ...metadata,
    [sensitiveHeaders]: ['authorization'],
  };
  const stream = session.request(headers, { signal });
  const parts: Buffer[] = [];
  let answerBytes = 0;
  let head: Head = {};
  let trailers: IncomingHttpHeaders | undefined;
  const takeLast = (last: IncomingHttpHeaders): void => {
    trailers = last;
    // The server has said all; what of the request it did not wait for needs no sending.
    if (!stream.writableFinished) stream.close(constants.NGHTTP2_CANCEL);
  };
  stream.on('response', (answer) => {
    head = answer;
    // Without a body, the status stands in the first headers.
    if ('grpc-status' in answer) takeLast(answer);
  });
  stream.on('trailers', takeLast);
  stream.on('data', (part: Buffer) => {
    parts.push(part);
    answerBytes += part.length;
    if (answerBytes > mostAnswerBytes) stream.close(constants.NGHTTP2_CANCEL);
  });
  // What it was is told by the code with which the stream closes.
  stream.on('error', () => undefined);
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(message.length, 1);
  stream.write(prefix);
  stream.end(message);
  await new Promise<void>((resolve) => stream.once('close', resolve));
  const status =
    trailers?.['grpc-status'] === undefined
      ? statusWithout(head, stream.rstCode, session.destroyed)
      : statusIn(trailers, Buffer.concat(parts));
  if (status !== undefined) throw status;
}

/** @returns undefined for success, which takes a status 0 and a whole message */
function statusIn(trailers: IncomingHttpHeaders, body: Buffer): Error | undefined {
  const code = String(trailers['grpc-status']);
  if (!/^\d+$/.test(code)) return statusError(grpcCode.unknown, '');
  if (code !== '0') return statusError(Number(code), decoded(String(trailers['grpc-message'] ?? '')));
  if (body.length === 0) return statusError(grpcCode.internal, 'No message received');
  const isWhole = body.length >= prefixBytes && body[0] === 0 && body.readUInt32BE(1) === body.length - prefixBytes;
  return isWhole ? undefined : statusError(grpcCode.internal, 'the answer is no message of gRPC');
}

function decoded(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}

/** Of an answer that was no answer of gRPC, or none. */
function statusWithout(head: Head, resetCode: number | undefined, isLost: boolean): Error {
  const httpStatus = head[':status'];
  if (httpStatus !== undefined && httpStatus !== 200)
    return statusError(codesOfHttp[httpStatus] ?? grpcCode.unknown, `Received HTTP status code ${httpStatus}`);
  if (resetCode === constants.NGHTTP2_REFUSED_STREAM)
    return statusError(grpcCode.unavailable, 'Stream refused by server');
  if (isLost) return statusError(grpcCode.unavailable, 'Connection dropped');
  if (resetCode === constants.NGHTTP2_NO_ERROR)
    return statusError(grpcCode.internal, 'Received RST_STREAM with code 0 (Call ended without gRPC status)');
  if (resetCode === constants.NGHTTP2_CANCEL) return statusError(grpcCode.cancelled, 'Call cancelled');
  if (resetCode === constants.NGHTTP2_ENHANCE_YOUR_CALM)
    return statusError(grpcCode.resourceExhausted, 'Bandwidth exhausted or memory limit exceeded');
  return statusError(grpcCode.internal, `Received RST_STREAM with code ${resetCode}`);
}

/** As gRPC maps what is no answer of gRPC (its document "HTTP to gRPC Status Code Mapping"). */
const codesOfHttp: Readonly<Record<number, number>> = {
  400: grpcCode.internal,
  401: grpcCode.unauthenticated,
  403: grpcCode.permissionDenied,
  404: grpcCode.unimplemented,
  429: grpcCode.unavailable,
  502: grpcCode.unavailable,
  503: grpcCode.unavailable,
  504: grpcCode.unavailable,
};

export function statusError(code: number, details: string): Error & GrpcStatus {
  return Object.assign(new Error(`${code}: ${details}`), { code, details });
}
