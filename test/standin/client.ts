import { credentials, makeGenericClientConstructor, Metadata } from '@grpc/grpc-js';
import type { ChannelCredentials, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { descriptor } from '../../src/clients/grpc/descriptor.ts';
import type { WireEvent } from '../../src/standin/grpc/wire.ts';

/** An event as the recordings write it: attributes as one-ofs, `data` decoded. */
export interface RecordedEvent {
  readonly id?: string;
  readonly source?: string;
  readonly spec_version?: string;
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, object>>;
  readonly data?: unknown;
  readonly data_encoding?: string;
}

export interface PublishAnswer {
  readonly code: number;
  readonly message: string;
}

/** A bare gRPC client, so that the stand-in is not tested through our own clients. */
export class BareClient {
  readonly #client;

  constructor(endpoint: string, channel: ChannelCredentials = credentials.createInsecure(), options: object = {}) {
    const loaded = fromJSON(descriptor as unknown as Parameters<typeof fromJSON>[0], { keepCase: true, longs: String });
    const service = loaded['io.cloudevents.v1.CloudEventService'] as Parameters<typeof makeGenericClientConstructor>[0];
    const Client = makeGenericClientConstructor(service, 'CloudEventService');
    this.#client = new Client(endpoint, channel, { 'grpc.use_local_subchannel_pool': 1, ...options });
  }

  publish(request: { event?: WireEvent }, metadata = new Metadata()): Promise<PublishAnswer> {
    return new Promise((resolve) => {
      const call = this.#client['Publish'] as (
        request: object,
        metadata: Metadata,
        options: object,
        callback: (error: ServiceError | null) => void,
      ) => void;
      call.call(this.#client, request, metadata, { deadline: Date.now() + 10_000 }, (error) =>
        resolve({ code: error?.code ?? 0, message: error?.details ?? '' }),
      );
    });
  }

  publishRecorded(event: RecordedEvent): Promise<PublishAnswer> {
    return this.publish({ event: wireEvent(event) });
  }

  subscribe(source: string, metadata = new Metadata()): Stream {
    const call = this.#client['Subscribe'] as (request: object, metadata: Metadata) => ClientReadableStream<WireEvent>;
    return new Stream(
      call.call(
        this.#client,
        { source, cluster_name: '', data_type: 'io.open-cluster-management.works.v1alpha1.manifestbundles' },
        metadata,
      ),
    );
  }

  close(): void {
    this.#client.close();
  }
}

/** A Subscribe stream that keeps what it received. */
export class Stream {
  readonly events: WireEvent[] = [];
  readonly headers: Promise<Metadata>;
  /** The error that ended it. */
  readonly ended: Promise<ServiceError>;
  readonly #call: ClientReadableStream<WireEvent>;
  #wake: () => void = () => undefined;

  constructor(call: ClientReadableStream<WireEvent>) {
    this.#call = call;
    this.headers = new Promise((resolve) => call.once('metadata', resolve));
    this.ended = new Promise((resolve) => call.once('error', (error: ServiceError) => resolve(error)));
    call.on('data', (event: WireEvent) => {
      this.events.push(event);
      this.#wake();
    });
  }

  /** Waits until so many events have come in all. */
  async count(wanted: number): Promise<readonly WireEvent[]> {
    while (this.events.length < wanted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.events;
  }

  cancel(): void {
    this.#call.cancel();
  }
}

export function wireEvent(event: RecordedEvent): WireEvent {
  const { data, data_encoding: encoding, ...rest } = event;
  if (data === undefined && encoding === undefined) return rest;
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return { ...rest, binary_data: Buffer.from(text) };
}

/** A create, update or delete event of a work, as a client sends it. */
export function workEvent(
  action: 'create' | 'update' | 'delete',
  options: {
    id: string;
    consumer: string;
    source?: string;
    version?: number;
    name?: string;
    manifests?: readonly object[];
    extra?: object;
  },
): WireEvent {
  const { id, consumer, version = 0, name = id, manifests = [], extra = {} } = options;
  return wireEvent({
    id: crypto.randomUUID(),
    source: options.source ?? 'maestro-cli',
    spec_version: '1.0',
    type: `io.open-cluster-management.works.v1alpha1.manifestbundles.spec.${action}_request`,
    attributes: {
      contenttype: { ce_string: 'application/json' },
      'ce-clustername': { ce_string: consumer },
      'ce-resourceid': { ce_string: id },
      'ce-resourceversion': { ce_integer: version },
      'ce-metadata': { ce_string: JSON.stringify({ name, namespace: consumer, uid: id }) },
    },
    ...(action === 'delete' ? {} : { data: { manifests, ...extra } }),
  });
}
