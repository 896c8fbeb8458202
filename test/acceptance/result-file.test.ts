import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { cli, freePort, startCli, startProcess, until, type Finished } from '../support/process.ts';
import { endpoints, manifestFile, testFolder } from './support/world.ts';

/** What somebody saw who looked at the result path every 5 ms, in turn; null for no file. */
interface Watch {
  end(): Promise<readonly (string | null)[]>;
}

async function watchFile(file: string): Promise<Watch> {
  const stop = new AbortController();
  const watcher = startProcess(process.execPath, [join(import.meta.dirname, 'support/watch-file.ts'), file], {
    stdin: { until: stop.signal },
  });
  await until('the watcher looks', () => watcher.stdout().includes('ready'));
  return {
    end: async () => {
      stop.abort();
      const { stdout } = await watcher.done;
      return JSON.parse(stdout.split('\n')[1] ?? '') as (string | null)[];
    },
  };
}

interface Case {
  readonly name: string;
  readonly argv: (folder: string) => Promise<readonly string[]>;
  readonly exitCode: number;
  readonly phase: 'Applied' | 'InProgress' | 'Failed';
  readonly reason: string;
  /** Sent once the program says that the work is created. */
  readonly signal?: 'SIGTERM';
}

const stale = '{"status":"Applied","message":"of another run"}';
let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn({ consumers: ['c1', 'offline'], agents: { offline: { online: false } } });
});

afterAll(() => standIn.close());

const cases: readonly Case[] = [
  {
    name: 'bad file',
    argv: async (folder) => {
      writeFileSync(join(folder, 'bad.yaml'), 'kind: ManifestWork\n  spec: [');
      return ['-f', join(folder, 'bad.yaml'), '--consumer=c1'];
    },
    exitCode: 4,
    phase: 'Failed',
    reason: 'InvalidManifest',
  },
  {
    name: 'usage error',
    argv: async (folder) => ['-f', manifestFile(folder, 'w'), '--consumer=c1', '--nonsense'],
    exitCode: 2,
    phase: 'Failed',
    reason: 'InvalidUsage',
  },
  {
    name: 'unknown consumer',
    argv: async (folder) => ['-f', manifestFile(folder, 'w'), '--consumer=nobody'],
    exitCode: 3,
    phase: 'Failed',
    reason: 'ConsumerNotFound',
  },
  {
    name: 'closed port',
    argv: async (folder) => [
      '-f',
      manifestFile(folder, 'w'),
      '--consumer=c1',
      `--http-endpoint=http://127.0.0.1:${await freePort()}`,
      '--timeout=1s',
    ],
    exitCode: 8,
    phase: 'Failed',
    reason: 'ServerUnreachable',
  },
  {
    name: 'wrong CA',
    argv: async (folder) => {
      const other = await startStandIn({ access: { mode: 'tls', directory: join(folder, 'tls') } });
      others.push(other);
      return [
        '-f',
        manifestFile(folder, 'w'),
        '--consumer=c1',
        `--http-endpoint=${other.httpEndpoint}`,
        `--http-ca-file=${other.certificates?.foreignCaFile}`,
      ];
    },
    exitCode: 9,
    phase: 'Failed',
    reason: 'TlsFailed',
  },
  {
    name: 'conflict',
    argv: async (folder) => ['-f', manifestFile(folder, 'w'), '--consumer=c1', '--if-version=9'],
    exitCode: 5,
    phase: 'Failed',
    reason: 'Conflict',
  },
  {
    name: 'timeout',
    argv: async (folder) => [
      '-f',
      manifestFile(folder, `t-${unique()}`),
      '--consumer=offline',
      '--watch',
      '--timeout=3s',
    ],
    exitCode: 6,
    phase: 'InProgress',
    reason: 'Timeout',
  },
  {
    name: 'SIGTERM',
    argv: async (folder) => ['-f', manifestFile(folder, `s-${unique()}`), '--consumer=offline', '--watch'],
    exitCode: 143,
    phase: 'InProgress',
    reason: 'Interrupted',
    signal: 'SIGTERM',
  },
  {
    name: 'success',
    argv: async (folder) => ['-f', manifestFile(folder, `a-${unique()}`), '--consumer=c1', '--watch'],
    exitCode: 0,
    phase: 'Applied',
    reason: 'Applied',
  },
];

const others: StandIn[] = [];
afterAll(async () => {
  for (const other of others) await other.close();
});

let count = 0;
function unique(): string {
  count += 1;
  return String(count);
}

