import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { commandWords, cli, freePort, startProcess, until } from '../support/process.ts';
import { configMapWork, endpoints, manifestFile, testFolder } from './support/world.ts';

let standIn: StandIn;
let env: Record<string, string>;

beforeAll(async () => {
  standIn = await startStandIn({ consumers: ['c1', 'offline', 'spare'], agents: { offline: { online: false } } });
  env = endpoints(standIn);
  const documents = Array.from({ length: 120 }, (_, index) => configMapWork(`w-${index}`, { key: 'x'.repeat(2_000) }));
  expect(await cli(['apply', '-f', '-', '--consumer=c1'], { env, stdin: documents.join('\n---\n') })).toMatchObject({
    exitCode: 0,
  });
});

afterAll(() => standIn.close());

describe('a reader that goes away ends the output, not the run: no stack trace, a sane exit code', () => {
  test.each(['list', 'list -o json', 'list -o yaml', 'consumer list', '--help'])('%s | head -n 1', async (command) => {
    const folder = testFolder();
    const program = `{ "$@" ${command}; echo $? > code; } 2> stderr | head -n 1`;
    const run = startProcess('/bin/sh', ['-c', program, 'sh', ...(await commandWords())], { cwd: folder, env });
    const { stdout, exitCode } = await run.done;
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    // head may end the pipe before the shell has written the code.
    await until(
      'the program ended',
      () => existsSync(join(folder, 'code')) && readFileSync(join(folder, 'code'), 'utf8') !== '',
    );
    expect(readFileSync(join(folder, 'code'), 'utf8')).toBe('0\n');
    expect(readFileSync(join(folder, 'stderr'), 'utf8')).toBe('');
  });
});

test('a watch ends at the first change that nobody reads any more', async () => {
  const folder = testFolder();
  const program = `{ "$@" watch --consumer=spare --no-headers --timeout=60s; echo $? > code; } 2> stderr | head -n 1`;
  const watch = startProcess('/bin/sh', ['-c', program, 'sh', ...(await commandWords())], { cwd: folder, env });
  const apply = (value: string): ReturnType<typeof cli> =>
    cli(['apply', '-f', '-', '--consumer=spare', '--watch'], { env, stdin: configMapWork('watched', { value }) });
  expect(await apply('first')).toMatchObject({ exitCode: 0 });
  await until('a change was shown', () => watch.stdout().includes('watched'));
  expect(await apply('second')).toMatchObject({ exitCode: 0 });
  await until(
    'the watch ended',
    () => existsSync(join(folder, 'code')) && readFileSync(join(folder, 'code'), 'utf8') !== '',
  );
  await watch.done;
  expect(readFileSync(join(folder, 'code'), 'utf8')).toBe('0\n');
});

describe.runIf(existsSync('/dev/full'))('an output that cannot be written is no success', () => {
  test.each([
    'list',
    'list --watch',
    'watch',
    'consumer list -o json',
    'version',
    '--help',
    'apply -f w.yaml --consumer=c1',
  ])('%s', async (command) => {
    const folder = testFolder();
    writeFileSync(join(folder, 'w.yaml'), configMapWork('full', { key: 'value' }));
    const run = startProcess('/bin/sh', ['-c', `"$@" ${command} > /dev/full`, 'sh', ...(await commandWords())], {
      cwd: folder,
      env,
    });
    const { stderr, exitCode } = await run.done;
    expect(stderr).toContain('error: standard output cannot be written: no space left on device\n');
    expect(exitCode).toBe(8);
  });

  const said = 'standard output cannot be written: no space left on device; the result file tells what was done';
  test.each([
    { how: '', line: `warning: ${said}\n` },
    { how: '--quiet', line: `warning: ${said}\n` },
    { how: '--log-format=json', line: `"level":"warn","msg":"${said}"` },
  ])('but what the result file tells is told ($how)', async ({ how, line }) => {
    const folder = testFolder();
    writeFileSync(join(folder, 'w.yaml'), configMapWork('full', { key: 'value' }));
    const run = startProcess(
      '/bin/sh',
      [
        '-c',
        `"$@" apply -f w.yaml --consumer=c1 --watch --results-path=r.json ${how} > /dev/full`,
        'sh',
        ...(await commandWords()),
      ],
      { cwd: folder, env },
    );
    const { stderr, exitCode } = await run.done;
    expect(stderr).toContain(line);
    expect(exitCode).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8'))).toMatchObject({ status: 'Applied' });
  });
});

interface Machine {
  readonly name: string;
  readonly argv: (folder: string) => Promise<readonly string[]> | readonly string[];
  readonly exitCode: number;
}

