import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { controlRoot, type StandIn } from '../../src/standin/index.ts';
import { startCli, until, type Running } from '../support/process.ts';
import { endpoints, manifestFile, readResult, storedRow, testFolder, testStandIn } from './support/world.ts';

const codes = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 143],
] as const;

/** Sends the signal and expects the end within a second of it. */
async function endsBy(run: Running, signal: NodeJS.Signals, exitCode: number): Promise<void> {
  run.kill(signal);
  const sentMs = performance.now();
  const finished = await run.done;
  expect(performance.now() - sentMs).toBeLessThan(1_000);
  expect(finished, finished.stderr).toMatchObject({ exitCode, signal: null });
  expect(finished.stderr).not.toMatch(/^ +at /m);
}

/** True once a call was struck by the one fault that was set. */
async function faultTaken(standIn: StandIn): Promise<boolean> {
  const answer = await fetch(`${standIn.httpEndpoint}${controlRoot}faults`);
  return ((await answer.json()) as unknown[]).length === 0;
}

describe.each(codes)('%s ends a run with %i', (signal, exitCode) => {
  test('before acceptance, while the first read hangs', async () => {
    const standIn = await testStandIn();
    standIn.setFault({ kind: 'delay', channel: 'http', ms: 60_000, count: 1 });
    const folder = testFolder();
    const result = join(folder, 'result.json');
    const run = await startCli(
      [
        'apply',
        '-f',
        manifestFile(folder, 'w'),
        '--consumer=c1',
        '--watch',
        `--results-path=${result}`,
        '--results-format=adapter-result',
      ],
      { env: endpoints(standIn) },
    );
    await until('the read hangs', () => faultTaken(standIn));
    await endsBy(run, signal, exitCode);
    expect(standIn.publishes()).toHaveLength(0);
    expect(readResult(result)).toMatchObject({
      status: 'failure',
      reason: 'Interrupted',
      phase: 'Failed',
      details: { exitCode },
    });
  });

  test('before anything, while standard input is awaited', async () => {
    const folder = testFolder();
    const result = join(folder, 'result.json');
    writeFileSync(result, 'stale');
    const stop = new AbortController();
    const run = await startCli(['apply', '-f', '-', '--consumer=c1', `--results-path=${result}`], {
      stdin: { until: stop.signal },
    });
    await until('it has begun, and with it removed the stale result', () => !existsSync(result));
    await endsBy(run, signal, exitCode);
    stop.abort();
    expect(readResult(result)).toMatchObject({ status: 'Failed' });
  });

  test.each([
    ['apply', ['apply', '-f', 'PIPE', '--consumer=c1']],
    ['validate', ['validate', '-f', 'PIPE']],
    ['a list of consumers', ['apply', '-f', 'w.yaml', '--consumers-from=PIPE']],
    ['a configuration file', ['apply', '-f', 'w.yaml', '--consumer=c1', '--config=PIPE']],
  ])('before anything, while a pipe that nobody writes to is read: %s', async (_what, argv) => {
    const folder = testFolder();
    const result = join(folder, 'result.json');
    writeFileSync(result, 'stale');
    manifestFile(folder, 'w');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const run = await startCli(
      [
        ...argv.map((word) => word.replace('PIPE', 'pipe')),
        `--results-path=${result}`,
        '--results-format=adapter-result',
      ],
      { cwd: folder },
    );
    await until('it has begun, and with it removed the stale result', () => !existsSync(result));
    await endsBy(run, signal, exitCode);
    expect(readResult(result)).toMatchObject({
      status: 'failure',
      reason: 'Interrupted',
      phase: 'Failed',
      details: { exitCode },
    });
  });

  test('after acceptance, while it waits', async () => {
    const standIn = await testStandIn({ agent: { online: false } });
    const folder = testFolder();
    const result = join(folder, 'result.json');
    const run = await startCli(
      [
        'apply',
        '-f',
        manifestFile(folder, 'w'),
        '--consumer=c1',
        '--watch',
        `--results-path=${result}`,
        '--results-format=adapter-result',
      ],
      { env: endpoints(standIn) },
    );
    await until('the work is accepted', () => run.stdout().includes('/w created'));
    await endsBy(run, signal, exitCode);
    expect(await storedRow(standIn, 'w')).toMatchObject({ version: 1 });
    expect(readResult(result)).toMatchObject({
      status: 'failure',
      reason: 'Interrupted',
      phase: 'InProgress',
      manifestWorkName: 'w',
      details: { exitCode, operation: 'created', version: 1 },
    });
  });

  test('a bare wait and the stand-in, which ends well when told to stop', async () => {
    const standIn = await testStandIn();
    const wait = await startCli(['wait', '--name=nothing', '--consumer=c1'], { env: endpoints(standIn) });
    await until('it waits', () => wait.stderr().includes('there is no work named'));
    await endsBy(wait, signal, exitCode);
    const dev = await startCli(['dev', '--http-port=0', '--grpc-port=0', '--consumers=c1']);
    await until('it serves', () => dev.stdout().includes('To use it'));
    await endsBy(dev, signal, 0);
  });
});

test('a signal while a write is on its way tells that its effect is unknown', async () => {
  const standIn = await testStandIn();
  standIn.setFault({ kind: 'delay', channel: 'grpc', ms: 60_000, count: 1 });
  const folder = testFolder();
  const result = join(folder, 'result.json');
  const run = await startCli(
    [
      'apply',
      '-f',
      manifestFile(folder, 'w'),
      '--consumer=c1',
      `--results-path=${result}`,
      '--results-format=adapter-result',
    ],
    { env: endpoints(standIn) },
  );
  await until('the write is on its way', () => faultTaken(standIn));
  run.kill('SIGTERM');
  const finished = await run.done;
  expect(finished.exitCode).toBe(143);
  expect(finished.stderr).toContain('the write was sent, and its effect is unknown: terminated by SIGTERM');
  expect(finished.stderr).not.toContain('reading back');
  expect(readResult(result)).toMatchObject({
    status: 'failure',
    reason: 'OutcomeUnknown',
    phase: 'Failed',
    details: { exitCode: 143 },
  });
});

test('a second signal ends a run at once', async () => {
  const standIn = await testStandIn({ agent: { online: false } });
  const run = await startCli(['apply', '-f', manifestFile(testFolder(), 'w'), '--consumer=c1', '--watch'], {
    env: endpoints(standIn),
  });
  await until('the work is accepted', () => run.stdout().includes('/w created'));
  // Stopped, it takes both in one go when it goes on, before it can have ended by the first.
  run.kill('SIGSTOP');
  run.kill('SIGINT');
  run.kill('SIGTERM');
  run.kill('SIGCONT');
  const sentMs = performance.now();
  const finished = await run.done;
  expect(performance.now() - sentMs).toBeLessThan(1_000);
  expect([130, 143]).toContain(finished.exitCode);
  expect(finished.stderr).not.toMatch(/^ +at /m);
});
