import { expect, test } from 'vitest';
import { cli, startCli, until } from '../support/process.ts';
import { adapterWork, source } from './support/migration.ts';
import { endpoints, testFolder, testStandIn } from './support/world.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const kills = 50;
const olds = ['ns', 'np', 'idp'];

/**
 * An observer looks at the cluster every 20 ms all the while, which is more often than agents act: an object that
 * vanished, was made anew or had no owner for a moment would be seen, or have another uid afterwards.
 */
test('M7: kill -9 at 50 moments of run, finish and rollback loses no object and no owner, and ends the same', async () => {
  const standIn = await testStandIn({ consumers: ['c1'], agent: { delayMs: 30, deleteDelayMs: 30 } });
  const env = { ...endpoints(standIn), MAESTRO_SOURCE_ID: source };
  const folder = testFolder();
  const done = async (...argv: readonly string[]): Promise<void> => {
    const ended = await cli(argv, { env, cwd: folder });
    expect(ended.exitCode, `${argv.join(' ')}\n${ended.stderr}`).toBe(0);
  };
  for (const adapter of olds) {
    writeFileSync(
      join(folder, 'w.yaml'),
      adapterWork(`hyperfleet-c1-${adapter}`, { [`${adapter}-1`]: '1', [`${adapter}-2`]: '1' }),
    );
    await done('apply', '-f', 'w.yaml', '--consumer=c1', `--manager=${adapter}`, '--watch', '--timeout=30s');
  }
  const uids = (): string =>
    standIn
      .objects('c1')
      .map(({ uid }) => uid)
      .sort()
      .join(' ');
  const before = uids();
  const seen = new Set<string>();
  let looks = 0;
  const observer = setInterval(() => {
    looks += 1;
    if (uids() !== before) seen.add('objects vanished or were made anew');
    if (standIn.objects('c1').some(({ owners }) => owners.length === 0)) seen.add('an object without an owner');
  }, 20);
  try {
    await done('migrate', 'plan', '--to=C', '--plan=plan.json', '--consumer=c1');
    const goals = ['run', 'finish', 'rollback'] as const;
    let killed = 0;
    let midway = 0;
    let planned = true;
    // A fixed sequence, so that a failure can be looked at again.
    for (let at = 0; killed < kills; at += 1) {
      const goal = goals[at % goals.length] ?? 'run';
      for (const writes of [0, 1, 0, 2, 1]) {
        const sent = standIn.publishes().length;
        const run = await startCli(['migrate', goal, '--plan=plan.json', '--yes', '--timeout=30s'], {
          env,
          cwd: folder,
        });
        // The wait alone ends while it starts or reads; a busy machine does not get to a write in any fixed time.
        let over = false;
        void run.done.then(() => (over = true));
        await until(`${writes} writes, or the end`, () => over || standIn.publishes().length >= sent + writes, 40_000);
        const timer = setTimeout(() => run.kill('SIGKILL'), (writes === 0 ? 60 : 0) + ((at * 37 + killed * 13) % 80));
        const { signal } = await run.done;
        clearTimeout(timer);
        if (signal !== 'SIGKILL') break;
        killed += 1;
        if (standIn.publishes().length > sent) midway += 1;
      }
      await done('migrate', goal, '--plan=plan.json', '--yes', '--timeout=30s');
      planned = goal === 'rollback';
      // The versions of the works have moved on with the rollback, so that the plan is spent.
      if (planned) await done('migrate', 'plan', '--to=C', '--plan=plan.json', '--consumer=c1');
    }
    if (!planned) await done('migrate', 'rollback', '--plan=plan.json', '--yes', '--timeout=30s');
    expect([...seen]).toEqual([]);
    expect(midway, 'runs that were killed after they had written').toBeGreaterThan(kills / 5);
    expect(looks).toBeGreaterThan(100);
    expect(uids()).toBe(before);
    expect(standIn.objects('c1').map(({ owners }) => owners.length)).toEqual([1, 1, 1, 1, 1, 1]);
    const { stdout } = await cli(['list', '--consumer=c1', '-o', 'name'], { env, cwd: folder });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('/').at(-1))
        .sort(),
    ).toEqual(olds.map((adapter) => `hyperfleet-c1-${adapter}`).sort());
  } finally {
    clearInterval(observer);
  }
}, 240_000);
