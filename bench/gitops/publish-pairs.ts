import { median } from '../measure.ts';
import { startProcess, startStandInProcess, type Cost, type Endpoints } from '../own-process.ts';
import type { BarePublishing } from './bare-publisher.ts';
import { clusterName, type Fleet } from './fixture.ts';
import { sleep, type Bench } from './scenarios.ts';
import { startController, startHub } from './surroundings.ts';

const fleet: Fleet = { clusters: Number(process.env['PUBLISHES'] ?? 1000) / 50, applications: 50 };
const count = fleet.clusters * fleet.applications;

type Pace = Pick<Cost, 'wallMs' | 'cpuMs'>;

/** 1,000 applications into the stand-in, beside a bare Publish loop of the same works, in turn. */
export async function publishBesideBareLoop({ runs, nodeFlags }: Bench): Promise<void> {
  const consumers = Array.from({ length: fleet.clusters }, (_, at) => clusterName(at));
  const { endpoints, process: standIn } = await startStandInProcess({ consumers, agent: { online: false } });
  const own: Pace[] = [];
  const bare: Pace[] = [];
  // The first of each is a warm-up of the server; the order changes from pair to pair.
  for (let run = 0; run <= runs; run += 1) {
    const pair = { own: async () => ownPace(endpoints, `own-${run}`, nodeFlags), bare: async () => barePace(endpoints, `bare-${run}`) };
    for (const how of run % 2 === 0 ? (['own', 'bare'] as const) : (['bare', 'own'] as const)) {
      const pace = await pair[how]();
      if (run > 0) (how === 'own' ? own : bare).push(pace);
    }
  }
  await standIn.stop();
  const rate = ({ wallMs }: Pace): number => (count * 1000) / wallMs;
  const cpu = ({ cpuMs }: Pace): number => cpuMs / count;
  console.log(`${count} applications into the stand-in, ${runs} pairs\n`);
  console.log('| | controllers | bare loop | ratio, median of pairs |\n|---|---|---|---|');
  for (const [name, of, digits] of [
    ['publishes a second, from the hub\'s change on', rate, 0],
    ['CPU each, ms', cpu, 2],
  ] as const) {
    const ratio = median(own.map((pace, at) => of(pace) / of(bare[at] ?? pace)));
    console.log(`| ${name} | ${median(own.map(of)).toFixed(digits)} | ${median(bare.map(of)).toFixed(digits)} | ${ratio.toFixed(2)} |`);
  }
  console.log('');
}

/** From the moment at which the hub is told to create them until the last was taken. */
async function ownPace(endpoints: Endpoints, sourceId: string, nodeFlags: readonly string[]): Promise<Pace> {
  const hub = await startHub({ fleet, present: false, statusMs: 0 });
  const controller = await startController({ hub: hub.server, maestro: endpoints, sourceId }, nodeFlags);
  await controller.until('reading hub and Maestro', ({ readWallMs }) => readWallMs > 0, 60_000);
  await sleep(1_000);
  await controller.sample();
  const startMs = Date.now();
  await hub.tell({ do: 'create', from: 0, to: count });
  await controller.until('all publishes', ({ counts }) => (counts['create sent'] ?? 0) >= count, 120_000, { everyMs: 20 });
  const { lastPublishMs, cpuMs } = await controller.sample();
  await controller.process.stop();
  await hub.process.stop();
  return { wallMs: lastPublishMs - startMs, cpuMs };
}

async function barePace(endpoints: Endpoints, sourceId: string): Promise<Pace> {
  const publishing: BarePublishing = { endpoints, fleet, sourceId, count };
  const publisher = await startProcess('gitops/bare-publisher.ts', publishing);
  const cost = (await publisher.next()) as Cost;
  await publisher.stop();
  return cost;
}