describe('the result path never holds an empty, partial or early file, and is there after', () => {
  describe.each(['status-result', 'adapter-result'])('%s', (format) => {
    test.concurrent.each(cases)('$name', async ({ argv, exitCode, phase, reason, signal }) => {
      const folder = testFolder();
      const file = join(folder, 'result.json');
      writeFileSync(file, stale);
      const watch = await watchFile(file);
      const run = await startCli(
        ['apply', ...(await argv(folder)), `--results-path=${file}`, `--results-format=${format}`],
        { env: endpoints(standIn) },
      );
      if (signal !== undefined) {
        await until('the work is created', () => run.stdout().includes('created'));
        run.kill(signal);
        const sentMs = performance.now();
        await run.done;
        expect(performance.now() - sentMs, 'from signal to exit').toBeLessThan(1_000);
      }
      const finished = await run.done;
      const seen = await watch.end();

      expect(finished.exitCode, finished.stderr).toBe(exitCode);
      const [first, ...later] = seen;
      expect(first).toBe(stale);
      const contents = later.filter((content) => content !== null);
      expect(contents, 'exactly one content, and nothing before or after it').toHaveLength(1);
      expect(seen.at(-1), 'and it is there after').toBe(contents[0]);
      expectStory(JSON.parse(contents[0] ?? '') as Record<string, unknown>, { format, phase, reason, finished });
      expect(
        readdirSync(folder).filter((name) => name.endsWith('.tmp')),
        'no temporary file is left',
      ).toEqual([]);
    });
  });
});

/** Exit code, result file and stderr tell one story. */
function expectStory(
  value: Record<string, unknown>,
  {
    format,
    phase,
    reason,
    finished,
  }: { readonly format: string; readonly phase: string; readonly reason: string; readonly finished: Finished },
): void {
  expect(Date.parse(String(value['timestamp']))).toBeGreaterThan(Date.now() - 60_000);
  expect(value['message']).toEqual(expect.stringMatching(/\S/));
  if (format === 'status-result') {
    expect(value['status']).toBe(phase);
    expect(value).not.toHaveProperty('phase');
  } else {
    expect(value).toMatchObject({
      status: finished.exitCode === 0 ? 'success' : 'failure',
      reason,
      phase,
      details: { exitCode: finished.exitCode },
    });
  }
  if (finished.exitCode === 0) expect(finished.stderr).not.toMatch(/^error:/m);
  else expect(withoutExcerpts(finished.stderr).replace(/\s+/g, ' ')).toContain(said(value));
}

/** The lines of a file that a person sees below each mistake in it stand in no result. */
function withoutExcerpts(stderr: string): string {
  return stderr.replace(/^ *\d* *\| .*\n/gm, '');
}

/**
 * The message as stderr has it: only the file names the work in every message, because a reporter forwards nothing
 * else.
 */
function said(value: Record<string, unknown>): string {
  return String(value['message'])
    .replace(/^ManifestWork \S+: /, '')
    .replace(/\s+/g, ' ');
}

test('an unwritable result path is told at the start, before anything is sent', async () => {
  const folder = testFolder();
  const before = standIn.publishes().length;
  const run = await cli(
    [
      'apply',
      '-f',
      manifestFile(folder, 'unwritable'),
      '--consumer=c1',
      `--results-path=${folder}/missing/result.json`,
    ],
    { env: endpoints(standIn) },
  );
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain(`${folder}/missing/result.json cannot be written`);
  expect(standIn.publishes()).toHaveLength(before);
});

test('RESULTS_PATH holds for commands with an outcome only, so that a list never overwrites what an apply left', async () => {
  const folder = testFolder();
  const file = join(folder, 'result.json');
  const env = { ...endpoints(standIn), RESULTS_PATH: file };
  await cli(['apply', '-f', manifestFile(folder, 'kept'), '--consumer=c1', '--watch'], { env });
  const watch = await watchFile(file);
  const run = await cli(['list'], { env });
  expect(run.exitCode).toBe(0);
  const [left, ...changes] = await watch.end();
  expect(JSON.parse(left ?? '')).toMatchObject({ status: 'Applied', manifestWorkName: 'kept' });
  expect(changes).toEqual([]);
});

test.each([
  ['get', '--name=refused', '--consumer=c1'],
  ['describe', '--name=refused', '--consumer=c1'],
  ['list', '--consumer=c1'],
])('the result of %s never says that a work is applied: it ended, and that is all', async (...argv) => {
  const folder = testFolder();
  await cli(['apply', '-f', manifestFile(folder, 'refused'), '--consumer=c1'], { env: endpoints(standIn) });
  for (const format of ['status-result', 'adapter-result']) {
    const file = join(folder, `${format}.json`);
    const run = await cli([...argv, `--results-path=${file}`, `--results-format=${format}`], {
      env: endpoints(standIn),
    });
    expect(run.exitCode).toBe(0);
    const value = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(value[format === 'status-result' ? 'status' : 'phase']).toBe('InProgress');
    expect(value['message']).toContain('it applied nothing, and proves nothing of what is applied');
    if (format === 'adapter-result') expect(value).toMatchObject({ status: 'success', reason: 'Finished' });
  }
});
