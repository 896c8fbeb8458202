import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseFor } from '../../support/parse-for.ts';
import { applyCommand } from '../../../src/commands/apply/command.ts';
import type { ApplyOptions } from '../../../src/commands/apply/options.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { resultOf } from '../support/result.ts';
import { jobYaml, workYaml } from '../support/works.ts';

type Env = Readonly<Record<string, string>>;
const parsed = (argv: readonly string[], env: Env = {}): ApplyOptions => parseFor(applyCommand, argv, env);
const file = ['-f', 'w.yaml'];

describe('argv to options', () => {
  it.each([
    {
      argv: [...file],
      options: {
        files: ['w.yaml'],
        overwrite: false,
        merge: false,
        force: false,
        conflictRetries: 0,
        output: 'text',
      },
    },
    { argv: ['--manifest-file=w.yaml'], options: { files: ['w.yaml'] } },
    { argv: ['-f', 'a', '-f', 'b', '--manifest-file', 'c'], options: { files: ['a', 'b', 'c'] } },
    { argv: ['-f', '-'], options: { files: ['-'] } },
    { argv: [...file, '--consumer=c1'], options: { consumer: 'c1' } },
    { argv: [...file, '-c', 'c1', '--name', 'n'], options: { consumer: 'c1', name: 'n' } },
    { argv: [...file, '-c', 'c1', '--adapter=dns'], options: { adapter: 'dns', manager: 'dns' } },
    { argv: [...file, '--if-version=0'], options: { ifVersion: 0 } },
    { argv: [...file, '--if-version', '12'], options: { ifVersion: 12 } },
    { argv: [...file, '--overwrite'], options: { overwrite: true } },
    { argv: [...file, '--merge', '--conflict-retries=3'], options: { merge: true, conflictRetries: 3 } },
    { argv: [...file, '--merge', '--force'], options: { merge: true, force: true } },
    { argv: [...file, '--manager=m', '-c', 'c1', '--adapter=a'], options: { manager: 'm' } },
    { argv: [...file, '--source-id=s'], options: { source: 's' } },
    { argv: [...file, '--dry-run'], options: { dryRun: 'client' } },
    { argv: [...file, '--dry-run=server'], options: { dryRun: 'server' } },
    { argv: [...file, '-o', 'json'], options: { output: 'json' } },
    { argv: [...file, '--output=name'], options: { output: 'name' } },
    {
      argv: [...file, '--watch'],
      options: { await: { text: 'Applied', failureGraceMs: 30_000, feedbackSettleMs: 20_000 } },
    },
    { argv: [...file, '--wait'], options: { await: { text: 'Available' } } },
    {
      argv: [...file, '--watch=Job:Complete OR Job:Failed'],
      options: { await: { text: 'Job:Complete OR Job:Failed', expression: { kind: 'or' } } },
    },
    { argv: [...file, '--wait=Applied'], options: { await: { text: 'Applied' } } },
    { argv: file, options: { via: 'poll' } },
    { argv: [...file, '--wait', '--via=stream'], options: { await: { text: 'Available' }, via: 'stream' } },
    {
      argv: [...file, '--watch', '--failure-grace=0s', '--feedback-settle=1m'],
      options: { await: { failureGraceMs: 0, feedbackSettleMs: 60_000 } },
    },
    { argv: [...file, '--watch', '--fail-on=Job:Failed'], options: { await: { failOn: { kind: 'resource' } } } },
  ])('$argv', ({ argv, options }) => {
    expect(parsed(argv)).toMatchObject(options);
  });

  it('does not wait unless told to', () => {
    expect(parsed(file)).not.toHaveProperty('await');
    expect(parsed(file)).not.toHaveProperty('ifVersion');
    expect(parsed(file)).not.toHaveProperty('dryRun');
  });

  it('leaves the manager open when nobody named one: the document may, else it is the source', () => {
    expect(parsed(file).manager).toBeUndefined();
    expect(parsed([...file, '--source-id=s']).manager).toBeUndefined();
  });

  it('takes the manager from the environment, after the flag and before the adapter', () => {
    expect(parsed([...file, '-c', 'c1', '--adapter=a'], { MAESTRO_MANAGER: 'e' }).manager).toBe('e');
    expect(parsed([...file, '--manager=f'], { MAESTRO_MANAGER: 'e' }).manager).toBe('f');
  });

  it.each([
    { argv: [], message: 'nothing to apply' },
    {
      argv: [...file, '--watch', '--wait'],
      message: '--watch and --wait are one thing in two spellings; leave one out',
    },
    {
      argv: [...file, '--watch=Applied', '--watch=Available'],
      message: '--watch was given twice, with different values',
    },
    {
      argv: [...file, '--name=n', '--adapter=a'],
      message: '--name and --adapter both name the work, and differently; leave one out',
    },
    { argv: [...file, '--name='], message: '--name is empty' },
    { argv: [...file, '--consumer='], message: '--consumer is empty' },
    {
      argv: [...file, '-c', 'c1', '--adapter=A_b'],
      message: /^the work name made of consumer and adapter is not valid: "hyperfleet-c1-A_b"/,
    },
    { argv: [...file, '--if-version=-1'], message: '--if-version takes a whole number of at least 0, not "-1"' },
    { argv: [...file, '--if-version=1.5'], message: '--if-version takes a whole number of at least 0, not "1.5"' },
    { argv: [...file, '--if-version=0x1'], message: '--if-version takes a whole number of at least 0, not "0x1"' },
    { argv: [...file, '--if-version=1', '--overwrite'], message: '--overwrite and --if-version contradict each other' },
    { argv: [...file, '--merge', '--overwrite'], message: /^--merge and --overwrite contradict each other/ },
    { argv: [...file, '--conflict-retries=1'], message: '--conflict-retries needs --merge' },
    { argv: [...file, '--dry-run=maybe'], message: '--dry-run does not know "maybe"' },
    {
      argv: [...file, '--via=stream'],
      message: '--via is for --watch, --wait and --canary: nothing else is waited for',
    },
    { argv: [...file, '--watch', '--via=phone'], message: /^--via does not know "phone"/ },
    { argv: [...file, '--dry-run', '--watch'], message: '--dry-run sends nothing, so there is nothing to wait for' },
    { argv: [...file, '-o', 'yaml'], message: '--output does not know "yaml"' },
    { argv: [...file, '--watch=Applied AND'], message: /Applied AND\n\s+\^/ },
    { argv: [...file, '--watch', '--fail-on=('], message: /\^/ },
    { argv: [...file, '--watch', '--failure-grace=soon'], message: /^--failure-grace: / },
    { argv: [...file, '--watch', '--feedback-settle=-1s'], message: /^--feedback-settle: / },
    { argv: ['-f'], message: /argument missing/ },
  ])('$argv is a usage error', ({ argv, message }) => {
    expect(usageErrorOf(() => parsed(argv)).message).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });
});