/** In this order: later ones act on what earlier ones left. */
const successive: readonly Machine[] = [
  { name: 'apply', argv: (folder) => ['apply', '-f', manifestFile(folder, 'm'), '--consumer=c1'], exitCode: 0 },
  {
    name: 'apply --watch',
    argv: (folder) => ['apply', '-f', manifestFile(folder, 'm'), '--consumer=c1', '--watch'],
    exitCode: 0,
  },
  { name: 'get', argv: () => ['get', '--name=m', '--consumer=c1'], exitCode: 0 },
  { name: 'wait', argv: () => ['wait', '--name=m', '--consumer=c1', '--timeout=10s'], exitCode: 0 },
  { name: 'delete', argv: () => ['delete', '--name=m', '--consumer=c1', '--watch'], exitCode: 0 },
  { name: 'delete, absent', argv: () => ['delete', '--name=m', '--consumer=c1'], exitCode: 0 },
  { name: 'consumer create', argv: () => ['consumer', 'create', 'new'], exitCode: 0 },
  { name: 'consumer create, again', argv: () => ['consumer', 'create', 'new'], exitCode: 5 },
  { name: 'consumer update', argv: () => ['consumer', 'update', 'new', '--label=a=b'], exitCode: 0 },
  { name: 'consumer get', argv: () => ['consumer', 'get', 'new'], exitCode: 0 },
  { name: 'consumer delete, not confirmed', argv: () => ['consumer', 'delete', 'new'], exitCode: 2 },
  { name: 'consumer delete', argv: () => ['consumer', 'delete', 'new', '-y'], exitCode: 0 },
  { name: 'consumer get, absent', argv: () => ['consumer', 'get', 'new'], exitCode: 3 },
  {
    name: 'apply, timed out',
    argv: (folder) => ['apply', '-f', manifestFile(folder, 'm'), '--consumer=offline', '--watch', '--timeout=1500ms'],
    exitCode: 6,
  },
  {
    name: 'delete, timed out',
    argv: () => ['delete', '--name=m', '--consumer=offline', '--watch', '--timeout=500ms'],
    exitCode: 6,
  },
];

/** In any order. */
const independent: readonly Machine[] = [
  { name: 'version', argv: () => ['version'], exitCode: 0 },
  {
    name: 'apply, unknown consumer',
    argv: (folder) => ['apply', '-f', manifestFile(folder, 'm'), '--consumer=nobody'],
    exitCode: 3,
  },
  {
    name: 'apply, bad file',
    argv: (folder) => ['apply', '-f', join(folder, 'missing.yaml'), '--consumer=c1'],
    exitCode: 4,
  },
  { name: 'apply, unknown flag', argv: () => ['apply', '--nonsense'], exitCode: 2 },
  {
    name: 'apply, closed port',
    argv: async (folder) => [
      'apply',
      '-f',
      manifestFile(folder, 'm'),
      '--consumer=c1',
      '--timeout=500ms',
      `--http-endpoint=http://127.0.0.1:${await freePort()}`,
    ],
    exitCode: 8,
  },
  { name: 'get, absent', argv: () => ['get', '--name=nothing', '--consumer=c1'], exitCode: 3 },
  { name: 'list', argv: () => ['list'], exitCode: 0 },
  { name: 'list, none', argv: () => ['list', '--consumer=spare'], exitCode: 0 },
  { name: 'list, unknown consumer', argv: () => ['list', '--consumer=nobody'], exitCode: 3 },
  {
    name: 'list, closed port',
    argv: async () => ['list', '--timeout=500ms', `--http-endpoint=http://127.0.0.1:${await freePort()}`],
    exitCode: 8,
  },
  { name: 'wait, must exist', argv: () => ['wait', '--name=nothing', '--consumer=c1', '--must-exist'], exitCode: 3 },
  { name: 'wait, timed out', argv: () => ['wait', '--name=nothing', '--consumer=c1', '--timeout=500ms'], exitCode: 6 },
  { name: 'wait, bad expression', argv: () => ['wait', '--name=m', '--consumer=c1', '--for=('], exitCode: 2 },
  { name: 'consumer list', argv: () => ['consumer', 'list'], exitCode: 0 },
  { name: 'no such command', argv: () => ['nonsense'], exitCode: 2 },
];

async function expectOneValue({ argv, exitCode }: Machine, folder: string): Promise<void> {
  const run = await cli([...(await argv(folder)), '-o', 'json'], { env });
  expect(run.exitCode, run.stderr).toBe(exitCode);
  const value = JSON.parse(run.stdout) as { error?: { exitCode: number }; works?: { error?: { exitCode: number } }[] };
  const error = value.error ?? value.works?.find((work) => work.error !== undefined)?.error;
  if (exitCode === 0) expect(error).toBeUndefined();
  else expect(error?.exitCode).toBe(exitCode);
}

describe('-o json is exactly one JSON value on stdout, on errors too, and the exit code does not depend on it', () => {
  test.each(successive)('$name', (machine) => expectOneValue(machine, testFolder()));
  test.concurrent.each(independent)('$name', (machine) => expectOneValue(machine, testFolder()));

  test('a list that breaks off after its first page is an error, not a shorter list', async () => {
    const half = await cli(['list', '--consumer=c1', '--consumer=nobody', '-o', 'json'], { env });
    expect(JSON.parse(half.stdout)).toMatchObject({ error: { reason: 'ConsumerNotFound' } });
    expect(half.exitCode).toBe(3);
  });

  test.concurrent.each(['-ojson', '--output json', '--output=json'])(
    'errors know the spelling %s',
    async (spelling) => {
      const run = await cli(['list', '--consumer=nobody', ...spelling.split(' ')], { env });
      expect(JSON.parse(run.stdout)).toMatchObject({ error: { exitCode: 3 } });
    },
  );
});
