import { fromJSON } from '@grpc/proto-loader';
import type { MethodDefinition } from '@grpc/proto-loader';
import { descriptor } from './descriptor.ts';
import type { WireEvent } from './event-codec.ts';

export interface PublishRequest {
  readonly event: WireEvent;
}

export interface SubscriptionRequest {
  readonly source: string;
  /** Used by agents only; sources leave it empty. */
  readonly cluster_name: string;
  readonly data_type: string;
}

/** `google.protobuf.Empty`. */
export type Empty = Readonly<Record<string, never>>;

/** What the server reads: a client may leave out anything. */
export interface ReceivedPublishRequest {
  readonly event?: WireEvent;
}

export interface CloudEventServiceDefinition {
  readonly Publish: MethodDefinition<PublishRequest, Empty, ReceivedPublishRequest, Empty>;
  readonly Subscribe: MethodDefinition<SubscriptionRequest, WireEvent, SubscriptionRequest, WireEvent>;
}

const serviceName = 'io.cloudevents.v1.CloudEventService';

/**
 * The service of `proto/`, from the compiled descriptor: no .proto file is read
 * at run time. Field names stay as in the .proto files, bytes are Buffers, 64
 * bit integers are strings, the one-ofs carry the name of the set field.
 */
export function loadCloudEventService(): CloudEventServiceDefinition {
  // The generated literal is wider than the type: its "repeated" is a string like any other.
  const definitions = fromJSON(descriptor as Parameters<typeof fromJSON>[0], {
    keepCase: true,
    longs: String,
    enums: String,
    oneofs: true,
  });
  return definitions[serviceName] as unknown as CloudEventServiceDefinition;
}
