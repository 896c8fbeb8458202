/**
 * How long `apply --watch` takes from the agent's report, as the server
 * recorded it, to its own exit, for agents of different speeds.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { machine, measure, median } from './measure.ts';
import { manifest, startStandIn } from './stand-in.ts';

const runs = Number(process.env['RUNS'] ?? 9);
const command = resolve(process.argv[2] ?? join(import.meta.dirname, '../bin/maestro-cli'));
const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-bench-'));

try {
  console.log(
    `${machine()}; ${runs} runs each\n\n| agent's delay ms | report to exit ms, median | largest |\n|---|---|---|`,
  );
  for (const delayMs of [50, 300, 1000, 3000]) {
    const standIn = await startStandIn(command, '--consumers=c1', `--agent-delay=${delayMs}ms`);
    const taken: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      writeFileSync(join(folder, 'work.yaml'), manifest('bench', String(run)));
      await measure(
        [command, 'apply', '-f', 'work.yaml', '--consumer=c1', '--watch'],
        { ...standIn.env, PATH: process.env['PATH'] ?? '' },
        folder,
      );
      const exitedMs = Date.now();
      taken.push(exitedMs - (await reportedMs(standIn.env.MAESTRO_HTTP_ENDPOINT)));
    }
    await standIn.stop();
    console.log(`| ${delayMs} | ${median(taken).toFixed(0)} | ${Math.max(...taken).toFixed(0)} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** When the server took in the newest report. */
async function reportedMs(endpoint: string): Promise<number> {
  const answer = await fetch(`${endpoint}/api/maestro/v1/resource-bundles`);
  const { items } = (await answer.json()) as { items: readonly { updated_at: string }[] };
  return Math.max(...items.map((item) => Date.parse(item.updated_at)));
}
