import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, startCli, until } from '../support/process.ts';
import { endpoints, manifestFile, readResult, storedRow, testFolder, testStandIn } from './support/world.ts';

describe('an update waited for with the agent offline ends with exit 6 and a result that is not success', () => {
  test.each([
    ['Applied', 'status-result'],
    ['Available', 'adapter-result'],
  ])('%s, %s: the message tells "last reported version 1"; a stale True never counts', async (condition, format) => {
    const standIn = await testStandIn();
    const folder = testFolder();
    const env = endpoints(standIn);
    const first = await cli(['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1', '--watch=Available'], { env });
    expect(first).toMatchObject({ exitCode: 0 });
    standIn.setAgent('c1', { online: false });

    const result = join(folder, 'result.json');
    const file = manifestFile(folder, 'w', { key: 'two' });
    const argv = [
      'apply',
      '-f',
      file,
      '--consumer=c1',
      `--watch=${condition}`,
      '--timeout=2s',
      `--results-path=${result}`,
      `--results-format=${format}`,
    ];
    const second = await cli(argv, { env });

    const row = await storedRow(standIn, 'w');
    expect(row?.version).toBe(2);
    expect(row?.status?.ObservedVersion, 'the status is stale').toBe(1);
    expect(row?.status?.conditions.find(({ type }) => type === condition)?.status, 'and it says True').toBe('True');
    expect(second.exitCode).toBe(6);
    expect(second.stderr).toContain('last reported version 1');
    expect(second.stderr).not.toContain('never reported');
    expect(second.stdout).not.toMatch(/condition met/);
    const value = readResult(result);
    if (format === 'status-result') expect(value).toMatchObject({ status: 'InProgress' });
    else
      expect(value).toMatchObject({
        status: 'failure',
        reason: 'Timeout',
        phase: 'InProgress',
        details: { exitCode: 6, version: 2, observedVersion: 1 },
      });
    expect(value?.['message']).toContain('last reported version 1');
  });

  test('a work that no agent has spoken of is told apart, and the agent is not said to be silent for that', async () => {
    const standIn = await testStandIn({ agent: { online: false } });
    const folder = testFolder();
    const result = join(folder, 'result.json');
    const argv = [
      'apply',
      '-f',
      manifestFile(folder, 'w'),
      '--consumer=c1',
      '--watch',
      '--timeout=2s',
      `--results-path=${result}`,
    ];
    const run = await cli(argv, { env: endpoints(standIn) });
    expect(run.exitCode).toBe(6);
    expect(run.stderr).toContain('the agent has not reported this work yet');
    expect(run.stderr).not.toContain('never');
    expect(run.stderr).not.toContain('last reported');
    expect(readResult(result)).toMatchObject({ status: 'InProgress', manifestWorkName: 'w', consumer: 'c1' });
  });

  test('a bare wait and NOT of a stale condition do not believe a stale status either', async () => {
    const standIn = await testStandIn();
    const folder = testFolder();
    const env = endpoints(standIn);
    await cli(['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1', '--watch=Available'], { env });
    standIn.setAgent('c1', { online: false });
    await cli(['apply', '-f', manifestFile(folder, 'w', { key: 'two' }), '--consumer=c1'], { env });
    for (const expression of ['Applied', 'NOT Applied=False', 'Available OR Deleted']) {
      const run = await cli(['wait', '--name=w', '--consumer=c1', `--for=${expression}`, '--timeout=600ms'], { env });
      expect(run, expression).toMatchObject({ exitCode: 6, stdout: '' });
      expect(run.stderr).toContain('last reported version 1');
    }
  });
});

describe('the event order of a real agent never yields "available" before its last line', () => {
  const delayMs = 300;
  const stepMs = 900;

  test('an update: stale, Applied, Available are reported in turn, and the exit comes after the last', async () => {
    const standIn = await testStandIn();
    const folder = testFolder();
    const env = endpoints(standIn);
    await cli(['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1', '--watch=Available'], { env });
    standIn.setAgent('c1', { delayMs, availableDelayMs: stepMs });

    const file = manifestFile(folder, 'w');
    writeFileSync(file, readFileSync(file, 'utf8').replace('          name: w', '          name: another'));
    const run = await startCli(['apply', '-f', file, '--consumer=c1', '--wait', '--timeout=20s'], { env });
    let ended = false;
    void run.done.then(() => (ended = true));
    await until('the update is published', () => standIn.publishes().length === 2);
    const publishedMs = performance.now();
    const seen = new Set<string>();
    await until('the program ends', async () => {
      const wasRunning = !ended;
      const { status } = (await storedRow(standIn, 'w')) ?? {};
      const text = status?.conditions
        .map(({ type, status: value, observedGeneration }) => `${type}/${value}/${observedGeneration}`)
        .sort()
        .join(' ');
      if (wasRunning && text !== undefined) seen.add(`${status?.ObservedVersion} ${text}`);
      return ended;
    });
    const finished = await run.done;

    expect(finished.exitCode).toBe(0);
    expect(finished.stdout).toContain('condition met: Available (version 2)');
    expect(performance.now() - publishedMs).toBeGreaterThanOrEqual(delayMs + 2 * stepMs - 50);
    // It was still running while each of these was all that was reported, so none of them was believed.
    expect([...seen]).toEqual(
      expect.arrayContaining([
        '1 Applied/True/1 Available/True/1',
        '2 Applied/True/1 Available/True/2',
        '2 Applied/True/2 Available/True/2',
      ]),
    );
    const row = await storedRow(standIn, 'w');
    expect(row?.status?.ObservedVersion).toBe(2);
  });

  test('a creation: Applied ends a wait for Applied at once, a wait for Available only with the last report', async () => {
    const standIn = await testStandIn({ agent: { delayMs, availableDelayMs: 8_000 } });
    const folder = testFolder();
    const env = endpoints(standIn);
    await cli(['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1'], { env });
    const publishedMs = performance.now();
    const available = await startCli(['wait', '--name=w', '--consumer=c1', '--for=Available', '--timeout=20s'], {
      env,
    });
    const applied = await cli(['wait', '--name=w', '--consumer=c1', '--for=Applied', '--timeout=20s'], { env });
    expect(applied.exitCode).toBe(0);
    expect(available.stdout(), 'nothing is said of Available yet').toBe('');
    expect((await available.done).exitCode).toBe(0);
    expect(performance.now() - publishedMs).toBeGreaterThanOrEqual(8_000);
  });
});
