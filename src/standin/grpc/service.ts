import { fromJSON } from '@grpc/proto-loader';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { descriptor } from '../../clients/grpc/descriptor.ts';

/** One attribute of a protobuf CloudEvent: a one-of. */
export interface WireAttribute {
  readonly ce_boolean?: boolean;
  readonly ce_integer?: number;
  readonly ce_string?: string;
  readonly ce_bytes?: Buffer;
  readonly ce_uri?: string;
  readonly ce_uri_ref?: string;
  readonly ce_timestamp?: { readonly seconds: string; readonly nanos: number };
}

export interface WireEvent {
  readonly id?: string;
  readonly source?: string;
  readonly spec_version?: string;
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, WireAttribute>>;
  readonly binary_data?: Buffer;
  readonly text_data?: string;
}

/** A PublishRequest, or only its size when it was over the limit. */
export type PublishRequest = { readonly event?: WireEvent } | { readonly tooLarge: number };

export interface SubscriptionRequest {
  readonly source?: string;
  readonly cluster_name?: string;
  readonly data_type?: string;
}

/** What the server accepts in one message. */
export const largestMessage = 4 * 1024 * 1024;

const serviceName = 'io.cloudevents.v1.CloudEventService';

/**
 * The service from the descriptor. A message over 4 MiB is not decoded but told
 * to the handler, which knows the server's own words for it.
 */
export function cloudEventService(): ServiceDefinition<UntypedServiceImplementation> {
  const loaded = fromJSON(descriptor as unknown as Parameters<typeof fromJSON>[0], {
    keepCase: true,
    longs: String,
    oneofs: false,
  });
  const service = loaded[serviceName] as ServiceDefinition<UntypedServiceImplementation>;
  const publish = service['Publish'];
  if (publish === undefined) throw new TypeError(`${serviceName} has no Publish`);
  return {
    ...service,
    Publish: {
      ...publish,
      requestDeserialize: (bytes: Buffer): object =>
        bytes.length > largestMessage ? { tooLarge: bytes.length } : (publish.requestDeserialize(bytes) as object),
    },
  };
}
