import { median } from '../measure.ts';
import { startProcess, type Cost } from '../own-process.ts';
import type { BarePublishing } from './bare-publisher.ts';
import type { Pauses, Sample } from './controller.ts';
import { sizeOf, type Fleet } from './fixture.ts';
import {
  startController,
  startHub,
  startMaestro,
  type Hub,
  type MeasuredController,
  type SimulatedMaestro,
} from './surroundings.ts';

export interface Bench {
  readonly fleet: Fleet;
  /** Of the controllers' process. */
  readonly nodeFlags: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
  readonly transitions: number;
  readonly runs: number;
}

/** All three processes, after the first index. */
export interface Stage {
  readonly hub: Hub;
  readonly maestro: SimulatedMaestro;
  readonly controller: MeasuredController;
  stop(): Promise<void>;
}

const sourceId = 'app-work-client';
const longMs = 3_600_000;
/** How long nothing may happen before it counts as nothing. */
const quietMs = 5_000;
/** Each look at the queues walks all applications. */
const waiting = { everyMs: 1_000, look: 'all' } as const;

export const sleep = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const s = (ms: number): string => (ms / 1000).toFixed(1);
const lagOf = ({ lagP50Ms, lagP99Ms, lagMostMs }: Sample): string =>
  `${lagP50Ms.toFixed(0)} / ${lagP99Ms.toFixed(0)} / ${lagMostMs.toFixed(0)}`;
const pausesOf = ({ count, ms, mostMs }: Pauses): string => `${count} in ${ms.toFixed(0)} ms, ${mostMs.toFixed(0)}`;
const share = ({ cpuMs, wallMs }: Sample): string => `${((cpuMs / wallMs) * 100).toFixed(0)} %`;
const hubWrites = ({ counts }: Sample): number =>
  Object.entries(counts).reduce((sum, [name, count]) => sum + (name.startsWith('hub ') ? count : 0), 0);
const publishesIn = ({ counts }: Sample): number =>
  ['create sent', 'update sent', 'delete sent'].reduce((sum, name) => sum + (counts[name] ?? 0), 0);

/** A start on a hub and a Maestro that hold everything already, as after a restart. */
export async function coldIndex({ fleet, nodeFlags }: Bench): Promise<Stage> {
  const size = sizeOf(fleet);
  const statusMs = Date.now() - 3_600_000;
  const [hub, maestro] = await Promise.all([
    startHub({ fleet, present: true, statusMs }),
    startMaestro({ fleet, sourceId, storedMs: statusMs, agentMs: 200 }),
  ]);
  const before = { hub: hub.process.cpuMs(), maestro: maestro.process.cpuMs() };
  const controller = await startController({ hub: hub.server, maestro: maestro.endpoints, sourceId }, nodeFlags);
  await controller.until('reading hub and Maestro', ({ readWallMs }) => readWallMs > 0, longMs);
  const read = await controller.sample();
  const used = { hub: hub.process.cpuMs() - before.hub, maestro: maestro.process.cpuMs() - before.maestro };
  await sleep(quietMs);
  const quiet = await controller.sample(true);
  const [ofHub, ofMaestro] = [await hub.report(), await maestro.report()];
  const applications = Object.values(quiet.snapshot?.applications ?? {}).reduce((sum, count) => sum + count, 0);
  console.log(
    `Start with everything delivered: ${size} applications of ${hub.sample} characters, bundles of ${maestro.sample}\n`,
  );
  console.log('| | |\n|---|---|');
  for (const [name, value] of [
    ['until both are read, wall s', s(read.readWallMs)],
    ['own CPU until then, s', s(read.readCpuMs)],
    ["the simulated Maestro's CPU, s", s(used.maestro)],
    ["the simulated hub's CPU, s", s(used.hub)],
    ['event loop late p50 / p99 / most, ms', lagOf(read)],
    ['modules loaded before that, ms', read.loadedMs.toFixed(0)],
    ['pauses for garbage: young, the longest', pausesOf(read.pauses.young)],
    ['full, the longest', pausesOf(read.pauses.full)],
    [
      'resident then / after 5 s / most, MiB',
      `${read.residentMiB.toFixed(0)} / ${quiet.residentMiB.toFixed(0)} / ${quiet.peakMiB.toFixed(0)}`,
    ],
    [
      'heap in use after 5 s, live after a full collection, MiB',
      `${quiet.heapMiB.toFixed(0)}, ${quiet.liveMiB.toFixed(0)}`,
    ],
    ['applications known', String(applications)],
    ['publishes, as counted by Maestro', String(ofMaestro.publishes + ofMaestro.deletes)],
    ['writes, as counted by the hub', String(Object.values(ofHub.writes).reduce((sum, count) => sum + count, 0))],
  ] as const) {
    console.log(`| ${name} | ${value} |`);
  }
  console.log('');
  const stop = async (): Promise<void> => {
    await controller.process.stop();
    await Promise.all([hub.process.stop(), maestro.process.stop()]);
  };
  return { hub, maestro, controller, stop };
}

