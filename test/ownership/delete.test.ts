import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultJson } from '../commands/support/result.ts';
import { adapterResultOf, resultOf } from '../commands/support/result.ts';
import { createMaestroClient, type FleetOutcome, type MaestroClient } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';

let maestro: StandIn;
let client: MaestroClient;
const reporter: string[] = [];
beforeAll(async () => {
  maestro = await startStandIn({
    consumers: ['c1', 'c2', 'offline'],
    agent: { delayMs: 5, deleteDelayMs: 5 },
    agents: { offline: { online: false } },
  });
  client = await createMaestroClient({
    grpcEndpoint: `grpc://${maestro.grpcEndpoint}`,
    httpEndpoint: maestro.httpEndpoint,
    source: 'maestro-cli',
    manager: 'idp',
    onNotice: (text) => reporter.push(text),
  });
});
afterAll(async () => {
  await client.close();
  await maestro.close();
});

const configMap = (name: string): string =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, namespace: default}}`;

/** A work that three managers share: `landing-zone`, `nodepool` and `idp`. */
async function shared(name: string, ...consumers: readonly string[]): Promise<number> {
  for (const manager of ['landing-zone', 'nodepool', 'idp']) {
    for (const consumer of consumers.length === 0 ? ['c1'] : consumers) {
      const argv = ['apply', '-f', '-', `--name=${name}`, `--consumer=${consumer}`, `--manager=${manager}`, '--merge'];
      const done = await runCli(argv, { endpoints: maestro, stdin: configMap(`of-${manager}`) });
      expect(done.exitCode, done.stderr).toBe(0);
    }
  }
  return maestro.publishes().length;
}

const run = (argv: readonly string[]): Promise<CliRun> => runCli(['delete', ...argv], { endpoints: maestro });
const sentSince = (before: number): readonly string[] =>
  maestro
    .publishes()
    .slice(before)
    .map(({ type }) => type.split('.').at(-1) ?? '');
const line = (name: string, text: string): string => `manifestwork.work.open-cluster-management.io/${name} ${text}\n`;
const losses = [
  { what: 'ConfigMap/default/of-landing-zone', manager: 'landing-zone', how: 'removed' },
  { what: 'ConfigMap/default/of-nodepool', manager: 'nodepool', how: 'removed' },
];

describe('a work that holds manifests of other managers', () => {
  it.each([
    { title: 'as it is', argv: [] },
    { title: 'with --all', argv: ['--all'] },
    { title: 'with --quiet', argv: ['--quiet'] },
    { title: 'in a dry run', argv: ['--dry-run'] },
    { title: 'with --watch', argv: ['--watch'] },
    { title: 'with --orphan: nobody would look after their objects', argv: ['--orphan'] },
  ])('is not deleted $title: exit 10, and they are listed', async ({ argv }) => {
    const name = `refused-${argv.join('').replaceAll('-', '')}-x`;
    const before = await shared(name);
    const done = await run([
      `--name=${name}`,
      '--consumer=c1',
      '--manager=idp',
      ...argv,
      '--results-path=r.json',
      '--results-format=adapter-result',
    ]);
    expect(done).toMatchObject({ exitCode: 10, stdout: '' });
    const how = argv.includes('--orphan') ? 'orphaned' : 'removed';
    const all = `ConfigMap/default/of-landing-zone of landing-zone would be ${how}; ConfigMap/default/of-nodepool of nodepool would be ${how}`;
    expect(done.stderr).toContain(`holds manifests of other managers than idp: ${all}\n`);
    expect(done.stderr).toContain(
      'hint: Nothing was deleted. delete --resource=KIND/NAME takes out your own manifests alone; --force deletes all of the work.',
    );
    expect(adapterResultOf(done, 'r.json')).toMatchObject({ status: 'failure', reason: 'ForeignManifests' });
    expect(sentSince(before)).toEqual([]);
  });

  it('goes with --force, and every output says what the others lost', async () => {
    const before = await shared('forced');
    const done = await run([
      '--name=forced',
      '--consumer=c1',
      '--manager=idp',
      '--force',
      '--quiet',
      '--watch',
      '--results-path=r.json',
    ]);
    expect(done).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout:
        line('forced', 'deletion requested') +
        line('forced', 'takes along ConfigMap/default/of-landing-zone of landing-zone (forced)') +
        line('forced', 'takes along ConfigMap/default/of-nodepool of nodepool (forced)') +
        line('forced', 'removed from Maestro'),
    });
    expect(resultOf(done, 'r.json')).toMatchObject({
      status: 'Applied',
      message: expect.stringContaining(
        '; others lose ConfigMap/default/of-landing-zone of landing-zone, ConfigMap/default/of-nodepool of nodepool',
      ) as string,
      losses,
    });
    expect(sentSince(before)).toEqual(['delete_request']);
  });

  it.each([{ watch: [] }, { watch: ['--watch'] }])(
    'goes with --force, told in JSON and to the status-reporter $watch',
    async ({ watch }) => {
      const name = `told${watch.length}`;
      await shared(name);
      const done = await run([
        `--name=${name}`,
        '--consumer=c1',
        '--manager=idp',
        '--force',
        ...watch,
        '-o',
        'json',
        '--results-path=r.json',
        '--results-format=adapter-result',
      ]);
      expect(done.exitCode, done.stderr).toBe(0);
      expect((JSON.parse(done.stdout) as { works: unknown[] }).works).toMatchObject([{ name, losses }]);
      const result: ResultJson & { readonly reported: { readonly message: unknown } } = adapterResultOf(done, 'r.json');
      expect(result).toMatchObject({ status: 'success', losses });
      expect(result.reported.message).toContain('of-nodepool of nodepool');
    },
  );

  it('warns of it beside names', async () => {
    await shared('names');
    const done = await run(['--name=names', '--consumer=c1', '--manager=idp', '--force', '-o', 'name']);
    expect(done.stdout).toBe('manifestwork.work.open-cluster-management.io/names\n');
    expect(done.stderr).toContain('warning: names: takes along ConfigMap/default/of-nodepool of nodepool (forced)\n');
  });

  it('is orphaned with --force, and says so', async () => {
    const before = await shared('let-go');
    const done = await run(['--name=let-go', '--consumer=c1', '--manager=idp', '--orphan', '--force', '-o', 'json']);
    expect(done.exitCode, done.stderr).toBe(0);
    expect((JSON.parse(done.stdout) as { works: unknown[] }).works).toMatchObject([
      { losses: losses.map((loss) => ({ ...loss, how: 'orphaned' })) },
    ]);
    expect(sentSince(before)).toEqual(['update_request', 'delete_request']);
  });

  it('is not deleted on any cluster of a fleet, and the others are', async () => {
    const own = await runCli(['apply', '-f', '-', '--name=fleet', '--consumer=c2', '--manager=idp'], {
      endpoints: maestro,
      stdin: configMap('of-idp'),
    });
    expect(own.exitCode, own.stderr).toBe(0);
    const before = await shared('fleet', 'c1');
    const fleet = ['--name=fleet', '--consumer=c1', '--consumer=c2', '-y', '--manager=idp', '--all', '-o', 'json'];
    const done = await run(fleet);
    expect(done.exitCode).toBe(10);
    expect((JSON.parse(done.stdout) as { works: unknown[] }).works).toMatchObject([
      { consumer: 'c1', reason: 'ForeignManifests' },
      { consumer: 'c2', reason: 'DeletionRequested' },
    ]);
    expect(sentSince(before)).toEqual(['delete_request']);
    const forced = await run([...fleet, '--force']);
    expect((JSON.parse(forced.stdout) as { works: unknown[] }).works[0]).toMatchObject({
      consumer: 'c1',
      reason: 'DeletionRequested',
      losses,
    });
  });

  it('is not deleted when they came while its objects were being let go', async () => {
    const first = await runCli(['apply', '-f', '-', '--name=joined', '--consumer=offline', '--manager=idp'], {
      endpoints: maestro,
      stdin: configMap('of-idp'),
    });
    expect(first.exitCode, first.stderr).toBe(0);
    const before = maestro.publishes().length;
    const running = run(['--name=joined', '--consumer=offline', '--manager=idp', '--orphan', '--timeout=30s']);
    await expect.poll(() => sentSince(before)).toEqual(['update_request']);
    const joined = await runCli(
      ['apply', '-f', '-', '--name=joined', '--consumer=offline', '--manager=nodepool', '--merge'],
      { endpoints: maestro, stdin: configMap('of-nodepool') },
    );
    expect(joined.exitCode, joined.stderr).toBe(0);
    maestro.setAgent('offline', { online: true });
    try {
      const done = await running;
      expect(done).toMatchObject({ exitCode: 10 });
      expect(done.stdout).toBe('');
      expect(done.stderr).toContain(
        'ConfigMap/default/of-nodepool of nodepool would be orphaned; nothing was deleted, but the work now keeps its objects',
      );
    } finally {
      maestro.setAgent('offline', { online: false });
    }
    expect(sentSince(before)).not.toContain('delete_request');
  });

  it('is left to who has asked for its end already', async () => {
    await shared('going', 'offline');
    expect(await run(['--name=going', '--consumer=offline', '--manager=idp', '--force'])).toMatchObject({
      exitCode: 0,
    });
    const before = maestro.publishes().length;
    const again = await run(['--name=going', '--consumer=offline', '--manager=nodepool']);
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('not asked again') as string });
    expect(sentSince(before)).toEqual([]);
  });

  it('gives a hint of its own for chosen manifests', async () => {
    await shared('part');
    const argv = ['--name=part', '--consumer=c1', '--manager=idp', '--resource=ConfigMap/of-nodepool'];
    const refused = await run(argv);
    expect(refused).toMatchObject({ exitCode: 10, stdout: '' });
    expect(refused.stderr).toContain(
      'hint: Nothing was deleted. Leave these out of --resource; --force takes them out too.',
    );
    expect(refused.stderr).not.toContain('apply --merge');
    const forced = await run([...argv, '--force', '--results-path=r.json']);
    expect(forced.stdout).toContain(line('part', 'takes along ConfigMap/default/of-nodepool of nodepool (forced)'));
    expect(resultOf(forced, 'r.json')).toMatchObject({ losses: [losses[1]] });
  });
});

describe('the library', () => {
  it('refuses as the command does, and tells with force what others lost', async () => {
    const before = await shared('by-library');
    await expect(client.works('c1').delete('by-library')).rejects.toMatchObject({
      code: 'ownership',
      reason: 'ForeignManifests',
    });
    await expect(client.works('c1').delete('by-library', { manager: 'nodepool' })).rejects.toMatchObject({
      message: expect.stringContaining('of-idp of idp would be removed') as string,
    });
    expect(sentSince(before)).toEqual([]);
    expect(await client.works('c1').delete('by-library', { force: true, wait: true })).toBe('removed');
    expect(reporter).toContain('by-library: takes along ConfigMap/default/of-nodepool of nodepool (forced)');
  });

  it('leaves the objects on the cluster with `orphan`', async () => {
    const made = await client.works('c2').apply({
      name: 'left',
      labels: {},
      annotations: {},
      manifests: [
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'left', namespace: 'default' }, data: { a: 'b' } },
      ],
      manifestConfigs: [],
    });
    expect(made.operation).toBe('created');
    expect(await client.works('c2').delete('left', { orphan: true, wait: true })).toBe('removed');
    const left: unknown = expect.objectContaining({ metadata: expect.objectContaining({ name: 'left' }) as unknown });
    expect(maestro.objects('c2').map(({ manifest }) => manifest)).toContainEqual(left);
  });

  it('refuses so for many, too, and sends nothing in a dry run', async () => {
    const before = await shared('many', 'c1', 'c2');
    const outcomes: FleetOutcome[] = [];
    const works = [
      { consumer: 'c1', name: 'many' },
      { consumer: 'c2', name: 'many' },
    ];
    const onOutcome = (outcome: FleetOutcome): void => void outcomes.push(outcome);
    expect(await client.deleteMany(works, { onOutcome })).toMatchObject({ deleted: 0, failed: 2 });
    expect(outcomes.map(({ outcome }) => outcome.reason)).toEqual(['ForeignManifests', 'ForeignManifests']);
    expect(await client.deleteMany(works, { force: true, dryRun: true, onOutcome })).toMatchObject({
      deleted: 2,
      failed: 0,
    });
    expect(sentSince(before)).toEqual([]);
    expect(await client.deleteMany(works, { force: true, onOutcome })).toMatchObject({ deleted: 2, failed: 0 });
    expect(outcomes.at(-1)?.outcome).toMatchObject({ reason: 'DeletionRequested', losses });
    expect(sentSince(before)).toEqual(['delete_request', 'delete_request']);
  });
});

describe('a consumer that does not exist', () => {
  it('is not found, whoever asks', async () => {
    const cli = await run(['--name=w', '--consumer=typo']);
    expect(cli.exitCode).toBe(3);
    const fleet = await run(['--name=w', '--consumer=typo', '--consumer=c1', '-y']);
    expect(fleet.exitCode).toBe(3);
    await expect(client.works('typo').delete('w')).rejects.toMatchObject({
      code: 'not-found',
      reason: 'ConsumerNotFound',
    });
    const outcomes: FleetOutcome[] = [];
    expect(
      await client.deleteMany([{ consumer: 'typo', name: 'w' }], { onOutcome: (outcome) => outcomes.push(outcome) }),
    ).toMatchObject({ absent: 0, failed: 1 });
    expect(outcomes[0]?.outcome).toMatchObject({ exitCode: 3, reason: 'ConsumerNotFound' });
  });
});
