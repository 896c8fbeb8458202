import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { emptyFolder, runCli, type CliOptions, type CliRun } from '../support/run-cli.ts';

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1'], agent: { online: false } });
});
afterAll(() => maestro.close());

const run = (argv: readonly string[], options: CliOptions = {}): Promise<CliRun> =>
  runCli(argv, { endpoints: maestro, ...options });
const configMap = (name: string, value = 'one'): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { value },
});
const work = (name: string, ...manifests: readonly object[]): string =>
  JSON.stringify({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name, namespace: 'c1' },
    spec: { workload: { manifests: manifests.length > 0 ? manifests : [configMap('settings')] } },
  });
const sixty = (prefix: string): readonly string[] =>
  Array.from({ length: 60 }, (_, index) => `${prefix}-${String(index).padStart(2, '0')}`);
const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n');

async function sentBy(doing: () => Promise<CliRun>): Promise<readonly [CliRun, number]> {
  const before = maestro.publishes().length;
  const done = await doing();
  return [done, maestro.publishes().length - before];
}

interface Works {
  readonly works: readonly {
    readonly name: string;
    readonly exitCode: number;
    readonly operation?: string;
    readonly error?: { readonly code: string; readonly message: string };
  }[];
}

describe('60 documents', () => {
  it('of which one is bad: nothing is sent, and the bad one is named with its place', async () => {
    const documents = sixty('bad').map((name, index) =>
      index === 41 ? work(name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'x' } }) : work(name),
    );
    const [done, sent] = await sentBy(() => run(['apply', '-f', '-'], { stdin: documents.join('\n---\n') }));
    expect(done).toMatchObject({ exitCode: 4, stdout: '' });
    expect(sent).toBe(0);
    expect(done.stderr).toContain('standard input:83:');
    expect(done.stderr).toContain('Nothing was sent.');
  });

  it('of which the server refuses one: 59 are done, the one is named, and the exit code is its own', async () => {
    const names = sixty('refused');
    const documents = names.map((name) => work(name));
    const [done, sent] = await sentBy(() =>
      run(['apply', '-f', '-', '-o', 'json', '--results-path=r.json'], {
        stdin: documents.join('\n---\n'),
        connect: async (settings) => {
          const { connectMaestro } = await import('../../src/clients/connect.ts');
          const { systemClock } = await import('../../src/clock.ts');
          const opened = await connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
          return {
            ...opened,
            writer: {
              ...opened.writer,
              publish: (request, options) => {
                // Past our own validation, so that the refusal is the server's.
                const isChosen = request.kind === 'create' && request.work.name === 'refused-17';
                return opened.writer.publish(
                  isChosen ? { ...request, work: { ...request.work, manifests: [{ kind: 'ConfigMap' }] } } : request,
                  options,
                );
              },
            },
          };
        },
      }),
    );
    expect(done.exitCode, done.stderr).toBe(4);
    expect(sent).toBe(60);
    const { works } = JSON.parse(done.stdout) as Works;
    expect(works.map(({ name }) => name)).toEqual(names);
    expect(works.filter(({ exitCode }) => exitCode === 0)).toHaveLength(59);
    expect(works[17]).toMatchObject({ name: 'refused-17', exitCode: 4, error: { code: 'invalid-input' } });
    expect(done.stderr).toContain('apiVersion: Required value');
    const result = JSON.parse(done.files['r.json'] ?? '') as {
      readonly status: string;
      readonly works: readonly { readonly status: string; readonly manifestWorkName: string }[];
    };
    expect(result.status).toBe('Failed');
    expect(result.works.filter(({ status }) => status === 'InProgress')).toHaveLength(59);
    const again = await run(['apply', '-f', '-'], { stdin: documents.join('\n---\n') });
    expect(again.exitCode).toBe(0);
    expect(linesOf(again.stdout).filter((line) => line.includes(' unchanged '))).toHaveLength(59);
    expect(linesOf(again.stdout)[17]).toContain('refused-17 created');
  });
});

