import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { connectInProcess } from '../../src/clients/in-process.ts';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import { createStandIn } from '../../src/standin/index.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { adapterWork, migrationWorld, source, threeAdapters, type MigrationWorld } from './support/migration.ts';
import { endpoints, testFolder, testStandIn } from './support/world.ts';

const yes = '--yes';
const plan = '--plan=plan.json';
const soon = '--timeout=500ms';

async function planned(world: MigrationWorld, ...more: readonly string[]): Promise<void> {
  await world.done('migrate', 'plan', '--to=C', plan, '--consumer=c1', ...more);
}

const uids = (world: MigrationWorld): readonly string[] => world.objects().map(({ name, uid }) => `${name} ${uid}`);
const deletions = ({ standIn }: MigrationWorld): number =>
  standIn.publishes().filter(({ type }) => type.endsWith('delete_request')).length;

/** Writes a part of a work as its adapter does. */
function merge(
  world: MigrationWorld,
  name: string,
  manager: string,
  objects: Readonly<Record<string, string>>,
): Promise<CliRun> {
  return runCli(['apply', '--merge', '-f', 'w.yaml', '--consumer=c1', `--manager=${manager}`], {
    cwd: world.folder,
    maestro: world.standIn,
    env: { MAESTRO_SOURCE_ID: source },
    files: { 'w.yaml': adapterWork(name, objects) },
  });
}

/** Deletes a work as a client that asks nobody. */
async function deleteBeside({ standIn }: MigrationWorld, name: string): Promise<void> {
  const maestro = connectInProcess(standIn);
  const options = { signal: new AbortController().signal, deadlineMs: systemClock.monotonicMs() + 10_000 };
  const target = { id: bundleId(source, 'c1', name), consumer: 'c1', source };
  await maestro.writer.publish({ kind: 'delete', target, workName: name, version: 1 }, options);
  await maestro.close();
}

/** Sees every moment in which an object is gone, made anew, or without an owner. */
function observe(world: MigrationWorld): () => readonly string[] {
  const before = uids(world).join();
  const seen = new Set<string>();
  const timer = setInterval(() => {
    if (uids(world).join() !== before) seen.add('gone or made anew');
    for (const { name, owners } of world.objects()) if (owners === 0) seen.add(`${name} without an owner`);
  }, 2);
  onTestFinished(() => clearInterval(timer));
  return () => [...seen];
}

