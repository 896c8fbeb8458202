import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseFor } from '../../support/parse-for.ts';
import { applyCommand } from '../../../src/commands/apply/command.ts';
import type { ApplyOptions } from '../../../src/commands/apply/options.ts';
import { MaestroError } from '../../../src/errors.ts';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { emptyFolder, runCli, type CliRun } from '../../support/run-cli.ts';
import { adapterResultOf, resultOf } from '../support/result.ts';
import { jobYaml, workYaml } from '../support/works.ts';

const parsed = (argv: readonly string[]): ApplyOptions => parseFor(applyCommand, ['-f', 'w.yaml', ...argv]);

describe('argv to options', () => {
  const fleet = { maxConcurrency: 16, canary: 0, template: false };
  it.each([
    {
      argv: ['-c', 'c1', '-c', 'c2', '-c', 'c1'],
      options: { fleet: { ...fleet, consumers: { kind: 'named', names: ['c1', 'c2'] } }, timeoutMs: 270_000 },
    },
    { argv: ['--all-consumers'], options: { fleet: { ...fleet, consumers: { kind: 'all' } } } },
    { argv: ['--consumers-from=-'], options: { fleet: { consumers: { kind: 'file', path: '-' } } } },
    {
      argv: ['--consumer-selector=env=prod,!old'],
      options: {
        fleet: {
          consumers: {
            kind: 'selected',
            text: 'env=prod,!old',
            selector: [
              { kind: 'equals', key: 'env', value: 'prod' },
              { kind: 'missing', key: 'old' },
            ],
          },
        },
      },
    },
    {
      argv: ['-c', 'c1', '--max-concurrency=2', '--max-failures=3'],
      options: { fleet: { consumers: { names: ['c1'] }, maxConcurrency: 2, maxFailures: 3 } },
    },
    {
      argv: ['-c', 'c1', '-c', 'c2', '--canary=1', '--waves=10%'],
      options: { fleet: { canary: 1, canaryAwait: { text: 'Applied' }, waves: { kind: 'percent', percent: 10 } } },
    },
    {
      argv: ['--all-consumers', '--canary=1', '--watch=Available'],
      options: { fleet: { canaryAwait: { text: 'Available' } } },
    },
    { argv: ['-c', 'c1', '--template-consumer', '--journal=j'], options: { fleet: { template: true, journal: 'j' } } },
    { argv: ['--all-consumers', '--watch', '--via=stream'], options: { via: 'stream', await: { text: 'Applied' } } },
    { argv: ['--all-consumers', '--canary=1', '--via=stream'], options: { via: 'stream', fleet: { canary: 1 } } },
    { argv: ['--all-consumers', '--timeout=9s'], options: { timeoutMs: 9000 } },
  ])('$argv', ({ argv, options }) => {
    expect(parsed(argv)).toMatchObject(options);
  });

  it('one consumer, or none, is the usual apply', () => {
    expect(parsed(['-c', 'c1', '-c', 'c1'])).toMatchObject({ consumer: 'c1', timeoutMs: 30_000 });
    for (const argv of [[], ['-c', 'c1']]) expect(parsed(argv)).not.toHaveProperty('fleet');
  });

  it.each([
    {
      argv: ['-c', 'c1', '--all-consumers'],
      message: '--consumer and --all-consumers both choose consumers; leave one out',
    },
    {
      argv: ['--consumer-selector=a=b', '--consumers-from=f'],
      message: '--consumer-selector and --consumers-from both choose consumers; leave one out',
    },
    { argv: ['-c', 'c1', '-c', ''], message: '--consumer is empty' },
    { argv: ['-c', 'c1', '-c', 'C_2'], message: '"C_2" is no consumer name: it must be a DNS label' },
    { argv: ['--canary=1'], message: '--canary needs consumers' },
    { argv: ['--template-consumer'], message: '--template-consumer needs consumers' },
    { argv: ['--all-consumers', '--canary=0'], message: '--canary takes a whole number of at least 1, not "0"' },
    {
      argv: ['--all-consumers', '--waves=0%'],
      message: '--waves takes a number of consumers, or a part of them as 1% up to 100%, not "0%"',
    },
    {
      argv: ['--all-consumers', '--max-failures=0'],
      message: '--max-failures takes a whole number of at least 1, not "0"',
    },
    {
      argv: ['--all-consumers', '--via=stream'],
      message: '--via is for --watch, --wait and --canary: nothing else is waited for',
    },
    {
      argv: ['--all-consumers', '--journal=j', '--dry-run'],
      message: '--dry-run does nothing that a --journal could record',
    },
    { argv: ['--consumer-selector=a=='], message: null },
  ])('$argv', ({ argv, message }) => {
    if (message === null) expect(parsed(argv).fleet?.consumers).toMatchObject({ kind: 'selected' });
    else expect(usageErrorOf(() => parsed(argv)).message).toBe(message);
  });
});

