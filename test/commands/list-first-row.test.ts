import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

/** Works of a server that has three pages of them and knows paging by key only. */
const ids = Array.from({ length: 1000 }, (_, at) => String(at).padStart(4, '0'));
let written = '';
/** What stood on standard output when each page was asked for. */
const linesBefore: number[] = [];

const server = createServer((request, response) => {
  linesBefore.push(written.split('\n').length - 1);
  const query = new URL(request.url ?? '/', 'http://test.invalid').searchParams;
  const after = /^id > '(\d+)'$/.exec(query.get('search') ?? '')?.[1] ?? '';
  const items = ids.filter((id) => id > after).slice(0, Number(query.get('size')));
  const time = '2026-11-22T10:00:00Z';
  const bundles = items.map((id) => ({
    id,
    consumer_name: 'c1',
    version: 1,
    created_at: time,
    updated_at: time,
    metadata: { name: `work-${id}` },
    manifests: [],
  }));
  response.setHeader('Content-Type', 'application/json');
  response.end(
    JSON.stringify({ kind: 'ResourceBundleList', page: 1, size: items.length, total: ids.length, items: bundles }),
  );
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => server.close());

it('prints the rows of a page before it asks for the next', async () => {
  written = '';
  linesBefore.length = 0;
  const httpEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { exitCode, stdout } = await runCli(['list', '--no-headers'], {
    endpoints: { httpEndpoint, grpcEndpoint: '127.0.0.1:1' },
    onStdout: (text) => (written += text),
  });
  expect(exitCode).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(ids.length);
  expect(linesBefore).toEqual([0, 400, 800]);
});
