import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { MaestroError } from '../../../src/errors.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { emptyFolder, runCli, type CliOptions, type CliRun } from '../../support/run-cli.ts';
import { resultOf } from '../support/result.ts';
import { workYaml } from '../support/works.ts';

let maestro: StandIn;

beforeAll(async () => {
  maestro = await startStandIn({
    consumers: ['c1', 'c2', 'bad', 'away'],
    agent: { delayMs: 20 },
    agents: { away: { online: false }, bad: { failManifests: ['ConfigMap/default/settings'] } },
  });
});
afterAll(() => maestro.close());

/** Ten times as fast, so that an agent is silent after a second. */
const hasty: Clock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() * 10,
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
};

function apply(argv: readonly string[], more: CliOptions & { readonly work?: string } = {}): Promise<CliRun> {
  const { work = 'w', ...options } = more;
  return runCli(['apply', '-f', 'w.yaml', '--report=r.html', ...argv], {
    endpoints: maestro,
    files: { 'w.yaml': workYaml(work) },
    ...options,
  });
}

/** The counts of works that a page shows, by the word. */
function countsIn(page: string): Readonly<Record<string, number>> {
  const [, list = ''] = /<h2>(?:Works|Applications) by state<\/h2>[^]*?<ul class="key">([^]*?)<\/ul>/.exec(page) ?? [];
  const found = list.matchAll(/<b>(\d+)<\/b>\s*([^<]+?)\s*<\/li>/g);
  return Object.fromEntries([...found].map(([, count, word = '']) => [word, Number(count)]));
}

function textOf(page: string): string {
  return page
    .replace(/<style>[^]*?<\/style>/, '')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/\s+/g, ' ');
}

