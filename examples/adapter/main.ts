/**
 * Runs the adapter until a signal: writes a namespace and a setting to each cluster, and reports what becomes of them.
 */
import { startAdapter } from './adapter.ts';
import type { JsonObject } from '@openshift-hyperfleet/maestro-cli';

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

const adapter = await startAdapter({
  maestro: {
    grpcEndpoint: setting('MAESTRO_GRPC_ENDPOINT'),
    httpEndpoint: setting('MAESTRO_HTTP_ENDPOINT'),
    source: 'example-adapter',
  },
  writers: ['nodepool', 'idp'],
  statusUrl: setting('STATUS_URL'),
  log: (line) => console.log(line),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void adapter.close());

const namespace = (name: string): JsonObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
for (const cluster of setting('CLUSTERS').split(',')) {
  // Both at once, as two adapters would; the shared work holds both afterwards.
  const written = await Promise.all([
    adapter.write('nodepool', cluster, [namespace('nodepool')]),
    adapter.write('idp', cluster, [namespace('idp')]),
  ]);
  console.log(`${cluster}: ${written.map(({ operation, version }) => `${operation}, version ${version}`).join('; ')}`);
}
