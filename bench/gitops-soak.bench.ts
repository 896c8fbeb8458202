/**
 * The controllers as two replicas that share a lease, beside a simulated hub and a simulated Maestro, for long and
 * under faults; see "Long, and with faults" in docs/performance.md. Fails when a last state is not on the hub,
 * when the hub was told anything older or of another application, when nothing came to it in a minute without faults,
 * when a leader lost its lease, or when something grows that should be flat.
 *
 * MINUTES (4), FIRST_ROUND minutes before them in which each fault strikes once (0; 15 are enough), CLUSTERS (40),
 * APPLICATIONS a cluster (50), RATE of status events a second (100) with TRANSITIONS as their share of changes (0.1),
 * EDITS of applications a second (1), HEAP in MiB (Node's own limit), FAULTS=0 for none, SEED (by chance, and printed)
 * of the faults, NODE_FLAGS (of the controllers, separated by spaces).
 *
 * What 3,000 × 50 send by themselves, for half an hour: HEAP=1536 CLUSTERS=3000 RATE=833 FIRST_ROUND=15 MINUTES=30.
 */
import { randomInt } from 'node:crypto';
import { loadavg } from 'node:os';
import { leftOutOf } from './gitops/soak-plan.ts';
import { runSoak, type Minute, type Soak, type Verdict } from './gitops/soak.ts';
import { trendOf } from './gitops/flat.ts';
import { machine } from './measure.ts';

