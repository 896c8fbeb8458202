import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMaestro } from '../../../src/clients/connect.ts';
import { parseFor } from '../../support/parse-for.ts';
import { waitCommand } from '../../../src/commands/wait/command.ts';
import type { WaitOptions } from '../../../src/commands/wait/options.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { systemClock } from '../../../src/clock.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { resultOf } from '../support/result.ts';
import { workYaml } from '../support/works.ts';

const id = '88970ef2-5090-52c2-a2ad-d83fabe28ed0';
const parsed = (argv: readonly string[]): WaitOptions => parseFor(waitCommand, argv);
const work = ['--name=w', '--consumer=c1'];

describe('argv to options', () => {
  it.each([
    {
      argv: work,
      options: {
        addresses: [{ by: 'name', name: 'w', consumer: 'c1' }],
        await: { text: 'Available', failureGraceMs: 30_000, feedbackSettleMs: 20_000 },
        mustExist: false,
        output: 'text',
        timeoutMs: 270_000,
      },
    },
    { argv: ['-n', 'w', '-c', 'c1'], options: { addresses: [{ by: 'name', name: 'w', consumer: 'c1' }] } },
    { argv: ['-n', 'a', '-n', 'b', '-n', 'a', '-c', 'c1'], options: { addresses: [{ name: 'a' }, { name: 'b' }] } },
    { argv: [`--id=${id}`], options: { addresses: [{ by: 'id', id }] } },
    { argv: [`--id=${id.toUpperCase()}`], options: { addresses: [{ by: 'id', id }] } },
    {
      argv: ['-n', 'a', '-n', 'b', '--consumer-selector=region=eu'],
      options: {
        addresses: [],
        fleet: {
          consumers: { kind: 'selected', text: 'region=eu' },
          namings: [
            { by: 'name', name: 'a' },
            { by: 'name', name: 'b' },
          ],
        },
      },
    },
    {
      argv: ['-n', 'a', '-c', 'c1', '-c', 'c2'],
      options: { addresses: [], fleet: { consumers: { kind: 'named', names: ['c1', 'c2'] } } },
    },
    { argv: ['-n', 'a', '--all-consumers'], options: { fleet: { consumers: { kind: 'all' } } } },
    { argv: [...work, '--for=Applied'], options: { await: { text: 'Applied' } } },
    { argv: [...work, '--for', 'Job:Complete OR Job:Failed'], options: { await: { expression: { kind: 'or' } } } },
    { argv: [...work, '--condition=Deleted'], options: { await: { text: 'Deleted' } } },
    { argv: [...work, '--must-exist'], options: { mustExist: true, via: 'poll' } },
    { argv: [...work, '--via=stream'], options: { via: 'stream' } },
    { argv: [...work, '--watch'], options: { await: { text: 'Available' } } },
    {
      argv: [...work, '--fail-on=Job:Failed', '--failure-grace=1m', '--feedback-settle=0s'],
      options: { await: { failOn: { kind: 'resource' }, failureGraceMs: 60_000, feedbackSettleMs: 0 } },
    },
    { argv: [...work, '-o', 'name', '--timeout=10m'], options: { output: 'name', timeoutMs: 600_000 } },
  ])('$argv', ({ argv, options }) => {
    expect(parsed(argv)).toMatchObject(options);
  });

  it.each([
    { argv: [], message: 'no work was named' },
    { argv: ['--consumer=c1'], message: 'no work was named' },
    { argv: ['--name=w'], message: '--consumer is missing for w' },
    {
      argv: [`--id=${id}`, '--all-consumers'],
      message: '--id names one work on one consumer; leave the choice of consumers out',
    },
    { argv: ['--all-consumers'], message: 'no work was named' },
    {
      argv: [...work, '--all-consumers'],
      message: '--consumer and --all-consumers both choose consumers; leave one out',
    },
    { argv: ['--name=', '--consumer=c1'], message: '--name is empty' },
    { argv: ['--id=w'], message: '--id takes a UUID, not "w"' },
    { argv: [...work, `--id=${id}`], message: '--name and --id both name works; leave one out' },
    {
      argv: [...work, '--for=Applied', '--condition=Available'],
      message: '--for and --condition are one flag and were given different values',
    },
    { argv: [...work, '--for='], message: '--for is empty' },
    { argv: [...work, '--for=Applied AND AND'], message: /\^/ },
    { argv: [...work, '-o', 'yaml'], message: '--output does not know "yaml"' },
    { argv: [...work, '--failure-grace=1'], message: /^--failure-grace: / },
  ])('$argv is a usage error', ({ argv, message }) => {
    expect(usageErrorOf(() => parsed(argv)).message).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });
});

