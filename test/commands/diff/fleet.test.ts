import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diffCommand } from '../../../src/commands/diff/command.ts';
import type { PrintedDiffs } from '../../../src/commands/diff/output.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { startGateway } from '../../support/gateway.ts';
import { parseFor } from '../../support/parse-for.ts';
import { runCli, type CliOptions, type CliRun } from '../../support/run-cli.ts';
import { workYaml } from '../support/works.ts';

const zones = { 'east-1': 'a', 'east-2': 'a', 'west-1': 'b', 'west-2': 'b', 'west-3': 'b' };

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: [], agent: { delayMs: 5, deleteDelayMs: 5 } });
  for (const [name, zone] of Object.entries(zones)) await done(['consumer', 'create', name, '--label', `zone=${zone}`]);
});
afterAll(() => maestro.close());

type Files = Readonly<Record<string, string>>;

function cli(argv: readonly string[], files: Files = {}, more: CliOptions = {}): Promise<CliRun> {
  return runCli(argv, { endpoints: maestro, files, ...more });
}

async function done(argv: readonly string[], files: Files = {}): Promise<CliRun> {
  const run = await cli(argv, files);
  expect(run.exitCode, run.stderr).toBe(0);
  return run;
}

function valueOf({ stdout }: CliRun): PrintedDiffs {
  return JSON.parse(stdout) as PrintedDiffs;
}

const everywhere = Object.keys(zones).map((name) => `--consumer=${name}`);

describe('argv to options', () => {
  const parsed = (argv: readonly string[]) => parseFor(diffCommand, ['-f', 'w.yaml', ...argv]);

  it.each([
    { argv: ['-c', 'c1'], options: { consumer: 'c1', timeoutMs: 30_000 } },
    {
      argv: ['-c', 'c1', '-c', 'c2'],
      options: { timeoutMs: 270_000, fleet: { consumers: { kind: 'named', names: ['c1', 'c2'] }, template: false } },
    },
    { argv: ['--all-consumers'], options: { fleet: { consumers: { kind: 'all' } } } },
    { argv: ['--consumer-selector=a=b'], options: { fleet: { consumers: { kind: 'selected', text: 'a=b' } } } },
    { argv: ['--consumers-from=f'], options: { fleet: { consumers: { kind: 'file', path: 'f' } } } },
    { argv: ['-c', 'c1', '--template-consumer'], options: { fleet: { template: true } } },
    {
      argv: ['--all-consumers', '--adapter=np'],
      options: { adapter: 'np', manager: 'np', fleet: { template: false } },
    },
  ])('$argv', ({ argv, options }) => {
    expect(parsed(argv)).toMatchObject(options);
    expect('fleet' in parsed(argv)).toBe('fleet' in options);
  });

  it.each([
    { argv: ['--template-consumer'], message: '--template-consumer needs consumers' },
    { argv: ['-c', 'c1', '--all-consumers'], message: 'both choose consumers' },
  ])('refuses $argv', ({ argv, message }) => {
    expect(() => parsed(argv)).toThrow(message);
  });
});

