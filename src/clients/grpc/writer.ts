import { randomUUID } from 'node:crypto';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { checkToken, formatHostPort } from '../connection.ts';
import type { ConnectionSettings } from '../connection.ts';
import { createTokenReader } from '../files.ts';
import { errorText } from '../connect-fault.ts';
import { grpcCode, type GrpcStatus } from '../translate-error.ts';
import type { CallOptions, OnRequest, WorkWriter } from '../transport.ts';
import type { ChannelLease, ChannelSource } from './event-calls.ts';
import { encodeEvent } from './event-codec.ts';
import { explainGrpcError } from './explain.ts';
import { RequestTurns } from './request-turns.ts';
import { workEvent } from './work-event.ts';

/** One Publish takes no longer, whatever the caller's budget is. */
const longestCallMs = 30_000;

export interface WriterDeps {
  readonly clock: Clock;
  /** Ids of events; `crypto.randomUUID` when absent. */
  readonly randomUuid?: () => string;
  /** Shared with others, and closed with any of them. */
  readonly channels: ChannelSource;
  /** Told of each call. */
  readonly onRequest?: OnRequest;
}

/**
 * The gRPC writer. Nothing is opened before the first call, and every call
 * reads certificates and token again when their files changed. A rejected
 * publish is a MaestroError with its `delivery`, or the signal's reason when
 * the signal was aborted before anything can have been sent.
 */
export function createWorkWriter(settings: ConnectionSettings, deps: WriterDeps): WorkWriter {
  const { channels } = deps;
  const readToken = createTokenReader(settings.grpcToken, 'grpc');
  const randomUuid = deps.randomUuid ?? randomUUID;
  const turns = new RequestTurns();

  return {
    publish: async (request, options) => {
      if (!turns.tryBegin()) await turns.begin();
      options.signal.throwIfAborted();
      const deadline = callDeadline(deps.clock, options);
      const token = callToken(settings, readToken);
      const { signal, trace } = options;
      const event = encodeEvent(workEvent(request, { eventId: randomUuid(), timeMs: deps.clock.wallMs(), trace }));
      const lease = channels.lease();
      const tell = callTeller(settings, deps, 'Publish', () => publishText(request));
      try {
        await lease.calls.send(event, { token, deadline, signal, trace });
        tell?.('OK');
      } catch (error) {
        const explained = await explain(error, lease, signal, () =>
          explainGrpcError(error as GrpcStatus, settings, lease, request.target),
        );
        tell?.(errorText(explained));
        throw explained;
      } finally {
        lease.release();
      }
    },
    close: () => channels.close(),
  };
}

/**
 * What tells of one call, how it ended and how long that took; undefined when nobody wants to know.
 *
 * @param about what the call is about
 */
export function callTeller(
  { grpcEndpoint: { host, port } }: ConnectionSettings,
  { clock, onRequest }: { readonly clock?: Clock; readonly onRequest?: OnRequest },
  method: string,
  about: () => string,
): ((status: string) => void) | undefined {
  if (onRequest === undefined || clock === undefined) return undefined;
  const startedMs = clock.monotonicMs();
  const target = `${formatHostPort(host, port)} ${about()}`;
  return (status) =>
    onRequest({ method, target, status, milliseconds: Math.round(clock.monotonicMs() - startedMs), retries: 0 });
}

function publishText(request: Parameters<WorkWriter['publish']>[0]): string {
  const { kind, target } = request;
  const name = kind === 'delete' ? request.workName : request.work.name;
  return `${kind} ${target.consumer}/${name}${kind === 'create' ? '' : ` at version ${request.version}`}`;
}

/** The wall time by which grpc-js ends the call. Throws when the budget is used up. */
export function callDeadline(clock: Clock, options: CallOptions): Date {
  const leftMs = options.deadlineMs - clock.monotonicMs();
  if (leftMs <= 0) throw new MaestroError('timeout', 'no time is left for the request', { delivery: 'not-sent' });
  return new Date(clock.wallMs() + Math.min(leftMs, longestCallMs));
}

/** The token to call with, if there is one. Throws when it may not be sent. */
export function callToken(settings: ConnectionSettings, readToken: () => string | undefined): string | undefined {
  checkToken(settings, 'grpc');
  return readToken();
}

async function explain(
  error: unknown,
  lease: ChannelLease,
  signal: AbortSignal,
  asGrpc: () => Promise<unknown>,
): Promise<unknown> {
  const status = error as GrpcStatus;
  const connected = lease.everConnected();
  if (signal.aborted && status.code === grpcCode.cancelled) {
    if (!connected) return signal.reason;
    return new MaestroError(
      'unavailable',
      'the request was interrupted before its answer; it may have been carried out',
      {
        reason: 'OutcomeUnknown',
        delivery: 'unknown',
        cause: signal.reason,
      },
    );
  }
  // A connection over which no answer came in time may be half-open, which TCP alone would notice after many minutes.
  if (status.code === grpcCode.deadlineExceeded) lease.retire();
  return asGrpc();
}
