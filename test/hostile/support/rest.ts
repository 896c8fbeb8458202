import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { bundleId } from '../../../src/core/works/bundle-id.ts';

/** A REST server that says what a test tells it to. */
export interface HostileRest {
  readonly httpEndpoint: string;
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export type Answer = (url: URL, response: ServerResponse, request: IncomingMessage) => void;

export async function startRest(answer: Answer): Promise<HostileRest> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(new URL(request.url ?? '/', 'http://rest'), response, request);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    httpEndpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A row as REST shows it, its text and what finds it. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly consumer: string;
  readonly text: string;
}

const manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'default' },
  data: { key: 'one' },
};

/**
 * A row of the source `maestro-cli`, complete but for what `members` replaces.
 * A string of the form `<<name>>` in it is replaced by the raw text that `raw`
 * has under the name, so that a row can hold what JSON.stringify cannot write.
 */
export function row(
  name: string,
  consumer: string,
  members: Readonly<Record<string, unknown>> = {},
  raw: Readonly<Record<string, string>> = {},
): Row {
  const id = bundleId('maestro-cli', consumer, name);
  const value = {
    id,
    kind: 'ResourceBundle',
    href: `/api/maestro/v1/resource-bundles/${id}`,
    name: id,
    consumer_name: consumer,
    version: 1,
    created_at: '2026-11-22T10:58:31.1Z',
    updated_at: '2026-11-22T10:58:32.1Z',
    metadata: { name },
    manifests: [manifest],
    delete_option: {},
    manifest_configs: [],
    status: reported(),
    ...members,
  };
  const text = JSON.stringify(value).replace(/"<<(\w+)>>"/g, (whole, key: string) => raw[key] ?? whole);
  return { id, name, consumer, text };
}

/** A status that says applied and available, with what a test adds. */
export function reported(
  members: Readonly<Record<string, unknown>> = {},
  resource: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const conditions = ['Applied', 'Available'].map((type) => ({
    type,
    status: 'True',
    reason: 'Done',
    message: 'done',
    observedGeneration: 1,
    lastTransitionTime: '2026-11-22T10:58:32Z',
  }));
  const resourceMeta = {
    ordinal: 0,
    group: '',
    version: 'v1',
    kind: 'ConfigMap',
    resource: 'configmaps',
    name: 'settings',
    namespace: 'default',
  };
  return {
    ObservedVersion: 1,
    SequenceID: '2124457496285286400',
    conditions,
    resourceStatus: [{ resourceMeta, conditions, ...resource }],
    ...members,
  };
}

/** Serves rows as Maestro does: by id, and by searches for ids, names, consumers, and what comes after an id. */
export function serveRows(rows: readonly Row[]): Answer {
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  return (url, response) => {
    response.setHeader('content-type', 'application/json');
    const id = /\/resource-bundles\/(.+)$/.exec(url.pathname)?.[1];
    const search = url.searchParams.get('search') ?? '';
    const size = Number(url.searchParams.get('size') ?? 100);
    if (url.pathname.includes('/consumers')) {
      const names = [...new Set(rows.map(({ consumer }) => consumer))].filter(
        (name) => !search.includes('name') || search.includes(`'${name}'`),
      );
      response.end(
        list(
          names.map((name) =>
            JSON.stringify({
              id: `id-${name}`,
              kind: 'Consumer',
              name,
              created_at: '2026-11-22T10:58:31Z',
              updated_at: '2026-11-22T10:58:31Z',
            }),
          ),
        ),
      );
    } else if (id !== undefined) {
      const found = rows.find((candidate) => candidate.id === decodeURIComponent(id));
      if (found === undefined)
        response.writeHead(404).end(JSON.stringify({ kind: 'Error', id: '7', code: 'maestro-7', reason: 'not found' }));
      else response.end(found.text);
    } else
      response.end(
        list(
          sorted
            .filter((candidate) => matches(candidate, search))
            .slice(0, size)
            .map(({ text }) => text),
        ),
      );
  };
}

function matches({ id, name, consumer }: Row, search: string): boolean {
  const after = /\bid > '([^']*)'/.exec(search)?.[1];
  if (after !== undefined && id <= after) return false;
  if (/\bid (=|in)/.test(search) && !search.includes(`'${id}'`)) return false;
  if (search.includes("->> 'name'") && !search.includes(`'${name}'`)) return false;
  if (search.includes("'executer'")) return false;
  return !search.includes('consumer_name') || search.includes(`'${consumer}'`);
}

export function list(items: readonly string[]): string {
  return `{"items":[${items.join(',')}],"kind":"ResourceBundleList","page":1,"size":${items.length},"total":${items.length}}`;
}

/** Objects in one another, so deep that no walk that calls itself could follow. */
export function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}