describe('others at work beside a migration', () => {
  test('an adapter that writes to the new work before finish ends finish with 5, and nothing lets go', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    const before = uids(world);
    await planned(world);
    await world.done('migrate', 'run', plan, yes);
    expect((await merge(world, 'hyperfleet-c1', 'np', { pool: '2', size: '2' })).exitCode).toBe(0);
    const sent = world.standIn.publishes().length;
    const finish = await world.run('migrate', 'finish', plan, yes);
    expect([finish.exitCode, finish.stderr]).toEqual([
      5,
      expect.stringContaining('hyperfleet-c1: somebody wrote it; version 2 is stored. Plan again'),
    ]);
    expect(world.standIn.publishes()).toHaveLength(sent);

    await world.done('wait', '--name=hyperfleet-c1', '--consumer=c1', '--for=Applied');
    // And the plan that is made anew goes to its end: what the adapter wrote counts.
    await planned(world, '--prefer=hyperfleet-c1', '--name=all-{cluster}');
    await world.done('migrate', 'run', plan, yes);
    await world.done('migrate', 'finish', plan, yes);
    expect(await world.names('c1')).toEqual(['all-c1']);
    expect(uids(world)).toEqual(before);
    expect(world.objects().map(({ name, value, owners }) => `${name}=${String(value)} ${owners}`)).toEqual([
      'base=1 1',
      'idp=1 1',
      'pool=2 1',
      'size=2 1',
    ]);
    const { stdout } = await world.done('get', '--name=all-c1', '--consumer=c1', '-o', 'json');
    expect(stdout).not.toContain('migrationOwners');
  });

  test('what an adapter writes to the new work while the old ones let go stays, and finish waits for the agent all the same', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await planned(world);
    await world.done('migrate', 'run', plan, yes);
    const seen = observe(world);
    world.standIn.setAgent('c1', { online: false });
    expect((await world.run('migrate', 'finish', plan, yes, soon)).exitCode).toBe(6);
    expect((await merge(world, 'hyperfleet-c1', 'idp', { idp: '2' })).exitCode).toBe(0);
    expect((await world.run('migrate', 'finish', plan, yes, soon)).exitCode).toBe(6);
    expect(deletions(world)).toBe(0);
    world.standIn.setAgent('c1', { online: true });
    await world.done('migrate', 'finish', plan, yes);
    expect(await world.names('c1')).toEqual(['hyperfleet-c1']);
    expect(seen()).toEqual([]);
    await expect
      .poll(() => world.objects().map(({ name, value, owners }) => `${name}=${String(value)} ${owners}`))
      .toEqual(['base=1 1', 'idp=2 1', 'pool=1 1', 'size=1 1']);
  });

  test('an old work that somebody deletes before finish takes nothing along, and finish goes on', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    const before = uids(world);
    await planned(world);
    await world.done('migrate', 'run', plan, yes);
    await deleteBeside(world, 'hyperfleet-c1-np');
    await world.done('migrate', 'finish', plan, yes);
    expect(uids(world)).toEqual(before);
    expect(await world.names('c1')).toEqual(['hyperfleet-c1']);
  });

  test('a new work that somebody deletes after run ends finish with 5; run makes it again, and finish goes on', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    const before = uids(world);
    await planned(world);
    await world.done('migrate', 'run', plan, yes);
    world.standIn.setAgent('c1', { online: false });
    await deleteBeside(world, 'hyperfleet-c1');
    for (const goal of ['run', 'finish'] as const) {
      const refused = await world.run('migrate', goal, plan, yes);
      expect([refused.exitCode, refused.stderr], goal).toEqual([
        5,
        expect.stringContaining('hyperfleet-c1: somebody deleted it'),
      ]);
    }
    world.standIn.setAgent('c1', { online: true });
    await expect.poll(() => world.names('c1')).toHaveLength(3);
    const early = await world.run('migrate', 'finish', plan, yes);
    expect([early.exitCode, early.stderr]).toEqual([5, expect.stringContaining('run comes first')]);
    await world.done('migrate', 'run', plan, yes);
    await world.done('migrate', 'finish', plan, yes);
    expect(uids(world)).toEqual(before);
  });

  test('two who run, and two who finish, come to the same end, with one update of each work', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    const before = uids(world);
    await planned(world);
    for (const goal of ['run', 'finish'] as const) {
      const both = await Promise.all([1, 2].map(() => world.run('migrate', goal, plan, yes)));
      expect(
        both.map(({ exitCode }) => exitCode),
        both.map(({ stderr }) => stderr).join(''),
      ).toEqual([0, 0]);
    }
    expect(uids(world)).toEqual(before);
    expect(await world.names('c1')).toEqual(['hyperfleet-c1']);
  });

  test.each([0, 20, 40, 80, 160])(
    'a rollback that begins %i ms after finish never leaves an object without an owner, and one of them is refused or goes on',
    async (afterMs) => {
      const world = await migrationWorld();
      await threeAdapters(world);
      await planned(world);
      await world.done('migrate', 'run', plan, yes);
      const seen = observe(world);
      const ended = await Promise.all([
        world.run('migrate', 'finish', plan, yes, '--timeout=20s'),
        new Promise((resolve) => setTimeout(resolve, afterMs)).then(() =>
          world.run('migrate', 'rollback', plan, yes, '--timeout=20s'),
        ),
      ]);
      const codes = ended.map(({ exitCode }) => exitCode);
      expect(
        codes.every((code) => code === 0 || code === 5),
        ended.map(({ stderr }) => stderr).join(''),
      ).toBe(true);
      await world.done('migrate', 'rollback', plan, yes);
      expect(await world.names('c1')).toEqual(['hyperfleet-c1-idp', 'hyperfleet-c1-np', 'hyperfleet-c1-ns']);
      expect(seen()).toEqual([]);
    },
  );
});

