/**
 * A migration of many clusters: MaestroClient.runMigration, run and then
 * finish, beside a bare loop of the same Publish calls that neither reads nor
 * waits for an agent, in turn, against one stand-in in a process of its own
 * whose agents are as quick as they come.
 *
 * RUNS (5), CLUSTERS (200; a multiple of ten, so that the works of each have one label), WORKS (3) each.
 */
import { loadavg } from 'node:os';
import { startProcess, startStandInProcess } from './own-process.ts';
import type { MigrationCost, MigrationRunning } from './migration-runner.ts';
import { machine, median } from './measure.ts';

const runs = Number(process.env['RUNS'] ?? 5);
const clusters = Number(process.env['CLUSTERS'] ?? 200);
const worksEach = Number(process.env['WORKS'] ?? 3);

async function move(running: Omit<MigrationRunning, 'clusters' | 'worksEach'>): Promise<MigrationCost> {
  const runner = await startProcess('migration-runner.ts', { ...running, clusters, worksEach });
  const cost = (await runner.next()) as MigrationCost;
  await runner.stop();
  return cost;
}

console.log(`${machine()}; ${runs} pairs of ${clusters} clusters with ${worksEach} works each\n`);
const consumers = Array.from({ length: clusters }, (_, at) => `c${at}`);
const { endpoints, process: standIn } = await startStandInProcess({ consumers });
const own: MigrationCost[] = [];
const bare: MigrationCost[] = [];
// The first of each is a warm-up of the server; the order changes from pair to pair.
for (let run = 0; run <= runs; run += 1) {
  for (const how of run % 2 === 0 ? (['own', 'bare'] as const) : (['bare', 'own'] as const)) {
    const cost = await move({ how, endpoints, source: `${how}-${run}` });
    if (run > 0) (how === 'own' ? own : bare).push(cost);
  }
}
await standIn.stop();

const middle = (costs: readonly MigrationCost[], of: (cost: MigrationCost) => number): string =>
  median(costs.map(of)).toFixed(0);
console.log('| | runMigration | bare loop | ratio, median of pairs |\n|---|---|---|---|');
for (const [name, of] of [
  ['Publish calls', ({ publishes }: MigrationCost) => publishes],
  ['run: wall ms', ({ run }: MigrationCost) => run.wallMs],
  ['run: CPU ms', ({ run }: MigrationCost) => run.cpuMs],
  ['finish: wall ms', ({ finish }: MigrationCost) => finish.wallMs],
  ['finish: CPU ms', ({ finish }: MigrationCost) => finish.cpuMs],
  ['peak MiB, with what made the works and the plan', ({ finish }: MigrationCost) => finish.peakMiB],
] as const) {
  const ratio = median(own.map((cost, at) => of(cost) / of(bare[at] ?? cost))).toFixed(2);
  console.log(`| ${name} | ${middle(own, of)} | ${middle(bare, of)} | ${ratio} |`);
}
console.log(`\nLoad of the machine: ${loadavg()[0]?.toFixed(0) ?? ''}.`);