describe.each(['poll', 'stream'] as const)('options to effects, via %s', (via) => {
  let maestro: StandIn;
  beforeAll(async () => {
    maestro = await startStandIn({
      consumers: ['c1', 'offline', 'failing'],
      agent: { delayMs: 5, deleteDelayMs: 5 },
      agents: { offline: { online: false }, failing: { failManifests: ['*'] } },
    });
    for (const [name, consumer] of [
      ['ready', 'c1'],
      ['idle', 'offline'],
      ['bad', 'failing'],
    ] as const)
      await apply(name, consumer);
  });
  afterAll(() => maestro.close());

  const run = (argv: readonly string[]): Promise<CliRun> =>
    runCli(['wait', `--via=${via}`, ...argv], { endpoints: maestro });
  const line = (name: string, text: string): string => `manifestwork.work.open-cluster-management.io/${name} ${text}\n`;
  async function apply(name: string, consumer: string, source = 'maestro-cli'): Promise<void> {
    const applied = await runCli(['apply', '-f', 'w.yaml', `--consumer=${consumer}`, `--source-id=${source}`], {
      endpoints: maestro,
      files: { 'w.yaml': workYaml(name) },
    });
    expect(applied.exitCode, applied.stderr).toBe(0);
  }

  /** What apply would refuse: a second work of one name, by another source. */
  async function publish(name: string, source: string): Promise<void> {
    const { settings } = parseFor(waitCommand, work, {
      MAESTRO_HTTP_ENDPOINT: maestro.httpEndpoint,
      MAESTRO_GRPC_ENDPOINT: `grpc://${maestro.grpcEndpoint}`,
    });
    const opened = await connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
    const target = { id: bundleId(source, 'c1', name), consumer: 'c1', source };
    const manifests = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }];
    const request = {
      kind: 'create',
      target,
      work: { name, labels: {}, annotations: {}, manifests, manifestConfigs: [] },
    } as const;
    await opened.writer.publish(request, {
      signal: new AbortController().signal,
      deadlineMs: systemClock.monotonicMs() + 10_000,
    });
    await opened.close();
  }

  it('ends when the condition holds, and sends nothing', async () => {
    const before = maestro.publishes().length;
    const done = await run(['--name=ready', '--consumer=c1', '--results-path=r.json']);
    expect(done).toMatchObject({ exitCode: 0, stdout: line('ready', 'condition met: Available (version 1)') });
    expect(resultOf(done, 'r.json')).toMatchObject({ status: 'Applied', manifestWorkName: 'ready', consumer: 'c1' });
    expect(maestro.publishes()).toHaveLength(before);
  });

  it('waits on several consumers, and names each', async () => {
    await apply('both', 'c1');
    await apply('both', 'failing');
    const waited = await run([
      '--name=both',
      '--consumer=c1',
      '--consumer=failing',
      '--for=Applied',
      '--failure-grace=100ms',
      '--results-path=r.json',
    ]);
    expect(waited).toMatchObject({ exitCode: 7, stdout: line('both', 'condition met: Applied (version 1) on c1') });
    expect(resultOf(waited, 'r.json')).toMatchObject({
      status: 'Failed',
      works: [
        { consumer: 'c1', status: 'Applied' },
        { consumer: 'failing', status: 'Failed' },
      ],
    });
    const none = await run(['--name=both', '--consumer-selector=region=nowhere']);
    expect(none).toMatchObject({ exitCode: 3, stdout: '' });
    expect(none.stderr).toContain('no consumer has the labels region=nowhere');
  });

  it('waits for a work that does not exist yet', async () => {
    const running = run(['--name=later', '--consumer=c1', '--timeout=20s']);
    await apply('later', 'c1');
    expect(await running).toMatchObject({ exitCode: 0, stdout: line('later', 'condition met: Available (version 1)') });
  });

  it('finds the only work of another source by its name', async () => {
    await apply('theirs', 'c1', 'someone');
    expect(await run(['--name=theirs', '--consumer=c1'])).toMatchObject({ exitCode: 0 });
  });

  it('refuses a name that two other sources have, and lists the ids', async () => {
    await publish('shared', 'one');
    await publish('shared', 'two');
    const refused = await run(['--name=shared', '--consumer=c1']);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g)).toHaveLength(2);
    expect(refused.stderr).toContain('--id');
  });

  it('takes a work that another source creates meanwhile, and says so', async () => {
    const running = run(['--name=theirs-later', '--consumer=c1', '--timeout=20s']);
    await apply('theirs-later', 'c1', 'someone');
    const done = await running;
    expect(done).toMatchObject({ exitCode: 0, stdout: line('theirs-later', 'condition met: Available (version 1)') });
    expect(done.stderr).toContain(
      `theirs-later on c1 is a work of another source (id ${bundleId('someone', 'c1', 'theirs-later')}); waiting for it`,
    );
  });

  it('tells a deletion that was under way (exit 5) from one that came meanwhile (exit 7)', async () => {
    await apply('leaving', 'offline');
    const running = run(['--name=leaving', '--consumer=offline', '--timeout=20s']);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await runCli(['delete', '--name=leaving', '--consumer=offline'], { endpoints: maestro });
    expect(await running).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining('is being deleted since') as string,
    });
    const late = await run([
      '--name=leaving',
      '--consumer=offline',
      '--results-path=r.json',
      '--results-format=adapter-result',
    ]);
    expect(late.exitCode).toBe(5);
    expect(resultOf(late, 'r.json')).toMatchObject({ status: 'failure', reason: 'BeingDeleted' });
  });

  it('takes a 404 for Deleted at once', async () => {
    expect(await run(['--name=never', '--consumer=c1', '--for=Deleted'])).toMatchObject({
      exitCode: 0,
      stdout: line('never', 'condition met: Deleted'),
    });
  });

  it('warns of a consumer that does not exist, also where the missing work is what was awaited', async () => {
    const warning = 'warning: there is no consumer named c9; is it misspelt?\n';
    const gone = await run(['--name=ready', '--consumer=c9', '--for=Deleted']);
    expect(gone).toMatchObject({ exitCode: 0, stderr: warning });
    const late = await run(['--name=ready', '--consumer=c9', '--timeout=300ms']);
    expect(late).toMatchObject({ exitCode: 6, stderr: expect.stringContaining(warning) as string });
    expect((await run(['--name=never', '--consumer=c1', '--for=Deleted'])).stderr).toBe('');
  });

  it('tells what is missing, once, and again in the timeout', async () => {
    const late = await run(['--name=idle', '--consumer=offline', '--timeout=900ms']);
    expect(late).toMatchObject({ exitCode: 6, stdout: '' });
    expect(late.stderr.split('\n')).toEqual([
      expect.stringMatching(/^idle: the agent has not reported this work yet \(written \d+s ago\)$/),
      'go on waiting with: maestro-cli wait idle -c offline --for=Available',
      expect.stringMatching(
        /^error: timed out after 900ms waiting for idle on offline: the agent has not reported this work yet \(written \d+s ago\)$/,
      ),
      '',
    ]);
  });

  it('names the manifest that could not be applied', async () => {
    const failed = await run(['--name=bad', '--consumer=failing', '--failure-grace=0s']);
    expect(failed.exitCode).toBe(7);
    expect(failed.stderr).toMatch(
      /error: bad on failing: version 1 could not be applied: ConfigMap\/default\/settings Applied=False/,
    );
  });

  it('waits for several works and tells each', async () => {
    await apply('ready-two', 'c1');
    const both = await run(['-n', 'ready', '-n', 'ready-two', '-c', 'c1', '-o', 'json']);
    expect(both.exitCode).toBe(0);
    expect(JSON.parse(both.stdout)).toMatchObject({
      works: [
        { name: 'ready', reason: 'Available' },
        { name: 'ready-two', phase: 'Applied' },
      ],
    });
  });

  it.each([
    ['ready', 'Availabel', 'Did you mean Available?'],
    ['ready', 'condition=Ready', 'Kind/name:Ready'],
    ['not-there-yet', 'NOT Synced', '"Synced" in quotes'],
    ['ready', 'create', 'Write Applied'],
    ['ready', 'delete', 'Write Deleted'],
    ['ready', 'jsonpath={.data.a}=1', 'Kind/name:a=1'],
    ['ready', 'configmaps/settings:Applied', 'Did you mean ConfigMap/settings?'],
    ['ready', 'ConfigMap/setings:Applied', 'Did you mean ConfigMap/default/settings?'],
  ])('refuses at once what can never come true: %s --for=%s', async (name, expression, hint) => {
    for (const flags of [[`--for=${expression}`], ['--for=Applied', `--fail-on=${expression}`]]) {
      const refused = await run([`--name=${name}`, '--consumer=c1', ...flags]);
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
      expect(refused.stderr).toContain(hint);
    }
  });

  it('takes kubectl’s condition=NAME for what it means, and a quoted condition as it stands', async () => {
    const met = await run(['--name=ready', '--consumer=c1', '--for=condition=available', '-o', 'json']);
    expect(JSON.parse(met.stdout)).toMatchObject({ works: [{ reason: 'Available' }] });
    expect((await run(['--name=ready', '--consumer=c1', '--for="Synced"', '--timeout=300ms'])).exitCode).toBe(6);
  });

  it('refuses a selector without a match', async () => {
    const unmatched = await run([
      '--name=ready',
      '--consumer=c1',
      '--for=Job:Complete',
      '--results-path=r.json',
      '--results-format=adapter-result',
    ]);
    expect(unmatched.exitCode).toBe(2);
    expect(resultOf(unmatched, 'r.json')).toMatchObject({ status: 'failure', reason: 'NothingSelected' });
  });

  it('logs in json when told to', async () => {
    const late = await run(['--name=idle', '--consumer=offline', '--timeout=300ms', '--log-format=json']);
    expect(JSON.parse(late.stderr.split('\n')[0] ?? '')).toMatchObject({
      level: 'progress',
      msg: expect.stringMatching(/^idle: the agent has not reported this work yet \(written \d+s ago\)$/) as string,
    });
  });
});
