import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFor } from '../../support/parse-for.ts';
import { diffCommand } from '../../../src/commands/diff/command.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { bundledCommand } from '../../support/process.ts';
import { emptyFolder, runCli, type CliRun } from '../../support/run-cli.ts';
import { workYaml } from '../support/works.ts';

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({
    consumers: ['c1', 'offline'],
    agent: { delayMs: 5, deleteDelayMs: 5 },
    agents: { offline: { online: false } },
  });
});
afterAll(() => maestro.close());

describe('argv to options', () => {
  it('takes what apply would be told, in the spelling of the Go tool, too', () => {
    const options = parseFor(diffCommand, [
      '--name=w',
      '--consumer=c1',
      '--manifest-file=a.yaml',
      '-f',
      'b.yaml',
      '-o',
      'json',
      '--merge',
      '--manager=m',
    ]);
    expect(options).toMatchObject({
      output: 'json',
      name: 'w',
      consumer: 'c1',
      files: ['a.yaml', 'b.yaml'],
      merge: true,
      force: false,
      manager: 'm',
      overwrite: false,
      timeoutMs: 30_000,
    });
    expect(options.await).toBeUndefined();
  });

  it.each([
    [[], 'nothing to compare'],
    [['-f', 'a', '-o', 'yaml'], '--output does not know "yaml"'],
    [['-f', 'a', '--watch'], 'unknown option'],
    [['-f', 'a', '--overwrite'], 'unknown option'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseFor(diffCommand, argv)).toThrow(message);
  });
});

interface Change {
  readonly part: string;
  readonly change: string;
  readonly subject: string;
  readonly diff: string;
}

const head = (name: string): readonly string[] => [
  'apiVersion: work.open-cluster-management.io/v1',
  'kind: ManifestWork',
  'metadata:',
  `  name: ${name}`,
];
const manifests = (...items: readonly object[]): readonly string[] => [
  'spec:',
  '  workload:',
  `    manifests: ${JSON.stringify(items)}`,
];
const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'default' }, data: { a: '1' } };
const secret = (data: object): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', namespace: 'default' },
  stringData: data,
});
const text = (...lines: readonly (readonly string[])[]): string => lines.flat().join('\n');

async function compare(before: string, after: string, ...more: readonly string[]): Promise<CliRun> {
  const applied = await runCli(['apply', '-f', 'w.yaml', '--consumer=c1'], {
    endpoints: maestro,
    files: { 'w.yaml': before },
  });
  expect(applied.exitCode, applied.stderr).toBe(0);
  const sent = maestro.publishes().length;
  const run = await runCli(['diff', '-f', 'w.yaml', '--consumer=c1', ...more], {
    endpoints: maestro,
    files: { 'w.yaml': after },
  });
  expect(maestro.publishes().length, 'a diff sends nothing').toBe(sent);
  return run;
}

function changesOf(run: CliRun): readonly (readonly [string, string, string])[] {
  const value = JSON.parse(run.stdout) as { readonly works: readonly { readonly changes: readonly Change[] }[] };
  return value.works.flatMap(({ changes }) =>
    changes.map(({ part, change, subject }) => [part, change, subject] as const),
  );
}

let counter = 0;
function nextName(): string {
  counter += 1;
  return `diff-${counter}`;
}

