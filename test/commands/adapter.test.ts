import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseFor } from '../support/parse-for.ts';
import { commands } from '../../src/commands/index.ts';
import { deleteCommand } from '../../src/commands/delete/command.ts';
import { getCommand } from '../../src/commands/get/command.ts';
import { waitCommand } from '../../src/commands/wait/command.ts';
import { watchCommand } from '../../src/commands/watch/command.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { usageErrorOf } from '../command-line/support.ts';
import { runCli, type CliOptions, type CliRun } from '../support/run-cli.ts';

describe('every command that takes --name', () => {
  // The --name of a migration is a template for the works of every adapter.
  const named = commands
    .filter(({ name }) => name !== 'migrate plan')
    .filter(({ flags }) => flags.some((flag) => /(^|\s)--name\b/.test(flag.flags)));
  it('is known to this test', () => {
    expect(named.map(({ name }) => name).sort()).toEqual([
      'apply',
      'build',
      'delete',
      'describe',
      'diff',
      'edit',
      'events',
      'get',
      'history',
      'job render',
      'rollback',
      'validate',
      'wait',
      'watch',
    ]);
  });

  it.each(named.map(({ name, flags }) => ({ name, flags })))('$name takes --adapter', ({ flags }) => {
    expect(flags.map((flag) => flag.flags)).toContain('--adapter <type>');
  });
});