describe('equal changes', () => {
  it('are shown once, the most frequent first, with the consumers that each is of', async () => {
    await done(['apply', '-f', 'w.yaml', '-c', 'east-1', '-c', 'west-1'], { 'w.yaml': workYaml('w') });
    await done(['apply', '-f', 'w.yaml', '-c', 'west-2'], { 'w.yaml': workYaml('w', { value: 'two' }) });
    await done(['apply', '-f', 'w.yaml', '-c', 'east-2'], { 'w.yaml': workYaml('w', { value: 'three' }) });
    const sent = maestro.publishes().length;
    const run = await cli(['diff', '-f', 'w.yaml', '--all-consumers'], { 'w.yaml': workYaml('w', { value: 'two' }) });
    expect(run.exitCode).toBe(1);
    expect(run.stdout.split('\n').filter((line) => /^[#+-] /.test(line))).toEqual([
      '# w: would be updated on 2 consumers: east-1, west-1',
      '-  key: one',
      '+  key: two',
      '# w on east-2: would be updated, version 1 is stored',
      '-  key: three',
      '+  key: two',
      '# w on west-3: would be created',
      '+  key: two',
      '+  name: settings',
      '+  namespace: default',
    ]);
    expect(run.stderr).toBe(
      '5 works on 5 consumers: 3 would be updated in 2 ways, 1 not there, would be created, 1 unchanged\n',
    );
    expect(maestro.publishes().length, 'a diff sends nothing').toBe(sent);
  });

  it('are told of each work in JSON by the id of their group', async () => {
    const run = await cli(['diff', '-f', 'w.yaml', ...everywhere, '-o', 'json'], {
      'w.yaml': workYaml('w', { value: 'two' }),
    });
    expect(run.exitCode).toBe(1);
    const { different, works, groups, failed, summary } = valueOf(run);
    expect(works).toMatchObject([
      { name: 'w', consumer: 'east-1', action: 'update', version: 1, group: 1 },
      { consumer: 'east-2', action: 'update', version: 1, group: 2 },
      { consumer: 'west-1', action: 'update', version: 1, group: 1 },
      { consumer: 'west-2', action: 'unchanged', version: 1 },
      { consumer: 'west-3', action: 'create', group: 3 },
    ]);
    expect(works[3]).not.toHaveProperty('group');
    expect(groups).toMatchObject([
      {
        id: 1,
        action: 'update',
        consumers: ['east-1', 'west-1'],
        changes: [{ subject: 'ConfigMap/default/settings' }],
      },
      { id: 2, action: 'update', consumers: ['east-2'] },
      { id: 3, action: 'create', consumers: ['west-3'] },
    ]);
    expect({ different, failed, summary }).toEqual({
      different: true,
      failed: [],
      summary: { works: 5, consumers: 5, update: 3, create: 1, unchanged: 1, failed: 0 },
    });
  });

  it('of no kind are exit code 0', async () => {
    const files = { 'w.yaml': workYaml('same') };
    await done(['apply', '-f', 'w.yaml', '--all-consumers'], files);
    const run = await done(['diff', '-f', 'w.yaml', '--all-consumers'], files);
    expect(run).toMatchObject({ stdout: '', stderr: '5 works on 5 consumers: 5 unchanged\n' });
  });

  it('of works that --adapter names are grouped under their common name', async () => {
    const run = await cli(['diff', '-f', 'w.yaml', '--all-consumers', '--adapter=np'], { 'w.yaml': workYaml('w') });
    expect(run.stdout).toContain(
      '# hyperfleet-{{ consumer.name }}-np: would be created on 5 consumers: east-1, east-2, west-1, west-2, west-3\n',
    );
  });

  it('of several works are told work by work', async () => {
    const files = { 'a.yaml': workYaml('multi-a'), 'b.yaml': workYaml('multi-b', { value: 'b' }) };
    const run = await cli(['diff', '-f', 'a.yaml', '-f', 'b.yaml', '-c', 'east-1', '-c', 'east-2'], files);
    expect(run.stdout.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      '# multi-a: would be created on 2 consumers: east-1, east-2',
      '# multi-b: would be created on 2 consumers: east-1, east-2',
    ]);
    expect(run.stderr).toContain('4 works on 2 consumers');
  });

  it('of Secrets are grouped by what is shown of them, which is no value', async () => {
    const secret = (value: string): string =>
      ['apiVersion: v1', 'kind: Secret', 'metadata: {name: s, namespace: d}', `stringData: {p: ${value}}`].join('\n');
    const argv = ['-f', 's.yaml', '--name=secret'];
    await done(['apply', ...argv, '-c', 'east-1'], { 's.yaml': secret('hunter2') });
    await done(['apply', ...argv, '-c', 'east-2'], { 's.yaml': secret('battery') });
    for (const output of ['text', 'json']) {
      const both = ['-c', 'east-1', '-c', 'east-2', '-o', output];
      const run = await cli(['diff', ...argv, ...both], { 's.yaml': secret('staple') });
      expect(run.stdout + run.stderr).not.toMatch(/hunter2|battery|staple/);
      if (output === 'text')
        expect(run.stdout).toContain('# secret: would be updated on 2 consumers: east-1, east-2\n');
    }
  });
});

