import { randomUUID } from 'node:crypto';
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { handleServerStreamingCall, handleUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { Door } from '../access/door.ts';
import type { Access, Caller } from '../access/access.ts';
import type { Faults } from '../faults.ts';
import { refusalOf, type CloudEvents } from './cloud-events.ts';
import { cloudEventService } from './service.ts';
import { largestMessage, type PublishRequest, type SubscriptionRequest, type WireEvent } from './wire.ts';

export interface GrpcServerOptions {
  readonly host: string;
  readonly port: number;
  readonly access: Access;
  readonly faults: Faults;
  readonly events: CloudEvents;
}

interface Call {
  getPeer(): string;
  readonly metadata: Metadata;
}

/** Publish and Subscribe for sources, port 8090 of the real server. */
export class GrpcServer {
  readonly #events: CloudEvents;
  readonly #server = new Server({ 'grpc.max_receive_message_length': 16 * largestMessage });
  #door: Door | undefined;

  private constructor(events: CloudEvents) {
    this.#events = events;
    const publish: handleUnaryCall<PublishRequest, object> = (call, callback) => {
      const gone = new AbortController();
      call.on('cancelled', () => gone.abort(new Error('context canceled')));
      events.publish(call.request, this.#callerOf(call), gone.signal).then(
        (end) => {
          if (end === 'answered') callback(null, {});
          else this.#door?.reset(peerPort(call));
        },
        (error: unknown) => callback(refusalOf(error)),
      );
    };
    const subscribe: handleServerStreamingCall<SubscriptionRequest, WireEvent> = (call) => void this.#subscribe(call);
    this.#server.addService(cloudEventService(), { Publish: publish, Subscribe: subscribe });
  }

  static async start({ host, port, access, faults, events }: GrpcServerOptions): Promise<GrpcServer> {
    const server = new GrpcServer(events);
    const injector = server.#server.createConnectionInjector(ServerCredentials.createInsecure());
    const door = await Door.open({
      host,
      port,
      ...(access.keys === undefined ? {} : { tls: access.keys.grpcTls }),
      refuses: () => faults.take('refuse', 'grpc') !== undefined,
      admit: (socket) => injector.injectConnection(socket),
    });
    server.#door = door;
    access.onKeys(({ grpcTls }) => door.secure(grpcTls));
    faults.onChange(() => {
      const follow = faults.lasting('refuse', 'grpc') ? door.shut() : door.reopen();
      follow.catch(() => undefined);
    });
    return server;
  }

  get port(): number {
    return this.#door?.port ?? 0;
  }

  async close(): Promise<void> {
    await this.#door?.close();
    this.#server.forceShutdown();
  }

  async #subscribe(call: ServerWritableStream<SubscriptionRequest, WireEvent>): Promise<void> {
    const source = call.request.source ?? '';
    try {
      if ((await this.#events.admit(source, this.#callerOf(call))) === 'cut') {
        this.#door?.reset(peerPort(call));
        return;
      }
    } catch (error) {
      call.emit('error', refusalOf(error));
      return;
    }
    if (call.cancelled) return;
    const headers = new Metadata();
    headers.set('subscription-id', randomUUID());
    headers.set('content-type', 'application/grpc');
    call.sendMetadata(headers);
    const end = this.#events.subscribe(source, {
      write: (event) => call.write(event),
      onDrain: (callback) => call.once('drain', callback),
      giveUp: () => call.emit('error', { code: status.RESOURCE_EXHAUSTED, details: 'the subscriber reads too slowly' }),
    });
    call.on('cancelled', end);
    call.on('close', end);
    call.on('error', end);
  }

  #callerOf(call: Call): Caller {
    const [authorization] = call.metadata.get('authorization');
    return {
      authorization: authorization === undefined ? undefined : String(authorization),
      connection: this.#door?.connection(peerPort(call)),
    };
  }
}

function peerPort(call: Call): number | undefined {
  const port = Number(call.getPeer().split(':').at(-1));
  return Number.isInteger(port) ? port : undefined;
}