describe('a Maestro that loses something', () => {
  test('a server that has lost all works is sent nothing: neither side is made anew', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await planned(world);
    await world.done('migrate', 'run', plan, yes);
    const empty = await createStandIn({ consumers: ['c1'] });
    onTestFinished(() => empty.close());
    for (const goal of ['run', 'finish', 'rollback']) {
      const ended = await runCli(['migrate', goal, plan, yes], { cwd: world.folder, maestro: empty });
      expect([ended.exitCode, ended.stderr], goal).toEqual([5, expect.stringContaining('Plan again')]);
    }
    expect(empty.publishes()).toEqual([]);
  });

  test('answers that are lost are read back: each step is done once, and tells that it was', async () => {
    const standIn = await testStandIn({ agent: { delayMs: 5, deleteDelayMs: 20 } });
    const folder = testFolder();
    const run = (...argv: readonly string[]): Promise<CliRun> =>
      runCli(argv, {
        cwd: folder,
        endpoints: standIn,
        env: { ...endpoints(standIn), MAESTRO_SOURCE_ID: source },
        files: { 'w.yaml': adapterWork('hyperfleet-c1-np', { pool: '1', size: '1' }) },
      });
    expect((await run('apply', '-f', 'w.yaml', '--consumer=c1', '--manager=np', '--watch')).exitCode).toBe(0);
    expect((await run('migrate', 'plan', '--to=C', plan)).exitCode).toBe(0);
    const before = standIn.objects('c1').map(({ uid }) => uid);
    for (const [goal, writes] of [
      ['run', 1],
      ['finish', 3],
      ['rollback', 4],
    ] as const) {
      const sent = standIn.publishes().length;
      standIn.setFault({ kind: 'drop-answer', channel: 'grpc', count: 1 });
      standIn.setFault({ kind: 'status', channel: 'http', status: 503, count: 1 });
      const ended = await run('migrate', goal, plan, yes, '--timeout=30s');
      expect(ended.exitCode, ended.stderr).toBe(0);
      expect(ended.stderr).toContain('reading back what became of it');
      expect(standIn.publishes().length - sent, goal).toBe(writes);
      standIn.clearFaults();
    }
    expect(standIn.objects('c1').map(({ uid }) => uid)).toEqual(before);
  });
});

describe('an agent that reports Applied and owns nothing that is already as wished', () => {
  test('keeps run waiting, with 6 at the end of the time; without the proof run and finish go on, and say what they trust', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    world.standIn.setAgent('c1', { ownsUnchanged: false });
    await planned(world);
    const run = await world.run('migrate', 'run', plan, yes, '--timeout=2s');
    expect([run.exitCode, run.stderr]).toEqual([
      6,
      expect.stringContaining('hyperfleet-c1: the agent has not proved that it owns ConfigMap/default/idp'),
    ]);
    expect(world.objects().map(({ owners }) => owners)).toEqual([1, 1, 1, 1]);
    const finish = await world.run('migrate', 'finish', plan, yes, soon);
    expect(finish.exitCode).toBe(6);
    expect(world.standIn.publishes()).toHaveLength(4);
    const trusting = await world.run('migrate', 'run', plan, yes, '--no-owner-proof');
    expect([trusting.exitCode, trusting.stderr]).toEqual([
      0,
      expect.stringContaining(
        'no agent is asked who owns the objects: one that reports Applied for what it does not own leaves them without an owner',
      ),
    ]);
    await world.done('migrate', 'rollback', plan, yes);
    expect(world.objects().map(({ owners }) => owners)).toEqual([1, 1, 1, 1]);
  });
});

