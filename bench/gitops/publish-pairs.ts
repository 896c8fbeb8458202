import { median } from '../measure.ts';
import { startProcess, startStandInProcess, type Cost, type Endpoints } from '../own-process.ts';
import type { BarePublishing } from './bare-publisher.ts';
import { clusterName, type Fleet } from './fixture.ts';
import { sleep, type Bench } from './scenarios.ts';
import { startController, startHub } from './surroundings.ts';

const count = Math.ceil(Number(process.env['PUBLISHES'] ?? 1000) / 50) * 50;
/**
 * The first is that of a process that has published nothing yet: nothing is
 * compiled, and the controllers load what only a Publish needs. The other is
 * that of a process that runs.
 */
const rounds = ['first', 'next'] as const;
const fleet: Fleet = { clusters: (count / 50) * rounds.length, applications: 50 };

type Pace = Pick<Cost, 'wallMs' | 'cpuMs'>;

/**
 * 1,000 applications into the stand-in, and 1,000 more, beside a bare Publish
 * loop of the same works, in turn. Both sides are new processes in each pair
 * and publish as many in each round.
 */
export async function publishBesideBareLoop({ runs, nodeFlags }: Bench): Promise<void> {
  const consumers = Array.from({ length: fleet.clusters }, (_, at) => clusterName(at));
  const { endpoints, process: standIn } = await startStandInProcess({ consumers, agent: { online: false } });
  const own: (readonly Pace[])[] = [];
  const bare: (readonly Pace[])[] = [];
  // The first of each is a warm-up of the server; the order changes from pair to pair.
  for (let run = 0; run <= runs; run += 1) {
    const pair = {
      own: async () => ownPaces(endpoints, `own-${run}`, nodeFlags),
      bare: async () => barePaces(endpoints, `bare-${run}`),
    };
    for (const how of run % 2 === 0 ? (['own', 'bare'] as const) : (['bare', 'own'] as const)) {
      const paces = await pair[how]();
      if (run > 0) (how === 'own' ? own : bare).push(paces);
    }
  }
  await standIn.stop();
  const rate = ({ wallMs }: Pace): number => (count * 1000) / wallMs;
  const cpu = ({ cpuMs }: Pace): number => cpuMs / count;
  console.log(`${count} applications into the stand-in, twice, ${runs} pairs\n`);
  console.log('| | controllers | bare loop | ratio, median of pairs |\n|---|---|---|---|');
  for (const [round, which] of rounds.entries()) {
    for (const [name, of, digits] of [
      [`${which} ${count}: publishes a second, from the hub's change on`, rate, 0],
      [`${which} ${count}: CPU each, ms`, cpu, 2],
    ] as const) {
      const values = (paces: readonly (readonly Pace[])[]): number[] =>
        paces.map((pace) => of(pace[round] ?? { wallMs: Number.NaN, cpuMs: Number.NaN }));
      const [ofOwn, ofBare] = [values(own), values(bare)];
      const ratio = median(ofOwn.map((value, at) => value / (ofBare[at] ?? Number.NaN)));
      console.log(
        `| ${name} | ${median(ofOwn).toFixed(digits)} | ${median(ofBare).toFixed(digits)} | ${ratio.toFixed(2)} |`,
      );
    }
  }
  console.log('');
}

/** From the moment at which the hub creates the first until the last was taken. */
async function ownPaces(
  endpoints: Endpoints,
  sourceId: string,
  nodeFlags: readonly string[],
): Promise<readonly Pace[]> {
  const hub = await startHub({ fleet, present: false, statusMs: 0 });
  const controller = await startController({ hub: hub.server, maestro: endpoints, sourceId }, nodeFlags);
  await controller.until('reading hub and Maestro', ({ readWallMs }) => readWallMs > 0, 60_000);
  const paces: Pace[] = [];
  for (const round of rounds.keys()) {
    await sleep(1_000);
    await controller.sample();
    const { startMs } = (await hub.tell({ do: 'create', from: round * count, to: (round + 1) * count })) as {
      readonly startMs: number;
    };
    await controller.untilCount('all publishes', 'create sent', count, 120_000);
    const { lastPublishMs, cpuMs } = await controller.sample();
    paces.push({ wallMs: lastPublishMs - startMs, cpuMs });
  }
  await controller.process.stop();
  await hub.process.stop();
  return paces;
}

async function barePaces(endpoints: Endpoints, sourceId: string): Promise<readonly Pace[]> {
  const publishing: BarePublishing = { endpoints, fleet, sourceId, count, rounds: rounds.length };
  const publisher = await startProcess('gitops/bare-publisher.ts', publishing);
  const paces: Pace[] = [];
  for (const _ of rounds) paces.push((await publisher.next()) as Cost);
  await publisher.stop();
  return paces;
}
