import { isJsonObject, parseJson, type JsonObject } from '../../core/json.ts';
import { deepestNesting, JsonLimitError } from '../../core/json-nesting.ts';
import { decodeStatusEvent } from '../../core/status/decode-status.ts';
import type { Clock } from '../../clock.ts';
import { MaestroError } from '../../errors.ts';
import type { ConnectionSettings } from '../connection.ts';
import { createTokenReader } from '../files.ts';
import type { CallOptions, OnRequest, StatusSubscriber, SubscriptionItem } from '../transport.ts';
import type { GrpcStatus } from '../translate-error.ts';
import type { ChannelSource, EventStream } from './event-calls.ts';
import { explainGrpcError } from './explain.ts';
import { decodeEvent } from './event-codec.ts';
import type { ExtensionValue, WireEvent } from './event-codec.ts';
import { heartbeatType, statusUpdateType } from './event-types.ts';
import { callTeller, callToken } from './writer.ts';

/** The manifests that an event may carry stand in two objects and a list. */
const deepestEvent = deepestNesting + 3;

/**
 * The subscribing side of gRPC. Each open stream costs the server memory, so
 * short Jobs poll instead. `channels` are shared with others, and closed with
 * any of them.
 */
export function createStatusSubscriber(
  settings: ConnectionSettings,
  deps: { readonly channels: ChannelSource; readonly clock?: Clock; readonly onRequest?: OnRequest },
): StatusSubscriber {
  const { channels } = deps;
  const readToken = createTokenReader(settings.grpcToken, 'grpc');

  async function* subscribe(
    query: { readonly source: string },
    { signal, trace }: Pick<CallOptions, 'signal' | 'trace'>,
  ): AsyncGenerator<SubscriptionItem> {
    signal.throwIfAborted();
    const token = callToken(settings, readToken);
    const lease = channels.lease();
    let stream: EventStream | undefined;
    const cancel = (): void => stream?.cancel();
    let tell = callTeller(settings, deps, 'Subscribe', () => `source ${query.source}`);
    const told = (status: string): void => {
      tell?.(status);
      tell = undefined;
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      stream = await lease.calls.subscribe(query.source, { token, trace });
      signal.throwIfAborted();
      const id = await stream.opened();
      if (id === undefined) return told('ended');
      told('OK');
      yield { kind: 'ready', subscriptionId: id };
      for await (const event of stream.events) {
        const item = readItem(event);
        if (item !== undefined) yield item;
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof MaestroError) throw error;
      const about = { source: query.source, consumer: '', verb: 'sub' } as const;
      const explained = await explainGrpcError(error as GrpcStatus, settings, lease, about);
      told(explained.message);
      throw explained;
    } finally {
      signal.removeEventListener('abort', cancel);
      cancel();
      // The next stream on a connection that fell silent would hear nothing either.
      if (signal.aborted && signal.reason instanceof MaestroError && signal.reason.code === 'unavailable')
        lease.retire();
      lease.release();
    }
  }

  return { subscribe, close: () => channels.close() };
}

/** Events of other types are nothing that a source asked for. */
function readItem(wire: WireEvent): SubscriptionItem | undefined {
  const event = decodeEvent(wire);
  if (event.type === heartbeatType) return { kind: 'heartbeat' };
  if (event.type !== statusUpdateType) return undefined;
  const versionAttribute = event.extensions['resourceversion'];
  const version = typeof versionAttribute === 'number' ? versionAttribute : Number(text(versionAttribute)) || 0;
  const sequenceId = text(event.extensions['sequenceid']);
  const about = {
    id: text(event.extensions['resourceid']),
    consumer: text(event.extensions['clustername']),
    version,
    sequenceId,
  };
  try {
    const data = object(event.data === undefined ? '' : Buffer.from(event.data).toString('utf8'), deepestEvent);
    return {
      kind: 'status',
      ...about,
      statusHash: text(event.extensions['statushash']),
      time: event.time ?? '',
      metadata: object(text(event.extensions['metadata'])),
      status: decodeStatusEvent(data, version, sequenceId),
      data,
    };
  } catch (error) {
    return { kind: 'unreadable', ...about, error: unreadable(error, event.id, about) };
  }
}

function text(value: ExtensionValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** @throws SyntaxError, JsonLimitError */
function object(json: string, levels?: number): JsonObject {
  if (json === '') return {};
  const value = parseJson(json, levels);
  return isJsonObject(value) ? value : {};
}

function unreadable(
  error: unknown,
  eventId: string,
  { id, consumer }: { readonly id: string; readonly consumer: string },
): MaestroError {
  const problem = error instanceof JsonLimitError ? `is ${error.message}` : 'is no JSON';
  return new MaestroError('unavailable', `the status event ${eventId} of the work ${id} on ${consumer} ${problem}`, {
    reason: 'ServerError',
    cause: error,
  });
}
