import { randomUUID } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { checkToken } from '../connection.ts';
import type { ConnectionSettings } from '../connection.ts';
import { createTokenReader } from '../files.ts';
import { translateGrpcError } from '../translate-error.ts';
import type { CallOptions, WorkRequest, WorkWriter } from '../transport.ts';
import { Cancellations } from './cancellations.ts';
import { createChannelSource } from './channel.ts';
import type { ChannelLease, ChannelSource } from './channel.ts';
import { encodeEvent } from './event-codec.ts';
import { speaksTls } from './probe.ts';
import { publishMethod } from './publish-method.ts';
import { RequestTurns } from './request-turns.ts';
import type { Empty, PublishRequest } from './service.ts';
import { workEvent } from './work-event.ts';

/** One Publish takes no longer, whatever the caller's budget is. */
const longestCallMs = 30_000;

export interface WriterDeps {
  readonly clock: Clock;
  /** Ids of events; `crypto.randomUUID` when absent. */
  readonly randomUuid?: () => string;
  /** Shared with others, and closed with any of them; its own when absent. */
  readonly channels?: ChannelSource;
}

/**
 * The gRPC writer. Nothing is opened before the first call, and every call
 * reads certificates and token again when their files changed. A rejected
 * publish is a MaestroError with its `delivery`, or the signal's reason when
 * the signal was aborted before anything can have been sent.
 */
export function createWorkWriter(settings: ConnectionSettings, deps: WriterDeps): WorkWriter {
  const channels = deps.channels ?? createChannelSource(settings, deps.clock);
  const readToken = createTokenReader(settings.grpcToken, 'grpc');
  const randomUuid = deps.randomUuid ?? randomUUID;
  const cancellations = new Cancellations();
  const turns = new RequestTurns();

  return {
    publish: async (request, options) => {
      if (!turns.tryBegin()) await turns.begin();
      options.signal.throwIfAborted();
      const deadline = callDeadline(deps.clock, options);
      const metadata = callMetadata(settings, readToken);
      const event = encodeEvent(workEvent(request, { eventId: randomUuid(), timeMs: deps.clock.wallMs() }));
      const lease = channels.lease();
      try {
        await call(lease, { event }, { metadata, deadline, signal: options.signal, cancellations });
      } catch (error) {
        throw await explain(error, settings, request, lease, options.signal);
      } finally {
        lease.release();
      }
    },
    close: () => channels.close(),
  };
}

/** The wall time by which grpc-js ends the call. Throws when the budget is used up. */
export function callDeadline(clock: Clock, options: CallOptions): Date {
  const leftMs = options.deadlineMs - clock.monotonicMs();
  if (leftMs <= 0) throw new MaestroError('timeout', 'No time is left for the request', { delivery: 'not-sent' });
  return new Date(clock.wallMs() + Math.min(leftMs, longestCallMs));
}

/** Per-call metadata, because grpc-js refuses call credentials on plaintext channels. */
export function callMetadata(settings: ConnectionSettings, readToken: () => string | undefined): grpc.Metadata {
  checkToken(settings, 'grpc');
  const metadata = new grpc.Metadata();
  const token = readToken();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

async function call(
  lease: ChannelLease,
  message: PublishRequest,
  {
    metadata,
    deadline,
    signal,
    cancellations,
  }: { metadata: grpc.Metadata; deadline: Date; signal: AbortSignal; cancellations: Cancellations },
): Promise<Empty> {
  return new Promise<Empty>((resolve, reject) => {
    const running = lease.client.makeUnaryRequest(
      publishMethod.path,
      publishMethod.requestSerialize,
      publishMethod.responseDeserialize,
      message,
      metadata,
      { deadline },
      (error, answer) => {
        remove();
        if (error === null) resolve(answer ?? {});
        else reject(error);
      },
    );
    const remove = cancellations.add(signal, () => running.cancel());
  });
}

async function explain(
  error: unknown,
  settings: ConnectionSettings,
  request: Pick<WorkRequest, 'target'>,
  lease: ChannelLease,
  signal: AbortSignal,
): Promise<unknown> {
  const status = error as grpc.ServiceError;
  const connected = lease.everConnected();
  if (signal.aborted && status.code === grpc.status.CANCELLED) {
    if (!connected) return signal.reason;
    return new MaestroError(
      'unavailable',
      'The request was interrupted before its answer; it may have been carried out',
      {
        reason: 'OutcomeUnknown',
        delivery: 'unknown',
        cause: signal.reason,
      },
    );
  }
  // A connection over which no answer came in time may be half-open, which TCP alone would notice after many minutes.
  if (status.code === grpc.status.DEADLINE_EXCEEDED) lease.retire();
  const plaintextOnTls =
    settings.grpcEndpoint.plaintext &&
    /Last error: Failed to connect/.test(status.details) &&
    (await speaksTls(settings));
  return translateGrpcError(status, {
    endpoint: settings.grpcEndpoint,
    source: request.target.source,
    consumer: request.target.consumer,
    connected,
    plaintextOnTls,
  });
}
