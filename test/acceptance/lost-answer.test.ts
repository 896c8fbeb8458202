import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli } from '../support/process.ts';
import { endpoints, manifestFile, readResult, storedRow, testFolder, testStandIn } from './support/world.ts';

describe('an answer dropped after the server did the work is recognised by reading back: exit 0, one version, no conflict', () => {
  test('create', async () => {
    const standIn = await testStandIn();
    standIn.setFault({ kind: 'drop-answer', channel: 'grpc', count: 1 });
    const folder = testFolder();
    const result = join(folder, 'result.json');
    const run = await cli(['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1', `--results-path=${result}`], {
      env: endpoints(standIn),
    });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('/w created (version 1)');
    expect(run.stderr).toContain('the answer to the create was lost');
    expect((await storedRow(standIn, 'w'))?.version).toBe(1);
    expect(standIn.publishes()).toHaveLength(1);
    expect(readResult(result)).toMatchObject({ status: 'InProgress' });
  });

  test('update', async () => {
    const standIn = await testStandIn();
    const folder = testFolder();
    const env = endpoints(standIn);
    await cli(['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1'], { env });
    standIn.setFault({ kind: 'drop-answer', channel: 'grpc', count: 1 });
    const run = await cli(
      ['apply', '-f', manifestFile(folder, 'w', { key: 'two' }), '--consumer=c1', '--watch', '--timeout=20s'],
      { env },
    );
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('/w updated (version 2)');
    expect(run.stdout).toContain('condition met: Applied (version 2)');
    const row = await storedRow(standIn, 'w');
    expect(row?.version).toBe(2);
    expect(row?.manifests[0]?.data).toEqual({ key: 'two' });
    expect(standIn.publishes()).toHaveLength(2);
  });

  test('an update that others overtake meanwhile stays a conflict', async () => {
    const standIn = await testStandIn();
    const folder = testFolder();
    const env = endpoints(standIn);
    await cli(['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1'], { env });
    const stale = await cli(
      ['apply', '-f', manifestFile(folder, 'w', { key: 'two' }), '--consumer=c1', '--if-version=7'],
      { env },
    );
    expect(stale.exitCode).toBe(5);
    expect((await storedRow(standIn, 'w'))?.version).toBe(1);
  });

  test('delete', async () => {
    // An agent that takes its time, so that the row is still there, deleting, when it is read back.
    const standIn = await testStandIn({ agent: { deleteDelayMs: 1_500 } });
    const folder = testFolder();
    const env = endpoints(standIn);
    await cli(['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1', '--watch'], { env });
    standIn.setFault({ kind: 'drop-answer', channel: 'grpc', count: 1 });
    const run = await cli(['delete', '--name=w', '--consumer=c1', '--watch', '--timeout=20s'], { env });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('/w deletion requested');
    expect(run.stdout).toContain('/w removed from Maestro');
    expect(await storedRow(standIn, 'w')).toBeUndefined();
    expect(standIn.publishes().filter(({ type }) => type.endsWith('delete_request'))).toHaveLength(1);
  });

  test('delete that is over before it is read back', async () => {
    const standIn = await testStandIn({ agent: { delayMs: 0, deleteDelayMs: 0 } });
    const folder = testFolder();
    const env = endpoints(standIn);
    await cli(['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1', '--watch'], { env });
    standIn.setFault({ kind: 'drop-answer', channel: 'grpc', count: 1 });
    const run = await cli(['delete', '--name=w', '--consumer=c1'], { env });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('/w deletion requested');
  });

  test('a connection torn down before anything was done leads to a second try, not to a second version', async () => {
    const standIn = await testStandIn();
    standIn.setFault({ kind: 'reset', channel: 'grpc', count: 1 });
    const run = await cli(['apply', '-f', manifestFile(testFolder(), 'w'), '--consumer=c1'], {
      env: endpoints(standIn),
    });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('/w created (version 1)');
    expect((await storedRow(standIn, 'w'))?.version).toBe(1);
  });
});
