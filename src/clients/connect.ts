import { MaestroError } from '../errors.ts';
import type { Clock } from '../clock.ts';
import { checkConnection, type ConnectionSettings } from './connection.ts';
import type { TlsMaterial } from './files.ts';
import type { ChannelSource } from './grpc/event-calls.ts';
import type { OnRequest, StatusSubscriber, WorkReader, WorkWriter } from './transport.ts';

/** What both sides are made with. */
export interface ConnectDeps {
  readonly clock: Clock;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  /**
   * True for a process that may end after one write: its first ones then go without the gRPC library, and over a
   * connection of their own when others follow. Otherwise all gRPC goes over one.
   */
  readonly shortRun?: boolean;
  /** Told of each request; costs nothing when absent. */
  readonly onRequest?: OnRequest;
}

/**
 * Opens both sides. Files and settings are checked now, so that a mistake shows
 * before anything is sent; connections are made by the first call, and the gRPC
 * library is loaded by the first call that needs it, so that short runs never pay for it.
 *
 * @throws MaestroError usage for settings that cannot work
 */
export async function connectMaestro(
  settings: ConnectionSettings,
  deps: ConnectDeps,
): Promise<{
  readonly writer: WorkWriter;
  readonly reader: WorkReader;
  readonly subscriber: StatusSubscriber;
  /** Closes both sides; calls under way fail. */
  close(): Promise<void>;
}> {
  checkConnection(settings);
  const { createWorkReader } = await import('./rest/reader.ts');
  const reader = createWorkReader(settings, deps);
  const { writer, subscriber } = connectGrpc(settings, deps);
  return {
    writer,
    reader,
    subscriber,
    close: async () => {
      writer.close();
      await reader.close();
    },
  };
}

/** Writes and streams share one channel; closing either closes both. */
function connectGrpc(
  settings: ConnectionSettings,
  deps: ConnectDeps,
): { readonly writer: WorkWriter; readonly subscriber: StatusSubscriber } {
  let channels: ChannelSource | undefined;
  let forWrites: ChannelSource | undefined;
  let writer: WorkWriter | undefined;
  let subscriber: StatusSubscriber | undefined;
  let closed = false;

  const openChannels = async (readTls?: () => TlsMaterial | undefined): Promise<ChannelSource> => {
    const { createChannelSource } = await import('./grpc/channel.ts');
    channels ??= createChannelSource(settings, deps.clock, readTls);
    return channels;
  };
  const openForWrites = async (): Promise<ChannelSource> => {
    if (deps.shortRun !== true || channels !== undefined) return openChannels();
    const { createFirstCalls } = await import('./grpc/first-calls.ts');
    return createFirstCalls(settings, deps.clock, openChannels);
  };
  const refuseWhenClosed = (what: string): void => {
    if (closed) throw new MaestroError('internal', `${what} on a connection that was closed`, { delivery: 'not-sent' });
  };
  const close = (): void => {
    closed = true;
    forWrites?.close();
    channels?.close();
  };

  return {
    writer: {
      publish: async (request, options) => {
        // Imports run once only: Node's loader takes some 20 µs even for a module that is loaded.
        if (writer === undefined) {
          const { createWorkWriter } = await import('./grpc/writer.ts');
          const opened = await openForWrites();
          forWrites ??= opened;
          writer ??= createWorkWriter(settings, { ...deps, channels: forWrites });
        }
        refuseWhenClosed('a write');
        return writer.publish(request, options);
      },
      close,
    },
    subscriber: {
      subscribe: async function* (query, options) {
        if (subscriber === undefined) {
          const { createStatusSubscriber } = await import('./grpc/subscriber.ts');
          const shared = await openChannels();
          subscriber ??= createStatusSubscriber(settings, { ...deps, channels: shared });
        }
        refuseWhenClosed('a subscription');
        yield* subscriber.subscribe(query, options);
      },
      close,
    },
  };
}
