import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, startCli, until } from '../support/process.ts';
import { endpoints, manifestFile, storedRows, testFolder, testStandIn } from './support/world.ts';

const consumers = Array.from({ length: 150 }, (_, index) => `cluster-${index}`);

describe('kill -9 in the middle of a roll-out, then the same command again', () => {
  test.each([{ journal: true }, { journal: false }])(
    'publishes only what was missing, journal: $journal',
    async ({ journal }) => {
      const standIn = await testStandIn({ consumers });
      const env = endpoints(standIn);
      const folder = testFolder();
      const file = join(folder, 'rollout.jsonl');
      const argv = [
        'apply',
        '-f',
        manifestFile(folder, 'base'),
        '--all-consumers',
        '--max-concurrency=2',
        '--timeout=60s',
        ...(journal ? [`--journal=${file}`] : []),
      ];
      const run = await startCli(argv, { env, cwd: folder });
      await until('two fifths are published', () => standIn.publishes().length >= (consumers.length * 2) / 5, 30_000);
      run.kill('SIGKILL');
      expect(await run.done).toMatchObject({ signal: 'SIGKILL' });
      const published = standIn.publishes().length;
      expect(published).toBeLessThan(consumers.length);
      const recorded = existsSync(file) ? recordedWorks(readFileSync(file, 'utf8')) : 0;
      if (journal) expect(recorded).toBeGreaterThan(0);
      expect(existsSync(`${file}.lock`)).toBe(journal);

      const again = await cli(argv, { env, cwd: folder });
      expect(again.exitCode, again.stderr).toBe(0);
      expect(again.stdout.match(/ done by an earlier run /g) ?? []).toHaveLength(recorded);
      expect(again.stdout.match(/ (created|unchanged|done by an earlier run) \(version 1\)( on |$)?/gm)).toHaveLength(
        consumers.length,
      );
      expect(existsSync(`${file}.lock`)).toBe(false);
      const ids = standIn.publishes().map(({ id }) => id);
      expect([ids.length, new Set(ids).size]).toEqual([consumers.length, consumers.length]);
      const rows = await storedRows(standIn);
      expect(rows.filter(({ version }) => version === 1)).toHaveLength(consumers.length);
      if (journal) expect(recordedWorks(readFileSync(file, 'utf8'))).toBe(consumers.length);
    },
  );
});

/** How many works a journal says are stored; whole lines only. */
function recordedWorks(journal: string): number {
  return journal.match(/^\{"consumer":.*\n/gm)?.length ?? 0;
}
