import { credentials, makeGenericClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { descriptor } from '../src/clients/grpc/descriptor.ts';
import { encodeEvent } from '../src/clients/grpc/event-codec.ts';
import { workEvent } from '../src/clients/grpc/work-event.ts';
import type { Endpoints } from './own-process.ts';

/** Bare Publish calls over one connection, which every yardstick of writing is made of. */
export interface BarePublish {
  /** One call; it is not tried again. */
  readonly publish: (request: Parameters<typeof workEvent>[0]) => Promise<void>;
  readonly close: () => void;
}

export function openBarePublish({ grpcEndpoint }: Endpoints): BarePublish {
  const loaded = fromJSON(descriptor as unknown as Parameters<typeof fromJSON>[0], { keepCase: true, longs: String });
  const Client = makeGenericClientConstructor(
    loaded['io.cloudevents.v1.CloudEventService'] as Parameters<typeof makeGenericClientConstructor>[0],
    '',
  );
  const client = new Client(grpcEndpoint, credentials.createInsecure());
  const publish = client['Publish'] as unknown as (
    request: object,
    callback: (error: ServiceError | null) => void,
  ) => void;
  return {
    publish: (request) => {
      const event = encodeEvent(workEvent(request, { eventId: crypto.randomUUID(), timeMs: Date.now() }));
      return new Promise<void>((resolve, reject) =>
        publish.call(client, { event }, (error) => (error === null ? resolve() : reject(error))),
      );
    },
    close: () => client.close(),
  };
}
