import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrateFinishCommand } from '../../../src/commands/migrate/finish/command.ts';
import { migrateMapCommand } from '../../../src/commands/migrate/map/command.ts';
import { migratePlanCommand } from '../../../src/commands/migrate/plan/command.ts';
import { migrateRollbackCommand } from '../../../src/commands/migrate/rollback/command.ts';
import { migrateRunCommand } from '../../../src/commands/migrate/run/command.ts';
import { migrateStatusCommand } from '../../../src/commands/migrate/status/command.ts';
import { systemClock } from '../../../src/clock.ts';
import { connectInProcess } from '../../../src/clients/in-process.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { adapterWork, migrationWorld, source, threeAdapters } from '../../acceptance/support/migration.ts';
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
    { argv: ['--plan=-', '--to=C'], says: '--plan names a file here' },
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
    {
      argv: [plan, '--canary=2', '--waves=10%'],
      options: { canary: 2, waves: { kind: 'percent', percent: 10 }, maxFailures: 1 },
    },
    { argv: [plan, '--waves=10', '--max-failures=2'], options: { maxFailures: 2 } },
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

  it('refuses works that are deleted or not applied at their version, and writes no plan', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    world.standIn.setAgent('c1', { online: false });
    await world.run('delete', '--name=hyperfleet-c1-idp', '--consumer=c1', '--force');
    await world.writeBeside('hyperfleet-c1-np', { pool: '2' });
    const refused = await world.run('migrate', 'plan', '--to=C', plan);
    expect(refused.exitCode).toBe(5);
    expect(refused.stderr).toContain('c1: hyperfleet-c1-idp: it is being deleted since');
    expect(refused.stderr).toContain('c1: hyperfleet-c1-np: it is not applied at its version 2: ');
    expect(refused.files).not.toHaveProperty('p.json');
  });

  it('refuses works that are too large together, with their size and the most, and writes no plan', async () => {
    const world = await migrationWorld();
    for (const adapter of ['one', 'two'])
      await world.apply('c1', adapter, adapterWork(`hyperfleet-c1-${adapter}`, { [adapter]: 'x'.repeat(300_000) }));
    const refused = await world.run('migrate', 'plan', '--to=C', plan);
    expect([refused.exitCode, refused.stderr]).toEqual([
      5,
      expect.stringMatching(/hyperfleet-c1-one, hyperfleet-c1-two: .*take 586\.1 KiB as JSON, .* take 500 KiB/),
    ]);
    expect(refused.files).not.toHaveProperty('p.json');
  });

  it('refuses an executor that no record tells, because nobody could write it again', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    const maestro = connectInProcess(world.standIn);
    const executor = { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'spaces', name: 'writer' } } };
    const id = bundleId('hyperfleet', 'c1', 'foreign');
    const manifests = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'foreign', namespace: 'default' }, data: {} },
    ];
    await maestro.writer.publish(
      {
        kind: 'create',
        target: { id, consumer: 'c1', source: 'hyperfleet' },
        work: { name: 'foreign', labels: {}, annotations: {}, manifests, manifestConfigs: [], executor },
      },
      { signal: new AbortController().signal, deadlineMs: systemClock.monotonicMs() + 10_000 },
    );
    await maestro.close();
    await world.done('wait', '--name=foreign', '--consumer=c1', '--for=Applied');
    const refused = await world.run('migrate', 'plan', '--to=C', plan);
    expect([refused.exitCode, refused.stderr]).toEqual([
      5,
      expect.stringContaining(
        'c1: foreign: it has an executor that Maestro does not show, so it cannot be written again',
      ),
    ]);
    expect(refused.files).not.toHaveProperty('p.json');
  });

  it('shows on a terminal how many clusters are done, and what one waits for', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await world.done('migrate', 'plan', '--to=C', plan);
    const options = { cwd: world.folder, maestro: world.standIn, isTTY: true };
    const { stderr } = await runCli(['migrate', 'run', plan, '-y'], options);
    expect(stderr).toMatch(/░\] both own 0\/1 · 0s of [\s\S]*hyperfleet-c1: the agent has not reported/);
    expect(stderr).toMatch(/█\] both own 1\/1/);
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

  it('plans again from all works, when somebody has written the new one before finish', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    const before = world.objects();
    await world.done('migrate', 'plan', '--to=C', plan);
    await world.done('migrate', 'run', plan, '-y');
    const objects = { pool: '2', size: '2' };
    const written = await runCli(['apply', '-f', 'w.yaml', '--merge', '--manager=np', '--consumer=c1', '--watch'], {
      cwd: world.folder,
      maestro: world.standIn,
      env: { MAESTRO_SOURCE_ID: source },
      files: { 'w.yaml': adapterWork('hyperfleet-c1', objects) },
    });
    expect(written.exitCode, written.stderr).toBe(0);
    const moved = await world.run('migrate', 'finish', plan, '-y');
    expect([moved.exitCode, moved.stderr]).toEqual([5, expect.stringContaining('hyperfleet-c1: somebody wrote it')]);
    const again = ['migrate', 'plan', '--to=C', '--plan=again.json'];
    expect((await world.run(...again)).exitCode).toBe(5);
    await world.done(...again, '--prefer=hyperfleet-c1', '--name=all-{cluster}');
    await world.done('migrate', 'run', '--plan=again.json', '-y');
    await world.done('migrate', 'finish', '--plan=again.json', '-y');
    expect(await world.names('c1')).toEqual(['all-c1']);
    expect(world.objects().map(({ name, uid, owners }) => [name, uid, owners])).toEqual(
      before.map(({ name, uid }) => [name, uid, 1]),
    );
    expect(world.objects().map(({ name, value }) => `${name}=${String(value)}`)).toEqual([
      'base=1',
      'idp=1',
      'pool=2',
      'size=2',
    ]);
    const { stdout } = await world.done('get', '--name=all-c1', '--consumer=c1', '-o', 'json');
    expect(stdout).not.toContain('migrationOwners');
    const described = await world.done('describe', '--name=all-c1', '--consumer=c1', '-o', 'json');
    expect(JSON.parse(described.stdout)).toMatchObject({
      replaces: ['hyperfleet-c1', 'hyperfleet-c1-idp', 'hyperfleet-c1-np', 'hyperfleet-c1-ns'],
      managers: { np: ['ConfigMap/default/pool', 'ConfigMap/default/size'] },
    });
  });

  it('leaves a way out when an old work is written while others have let go already', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    const before = world.objects();
    await world.done('migrate', 'plan', '--to=C', plan);
    await world.done('migrate', 'run', plan, '-y');
    world.standIn.setAgent('c1', { online: false });
    expect((await world.run('migrate', 'finish', plan, '-y', '--timeout=300ms')).exitCode).toBe(6);
    // Somebody whose client knows nothing of migrations.
    await world.writeBeside('hyperfleet-c1-np', { pool: '9', size: '1' });
    world.standIn.setAgent('c1', { online: true });
    expect((await world.run('migrate', 'finish', plan, '-y')).exitCode).toBe(5);
    expect((await world.run('migrate', 'rollback', plan, '-y')).exitCode).toBe(5);
    const status = await world.done('migrate', 'status', plan, '-o', 'json');
    expect(JSON.parse(status.stdout)).toMatchObject([
      { position: 'moved', old: [{ form: 'orphaned' }, { form: 'other' }, { form: 'orphaned' }] },
    ]);
    for (const name of ['hyperfleet-c1-idp', 'hyperfleet-c1-ns'])
      await world.done('delete', `--name=${name}`, '--consumer=c1', '--force', '--all', '--orphan', '--watch');
    await world.done('wait', '--name=hyperfleet-c1-np', '--consumer=c1', '--for=Applied');
    const again = '--plan=again.json';
    await world.done('migrate', 'plan', '--to=C', again, '--prefer=hyperfleet-c1-np', '--name=all-{cluster}');
    await world.done('migrate', 'run', again, '-y');
    await world.done('migrate', 'finish', again, '-y');
    expect(await world.names('c1')).toEqual(['all-c1']);
    expect(world.objects().map(({ name, uid, owners, value }) => [name, uid, owners, value])).toEqual(
      before.map(({ name, uid, value }) => [name, uid, 1, name === 'pool' ? '9' : value]),
    );
  });

  it('writes as the source of the plan, whatever source is set where it is carried out', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await world.done('migrate', 'plan', '--to=C', plan);
    for (const command of ['run', 'finish', 'rollback'])
      await world.done('migrate', command, plan, '-y', '--source-id=another');
    expect(await world.names('c1')).toHaveLength(3);
  });

  it('ends with what is told of a consumer that has gone, and sends nothing more', async () => {
    const world = await migrationWorld({ consumers: ['c1', 'c2'] });
    await threeAdapters(world);
    await world.done('migrate', 'plan', '--to=C', plan, '-c', 'c1');
    const document = readFileSync(join(world.folder, 'p.json'), 'utf8');
    const other = await migrationWorld({ consumers: ['c2'] });
    for (const command of ['run', 'finish', 'rollback']) {
      const ended = await runCli(['migrate', command, plan, '-y'], {
        cwd: other.folder,
        maestro: other.standIn,
        files: { 'p.json': document },
      });
      expect([ended.exitCode, ended.stderr], command).toEqual([5, expect.stringContaining('Plan again')]);
    }
    expect(other.standIn.publishes()).toEqual([]);
  });

  it('says of run what is true when finish has begun, or is over', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await world.done('migrate', 'plan', '--to=C', plan);
    const run = ['migrate', 'run', plan, '-y'] as const;
    expect((await world.done(...run)).stderr).toContain('1 work on 1 consumer: 1 both own\n');
    world.standIn.setAgent('c1', { online: false });
    expect((await world.run('migrate', 'finish', plan, '-y', '--timeout=300ms')).exitCode).toBe(6);
    const begun = await world.done(...run, '--results-path=r.json');
    expect(begun.stdout).toContain('c1: hyperfleet-c1 owns, and finish has begun (version 1)');
    expect(begun.stderr).toContain('1 work on 1 consumer: 1 further already\n');
    expect(begun.files['r.json']).toContain('hyperfleet-c1-ns were told to let go of them');
    world.standIn.setAgent('c1', { online: true });
    await world.done('migrate', 'finish', plan, '-y');
    const over = await world.done(...run, '-o', 'json');
    expect(JSON.parse(over.stdout)).toMatchObject({
      works: [
        {
          reason: 'Finished',
          message:
            'ManifestWork hyperfleet-c1 on c1: holds 4 objects in the place of hyperfleet-c1-idp, hyperfleet-c1-np, hyperfleet-c1-ns',
        },
      ],
      summary: { met: 0, unchanged: 1 },
    });
  });

  it('tells of a work that an earlier run has sent that it is under way, and not that it failed', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await world.done('migrate', 'plan', '--to=C', plan);
    world.standIn.setAgent('c1', { online: false });
    for (const _try of ['sends it', 'finds it']) {
      const cut = await world.run('migrate', 'run', plan, '-y', '--timeout=300ms', '-o', 'json');
      expect([cut.exitCode, JSON.parse(cut.stdout)]).toMatchObject([6, { works: [{ phase: 'InProgress' }] }]);
    }
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
