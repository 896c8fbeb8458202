import * as grpc from '@grpc/grpc-js';
import { createSecureContext } from 'node:tls';
import { loadCloudEventService } from '../../../src/clients/grpc/service.ts';
import type { ReceivedPublishRequest, SubscriptionRequest } from '../../../src/clients/grpc/service.ts';
import type { WireEvent } from '../../../src/clients/grpc/event-codec.ts';
import type { Issued } from './certificates.ts';

export interface TestServerOptions {
  readonly tls?: Issued;
  /** CA of clients; a client certificate is then required. */
  readonly clientCa?: string;
  readonly publish?: (
    call: grpc.ServerUnaryCall<ReceivedPublishRequest, object>,
    answer: grpc.sendUnaryData<object>,
  ) => void;
  readonly subscribe?: (call: grpc.ServerWritableStream<SubscriptionRequest, WireEvent>) => void;
}

export interface TestServer {
  readonly port: number;
  readonly requests: ReceivedPublishRequest[];
  readonly metadata: grpc.Metadata[];
  close(): Promise<void>;
}

/** A CloudEventService on 127.0.0.1 that accepts every Publish unless told otherwise. */
export async function startGrpcServer(options: TestServerOptions = {}, port = 0): Promise<TestServer> {
  const server = new grpc.Server();
  const requests: ReceivedPublishRequest[] = [];
  const seen: grpc.Metadata[] = [];
  const implementation: grpc.UntypedServiceImplementation = {
    Publish: (call: grpc.ServerUnaryCall<ReceivedPublishRequest, object>, answer: grpc.sendUnaryData<object>) => {
      requests.push(call.request);
      seen.push(call.metadata);
      if (options.publish === undefined) answer(null, {});
      else options.publish(call, answer);
    },
    Subscribe: (call: grpc.ServerWritableStream<SubscriptionRequest, WireEvent>) => {
      seen.push(call.metadata);
      if (options.subscribe === undefined) call.end();
      else options.subscribe(call);
    },
  };
  server.addService(loadCloudEventService() as unknown as grpc.ServiceDefinition, implementation);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentialsOf(options), (error, at) =>
      error === null ? resolve(at) : reject(error),
    );
  });
  return {
    port: bound,
    requests,
    metadata: seen,
    close: async () => {
      server.forceShutdown();
    },
  };
}

function credentialsOf(options: TestServerOptions): grpc.ServerCredentials {
  if (options.tls === undefined) return grpc.ServerCredentials.createInsecure();
  createSecureContext(options.tls);
  return grpc.ServerCredentials.createSsl(
    options.clientCa === undefined ? null : Buffer.from(options.clientCa),
    [{ cert_chain: Buffer.from(options.tls.cert), private_key: Buffer.from(options.tls.key) }],
    options.clientCa !== undefined,
  );
}
