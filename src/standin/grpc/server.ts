import { randomUUID } from 'node:crypto';
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  ServerWritableStream,
  ServiceError as GrpcError,
} from '@grpc/grpc-js';
import { Door } from '../access/door.ts';
import type { Access } from '../access/access.ts';
import { AccessRefusal } from '../access/access.ts';
import type { ConnectionPool } from '../connection-pool.ts';
import type { Faults } from '../faults.ts';
import { parseStatus } from '../service/bundle.ts';
import type { ResourceService } from '../service/resource-service.ts';
import { ServiceError } from '../service/service-error.ts';
import type { Store } from '../store/store.ts';
import type { Scheduler } from '../time.ts';
import { Broadcaster } from './broadcaster.ts';
import { decodeEvent, decodeWrite, EventError, parseEventType } from './decode-event.ts';
import type { DecodedEvent } from './decode-event.ts';
import { encodeStatus } from './encode-event.ts';
import { resyncHashes } from './resync.ts';
import { cloudEventService, largestMessage } from './service.ts';
import type { PublishRequest, SubscriptionRequest, WireEvent } from './service.ts';

export interface GrpcServerOptions {
  readonly host: string;
  readonly port: number;
  readonly heartbeatMs: number;
  readonly access: Access;
  readonly faults: Faults;
  readonly resources: ResourceService;
  readonly store: Store;
  readonly pool: ConnectionPool;
  readonly scheduler: Scheduler;
}

/** A Publish call as a test looks back at it. */
export interface RecordedPublish {
  readonly type: string;
  /** Bundle id, "" when the event named none. */
  readonly id: string;
  readonly version: number;
  readonly source: string;
}

const recordedPublishes = 10_000;

interface Call {
  getPeer(): string;
  readonly metadata: Metadata;
}

/** Publish and Subscribe for sources, port 8090 of the real server. */
export class GrpcServer {
  readonly #options: GrpcServerOptions;
  readonly #server = new Server({ 'grpc.max_receive_message_length': 16 * largestMessage });
  readonly #broadcaster: Broadcaster;
  #published: RecordedPublish[] = [];
  #door: Door | undefined;