describe('a name that was migrated', () => {
  test('is refused with Migrated on that cluster alone, by fleets, dry runs and diff, and for its source alone', async () => {
    const world = await migrationWorld({ consumers: ['c1', 'c2', 'c3'] });
    for (const consumer of ['c1', 'c2']) await world.apply(consumer, 'np', adapterWork('shared', { pool: '1' }));
    await planned(world, '--name=all-{cluster}');
    await world.done('migrate', 'run', plan, yes);
    await world.done('migrate', 'finish', plan, yes);
    const run = (by: string, ...argv: readonly string[]): Promise<CliRun> =>
      runCli([...argv, '-f', 'w.yaml', '--manager=np'], {
        cwd: world.folder,
        maestro: world.standIn,
        env: { MAESTRO_SOURCE_ID: by },
        files: { 'w.yaml': adapterWork('shared', { pool: '2' }) },
      });
    for (const argv of [
      ['apply', '--dry-run=server', '--consumer=c1'],
      ['diff', '--consumer=c1'],
      ['build', '--consumer=c1', '--name=shared', '--apply'],
    ]) {
      const refused = await run(source, ...argv);
      expect([refused.exitCode, refused.stdout, refused.stderr], argv.join(' ')).toEqual([
        10,
        '',
        expect.stringContaining('shared on c1 was migrated: all-c1 has taken its place'),
      ]);
    }
    const predicted = await run(source, 'apply', '--all-consumers', '--dry-run=server');
    expect([predicted.exitCode, predicted.stderr]).toEqual([10, expect.stringContaining('shared on c1 was migrated')]);
    const compared = await run(source, 'diff', '--all-consumers');
    expect([compared.exitCode, compared.stderr]).toEqual([10, expect.stringContaining('shared on c1 was migrated')]);
    expect(compared.stdout).toMatch(/^# shared on c2: would be updated[^]*^# shared on c3: would be created/m);
    const fleet = await run(source, 'apply', '--all-consumers', '--results-path=r.json', '-o', 'json');
    expect(fleet.exitCode).toBe(10);
    const { works } = JSON.parse(fleet.stdout) as { works: { consumer: string; reason: string }[] };
    expect(works.map(({ consumer, reason }) => `${consumer} ${reason}`).sort()).toEqual([
      'c1 Migrated',
      'c2 Accepted',
      'c3 Accepted',
    ]);
    expect(await world.names('c1')).toEqual(['all-c1']);
    // Another source has names of its own, and may even have this one.
    expect((await run('others', 'apply', '--consumer=c1')).exitCode).toBe(0);
  });

  test('is not deleted while it may be the only one that owns its objects', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await planned(world);
    const seen = observe(world);
    world.standIn.setAgent('c1', { online: false });
    expect((await world.run('migrate', 'run', plan, yes, soon)).exitCode).toBe(6);
    const sent = world.standIn.publishes().length;
    const name = '--name=hyperfleet-c1-np';
    const id = `--id=${bundleId(source, 'c1', 'hyperfleet-c1-np')}`;
    for (const argv of [
      ['--adapter=np', '--consumer=c1'],
      [id, '--manager=np'],
      [name, '--manager=np', '--all-consumers', '--yes'],
      [name, '--consumer=c1', '--force'],
      [name, '--consumer=c1', '--manager=np', '--dry-run'],
      [name, '--consumer=c1', '--manager=np', '--orphan'],
      [name, '--consumer=c1', '--manager=np', '--resource=ConfigMap/default/pool'],
    ]) {
      const refused = await world.run('delete', ...argv);
      expect([refused.exitCode, refused.stderr], argv.join(' ')).toEqual([
        10,
        expect.stringContaining('hyperfleet-c1-np on c1 was migrated: hyperfleet-c1 has taken its place'),
      ]);
    }
    expect(world.standIn.publishes()).toHaveLength(sent);
    world.standIn.setAgent('c1', { online: true });
    await world.done('migrate', 'run', plan, yes);
    await world.done('migrate', 'finish', plan, yes);
    expect(seen()).toEqual([]);
  });

  test('is just not there for delete', async () => {
    const world = await migrationWorld();
    await threeAdapters(world);
    await planned(world);
    await world.done('migrate', 'run', plan, yes);
    await world.done('migrate', 'finish', plan, yes);
    const sent = world.standIn.publishes().length;
    const absent = await world.run('delete', '--name=hyperfleet-c1-np', '--consumer=c1');
    expect([absent.exitCode, absent.stdout, absent.stderr]).toEqual([
      0,
      expect.stringContaining('nothing to delete'),
      '',
    ]);
    expect(world.standIn.publishes()).toHaveLength(sent);
  });
});