describe('options to effects', () => {
  let maestro: StandIn;
  beforeAll(async () => {
    maestro = await startStandIn({
      consumers: ['c1', 'c2', 'offline'],
      agent: { delayMs: 5 },
      agents: { offline: { online: false } },
    });
  });
  afterAll(() => maestro.close());
  beforeEach(() => maestro.clearFaults());

  const line = (name: string, text: string): string => `manifestwork.work.open-cluster-management.io/${name} ${text}\n`;
  const run = (
    argv: readonly string[],
    files: Readonly<Record<string, string>>,
    more: Parameters<typeof runCli>[1] = {},
  ): Promise<CliRun> => runCli(['apply', ...argv], { endpoints: maestro, files, ...more });
  const sentBy = async (
    doing: () => Promise<CliRun>,
  ): Promise<{ readonly run: CliRun; readonly sent: readonly string[] }> => {
    const before = maestro.publishes().length;
    const done = await doing();
    return {
      run: done,
      sent: maestro
        .publishes()
        .slice(before)
        .map(({ type, version }) => `${type.split('.').at(-1)} ${version}`),
    };
  };

  it('creates, leaves alone, updates', async () => {
    const argv = ['-f', 'w.yaml', '--consumer=c1'];
    const created = await sentBy(() => run(argv, { 'w.yaml': workYaml('cycle') }));
    expect(created.run).toMatchObject({ exitCode: 0, stdout: line('cycle', 'created (version 1)'), stderr: '' });
    expect(created.sent).toEqual([expect.stringMatching(/^create_request /)]);
    const unchanged = await sentBy(() => run(argv, { 'w.yaml': workYaml('cycle') }));
    expect(unchanged.run).toMatchObject({ exitCode: 0, stdout: line('cycle', 'unchanged (version 1)'), stderr: '' });
    expect(unchanged.sent).toEqual([]);
    const updated = await sentBy(() => run(argv, { 'w.yaml': workYaml('cycle', { value: 'two' }) }));
    expect(updated.run).toMatchObject({ exitCode: 0, stdout: line('cycle', 'updated (version 2)'), stderr: '' });
    expect(updated.sent).toEqual(['update_request 1']);
    const overwritten = await sentBy(() =>
      run([...argv, '--overwrite'], { 'w.yaml': workYaml('cycle', { value: 'three' }) }),
    );
    expect(overwritten.run).toMatchObject({ exitCode: 0, stdout: line('cycle', 'updated (version 3)') });
    expect(overwritten.sent).toEqual(['update_request 0']);
  });

  it('takes YAML, JSON, several documents, directories and standard input', async () => {
    const one = await run(['-f', '-', '-c', 'c1'], {}, { stdin: workYaml('from-stdin') });
    expect(one.stdout).toBe(line('from-stdin', 'created (version 1)'));
    const json = JSON.stringify({
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { name: 'json', namespace: 'c2' },
      spec: { workload: { manifests: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }] } },
    });
    const both = await run(['-f', '.'], {
      'b.json': json,
      'a.yaml': `${workYaml('a-one', { namespace: 'c1' })}---\n${workYaml('a-two', { namespace: 'c1' })}`,
      'notes.txt': 'no',
    });
    expect(both.stdout).toBe(['a-one', 'a-two', 'json'].map((name) => line(name, 'created (version 1)')).join(''));
  });

  it('makes one work of plain manifests, named or by adapter', async () => {
    const named = await run(['-f', 'job.yaml', '-c', 'c1', '--name=plain', '--watch'], { 'job.yaml': jobYaml });
    expect(named.stdout.startsWith(line('plain', 'created (version 1)'))).toBe(true);
    expect(named.stdout.endsWith(line('plain', 'condition met: Applied (version 1)'))).toBe(true);
    const adapter = await run(['-f', 'w.yaml', '-c', 'c1', '--adapter=dns'], { 'w.yaml': workYaml('other') });
    expect(adapter.stdout).toBe(line('hyperfleet-c1-dns', 'created (version 1)'));
  });

  it('prints in json and by name', async () => {
    const json = await run(['-f', 'w.yaml', '-c', 'offline', '-o', 'json'], { 'w.yaml': workYaml('formats') });
    expect(JSON.parse(json.stdout)).toMatchObject({
      works: [
        {
          name: 'formats',
          consumer: 'offline',
          operation: 'created',
          version: 1,
          phase: 'InProgress',
          reason: 'Accepted',
          exitCode: 0,
        },
      ],
    });
    const name = await run(['-f', 'w.yaml', '-c', 'offline', '--output=name'], { 'w.yaml': workYaml('formats') });
    expect(name.stdout).toBe('manifestwork.work.open-cluster-management.io/formats\n');
    const failed = await run(['-f', 'w.yaml', '-c', 'nobody', '-o', 'json'], { 'w.yaml': workYaml('formats') });
    expect(JSON.parse(failed.stdout)).toMatchObject({
      works: [{ name: 'formats', exitCode: 3, error: { code: 'not-found', reason: 'ConsumerNotFound' } }],
    });
    const invalid = await run(['-f', 'w.yaml', '-c', 'c1', '-o', 'json'], { 'w.yaml': workYaml('Bad_Name') });
    expect(JSON.parse(invalid.stdout)).toMatchObject({ error: { code: 'invalid-input', exitCode: 4 } });
  });

  it('waits, tells progress on stderr and what was met on stdout', async () => {
    const waited = await run(['-f', 'w.yaml', '-c', 'c1', '--watch=Available', '--results-path=r.json'], {
      'w.yaml': workYaml('waited'),
    });
    expect(waited).toMatchObject({
      exitCode: 0,
      stdout: line('waited', 'created (version 1)') + line('waited', 'condition met: Available (version 1)'),
    });
    expect(resultOf(waited, 'r.json')).toMatchObject({
      status: 'Applied',
      resources: [{ kind: 'ConfigMap', namespace: 'default', name: 'settings', status: 'Available' }],
    });
  });

  it('sends nothing in a dry run', async () => {
    const client = await sentBy(() =>
      run(['-f', 'w.yaml', '-c', 'nobody', '--dry-run'], { 'w.yaml': workYaml('dry') }),
    );
    expect(client).toMatchObject({
      sent: [],
      run: { exitCode: 0, stdout: line('dry', 'valid, 1 manifest (client dry run, nothing sent)') },
    });
    const server = await sentBy(() =>
      run(['-f', 'w.yaml', '-c', 'c1', '--dry-run=server'], { 'w.yaml': workYaml('dry') }),
    );
    expect(server).toMatchObject({
      sent: [],
      run: { exitCode: 0, stdout: line('dry', 'would be created (server dry run, not checked by the server)') },
    });
  });

  it('sends none of several works when one is bad, and tells every problem', async () => {
    const bad = workYaml('bad').replace('name: settings', 'name: ""');
    const both = await sentBy(() =>
      run(['-f', 'w.yaml', '-c', 'c1'], { 'w.yaml': `${workYaml('good')}---\n${bad}---\n${workYaml('Bad_Name')}` }),
    );
    expect(both).toMatchObject({ sent: [], run: { exitCode: 4, stdout: '' } });
    expect(both.run.stderr).toMatch(/w\.yaml/);
    expect(both.run.stderr).toContain('Bad_Name');
    expect(both.run.stderr).toContain('hint: Nothing was sent.');
  });

  it.each([
    { title: 'no consumer anywhere', argv: ['-f', 'w.yaml'], yaml: workYaml('w'), code: 2, error: 'no consumer for w' },
    {
      title: 'two consumers',
      argv: ['-f', 'w.yaml', '-c', 'c1'],
      yaml: workYaml('w', { namespace: 'c2' }),
      code: 4,
      error: 'contradicts the consumer c1',
    },
    {
      title: 'a consumer that is no DNS label',
      argv: ['-f', 'w.yaml', '-c', 'C_1'],
      yaml: workYaml('w'),
      code: 2,
      error: '"C_1" is no consumer name',
    },
    {
      title: 'plain manifests without a name',
      argv: ['-f', 'w.yaml', '-c', 'c1'],
      yaml: jobYaml,
      code: 2,
      error: '--name',
    },
    {
      title: '--adapter where neither --consumer nor the document names the consumer',
      argv: ['-f', 'w.yaml', '--adapter=a'],
      yaml: workYaml('w'),
      code: 2,
      error: '--adapter needs the consumer',
    },
    {
      title: 'a work given twice',
      argv: ['-f', 'w.yaml', '-c', 'c1'],
      yaml: `${workYaml('w')}---\n${workYaml('w')}`,
      code: 4,
      error: 'is given twice',
    },
    {
      title: '--if-version for several works',
      argv: ['-f', 'w.yaml', '-c', 'c1', '--if-version=1'],
      yaml: `${workYaml('w')}---\n${workYaml('v')}`,
      code: 2,
      error: '--if-version',
    },
    {
      title: 'an empty file',
      argv: ['-f', 'w.yaml', '-c', 'c1'],
      yaml: '# nothing\n',
      code: 4,
      error: 'there is no manifest in it',
    },
    {
      title: 'no manifests in a work',
      argv: ['-f', 'w.yaml', '-c', 'c1'],
      yaml: workYaml('w').replace(/ {4}manifests:[^]*/, '    manifests: []\n'),
      code: 4,
      error: 'manifests',
    },
  ])('refuses $title', async ({ argv, yaml, code, error }) => {
    const refused = await sentBy(() => run(argv, { 'w.yaml': yaml }));
    expect(refused.sent).toEqual([]);
    expect(refused.run.exitCode, refused.run.stderr).toBe(code);
    expect(refused.run.stderr).toContain(error);
  });

  it('survives a lost answer without doing the work twice', async () => {
    maestro.setFault({ kind: 'drop-answer', channel: 'grpc', count: 1 });
    const lost = await sentBy(() => run(['-f', 'w.yaml', '-c', 'offline'], { 'w.yaml': workYaml('lost') }));
    expect(lost.run).toMatchObject({ exitCode: 0, stdout: line('lost', 'created (version 1)') });
    expect(lost.run.stderr).toContain('the answer to the create was lost');
    expect(lost.sent).toHaveLength(1);
  });

  it('says what an update removes from the cluster', async () => {
    await run(['-f', 'w.yaml', '-c', 'offline'], {
      'w.yaml': workYaml('shrink').replace(
        '    manifests:\n',
        '    manifests:\n    - {apiVersion: v1, kind: Namespace, metadata: {name: gone}}\n',
      ),
    });
    const shrunk = await run(['-f', 'w.yaml', '-c', 'offline'], { 'w.yaml': workYaml('shrink') });
    expect(shrunk).toMatchObject({
      exitCode: 0,
      stdout: line('shrink', 'updated (version 2)') + line('shrink', 'removes Namespace/gone'),
      stderr: '',
    });
    const quiet = await run(['-f', 'w.yaml', '-c', 'offline', '--quiet'], {
      'w.yaml': workYaml('shrink', { value: 'q' }),
    });
    expect(quiet.stderr).toBe('');
  });

  it('refuses to wait for a condition that nothing reports, before anything is sent', async () => {
    const refused = await run(['-f', 'job.yaml', '-c', 'c1', '--name=refused', '--watch=Applied OR Applyed'], {
      'job.yaml': jobYaml,
    });
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain('Nothing was sent. Did you mean Applied?');
    expect(
      (await run(['-f', 'job.yaml', '-c', 'c1', '--name=refused', '--dry-run=server'], { 'job.yaml': jobYaml })).stdout,
    ).toContain('created');
  });

  it('waits for a condition that a condition rule of the work makes', async () => {
    // An object of its own: the works of other tests hold the usual one.
    const ruled = workYaml('ruled')
      .replace('name: settings', 'name: ruled')
      .replace(
        'spec:\n',
        'spec:\n  manifestConfigs:\n  - resourceIdentifier: {group: "", resource: configmaps, namespace: default, name: ruled}\n    conditionRules: [{type: CEL, condition: Synced, celExpressions: ["true"]}]\n',
      );
    const waited = await run(['-f', 'w.yaml', '-c', 'c1', '--watch=Applied AND (Synced OR NOT Synced OR Applied)'], {
      'w.yaml': ruled,
    });
    expect(waited.exitCode, waited.stderr).toBe(0);
    expect(waited.stderr).not.toMatch(/^(?:error|warning|hint): /m);
    expect(waited.stdout).toContain('created (version 1)');
  });
});

it('checks in a dry run all that validate checks', async () => {
  const files = {
    'w.yaml':
      'apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\nmetadata: {name: typo}\nspec:\n  workload:\n    manifests:\n    - {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: np}, dat: {a: b}}\n',
  };
  const dry = await runCli(['apply', '-f', 'w.yaml', '--consumer=c1', '--dry-run'], { files });
  expect(dry).toMatchObject({
    exitCode: 4,
    stdout: '',
    stderr: expect.stringMatching(/^error: w.yaml:7:\d+: .*dat: unknown field/) as string,
  });
  expect((await runCli(['validate', '-f', 'w.yaml'], { files })).exitCode).toBe(4);
});
