/**
 * Applies a Deployment to one cluster and waits until it is available there: `node apply-and-wait.ts CLUSTER`.
 */
import type { V1Deployment } from '@kubernetes/client-node';
import { createMaestroClient, MaestroError, type MaestroClientOptions } from '@openshift-hyperfleet/maestro-cli';
import { fromEnvironment } from './connection.ts';

const deployment: V1Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'registry.example/web:1.2' }] },
    },
  },
};

/** @returns what was done, as a line */
export async function applyAndWait(maestro: MaestroClientOptions, cluster: string): Promise<string> {
  await using client = await createMaestroClient(maestro);
  const { operation, version } = await client
    .works(cluster)
    .apply({ name: 'web', manifests: [deployment] }, { wait: 'Available', timeoutMs: 120_000 });
  return `web on ${cluster}: ${operation}, available at version ${version}`;
}

if (import.meta.main) {
  try {
    console.log(await applyAndWait(fromEnvironment(process.env), process.argv[2] ?? 'cluster1'));
  } catch (error) {
    if (!(error instanceof MaestroError)) throw error;
    console.error(`${error.reason}: ${error.message}${error.retryable ? ' (try again)' : ''}`);
    if (error.hint !== undefined) console.error(error.hint);
    process.exitCode = error.exitCode;
  }
}
