import { MaestroError } from '../errors.ts';
import { systemClock, type Clock } from '../clock.ts';
import { TryTimeout } from './connection-errors.ts';
import { parseGrpcEndpoint, parseHttpEndpoint, type ConnectionSettings } from './connection.ts';
import type { ChannelSource, EventCalls } from './grpc/event-calls.ts';
import type { WireEvent } from './grpc/event-codec.ts';
import { createStatusSubscriber } from './grpc/subscriber.ts';
import { createWorkWriter } from './grpc/writer.ts';
import type { HttpSender } from './rest/http.ts';
import { createWorkReader } from './rest/reader.ts';
import { grpcCode, type GrpcStatus } from './translate-error.ts';
import type { InProcessMaestro, OnRequest, StatusSubscriber, WorkReader, WorkWriter } from './transport.ts';
import { within } from './within.ts';

/**
 * Clients of a Maestro in this process. All is as over the network but the
 * network: the same requests and events, and the same errors of them.
 */
export function connectInProcess(
  maestro: InProcessMaestro,
  deps: { readonly clock?: Clock; readonly random?: () => number; readonly onRequest?: OnRequest } = {},
): {
  readonly writer: WorkWriter;
  readonly reader: WorkReader;
  readonly subscriber: StatusSubscriber;
  /** Closes both sides; calls under way fail. */
  close(): Promise<void>;
} {
  const { clock = systemClock, random = () => 0.5, onRequest } = deps;
  const seen = onRequest === undefined ? {} : { onRequest };
  const closed = new AbortController();
  const channels = channelsOf(maestro, clock, closed);
  const reader = createWorkReader(settings, {
    ...seen,
    clock,
    random,
    sender: senderOf(maestro, clock, closed.signal),
  });
  const writer = createWorkWriter(settings, { ...seen, clock, channels });
  const subscriber = createStatusSubscriber(settings, { ...seen, clock, channels });
  return {
    writer,
    reader,
    subscriber,
    close: async () => channels.close(),
  };
}

/** For the texts of errors. */
const settings: ConnectionSettings = {
  grpcEndpoint: parseGrpcEndpoint('in-process:8090', { plaintext: true }),
  httpEndpoint: parseHttpEndpoint('http://in-process:8000'),
  insecureSkipVerify: false,
  grpcTls: {},
  httpTls: {},
  allowPlaintextToken: false,
  proxy: {},
};

function senderOf(maestro: InProcessMaestro, clock: Clock, closed: AbortSignal): HttpSender {
  return {
    send: async (request, signal, timeoutMs) => {
      signal.throwIfAborted();
      return within(clock, AbortSignal.any([signal, closed]), timeoutMs, (tried) => maestro.rest(request, tried));
    },
    close: async () => undefined,
  };
}

function channelsOf(maestro: InProcessMaestro, clock: Clock, closed: AbortController): ChannelSource {
  const calls: EventCalls = {
    send: async (event, { deadline, signal }) => {
      const leftMs = deadline === undefined ? longestCallMs : deadline.getTime() - clock.wallMs();
      const until = AbortSignal.any([signal, closed.signal]);
      try {
        await within(clock, until, leftMs, (tried) => maestro.publish(event, tried));
      } catch (error) {
        if (error instanceof TryTimeout) throw statusOf(grpcCode.deadlineExceeded, 'Deadline exceeded');
        throw until.aborted ? statusOf(grpcCode.cancelled, 'Cancelled on client') : error;
      }
    },
    subscribe: async (source) => {
      const ended = new AbortController();
      const opening = maestro.subscribe(source, AbortSignal.any([ended.signal, closed.signal]));
      // Who asks whether it is open hears why it is not.
      opening.catch(() => undefined);
      return {
        opened: async () => (await opening).subscriptionId,
        events: eventsOf(opening),
        cancel: () => ended.abort(statusOf(grpcCode.cancelled, 'Cancelled on client')),
      };
    },
  };
  const lease = {
    calls,
    everConnected: () => true,
    connectError: () => undefined,
    retire: () => undefined,
    release: () => undefined,
  };
  return {
    lease: () => lease,
    close: () => closed.abort(new MaestroError('unavailable', 'the connection was closed')),
  };
}

const longestCallMs = 3_600_000;

async function* eventsOf(opening: ReturnType<InProcessMaestro['subscribe']>): AsyncGenerator<WireEvent> {
  yield* (await opening).events;
}

function statusOf(code: number, details: string): Error & GrpcStatus {
  return Object.assign(new Error(details), { code, details });
}
