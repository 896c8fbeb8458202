import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startAdapter, type Adapter } from '../../examples/adapter/adapter.ts';
import type { Report } from '../../examples/adapter/reports.ts';
import { SharedWorks } from '../../examples/adapter/shared-works.ts';
import { createMaestroClient, type JsonObject } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';

/** A status endpoint that remembers what it took, after refusing its first call. */
class Endpoint {
  readonly latest = new Map<string, Report>();
  calls = 0;
  #look: () => void = () => undefined;
  readonly #server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      this.calls += 1;
      if (this.calls > 1) this.latest.set(`${request.method} ${request.url}`, JSON.parse(body) as Report);
      response.writeHead(this.calls > 1 ? 204 : 503).end();
      this.#look();
    });
  });

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api`;
  }

  /** Resolves when what was taken is as wanted. */
  async until(wanted: (of: (cluster: string, writer: string) => Report | undefined) => boolean): Promise<void> {
    const of = (cluster: string, writer: string): Report | undefined =>
      this.latest.get(`PUT /api/clusters/${cluster}/statuses/${writer}`);
    while (!wanted(of)) await new Promise<void>((resolve) => (this.#look = resolve));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let standIn: StandIn;
let endpoint: Endpoint;
let adapter: Adapter;
let maestro: { readonly grpcEndpoint: string; readonly httpEndpoint: string; readonly source: string };
const writers = ['nodepool', 'idp'];
const clusters = ['c1', 'c2'];

beforeEach(async () => {
  standIn = await startStandIn({ consumers: clusters, agent: { delayMs: 5, availableDelayMs: 5, statusSyncMs: 20 } });
  endpoint = new Endpoint();
  maestro = { grpcEndpoint: `grpc://${standIn.grpcEndpoint}`, httpEndpoint: standIn.httpEndpoint, source: 'adapter' };
  adapter = await startAdapter({ maestro, writers, statusUrl: await endpoint.open() });
});

afterEach(async () => {
  await adapter.close();
  endpoint.close();
  await standIn.close();
});

function configMap(name: string, value: string): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { value } };
}

it('shares a work between writers that write at once, and reports each part', async () => {
  const writes = clusters.flatMap((cluster) =>
    writers.flatMap((writer) =>
      ['1', '2', '3'].map((value) => adapter.write(writer, cluster, [configMap(writer, value)])),
    ),
  );
  const versions = (await Promise.all(writes)).map(({ version }) => version);
  expect(Math.max(...versions)).toBe(6);

  await endpoint.until((of) =>
    clusters.every((cluster) =>
      writers.every(
        (writer) => of(cluster, writer)?.status === 'success' && of(cluster, writer)?.details.version === 6,
      ),
    ),
  );
  expect(endpoint.latest.get('PUT /api/clusters/c2/statuses/idp')).toEqual({
    status: 'success',
    reason: 'Available',
    message: 'ManifestWork hyperfleet-c2 on c2: 1 of 1 available',
    manifestWorkName: 'hyperfleet-c2',
    consumer: 'c2',
    phase: 'Applied',
    resources: [{ kind: 'ConfigMap', namespace: 'default', name: 'idp', status: 'Available' }],
    details: { id: expect.any(String) as string, version: 6, observedVersion: 6 },
  });
  for (const cluster of clusters) {
    const data = standIn
      .objects(cluster)
      .map(({ manifest }) => [(manifest['metadata'] as JsonObject)['name'], manifest['data']]);
    expect(new Map(data as [string, JsonObject][])).toEqual(
      new Map([
        ['nodepool', { value: '3' }],
        ['idp', { value: '3' }],
      ]),
    );
  }
});

it('reports a failing part as failed, the other as it is, and works of nobody here not at all', async () => {
  standIn.setAgent('c1', { failManifests: ['ConfigMap/default/idp'] });
  const other = await createMaestroClient(maestro);
  await other
    .works('c1')
    .apply({ name: 'other', labels: {}, annotations: {}, manifests: [configMap('other', 'x')], manifestConfigs: [] });
  await adapter.write('nodepool', 'c1', [configMap('nodepool', '1')]);
  await adapter.write('idp', 'c1', [configMap('idp', '1')]);

  await endpoint.until(
    (of) =>
      of('c1', 'idp')?.status === 'failure' &&
      of('c1', 'nodepool')?.details.version === 2 &&
      of('c1', 'nodepool')?.status === 'success',
  );
  expect(endpoint.latest.get('PUT /api/clusters/c1/statuses/idp')).toMatchObject({
    reason: 'ApplyFailed',
    phase: 'Failed',
    resources: [{ name: 'idp', status: 'Failed' }],
  });
  expect([...endpoint.latest.values()].map(({ manifestWorkName }) => manifestWorkName)).not.toContain('other');

  standIn.setAgent('c1', { failManifests: [] });
  await endpoint.until((of) => of('c1', 'idp')?.status === 'success');
  await other.close();
});

it('reports after a start what happened while it was away', async () => {
  await adapter.write('idp', 'c1', [configMap('idp', '1')]);
  await endpoint.until((of) => of('c1', 'idp')?.status === 'success');
  await adapter.close();
  const away = await SharedWorks.open(maestro, writers);
  await away.write('idp', 'c1', [configMap('idp', '2')], new AbortController().signal);
  await away.close();

  adapter = await startAdapter({ maestro, writers, statusUrl: await reopened() });
  await endpoint.until((of) => of('c1', 'idp')?.status === 'success' && of('c1', 'idp')?.details.version === 2);
});

async function reopened(): Promise<string> {
  endpoint.close();
  endpoint = new Endpoint();
  return endpoint.open();
}