  private constructor(options: GrpcServerOptions) {
    this.#options = options;
    const { faults, scheduler, heartbeatMs } = options;
    this.#broadcaster = new Broadcaster({
      scheduler,
      heartbeatMs,
      silenced: () => faults.active('half-open', 'grpc'),
      newId: randomUUID,
    });
    const publish: handleUnaryCall<PublishRequest, object> = (call, callback) => {
      const gone = new AbortController();
      call.on('cancelled', () => gone.abort(new Error('context canceled')));
      this.#publish(call, call.request, gone.signal).then(
        (answered) => {
          if (answered) callback(null, {});
        },
        (error: unknown) => callback(grpcError(error)),
      );
    };
    const subscribe: handleServerStreamingCall<SubscriptionRequest, WireEvent> = (call) => void this.#subscribe(call);
    this.#server.addService(cloudEventService(), { Publish: publish, Subscribe: subscribe });
  }

  static async start(options: GrpcServerOptions): Promise<GrpcServer> {
    const server = new GrpcServer(options);
    const { access, faults } = options;
    const injector = server.#server.createConnectionInjector(ServerCredentials.createInsecure());
    const door = await Door.open({
      host: options.host,
      port: options.port,
      ...(access.grpcTls === undefined ? {} : { tls: access.grpcTls }),
      refuses: () => faults.take('refuse', 'grpc') !== undefined,
      admit: (socket) => injector.injectConnection(socket),
    });
    server.#door = door;
    faults.onChange(() => {
      const follow = faults.lasting('refuse', 'grpc') ? door.shut() : door.reopen();
      follow.catch(() => undefined);
    });
    options.resources.listen({
      reported: (work, event) => server.#broadcaster.send(work.source, () => encodeStatus(work, event)),
    });
    return server;
  }

  get port(): number {
    return this.#door?.port ?? 0;
  }

  get subscriptions(): number {
    return this.#broadcaster.size;
  }

  get published(): readonly RecordedPublish[] {
    return this.#published;
  }

  async close(): Promise<void> {
    await this.#door?.close();
    this.#server.forceShutdown();
  }

  /** False when a fault took the connection, so that there is nobody to answer. */
  async #publish(call: Call, request: PublishRequest, gone: AbortSignal): Promise<boolean> {
    if (await this.#struck(call)) return false;
    const user = this.#options.access.user(call.metadata, this.#door?.connection(peerPort(call)));
    if ('tooLarge' in request) {
      const sizes = `${String(request.tooLarge)} vs. ${String(largestMessage)}`;
      throw new AccessRefusal(status.RESOURCE_EXHAUSTED, `grpc: received message larger than max (${sizes})`);
    }
    if (request.event === undefined || request.event === null) {
      throw new AccessRefusal(status.INVALID_ARGUMENT, 'the publish request has no event');
    }
    const event = decodeEvent(request.event);
    this.#record(event);
    if (!this.#options.access.allows(user, event.source)) {
      throw new EventError(`unauthorized to publish the event from source ${event.source}`);
    }
    await this.#carryOut(event, gone);
    if (this.#options.faults.take('drop-answer', 'grpc') === undefined) return true;
    this.#door?.reset(peerPort(call));
    return false;
  }

  async #carryOut(event: DecodedEvent, gone: AbortSignal): Promise<void> {
    const { action } = parseEventType(event.type);
    if (action === 'resync_request') {
      this.#resync(event);
      return;
    }
    const write = decodeWrite(event);
    const { resources, pool } = this.#options;
    switch (action) {
      case 'create_request':
        await pool.statement(gone, () => attempt('create', () => resources.create(write)));
        return;
      case 'update_request':
        await pool.statement(gone, () => attempt('get', () => resources.get(write.id)));
        await pool.locked(gone, () => attempt('update', () => resources.update(write)));
        return;
      case 'delete_request':
        await pool.locked(gone, () => attempt('delete', () => resources.markAsDeleting(write.id)));
        return;
      default:
        throw new EventError(`unsupported action ${action}`);
    }
  }

  /**
   * Sends the statuses of one source again: all of them for an empty list,
   * otherwise those listed whose hash is another. Ids that the server does not
   * know are passed over, as the real server does.
   */
  #resync(event: DecodedEvent): void {
    const { store } = this.#options;
    const hashes = resyncHashes(event.data);
    for (const id of store.workIds({ source: event.source }).after()) {
      const work = store.work(id);
      const known = work === undefined ? undefined : parseStatus(work);
      if (work === undefined || known === undefined) continue;
      if (hashes.size > 0 && (!hashes.has(id) || hashes.get(id) === known.statusHash)) continue;
      this.#broadcaster.send(work.source, () => encodeStatus(work, known));
    }
  }

  async #subscribe(call: ServerWritableStream<SubscriptionRequest, WireEvent>): Promise<void> {
    const source = call.request.source ?? '';
    try {
      if (await this.#struck(call)) return;
      const user = this.#options.access.user(call.metadata, this.#door?.connection(peerPort(call)));
      if (!this.#options.access.allows(user, source)) {
        throw new EventError(`unauthorized to subscribe the event from source ${source}`);
      }
    } catch (error) {
      call.emit('error', grpcError(error));
      return;
    }
    if (call.cancelled) return;
    const headers = new Metadata();
    headers.set('subscription-id', randomUUID());
    headers.set('content-type', 'application/grpc');
    call.sendMetadata(headers);
    const end = this.#broadcaster.subscribe(source, {
      write: (event) => call.write(event),
      onDrain: (callback) => call.once('drain', callback),
      giveUp: () => call.emit('error', { code: status.RESOURCE_EXHAUSTED, details: 'the subscriber reads too slowly' }),
    });
    call.on('cancelled', end);
    call.on('close', end);
    call.on('error', end);
  }

  /** Applies the faults that come before any work; true when the connection is gone. */
  async #struck(call: Call): Promise<boolean> {
    const { faults, scheduler } = this.#options;
    if (faults.take('reset', 'grpc') !== undefined) {
      this.#door?.reset(peerPort(call));
      return true;
    }
    const delay = faults.take('delay', 'grpc');
    if (delay !== undefined) await scheduler.sleep(delay.ms);
    const wanted = faults.take('status', 'grpc');
    if (wanted !== undefined) throw new AccessRefusal(wanted.status, wanted.message ?? 'told to fail');
    return false;
  }

  #record(event: DecodedEvent): void {
    const id = event.extensions.get('resourceid');
    const version = event.extensions.get('resourceversion');
    this.#published.push({
      type: event.type,
      id: typeof id === 'string' ? id : '',
      version: Number(typeof version === 'number' || typeof version === 'string' ? version : 0),
      source: event.source,
    });
    if (this.#published.length > recordedPublishes) this.#published = this.#published.slice(recordedPublishes / 2);
  }
}

function attempt(verb: string, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (error instanceof ServiceError) throw new EventError(`failed to ${verb} resource: ${error.message}`);
    throw error;
  }
}

function peerPort(call: Call): number | undefined {
  const port = Number(call.getPeer().split(':').at(-1));
  return Number.isInteger(port) ? port : undefined;
}

/** Whatever the server's code returns as a plain error is UNKNOWN to gRPC. */
function grpcError(error: unknown): Partial<GrpcError> {
  if (error instanceof AccessRefusal) return { code: error.code, details: error.message };
  return { code: status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}