describe('where manifests come from', () => {
  it('is a folder, a glob, several files or standard input, and all of it is sent in a steady order', async () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'works'));
    for (const name of ['b', 'a', 'c']) writeFileSync(join(cwd, 'works', `${name}.yaml`), work(`from-${name}`));
    writeFileSync(join(cwd, 'works', 'README.md'), 'not a manifest');
    writeFileSync(join(cwd, 'one.json'), work('from-one'));
    const names = (done: CliRun): readonly string[] => {
      expect(done.exitCode, done.stderr).toBe(0);
      return linesOf(done.stdout).map((line) => line.replace(/^.*\//, ''));
    };
    expect(names(await run(['apply', '-f', 'works', '-o', 'name'], { cwd }))).toEqual(['from-a', 'from-b', 'from-c']);
    expect(names(await run(['apply', '-f', 'works/*.yaml', '-o', 'name'], { cwd }))).toEqual([
      'from-a',
      'from-b',
      'from-c',
    ]);
    expect(names(await run(['apply', '-f', 'works/[ab].yaml', '-f', 'one.json', '-o', 'name'], { cwd }))).toEqual([
      'from-a',
      'from-b',
      'from-one',
    ]);
    expect(
      names(await run(['apply', '-f', 'one.json', '-f', '-', '-o', 'name'], { cwd, stdin: work('from-stdin') })),
    ).toEqual(['from-one', 'from-stdin']);
  });

  it.each([
    { what: 'a glob that matches nothing', argv: ['-f', 'nothing-*.yaml'] },
    { what: 'a file that is not there', argv: ['-f', 'nothing.yaml'] },
    { what: 'an empty folder', argv: ['-f', '.'] },
  ])('is an error for $what', async ({ argv }) => {
    const [done, sent] = await sentBy(() => run(['apply', ...argv, '-c', 'c1']));
    expect([2, 4]).toContain(done.exitCode);
    expect(done.stdout).toBe('');
    expect(sent).toBe(0);
  });

  it('makes one work of plain manifests and Lists in several files, named by flag or adapter', async () => {
    const files = {
      'a.yaml': JSON.stringify(configMap('a')),
      'b.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [configMap('b'), configMap('c')] }),
    };
    const named = await run(['apply', '-f', 'a.yaml', '-f', 'b.json', '-c', 'c1', '--name=plain'], { files });
    expect(named, named.stderr).toMatchObject({
      exitCode: 0,
      stdout: 'manifestwork.work.open-cluster-management.io/plain created (version 1)\n',
    });
    const stored = await run([
      'get',
      '--name=plain',
      '-c',
      'c1',
      '-o',
      'jsonpath={.spec.workload.manifests[*].metadata.name}',
    ]);
    expect(stored.stdout).toBe('a b c');
    const adapter = await run(['apply', '-f', 'a.yaml', '-c', 'c1', '--adapter=idp'], { files });
    expect(adapter.stdout).toBe('manifestwork.work.open-cluster-management.io/hyperfleet-c1-idp created (version 1)\n');
    const owner = await run(['get', '--name=hyperfleet-c1-idp', '-c', 'c1', '-o', 'json']);
    expect(owner.stdout).toContain(JSON.stringify('{"idp":["ConfigMap/default/a"]}'));
  });
});

describe('a dry run', () => {
  it.each(['--dry-run', '--dry-run=client', '--dry-run=server'])(
    '%s of many sends nothing, and leaves nothing',
    async (flag) => {
      const documents = sixty('dry')
        .map((name) => work(name))
        .join('\n---\n');
      const [done, sent] = await sentBy(() => run(['apply', '-f', '-', flag], { stdin: documents }));
      expect(done.exitCode, done.stderr).toBe(0);
      expect(linesOf(done.stdout)).toHaveLength(60);
      expect(sent).toBe(0);
      expect((await run(['get', '--name=dry-00', '-c', 'c1'])).exitCode).toBe(3);
    },
  );
});
