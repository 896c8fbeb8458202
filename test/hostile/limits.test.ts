import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { readDocuments } from '../../src/core/yaml/read-documents.ts';
import { ReadingRoom } from '../../src/core/yaml/reading-room.ts';
import { roomBytes } from '../../src/io/heap.ts';
import { workYaml } from '../commands/support/works.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { list, row, serveRows, startRest, type Answer, type HostileRest } from './support/rest.ts';
import { Tally } from './support/tally.ts';

const mebibyte = 1024 * 1024;
/** What a Job with 256 MiB has for what it reads. */
const room = 160 * mebibyte;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function serve(answer: Answer): Promise<HostileRest> {
  const rest = await startRest(answer);
  cleanups.push(() => rest.close());
  return rest;
}

function resultOf(run: CliRun): Record<string, unknown> {
  return JSON.parse(run.files['result.json'] ?? '') as Record<string, unknown>;
}

describe('an answer that is larger than a Job can hold', () => {
  const answers: Readonly<Record<string, Answer>> = {
    'is packed': (_url, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(17 * mebibyte, ' '))),
    'is plain': (_url, response) => {
      for (let sent = 0; sent < 17; sent += 1) response.write(Buffer.alloc(mebibyte, ' '));
      response.end();
    },
    'holds millions of values': (_url, response) => response.end(list(Array.from({ length: 600_000 }, () => '[]'))),
    'holds millions of values in one row': (_url, response) =>
      response.end(row('w', 'c1', { manifests: ['<<many>>'] }, { many: `{"a":[${'[],'.repeat(600_000)}[]]}` }).text),
  };

  it.each(Object.entries(answers))('and %s ends the run with 8 and a result', async (_what, answer) => {
    const tally = new Tally(`over-large answers, ${_what}`);
    const rest = await serve(answer);
    for (const argv of [
      ['list', '-c', 'c1'],
      ['get', '--name=w', '-c', 'c1'],
      ['apply', '-f', 'w.yaml', '-c', 'c1'],
    ]) {
      await tally.hold(argv.join(' '), async () => {
        const run = await runCli(
          [...argv, '--timeout=20s', '--results-path=result.json', '--results-format=adapter-result'],
          {
            files: { 'w.yaml': workYaml('w') },
            endpoints: { httpEndpoint: rest.httpEndpoint, grpcEndpoint: '127.0.0.1:1' },
          },
        );
        expect({ exitCode: run.exitCode, reason: resultOf(run)['reason'], stderr: run.stderr }).toMatchObject({
          exitCode: 8,
          reason: 'AnswerTooLarge',
          stderr: expect.stringMatching(/too large|larger than 16 MiB/) as string,
        });
      });
    }
    tally.expectAllHeld();
  });

  it('and is a page of large works is asked for in smaller pages, until all works are there', async () => {
    const data = Object.fromEntries(Array.from({ length: 45 }, (_unused, at) => [`key-${at}`, 'x'.repeat(10_000)]));
    const rows = Array.from({ length: 50 }, (_unused, at) =>
      row(`large-${String(at).padStart(3, '0')}`, 'c1', {
        manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' }, data }],
      }),
    );
    const rest = await serve(serveRows(rows));
    const run = await runCli(['list', '-c', 'c1', '-o', 'name'], {
      endpoints: { httpEndpoint: rest.httpEndpoint, grpcEndpoint: '127.0.0.1:1' },
    });
    expect([run.exitCode, new Set(run.stdout.trim().split('\n')).size]).toEqual([0, 50]);
    const sizes = rest.requests.map((request) => Number(/size=(\d+)/.exec(request)?.[1]));
    expect(sizes.slice(0, 4)).toEqual([400, 100, 25, 9]);
    expect(new Set(sizes.slice(3))).toEqual(new Set([9]));
  });
});

describe('an input that is larger than a Job can hold', () => {
  const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\ndata:\n';
  const inputs: Readonly<Record<string, string>> = {
    'has 200,000 keys': head + Array.from({ length: 200_000 }, (_unused, at) => `  k${at}: v\n`).join(''),
    'is one long text': `${head}  a: ${'x'.repeat(9 * mebibyte)}\n`,
    'is a flow list of 400,000 texts': `a: [${'b,'.repeat(400_000)}b]`,
    'is JSON of 900,000 lists': `{"a":[${'[],'.repeat(900_000)}[]]}`,
  };

  it.each(Object.entries(inputs))('and %s is refused with 4 and a result, before it is parsed', async (_what, text) => {
    for (const argv of [
      ['validate', 'in.yaml'],
      ['apply', '-f', 'in.yaml', '-c', 'c1'],
    ]) {
      const run = await runCli([...argv, '--name=w', '--results-path=result.json'], {
        files: { 'in.yaml': text },
        roomBytes: room,
      });
      expect(run.exitCode).toBe(4);
      expect(run.stdout + run.stderr).toMatch(/too large for the memory of this run|longer than 8 MiB/);
      expect(resultOf(run)['status']).toBe('Failed');
    }
  });

  it('counts all inputs of a run together, and takes what fits', () => {
    const text = head + Array.from({ length: 3_000 }, (_unused, at) => `  k${at}: ${'v'.repeat(60)}\n`).join('');
    const shared = new ReadingRoom(() => 9 * mebibyte);
    expect(readDocuments(text, 'one.yaml', { room: shared })).toHaveLength(1);
    expect(readDocuments(text, 'two.yaml', { room: shared })).toHaveLength(1);
    expect(() => readDocuments(text, 'three.yaml', { room: shared })).toThrow(
      /^three\.yaml is too large for the memory of this run/,
    );
    expect(readDocuments(text, 'alone.yaml')).toHaveLength(1);
  });

  it('has the room that the container leaves', () => {
    expect(roomBytes(256 * mebibyte)).toBe(160 * mebibyte);
    expect(roomBytes(64 * mebibyte)).toBe(16 * mebibyte);
    expect(roomBytes(0)).toBe(roomBytes(2 ** 63));
  });
});
