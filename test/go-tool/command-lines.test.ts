import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { projectRoot, runCli, type CliOptions, type CliRun } from '../support/run-cli.ts';

/**
 * The command lines that were promised when the tool was asked for, kept in the fixture; each has to do, as written,
 * what an operator reads in it.
 */
const lines = readFileSync(join(projectRoot, 'test/fixtures/go-tool/command-lines.txt'), 'utf8').trimEnd().split('\n');

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['cluster-west-1', 'cluster-1'], agent: { delayMs: 5, deleteDelayMs: 5 } });
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
    metadata: { name },
    spec: { workload: { manifests } },
  });

/** What the files that they name hold: ManifestWorks, for works that are named by flag plain manifests too. */
const jobName = 'hyperfleet-cluster-west-1-job';
const files: Readonly<Record<string, string>> = {
  'job.yaml': work(jobName, configMap('job')),
  'job-updated.yaml': work(jobName, configMap('job', 'updated')),
  'nodepool.yaml': work('nodepool', configMap('nodepool')),
  'idp.yaml': JSON.stringify(configMap('idp')),
  'ingress.yaml': JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [configMap('ingress'), configMap('ingress-2')],
  }),
  'nodepool-1.yaml': work('nodepool-1', configMap('nodepool-1')),
  'nodepool-2.yaml': JSON.stringify(configMap('nodepool-2')),
  'cluster-1-complete.yaml': work('complete', configMap('all-1'), configMap('all-2')),
};

const wordsOf = (line: string): readonly string[] => line.split(' ').slice(1);

/** What stdout shows when the command did what it says. */
function shows(line: string): RegExp {
  const name = / --name=(\S+)/.exec(line)?.[1] ?? jobName;
  switch (wordsOf(line)[0]) {
    case 'apply':
      return new RegExp(`/${name} (created|updated|unchanged) \\(version \\d+\\)\n`);
    case 'delete':
      return new RegExp(`/${name} deletion requested\n`);
    case 'wait':
      return /Applied/;
    case 'validate':
      return /.*/;
    case 'diff':
      return /^$/;
    default:
      return new RegExp(name);
  }
}

it('covers every command that was asked for', () => {
  const named = new Set(lines.map((line) => wordsOf(line)[0]));
  expect([...named].sort()).toEqual(['apply', 'delete', 'describe', 'diff', 'get', 'list', 'validate', 'wait']);
  const known = commands.map(({ name }) => name);
  for (const name of [...named, 'build', 'watch']) expect(known).toContain(name);
});

it('holds them as written', () => {
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) expect(line).toMatch(/^maestro-cli [a-z]+( --[a-z-]+(=\S+)?)+$/);
});

describe('each command line, with the work that they are about stored and applied', () => {
  it.each(lines.map((line, index) => ({ line, index })))('$line', async ({ line }) => {
    const stored = await run(['apply', '--manifest-file=job.yaml', '--consumer=cluster-west-1', '--watch'], { files });
    expect(stored.exitCode, stored.stderr).toBe(0);
    const done = await run(wordsOf(line), { files });
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stdout).toMatch(shows(line));
    // What was deleted has to be gone before the next line stores it again.
    const gone = await run(['delete', `--name=${jobName}`, '--consumer=cluster-west-1', '--watch'], { files });
    expect(gone.exitCode, gone.stderr).toBe(0);
  });

  it('diff exits 1 when the file differs from what is stored', async () => {
    await run(['apply', '--manifest-file=job-updated.yaml', '--consumer=cluster-west-1'], { files });
    const line = lines.find((one) => wordsOf(one)[0] === 'diff') ?? '';
    const done = await run(wordsOf(line), { files });
    expect(done.exitCode, done.stderr).toBe(1);
    expect(done.stdout).toContain('ConfigMap');
  });

  it('in the order of the file, as one story', async () => {
    const own = await startStandIn({ consumers: ['cluster-west-1'], agent: { delayMs: 5, deleteDelayMs: 5 } });
    try {
      const story = [
        {
          words: 'apply --manifest-file=job.yaml --consumer=cluster-west-1 --watch --timeout=5m',
          says: 'created (version 1)',
        },
        {
          words: 'apply --manifest-file=job-updated.yaml --consumer=cluster-west-1 --watch',
          says: 'updated (version 2)',
        },
        { words: `delete --name=${jobName} --consumer=cluster-west-1 --all --watch`, says: 'removed from Maestro' },
        { words: `delete --name=${jobName} --consumer=cluster-west-1 --all`, says: 'not found, nothing to delete' },
      ];
      for (const { words, says } of story) {
        const done = await run(words.split(' '), { files, endpoints: own });
        expect(done.exitCode, done.stderr).toBe(0);
        expect(done.stdout).toContain(says);
      }
      expect(
        own
          .objects('cluster-west-1')
          .filter(({ manifest }) => (manifest['metadata'] as { name: string }).name === 'job'),
      ).toEqual([]);
    } finally {
      await own.close();
    }
  });
});

it('the first Job hands everything over: command, arguments and environment of its container', async () => {
  const done = await run(
    [
      'apply',
      '--manifest-file=manifest.yaml',
      '--consumer=cluster-west-1',
      '--watch',
      '--timeout=5m',
      '--results-path=results.json',
    ],
    {
      files: { 'manifest.yaml': work('event-1', configMap('event-1')) },
      env: { EVENT_ID: 'event-1', RESULTS_PATH: '/nowhere/results.json' },
    },
  );
  expect(done.exitCode, done.stderr).toBe(0);
  expect(JSON.parse(done.files['results.json'] ?? '')).toMatchObject({
    manifestWorkName: 'event-1',
    consumer: 'cluster-west-1',
    status: 'Applied',
    resources: [{ kind: 'ConfigMap', name: 'event-1' }],
  });
});
