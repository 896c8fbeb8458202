import type { ClientHttp2Session } from 'node:http2';
import type { Clock } from '../../clock.ts';
import { formatHostPort } from '../connection.ts';
import type { ConnectionSettings } from '../connection.ts';
import { TryTimeout } from '../connection-errors.ts';
import type { TlsMaterial } from '../files.ts';
import { proxyFor } from '../proxy.ts';
import { grpcCode } from '../translate-error.ts';
import { traceHeaders } from '../trace-headers.ts';
import { within } from '../within.ts';
import type { ChannelLease, ChannelSource, EventCalls } from './event-calls.ts';
import { publishMethod } from './publish-method.ts';
import { grpcTlsSource } from './tls-source.ts';
import { callUnary, openSession, statusError } from './unary-call.ts';

type Call = Parameters<EventCalls['send']>[1];

/** Whoever has not spoken HTTP/2 by then is left to grpc-js, which waits for as long as the call may take. */
const openMs = 2_000;

/** Gives the channels of grpc-js, the same at each call, with the TLS material that a connection before had. */
type OpenOthers = (readTls: () => TlsMaterial | undefined) => Promise<ChannelSource>;

/**
 * Publishes one event after another over Node's own HTTP/2: a Job makes one
 * call and ends, and loading grpc-js costs it half of Node's own start
 * (docs/decisions/0004). Whatever is not as simple goes to the channels of
 * grpc-js, and all calls after it: one at the same time as another, a proxy,
 * and a call for which no connection could be made, so that grpc-js finds out
 * what stands against it and says so. Nothing of such a call has been sent
 * before.
 */
export function createFirstCalls(settings: ConnectionSettings, clock: Clock, openOthers: OpenOthers): ChannelSource {
  return new FirstCalls(settings, clock, openOthers);
}

class FirstCalls implements ChannelSource {
  readonly #settings: ConnectionSettings;
  readonly #clock: Clock;
  readonly #readTls: () => TlsMaterial | undefined;
  readonly #openOthers: OpenOthers;
  readonly #closed = new AbortController();
  #others: ChannelSource | undefined;
  #current: { readonly session: ClientHttp2Session; readonly tls: TlsMaterial | undefined } | undefined;
  #isBusy = false;
  #isOver: boolean;

  constructor(settings: ConnectionSettings, clock: Clock, openOthers: OpenOthers) {
    const { host, port, plaintext } = settings.grpcEndpoint;
    this.#settings = settings;
    this.#clock = clock;
    this.#readTls = grpcTlsSource(settings);
    this.#openOthers = openOthers;
    this.#isOver = proxyFor({ host, port, tls: !plaintext }, settings.proxy) !== undefined;
  }

  lease(): ChannelLease {
    const tls = this.#readTls();
    const isFirst = !this.#isBusy && !this.#isOver;
    if (isFirst) this.#isBusy = true;
    let other: ChannelLease | undefined;
    let sent = false;
    return {
      calls: {
        send: async (event, call) => {
          const session = isFirst ? await this.#sessionFor(call, tls) : undefined;
          if (call.signal.aborted) throw statusError(grpcCode.cancelled, 'Cancelled on client');
          if (session === undefined) {
            other = await this.#other();
            return other.calls.send(event, call);
          }
          sent = true;
          return this.#publish(session, publishMethod.requestSerialize({ event }), call);
        },
        subscribe: async (source, identity) => {
          other = await this.#other();
          return other.calls.subscribe(source, identity);
        },
      },
      everConnected: () => other?.everConnected() ?? sent,
      connectError: () => other?.connectError(),
      retire: () => (other === undefined ? this.#current?.session.destroy() : other.retire()),
      release: () => {
        other?.release();
        if (!isFirst) return;
        this.#isBusy = false;
        if (this.#isOver) this.#current?.session.destroy();
      },
    };
  }

  close(): void {
    this.#closed.abort();
    this.#current?.session.destroy();
    this.#others?.close();
  }

  async #other(): Promise<ChannelLease> {
    this.#isOver = true;
    this.#others ??= await this.#openOthers(this.#readTls);
    // A channel that is opened now would be closed by nobody.
    if (this.#closed.signal.aborted) throw statusError(grpcCode.unavailable, 'the connection was closed here');
    return this.#others.lease();
  }

  /** A session to call on, or undefined when grpc-js is to try. */
  async #sessionFor(call: Call, tls: TlsMaterial | undefined): Promise<ClientHttp2Session | undefined> {
    const current = this.#current;
    const isOpen = current?.session.closed === false && !current.session.destroyed;
    if (isOpen && current.tls === tls) return current.session;
    current?.session.destroy();
    this.#current = undefined;
    const ended = AbortSignal.any([call.signal, this.#closed.signal]);
    const leftMs = Math.min(openMs, leftOf(call, this.#clock));
    try {
      const session = await within(this.#clock, ended, leftMs, (signal) => openSession(this.#settings, tls, signal));
      this.#current = { session, tls };
      return session;
    } catch {
      return undefined;
    }
  }

  async #publish(session: ClientHttp2Session, message: Buffer, call: Call): Promise<void> {
    const leftMs = Math.ceil(leftOf(call, this.#clock));
    const { host, port } = this.#settings.grpcEndpoint;
    const metadata = {
      ':authority': formatHostPort(host, port),
      ...(call.deadline === undefined ? {} : { 'grpc-timeout': `${leftMs}m` }),
      ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
      ...traceHeaders(call.trace),
    };
    // A session that nobody closes must not keep the process; one that is in use must.
    session.ref();
    try {
      await within(this.#clock, call.signal, leftMs, (signal) =>
        callUnary(session, { path: publishMethod.path, metadata, message }, signal),
      );
    } catch (error) {
      if (call.signal.aborted) throw statusError(grpcCode.cancelled, 'Cancelled on client');
      if (error instanceof TryTimeout) throw statusError(grpcCode.deadlineExceeded, 'Deadline exceeded');
      throw error;
    } finally {
      session.unref();
    }
  }
}

/** Node's timers take no longer times. */
const longestTimerMs = 2 ** 31 - 1;

function leftOf({ deadline }: Call, clock: Clock): number {
  return deadline === undefined ? longestTimerMs : Math.max(0, deadline.getTime() - clock.wallMs());
}
