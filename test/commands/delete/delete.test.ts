import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFor } from '../../support/parse-for.ts';
import { deleteCommand } from '../../../src/commands/delete/command.ts';
import type { DeleteOptions } from '../../../src/commands/delete/options.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { adapterResultOf, resultOf } from '../support/result.ts';
import { workYaml } from '../support/works.ts';

const id = '88970ef2-5090-52c2-a2ad-d83fabe28ed0';
const parsed = (argv: readonly string[]): DeleteOptions => parseFor(deleteCommand, argv);
const work = ['--name=w', '--consumer=c1'];

describe('argv to options', () => {
  it.each([
    {
      argv: work,
      options: {
        addresses: [{ by: 'name', name: 'w', consumer: 'c1' }],
        watch: false,
        dryRun: false,
        output: 'text',
        timeoutMs: 30_000,
      },
    },
    { argv: [...work, '--all'], options: { watch: false } },
    { argv: [...work, '--watch'], options: { watch: true, timeoutMs: 270_000 } },
    { argv: [...work, '--wait'], options: { watch: true, timeoutMs: 270_000 } },
    { argv: [...work, '--wait', '--watch'], options: { watch: true } },
    { argv: [...work, '--dry-run'], options: { dryRun: true } },
    { argv: [...work, '--dry-run', '--watch', '--via=stream'], options: { dryRun: true, watch: false } },
    { argv: [`--id=${id}`, '-o', 'json'], options: { addresses: [{ by: 'id', id }], output: 'json' } },
  ])('$argv', ({ argv, options }) => {
    expect(parsed(argv)).toMatchObject(options);
  });

  it.each([
    { argv: [], message: 'no work was named' },
    { argv: ['--name=w'], message: '--consumer is missing for w' },
    { argv: ['--id=1'], message: '--id takes a UUID, not "1"' },
    { argv: [...work, '-o', 'table'], message: '--output does not know "table"' },
  ])('$argv is a usage error', ({ argv, message }) => {
    expect(usageErrorOf(() => parsed(argv)).message).toBe(message);
  });
});