/** Agents report at a steady rate, mostly what is not worth a write. */
export async function statusEvents(
  { perSecond, seconds, transitions }: Bench,
  { hub, maestro, controller }: Stage,
): Promise<void> {
  await hub.report();
  await controller.sample();
  const sent = (await maestro.tell({ do: 'events', perSecond, seconds, transitions })) as {
    readonly sent: number;
    readonly transitions: number;
    readonly behindMs: number;
  };
  const during = await controller.sample();
  const written = during.counts['hub status done'] ?? 0;
  // The last ones are on their way, and some may wait for the budget.
  const startMs = performance.now();
  const before = during.counts['reports'] ?? 0;
  await controller.until('the last reports', ({ counts }) => before + (counts['reports'] ?? 0) >= sent.sent, 300_000);
  const behindMs = performance.now() - startMs;
  await controller.until(
    'the writes of the last reports',
    ({ snapshot }) => snapshot?.statusBacklog === 0,
    120_000,
    waiting,
  );
  await sleep(1_000);
  const rest = await controller.sample();
  const { lagsMs } = await hub.report();
  const lags = lagsMs.toSorted((left, right) => left - right);
  const at = (part: number): string =>
    (lags[Math.min(lags.length - 1, Math.floor(lags.length * part))] ?? Number.NaN).toFixed(0);
  const received = (during.counts['reports'] ?? 0) + (rest.counts['reports'] ?? 0);
  const suppressed = (during.counts['suppressed'] ?? 0) + (rest.counts['suppressed'] ?? 0);
  console.log(
    `${perSecond} status events a second for ${seconds} s, ${transitions * 100} % of them transitions (sent ${sent.behindMs.toFixed(0)} ms later than planned at the end)\n`,
  );
  console.log('| | |\n|---|---|');
  for (const [name, value] of [
    ['events sent, received', `${sent.sent}, ${received}`],
    ['received after the last was sent, for ms', `${received - before}, ${behindMs.toFixed(0)}`],
    ['transitions sent, on the hub in the end', `${sent.transitions}, ${lags.length}`],
    ['suppressed as noise', `${suppressed} (${((suppressed / received) * 100).toFixed(1)} %)`],
    ['status writes a second meanwhile', ((written * 1000) / during.wallMs).toFixed(0)],
    ['CPU, share of a core', share(during)],
    ["from the agent's change to the hub p50 / p99 / most, ms", `${at(0.5)} / ${at(0.99)} / ${at(1)}`],
    ['event loop late p50 / p99 / most, ms', lagOf(during)],
    ['resident, MiB', during.residentMiB.toFixed(0)],
  ] as const) {
    console.log(`| ${name} | ${value} |`);
  }
  console.log('');
}

const deletions = 100;

