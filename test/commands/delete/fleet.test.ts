import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseFor } from '../../support/parse-for.ts';
import { deleteCommand } from '../../../src/commands/delete/command.ts';
import type { DeleteOptions } from '../../../src/commands/delete/options.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { resultOf } from '../support/result.ts';
import { workYaml } from '../support/works.ts';

const parsed = (argv: readonly string[]): DeleteOptions => parseFor(deleteCommand, argv);

describe('argv to options', () => {
  it.each([
    {
      argv: ['-n', 'w', '-c', 'c1', '-c', 'c2'],
      options: {
        addresses: [],
        fleet: {
          consumers: { kind: 'named', names: ['c1', 'c2'] },
          namings: [{ by: 'name', name: 'w' }],
          maxConcurrency: 16,
        },
        yes: false,
        timeoutMs: 270_000,
      },
    },
    {
      argv: ['-n', 'w', '-n', 'v', '--all-consumers', '-y', '--max-failures=2', '--max-concurrency=3'],
      options: {
        fleet: {
          consumers: { kind: 'all' },
          namings: [
            { by: 'name', name: 'w' },
            { by: 'name', name: 'v' },
          ],
          maxFailures: 2,
          maxConcurrency: 3,
        },
        yes: true,
      },
    },
    { argv: ['-n', 'w', '-c', 'c1', '-c', 'c1'], options: { addresses: [{ by: 'name', name: 'w', consumer: 'c1' }] } },
  ])('$argv', ({ argv, options }) => {
    expect(parsed(argv)).toMatchObject(options);
  });

  it.each([
    { argv: ['--all-consumers'], message: 'no work was named' },
    { argv: ['-n', 'W', '--all-consumers'], message: '"W" is no name of a work: it must be a DNS label' },
    {
      argv: ['--id=88970ef2-5090-52c2-a2ad-d83fabe28ed0', '--all-consumers'],
      message: '--id names one work on one consumer; leave the choice of consumers out',
    },
    {
      argv: ['-n', 'w', '-c', 'c1', '--consumers-from=f'],
      message: '--consumer and --consumers-from both choose consumers; leave one out',
    },
  ])('$argv is a usage error', ({ argv, message }) => {
    expect(usageErrorOf(() => parsed(argv)).message).toBe(message);
  });
});

