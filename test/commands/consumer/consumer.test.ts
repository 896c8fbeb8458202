import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFor } from '../../support/parse-for.ts';
import type { CommandSpec } from '../../../src/command-line/command-spec.ts';
import { consumerCommands } from '../../../src/commands/consumer/command.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { workYaml } from '../support/works.ts';

function parsed(command: string, argv: readonly string[]): unknown {
  const spec = consumerCommands.find(({ name }) => name === `consumer ${command}`);
  if (spec === undefined) throw new Error(`no command consumer ${command}`);
  return parseFor(spec as unknown as CommandSpec<unknown>, argv);
}

describe('argv to options', () => {
  it.each([
    {
      command: 'list',
      argv: [],
      options: { selector: [], output: { format: 'table' }, withWorks: true, timeoutMs: 270_000 },
    },
    ...[
      ['-o', 'name'],
      ['--no-works'],
      ['--columns=name,labels'],
      ['-o', 'custom-columns=N:.name'],
      ['--no-works', '-o', 'json'],
    ].map((argv) => ({
      command: 'list',
      argv,
      options: { withWorks: false, timeoutMs: 30_000 },
    })),
    ...[
      ['-o', 'yaml'],
      ['--columns=name,failing'],
      ['-o', 'custom-columns=N:.name,W:.works.total'],
      ['-o', 'jsonpath={.items[*].lastReport}'],
      ['-o', 'name', '--sort-by=works'],
      ['--columns=name', '--sort-by=.works.silent'],
    ].map((argv) => ({
      command: 'list',
      argv,
      options: { withWorks: true },
    })),
    {
      command: 'list',
      argv: ['-l', 'env=prod,region!=eu', '-o', 'name'],
      options: {
        selector: [
          { kind: 'equals', key: 'env', value: 'prod' },
          { kind: 'differs', key: 'region', value: 'eu' },
        ],
        output: { format: 'name' },
      },
    },
    { command: 'get', argv: ['c1'], options: { name: 'c1' } },
    { command: 'create', argv: ['c1'], options: { name: 'c1', labels: {} } },
    {
      command: 'create',
      argv: ['c1', '--label', 'a=b', '--label=example.com/c='],
      options: { labels: { a: 'b', 'example.com/c': '' } },
    },
    {
      command: 'update',
      argv: ['c1', '--label', 'a=b', '--remove-label=c'],
      options: { labels: { a: 'b' }, removeLabels: ['c'] },
    },
    { command: 'delete', argv: ['c1'], options: { yes: false } },
    { command: 'delete', argv: ['c1', '-y'], options: { yes: true } },
  ])('consumer $command $argv', ({ command, argv, options }) => {
    expect(parsed(command, argv)).toMatchObject(options);
  });

  it.each([
    { command: 'get', argv: [], message: "missing required argument 'name'" },
    { command: 'create', argv: ['C_1'], message: '"C_1" cannot name a consumer' },
    { command: 'create', argv: ['c1', '--label=a'], message: '--label a is no label' },
    { command: 'create', argv: ['c1', '--label=a=b c'], message: '--label a=b c is no label' },
    { command: 'create', argv: ['c1', '--label=a=1', '--label=a=2'], message: '--label a is given twice' },
    { command: 'update', argv: ['c1'], message: 'nothing to update' },
    { command: 'update', argv: ['c1', '--remove-label=a b'], message: '--remove-label a b is no label key' },
    {
      command: 'update',
      argv: ['c1', '--label=a=1', '--remove-label=a'],
      message: 'the label a is set and removed at once',
    },
    { command: 'list', argv: ['-o', 'yml'], message: '--output does not know "yml"' },
    {
      command: 'list',
      argv: ['--no-works', '--columns=name,silent'],
      message: 'the column silent is made of works, and --no-works reads none; leave one out',
    },
    {
      command: 'list',
      argv: ['--no-works', '--sort-by=state'],
      message: '--sort-by is made of works, and --no-works reads none; leave one out',
    },
  ])('consumer $command $argv is a usage error', ({ command, argv, message }) => {
    expect(usageErrorOf(() => parsed(command, argv)).message).toBe(message);
  });
});