describe('what is different', () => {
  const rows: readonly (readonly [
    string,
    (name: string) => readonly [string, string],
    readonly (readonly [string, string, string])[],
  ])[] = [
    [
      'labels',
      (name) => [
        text(head(name), ['  labels: {a: b}'], manifests(map)),
        text(head(name), ['  labels: {a: c}'], manifests(map)),
      ],
      [['labels', 'changed', 'labels']],
    ],
    [
      'annotations',
      (name) => [text(head(name), manifests(map)), text(head(name), ['  annotations: {a: c}'], manifests(map))],
      [['annotations', 'added', 'annotations']],
    ],
    [
      'the delete option',
      (name) => [
        text(head(name), manifests(map), ['  deleteOption: {propagationPolicy: Orphan}']),
        text(head(name), manifests(map)),
      ],
      [['deleteOption', 'removed', 'deleteOption']],
    ],
    [
      'manifest configs',
      (name) => [
        text(head(name), manifests(map)),
        text(head(name), manifests(map), [
          '  manifestConfigs:',
          '  - resourceIdentifier: {group: "", resource: configmaps, namespace: default, name: m}',
          '    updateStrategy: {type: CreateOnly}',
        ]),
      ],
      [['manifestConfigs', 'added', 'manifestConfigs']],
    ],
    [
      'an executor, which REST does not show',
      (name) => [
        text(head(name), manifests(map)),
        text(head(name), manifests(map), [
          '  executor: {subject: {type: ServiceAccount, serviceAccount: {namespace: a, name: b}}}',
        ]),
      ],
      [['executor', 'added', 'executor']],
    ],
    [
      'manifests of one kind in two groups, told apart and sorted',
      (name) => [
        text(
          head(name),
          manifests(
            { ...map, kind: 'Service', data: undefined, spec: { a: 1 } },
            { apiVersion: 'z.io/v1', kind: 'Service', metadata: map.metadata },
          ),
        ),
        text(
          head(name),
          manifests(
            { apiVersion: 'b.io/v1', kind: 'Service', metadata: map.metadata },
            { apiVersion: 'z.io/v1', kind: 'Service', metadata: map.metadata, spec: {} },
          ),
        ),
      ],
      [
        ['manifest', 'added', 'Service.b.io/default/m'],
        ['manifest', 'changed', 'Service.z.io/default/m'],
        ['manifest', 'removed', 'Service/default/m'],
      ],
    ],
  ];
  it.each(rows)('%s', async (_title, works, expected) => {
    const [before, after] = works(nextName());
    const run = await compare(before, after, '-o', 'json');
    expect(run.exitCode, run.stderr).toBe(1);
    expect(changesOf(run)).toEqual(expected);
  });

  it('is nothing for the same content in other words', async () => {
    const name = nextName();
    const before = text(head(name), ['  labels: {}'], manifests({ ...map, data: { b: '2', a: '1' } }));
    const after = text(
      head(name),
      ['  creationTimestamp: null'],
      manifests({ data: { a: '1', b: '2' }, metadata: map.metadata, kind: 'ConfigMap', apiVersion: 'v1' }),
    );
    const run = await compare(before, after);
    expect(run).toMatchObject({ exitCode: 0, stdout: '' });
    expect(run.stderr).toContain('no differences (version 1)');
    const json = await compare(before, after, '-o', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      different: false,
      works: [{ name, consumer: 'c1', action: 'unchanged', version: 1, changes: [] }],
    });
  });

  it('is everything for a work that does not exist', async () => {
    const run = await runCli(['diff', '-f', 'w.yaml'], {
      endpoints: maestro,
      files: { 'w.yaml': workYaml('absent', { namespace: 'c1' }) },
    });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain(
      '# absent on c1: would be created\n--- /dev/null\n+++ applied/ConfigMap/default/settings\n',
    );
    expect(run.stdout.split('\n').filter((line) => line.startsWith('-') && !line.startsWith('---'))).toEqual([]);
  });

  it('names plain manifests as apply does', async () => {
    const run = await runCli(['diff', '--name=plain', '--consumer=c1', '--manifest-file=m.json'], {
      endpoints: maestro,
      files: { 'm.json': JSON.stringify(map) },
    });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('# plain on c1: would be created');
  });
});

