import * as grpc from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

import { descriptor } from '../../src/clients/grpc/descriptor.ts';
import type { Json } from './normalise.ts';

/** A protobuf CloudEvent as the recordings write it: attributes by their one-of, data decoded. */
export interface WireEvent {
  readonly id?: string;
  readonly source?: string;
  readonly spec_version?: string;
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly data_encoding?: string;
  readonly data?: Json;
}

export interface PublishAnswer {
  readonly code: number;
  readonly message: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

/** What `fetch` saw when the server closed the connection instead of answering. */
export const closedWithoutAnswer = 'connection closed without an answer';

/** One stream of Subscribe; events gather until they are taken. */
export interface EventStream {
  /** Resolves with the initial metadata. */
  readonly header: Promise<Readonly<Record<string, string>>>;
  readonly events: readonly WireEvent[];
  /** Waits until `enough` holds for the events so far; false when it never does within the limit. */
  readonly until: (enough: (events: readonly WireEvent[]) => boolean, limitMs: number) => Promise<boolean>;
  readonly close: () => void;
}

const packages = fromJSON(descriptor as Parameters<typeof fromJSON>[0], {
  keepCase: true,
  longs: String,
  oneofs: true,
});
const service = packages['io.cloudevents.v1.CloudEventService'] as grpc.ServiceDefinition;

/**
 * Speaks Maestro's two protocols with nothing of src in between but the
 * descriptor, so that a fault in our clients and one in the stand-in cannot
 * cancel each other out.
 */
export class Wire {
  readonly #http: string;
  readonly #client: grpc.Client;

  constructor(httpEndpoint: string, grpcEndpoint: string) {
    this.#http = httpEndpoint;
    this.#client = new grpc.Client(grpcEndpoint, grpc.credentials.createInsecure(), {
      'grpc.max_send_message_length': -1,
      'grpc.max_receive_message_length': -1,
    });
  }

  close(): void {
    this.#client.close();
  }

  /** `path` is sent as it is, so that odd queries stay odd. A string body is sent as it is, too. */
  async http(
    method: string,
    path: string,
    body?: Json,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer | typeof closedWithoutAnswer> {
    let response: Response;
    try {
      response = await fetch(`${this.#http}${path}`, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
        signal: AbortSignal.timeout(20_000),
      });
    } catch (error) {
      const cause = (error as Error).cause as { code?: string } | undefined;
      if (cause?.code === 'UND_ERR_SOCKET' || cause?.code === 'ECONNRESET') return closedWithoutAnswer;
      throw error;
    }
    const text = await response.text();
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers.entries()),
      body: text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as Json) : text,
    };
  }

  /** The status of a Publish, code 0 and no message when it was accepted. */
  async publish(event: WireEvent): Promise<PublishAnswer> {
    const method = service['Publish'];
    if (method === undefined) throw new Error('the descriptor has no Publish');
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        { event: encodeEvent(event) },
        { deadline: Date.now() + 20_000 },
        (error) => {
          resolve(error === null ? { code: 0, message: '' } : { code: error.code, message: error.details });
        },
      );
    });
  }

  subscribe(source: string): EventStream {
    const method = service['Subscribe'];
    if (method === undefined) throw new Error('the descriptor has no Subscribe');
    const call = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize as (bytes: Buffer) => Record<string, unknown>,
      { source, cluster_name: '', data_type: 'io.open-cluster-management.works.v1alpha1.manifestbundles' },
    );
    const events: WireEvent[] = [];
    const watchers = new Set<() => void>();
    const header = new Promise<Record<string, string>>((resolve, reject) => {
      call.once('metadata', (metadata: grpc.Metadata) => resolve(metadata.getMap() as Record<string, string>));
      call.once('error', reject);
    });
    header.catch(() => undefined);
    call.on('error', () => undefined);
    call.on('data', (message: Record<string, unknown>) => {
      events.push(decodeEvent(message));
      for (const watcher of [...watchers]) watcher();
    });
    return {
      header,
      events,
      until: async (enough, limitMs) =>
        new Promise((resolve) => {
          const settle = (answer: boolean): void => {
            clearTimeout(timer);
            watchers.delete(look);
            resolve(answer);
          };
          const look = (): void => {
            if (enough(events)) settle(true);
          };
          const timer = setTimeout(() => settle(false), limitMs);
          watchers.add(look);
          look();
        }),
      close: () => call.cancel(),
    };
  }
}

function encodeEvent(event: WireEvent): Record<string, unknown> {
  const { data, data_encoding: _encoding, ...rest } = event;
  if (data === undefined) return rest;
  return { ...rest, binary_data: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)) };
}

function decodeEvent(message: Record<string, unknown>): WireEvent {
  const attributes: Record<string, Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(
    (message['attributes'] ?? {}) as Record<string, Record<string, unknown>>,
  )) {
    const kind = value['attr'] as string;
    attributes[name] = { [kind]: value[kind] };
  }
  const encoding = message['data'] as string | undefined;
  return {
    ...textMember('id', message['id']),
    ...textMember('source', message['source']),
    ...textMember('spec_version', message['spec_version']),
    ...textMember('type', message['type']),
    attributes,
    ...(encoding === 'binary_data'
      ? { data_encoding: encoding, data: JSON.parse((message['binary_data'] as Buffer).toString()) as Json }
      : {}),
  };
}

function textMember(name: string, value: unknown): Record<string, string> {
  return typeof value === 'string' && value !== '' ? { [name]: value } : {};
}
