import { MaestroError } from '../errors.ts';
import type { Clock } from '../io/clock.ts';
import { checkConnection, type ConnectionSettings } from './connection.ts';
import type { StatusSubscriber } from './grpc/subscriber.ts';
import type { WorkReader, WorkWriter } from './transport.ts';

/**
 * Opens both sides. Files and settings are checked now, so that a mistake shows
 * before anything is sent; connections are made by the first call, and the gRPC
 * library is loaded by the first Publish or Subscribe, so that reading commands never pay for it.
 *
 * @throws MaestroError usage for settings that can not work
 */
export async function connectMaestro(
  settings: ConnectionSettings,
  deps: { readonly clock: Clock; readonly random: () => number },
): Promise<{ readonly writer: WorkWriter; readonly reader: WorkReader; readonly subscriber: StatusSubscriber; close(): Promise<void> }> {
  checkConnection(settings);
  const { createWorkReader } = await import('./rest/reader.ts');
  const reader = createWorkReader(settings, deps);
  let opened: WorkWriter | undefined;
  let closed = false;
  const writer: WorkWriter = {
    publish: async (request, options) => {
      // Only once: Node's loader takes some 20 µs even for a module that is loaded.
      if (opened === undefined) {
        const { createWorkWriter } = await import('./grpc/writer.ts');
        if (!closed) opened ??= createWorkWriter(settings, deps);
      }
      if (closed || opened === undefined) {
        throw new MaestroError('internal', 'a write on a connection that was closed', { delivery: 'not-sent' });
      }
      return opened.publish(request, options);
    },
    close: () => {
      closed = true;
      opened?.close();
    },
  };
  let subscribed: StatusSubscriber | undefined;
  const subscriber: StatusSubscriber = {
    subscribe: async function* (query, options) {
      const { createStatusSubscriber } = await import('./grpc/subscriber.ts');
      if (closed) throw new MaestroError('internal', 'a subscription on a connection that was closed', { delivery: 'not-sent' });
      subscribed ??= createStatusSubscriber(settings, deps);
      yield* subscribed.subscribe(query, options);
    },
    close: () => subscribed?.close(),
  };
  return {
    writer,
    reader,
    subscriber,
    close: async () => {
      writer.close();
      subscriber.close();
      await reader.close();
    },
  };
}
