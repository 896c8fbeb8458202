import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrateFinishCommand } from '../../../src/commands/migrate/finish/command.ts';
import { migrateMapCommand } from '../../../src/commands/migrate/map/command.ts';
import { migratePlanCommand } from '../../../src/commands/migrate/plan/command.ts';
import { migrateRollbackCommand } from '../../../src/commands/migrate/rollback/command.ts';
import { migrateRunCommand } from '../../../src/commands/migrate/run/command.ts';
import { migrateStatusCommand } from '../../../src/commands/migrate/status/command.ts';
import { adapterWork, migrationWorld, threeAdapters } from '../../acceptance/support/migration.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { parseFor } from '../../support/parse-for.ts';
import { runCli } from '../../support/run-cli.ts';

const plan = '--plan=p.json';

describe('argv to options', () => {
  it.each([
    { argv: [plan, '--to=C'], options: { to: 'C', plan: 'p.json', consumers: { kind: 'all' }, managerOf: {} } },
    { argv: [plan, '--to', 'A', '-c', 'c1'], options: { to: 'A', consumers: { kind: 'named', names: ['c1'] } } },
    { argv: [plan, '--to=B', '--works=a,b'], options: { works: ['a', 'b'] } },
    { argv: [plan, '--to=B', '-l', 'team=x'], options: { selector: [{ key: 'team' }] } },
    { argv: [plan, '--to=C', '--name=all-{cluster}'], options: { name: 'all-{cluster}' } },
    {
      argv: [plan, '--to=C', '--manager-of=w=np', '--manager-of=x=idp'],
      options: { managerOf: { w: 'np', x: 'idp' } },
    },
    { argv: [plan, '--to=C', '--prefer=w', '--source-id=s'], options: { prefer: 'w', source: 's' } },
  ])('plan $argv', ({ argv, options }) => {
    expect(parseFor(migratePlanCommand, argv)).toMatchObject(options);
  });

  it.each([
    { argv: ['--to=C'], says: '--plan is required' },
    { argv: [plan], says: '--to is required' },
    { argv: [plan, '--to=D'], says: '--to does not know "D"' },
    { argv: [plan, '--to=C', '--manager-of=w'], says: '--manager-of takes WORK=MANAGER, not "w"' },
    { argv: [plan, '--to=C', '--name={manager}'], says: '{manager} is not known for pattern C' },
    { argv: [plan, '--to=C', '--name=Bad_{cluster}'], says: 'makes none: ' },
  ])('plan $argv is refused', ({ argv, says }) => {
    expect(usageErrorOf(() => parseFor(migratePlanCommand, argv)).message).toContain(says);
  });

  it.each([
    {
      argv: [plan],
      options: { plan: 'p.json', yes: false, dryRun: false, ownerProof: true, canary: 0, consumers: [] },
    },
    { argv: [plan, '-y', '--dry-run', '--no-owner-proof'], options: { yes: true, dryRun: true, ownerProof: false } },
    { argv: [plan, '--canary=2', '--waves=10%'], options: { canary: 2, waves: { kind: 'percent', percent: 10 } } },
    { argv: [plan, '--max-failures=3', '--max-concurrency=4'], options: { maxFailures: 3, maxConcurrency: 4 } },
    {
      argv: [plan, '--failure-grace=5s', '-c', 'a', '-c', 'b'],
      options: { failureGraceMs: 5_000, consumers: ['a', 'b'] },
    },
  ])('run, finish and rollback $argv', ({ argv, options }) => {
    for (const [command, goal] of [
      [migrateRunCommand, 'run'],
      [migrateFinishCommand, 'finish'],
      [migrateRollbackCommand, 'rollback'],
    ] as const)
      expect(parseFor(command, argv)).toMatchObject({ ...options, goal });
  });

  it('status and map need a plan', () => {
    expect(usageErrorOf(() => parseFor(migrateStatusCommand, [])).message).toContain('--plan is required');
    expect(usageErrorOf(() => parseFor(migrateMapCommand, [])).message).toContain('--plan is required');
    expect(parseFor(migrateMapCommand, [plan, '-o', 'yaml'])).toMatchObject({ output: 'yaml' });
  });
});

