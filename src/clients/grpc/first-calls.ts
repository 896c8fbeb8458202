import type { Clock } from '../../clock.ts';
import { formatHostPort } from '../connection.ts';
import type { ConnectionSettings } from '../connection.ts';
import { TryTimeout } from '../connection-errors.ts';
import { PlainConnection, refusedStream, StreamReset } from '../http2/connection.ts';
import type { Answer } from '../http2/connection.ts';
import type { Header } from '../http2/header-block.ts';
import { proxyFor } from '../proxy.ts';
import { grpcCode, type GrpcStatus } from '../translate-error.ts';
import { traceHeaders } from '../trace-headers.ts';
import { within } from '../within.ts';
import type { ChannelLease, ChannelSource, EventCalls } from './event-calls.ts';
import { publishMethod } from './publish-method.ts';

type Call = Parameters<EventCalls['send']>[1];

/** A process that makes more calls than this is no short run: grpc-js does the rest, many at once. */
const mostCalls = 8;
/** Whoever has not spoken HTTP/2 by then is left to grpc-js, which waits for as long as the call may take. */
const openMs = 2_000;

/**
 * Publishes the first events of a process over a connection of our own, where
 * there is neither TLS nor a proxy: a Job makes one call and ends, and loading
 * grpc-js with Node's HTTP/2 costs it as much as Node's own start
 * (docs/decisions/0004). All else goes to the channels of grpc-js: calls at
 * the same time, subscriptions, and every call for which no connection could
 * be made, so that it finds out what stands against it and says so. Nothing of
 * such a call has been sent before.
 *
 * @param openOthers gives the channels of grpc-js, the same at each call
 */
export function createFirstCalls(
  settings: ConnectionSettings,
  clock: Clock,
  openOthers: () => Promise<ChannelSource>,
): ChannelSource {
  return new FirstCalls(settings, clock, openOthers);
}

class FirstCalls implements ChannelSource {
  readonly #settings: ConnectionSettings;
  readonly #clock: Clock;
  readonly #openOthers: () => Promise<ChannelSource>;
  readonly #closed = new AbortController();
  #others: ChannelSource | undefined;
  #connection: PlainConnection | undefined;
  #callsLeft: number;
  #isBusy = false;

  constructor(settings: ConnectionSettings, clock: Clock, openOthers: () => Promise<ChannelSource>) {
    this.#settings = settings;
    this.#clock = clock;
    this.#openOthers = openOthers;
    this.#callsLeft = canDo(settings) ? mostCalls : 0;
  }