describe('with --template-consumer', () => {
  const template = (name: string, value: string): string =>
    [
      'apiVersion: v1',
      'kind: ConfigMap',
      `metadata: {name: "settings-{{ consumer.name }}", namespace: default, labels: {for: "${name}"}}`,
      `data: {zone: "{{ consumer.labels.zone }}", value: "${value}", helm: 'a {{ "{{" }} b'}`,
      '',
    ].join('\n');
  const argv = ['-f', 't.yaml', '--name=np-{{ consumer.name }}', '--template-consumer'];

  it('what was filled in makes no difference between consumers, and is shown as its expression', async () => {
    const before = { 't.yaml': template('{{ consumer.name }}', 'one') };
    await done(['apply', ...argv, ...everywhere], before);
    const unchanged = await done(['diff', ...argv, '--all-consumers'], before);
    expect(unchanged.stderr).toBe('5 works on 5 consumers: 5 unchanged\n');

    const run = await cli(['diff', ...argv, '--all-consumers'], { 't.yaml': template('x-{{ consumer.name }}', 'two') });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toBe(
      [
        '# np-{{ consumer.name }}: would be updated on 5 consumers: east-1, east-2, west-1, west-2, west-3',
        '--- stored/ConfigMap/default/settings-{{ consumer.name }}',
        '+++ applied/ConfigMap/default/settings-{{ consumer.name }}',
        '@@ -1,11 +1,11 @@',
        ' apiVersion: v1',
        ' data:',
        '   helm: a {{ "{{" }} b',
        '-  value: one',
        '+  value: two',
        '   zone: "{{ consumer.labels.zone }}"',
        ' kind: ConfigMap',
        ' metadata:',
        '   labels:',
        '-    for: "{{ consumer.name }}"',
        '+    for: x-{{ consumer.name }}',
        '   name: settings-{{ consumer.name }}',
        '   namespace: default',
        '',
      ].join('\n'),
    );
  });

  it('a value that somebody stored in its place is shown, and only there', async () => {
    const stray = { 't.yaml': template('{{ consumer.name }}', 'one').replace('{{ consumer.labels.zone }}', 'moon') };
    await done(['apply', ...argv, '-c', 'west-2'], stray);
    const run = await cli(['diff', ...argv, '--all-consumers'], { 't.yaml': template('{{ consumer.name }}', 'one') });
    expect(run.stdout.split('\n').filter((line) => /^[#+-] /.test(line))).toEqual([
      expect.stringMatching(/^# np-west-2 on west-2: would be updated, version \d is stored$/),
      '-  zone: moon',
      '+  zone: "{{ consumer.labels.zone }}"',
    ]);
    await done(['apply', ...argv, '-c', 'west-2'], { 't.yaml': template('{{ consumer.name }}', 'one') });
  });

  it('what is removed is one change too, though each consumer had its own', async () => {
    const zoneless = template('{{ consumer.name }}', 'one').replace('{{ consumer.labels.zone }}', 'z');
    await done(['apply', ...argv, ...everywhere], { 't.yaml': zoneless });
    const renamed = { 't.yaml': zoneless.replace('settings-', 'config-') };
    const run = await cli(['diff', ...argv, '--all-consumers', '-o', 'json'], renamed);
    expect(valueOf(run).groups).toMatchObject([
      {
        consumers: Object.keys(zones),
        changes: [
          { change: 'added', subject: 'ConfigMap/default/config-{{ consumer.name }}' },
          {
            change: 'removed',
            subject: 'ConfigMap/default/settings-{{ consumer.name }}',
            key: { name: 'settings-{{ consumer.name }}' },
          },
        ],
      },
    ]);
  });

  it('a consumer without a label that is asked for is refused with its name and the place, as by apply', async () => {
    await done(['consumer', 'create', 'bare']);
    try {
      const run = await cli(['diff', ...argv, '--all-consumers'], { 't.yaml': template('x', 'one') });
      expect(run).toMatchObject({ exitCode: 4, stdout: '' });
      expect(run.stderr).toContain(
        'consumer bare: t.yaml:4:8: spec.workload.manifests[0].data.zone: the consumer has no label zone',
      );
    } finally {
      await done(['consumer', 'delete', 'bare', '-y']);
    }
  });
});

describe('what could not be compared', () => {
  it('is an error by name and never unchanged; the rest is told all the same', async () => {
    const files = { 'w.yaml': workYaml('partly') };
    await done(['apply', '-f', 'w.yaml', '-c', 'east-1'], files);
    const asked = ['diff', '-f', 'w.yaml', '-c', 'east-1', '-c', 'nowhere', '-c', 'west-1'];
    const run = await cli(asked, files);
    expect(run.exitCode).toBe(3);
    expect(run.stdout).toContain('# partly on west-1: would be created\n');
    expect(run.stderr).toContain(
      '3 works on 3 consumers: 1 not there, would be created, 1 unchanged, 1 not compared\n',
    );
    expect(run.stderr).toContain('error: partly on nowhere: there is no consumer named nowhere');
    const json = valueOf(await cli([...asked, '-o', 'json'], files));
    expect(json.works.map(({ consumer }) => consumer)).toEqual(['east-1', 'west-1']);
    expect(json.failed).toMatchObject([
      { name: 'partly', consumer: 'nowhere', error: { code: 'not-found', exitCode: 3 } },
    ]);
  });

  it('for several reasons is exit code 7, as for an apply', async () => {
    const files = { 'w.yaml': workYaml('theirs') };
    await done(['apply', '-f', 'w.yaml', '-c', 'east-1', '--source-id=someone-else'], files);
    const run = await cli(['diff', '-f', 'w.yaml', '-c', 'east-1', '-c', 'nowhere', '-c', 'west-1'], files);
    expect(run.exitCode).toBe(7);
    expect(run.stderr).toContain('belongs to another source');
    expect(run.stderr).toContain('no consumer named nowhere');
  });

  it('when the time is up, is everything that was not read', async () => {
    const slow = await startStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 5 } });
    try {
      slow.setFault({ kind: 'delay', channel: 'http', ms: 5_000 });
      const files = { 'w.yaml': workYaml('w') };
      const argv = ['diff', '-f', 'w.yaml', '-c', 'c1', '-c', 'c2', '--timeout=200ms'];
      const run = await runCli(argv, { endpoints: slow, files });
      expect(run).toMatchObject({ exitCode: 6, stdout: '' });
      expect(run.stderr).toMatch(/was not compared: the time was up.*\bc1\b.*\bc2\b/);
      expect(run.stderr).toContain('2 works on 2 consumers: 2 not compared\n');
    } finally {
      await slow.close();
    }
  });
});

it('asks for many works at once, whether they differ or not', async () => {
  const names = Array.from({ length: 150 }, (_unused, number) => `f${number}`);
  const fleet = await startStandIn({ consumers: names, agent: { delayMs: 60_000 } });
  let requests = 0;
  const gateway = await startGateway(fleet.httpEndpoint, (path) => {
    requests += 1;
    return path;
  });
  try {
    const options = {
      endpoints: fleet,
      files: { 'w.yaml': workYaml('w'), 'two.yaml': workYaml('w', { value: 'two' }) },
    };
    const applied = await runCli(['apply', '-f', 'w.yaml', '--all-consumers'], options);
    expect(applied.exitCode, applied.stderr).toBe(0);
    const endpoints = { ...fleet, httpEndpoint: gateway.httpEndpoint, grpcEndpoint: fleet.grpcEndpoint };
    const run = await runCli(['diff', '-f', 'two.yaml', '--all-consumers'], { ...options, endpoints });
    expect(run.stdout).toContain('# w: would be updated on 150 consumers: f0, f1, f10, f100, f101 and 145 more');
    expect(requests).toBeLessThan(25);
  } finally {
    await gateway.close();
    await fleet.close();
  }
});
