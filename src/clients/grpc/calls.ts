import * as grpc from '@grpc/grpc-js';
import { traceHeaders } from '../trace-headers.ts';
import type { CallIdentity, EventCalls } from './event-calls.ts';
import { Cancellations } from './cancellations.ts';
import type { WireEvent } from './event-codec.ts';
import { manifestBundleDataType } from './event-types.ts';
import { publishMethod } from './publish-method.ts';

/** The calls of one gRPC client. */
export function grpcCalls(client: grpc.Client): EventCalls {
  const cancellations = new Cancellations();
  return {
    send: (event, { deadline, signal, ...identity }) =>
      new Promise((resolve, reject) => {
        const running = client.makeUnaryRequest(
          publishMethod.path,
          publishMethod.requestSerialize,
          publishMethod.responseDeserialize,
          { event },
          callMetadata(identity),
          deadline === undefined ? {} : { deadline },
          (error) => {
            remove();
            if (error === null) resolve();
            else reject(error);
          },
        );
        const remove = cancellations.add(signal, () => running.cancel());
      }),
    subscribe: async (source, identity) => {
      // Its codec is made at run time, which those who only write do not pay for.
      const { loadCloudEventService } = await import('./service.ts');
      const { Subscribe } = loadCloudEventService();
      const stream = client.makeServerStreamRequest(
        Subscribe.path,
        Subscribe.requestSerialize,
        Subscribe.responseDeserialize,
        { source, cluster_name: '', data_type: manifestBundleDataType },
        callMetadata(identity),
      );
      // Failures arrive through the iteration; an error before or after it must not crash the process.
      stream.on('error', () => undefined);
      return {
        opened: () => subscriptionId(stream),
        events: stream as AsyncIterable<WireEvent>,
        cancel: () => stream.cancel(),
      };
    },
  };
}

/** Per-call metadata, because grpc-js refuses call credentials on plaintext channels. */
function callMetadata({ token, trace }: CallIdentity): grpc.Metadata {
  const metadata = new grpc.Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  for (const [name, value] of Object.entries(traceHeaders(trace))) metadata.set(name, value);
  return metadata;
}

async function subscriptionId(stream: grpc.ClientReadableStream<WireEvent>): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    stream.once('status', () => resolve(undefined));
    stream.once('metadata', (metadata: grpc.Metadata) => resolve(String(metadata.get('subscription-id')[0] ?? '')));
    stream.once('error', reject);
  });
}