describe('options to effects', () => {
  let maestro: StandIn;
  beforeAll(async () => {
    maestro = await startStandIn({
      consumers: [
        { name: 'c1', labels: { env: 'prod', 'a.b/zone': 'z1' } },
        { name: 'c2', labels: { env: 'prod' } },
        { name: 'c3', labels: { env: 'dev' } },
        'offline',
      ],
      agent: { delayMs: 5 },
      agents: { offline: { online: false }, c3: { failManifests: ['ConfigMap/default/settings'] } },
    });
  });
  afterAll(() => maestro.close());
  beforeEach(() => maestro.clearFaults());

  const line = (name: string, text: string): string => `manifestwork.work.open-cluster-management.io/${name} ${text}\n`;
  /** Every work here holds one and the same ConfigMap, of which the run warns; that is a test of its own. */
  const run = async (
    argv: readonly string[],
    files: Readonly<Record<string, string>>,
    more: Parameters<typeof runCli>[1] = {},
  ): Promise<CliRun> => {
    const done = await runCli(['apply', '-f', 'w.yaml', ...argv], { endpoints: maestro, files, ...more });
    return { ...done, stderr: done.stderr.replace(/^warning: .* overwrite each other\n/gm, '') };
  };
  const sorted = (text: string): readonly string[] =>
    text
      .split('\n')
      .filter((one) => one !== '')
      .sort();
  const sent = (from: number): number => maestro.publishes().length - from;

  it('writes to each, names each, and sums up', async () => {
    const files = { 'w.yaml': workYaml('each') };
    const first = await run(['-c', 'c1', '-c', 'c2', '--results-path=r.json'], files);
    expect(first).toMatchObject({ exitCode: 0, stderr: '2 works on 2 consumers: 2 created\n' });
    expect(sorted(first.stdout)).toEqual(
      sorted(line('each', 'created (version 1) on c1') + line('each', 'created (version 1) on c2')),
    );
    expect(resultOf(first, 'r.json')).toMatchObject({
      manifestWorkName: 'each',
      consumer: 'c1, c2',
      status: 'InProgress',
      works: [{ consumer: 'c1' }, { consumer: 'c2' }],
    });
    const from = maestro.publishes().length;
    const again = await run(['--consumers-from=-', '-o', 'json'], files, { stdin: 'c2 # last\nc1\n\nc2\n' });
    expect(JSON.parse(again.stdout)).toMatchObject({
      works: [
        { consumer: 'c2', operation: 'unchanged' },
        { consumer: 'c1', operation: 'unchanged' },
      ],
    });
    const named = await run(['-c', 'c1', '-c', 'c2', '-o', 'name'], files);
    expect(sorted(named.stdout)).toEqual(sorted(`${line('c1/each', '')}${line('c2/each', '')}`.replaceAll(' ', '')));
    expect(sent(from)).toBe(0);
  });

  it('waits for all of them', async () => {
    const done = await run(['--consumer-selector=env=prod', '--watch', '--results-path=r.json'], {
      'w.yaml': workYaml('waits'),
    });
    expect(done).toMatchObject({
      exitCode: 0,
      stderr: 'waiting for Applied on 2 works\n2 works on 2 consumers: 2 Applied (2 created)\n',
    });
    expect(
      done.stdout.endsWith(
        line('waits', 'condition met: Applied (version 1) on c1') +
          line('waits', 'condition met: Applied (version 1) on c2'),
      ),
    ).toBe(true);
    expect(resultOf(done, 'r.json')).toMatchObject({
      status: 'Applied',
      works: [{ status: 'Applied', resources: [{ kind: 'ConfigMap' }] }, {}],
    });
  });

  it('goes on after a failure, names it, and ends with its exit code', async () => {
    const from = maestro.publishes().length;
    const done = await run(
      ['-c', 'none', '-c', 'c1', '-c', 'gone', '--results-path=r.json', '--results-format=adapter-result'],
      { 'w.yaml': workYaml('partly') },
    );
    expect(done).toMatchObject({ exitCode: 3, stdout: line('partly', 'created (version 1) on c1') });
    expect(done.stderr).toMatch(
      /^3 works on 3 consumers: 1 created, 2 failed\nerror: there is no consumer named CONSUMER on 2: none, gone\nhint: /,
    );
    expect(adapterResultOf(done, 'r.json')).toMatchObject({
      reason: 'ConsumerNotFound',
      works: [{ status: 'failure' }, { status: 'success' }, { status: 'failure' }],
    });
    expect(sent(from)).toBe(1);
  });

  it('prints one error of many works once, with as many names as can be read, and what to do about it once', async () => {
    const names = Array.from({ length: 25 }, (_, at) => `gone-${at}`);
    const done = await run(['--consumers-from=names', '-o', 'json'], {
      'w.yaml': workYaml('nowhere'),
      names: names.join('\n'),
    });
    expect(done.exitCode).toBe(3);
    expect(done.stderr.match(/^error: /gm)).toHaveLength(1);
    expect(done.stderr).toContain('there is no consumer named CONSUMER on 25: gone-0, gone-1, ');
    expect(done.stderr).toContain(', gone-19 …\n');
    expect(done.stderr.match(/^hint: /gm)).toHaveLength(1);
    const { works } = JSON.parse(done.stdout) as {
      readonly works: readonly { readonly error: { readonly hint: string } }[];
    };
    expect(works.filter(({ error }) => error.hint !== '')).toHaveLength(25);
  });

  it('names every consumer on which it failed where no machine output has them', async () => {
    const names = Array.from({ length: 60 }, (_, at) => `gone-${at}`);
    const done = await run(['--consumers-from=names', '--quiet'], {
      'w.yaml': workYaml('nowhere'),
      names: names.join('\n'),
    });
    expect(done).toMatchObject({ exitCode: 3, stdout: '' });
    expect(done.stderr.match(/^error: /gm)).toHaveLength(1);
    expect(done.stderr).toContain('error: there is no consumer named CONSUMER on 60:\n  gone-0, gone-1, ');
    const words = new Set(done.stderr.split(/[\s,]+/));
    expect(names.filter((name) => !words.has(name))).toEqual([]);
  });

  it('gives several kinds of failure exit code 7', async () => {
    const done = await run(['-c', 'none', '-c', 'c3', '--watch', '--failure-grace=0s'], {
      'w.yaml': workYaml('kinds'),
    });
    expect(done.exitCode).toBe(7);
    const mixed = await run(['-c', 'none', '-c', 'offline', '--watch', '--timeout=2s'], {
      'w.yaml': workYaml('kinds'),
    });
    expect(mixed.exitCode).toBe(7);
    expect(mixed.stderr).toContain('there is no consumer named none');
    expect(mixed.stderr).toContain('timed out after 2s waiting for kinds on offline');
  });

  it.each([
    { title: 'the end of the time', argv: ['--timeout=2s'], exitCode: 6 },
    { title: 'a signal', argv: [], exitCode: 130 },
  ])('tells waits that $title cut short from failures', async ({ argv, exitCode }) => {
    const stop = new AbortController();
    const from = maestro.publishes().length;
    const done = run(
      ['-c', 'c1', '-c', 'none', '-c', 'offline', '--watch', '-o', 'json', ...argv],
      { 'w.yaml': workYaml(`cut-${exitCode}`) },
      { signal: stop.signal },
    );
    if (exitCode === 130) {
      // Long enough for the work on c1 to be seen applied.
      await expect.poll(() => sent(from), { timeout: 10_000 }).toBe(2);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
    }
    const ended = await done;
    expect(ended.exitCode).toBe(7);
    expect(ended.stderr).toContain('3 works on 3 consumers: 1 Applied, 1 failed, 1 pending (2 created)\n');
    expect(JSON.parse(ended.stdout)).toMatchObject({
      works: [{ exitCode: 0 }, { phase: 'Failed', exitCode: 3 }, { phase: 'InProgress', exitCode }],
      summary: {
        works: 3,
        consumers: 3,
        created: 2,
        updated: 0,
        unchanged: 0,
        doneBefore: 0,
        met: 1,
        failed: 1,
        failing: 0,
        pending: 1,
        silent: 0,
        notFinished: 1,
        notBegun: 0,
      },
    });
  });

  it('blames the time, not --max-failures, for the waves that it cut off', async () => {
    const done = await run(['-c', 'offline', '-c', 'c1', '--waves=1', '--watch', '--timeout=2s'], {
      'w.yaml': workYaml('late-wave'),
    });
    expect(done.exitCode).toBe(6);
    expect(done.stderr).toContain(
      '2 works on 2 consumers: 1 pending, 1 not begun (1 created)\nwarning: stopped, because the time was up: 1 work not begun, on c1\n',
    );
  });

  it('begins no more after --max-failures, and names what it left out', async () => {
    const from = maestro.publishes().length;
    const done = await run(
      ['-c', 'none', '-c', 'c1', '-c', 'c2', '--max-failures=1', '--max-concurrency=1', '--results-path=r.json'],
      { 'w.yaml': workYaml('stop') },
    );
    expect(done).toMatchObject({ exitCode: 3, stdout: '' });
    expect(done.stderr).toContain(
      'warning: stopped, because 1 work failed (the limit is 1): 2 works not begun, on c1, c2\n',
    );
    expect(resultOf(done, 'r.json')).toMatchObject({
      status: 'Failed',
      message: '1 of 3 works failed, and 2 were not begun: ManifestWork stop: there is no consumer named none',
      works: [
        {},
        {
          consumer: 'c1',
          status: 'Failed',
          message: 'ManifestWork stop on c1: not begun, because 1 work failed (the limit is 1)',
        },
        {},
      ],
    });
    expect(sent(from)).toBe(0);
  });

  it('stops at a canary that fails', async () => {
    const from = maestro.publishes().length;
    const done = await run(
      [
        '-c',
        'c3',
        '-c',
        'c1',
        '-c',
        'c2',
        '--canary=1',
        '--failure-grace=0s',
        '--results-path=r.json',
        '--results-format=adapter-result',
      ],
      { 'w.yaml': workYaml('canary') },
    );
    expect(done.exitCode).toBe(7);
    expect(done.stderr).toMatch(
      /^canary: waiting for Applied on 1 work\n3 works on 3 consumers: 1 failed, 2 not begun\nwarning: stopped, because the canary failed: 2 works not begun, on c1, c2\nerror: /,
    );
    expect(adapterResultOf(done, 'r.json')).toMatchObject({
      reason: 'ApplyFailed',
      works: [{ reason: 'ApplyFailed' }, { reason: 'NotBegun' }, { reason: 'NotBegun' }],
    });
    expect(sent(from)).toBe(1);
  });

  it('waits between waves, and one failure ends them', async () => {
    const done = await run(['-c', 'c1', '-c', 'c3', '-c', 'c2', '--waves=1', '--watch', '--failure-grace=0s'], {
      'w.yaml': workYaml('waves'),
    });
    expect(done.exitCode).toBe(7);
    expect(done.stdout).toBe(
      line('waves', 'created (version 1) on c1') +
        line('waves', 'condition met: Applied (version 1) on c1') +
        line('waves', 'created (version 1) on c3'),
    );
    expect(done.stderr).toContain('wave 2: waiting for Applied on 1 work\n');
    expect(done.stderr).toContain('1 work not begun, on c2\n');
  });

  it('fills the consumer in', async () => {
    const files = {
      'w.yaml': jobYaml.replace(
        'name: init',
        'name: "{{ consumer.name }}-init", labels: {env: "{{ consumer.labels.env }}"}',
      ),
    };
    const done = await run(
      ['--consumer-selector=env', '--name=np-{{ consumer.name }}', '--template-consumer', '-o', 'json'],
      files,
    );
    expect(done.exitCode, done.stderr).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ works: [{ name: 'np-c1' }, { name: 'np-c2' }, { name: 'np-c3' }] });
    const stored = await runCli(['get', '--name=np-c3', '-c', 'c3', '-o', 'json'], { endpoints: maestro });
    expect(JSON.parse(stored.stdout)).toMatchObject({
      spec: { workload: { manifests: [{ metadata: { name: 'c3-init', labels: { env: 'dev' } } }] } },
    });
  });

  it('holds --if-version for a choice that comes to one consumer', async () => {
    const files = { 'w.yaml': workYaml('pinned') };
    expect(await run(['--consumer-selector=env=dev', '--if-version=0'], files)).toMatchObject({
      exitCode: 0,
      stdout: line('pinned', 'created (version 1) on c3'),
    });
    const other = await run(['--consumer-selector=env=dev', '--if-version=7'], {
      'w.yaml': workYaml('pinned', { value: 'two' }),
    });
    expect(other).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('version 7 was asked for, but version 1 is stored') as string,
    });
  });

  it('leaves braces alone unless it is told to', async () => {
    const files = { 'w.yaml': workYaml('helm', { value: '{{ .Values.x }} {{ consumer.name }}' }) };
    expect(await run(['-c', 'c1', '-c', 'c2'], files)).toMatchObject({ exitCode: 0 });
    const stored = await runCli(['get', '--name=helm', '-c', 'c1', '-o', 'json'], { endpoints: maestro });
    expect(stored.stdout).toContain('{{ .Values.x }} {{ consumer.name }}');
  });

  it.each([
    {
      what: 'an unknown expression',
      yaml: workYaml('t', { value: '{{ .Values.x }}' }),
      stderr:
        /^error: w\.yaml:11:\d+: spec\.workload\.manifests\[0\]\.data\.key: "\{\{ \.Values\.x \}\}" is no expression/,
    },
    {
      what: 'a missing label',
      yaml: workYaml('t', { value: "{{ consumer.labels['a'] }}".replaceAll("'", '\\"') }),
      stderr:
        /consumer c1: w\.yaml:11:\d+: spec\.workload\.manifests\[0\]\.data\.key: the consumer has no label a\n {2}consumer c2: /,
    },
    {
      what: 'a name that came out wrong',
      yaml: workYaml('"{{ consumer.labels.env }}_x"'),
      stderr: /consumer c1: w\.yaml:4:\d+: metadata\.name: Invalid value: \\?"prod_x"/,
    },
  ])('refuses $what before anything is sent', async ({ yaml, stderr }) => {
    const from = maestro.publishes().length;
    const done = await run(['-c', 'c1', '-c', 'c2', '--template-consumer'], { 'w.yaml': yaml });
    expect(done).toMatchObject({ exitCode: 4, stdout: '' });
    expect(done.stderr).toMatch(stderr);
    expect(sent(from)).toBe(0);
  });

  it.each([
    { argv: ['--consumer-selector=env=none'], exitCode: 3, stderr: 'no consumer has the labels env=none' },
    { argv: ['-c', 'c1', '-c', 'none', '--template-consumer'], exitCode: 3, stderr: 'there is no consumer named none' },
    { argv: ['--consumers-from=.'], exitCode: 4, stderr: '. cannot be read: illegal operation on a directory' },
    { argv: ['--consumers-from=names'], exitCode: 2, stderr: 'names:2: "C_2" is no consumer name' },
    {
      argv: ['-c', 'c1', '-c', 'c2', '--name=n', '-f', 'v.yaml'],
      exitCode: 2,
      stderr: 'the name n is given for 2 works',
    },
    {
      argv: ['-c', 'c1', '-c', 'c2', '--if-version=1', '-f', 'v.yaml'],
      exitCode: 2,
      stderr: '--if-version names the version of one work, and there are 2',
    },
    {
      argv: ['-c', 'c1', '-c', 'c2', '--if-version=1'],
      exitCode: 2,
      stderr:
        '--if-version names the version of one work, and each of 2 consumers has a work with a version of its own\nhint: Nothing was sent. Leave it out: ',
    },
    {
      argv: ['-c', 'c1', '-c', 'c2', '--if-version=0', '--dry-run'],
      exitCode: 2,
      stderr: '--if-version names the version of one work, and each of 2 consumers',
    },
    {
      argv: ['--consumer-selector=env=prod', '--if-version=1', '--template-consumer'],
      exitCode: 2,
      stderr: '--if-version names the version of one work, and each of 2 consumers',
    },
    {
      argv: ['-c', 'c1', '-c', 'c2', '-f', 'ns.yaml'],
      exitCode: 4,
      stderr: 'ns.yaml:5:3: metadata.namespace: the namespace is c1, and the work goes to c2',
    },
    { argv: ['-c', 'c1', '-c', 'c2', '-f', 'same.yaml'], exitCode: 4, stderr: 'the work w for c1 is given twice' },
    { argv: ['-f', '-', '--consumers-from=-'], exitCode: 2, stderr: 'standard input (-) can be read only once' },
  ])('refuses $argv, and sends nothing', async ({ argv, exitCode, stderr }) => {
    const from = maestro.publishes().length;
    const files = {
      'w.yaml': workYaml('w'),
      'v.yaml': workYaml('v'),
      'ns.yaml': workYaml('ns', { namespace: 'c1' }),
      'same.yaml': workYaml('w'),
      names: 'c1\nC_2\n',
    };
    const done = await run(argv, files, { stdin: 'c1' });
    expect(done).toMatchObject({ exitCode, stdout: '' });
    expect(done.stderr).toContain(stderr);
    expect(sent(from)).toBe(0);
  });

  it('predicts, with an end to its output', async () => {
    const files = { 'w.yaml': workYaml('each') };
    const from = maestro.publishes().length;
    const server = await run(['-c', 'c1', '-c', 'c3', '--dry-run=server'], files);
    expect(sorted(server.stdout)).toEqual(
      sorted(
        line('each', 'unchanged on c1 (server dry run, not checked by the server)') +
          line('each', 'would be created on c3 (server dry run, not checked by the server)'),
      ),
    );
    expect(server.stderr).toBe('2 works on 2 consumers: 2 checked, 1 would be created, 1 unchanged, nothing sent\n');
    const names = Array.from({ length: 30 }, (_unused, index) => `n${index}`).join('\n');
    const client = await run(['--consumers-from=-', '--dry-run'], files, {
      stdin: names,
      endpoints: { httpEndpoint: 'http://127.0.0.1:1', grpcEndpoint: '127.0.0.1:1' },
    });
    expect(client.exitCode).toBe(0);
    expect(client.stdout.split('\n').slice(19)).toEqual([
      line('each', 'valid on n19 (client dry run, nothing sent)').trimEnd(),
      'and 10 more works; -o json and --results-path show all',
      '',
    ]);
    expect(sent(from)).toBe(0);
  });

  it('checks the schema of what each consumer would get in a dry run, and warns of Jobs that agents update', async () => {
    const from = maestro.publishes().length;
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'j', namespace: 'd' },
      spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } } },
    };
    const files = {
      'bad.yaml': JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'a', namespace: 'd' },
        dta: {},
      }),
      'job.yaml': JSON.stringify(job),
    };
    const argv = (file: string): string[] => ['apply', '-f', file, '-c', 'c1', '-c', 'c2', '--adapter=a', '--dry-run'];
    const bad = await runCli(argv('bad.yaml'), { files, endpoints: maestro });
    expect(bad).toMatchObject({ exitCode: 4, stdout: '' });
    expect(bad.stderr).toContain('dta');
    const warned = await runCli(argv('job.yaml'), { files, endpoints: maestro });
    expect(warned.exitCode).toBe(0);
    expect(warned.stderr).toContain('updateStrategy: {type: CreateOnly}');
    expect(sent(from)).toBe(0);
  });

  it('draws its progress on a terminal, on stderr only', async () => {
    const done = await run(['-c', 'c1', '-c', 'c2'], { 'w.yaml': workYaml('bar') }, { isTTY: true });
    expect(done.stdout).not.toContain('\u001B');
    expect(done.stderr).toContain('2/2 works');
    expect(done.stderr.endsWith('\u001B[2K2 works on 2 consumers: 2 created\n')).toBe(true);
  });

  describe('a journal', () => {
    it('lets the next run go on without reading or writing what is done', async () => {
      const cwd = emptyFolder();
      const files = { 'w.yaml': workYaml('journal') };
      const argv = ['-c', 'c1', '-c', 'none', '-c', 'c2', '--journal=j'];
      expect(await run(argv, files, { cwd })).toMatchObject({ exitCode: 3 });
      const from = maestro.publishes().length;
      const again = await run([...argv, '--results-path=r.json'], files, { cwd });
      expect(again.stderr).toMatch(/^3 works on 3 consumers: 2 done by an earlier run, 1 failed\n/);
      expect(again.stdout).toContain(line('journal', 'done by an earlier run (version 1) on c1, as the journal says'));
      expect(resultOf(again, 'r.json')).toMatchObject({
        works: [
          { status: 'InProgress', message: expect.stringContaining('not read again') as string },
          { status: 'Failed' },
          {},
        ],
      });
      const watched = await run(['-c', 'c1', '-c', 'c2', '--journal=j', '--watch'], files, { cwd });
      expect(watched).toMatchObject({ exitCode: 0 });
      expect(watched.stdout).toContain(line('journal', 'condition met: Applied (version 1) on c2'));
      expect(sent(from)).toBe(0);
      expect(watched.files['j']?.match(/^\{"consumer":/gm)).toHaveLength(2);
    });

    it.each([
      {
        what: 'other works',
        files: { 'w.yaml': workYaml('journal', { value: 'two' }) },
        argv: [],
        stderr: 'the journal j belongs to other works',
      },
      {
        what: 'another source',
        files: {},
        argv: ['--source-id=other', '--manager=maestro-cli'],
        stderr: 'the journal j belongs to the source "maestro-cli", not "other"',
      },
      {
        what: 'a file of something else',
        files: { j: 'precious: true\n' },
        argv: [],
        stderr: 'j:1: this is no line of a journal',
      },
      { what: 'a folder', files: {}, argv: [], journal: '.', stderr: 'the journal . cannot be used' },
    ])('is refused for $what, and left as it was', async ({ files: more, argv, stderr, journal = 'j' }) => {
      const files = more as Readonly<Record<string, string>>;
      const cwd = emptyFolder();
      const given = { 'w.yaml': workYaml('journal') };
      const first = await run(['-c', 'c1', '-c', 'c2', '--journal=j'], given, { cwd });
      const from = maestro.publishes().length;
      const done = await run(
        ['-c', 'c1', '-c', 'c2', `--journal=${journal}`, ...argv],
        { ...given, ...files },
        { cwd },
      );
      expect(done).toMatchObject({ exitCode: 2, stdout: '' });
      expect(done.stderr).toContain(stderr);
      expect(done.files['j']).toBe(files['j'] ?? first.files['j']);
      expect(sent(from)).toBe(0);
    });

    it('belongs to one run at a time, and is given back on a signal', async () => {
      const cwd = emptyFolder();
      const files = { 'w.yaml': workYaml('locked') };
      const argv = ['-c', 'c1', '-c', 'offline', '--journal=j', '--watch'];
      const stop = new AbortController();
      let printed = '';
      const first = run(argv, files, { cwd, signal: stop.signal, onStdout: (text) => (printed += text) });
      await expect.poll(() => printed.match(/created/g)?.length, { timeout: 10_000 }).toBe(2);
      expect(existsSync(join(cwd, 'j.lock'))).toBe(true);
      const from = maestro.publishes().length;
      const second = await run(argv, files, { cwd });
      expect(second).toMatchObject({ exitCode: 2, stdout: '' });
      expect(second.stderr).toMatch(
        /^error: the journal j is in use by process \d+ on .* since .*\nhint: Nothing was sent\. Wait until that run has ended, or give this one another --journal file\.\n$/,
      );
      expect(second.files).toHaveProperty(['j.lock']);
      expect(sent(from)).toBe(0);
      stop.abort(new MaestroError('terminated', 'terminated by SIGTERM'));
      const ended = await first;
      expect(ended.exitCode).toBe(143);
      expect(Object.keys(ended.files).toSorted()).toEqual(['j', 'w.yaml']);
    });

    it('drops a line that was cut off', async () => {
      const cwd = emptyFolder();
      const files = { 'w.yaml': workYaml('cut') };
      const whole =
        (await run(['-c', 'c1', '-c', 'c2', '--journal=j', '--max-concurrency=1'], files, { cwd })).files['j'] ?? '';
      const [first = '', second = ''] = whole.match(/^\{"consumer":.*\n/gm) ?? [];
      const cut = whole.slice(0, whole.indexOf(second) + second.length - 5);
      const done = await run(['-c', 'c1', '-c', 'c2', '--journal=j'], { ...files, j: cut }, { cwd });
      expect(done.stderr).toBe('2 works on 2 consumers: 1 unchanged, 1 done by an earlier run\n');
      const entries = (done.files['j'] ?? '').match(/^\{"consumer":.*\n/gm) ?? [];
      expect(entries.map((entry) => (JSON.parse(entry) as { consumer: string }).consumer)).toEqual(['c1', 'c2']);
      expect(entries[0]).toBe(first);
    });
  });
});

describe('what a person sees of a fleet that is waited for', () => {
  /** Ten times as fast, so that an agent is silent after a second. */
  const hasty: Clock = {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() * 10,
    sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
  };

  it('is how many are applied, never how many are written; and the summary says who is silent and who fails', async () => {
    const standIn = await startStandIn({
      consumers: ['c1', 'c2', 'bad', 'away'],
      agent: { delayMs: 300 },
      agents: { away: { online: false }, bad: { delayMs: 5, failManifests: ['ConfigMap/default/settings'] } },
    });
    try {
      const argv = ['apply', '-f', 'w.yaml', '--all-consumers', '--watch', '--timeout=50s', '--failure-grace=25s'];
      const done = await runCli(argv, {
        endpoints: standIn,
        files: { 'w.yaml': workYaml('w') },
        isTTY: true,
        clock: hasty,
        env: { TERM: 'xterm' },
      });
      expect(done.exitCode, done.stderr).toBe(7);
      // eslint-disable-next-line no-control-regex -- the bar is drawn anew with control sequences
      const frames = [...done.stderr.matchAll(/\[([█░]+)\] ([^\r\n\u001B]*)/g)].map(([, bar = '', text = '']) => ({
        full: !bar.includes('░'),
        text,
      }));
      expect(frames.length).toBeGreaterThan(3);
      expect(frames.filter(({ full }) => full)).toEqual([]);
      expect(frames[0]?.text).toMatch(/^Applied 0\/4/);
      expect(frames.some(({ text }) => /^Applied \d\/4 .*· 1 failing/.test(text))).toBe(true);
      expect(frames.at(-1)?.text).toMatch(/^Applied 2\/4 · 1 failed · 1 silent · \d+s of 50s$/);
      expect(done.stderr).toContain('4 works on 4 consumers: 2 Applied, 1 failed, 1 silent (4 created)\n');
    } finally {
      await standIn.close();
    }
  });
});
