/**
 * Listing every work: the library and the whole command beside bare GETs of
 * pages of the same size, in turn, against a stand-in in a process of its own
 * whose works all have a status. Give an executable to measure it in place of
 * bin/maestro-cli.
 *
 * RUNS (3), SIZES (1000,10000): SIZES=1000,10000,50000 for all.
 */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeWorks } from './many-works.ts';
import { machine, measure, median } from './measure.ts';
import { startProcess, startStandInProcess, type Cost, type Endpoints } from './own-process.ts';

const runs = Number(process.env['RUNS'] ?? 3);
const sizes = (process.env['SIZES'] ?? '1000,10000').split(',').map(Number);
const command = resolve(process.argv[2] ?? join(import.meta.dirname, '../bin/maestro-cli'));
const consumers = 100;

async function readIn(how: 'library' | 'bare', endpoints: Endpoints, works: number): Promise<Cost> {
  const reader = await startProcess('list-reader.ts', { how, endpoints, works });
  const cost = (await reader.next()) as Cost;
  await reader.stop();
  return cost;
}

function envOf({ httpEndpoint, grpcEndpoint }: Endpoints): Record<string, string> {
  return {
    MAESTRO_HTTP_ENDPOINT: httpEndpoint,
    MAESTRO_GRPC_ENDPOINT: `grpc://${grpcEndpoint}`,
    PATH: process.env['PATH'] ?? '',
  };
}

/** From the start of the command to the first row on its output, milliseconds. */
async function firstRow(endpoints: Endpoints): Promise<number> {
  const startMs = performance.now();
  const child = spawn(command, ['list', '--no-headers', '--timeout=5m'], {
    env: envOf(endpoints),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const rowMs = new Promise<number>((resolve) => child.stdout.once('data', () => resolve(performance.now() - startMs)));
  child.stdout.resume();
  await new Promise((resolve) => child.on('close', resolve));
  return rowMs;
}

console.log(`${machine()}; ${runs} runs each\n`);
console.log(
  '| works | bare ms | library ms | library ÷ bare | bare MiB | library MiB | command ms | command MiB | its first row ms |\n|---|---|---|---|---|---|---|---|---|',
);
for (const works of sizes) {
  const { endpoints, process: standIn } = await startStandInProcess({
    consumers: Array.from({ length: consumers }, (_, at) => `c${at}`),
    agent: { delayMs: 0, availableDelayMs: 0 },
  });
  await writeWorks(endpoints, { count: works, consumers });
  const bare: Cost[] = [];
  const library: Cost[] = [];
  const whole: { readonly wallMs: number; readonly peakMiB: number; readonly rowMs: number }[] = [];
  // The first of each is a warm-up of the server.
  for (let run = 0; run <= runs; run += 1) {
    const both = run % 2 === 0 ? (['bare', 'library'] as const) : (['library', 'bare'] as const);
    for (const how of both) (how === 'bare' ? bare : library).push(await readIn(how, endpoints, works));
    const { wallMs, peakMiB } = await measure([command, 'list', '--timeout=5m'], envOf(endpoints), tmpdir());
    whole.push({ wallMs, peakMiB, rowMs: await firstRow(endpoints) });
  }
  await standIn.stop();
  const of = <T>(costs: readonly T[], figure: (cost: T) => number): string =>
    median(costs.slice(1).map(figure)).toFixed(0);
  const ratio = median(library.slice(1).map(({ wallMs }, at) => wallMs / (bare[at + 1]?.wallMs ?? NaN))).toFixed(2);
  const wall = (cost: Pick<Cost, 'wallMs'>): number => cost.wallMs;
  const peak = (cost: Pick<Cost, 'peakMiB'>): number => cost.peakMiB;
  console.log(
    `| ${works} | ${of(bare, wall)} | ${of(library, wall)} | ${ratio} | ${of(bare, peak)} | ${of(library, peak)} | ${of(whole, wall)} | ${of(whole, peak)} | ${of(whole, ({ rowMs }) => rowMs)} |`,
  );
}