  lease(): ChannelLease {
    let other: ChannelLease | undefined;
    let sent = false;
    const isFirst = !this.#isBusy && this.#callsLeft > 0;
    if (isFirst) {
      this.#isBusy = true;
      this.#callsLeft -= 1;
    }
    return {
      calls: {
        send: async (event, call) => {
          const free = isFirst ? await this.#connectionFor(call) : undefined;
          if (call.signal.aborted) throw statusError(grpcCode.cancelled, 'Cancelled on client');
          if (free === undefined) {
            other = await this.#other();
            return other.calls.send(event, call);
          }
          sent = true;
          return this.#publish(free, publishMethod.requestSerialize({ event }), call);
        },
        subscribe: async (source, identity) => {
          other = await this.#other();
          return other.calls.subscribe(source, identity);
        },
      },
      everConnected: () => other?.everConnected() ?? sent,
      connectError: () => other?.connectError(),
      retire: () => (other === undefined ? this.#connection?.close() : other.retire()),
      release: () => {
        if (isFirst) this.#isBusy = false;
        other?.release();
      },
    };
  }

  close(): void {
    this.#closed.abort();
    this.#connection?.close();
    this.#others?.close();
  }

  async #other(): Promise<ChannelLease> {
    this.#others ??= await this.#openOthers();
    // A channel that is opened now would be closed by nobody.
    if (this.#closed.signal.aborted) throw statusError(grpcCode.unavailable, 'the connection was closed here');
    return this.#others.lease();
  }

  /** A connection to send on, or undefined when grpc-js is to try. */
  async #connectionFor(call: Call): Promise<PlainConnection | undefined> {
    if (this.#connection?.isFree === true) return this.#connection;
    this.#connection?.close();
    this.#connection = undefined;
    const { host, port } = this.#settings.grpcEndpoint;
    const ended = AbortSignal.any([call.signal, this.#closed.signal]);
    const leftMs = Math.min(openMs, leftOf(call, this.#clock));
    try {
      this.#connection = await within(this.#clock, ended, leftMs, (signal) => PlainConnection.open(host, port, signal));
    } catch {
      this.#callsLeft = 0;
    }
    return this.#connection;
  }

  async #publish(connection: PlainConnection, message: Buffer, call: Call): Promise<void> {
    const leftMs = Math.ceil(leftOf(call, this.#clock));
    const { host, port } = this.#settings.grpcEndpoint;
    const headers: Header[] = [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', publishMethod.path],
      [':authority', formatHostPort(host, port)],
      ['te', 'trailers'],
      ['content-type', 'application/grpc'],
      ['user-agent', 'maestro-cli'],
      ...(call.deadline === undefined ? [] : [['grpc-timeout', `${leftMs}m`] as const]),
      ...(call.token === undefined ? [] : [['authorization', `Bearer ${call.token}`] as const]),
      ...Object.entries(traceHeaders(call.trace)),
    ];
    let answer: Answer;
    try {
      answer = await within(this.#clock, call.signal, leftMs, (signal) =>
        connection.send(headers, framed(message), signal),
      );
    } catch (error) {
      throw statusOfFailure(error, call);
    }
    const status = statusOf(answer);
    if (status !== undefined) throw status;
  }
}

function canDo({ grpcEndpoint: { host, port, plaintext }, proxy }: ConnectionSettings): boolean {
  return plaintext && proxyFor({ host, port, tls: false }, proxy) === undefined;
}

/** Node's timers take no longer times. */
const longestTimerMs = 2 ** 31 - 1;

function leftOf({ deadline }: Call, clock: Clock): number {
  return deadline === undefined ? longestTimerMs : Math.max(0, deadline.getTime() - clock.wallMs());
}

/** Before a message stands whether it is compressed, and its length. */
const headBytes = 5;

function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** What failed when no answer came; the codes and texts are those of grpc-js, which the translation knows. */
function statusOfFailure(error: unknown, { signal }: Call): Error {
  if (signal.aborted) return statusError(grpcCode.cancelled, 'Cancelled on client');
  if (error instanceof TryTimeout) return statusError(grpcCode.deadlineExceeded, 'Deadline exceeded');
  if (!(error instanceof StreamReset)) return statusError(grpcCode.unavailable, 'Connection dropped');
  if (error.code === refusedStream) return statusError(grpcCode.unavailable, 'Stream refused by server');
  return statusError(grpcCode.internal, `Received RST_STREAM with code ${error.code}`);
}

/** @returns undefined for success, which takes a status 0 and a whole message */
function statusOf(answer: Answer): Error | undefined {
  const code = valueOf(answer.trailers, 'grpc-status');
  const httpStatus = valueOf(answer.headers, ':status');
  if (code === undefined) {
    if (httpStatus !== undefined && httpStatus !== '200') return statusOfHttp(httpStatus);
    if (answer.cutShort) return statusError(grpcCode.internal, 'the answer is larger than any answer to a Publish');
    return statusError(grpcCode.internal, 'Call ended without gRPC status');
  }
  if (!/^\d+$/.test(code)) return statusError(grpcCode.unknown, '');
  if (code !== '0') return statusError(Number(code), messageOf(answer.trailers));
  const { body } = answer;
  if (body.length === 0) return statusError(grpcCode.internal, 'No message received');
  const isWhole = body.length >= headBytes && body[0] === 0 && body.readUInt32BE(1) === body.length - headBytes;
  return isWhole ? undefined : statusError(grpcCode.internal, 'the answer is no message of gRPC');
}

/** As gRPC maps what is no answer of gRPC (its document "HTTP to gRPC Status Code Mapping"). */
function statusOfHttp(status: string): Error {
  return statusError(codesOfHttp[status] ?? grpcCode.unknown, `Received HTTP status code ${status}`);
}

const codesOfHttp: Readonly<Record<string, number>> = {
  400: grpcCode.internal,
  401: grpcCode.unauthenticated,
  403: grpcCode.permissionDenied,
  404: grpcCode.unimplemented,
  429: grpcCode.unavailable,
  502: grpcCode.unavailable,
  503: grpcCode.unavailable,
  504: grpcCode.unavailable,
};

function messageOf(trailers: readonly Header[]): string {
  const coded = valueOf(trailers, 'grpc-message') ?? '';
  try {
    return decodeURI(coded);
  } catch {
    return coded;
  }
}

function valueOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find((header) => header[0] === name)?.[1];
}

function statusError(code: number, details: string): Error & GrpcStatus {
  return Object.assign(new Error(`${code}: ${details}`), { code, details });
}