describe('options to effects', () => {
  let maestro: StandIn;
  beforeAll(async () => {
    const labels = { env: 'prod' };
    maestro = await startStandIn({
      consumers: [{ name: 'c1', labels }, { name: 'c2', labels }, 'c3'],
      agent: { delayMs: 5, deleteDelayMs: 5 },
      agents: { c3: { online: false } },
    });
  });
  afterAll(() => maestro.close());

  const line = (name: string, text: string): string => `manifestwork.work.open-cluster-management.io/${name} ${text}\n`;
  const run = (argv: readonly string[], more: Parameters<typeof runCli>[1] = {}): Promise<CliRun> =>
    runCli(['delete', ...argv], { endpoints: maestro, ...more });
  const sorted = (text: string): readonly string[] =>
    text
      .split('\n')
      .filter((one) => one !== '')
      .sort();
  async function applied(name: string, ...argv: readonly string[]): Promise<number> {
    const done = await runCli(['apply', '-f', 'w.yaml', '-c', 'c1', '-c', 'c2', ...argv], {
      endpoints: maestro,
      files: { 'w.yaml': workYaml(name) },
    });
    expect(done.exitCode, done.stderr).toBe(0);
    return maestro.publishes().length;
  }

  it('is refused where nobody can be asked, before anything is read or sent', async () => {
    const from = await applied('asked');
    const done = await run(['-n', 'asked', '--all-consumers', '--results-path=r.json'], {
      endpoints: { httpEndpoint: 'http://127.0.0.1:1', grpcEndpoint: '127.0.0.1:1' },
    });
    expect(done).toMatchObject({ exitCode: 2, stdout: '' });
    expect(done.stderr).toContain('this asks first, and there is no terminal to ask on\nhint: Give -y.');
    expect(resultOf(done, 'r.json')).toMatchObject({ status: 'Failed' });
    const noAnswer = await run(['-n', 'asked', '--consumers-from=-'], { interactive: true, stdin: 'c1\n' });
    expect(noAnswer).toMatchObject({ exitCode: 2 });
    expect(maestro.publishes().length).toBe(from);
  });

  it.each([
    { answer: 'y\n', exitCode: 0, sends: 2 },
    { answer: 'YES\n', exitCode: 0, sends: 2 },
    { answer: '\n', exitCode: 2, sends: 0 },
    { answer: 'no\n', exitCode: 2, sends: 0 },
  ])('asks, and does $sends deletes for $answer', async ({ answer, exitCode, sends }) => {
    const name = `answer-${answer.trim().toLowerCase()}-x`;
    const from = await applied(name);
    const done = await run(['-n', name, '--consumer-selector=env=prod'], { interactive: true, stdin: answer });
    expect(done.exitCode).toBe(exitCode);
    expect(done.stderr).toContain(`Delete the work ${name} on 2 consumers (c1, c2)? [y/N] `);
    expect(maestro.publishes().length - from).toBe(sends);
  });

  it('deletes from all, waits, and passes over those without the work', async () => {
    await applied('all');
    const done = await run(['-n', 'all', '--all-consumers', '-y', '--watch', '--results-path=r.json']);
    expect(done).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/3 works on 3 consumers: 2 removed, 1 not found\n$/) as string,
    });
    expect(sorted(done.stdout)).toEqual(
      sorted(
        ['c1', 'c2']
          .map((on) => line('all', `deletion requested on ${on}`) + line('all', `removed from Maestro on ${on}`))
          .join(''),
      ),
    );
    expect(resultOf(done, 'r.json')).toMatchObject({
      status: 'Applied',
      works: [
        { consumer: 'c1' },
        { consumer: 'c2' },
        { consumer: 'c3', message: expect.stringContaining('nothing to delete') as string },
      ],
    });
  });

  it('does nothing in a dry run, and asks nothing', async () => {
    const from = await applied('dry');
    const done = await run(['-n', 'dry', '-c', 'c1', '-c', 'c2', '--dry-run', '--orphan']);
    expect(done).toMatchObject({ exitCode: 0, stderr: '2 works on 2 consumers: 2 would change, nothing sent\n' });
    expect(sorted(done.stdout)[0]).toBe(
      line(
        'dry',
        'would be orphaned first, so that the objects of its 1 manifest stay, and then deleted (dry run, nothing sent) on c1',
      ).trimEnd(),
    );
    expect(maestro.publishes().length).toBe(from);
  });

  it('tells a wait that was cut short from a failure', async () => {
    const made = await runCli(['apply', '-f', 'w.yaml', '-c', 'c1', '-c', 'c3'], {
      endpoints: maestro,
      files: { 'w.yaml': workYaml('cut') },
    });
    expect(made.exitCode, made.stderr).toBe(0);
    const done = await run([
      '-n',
      'cut',
      '-c',
      'c1',
      '-c',
      'c2',
      '-c',
      'c3',
      '-y',
      '--watch',
      '--timeout=2s',
      '-o',
      'json',
    ]);
    expect(done).toMatchObject({
      exitCode: 6,
      stderr: expect.stringContaining('3 works on 3 consumers: 1 removed, 1 not found, 1 pending\n') as string,
    });
    expect(done.stderr).toContain('go on waiting with: maestro-cli wait cut -c c3 --for=Deleted\n');
    expect(JSON.parse(done.stdout)).toMatchObject({
      works: [{}, {}, { consumer: 'c3', phase: 'InProgress', exitCode: 6 }],
      summary: { works: 3, consumers: 3, removed: 1, notFound: 1, failed: 0, notFinished: 1, notBegun: 0 },
    });
  });

  it('tells of taking manifests out, too, what was not seen to the end', async () => {
    const two = workYaml('part').replace(
      'manifests:',
      'manifests:\n    - {apiVersion: v1, kind: ConfigMap, metadata: {name: more, namespace: default}}',
    );
    const made = await runCli(['apply', '-f', 'w.yaml', '-c', 'c1', '-c', 'c3'], {
      endpoints: maestro,
      files: { 'w.yaml': two },
    });
    expect(made.exitCode, made.stderr).toBe(0);
    const reduce = (): Promise<CliRun> =>
      run([
        ...['-n', 'part', '-c', 'c1', '-c', 'c3', '-y', '--resource=ConfigMap/default/more'],
        ...['--watch', '--timeout=2s', '-o', 'json'],
      ]);
    const done = await reduce();
    expect(done).toMatchObject({
      exitCode: 6,
      stderr: expect.stringContaining('2 works on 2 consumers: 1 changed, 1 pending\n') as string,
    });
    expect(JSON.parse(done.stdout)).toMatchObject({
      works: [
        { consumer: 'c1', phase: 'Applied', version: 2 },
        { consumer: 'c3', phase: 'InProgress', version: 2, reason: 'Timeout' },
      ],
      summary: { changed: 1, notFinished: 1 },
    });
    expect(done.stderr).toContain('go on waiting with: maestro-cli wait part -c c3 --for=Applied\n');
    // Made again, it finds them taken out; that is still not seen where the agent is away.
    const from = maestro.publishes().length;
    const again = await reduce();
    expect(again).toMatchObject({
      exitCode: 6,
      stderr: expect.stringContaining('2 works on 2 consumers: 1 unchanged, 1 pending\n') as string,
    });
    expect(JSON.parse(again.stdout)).toMatchObject({
      works: [
        { consumer: 'c1', phase: 'Applied', operation: 'unchanged', version: 2 },
        { consumer: 'c3', phase: 'InProgress', operation: 'unchanged', version: 2, reason: 'Timeout' },
      ],
      summary: { changed: 0, unchanged: 1, notFinished: 1 },
    });
    expect(maestro.publishes().length).toBe(from);
  });

  it('tells what was taken out of a work, too, when somebody else writes it while that is waited for', async () => {
    const two = workYaml('lost').replace(
      'manifests:',
      'manifests:\n    - {apiVersion: v1, kind: ConfigMap, metadata: {name: more, namespace: default}}',
    );
    const store = (content: string, consumers: readonly string[]): Promise<CliRun> =>
      runCli(['apply', '-f', 'w.yaml', ...consumers], { endpoints: maestro, files: { 'w.yaml': content } });
    await store(two, ['-c', 'c1', '-c', 'c3']);
    const from = maestro.publishes().length;
    const running = run([
      '-n',
      'lost',
      '-c',
      'c1',
      '-c',
      'c3',
      '-y',
      '--resource=ConfigMap/default/more',
      '--watch',
      '-o',
      'json',
      '--results-path=r.json',
    ]);
    await vi.waitUntil(() => maestro.publishes().length === from + 2, { timeout: 10_000 });
    await store(workYaml('lost', { value: 'two' }), ['-c', 'c3']);
    const done = await running;
    expect(done.exitCode, done.stderr).toBe(5);
    const removed = [{ kind: 'ConfigMap', name: 'more' }];
    const outcome = { consumer: 'c3', removed };
    expect(JSON.parse(done.stdout)).toMatchObject({
      works: [
        { consumer: 'c1', removed },
        { ...outcome, operation: 'updated', reason: 'Superseded' },
      ],
    });
    expect(resultOf(done, 'r.json')).toMatchObject({ works: [{ consumer: 'c1', removed }, outcome] });
  });

  it.each([
    { watch: [], done: 'deletion requested', told: '2 deletion requested, 1 failed' },
    { watch: ['--watch'], done: 'removed from Maestro', told: '2 removed, 1 failed' },
    { watch: ['--watch', '--via=stream'], done: 'removed from', told: '2 removed, 1 failed' },
  ])(
    'lets no agent that is away keep the others from being orphaned and deleted: $watch',
    async ({ watch, done, told }) => {
      const name = `away-${watch.length}`;
      const made = await runCli(['apply', '-f', 'w.yaml', '-c', 'c1', '-c', 'c2', '-c', 'c3'], {
        endpoints: maestro,
        files: { 'w.yaml': workYaml(name) },
      });
      expect(made.exitCode, made.stderr).toBe(0);
      const from = maestro.publishes().length;
      const ended = await run([
        ...['-n', name, '-c', 'c3', '-c', 'c1', '-c', 'c2', '-y', '--orphan', '--max-concurrency=1', '--timeout=4s'],
        ...[...watch, '--results-path=r.json'],
      ]);
      expect(ended.exitCode, ended.stderr).toBe(6);
      expect(ended.stderr).toContain(`3 works on 3 consumers: ${told}\n`);
      for (const on of ['c1', 'c2']) {
        expect(ended.stdout).toContain(line(name, `its objects stay on the cluster (orphaned at version 2) on ${on}`));
        expect(ended.stdout).toContain(line(name, `deletion requested on ${on}`));
        expect(ended.stdout).toMatch(new RegExp(`${name} ${done}.* on ${on}\n`));
      }
      expect(ended.stdout).not.toContain('on c3');
      expect(maestro.publishes().slice(from)).toHaveLength(5);
      expect(resultOf(ended, 'r.json')).toMatchObject({
        works: [
          {
            consumer: 'c3',
            status: 'Failed',
            message: expect.stringMatching(/nothing was deleted, .* \(Orphan, version 2\)$/) as string,
          },
          { consumer: 'c1', status: watch.length === 0 ? 'InProgress' : 'Applied' },
          { consumer: 'c2' },
        ],
      });
    },
  );

  it('lets no agent that is away keep the others from being reduced and waited for', async () => {
    const two = workYaml('reduced').replace(
      'manifests:',
      'manifests:\n    - {apiVersion: v1, kind: ConfigMap, metadata: {name: more, namespace: default}}',
    );
    await runCli(['apply', '-f', 'w.yaml', '-c', 'c1', '-c', 'c2', '-c', 'c3'], {
      endpoints: maestro,
      files: { 'w.yaml': two },
    });
    const done = await run([
      ...['-n', 'reduced', '-c', 'c3', '-c', 'c1', '-c', 'c2', '-y', '--resource=ConfigMap/default/more'],
      ...['--watch', '--max-concurrency=1', '--timeout=3s'],
    ]);
    expect(done.exitCode, done.stderr).toBe(6);
    expect(done.stderr).toContain('3 works on 3 consumers: 2 changed, 1 pending\n');
  });

  it('names the consumers that do not exist, and goes on with the others', async () => {
    await applied('typo');
    const done = await run(['-n', 'typo', '-c', 'c1', '-c', 'c-one', '-c', 'c3', '-y']);
    expect(done).toMatchObject({ exitCode: 3, stdout: line('typo', 'deletion requested on c1') });
    expect(done.stderr).toBe(
      '3 works on 3 consumers: 1 deletion requested, 1 not found, 1 failed\nerror: typo on c-one: there is no consumer named c-one\nhint: See the names with: maestro-cli consumer list\n',
    );
  });

  it('goes on after a failure unless there are too many', async () => {
    const files = { 'w.yaml': workYaml('mixed') };
    for (const [consumer, source] of [
      ['c1', 'other'],
      ['c2', 'maestro-cli'],
    ] as const) {
      await runCli(['apply', '-f', 'w.yaml', '-c', consumer, `--source-id=${source}`], { endpoints: maestro, files });
    }
    const stopped = await run([
      '-n',
      'mixed',
      '-c',
      'c1',
      '-c',
      'c2',
      '-y',
      '--max-failures=1',
      '--max-concurrency=1',
      '-o',
      'json',
    ]);
    expect(stopped.exitCode).toBe(10);
    expect(stopped.stderr).toContain(
      'warning: stopped, because 1 work failed (the limit is 1): 1 work not begun, on c2\n',
    );
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      works: [{ reason: 'ForeignWork' }, { reason: 'NotBegun', exitCode: 10 }],
    });
    const done = await run(['-n', 'mixed', '-c', 'c1', '-c', 'c2', '-y']);
    expect(done).toMatchObject({ exitCode: 10, stdout: line('mixed', 'deletion requested on c2') });
    expect(done.stderr).toContain('2 works on 2 consumers: 1 deletion requested, 1 failed\n');
  });
});
