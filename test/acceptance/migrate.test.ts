import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import {
  adapterWork,
  migrationWorld,
  planFile,
  source,
  threeAdapters,
  type MigrationWorld,
} from './support/migration.ts';

const yes = '--yes';
const plan = '--plan=plan.json';
const all = '--all-consumers';
const olds = ['hyperfleet-c1-idp', 'hyperfleet-c1-np', 'hyperfleet-c1-ns'];

async function planTo(world: MigrationWorld, to: string, ...more: readonly string[]): Promise<void> {
  await world.done('migrate', 'plan', `--to=${to}`, plan, '--consumer=c1', ...more);
}

const uids = (world: MigrationWorld): readonly string[] => world.objects().map(({ name, uid }) => `${name} ${uid}`);

describe('migrating works between patterns', () => {
  test('M1: three works of three managers become one, and each manager goes on with its part', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    const before = uids(world);
    await planTo(world, 'C');
    expect(statSync(planFile(world)).mode & 0o777).toBe(0o600);
    await world.done('migrate', 'run', plan, yes);
    expect(world.objects().map(({ owners }) => owners)).toEqual([2, 2, 2, 2]);
    const finished = await world.done('migrate', 'finish', plan, yes);
    expect(finished.stderr).toContain('1 work on 1 consumer: 1 migrated');
    expect(uids(world)).toEqual(before);
    expect(world.objects().map(({ owners }) => owners)).toEqual([1, 1, 1, 1]);
    expect(await world.names('c1')).toEqual(['hyperfleet-c1']);
    const { stdout } = await world.done('get', '--name=hyperfleet-c1', '--consumer=c1', '-o', 'json');
    expect(stdout).not.toContain('migrationOwners');

    const write = (manager: string, objects: Readonly<Record<string, string>>): ReturnType<typeof runCli> =>
      runCli(['apply', '--merge', '-f', 'w.yaml', '--consumer=c1', `--manager=${manager}`, '--watch'], {
        cwd: world.folder,
        maestro: world.standIn,
        env: { MAESTRO_SOURCE_ID: source },
        files: { 'w.yaml': adapterWork('hyperfleet-c1', objects) },
      });
    expect((await write('np', { pool: '2', size: '2' })).exitCode).toBe(0);
    expect((await write('idp', { idp: '2' })).exitCode).toBe(0);
    expect(world.objects().map(({ name, value }) => `${name}=${String(value)}`)).toEqual([
      'base=1',
      'idp=2',
      'pool=2',
      'size=2',
    ]);
    const foreign = await write('idp', { idp: '2', pool: '3' });
    expect([foreign.exitCode, foreign.stderr]).toEqual([10, expect.stringContaining('ConfigMap/default/pool')]);
    expect(uids(world)).toEqual(before);
  });

  test('M2: an object with different content in two works is refused, and both are named', async () => {
    const world = await migrationWorld();
    await world.apply('c1', 'a', adapterWork('hyperfleet-c1-a', { same: '1', own: '1' }));
    await world.apply('c1', 'b', adapterWork('hyperfleet-c1-b', { same: '2' }));
    const refused = await world.run('migrate', 'plan', '--to=C', plan, '--consumer=c1');
    expect(refused.exitCode).toBe(5);
    expect(refused.stderr).toContain(
      'c1: hyperfleet-c1-a, hyperfleet-c1-b: they hold ConfigMap/default/same with different content',
    );
    expect(refused.files).not.toHaveProperty('plan.json');
    await planTo(world, 'C', '--prefer=hyperfleet-c1-b');
    const inventory = await world.done('migrate', 'inventory', '-o', 'json');
    expect(JSON.parse(inventory.stdout)).toMatchObject([
      { consumer: 'c1', pattern: 'A', shared: [{ object: 'ConfigMap/default/same', differs: true }] },
    ]);
  });

  test('M3: an old work that somebody writes after run ends finish with 5, and nothing lets go', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await planTo(world, 'C');
    await world.done('migrate', 'run', plan, yes);
    // Somebody whose client knows nothing of migrations.
    const moved = await world.writeBeside('hyperfleet-c1-np', { pool: '9' });
    const sent = world.standIn.publishes().length;
    const finished = await world.run('migrate', 'finish', plan, yes);
    expect(finished.exitCode).toBe(5);
    expect(finished.stderr).toContain(
      `hyperfleet-c1-np: somebody wrote it; version ${moved} is stored, planned at version 1. Plan again`,
    );
    expect(world.standIn.publishes()).toHaveLength(sent);
    expect(await world.names('c1')).toEqual(['hyperfleet-c1', ...olds]);
  });

  test.each(['plan', 'run', 'finish'])(
    'M4: rollback after %s brings the old works back, with managers and options',
    async (after) => {
      const world = await migrationWorld();
      await threeAdapters(world);
      await world.apply(
        'c1',
        'keep',
        adapterWork('hyperfleet-c1-keep', { kept: '1' }, '  deleteOption: {propagationPolicy: Orphan}\n'),
      );
      const before = uids(world);
      const stored = await world.done('list', '--consumer=c1', '-o', 'manifestwork');
      await planTo(world, 'C');
      if (after !== 'plan') await world.done('migrate', 'run', plan, yes);
      if (after === 'finish') await world.done('migrate', 'finish', plan, yes);
      await world.done('migrate', 'rollback', plan, yes);
      expect(uids(world)).toEqual(before);
      expect(await world.names('c1')).toEqual([...olds, 'hyperfleet-c1-keep'].sort());
      expect(sorted((await world.done('list', '--consumer=c1', '-o', 'manifestwork')).stdout)).toEqual(
        sorted(stored.stdout),
      );
      expect(world.objects().map(({ name, owners }) => `${name} ${owners}`)).toEqual([
        'base 1',
        'idp 1',
        'kept 0',
        'pool 1',
        'size 1',
      ]);
      const status = await world.done('migrate', 'status', plan, '-o', 'json');
      expect(JSON.parse(status.stdout)).toMatchObject([{ position: after === 'plan' ? 'planned' : 'rolled-back' }]);
    },
  );

  test('M5: C to B to A to C ends with the content of the start', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    const migrate = async (to: string): Promise<void> => {
      await planTo(world, to);
      await world.done('migrate', 'run', plan, yes);
      await world.done('migrate', 'finish', plan, yes);
    };
    await migrate('C');
    const before = uids(world);
    const start = sorted((await world.done('list', '--consumer=c1', '-o', 'manifestwork')).stdout);
    for (const to of ['B', 'A', 'C']) await migrate(to);
    expect(uids(world)).toEqual(before);
    const end = sorted((await world.done('list', '--consumer=c1', '-o', 'manifestwork')).stdout);
    expect(end.map(withoutRecords)).toEqual(start.map(withoutRecords));
  });

  test('M6: an agent that is away ends run with 6, and a later run and finish go on', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    const before = uids(world);
    await planTo(world, 'C');
    world.standIn.setAgent('c1', { online: false });
    const run = await world.run('migrate', 'run', plan, yes, '--timeout=300ms');
    expect([run.exitCode, run.stderr]).toEqual([
      6,
      expect.stringContaining('hyperfleet-c1: the agent has not reported this work yet'),
    ]);
    expect(await world.names('c1')).toEqual(['hyperfleet-c1', ...olds]);
    const early = await world.run('migrate', 'finish', plan, yes, '--timeout=300ms');
    expect(early.exitCode).toBe(6);
    world.standIn.setAgent('c1', { online: true });
    await world.done('migrate', 'run', plan, yes);

    world.standIn.setAgent('c1', { online: false });
    const finish = await world.run('migrate', 'finish', plan, yes, '--timeout=300ms');
    expect(finish.exitCode).toBe(6);
    // The old works were told to let go; nothing is deleted before the agent has.
    expect(world.standIn.publishes().filter(({ type }) => type.endsWith('delete_request'))).toEqual([]);
    expect(await world.names('c1')).toEqual(['hyperfleet-c1', ...olds]);
    world.standIn.setAgent('c1', { online: true });
    await world.done('migrate', 'finish', plan, yes);
    expect(uids(world)).toEqual(before);
    expect(await world.names('c1')).toEqual(['hyperfleet-c1']);
  });

  test('M8: of 200 clusters one is away and one refuses: both are named, and the rest is done', async () => {
    const consumers = Array.from({ length: 200 }, (_, at) => `c${String(at + 1).padStart(3, '0')}`);
    const world = await migrationWorld({ consumers });
    for (const adapter of ['ns', 'np', 'idp']) {
      const document = adapterWork(`hyperfleet-{{ consumer.name }}-${adapter}`, { [adapter]: '1' });
      const ended = await runCli(
        ['apply', '-f', 'w.yaml', all, '--template-consumer', `--manager=${adapter}`, '--watch', '--timeout=60s'],
        {
          cwd: world.folder,
          maestro: world.standIn,
          env: { MAESTRO_SOURCE_ID: source },
          files: { 'w.yaml': document },
        },
      );
      expect(ended.exitCode, ended.stderr).toBe(0);
    }
    await world.done('migrate', 'plan', '--to=C', plan, all);
    world.standIn.setAgent('c007', { online: false });
    world.standIn.setAgent('c009', { failManifests: ['ConfigMap/default/np'] });
    const run = await world.run(
      'migrate',
      'run',
      plan,
      yes,
      '--timeout=10s',
      '--failure-grace=200ms',
      '--results-path=r.json',
    );
    expect(run.exitCode).toBe(7);
    expect(run.stderr).toMatch(/200 works on 200 consumers: 198 both own, 1 failed, 1 (pending|silent)/);
    expect(run.stderr).toMatch(/hyperfleet-c007 on c007: timed out/);
    expect(run.stderr).toMatch(/hyperfleet-c009 on c009: .*told to fail/);
    const positions = JSON.parse((await world.done('migrate', 'status', plan, '-o', 'json')).stdout) as {
      position: string;
      consumer: string;
    }[];
    expect(positions.filter(({ position }) => position !== 'both-own')).toMatchObject([
      { consumer: 'c007', position: 'running' },
      { consumer: 'c009', position: 'running' },
    ]);
    const stopped = await world.run(
      'migrate',
      'finish',
      plan,
      yes,
      '-c',
      'c009',
      '-c',
      'c010',
      '-c',
      'c011',
      '--canary=1',
      '--failure-grace=200ms',
      '--timeout=20s',
    );
    expect(stopped.exitCode).toBe(7);
    expect(stopped.stderr).toContain('stopped, because the canary failed: 2 works not begun, on c010, c011');
    const waves = await world.run(
      'migrate',
      'finish',
      plan,
      yes,
      '-c',
      'c010',
      '-c',
      'c009',
      '-c',
      'c011',
      '-c',
      'c012',
      '--waves=2',
      '--max-failures=1',
      '--failure-grace=200ms',
      '--timeout=20s',
    );
    expect(waves.stderr).toMatch(/2 works not begun, on c011, c012/);
    expect(await world.names('c011')).toHaveLength(4);
  }, 120_000);

  test('M9: an old apply of an adapter after finish is refused with Migrated, and names the new work', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await planTo(world, 'C');
    await world.done('migrate', 'run', plan, yes);
    const write = (name: string, ...argv: readonly string[]): ReturnType<typeof runCli> =>
      runCli([...argv, '-f', 'w.yaml', '--consumer=c1', '--manager=np', '--results-path=r.json'], {
        cwd: world.folder,
        maestro: world.standIn,
        env: { MAESTRO_SOURCE_ID: source, MAESTRO_RESULTS_FORMAT: 'adapter-result' },
        files: { 'w.yaml': adapterWork(name, { pool: '7', size: '7' }) },
      });
    // The old work is still there: an update is refused as a creation is later.
    expect((await write('hyperfleet-c1-np', 'apply')).exitCode).toBe(10);
    await world.done('migrate', 'finish', plan, yes);
    const sent = world.standIn.publishes().length;
    const ways = [
      ['apply'],
      ['apply', '--merge'],
      ['apply', '--force'],
      ['apply', '--max-concurrency=2'],
      ['build', '--apply', '--name=hyperfleet-c1-np'],
    ];
    for (const way of ways) {
      const refused = await write('hyperfleet-c1-np', ...way);
      expect([refused.exitCode, refused.stderr], way.join(' ')).toEqual([
        10,
        expect.stringContaining('hyperfleet-c1-np on c1 was migrated: hyperfleet-c1 has taken its place'),
      ]);
      expect(JSON.parse(refused.files['r.json'] ?? '')).toMatchObject({ reason: 'Migrated' });
    }
    expect(world.standIn.publishes()).toHaveLength(sent);
    expect(await world.names('c1')).toEqual(['hyperfleet-c1']);
    const map = JSON.parse((await world.done('migrate', 'map', plan)).stdout) as unknown[];
    expect(map).toContainEqual({
      consumer: 'c1',
      old: 'hyperfleet-c1-np',
      manager: 'np',
      new: 'hyperfleet-c1',
      objects: ['ConfigMap/default/pool', 'ConfigMap/default/size'],
    });
  });

  test('M10: options of the old works are carried, and come back with A', async () => {
    const world = await migrationWorld();
    const config = (name: string, rest: string): string =>
      `  manifestConfigs:\n  - {resourceIdentifier: {resource: configmaps, name: ${name}, namespace: default}, ${rest}}\n`;
    const works: readonly (readonly [string, string])[] = [
      [
        'orphan',
        adapterWork('hyperfleet-c1-orphan', { o1: '1', o2: '1' }, '  deleteOption: {propagationPolicy: Orphan}\n'),
      ],
      [
        'some',
        adapterWork(
          'hyperfleet-c1-some',
          { s1: '1', s2: '1' },
          '  deleteOption: {propagationPolicy: SelectivelyOrphan, selectivelyOrphans: {orphaningRules: [{resource: configmaps, name: s2, namespace: default}]}}\n',
        ),
      ],
      ['once', adapterWork('hyperfleet-c1-once', { c1: '1' }, config('c1', 'updateStrategy: {type: CreateOnly}'))],
      [
        'seen',
        adapterWork(
          'hyperfleet-c1-seen',
          { f1: '1' },
          config('f1', 'feedbackRules: [{type: JSONPaths, jsonPaths: [{name: v, path: .data.v}]}]'),
        ),
      ],
    ];
    for (const [manager, document] of works) await world.apply('c1', manager, document);
    const before = uids(world);
    const start = sorted((await world.done('list', '--consumer=c1', '-o', 'manifestwork')).stdout);
    for (const to of ['C', 'A']) {
      await planTo(world, to);
      await world.done('migrate', 'run', plan, yes);
      await world.done('migrate', 'finish', plan, yes);
      expect(world.objects().map(({ name, owners }) => `${name} ${owners}`)).toEqual([
        'c1 1',
        'f1 1',
        'o1 0',
        'o2 0',
        's1 1',
        's2 0',
      ]);
    }
    expect(uids(world)).toEqual(before);
    const end = sorted((await world.done('list', '--consumer=c1', '-o', 'manifestwork')).stdout);
    expect(end.map(withoutRecords)).toEqual(start.map(withoutRecords));
    const executor =
      '  executor: {subject: {type: ServiceAccount, serviceAccount: {namespace: spaces, name: writer}}}\n';
    await world.apply('c1', 'exec', adapterWork('hyperfleet-c1-exec', { e1: '1' }, executor));
    const refused = await world.run('migrate', 'plan', '--to=C', plan, '--consumer=c1');
    expect([refused.exitCode, refused.stderr]).toEqual([5, expect.stringContaining('different executors')]);
  });

  test('M11: plan and --dry-run send nothing, and tell each step with its version', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    const sent = world.standIn.publishes().length;
    await planTo(world, 'C');
    const dry = await world.done('migrate', 'run', plan, '--dry-run');
    expect(dry.stdout).toBe('c1: would send: hyperfleet-c1 created\n');
    const early = await world.run('migrate', 'finish', plan, '--dry-run');
    expect([early.exitCode, early.stdout]).toEqual([5, expect.stringContaining('run comes first')]);
    expect(world.standIn.publishes()).toHaveLength(sent);
    await world.done('migrate', 'run', plan, yes);
    const finish = await world.done('migrate', 'finish', plan, '--dry-run', '-o', 'json');
    expect(JSON.parse(finish.stdout)).toMatchObject([
      {
        consumer: 'c1',
        steps: [
          ...olds.map((name) => ({ action: 'update', why: 'let-go', name, version: 1 })),
          ...olds.map((name) => ({ action: 'delete', name, version: 2 })),
          { action: 'update', why: 'settle', name: 'hyperfleet-c1', version: 1 },
        ],
      },
    ]);
    expect(world.standIn.publishes()).toHaveLength(sent + 1);
  });
});

/** The documents of a List in YAML, each as text, in the order of their names. */
function sorted(list: string): readonly string[] {
  return list
    .split(/^ {2}- (?=apiVersion)/m)
    .slice(1)
    .sort();
}

/** Which works took the place of which is no content. */
function withoutRecords(document: string): string {
  return document
    .replaceAll(/^.*maestro-cli\.hyperfleet\.io\/.*\n/gm, '')
    .replaceAll(/^ +annotations:\n(?! {8})/gm, '');
}
