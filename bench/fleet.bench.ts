/**
 * Many writes at once: MaestroClient.applyMany beside a bare loop of Publish
 * calls with the same events and as many calls under way, in turn, against one
 * stand-in in a process of its own whose agents are offline. Then one long run:
 * its memory as it grows, and what a page of the stand-in takes by then.
 *
 * RUNS (5; 0 for the long run alone), WORKS (3000), SIZES (3000,30000):
 * SIZES=3000,30000,150000 for all. FLAGS: of Node, for the long run.
 */
import { startProcess, startStandInProcess, type Cost, type Endpoints } from './own-process.ts';
import type { FleetWriting, Mark } from './fleet-writer.ts';
import { machine, median } from './measure.ts';

const runs = Number(process.env['RUNS'] ?? 5);
const works = Number(process.env['WORKS'] ?? 3000);
const sizes = (process.env['SIZES'] ?? '3000,30000').split(',').map(Number);
const flags = (process.env['FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');
const consumers = 3000;
const options = { consumers: Array.from({ length: consumers }, (_, at) => `c${at}`), agent: { online: false } };

async function write(writing: Omit<FleetWriting, 'consumers'>): Promise<Cost> {
  const writer = await startProcess('fleet-writer.ts', { ...writing, consumers });
  const cost = (await writer.next()) as Cost;
  await writer.stop();
  return cost;
}

console.log(`${machine()}; ${runs} pairs of ${works} works over ${consumers} consumers\n`);
if (runs > 0) await compare();
console.log('');
await grow();

async function compare(): Promise<void> {
  const { endpoints, process: standIn } = await startStandInProcess(options);
  const own: Cost[] = [];
  const bare: Cost[] = [];
  // The first of each is a warm-up of the server; the order changes from pair to pair.
  for (let run = 0; run <= runs; run += 1) {
    for (const how of run % 2 === 0 ? (['own', 'bare'] as const) : (['bare', 'own'] as const)) {
      const cost = await write({ how, endpoints, works, prefix: `${how}-${run}` });
      if (run > 0) (how === 'own' ? own : bare).push(cost);
    }
  }
  await standIn.stop();
  const ratio = (of: (cost: Cost) => number): string =>
    median(own.map((cost, at) => of(cost) / of(bare[at] ?? cost))).toFixed(2);
  const middle = (costs: readonly Cost[], of: (cost: Cost) => number): string => median(costs.map(of)).toFixed(0);
  const rate = ({ wallMs }: Cost): number => (works * 1000) / wallMs;
  console.log('| | applyMany | bare loop | ratio, median of pairs |\n|---|---|---|---|');
  for (const [name, of] of [
    ['works a second', rate],
    ['CPU ms', ({ cpuMs }: Cost) => cpuMs],
    ['peak MiB', ({ peakMiB }: Cost) => peakMiB],
  ] as const) {
    console.log(`| ${name} | ${middle(own, of)} | ${middle(bare, of)} | ${ratio(of)} |`);
  }
}

async function grow(): Promise<void> {
  const { endpoints, process: standIn } = await startStandInProcess(options);
  console.log(
    '| works so far | a second | peak MiB so far | stand-in MiB | its page of 400 by key ms | 100 ids ms | 100 names ms | 400 by label ms |\n|---|---|---|---|---|---|---|---|',
  );
  const writing = { how: 'own', endpoints, works: Math.max(...sizes), prefix: 'grow', consumers, marks: sizes };
  const writer = await startProcess('fleet-writer.ts', writing, flags);
  for (const size of sizes) {
    const mark = (await writer.next()) as Mark;
    const ids = await page(endpoints, "source = 'bench'", 100);
    const pages = [
      await pageMs(endpoints, "source = 'bench' and id > '8'"),
      await pageMs(endpoints, `id in (${listed(ids.map(({ id }) => id))})`),
      await pageMs(
        endpoints,
        `consumer_name in (${listed(ids.map((row) => row.consumer_name))}) and payload -> 'metadata' ->> 'name' in (${listed(ids.map(({ metadata }) => metadata.name))})`,
      ),
      await pageMs(endpoints, `payload -> 'metadata' -> 'labels' @> '{"app":"app-7"}' and source = 'bench'`),
    ];
    const rate = ((size * 1000) / mark.wallMs).toFixed(0);
    console.log(
      `| ${size} | ${rate} | ${mark.peakMiB.toFixed(0)} | ${standIn.residentMiB().toFixed(0)} | ${pages.map((ms) => ms.toFixed(1)).join(' | ')} |`,
    );
    writer.tell('go on');
  }
  await writer.next();
  await writer.stop();
  await standIn.stop();
}

interface Row {
  readonly id: string;
  readonly consumer_name: string;
  readonly metadata: { readonly name: string };
}

async function page({ httpEndpoint }: Endpoints, search: string, size: number): Promise<readonly Row[]> {
  const query = new URLSearchParams({ page: '1', size: String(size), orderBy: 'id asc', search });
  const answer = await fetch(`${httpEndpoint}/api/maestro/v1/resource-bundles?${query.toString()}`);
  if (!answer.ok) throw new Error(await answer.text());
  return ((await answer.json()) as { readonly items: readonly Row[] }).items;
}

function listed(values: readonly string[]): string {
  return [...new Set(values)].map((value) => `'${value}'`).join(',');
}

/** Of seven, so that neither the first nor a pause of the machine counts. */
async function pageMs(endpoints: Endpoints, search: string): Promise<number> {
  const taken: number[] = [];
  for (let run = 0; run < 7; run += 1) {
    const startMs = performance.now();
    await page(endpoints, search, 400);
    taken.push(performance.now() - startMs);
  }
  return median(taken);
}
