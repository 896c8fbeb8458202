import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { cli, startCli } from '../support/process.ts';
import { configMapWork, endpoints, manifestFile, readResult, storedRow, testFolder } from './support/world.ts';

const points = 20;
/** The same points in every run of this test. */
const seed = 20_260_814;

/** A small seeded generator (mulberry32), in [0, 1). */
function seeded(state: number): () => number {
  let current = state;
  return () => {
    current = (current + 0x6d2b79f5) | 0;
    let mixed = Math.imul(current ^ (current >>> 15), 1 | current);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe(`kill -9 at ${points} points between start and end of apply --watch, then the same command again: it converges`, () => {
  const random = seeded(seed);
  const kills = Array.from({ length: points }, (_, index) => ({ index, part: random(), updates: index % 2 === 1 }));

  let standIn: StandIn;
  let env: Record<string, string>;
  let wholeMs: number;

  beforeAll(async () => {
    standIn = await startStandIn({ consumers: ['c1'], agent: { delayMs: 40, availableDelayMs: 40 } });
    env = endpoints(standIn);
    const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-killed-'));
    wholeMs = (await cli(['apply', '-f', manifestFile(folder, 'whole'), '--consumer=c1', '--watch'], { env }))
      .elapsedMs;
    const documents = kills.filter(({ updates }) => updates).map(({ index }) => configMapWork(`w-${index}`));
    await cli(['apply', '-f', '-', '--consumer=c1'], { env, stdin: documents.join('\n---\n') });
    rmSync(folder, { recursive: true });
  });

  afterAll(() => standIn.close());

  test.each(kills)('point $index, update: $updates', async ({ index, part, updates }) => {
    const folder = testFolder();
    const name = `w-${index}`;
    const result = join(folder, 'result.json');
    const argv = [
      'apply',
      '-f',
      manifestFile(folder, name, { key: 'two' }),
      '--consumer=c1',
      '--watch',
      '--timeout=20s',
      `--results-path=${result}`,
    ];
    const run = await startCli(argv, { env });
    await new Promise((resolve) => setTimeout(resolve, part * wholeMs));
    run.kill('SIGKILL');
    const killed = await run.done;
    // Whatever the moment, a file that is there is whole.
    if (existsSync(result)) expect(readResult(result)).toMatchObject({ status: 'Applied' });
    if (killed.signal === 'SIGKILL') expect(killed.exitCode).toBeNull();

    const again = await cli(argv, { env });
    expect(again.exitCode, again.stderr).toBe(0);
    const version = updates ? 2 : 1;
    expect(again.stdout).toMatch(new RegExp(`/${name} (created|updated|unchanged) \\(version ${version}\\)`));
    const row = await storedRow(standIn, name);
    expect(row).toMatchObject({ version, manifests: [{ data: { key: 'two' } }] });
    expect(standIn.publishes().filter(({ id }) => id === row?.id)).toHaveLength(version);
    expect(JSON.parse(readFileSync(result, 'utf8'))).toMatchObject({
      status: 'Applied',
      manifestWorkName: name,
      consumer: 'c1',
    });
  });
});