describe('the report of an apply', () => {
  it('has the counts of the summary, of the machine output and of the result file', async () => {
    const consumers = ['c1', 'bad', 'away', 'c2'].flatMap((name) => ['-c', name]);
    const limits = ['--watch', '--waves=1', '--timeout=30s', '--failure-grace=5s', '--max-failures=9'];
    const argv = [...consumers, ...limits, '-o', 'json', '--results-path=res.json'];
    const done = await apply(argv, { clock: hasty });
    expect(done.exitCode, done.stderr).toBe(7);
    const page = done.files['r.html'] ?? '';
    const counts = countsIn(page);
    const { summary, works } = JSON.parse(done.stdout) as {
      readonly summary: Readonly<Record<string, number>>;
      readonly works: readonly unknown[];
    };
    expect(works).toHaveLength(4);
    const shown = (word: string): number => counts[word] ?? 0;
    for (const [word, key] of [
      ['Applied', 'met'],
      ['failed', 'failed'],
      ['failing', 'failing'],
      ['pending', 'pending'],
      ['silent', 'silent'],
      ['not begun', 'notBegun'],
    ] as const)
      expect([word, shown(word)]).toEqual([word, summary[key]]);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(summary['works']);
    // As people read it: `4 works on 4 consumers: 1 Applied, …`.
    const told = /^4 works on 4 consumers: ([^(]*) \(/m.exec(done.stderr)?.[1]?.split(', ').toSorted();
    expect(told).toEqual(
      Object.entries(counts)
        .map(([word, count]) => `${count} ${word}`)
        .toSorted(),
    );
    const statuses = (resultOf(done, 'res.json')['works'] as readonly { readonly status: string }[]).map(
      ({ status }) => status,
    );
    expect(statuses.filter((status) => status === 'Applied')).toHaveLength(shown('Applied'));
    expect(statuses.filter((status) => status === 'InProgress')).toHaveLength(
      shown('silent') + shown('pending') + shown('failing'),
    );
    expect(statuses.filter((status) => status === 'Failed')).toHaveLength(shown('failed') + shown('not begun'));
    expect(textOf(page)).toContain('exit code 7');
  });

  it('names the server, the source and the command, without tokens', async () => {
    const done = await apply(
      [
        '-c',
        'c1',
        '--watch',
        '--source-id=team a',
        '--allow-plaintext-token',
        '--grpc-client-token=s3cret-1',
        '--http-token',
        's3cret-2',
      ],
      { work: 'named' },
    );
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stderr).toContain('report in ');
    const page = done.files['r.html'] ?? '';
    expect(page).not.toContain('s3cret');
    const text = textOf(page).replaceAll('&#39;', "'");
    expect(text).toContain("maestro-cli apply -f w.yaml --report=r.html -c c1 --watch '--source-id=team a'");
    expect(text).toContain("'--grpc-client-token=***' --http-token '***'");
    expect(text).toContain(`Server ${maestro.grpcEndpoint}`);
    expect(text).toContain('1 of 1 work Applied on 1 cluster');
    expect(countsIn(page)).toEqual({ Applied: 1 });
    expect(page).not.toContain('Not done');
  });

  it('calls nothing applied that was not waited for', async () => {
    const done = await apply(['-c', 'c1', '-c', 'c2'], { work: 'unwaited' });
    expect(done.exitCode, done.stderr).toBe(0);
    expect(countsIn(done.files['r.html'] ?? '')).toEqual({ written: 2 });
    expect(textOf(done.files['r.html'] ?? '')).toContain('Stored in Maestro: 2 created.');
  });

  it('is written when a signal ends the run, and says what is not finished', async () => {
    const stop = new AbortController();
    let printed = '';
    const run = apply(['-c', 'away', '-c', 'c1', '--watch', '--waves=1'], {
      work: 'stopped',
      signal: stop.signal,
      onStdout: (text) => (printed += text),
    });
    await expect.poll(() => printed, { timeout: 10_000 }).toContain('created');
    stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
    const done = await run;
    expect(done.exitCode).toBe(130);
    expect(countsIn(done.files['r.html'] ?? '')).toEqual({ pending: 1, 'not begun': 1 });
    expect(textOf(done.files['r.html'] ?? '')).toContain('It stopped early, because interrupted by SIGINT.');
  });

  it('is written when the run ends before its first write', async () => {
    const done = await apply(['--all-consumers', '--timeout=1s'], {
      endpoints: { httpEndpoint: 'http://127.0.0.1:1', grpcEndpoint: '127.0.0.1:1' },
    });
    expect(done.exitCode).toBe(8);
    expect(textOf(done.files['r.html'] ?? '')).toContain('A roll-out that did not begin');
    expect(textOf(done.files['r.html'] ?? '')).toContain('nothing listens there');
  });

  it('takes the place of an earlier one, and stays as it is when the command line is refused', async () => {
    const cwd = emptyFolder();
    const before = { 'w.yaml': workYaml('w'), 'r.html': 'an older page' };
    const refused = await apply(['-c', 'c1', '--no-such-flag'], { cwd, files: before });
    expect(refused).toMatchObject({ exitCode: 2, files: { 'r.html': 'an older page' } });
    const done = await apply(['-c', 'c1'], { cwd, files: before });
    expect(done.files['r.html']).toMatch(/^<!doctype html>/);
  });

  it.each([
    {
      what: 'a folder',
      argv: ['--report=folder', '-c', 'c1'],
      message: 'the report .* cannot be written: it is a directory',
    },
    { what: 'an input', argv: ['--report=w.yaml', '-c', 'c1'], message: 'would be written over w.yaml' },
    {
      what: 'the result file',
      argv: ['--report=r', '--results-path=r', '-c', 'c1'],
      message: 'would be written over r',
    },
    {
      what: 'the result file of the environment',
      argv: ['--report=r', '-c', 'c1'],
      message: 'would be written over r, which the command line',
    },
    { what: 'standard output', argv: ['--report=-', '-c', 'c1'], message: 'takes a file, not standard output' },
    { what: 'nothing', argv: ['--report=', '-c', 'c1'], message: '--report is empty' },
    { what: 'what is not done', argv: ['--dry-run', '-c', 'c1'], message: '--dry-run does nothing' },
  ])('is refused over $what, before anything is sent', async ({ what, argv, message }) => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'folder'));
    const from = maestro.publishes().length;
    const done = await apply(argv, { cwd, ...(what.includes('environment') ? { env: { RESULTS_PATH: 'r' } } : {}) });
    expect(done.exitCode).toBe(2);
    expect(done.stderr).toMatch(new RegExp(message));
    expect(maestro.publishes().length).toBe(from);
  });

  it('that cannot be written is no success, and the result file says so', async () => {
    const cwd = emptyFolder();
    const path = join(cwd, 'sub', 'r.html');
    mkdirSync(join(cwd, 'sub'));
    const done = await runCli(
      ['apply', '-f', 'w.yaml', '-c', 'c1', '-c', 'c2', `--report=${path}`, '--results-path=res.json'],
      {
        cwd,
        endpoints: maestro,
        files: { 'w.yaml': workYaml('gone') },
        onStdout: () => rmSync(join(cwd, 'sub'), { recursive: true, force: true }),
      },
    );
    expect(done.exitCode).toBe(8);
    expect(done.stderr).toMatch(/error: the report could not be written to .*r\.html: /);
    expect(resultOf(done, 'res.json')).toMatchObject({ status: 'Failed' });
  });
});
