import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundledCommand, startProcess, until } from '../support/process.ts';
import { testFolder } from './support/world.ts';

const root = join(import.meta.dirname, '../..');

beforeAll(async () => {
  if (!existsSync(join(root, 'dist/maestro-cli/loader.cjs')))
    cpSync(dirname(await bundledCommand()), join(root, 'dist'), { recursive: true });
});

test('bin/maestro-cli starts through a symlink from another folder, without npm', async () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'elsewhere'));
  symlinkSync(join(root, 'bin/maestro-cli'), join(folder, 'bin/first'));
  // A link to a link, as npm and package managers leave them.
  symlinkSync('../bin/first', join(folder, 'elsewhere/maestro-cli'));
  const run = startProcess(join(folder, 'elsewhere/maestro-cli'), ['version', '-o', 'json'], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin' },
  });
  const { exitCode, stdout, stderr } = await run.done;
  expect(exitCode, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    node: expect.stringMatching(/^(2[4-9]|[3-9]\d)\./) as string,
  });
});

test('an exit code, arguments with spaces and standard input pass through the launcher', () => {
  const folder = testFolder();
  const link = join(folder, 'maestro-cli');
  symlinkSync(join(root, 'bin/maestro-cli'), link);
  try {
    execFileSync(link, ['apply', '-f', '-', '--consumer=not a name', '--name=w'], {
      cwd: folder,
      input: 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n',
      stdio: 'pipe',
    });
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ status: 2, stderr: expect.objectContaining({}) as object });
    expect(String((error as { stderr: Buffer }).stderr)).toContain('"not a name" is no consumer name');
  }
});

test('a hang-up that is ignored when the launcher starts, as nohup has it, does not end the run', async () => {
  const folder = testFolder();
  const result = join(folder, 'result.json');
  writeFileSync(result, 'stale');
  const wait = [
    'wait',
    '--name=w',
    '--consumer=c1',
    '--timeout=3s',
    `--results-path=${result}`,
    '--http-endpoint=http://127.0.0.1:1',
    '--grpc-endpoint=grpc://127.0.0.1:1',
  ];
  const run = startProcess('/bin/sh', ['-c', 'trap "" HUP; exec "$@"', 'sh', join(root, 'bin/maestro-cli'), ...wait]);
  await until('it has begun, and with it removed the stale result', () => !existsSync(result));
  run.kill('SIGHUP');
  // It goes on until its time is over, without a server.
  expect(await run.done).toMatchObject({ exitCode: 8, signal: null });
});