/** The hub changes every application at once; when half are published, it deletes a hundred others. */
export async function editOfAll({ fleet }: Bench, { hub, maestro, controller }: Stage): Promise<void> {
  const size = sizeOf(fleet);
  await Promise.all([hub.report(), maestro.report(), controller.sample()]);
  const startMs = Date.now();
  const edited = hub.tell({ do: 'edit', from: 0, to: size });
  await controller.until('half of the publishes', ({ counts }) => (counts['update sent'] ?? 0) >= size / 2, longMs, {
    everyMs: 20,
  });
  await edited;
  const half = await controller.sample();
  const halfMs = Date.now() - startMs;
  const step = Math.floor(size / deletions);
  await hub.tell({ do: 'delete', places: Array.from({ length: deletions }, (_, at) => size - 1 - at * step) });
  const toldMs = performance.now();
  await controller.until('the deletions', ({ counts }) => (counts['delete sent'] ?? 0) >= deletions, longMs, {
    everyMs: 20,
  });
  const deletedMs = performance.now() - toldMs;
  const meanwhile = await controller.sample();
  // A look at the queues walks all applications, so there are few.
  await controller.until(
    'the other publishes',
    ({ snapshot }) =>
      snapshot !== undefined &&
      Object.values(snapshot.queue).every(({ depth }) => depth === 0) &&
      snapshot.publishesInFlight === 0,
    longMs,
    { everyMs: 5_000, look: 'all' },
  );
  await sleep(2_000);
  const rest = await controller.sample();
  const wallMs = rest.lastPublishMs - startMs;
  const [ofMaestro, ofHub] = [await maestro.report(), await hub.report()];
  const publishes = publishesIn(half) + publishesIn(meanwhile) + publishesIn(rest) - deletions;
  console.log(`One change of all ${size} applications, and ${deletions} deletions when half of them were published\n`);
  console.log('| | |\n|---|---|');
  for (const [name, value] of [
    ['publishes, a second', `${publishes}, ${((publishes * 1000) / wallMs).toFixed(0)}`],
    ['bundles by how often each was published', JSON.stringify(ofMaestro.times)],
    ['conflicts', String(ofMaestro.conflicts)],
    ['deletions asked for after, ms', deletedMs.toFixed(0)],
    [
      'publishes of others meanwhile, that waited then',
      `${meanwhile.counts['update sent'] ?? 0}, ${size - (half.counts['update sent'] ?? 0)}`,
    ],
    ['half after, all after, s', `${s(halfMs)}, ${s(wallMs)}`],
    ['applications left on the hub, bundles left', `${ofHub.present}, ${ofMaestro.stored}`],
    [
      'CPU a publish, ms (status reports and their writes included)',
      ((half.cpuMs + meanwhile.cpuMs + rest.cpuMs) / publishes).toFixed(2),
    ],
    ['event loop late p50 / p99 / most, ms, first half', lagOf(half)],
    ['reports that wait for the hub at the end', String(rest.snapshot?.statusBacklog ?? 0)],
    ['status writes until then', String(hubWrites(half) + hubWrites(meanwhile) + hubWrites(rest))],
    ['resident most, MiB', rest.peakMiB.toFixed(0)],
  ] as const) {
    console.log(`| ${name} | ${value} |`);
  }
  console.log('');
}

/** Everything is delivered for the first time, to agents that answer. */
export async function rollOut({ fleet, nodeFlags }: Bench): Promise<void> {
  const size = sizeOf(fleet);
  const limit = await bareRate(fleet, Math.min(size, 10_000));
  const [hub, maestro] = await Promise.all([
    startHub({ fleet, present: false, statusMs: 0 }),
    startMaestro({ fleet, sourceId, storedMs: 0, agentMs: 200 }),
  ]);
  const controller = await startController({ hub: hub.server, maestro: maestro.endpoints, sourceId }, nodeFlags);
  await controller.until('reading hub and Maestro', ({ readWallMs }) => readWallMs > 0, 60_000);
  await sleep(500);
  await controller.sample();
  const startMs = Date.now();
  const created = hub.tell({ do: 'create', from: 0, to: size });
  await controller.until('all publishes', ({ counts }) => (counts['create sent'] ?? 0) >= size, longMs);
  await created;
  const done = await controller.sample();
  const wallMs = done.lastPublishMs - startMs;
  const { times } = await maestro.report();
  console.log(`First roll-out of ${size} applications, agents answer after 200 ms\n`);
  console.log('| | |\n|---|---|');
  for (const [name, value] of [
    ['wall, s', s(wallMs)],
    ['publishes a second', ((size * 1000) / wallMs).toFixed(0)],
    [`a bare loop of ${Math.min(size, 10_000)} into the same simulated Maestro, a second`, limit.toFixed(0)],
    ['bundles by how often each was published', JSON.stringify(times)],
    ['CPU an application, ms (reports and status writes included)', (done.cpuMs / size).toFixed(2)],
    ['event loop late p50 / p99 / most, ms', lagOf(done)],
    ['status writes until then, that wait', `${hubWrites(done)}, ${done.snapshot?.statusBacklog ?? 0}`],
    ['resident most, MiB', done.peakMiB.toFixed(0)],
  ] as const) {
    console.log(`| ${name} | ${value} |`);
  }
  console.log('');
  await controller.process.stop();
  await Promise.all([hub.process.stop(), maestro.process.stop()]);
}

async function bareRate(fleet: Fleet, count: number): Promise<number> {
  const rates: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    const maestro = await startMaestro({ fleet, sourceId, storedMs: 0 });
    const publishing: BarePublishing = { endpoints: maestro.endpoints, fleet, sourceId, count };
    const publisher = await startProcess('gitops/bare-publisher.ts', publishing);
    rates.push((count * 1000) / ((await publisher.next()) as Cost).wallMs);
    await publisher.stop();
    await maestro.process.stop();
  }
  return median(rates);
}
