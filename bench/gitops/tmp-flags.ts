import { median } from '../measure.ts';
import { startStandInProcess } from '../own-process.ts';
import { clusterName } from './fixture.ts';
import { ownPaces } from './tmp-pairs.ts';
const variants: Record<string, string[]> = JSON.parse(process.env['VARIANTS'] ?? '{"base":[]}');
const runs = Number(process.env['RUNS'] ?? 5);
const consumers = Array.from({ length: 40 }, (_, at) => clusterName(at));
const { endpoints, process: standIn } = await startStandInProcess({ consumers, agent: { online: false } });
const all: Record<string, { wall: number[][]; cpu: number[][] }> = {};
const names = Object.keys(variants);
for (let run = 0; run <= runs; run += 1) {
  for (const name of run % 2 ? names : names.toReversed()) {
    const paces = await ownPaces(endpoints, `${name}-${run}`, variants[name] ?? []);
    if (run === 0) continue;
    const of = (all[name] ??= { wall: [[], []], cpu: [[], []] });
    paces.forEach((pace, round) => { of.wall[round]?.push(pace.wallMs); of.cpu[round]?.push(pace.cpuMs); });
  }
}
await standIn.stop();
for (const name of names) console.log(name.padEnd(30), [0, 1].map((round) => `${median(all[name]!.wall[round]!).toFixed(0)} ms wall (${Math.min(...all[name]!.wall[round]!).toFixed(0)}..${Math.max(...all[name]!.wall[round]!).toFixed(0)}), ${median(all[name]!.cpu[round]!).toFixed(0)} cpu (${Math.min(...all[name]!.cpu[round]!).toFixed(0)}..${Math.max(...all[name]!.cpu[round]!).toFixed(0)})`).join(' | '));
process.exit(0);