describe('options to effects', () => {
  it('shows what there is, and who manages it', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await world.apply('c1', 'x', adapterWork('other', { base: '2' }));
    const { stdout } = await world.done('migrate', 'inventory', '-o', 'wide');
    expect(stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      'CONSUMER | PATTERN | NAME | MANAGERS | OBJECTS | SHARED | VERSION | CONFIGS | ON-DELETE | EXECUTOR | SIZE',
      'c1 | A | hyperfleet-c1-idp | idp | 1 | - | 1 | 0 | Foreground | no | 0.1 KiB',
      'c1 | A | hyperfleet-c1-np | np | 2 | - | 1 | 0 | Foreground | no | 0.2 KiB',
      'c1 | A | hyperfleet-c1-ns | ns | 1 | 1 (1 differ) | 1 | 0 | Foreground | no | 0.1 KiB',
      'c1 | A | other | x | 1 | 1 (1 differ) | 1 | 0 | Foreground | no | 0.1 KiB',
      '',
    ]);
  });

  it('plans only the works that are named or selected, and says what is not there', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    const some = await world.done(
      'migrate',
      'plan',
      '--to=C',
      plan,
      '--works=hyperfleet-c1-np,hyperfleet-c1-ns',
      '-o',
      'json',
    );
    expect(JSON.parse(some.stdout)).toMatchObject({
      to: 'C',
      clusters: [
        { old: [{ name: 'hyperfleet-c1-np' }, { name: 'hyperfleet-c1-ns' }], new: [{ name: 'hyperfleet-c1' }] },
      ],
    });
    const missing = await world.run('migrate', 'plan', '--to=C', plan, '--works=hyperfleet-c1-np,typo');
    expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining('there is no work named typo')]);
    const nothing = await world.run('migrate', 'plan', '--to=C', plan, '-l', 'team=none');
    expect([nothing.exitCode, nothing.stderr]).toEqual([2, expect.stringContaining('nothing has to move')]);
  });

  it('refuses works that are deleted, not applied, or too large together, and writes no plan', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    world.standIn.setAgent('c1', { online: false });
    await world.run('delete', '--name=hyperfleet-c1-idp', '--consumer=c1', '--force');
    const refused = await world.run('migrate', 'plan', '--to=C', plan);
    expect(refused.exitCode).toBe(5);
    expect(refused.stderr).toContain('c1: hyperfleet-c1-idp: it is being deleted since');
    expect(refused.files).not.toHaveProperty('p.json');
  });

  it('gives a new work no name that another work has taken the place of, for nobody could write to it', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    for (const to of ['C', 'B']) {
      await world.done('migrate', 'plan', `--to=${to}`, plan);
      await world.done('migrate', 'run', plan, '-y');
      await world.done('migrate', 'finish', plan, '-y');
    }
    const works = '--works=hyperfleet-c1-configmap-pool,hyperfleet-c1-configmap-size';
    const refused = await world.run('migrate', 'plan', '--to=A', plan, works);
    expect([refused.exitCode, refused.stderr]).toEqual([
      5,
      expect.stringContaining('hyperfleet-c1-np: the name of a new work is taken: another work has it, or has taken'),
    ]);
    await world.done('migrate', 'plan', '--to=A', plan);
  });

  it('shows in describe which works the new one replaces, in words', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await world.done('migrate', 'plan', '--to=C', plan);
    await world.done('migrate', 'run', plan, '-y');
    const { stdout } = await world.done('describe', '--name=hyperfleet-c1', '--consumer=c1');
    expect(stdout).toMatch(
      /^Replaces: +hyperfleet-c1-idp, hyperfleet-c1-np, hyperfleet-c1-ns \(migrated; not to be made anew\)$/m,
    );
    const old = await world.done('describe', '--name=hyperfleet-c1-np', '--consumer=c1', '-o', 'json');
    expect(JSON.parse(old.stdout)).not.toHaveProperty('replaces');
  });

  it('needs --yes where nobody can answer, and does nothing without a yes', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await world.done('migrate', 'plan', '--to=C', plan);
    const sent = world.standIn.publishes().length;
    const alone = await world.run('migrate', 'run', plan);
    expect([alone.exitCode, alone.stderr]).toEqual([2, expect.stringContaining('Give -y.')]);
    const options = { cwd: world.folder, maestro: world.standIn, interactive: true };
    const no = await runCli(['migrate', 'run', plan], { ...options, stdin: 'n\n' });
    expect(no.exitCode).toBe(2);
    expect(no.stderr).toContain(
      'migrate run: make 1 new work beside 3 old ones on the cluster (c1) at 127.0.0.1:1? [y/N]',
    );
    expect(world.standIn.publishes()).toHaveLength(sent);
    expect((await runCli(['migrate', 'run', plan], { ...options, stdin: 'y\n' })).exitCode).toBe(0);
  });

  it('refuses what is no plan, and clusters that are not in it', async () => {
    const world = await migrationWorld();
    const run = (text: string): ReturnType<typeof runCli> =>
      runCli(['migrate', 'map', plan], { cwd: world.folder, files: { 'p.json': text } });
    for (const [text, says] of [
      ['{', 'it is no JSON'],
      ['[]', 'it is no MigrationPlan'],
      ['{"kind":"MigrationPlan","apiVersion":"x/v9"}', 'its apiVersion is "x/v9"'],
      ['{"kind":"MigrationPlan","apiVersion":"maestro-cli.hyperfleet.io/v1","to":"Z"}', 'to: "Z" is none of A, B, C'],
      [
        '{"kind":"MigrationPlan","apiVersion":"maestro-cli.hyperfleet.io/v1","to":"A","source":"s","createdAt":""}',
        'clusters is not a list',
      ],
    ] as const) {
      const ended = await run(text);
      expect([ended.exitCode, ended.stderr], text).toEqual([4, expect.stringContaining(says)]);
    }
    await threeAdapters(world);
    await world.done('migrate', 'plan', '--to=C', plan);
    const written = readFileSync(join(world.folder, 'p.json'), 'utf8');
    const document = JSON.parse(written) as { clusters: { new: { document: { spec: { workload: object } } }[] }[] };
    expect((await run(JSON.stringify(document))).exitCode, 'indented otherwise').toBe(0);
    const twice = await run(JSON.stringify({ ...document, clusters: [...document.clusters, ...document.clusters] }));
    expect([twice.exitCode, twice.stderr]).toEqual([4, expect.stringContaining('c1 stands in it twice')]);
    document.clusters[0]!.new[0]!.document.spec.workload = { manifests: [] };
    const edited = await run(JSON.stringify(document));
    expect([edited.exitCode, edited.stderr]).toEqual([
      4,
      expect.stringContaining('c1 was changed after it was planned'),
    ]);
    const source = await run(written.replace('"source": "hyperfleet"', '"source": "other"'));
    expect(source.exitCode).toBe(4);
    writeFileSync(join(world.folder, 'p.json'), written);
    const other = await world.run('migrate', 'status', plan, '-c', 'c9');
    expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining('has no cluster c9')]);
  });

  it('goes without the proof of ownership when it is told to', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await world.done('migrate', 'plan', '--to=C', plan);
    await world.done('migrate', 'run', plan, '-y', '--no-owner-proof');
    const unproven = await world.run('migrate', 'finish', plan, '-y');
    expect([unproven.exitCode, unproven.stderr]).toEqual([5, expect.stringContaining('has no proof of ownership')]);
    await world.done('migrate', 'finish', plan, '-y', '--no-owner-proof');
    expect(await world.names('c1')).toEqual(['hyperfleet-c1']);
  });

  it('tells one story in -o json, in the result file and by the exit code', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await world.done('migrate', 'plan', '--to=C', plan);
    const run = await world.done('migrate', 'run', plan, '-y', '-o', 'json', '--results-path=r.json');
    expect(JSON.parse(run.stdout)).toMatchObject({
      works: [{ name: 'hyperfleet-c1', consumer: 'c1', phase: 'Applied', reason: 'BothOwn', exitCode: 0 }],
      summary: { works: 1, consumers: 1, met: 1, failed: 0 },
    });
    expect(JSON.parse(run.files['r.json'] ?? '')).toMatchObject({
      status: 'Applied',
      manifestWorkName: 'hyperfleet-c1',
    });
  });
});