describe('argv to what is named', () => {
  const address = { by: 'name', name: 'hyperfleet-c1-nodepool', consumer: 'c1' };
  it.each([
    { argv: ['--adapter=nodepool'] },
    { argv: ['--adapter=nodepool', '--name=hyperfleet-c1-nodepool'] },
    { argv: ['--adapter=nodepool', '--name=hyperfleet-{{ consumer.name }}-nodepool'] },
    { argv: ['--name=hyperfleet-{{ consumer.name }}-nodepool'] },
    { argv: ['--name=hyperfleet-{{consumer.name}}-nodepool', '--name=hyperfleet-c1-nodepool'] },
  ])('$argv is one work for reading, waiting, watching and deleting', ({ argv }) => {
    const full = [...argv, '--consumer=c1'];
    // One work is named once there, however two names might come to it.
    if (argv.filter((word) => word.startsWith('--name')).length < 2)
      expect(parseFor(getCommand, full)).toMatchObject({ address });
    expect(parseFor(waitCommand, full)).toMatchObject({ addresses: [address] });
    expect(parseFor(watchCommand, full)).toMatchObject({ scope: { by: 'address', addresses: [address] } });
    expect(parseFor(deleteCommand, full)).toMatchObject({
      addresses: [address],
      manager: argv[0] === '--adapter=nodepool' ? 'nodepool' : 'maestro-cli',
    });
  });

  it.each([
    {
      argv: ['--adapter=nodepool', '--name=other', '--consumer=c1'],
      message: '--name and --adapter both name the work, and differently; leave one out',
    },
    {
      argv: ['--adapter=nodepool', '--name=hyperfleet-c1-nodepool', '--all-consumers'],
      message: '--name and --adapter both name the work, and differently; leave one out',
    },
    { argv: ['--adapter=nodepool'], message: '--consumer is missing for --adapter=nodepool' },
    {
      argv: ['--adapter=nodepool', '--id=88970ef2-5090-52c2-a2ad-d83fabe28ed0'],
      message: '--adapter and --id both name works; leave one out',
    },
    { argv: ['--adapter=Bad', '--consumer=c1'], message: /^the work name made of consumer and adapter is not valid/ },
    {
      argv: ['--name=w-{{ consumer.nme }}', '--all-consumers'],
      message: '"{{ consumer.nme }}" in --name is no expression',
    },
    {
      argv: ['--name=W-{{ consumer.name }}', '--all-consumers'],
      message: '"W-{{ consumer.name }}" is no name of a work: it must be a DNS label',
    },
    {
      argv: ['--name=np-{{ consumer.labels.zone }}', '--consumer=c1'],
      message: '--name=np-{{ consumer.labels.zone }} asks for a label, and labels are read for several consumers only',
    },
    { argv: ['--all-consumers'], message: 'no work was named' },
  ])('$argv is a usage error', ({ argv, message }) => {
    const error = usageErrorOf(() => parseFor(deleteCommand, argv));
    expect(error.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  it('deletes as the manager that was named, whatever the adapter', () => {
    expect(parseFor(deleteCommand, ['--adapter=nodepool', '--consumer=c1', '--manager=idp'])).toMatchObject({
      manager: 'idp',
    });
  });
});

describe('over clusters', () => {
  let maestro: StandIn;
  beforeAll(async () => {
    maestro = await startStandIn({
      consumers: [
        { name: 'c1', labels: { zone: 'eu' } },
        { name: 'c2', labels: { zone: 'us' } },
      ],
      agent: { delayMs: 5, deleteDelayMs: 5 },
    });
  });
  afterAll(() => maestro.close());

  const configMap = (name: string): string =>
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } });
  const run = (argv: readonly string[], options: CliOptions = {}): Promise<CliRun> =>
    runCli(argv, { endpoints: maestro, stdin: configMap('np'), ...options });
  async function done(...argv: readonly string[]): Promise<CliRun> {
    const ended = await run(argv);
    expect(ended.exitCode, ended.stderr).toBe(0);
    return ended;
  }
  const namesOf = (text: string): readonly string[] =>
    text
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('/').at(-1) ?? '')
      .sort();

  it('one adapter is applied, waited for, read, built on, compared and deleted by the same words', async () => {
    await done('apply', '-f', '-', '--adapter=nodepool', '--all-consumers');
    expect(
      namesOf(
        (await done('wait', '--adapter=nodepool', '--for=Applied', '--consumer-selector=zone in (eu,us)', '-o', 'name'))
          .stdout,
      ),
    ).toEqual(['hyperfleet-c1-nodepool', 'hyperfleet-c2-nodepool']);
    expect(parse((await done('get', '--adapter=nodepool', '--consumer=c1')).stdout)).toMatchObject({
      metadata: { name: 'hyperfleet-c1-nodepool' },
    });
    expect((await done('describe', '--adapter=nodepool', '--consumer=c1')).stdout).toContain('hyperfleet-c1-nodepool');
    expect((await done('diff', '-f', '-', '--adapter=nodepool', '--consumer=c1')).stdout).toBe('');
    expect((await done('validate', '-f', '-', '--adapter=nodepool', '--consumer=c1')).stdout).not.toContain('unnamed');
    const built = await run(['build', '-f', '-', '--adapter=nodepool', '--consumer=c1', '--apply'], {
      stdin: configMap('np2'),
    });
    expect(built.stdout).toContain('hyperfleet-c1-nodepool updated (version 2)');
    const all = await done('delete', '--adapter=nodepool', '--all-consumers', '-y', '--watch');
    expect(all.stderr).toContain('2 works on 2 consumers: 2 removed');
  });

  it('a document that names its consumer need not have it named again', async () => {
    const document = (metadata: Readonly<Record<string, string>>): string =>
      JSON.stringify({
        apiVersion: 'work.open-cluster-management.io/v1',
        kind: 'ManifestWork',
        metadata: { name: 'any', ...metadata },
        spec: { workload: { manifests: [JSON.parse(configMap('np')) as unknown] } },
      });
    const applied = await run(['apply', '-f', '-', '--adapter=here'], { stdin: document({ namespace: 'c2' }) });
    expect(applied.stdout).toContain('hyperfleet-c2-here created (version 1)');
    const again = await run(['apply', '-f', '-', '--adapter=here', '--consumer=c2'], { stdin: document({}) });
    expect(again.stdout).toContain('hyperfleet-c2-here unchanged (version 1)');
    const open = await run(['apply', '-f', '-', '--adapter=here'], { stdin: document({}) });
    expect(open).toMatchObject({ exitCode: 2, stdout: '' });
    expect(open.stderr).toContain('--adapter needs the consumer, which is part of the name');
    await done('delete', '--adapter=here', '--consumer=c2', '--watch');
  });

  it('templates of names do the same', async () => {
    await done('apply', '-f', '-', '--name=np-{{ consumer.labels.zone }}', '--template-consumer', '--all-consumers');
    expect(
      namesOf(
        (await done('wait', '--name=np-{{ consumer.labels.zone }}', '--for=Applied', '--all-consumers', '-o', 'name'))
          .stdout,
      ),
    ).toEqual(['np-eu', 'np-us']);
    const deleted = await done(
      'delete',
      '--name=np-{{ consumer.labels.zone }}',
      '--consumer=c1',
      '--consumer=c2',
      '-y',
      '-o',
      'name',
    );
    expect(namesOf(deleted.stdout)).toEqual(['np-eu', 'np-us']);
    const before = maestro.publishes().length;
    const missing = await run(['delete', '--name=np-{{ consumer.labels.ring }}', '--all-consumers', '-y']);
    expect(missing).toMatchObject({ exitCode: 2, stdout: '' });
    expect(missing.stderr).toContain('the consumer c1 has no label ring, which --name asks for');
    expect(maestro.publishes()).toHaveLength(before);
  });

  it('what an adapter wrote is its own: another manager does not delete it', async () => {
    await done('apply', '-f', '-', '--adapter=own', '--consumer=c1');
    expect(await run(['delete', '--name=hyperfleet-c1-own', '--consumer=c1'])).toMatchObject({ exitCode: 10 });
    await done('delete', '--adapter=own', '--consumer=c1', '--watch');
  });

  it('a work is labelled with its adapter, and the label does not come and go', async () => {
    const version = async (): Promise<unknown> => {
      const { metadata } = parse((await done('get', '--adapter=lab', '--consumer=c1')).stdout) as {
        metadata: { labels?: unknown; generation: unknown };
      };
      return { labels: metadata.labels, version: metadata.generation };
    };
    const labelled = { 'hyperfleet.io/adapter': 'lab' };
    await done('apply', '-f', '-', '--name=hyperfleet-c1-lab', '--manager=lab', '--consumer=c1');
    expect(await version()).toEqual({ labels: undefined, version: 1 });
    await done('apply', '-f', '-', '--adapter=lab', '--consumer=c1');
    expect(await version()).toEqual({ labels: labelled, version: 2 });
    for (const argv of [
      ['--name=hyperfleet-c1-lab', '--manager=lab'],
      ['--adapter=lab'],
      ['--name=hyperfleet-c1-lab', '--manager=lab'],
    ]) {
      expect((await done('apply', '-f', '-', '--consumer=c1', ...argv)).stdout).toContain('unchanged (version 2)');
    }
    const changed = await run(['apply', '-f', '-', '--name=hyperfleet-c1-lab', '--manager=lab', '--consumer=c1'], {
      stdin: configMap('other'),
    });
    expect(changed.stdout).toContain('updated (version 3)');
    expect(await version()).toEqual({ labels: labelled, version: 3 });
    const theirs = JSON.stringify({
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { name: 'x', labels: { 'hyperfleet.io/adapter': 'said' } },
      spec: { workload: { manifests: [JSON.parse(configMap('np')) as unknown] } },
    });
    await run(['apply', '-f', '-', '--adapter=said-otherwise', '--consumer=c1'], { stdin: theirs });
    expect(parse((await done('get', '--adapter=said-otherwise', '--consumer=c1')).stdout)).toMatchObject({
      metadata: { labels: { 'hyperfleet.io/adapter': 'said' } },
    });
  });

  it('list shows the works of an adapter, by label or by name, and those in which a manager owns something', async () => {
    await done('apply', '-f', '-', '--adapter=shown', '--consumer=c1');
    await done('apply', '-f', '-', '--name=hyperfleet-c2-shown', '--consumer=c2');
    await done('apply', '-f', '-', '--name=shared', '--manager=first', '--consumer=c2');
    const merged = await run(['apply', '-f', '-', '--name=shared', '--manager=second', '--merge', '--consumer=c2'], {
      stdin: configMap('theirs'),
    });
    expect(merged.exitCode, merged.stderr).toBe(0);
    expect(namesOf((await done('list', '--adapter=shown', '-o', 'name')).stdout)).toEqual([
      'hyperfleet-c1-shown',
      'hyperfleet-c2-shown',
    ]);
    expect(namesOf((await done('list', '--manager=shown', '-o', 'name')).stdout)).toEqual(['hyperfleet-c1-shown']);
    for (const manager of ['first', 'second'])
      expect(namesOf((await done('list', `--manager=${manager}`, '-o', 'name')).stdout)).toEqual(['shared']);
    // What has no record is the source's.
    expect(namesOf((await done('list', '--manager=maestro-cli', '-o', 'name')).stdout)).toContain(
      'hyperfleet-c2-shown',
    );
    // The variable says who writes, not what is looked for.
    const all = await run(['list', '-o', 'name'], { env: { MAESTRO_MANAGER: 'first' } });
    expect(namesOf(all.stdout)).toContain('hyperfleet-c1-shown');
  });

  it('plain manifests without a name are told of --adapter, too', async () => {
    const nameless = await run(['apply', '-f', '-', '--consumer=c1']);
    expect(nameless).toMatchObject({ exitCode: 2 });
    expect(nameless.stderr).toContain('--adapter, which names it hyperfleet-{consumer}-{type}');
  });

  it('a run that fails early names the work of its adapter in the result', async () => {
    const bad = await run(['wait', '--adapter=nodepool', '--consumer=c1', '--for=((', '--results-path=r.json']);
    expect(bad.exitCode).toBe(2);
    expect(JSON.parse(bad.files['r.json'] ?? '')).toMatchObject({
      manifestWorkName: 'hyperfleet-c1-nodepool',
      consumer: 'c1',
    });
  });
});
