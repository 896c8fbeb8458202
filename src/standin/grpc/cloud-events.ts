import { randomUUID } from 'node:crypto';
import type { Access, Caller } from '../access/access.ts';
import { AccessRefusal, grpcStatus } from '../access/access.ts';
import type { ConnectionPool } from '../connection-pool.ts';
import type { Faults } from '../faults.ts';
import { parseStatus } from '../service/bundle.ts';
import type { StatusEvent } from '../service/bundle.ts';
import type { ResourceService } from '../service/resource-service.ts';
import { ServiceError } from '../service/service-error.ts';
import type { Store } from '../store/store.ts';
import type { StoredWork } from '../store/types.ts';
import type { Scheduler } from '../time.ts';
import { Broadcaster, type EventSink } from './broadcaster.ts';
import { decodeEvent, decodeWrite, EventError, parseEventType } from './decode-event.ts';
import type { DecodedEvent } from './decode-event.ts';
import { encodeStatus } from './encode-event.ts';
import { resyncHashes } from './resync.ts';
import { largestMessage, type PublishRequest } from './wire.ts';

export interface CloudEventsOptions {
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
  /** The trace that the event belongs to, when it says one. */
  readonly traceparent?: string;
}

const recordedPublishes = 10_000;
const longestHeldMs = 1_000;

/** `cut`: a fault takes the connection away, so that there is nobody to answer. */
export type CallEnd = 'answered' | 'cut';

/** Publish and Subscribe for sources, however their calls come. */
export class CloudEvents {
  readonly #options: CloudEventsOptions;
  readonly #broadcaster: Broadcaster;
  #published: RecordedPublish[] = [];
  /** Events that wait for a later one to go first. */
  readonly #held: (() => void)[] = [];

  constructor(options: CloudEventsOptions) {
    this.#options = options;
    const { faults, scheduler, heartbeatMs, resources } = options;
    this.#broadcaster = new Broadcaster({
      scheduler,
      heartbeatMs,
      silenced: () => faults.active('half-open', 'grpc'),
      newId: randomUUID,
    });
    resources.listen({
      reported: (work, event) => this.#sendOn(work, event),
    });
  }

  get subscriptions(): number {
    return this.#broadcaster.size;
  }

  get published(): readonly RecordedPublish[] {
    return this.#published;
  }

  #sendOn(work: StoredWork, event: StatusEvent): void {
    const send = (): void => this.#broadcaster.send(work.source, () => encodeStatus(work, event));
    const { faults, scheduler } = this.#options;
    // An event that nobody hears is none.
    if (this.subscriptions > 0 && faults.take('reorder-events', 'grpc') !== undefined) {
      this.#held.push(send);
      scheduler.after(longestHeldMs, () => this.#sendHeld());
      return;
    }
    send();
    if (this.subscriptions > 0 && faults.take('repeat-events', 'grpc') !== undefined) send();
    this.#sendHeld();
  }

  #sendHeld(): void {
    for (const send of this.#held.splice(0).reverse()) send();
  }

  /** @throws Error that `refusalOf` reads */
  async publish(request: PublishRequest, caller: Caller, gone: AbortSignal): Promise<CallEnd> {
    if (await this.#struck()) return 'cut';
    const user = this.#options.access.user(caller);
    if ('tooLarge' in request) {
      const sizes = `${String(request.tooLarge)} vs. ${String(largestMessage)}`;
      throw new AccessRefusal(grpcStatus.resourceExhausted, `grpc: received message larger than max (${sizes})`);
    }
    if (request.event === undefined || request.event === null) {
      throw new AccessRefusal(grpcStatus.invalidArgument, 'the publish request has no event');
    }
    const event = decodeEvent(request.event);
    this.#record(event);
    if (!this.#options.access.allows(user, event.source)) {
      throw new EventError(`unauthorized to publish the event from source ${event.source}`);
    }
    await this.#carryOut(event, gone);
    return this.#options.faults.take('drop-answer', 'grpc') === undefined ? 'answered' : 'cut';
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

  /** Who may not subscribe is refused as by `publish`. @returns `cut` when there is nobody to send anything to */
  async admit(source: string, caller: Caller): Promise<CallEnd> {
    if (await this.#struck()) return 'cut';
    const user = this.#options.access.user(caller);
    if (!this.#options.access.allows(user, source)) {
      throw new EventError(`unauthorized to subscribe the event from source ${source}`);
    }
    return 'answered';
  }

  /** For who was admitted. Returns what ends the subscription. */
  subscribe(source: string, sink: EventSink): () => void {
    return this.#broadcaster.subscribe(source, sink);
  }

  /** Applies the faults that come before any work; true when the connection is gone. */
  async #struck(): Promise<boolean> {
    const { faults, scheduler } = this.#options;
    if (faults.take('reset', 'grpc') !== undefined) return true;
    const delay = faults.take('delay', 'grpc');
    if (delay !== undefined) await scheduler.sleep(delay.ms);
    const wanted = faults.take('status', 'grpc');
    if (wanted !== undefined) throw new AccessRefusal(wanted.status, wanted.message ?? 'told to fail');
    return false;
  }

  #record(event: DecodedEvent): void {
    const id = event.extensions.get('resourceid');
    const version = event.extensions.get('resourceversion');
    const traceparent = event.extensions.get('traceparent');
    this.#published.push({
      type: event.type,
      id: typeof id === 'string' ? id : '',
      version: Number(typeof version === 'number' || typeof version === 'string' ? version : 0),
      source: event.source,
      ...(typeof traceparent === 'string' ? { traceparent } : {}),
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

/** What a caller hears of an error: what the server's code returns as a plain error is UNKNOWN to gRPC. */
export function refusalOf(error: unknown): { readonly code: number; readonly details: string } {
  if (error instanceof AccessRefusal) return { code: error.code, details: error.message };
  return { code: grpcStatus.unknown, details: error instanceof Error ? error.message : String(error) };
}
