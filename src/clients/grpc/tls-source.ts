import type { ConnectionSettings } from '../connection.ts';
import { createTlsSource } from '../files.ts';
import type { TlsMaterial } from '../files.ts';

/** Gives what a gRPC connection of the settings speaks TLS with, as `createTlsSource` does; nothing in plaintext. */
export function grpcTlsSource({ grpcEndpoint, grpcTls }: ConnectionSettings): () => TlsMaterial | undefined {
  return grpcEndpoint.plaintext ? () => undefined : createTlsSource(grpcTls, 'grpc');
}
