/**
 * From a key to the picture that it changes, in the shipped program on a pseudo-terminal of 160×50: with many works in
 * its store, and beside it with few. The server of the bench makes the rows as they are asked for.
 *
 * CLUSTERS (3000), WORKS (50) of each, KEYS (20) of each kind.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pty } from '../scripts/terminal/pseudo-terminal.ts';
import { machine, median } from './measure.ts';

const clusters = Number(process.env['CLUSTERS'] ?? 3_000);
const worksOfEach = Number(process.env['WORKS'] ?? 50);
const keys = Number(process.env['KEYS'] ?? 20);
const command = join(import.meta.dirname, '../bin/maestro-cli');

const idOf = (at: number): string => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
const clusterOf = (at: number): string => `cluster-${String(at).padStart(4, '0')}`;
const time = '2026-11-30T00:00:00Z';

function condition(type: string, isTrue: boolean): object {
  const [status, reason] = isTrue ? ['True', 'Complete'] : ['False', 'AppliedManifestFailed'];
  return { type, status, reason, message: '', observedGeneration: 1, lastTransitionTime: time };
}

/** One in a hundred fails, one in a hundred has never been reported. */
function rowOf(at: number): object {
  const name = `hyperfleet-workload-of-a-usual-name-${at % worksOfEach}`;
  const isGood = at % 100 !== 7;
  const meta = {
    ordinal: 0,
    group: '',
    version: 'v1',
    kind: 'ConfigMap',
    resource: 'configmaps',
    namespace: 'np',
    name,
  };
  const conditions = [condition('Applied', isGood), condition('Available', isGood)];
  return {
    id: idOf(at),
    kind: 'ResourceBundle',
    name: idOf(at),
    consumer_name: clusterOf(Math.floor(at / worksOfEach)),
    version: 1,
    created_at: time,
    updated_at: time,
    metadata: { name },
    manifests: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'np', name }, data: { a: 'x'.repeat(300) } },
    ],
    ...(at % 100 === 9
      ? {}
      : {
          status: {
            ObservedVersion: 1,
            SequenceID: '2000000000000000000',
            conditions,
            resourceStatus: [{ resourceMeta: meta, conditions, statusFeedback: {} }],
          },
        }),
  };
}

function startServer(fleet: number): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://bench');
    const search = searchParams.get('search') ?? '';
    const isBundles = pathname.endsWith('/resource-bundles');
    const size = Number(searchParams.get('size'));
    const after = /id > '[^']*-(\d+)'/.exec(search)?.[1];
    const first = after === undefined ? 0 : Number(after) + 1;
    const all = search.includes('updated_at') ? 0 : isBundles ? fleet * worksOfEach : fleet;
    const items = Array.from({ length: Math.max(0, Math.min(size, all - first)) }, (_none, place) =>
      isBundles
        ? rowOf(first + place)
        : { id: idOf(first + place), name: clusterOf(first + place), labels: { region: 'r1' }, created_at: time },
    );
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ kind: 'List', page: 1, size: items.length, total: all, items }));
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      }),
    ),
  );
}

interface Answers {
  readonly readMs: number;
  /** Milliseconds to the first change of the screen, by kind of key. */
  readonly keyMs: ReadonlyMap<string, readonly number[]>;
  /** The same to the picture that shows the rows as they were asked for. */
  readonly wholeMs: ReadonlyMap<string, readonly number[]>;
  readonly residentMiB: number;
}

/** Without what changes by itself: ages. */
const still = (screen: string): string => screen.replace(/\d+[smhd]\d*[smhd]?\b/g, '');

async function measureUi(fleet: number): Promise<Answers> {
  const server = await startServer(fleet);
  const startMs = performance.now();
  const pty = new Pty([command, 'ui'], {
    columns: 160,
    rows: 50,
    env: {
      PATH: process.env['PATH'] ?? '',
      MAESTRO_HTTP_ENDPOINT: server.url,
      MAESTRO_GRPC_ENDPOINT: 'grpc://127.0.0.1:1',
    },
  });
  await pty.until(
    (screen) => screen.includes(`${fleet * worksOfEach} works`) && screen.includes('stream down'),
    900_000,
  );
  const readMs = performance.now() - startMs;
  const keyMs = new Map<string, number[]>();
  const wholeMs = new Map<string, number[]>();
  const press = async (kind: string, key: string): Promise<void> => {
    const before = still(pty.screen.text());
    const pressedMs = performance.now();
    await pty.press(key, (screen) => still(screen) !== before, 60_000);
    keyMs.set(kind, [...(keyMs.get(kind) ?? []), performance.now() - pressedMs]);
    await pty.until((screen) => !screen.includes('sorting and filtering …'), 60_000);
    wholeMs.set(kind, [...(wholeMs.get(kind) ?? []), performance.now() - pressedMs]);
    // What else comes of it must not be taken for the answer to the next key.
    await sleep(150);
  };
  await press('another view', '2');
  for (let at = 0; at < keys; at += 1) {
    await press('one row', at % 2 === 0 ? '\u001B[B' : '\u001B[A');
    await press('a page', at % 2 === 0 ? ' ' : '\u001B[5~');
    await press('to an end', at % 2 === 0 ? 'G' : 'g');
    await press('another view', '1');
    await press('another view', '2');
  }
  for (let at = 0; at < Math.ceil(keys / 4); at += 1) {
    await press('sort', 's');
    await press('filter, a letter', '/');
    for (const letter of '-49 cluster-01') await press('filter, a letter', letter);
    await press('filter, a letter', '\u001B');
  }
  const status = readFileSync(`/proc/${pty.pid()}/status`, 'utf8');
  await pty.close();
  server.close();
  return { readMs, keyMs, wholeMs, residentMiB: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024 };
}

console.log(`${machine()}\n`);
const few = await measureUi(Math.min(10, clusters));
const many = await measureUi(clusters);
const all = (times: Answers['keyMs']): readonly number[] => [...times.values()].flat();
console.log(
  '| key | few, median ms | many, median ms | worst ms | until the rows are as asked for, median ms | worst ms |\n|---|---|---|---|---|---|',
);
for (const kind of [...many.keyMs.keys(), 'all']) {
  const of = (times: Answers['keyMs']): readonly number[] => (kind === 'all' ? all(times) : (times.get(kind) ?? []));
  const [little, first, whole] = [of(few.keyMs), of(many.keyMs), of(many.wholeMs)];
  console.log(
    `| ${kind} | ${median(little).toFixed(1)} | ${median(first).toFixed(1)} | ${Math.max(...first).toFixed(0)} | ${median(whole).toFixed(1)} | ${Math.max(...whole).toFixed(0)} |`,
  );
}
console.log(
  `\nmany: ${clusters * worksOfEach} works, read in ${(many.readMs / 1000).toFixed(1)} s, ${many.residentMiB.toFixed(0)} MiB resident; few: ${few.residentMiB.toFixed(0)} MiB`,
);
process.exit(0);
