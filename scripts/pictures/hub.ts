import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hubApplicationOf } from '../../test/gitops/survey/support/listed-hub.ts';

/** A hub of Argo CD that only shows its Applications. */
export interface CapturedHub {
  /** The text of a file for --kubeconfig. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/** @param sinceMs wall time since when something stands in the way */
export async function startHub(sinceMs: number): Promise<CapturedHub> {
  const items = applications(new Date(sinceMs).toISOString());
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://hub');
    response.writeHead(200, { 'content-type': 'application/json' });
    // Nothing changes, so a watch hears nothing.
    if (url.searchParams.has('watch')) return void response.flushHeaders();
    const isApplications = url.pathname.endsWith('/applications');
    response.end(
      JSON.stringify({ kind: 'List', metadata: { resourceVersion: '1' }, items: isApplications ? items : [] }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'hub',
      contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'hub' } }],
      clusters: [{ name: 'hub', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'hub', user: {} }],
    }),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function applications(since: string): readonly object[] {
  const well = { sync: { status: 'Synced' }, health: { status: 'Healthy' } };
  const held = {
    type: 'MaestroDeliveryError',
    message: `not delivered to cluster cluster-north-8 since ${since}: there is no consumer (ConsumerMissing)`,
    lastTransitionTime: since,
  };
  return [
    ...['west-1', 'west-2', 'east-1', 'east-2', 'north-1'].map((place) =>
      hubApplicationOf(`shop-${place}`, { set: 'shop', cluster: `cluster-${place}`, status: well }),
    ),
    hubApplicationOf('shop-east-12', {
      set: 'shop',
      cluster: 'cluster-east-12',
      status: { sync: { status: 'OutOfSync' }, health: { status: 'Degraded', message: 'pod web-7f crashes' } },
    }),
    hubApplicationOf('shop-west-3', {
      set: 'shop',
      cluster: 'cluster-west-3',
      status: { sync: { status: 'Synced' }, health: { status: 'Progressing' } },
    }),
    hubApplicationOf('billing', { cluster: 'cluster-north-8', status: { conditions: [held] } }),
  ];
}
