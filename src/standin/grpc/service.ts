import { fromJSON } from '@grpc/proto-loader';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { descriptor } from '../../clients/grpc/descriptor.ts';
import { largestMessage } from './wire.ts';

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
