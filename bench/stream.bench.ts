/**
 * 1,000 reports a second over 1,000 works: what MaestroClient.watch takes to
 * follow them, beside a bare Subscribe loop that only decodes. A watch gives the
 * latest of each work, so it may give fewer changes than there were events, but
 * never misses the last.
 *
 * DURATION (20 s), RATE (1000), RUNS (1)
 */
import { writeWorks } from './many-works.ts';
import { machine } from './measure.ts';
import { startProcess, type Endpoints } from './own-process.ts';
import type { StreamReading } from './stream-reader.ts';

const seconds = Number(process.env['DURATION'] ?? 20);
const perSecond = Number(process.env['RATE'] ?? 1000);
const runs = Number(process.env['RUNS'] ?? 1);
const consumers = 1000;

console.log(`${machine()}; ${perSecond} reports a second for ${seconds} s\n`);
console.log(
  '| | events | missed in the end | CPU, share of a core | lag p50 ms | p99 ms | most ms | peak MiB |\n|---|---|---|---|---|---|---|---|',
);
const sender = await startProcess('stream-sender.ts', { consumers, perSecond });
const endpoints = (await sender.next()) as Endpoints;
await writeWorks(endpoints, { count: consumers, consumers, feedback: 'sent' });
for (let run = 0; run < runs; run += 1) {
  for (const how of ['own', 'bare'] as const) {
    const reader = await startProcess('stream-reader.ts', { how, endpoints });
    await reader.next();
    sender.tell({ reports: perSecond * seconds });
    reader.tell(await sender.next());
    const read = (await reader.next()) as StreamReading;
    await reader.stop();
    const figures = [read.lagP50Ms, read.lagP99Ms, read.lagMostMs].map((ms) => ms.toFixed(1)).join(' | ');
    console.log(
      `| ${how === 'own' ? 'watch' : 'bare loop'} | ${read.events} of ${perSecond * seconds} | ${read.missed} | ${(read.cpuShare * 100).toFixed(1)} % | ${figures} | ${read.peakMiB.toFixed(0)} |`,
    );
  }
}
await sender.stop();
