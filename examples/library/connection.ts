import type { MaestroClientOptions } from '@openshift-hyperfleet/maestro-cli';

/** Where Maestro is, from the environment; `maestro-cli dev` serves on these ports when nothing is set. */
export function fromEnvironment(env: NodeJS.ProcessEnv): MaestroClientOptions {
  return {
    grpcEndpoint: env['MAESTRO_GRPC_ENDPOINT'] ?? 'grpc://localhost:8090',
    httpEndpoint: env['MAESTRO_HTTP_ENDPOINT'] ?? 'http://localhost:8000',
    source: env['MAESTRO_SOURCE_ID'] ?? 'example',
  };
}