describe('options to effects', () => {
  let maestro: StandIn;
  beforeAll(async () => {
    maestro = await startStandIn({
      consumers: [
        { name: 'c1', labels: { env: 'prod' } },
        { name: 'c2', labels: { env: 'stage', region: 'eu' } },
      ],
    });
  });
  afterAll(() => maestro.close());
  const run = (argv: readonly string[], more: Parameters<typeof runCli>[1] = {}): Promise<CliRun> =>
    runCli(['consumer', ...argv], { endpoints: maestro, ...more });

  it('lists all, or those that a selector takes', async () => {
    expect((await run(['list', '-o', 'name'])).stdout).toBe('c1\nc2\n');
    expect(await run(['list', '-l', 'env=prod', '-o', 'name'])).toMatchObject({ exitCode: 0, stdout: 'c1\n' });
    expect((await run(['list'])).stdout).toMatch(
      /^NAME +WORKS +STATES +LAST REPORT +LABELS +AGE\nc1 +0 +- +never +env=prod +\d+s\n/,
    );
    expect((await run(['list', '--no-works'])).stdout).toMatch(/^NAME +LABELS +AGE\n/);
    expect((await run(['list', '-o', 'wide'])).stdout).toMatch(/^NAME +WORKS +STATES +LAST REPORT +LABELS +AGE +ID\n/);
    const none = await run(['list', '-l', 'env=none', '-o', 'json']);
    expect(none).toMatchObject({ exitCode: 0, stdout: '[]\n' });
  });

  it('creates, gets by name and by id, updates and deletes', async () => {
    expect(await run(['create', 'c3', '--label', 'env=test'])).toMatchObject({
      exitCode: 0,
      stdout: 'consumer/c3 created\n',
    });
    const got = JSON.parse((await run(['get', 'c3', '-o', 'json'])).stdout) as { id: string };
    expect(got).toMatchObject({ name: 'c3', labels: { env: 'test' } });
    expect(await run(['get', got.id, '-o', 'name'])).toMatchObject({ exitCode: 0, stdout: 'c3\n' });
    expect(await run(['update', 'c3', '--label', 'region=us'])).toMatchObject({
      exitCode: 0,
      stdout: 'consumer/c3 updated\n',
    });
    expect(JSON.parse((await run(['get', 'c3', '-o', 'json'])).stdout)).toMatchObject({
      labels: { env: 'test', region: 'us' },
    });
    expect(await run(['update', 'c3', '--label', 'region=us'])).toMatchObject({ stdout: 'consumer/c3 unchanged\n' });
    expect(await run(['update', 'c3', '--remove-label', 'env'])).toMatchObject({ stdout: 'consumer/c3 updated\n' });
    expect(await run(['delete', 'c3', '-y'])).toMatchObject({ exitCode: 0, stdout: 'consumer/c3 deleted\n' });
    expect(await run(['get', 'c3'])).toMatchObject({ exitCode: 3, stdout: '' });
  });

  it('asks before it deletes, and does nothing unless told yes', async () => {
    expect(await run(['delete', 'c2'])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('Give -y') as string,
    });
    expect(await run(['get', 'c2', '-o', 'name'])).toMatchObject({ stdout: 'c2\n' });
  });

  it('passes refusals on', async () => {
    const twice = await run(['create', 'c1']);
    expect(twice.exitCode).toBe(5);
    expect(twice.stderr).toMatch(/^error: the consumer c1 exists already\nhint: To change its labels: /);
    await runCli(['apply', '-f', 'w.yaml', '--consumer=c1'], {
      endpoints: maestro,
      files: { 'w.yaml': workYaml('held') },
    });
    const refused = await run(['delete', 'c1', '-y']);
    expect(refused.exitCode).toBeGreaterThan(0);
    expect(refused.stderr).toMatch(/^error: /);
    expect(await run(['update', 'nobody', '--label', 'a=b'])).toMatchObject({ exitCode: 3 });
  });

  it('gives errors as json when json was asked for', async () => {
    const missing = await run(['get', 'nobody', '-o', 'json']);
    expect(missing.exitCode).toBe(3);
    expect(JSON.parse(missing.stdout)).toMatchObject({
      error: { code: 'not-found', reason: 'ConsumerNotFound', exitCode: 3 },
    });
  });
});