const number = (name: string, standard: number): number => Number(process.env[name] ?? standard);
const seed = number('SEED', randomInt(2 ** 31));
const heapMiB = number('HEAP', 0);
const soak: Soak = {
  fleet: { clusters: number('CLUSTERS', 40), applications: number('APPLICATIONS', 50) },
  nodeFlags: [
    ...(heapMiB === 0 ? [] : [`--max-old-space-size=${heapMiB}`]),
    ...(process.env['NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== ''),
  ],
  minutes: number('MINUTES', 4),
  firstRoundMinutes: number('FIRST_ROUND', 0),
  perSecond: number('RATE', 100),
  transitions: number('TRANSITIONS', 0.1),
  editsPerSecond: number('EDITS', 1),
  withFaults: process.env['FAULTS'] !== '0',
  random: seededRandom(seed),
};

/** Mulberry32: the same faults for the same seed. */
function seededRandom(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const columns: Readonly<Record<string, (minute: Minute) => string>> = {
  minute: ({ minute }) => String(minute + 1),
  'faults begun': ({ faults, isCalm }) => (isCalm ? 'calm' : faults.join(', ')),
  'events sent (repeated), received': ({ sent, repeated, received }) => `${sent} (${repeated}), ${received}`,
  'takeovers, terms of the leader': ({ takeovers, sample: { terms, leading } }) =>
    `${takeovers}, ${terms}${leading ? '' : ' (ended)'}`,
  'not live, s': ({ sample: { awayMs, isLive } }) =>
    [...awayMs.map((ms) => (ms / 1000).toFixed(0)), ...(isLive ? [] : ['…'])].join(', '),
  'changes shown': ({ shown }) => String(shown),
  'lag p50 / p95 / p99 / most, ms': ({ lagMs: { p50, p95, p99, most } }) =>
    [p50, p95, p99, most].map((ms) => ms.toFixed(0)).join(' / '),
  'hub writes, publishes': ({ hubWrites, publishes }) => `${hubWrites}, ${publishes}`,
  'RSS, heap used, at its least MiB': ({ sample }) =>
    [sample.residentMiB, sample.heapMiB, sample.leastHeapMiB].map((mib) => mib.toFixed(0)).join(', '),
  'open files, sockets, active resources': ({ openFiles, sample }) =>
    `${openFiles.all}, ${openFiles.sockets}, ${sample.activeResources}`,
  'event loop late p50 / p99 / most, ms': ({ sample: { lagP50Ms, lagP99Ms, lagMostMs } }) =>
    [lagP50Ms, lagP99Ms, lagMostMs].map((ms) => ms.toFixed(0)).join(' / '),
  'young and full collections, longest pause of each ms': ({ sample: { pauses } }) =>
    [pauses.young, pauses.full].map(({ count, mostMs }) => `${count}: ${mostMs.toFixed(0)}`).join(', '),
  'share of a core': ({ sample }) => `${((sample.cpuMs / sample.wallMs) * 100).toFixed(0)} %`,
  'stand-by RSS MiB, open files': ({ standBy }) => `${standBy.residentMiB.toFixed(0)}, ${standBy.openFiles}`,
  warnings: ({ sample }) => String(sample.counts['logged warn'] ?? 0),
  load: () => (loadavg()[0] ?? Number.NaN).toFixed(1),
};
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** What has to be flat, and by how much it may grow before it counts as growth. */
const flat: readonly {
  readonly name: string;
  readonly of: (minute: Minute) => number;
  readonly mayGrowBy: { readonly share: number; readonly least: number };
  /** Only minutes without faults tell of it. */
  readonly calmOnly?: boolean;
}[] = [
  { name: 'RSS, MiB', of: ({ sample }) => sample.residentMiB, mayGrowBy: { share: 0.1, least: 16 } },
  // A look at any one moment may come right before a collection or right after it.
  {
    name: 'heap used at its least, MiB',
    of: ({ sample }) => sample.leastHeapMiB,
    mayGrowBy: { share: 0.1, least: 16 },
  },
  { name: 'open files', of: ({ openFiles }) => openFiles.all, mayGrowBy: { share: 0.1, least: 4 } },
  { name: 'sockets', of: ({ openFiles }) => openFiles.sockets, mayGrowBy: { share: 0.1, least: 4 } },
  { name: 'active resources', of: ({ sample }) => sample.activeResources, mayGrowBy: { share: 0.1, least: 8 } },
  { name: 'lag p50, ms', of: ({ lagMs }) => lagMs.p50, mayGrowBy: { share: 0.5, least: 20 }, calmOnly: true },
  { name: 'lag p99, ms', of: ({ lagMs }) => lagMs.p99, mayGrowBy: { share: 0.5, least: 100 }, calmOnly: true },
  {
    name: 'event loop late p99, ms',
    of: ({ sample }) => sample.lagP99Ms,
    mayGrowBy: { share: 0.5, least: 20 },
    calmOnly: true,
  },
  { name: 'stand-by RSS, MiB', of: ({ standBy }) => standBy.residentMiB, mayGrowBy: { share: 0.1, least: 16 } },
  { name: 'stand-by open files', of: ({ standBy }) => standBy.openFiles, mayGrowBy: { share: 0.1, least: 4 } },
];

/** So long a run has to tell of each figure; a shorter one may have too few calm minutes for that. */
const tellsOfAllMinutes = 30;

/** What grew, of the process that led in the end, and what a long run has too few minutes to tell of. */
function printTrends(minutes: readonly Minute[]): readonly string[] {
  console.log('\n| from minute to minute | minutes | slope a minute | first third | last third | |');
  console.log('|---|---|---|---|---|---|');
  const last = minutes.at(-1)?.takeovers;
  return flat.flatMap(({ name, of, mayGrowBy, calmOnly = false }) => {
    const points = minutes
      .filter(({ takeovers }) => takeovers === last)
      .filter(({ minute, isCalm }) => minute >= leftOutOf(soak) && (isCalm || !calmOnly))
      .map((one) => ({ minute: one.minute, value: of(one) }))
      .filter(({ value }) => !Number.isNaN(value));
    if (points.length < 6) {
      console.log(row([name, String(points.length), '', '', '', 'too few to tell']));
      return soak.minutes >= tellsOfAllMinutes ? [name] : [];
    }
    const trend = trendOf(points, mayGrowBy);
    const figures = [trend.slopePerMinute, trend.first, trend.last].map((value) => value.toFixed(2));
    console.log(row([name, String(points.length), ...figures, trend.isFlat ? 'flat' : 'GROWS']));
    return trend.isFlat ? [] : [name];
  });
}

function printVerdict(minutes: readonly Minute[], verdict: Verdict): void {
  const sum = (of: (minute: Minute) => number): number => minutes.reduce((all, one) => all + of(one), 0);
  const { settledMs, lost, older, foreign, wrong, publishedTwice, edits, liveMiB, settledMiB, faults } = verdict;
  console.log('\n| | |\n|---|---|');
  for (const cells of [
    [
      'events sent, older ones repeated, received',
      [sum((m) => m.sent), sum((m) => m.repeated), sum((m) => m.received)].join(', '),
    ],
    ['changes of applications, publishes', `${edits}, ${sum((m) => m.publishes)}`],
    [
      'faults',
      Object.entries(faults)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
    ],
    [
      'the same on hub and clusters, s after the last event',
      settledMs === undefined ? 'never' : (settledMs / 1000).toFixed(0),
    ],
    ['applications whose last state is not on the hub', String(lost.length)],
    ['statuses older than the one before, statuses of another application', `${older}, ${foreign}`],
    ['applications published more often than changed', String(publishedTwice)],
    [
      'alive after a full collection, settled in and in the end, MiB',
      `${liveMiB.early.toFixed(0)}, ${liveMiB.late.toFixed(0)}`,
    ],
    ['resident then, MiB', `${settledMiB.early.toFixed(0)}, ${settledMiB.late.toFixed(0)}`],
  ])
    console.log(row(cells));
  for (const one of [...wrong, ...lost].slice(0, 20)) console.log(one);
}

console.log(
  `${machine()}; ${soak.fleet.clusters} clusters × ${soak.fleet.applications} applications, ${soak.perSecond} events a second for ${soak.minutes} minutes, seed ${seed}\n`,
);
console.log(row(Object.keys(columns)));
console.log(row(Object.keys(columns).map(() => '---')));
const minutes: Minute[] = [];
const verdict = await runSoak(soak, (minute) => {
  minutes.push(minute);
  console.log(row(Object.values(columns).map((cell) => cell(minute))));
});
const grown = printTrends(minutes);
printVerdict(minutes, verdict);
const { lost, older, foreign, publishedTwice, liveMiB } = verdict;
const stalled = minutes.filter(({ isCalm, shown }) => isCalm && shown === 0).map(({ minute }) => minute + 1);
if (stalled.length > 0) console.log(`nothing was shown on the hub in the calm minutes ${stalled.join(', ')}`);
// A leader that is too busy to renew its lease is a fault of its own.
const { takeovers = 0, sample: { terms = 1 } = {} } = minutes.at(-1) ?? {};
const unplanned = takeovers + terms - 1 - (verdict.faults['leader killed'] ?? 0);
if (unplanned > 0) console.log(`the lead was lost ${String(unplanned)} times more often than the leader was killed`);
const { early, late } = liveMiB;
// Without a calm minute there is nothing to compare with.
const leaks = early === 0 ? soak.minutes >= tellsOfAllMinutes : late - early > Math.max(early * 0.1, 16);
if (leaks) console.log('what is alive after a full collection GROWS');
const failures =
  grown.length + lost.length + older + foreign + publishedTwice + stalled.length + unplanned + Number(leaks);
if (failures > 0) process.exitCode = 1;
