import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { startStandIn } from '../../src/standin/index.ts';
import { SortedIds } from '../../src/standin/store/sorted-ids.ts';
import { BareClient, workEvent } from './client.ts';

const directory = mkdtempSync(join(tmpdir(), 'stand-in-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('SortedIds', () => {
  it('holds what a sorted set holds, whatever was added and removed', () => {
    const change = fc.record({
      add: fc.boolean(),
      id: fc.integer({ min: 0, max: 40 }).map(String),
      look: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 300 }),
        fc.integer({ min: 0, max: 40 }).map(String),
        (changes, from) => {
          const ids = new SortedIds();
          const model = new Set<string>();
          for (const { add, id, look } of changes) {
            if (add) ids.add(id);
            else ids.remove(id);
            if (add) model.add(id);
            else model.delete(id);
            if (look) expect([...ids.after()]).toEqual([...model].sort());
          }
          expect(ids.size).toBe(model.size);
          expect([...ids.after(from)]).toEqual([...model].sort().filter((id) => id > from));
        },
      ),
    );
  });
});

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } };

async function read(httpEndpoint: string, path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${httpEndpoint}/api/maestro/v1/${path}`);
  return (await answer.json()) as Record<string, unknown>;
}

describe('a data file', () => {
  it('brings back consumers, works, versions, deletions and statuses, and the agent goes on', async () => {
    const dataFile = join(directory, 'restart.db');
    const first = await startStandIn({
      dataFile,
      consumers: ['c1', { name: 'c2', labels: { a: 'b' } }],
      agents: { c2: { online: false } },
    });
    const client = new BareClient(first.grpcEndpoint);
    const stream = client.subscribe('maestro-cli');
    await stream.headers;
    await client.publish({ event: workEvent('create', { id: 'w1', consumer: 'c1', manifests: [namespace] }) });
    await client.publish({ event: workEvent('create', { id: 'w2', consumer: 'c2', manifests: [namespace] }) });
    await client.publish({ event: workEvent('update', { id: 'w2', consumer: 'c2', manifests: [namespace] }) });
    await client.publish({ event: workEvent('create', { id: 'w3', consumer: 'c2', manifests: [namespace] }) });
    await client.publish({ event: workEvent('delete', { id: 'w3', consumer: 'c2' }) });
    await stream.count(2);
    const before = await Promise.all(
      ['w1', 'w2', 'w3'].map((id) => read(first.httpEndpoint, `resource-bundles/${id}`)),
    );
    stream.cancel();
    client.close();
    await first.close();

    const second = await startStandIn({ dataFile, consumers: ['c1', 'c2'], agents: { c2: { online: false } } });
    const after = await Promise.all(
      ['w1', 'w2', 'w3'].map((id) => read(second.httpEndpoint, `resource-bundles/${id}`)),
    );
    expect(after).toEqual(before);
    expect(after[1]).toMatchObject({ version: 2 });
    expect(after[2]).toHaveProperty('deleted_at');
    expect(await read(second.httpEndpoint, 'consumers?orderBy=name')).toMatchObject({
      items: [{ name: 'c1' }, { name: 'c2', labels: { a: 'b' } }],
    });

    const again = new BareClient(second.grpcEndpoint);
    const events = again.subscribe('maestro-cli');
    await events.headers;
    second.setAgent('c2', { online: true });
    await events.count(3);
    const seen = events.events.map(({ attributes }) => attributes?.['ce-resourceid']?.ce_string);
    expect(seen.filter((id) => id === 'w1')).toEqual([]);
    expect(seen.sort()).toEqual(['w2', 'w2', 'w3']);
    expect(await read(second.httpEndpoint, 'resource-bundles/w3')).toMatchObject({ code: 'maestro-7' });
    events.cancel();
    again.close();
    await second.close();
  });

  it('keeps every acknowledged write through kill -9', async () => {
    const dataFile = join(directory, 'killed.db');
    const script = `
      import { startStandIn } from '${new URL('../../src/standin/index.ts', import.meta.url).href}';
      const standIn = await startStandIn({ dataFile: ${JSON.stringify(dataFile)}, consumers: ['c1'], agent: { online: false } });
      process.stdout.write(standIn.grpcEndpoint + '\\n');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const endpoint = await new Promise<string>((resolve) => {
      child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
    });
    const client = new BareClient(endpoint);
    const acknowledged: string[] = [];
    for (let at = 0; at < 20; at += 1) {
      const id = `w${String(at)}`;
      const answer = await client.publish({
        event: workEvent('create', { id, consumer: 'c1', manifests: [namespace] }),
      });
      if (answer.code === 0) acknowledged.push(id);
    }
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
    client.close();

    const standIn = await startStandIn({ dataFile, agent: { online: false } });
    const list = await read(standIn.httpEndpoint, 'resource-bundles?orderBy=created_at');
    expect((list['items'] as { id: string }[]).map(({ id }) => id)).toEqual(acknowledged);
    expect(acknowledged).toHaveLength(20);
    await standIn.close();
  });
});