describe('options to effects', () => {
  let maestro: StandIn;
  beforeAll(async () => {
    maestro = await startStandIn({
      consumers: ['c1', 'offline'],
      agent: { delayMs: 5, deleteDelayMs: 5 },
      agents: { offline: { online: false } },
    });
  });
  afterAll(() => maestro.close());

  const run = (argv: readonly string[]): Promise<CliRun> => runCli(['delete', ...argv], { endpoints: maestro });
  const line = (name: string, text: string): string => `manifestwork.work.open-cluster-management.io/${name} ${text}\n`;
  const sent = (from: number): readonly string[] =>
    maestro
      .publishes()
      .slice(from)
      .map(({ type, version }) => `${type.split('.').at(-1)} ${version}`);
  async function apply(name: string, consumer: string): Promise<number> {
    const applied = await runCli(['apply', '-f', 'w.yaml', `--consumer=${consumer}`], {
      endpoints: maestro,
      files: { 'w.yaml': workYaml(name) },
    });
    expect(applied.exitCode, applied.stderr).toBe(0);
    return maestro.publishes().length;
  }

  it('requests, and says no more than that', async () => {
    const from = await apply('one', 'offline');
    const done = await run(['--name=one', '--consumer=offline', '--results-path=r.json']);
    expect(done).toMatchObject({ exitCode: 0, stdout: line('one', 'deletion requested') });
    expect(resultOf(done, 'r.json')).toMatchObject({
      status: 'InProgress',
      message: expect.stringContaining('not yet seen gone') as string,
    });
    expect(sent(from)).toEqual(['delete_request 1']);
    const again = await run(['--name=one', '--consumer=offline']);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stdout).toMatch(/is being deleted since .*; not asked again\n$/);
    expect(sent(from)).toEqual(['delete_request 1']);
  });

  it('waits until the work is gone from Maestro', async () => {
    await apply('two', 'c1');
    const done = await run([
      '--name=two',
      '--consumer=c1',
      '--all',
      '--watch',
      '--results-path=r.json',
      '--results-format=adapter-result',
    ]);
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: line('two', 'deletion requested') + line('two', 'removed from Maestro'),
    });
    expect(adapterResultOf(done, 'r.json')).toMatchObject({
      reason: 'Deleted',
      phase: 'Applied',
      details: { operation: 'deleted' },
    });
  });

  it('times out as in progress when no agent answers', async () => {
    await apply('three', 'offline');
    const late = await run([
      '--name=three',
      '--consumer=offline',
      '--watch',
      '--timeout=2s',
      '--results-path=r.json',
      '--results-format=adapter-result',
    ]);
    expect(late.exitCode).toBe(6);
    expect(adapterResultOf(late, 'r.json')).toMatchObject({ reason: 'Timeout', phase: 'InProgress' });
  });

  it('succeeds for what is not there', async () => {
    const from = maestro.publishes().length;
    const absent = await run(['--name=none', '--consumer=c1', '--watch', '--results-path=r.json']);
    expect(absent).toMatchObject({ exitCode: 0, stdout: line('none', 'not found, nothing to delete') });
    expect(resultOf(absent, 'r.json')).toMatchObject({
      status: 'Applied',
      message: expect.stringContaining('nothing to delete') as string,
    });
    expect(await run([`--id=${id}`])).toMatchObject({ exitCode: 0, stdout: line(id, 'not found, nothing to delete') });
    expect(sent(from)).toEqual([]);
  });

  it('does not promise that objects stay when they are being deleted already', async () => {
    const from = await apply('late', 'offline');
    await run(['--name=late', '--consumer=offline']);
    const late = await run([
      '--name=late',
      '--consumer=offline',
      '--orphan',
      '--results-path=r.json',
      '--results-format=adapter-result',
    ]);
    expect(late).toMatchObject({ exitCode: 5, stdout: '' });
    expect(adapterResultOf(late, 'r.json')).toMatchObject({
      reason: 'BeingDeleted',
      message: expect.stringContaining('together with its objects') as string,
    });
    expect(sent(from)).toEqual(['delete_request 1']);
  });

  it('says that nothing was deleted when orphaning times out, and that the work keeps its objects now', async () => {
    const from = await apply('kept', 'offline');
    const late = await run([
      '--name=kept',
      '--consumer=offline',
      '--orphan',
      '--timeout=2s',
      '--results-path=r.json',
      '--results-format=adapter-result',
    ]);
    expect(late).toMatchObject({ exitCode: 6, stdout: '' });
    expect(adapterResultOf(late, 'r.json')).toMatchObject({
      reason: 'Timeout',
      message: expect.stringMatching(/nothing was deleted, .* \(Orphan, version 2\)$/) as string,
    });
    expect(sent(from)).toEqual(['update_request 1']);
  });

  it('sends nothing in a dry run', async () => {
    const from = await apply('four', 'offline');
    const dry = await run(['--name=four', '--consumer=offline', '--dry-run', '--watch']);
    expect(dry).toMatchObject({
      exitCode: 0,
      stdout: line('four', 'would be deleted with 1 manifest (dry run, nothing sent)'),
    });
    expect(sent(from)).toEqual([]);
  });

  it('waits for nothing in a dry run, of a work that is being deleted already neither', async () => {
    const from = await apply('going', 'offline');
    await run(['--name=going', '--consumer=offline']);
    const dry = await run(['--name=going', '--consumer=offline', '--dry-run', '--watch', '--timeout=2s']);
    expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is being deleted since') as string });
    expect(sent(from)).toEqual(['delete_request 1']);
  });

  it('goes on with the others when one fails, and names it', async () => {
    await apply('five', 'offline');
    const theirs = await runCli(['apply', '-f', 'w.yaml', '--consumer=offline', '--source-id=someone'], {
      endpoints: maestro,
      files: { 'w.yaml': workYaml('six') },
    });
    expect(theirs.exitCode).toBe(0);
    const mixed = await run(['-n', 'six', '-n', 'five', '-c', 'offline', '-o', 'json', '--results-path=r.json']);
    expect(mixed.exitCode).toBe(10);
    expect(JSON.parse(mixed.stdout)).toMatchObject({
      works: [
        { name: 'six', reason: 'ForeignWork' },
        { name: 'five', reason: 'DeletionRequested' },
      ],
    });
    expect(resultOf(mixed, 'r.json')).toMatchObject({
      status: 'Failed',
      works: [{ status: 'Failed' }, { status: 'InProgress' }],
    });
  });

  it('prints names', async () => {
    await apply('seven', 'offline');
    expect(await run(['--name=seven', '--consumer=offline', '-o', 'name'])).toMatchObject({
      stdout: 'manifestwork.work.open-cluster-management.io/seven\n',
    });
  });
});

describe('a consumer that does not exist', () => {
  it.each([
    { argv: [] },
    { argv: ['--dry-run'] },
    { argv: ['--watch'] },
    { argv: ['--orphan'] },
    { argv: ['--resource=ConfigMap/settings'] },
  ])('is no success, for its typo would look like a work that is gone: $argv', async ({ argv }) => {
    const standIn = await startStandIn({ consumers: ['c1'] });
    try {
      const done = await runCli(
        ['delete', '--name=w', '--consumer=c-one', ...argv, '--results-path=r.json', '--results-format=adapter-result'],
        { endpoints: standIn },
      );
      expect(done).toMatchObject({ exitCode: 3, stdout: '' });
      expect(done.stderr).toBe(
        'error: w on c-one: there is no consumer named c-one\nhint: See the names with: maestro-cli consumer list\n',
      );
      expect(adapterResultOf(done, 'r.json')).toMatchObject({
        status: 'failure',
        reason: 'ConsumerNotFound',
        phase: 'Failed',
        manifestWorkName: 'w',
        consumer: 'c-one',
      });
      expect(standIn.publishes()).toEqual([]);
    } finally {
      await standIn.close();
    }
  });
});
