import { randomUUID } from 'node:crypto';
import type { InProcessMaestro } from '../clients/transport.ts';
import { grpcStatus } from './access/access.ts';
import type { Faults } from './faults.ts';
import { refusalOf, type CloudEvents } from './grpc/cloud-events.ts';
import { largestMessage, type WireEvent } from './grpc/wire.ts';
import type { RestService } from './rest/service.ts';

/** What both ports answer, without ports: faults that strike connections make the errors of connections. */
export class InProcess implements InProcessMaestro {
  readonly #events: CloudEvents;
  readonly #rest: RestService;
  readonly #faults: Faults;
  readonly #streams = new Set<EventQueue>();

  constructor(events: CloudEvents, rest: RestService, faults: Faults) {
    this.#events = events;
    this.#rest = rest;
    this.#faults = faults;
    faults.onChange(() => {
      if (faults.lasting('refuse', 'grpc')) this.close();
    });
  }

  readonly rest: InProcessMaestro['rest'] = async ({ method, path, body = '' }, signal) => {
    const answer = await this.#rest.answer({ method, url: new URL(path, 'http://standin.invalid'), body }, signal);
    if (answer === 'reset' || answer === 'hang-up') {
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    }
    return { status: answer.status, body: answer.body };
  };

  readonly publish: InProcessMaestro['publish'] = async (event, signal) => {
    const size = sizeOf(event);
    const request = size > largestMessage ? { tooLarge: size } : { event: asReceived(event) };
    const end = await this.#called(() => this.#events.publish(request, {}, signal));
    if (end === 'cut') throw connectionLost();
  };

  readonly subscribe: InProcessMaestro['subscribe'] = async (source, signal) => {
    const end = await this.#called(() => this.#events.admit(source, {}));
    if (end === 'cut') throw connectionLost();
    signal.throwIfAborted();
    const queue = new EventQueue();
    const unsubscribe = this.#events.subscribe(source, {
      write: (event) => queue.put(event),
      onDrain: () => undefined,
      giveUp: () => queue.end(callError(grpcStatus.resourceExhausted, 'the subscriber reads too slowly')),
    });
    queue.onEnd(() => {
      unsubscribe();
      this.#streams.delete(queue);
    });
    this.#streams.add(queue);
    signal.addEventListener('abort', () => queue.end(signal.reason), { once: true });
    return { subscriptionId: randomUUID(), events: queue.events() };
  };

  /** Ends all streams, as the end of their connections does. */
  close(): void {
    for (const stream of this.#streams) stream.end(connectionLost());
  }

  async #called<T>(call: () => Promise<T>): Promise<T> {
    if (this.#faults.take('refuse', 'grpc') !== undefined) {
      const last = 'Last error: connect ECONNREFUSED';
      throw callError(grpcStatus.unavailable, `No connection established. ${last}. Resolution note: `);
    }
    try {
      return await call();
    } catch (error) {
      const { code, details } = refusalOf(error);
      throw callError(code, details);
    }
  }
}

type SentEvent = Parameters<InProcessMaestro['publish']>[0];

/** Events on their way to one subscriber. */
class EventQueue {
  readonly #waiting: WireEvent[] = [];
  readonly #whenEnded: (() => void)[] = [];
  #ended: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  put(event: WireEvent): true {
    this.#waiting.push(event);
    this.#wake();
    return true;
  }

  end(error: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    for (const listener of this.#whenEnded) listener();
    this.#wake();
  }

  onEnd(listener: () => void): void {
    this.#whenEnded.push(listener);
  }

  async *events(): AsyncGenerator<WireEvent> {
    try {
      for (;;) {
        const event = this.#waiting.shift();
        if (event !== undefined) yield event;
        else if (this.#ended !== undefined) throw this.#ended.error;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.end(undefined);
    }
  }
}

/** About what the event takes in bytes: what protobuf puts around its parts is not worth making them. */
function sizeOf({ attributes = {}, binary_data: data }: SentEvent): number {
  const texts = Object.values(attributes).map(({ ce_string: text = '' }) => Buffer.byteLength(text));
  return texts.reduce((sum, length) => sum + length, data?.length ?? 0);
}

/** As an event is once it was read from bytes. */
function asReceived(event: SentEvent): WireEvent {
  const attributes = Object.entries(event.attributes ?? {}).map(([name, value]): [string, object] => {
    const { ce_bytes: bytes, ce_timestamp: time, ...rest } = value;
    return [
      name,
      {
        ...rest,
        ...(bytes === undefined ? {} : { ce_bytes: Buffer.from(bytes) }),
        ...(time === undefined ? {} : { ce_timestamp: { seconds: String(time.seconds), nanos: time.nanos } }),
      },
    ];
  });
  const { binary_data: data, ...rest } = event;
  return {
    ...rest,
    attributes: Object.fromEntries(attributes),
    ...(data === undefined ? {} : { binary_data: Buffer.from(data) }),
  };
}

function connectionLost(): Error {
  return callError(grpcStatus.unavailable, 'Connection dropped');
}

function callError(code: number, details: string): Error {
  return Object.assign(new Error(details), { code, details });
}