describe('Secrets', () => {
  it('are compared and never shown, not even by their length', async () => {
    const name = nextName();
    const before = text(head(name), manifests(secret({ same: 'correct-horse', other: 'hunter2', 'a.b': 'battery' })));
    const after = text(head(name), manifests(secret({ same: 'correct-horse', other: 'hunter22222', fresh: 'staple' })));
    for (const output of ['text', 'json']) {
      const run = await compare(before, after, '-o', output);
      expect(run.exitCode).toBe(1);
      expect(run.stdout + run.stderr).not.toMatch(/correct-horse|hunter2|battery|staple/);
      for (const word of ['unchanged', 'stored', 'changed', 'removed', 'added'])
        expect(run.stdout).toContain(`(masked by maestro-cli: ${word})`);
    }
    const created = await runCli(['diff', '-f', 'w.yaml', '--consumer=offline'], {
      endpoints: maestro,
      files: { 'w.yaml': before },
    });
    expect(created.stdout).not.toMatch(/correct-horse|hunter2|battery/);
  });

  it('are not shown by copies that the annotations and labels of others hold', async () => {
    const name = 'secret-copies';
    const config = (copy: string): object => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'd', annotations: { copy } },
    });
    const both = (word: string, said: string): string =>
      text(
        head(name),
        [`  labels: {said: "${said}"}`],
        manifests(secret({ word: 'hunter2-and-more' }), config(`${word}=hunter2-and-more`)),
      );
    for (const argv of [
      ['apply', '-f', 'a.yaml', '-c', 'c1'],
      ['diff', '-f', 'a.yaml', '-c', 'c1,offline'],
      ['diff', '-f', 'b.yaml', '-c', 'c1'],
      ['diff', '-f', 'b.yaml', '-c', 'c1', '-o', 'json'],
    ]) {
      const run = await runCli(argv, {
        endpoints: maestro,
        files: {
          'a.yaml': both('before', 'x-hunter2-and-more'),
          'b.yaml': both('after', 'y-hunter2-and-more'),
        },
      });
      expect(run.stderr).not.toContain('error');
      expect(run.stdout).not.toContain('hunter2');
      if (argv.includes('b.yaml')) expect(run.stdout).toContain('copy');
    }
  });
});

describe('errors are never 1', () => {
  it.each<[string, readonly string[], number]>([
    ['no such file', ['-f', 'none.yaml', '--consumer=c1'], 4],
    ['no such consumer', ['-f', 'w.yaml', '--consumer=nobody'], 3],
    ['another version', ['-f', 'w.yaml', '--consumer=c1', '--if-version=9'], 5],
    ['no server', ['-f', 'w.yaml', '--consumer=c1', '--http-endpoint=http://127.0.0.1:1', '--timeout=200ms'], 8],
  ])('%s', async (_title, argv, exitCode) => {
    const run = await runCli(['diff', ...argv, '-o', 'json'], {
      endpoints: maestro,
      files: { 'w.yaml': workYaml('errors') },
    });
    expect(run.exitCode, run.stderr).toBe(exitCode);
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { exitCode } });
  });

  it("another source's work", async () => {
    const files = { 'w.yaml': workYaml('foreign') };
    await runCli(['apply', '-f', 'w.yaml', '--consumer=c1', '--source-id=someone'], { endpoints: maestro, files });
    const run = await runCli(['diff', '-f', 'w.yaml', '--consumer=c1'], { endpoints: maestro, files });
    expect(run).toMatchObject({ exitCode: 10, stdout: '' });
  });
});

describe('colour', () => {
  const files = (): Record<string, string> => ({ 'w.yaml': workYaml('coloured') });

  it.each<[string, boolean, Readonly<Record<string, string>>, boolean]>([
    ['on a terminal', true, {}, true],
    ['in a pipe', false, {}, false],
    ['on a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['in a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
  ])('%s', async (_title, isTTY, env, coloured) => {
    const run = await runCli(['diff', '-f', 'w.yaml', '--consumer=c1'], {
      endpoints: maestro,
      files: files(),
      isTTY,
      env,
    });
    expect(run.exitCode).toBe(1);
    expect(run.stdout.includes('\u001b[32m+kind: ConfigMap\u001b[39m')).toBe(coloured);
    expect(run.stdout.includes('\u001b[')).toBe(coloured);
  });

  const script = spawnSync('script', ['--version'], { encoding: 'utf8' });
  const hasScript = script.status === 0 && script.stdout.includes('util-linux');
  it.skipIf(!hasScript)('of the real program on a pseudo-terminal (skipped without script of util-linux)', async () => {
    const cwd = emptyFolder();
    await runCli(['version'], { cwd, files: files() });
    const command = [
      process.execPath,
      await bundledCommand(),
      'diff',
      '-f',
      'w.yaml',
      '--consumer=c1',
      `--http-endpoint=${maestro.httpEndpoint}`,
    ].join(' ');
    const { spawn } = await import('node:child_process');
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd,
      env: { PATH: process.env['PATH'], TERM: 'xterm' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let written = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (written += part));
    const exitCode = await new Promise((resolve) => child.once('close', resolve));
    expect(exitCode, written).toBe(1);
    expect(written).toContain('\u001b[32m+kind: ConfigMap\u001b[39m');
  });
});
