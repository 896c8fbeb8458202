/**
 * The controllers in a process of their own, wired as the command wires them,
 * over real HTTP and gRPC. Tells what they did and took whenever it is asked.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { buildInfo } from '../../src/build-info.ts';
import { connectMaestro } from '../../src/clients/connect.ts';
import { parseGrpcEndpoint, parseHttpEndpoint } from '../../src/clients/index.ts';
import { MaestroError } from '../../src/errors.ts';
import { connectKube } from '../../src/gitops/kube/connect-kube.ts';
import { createEventRecorder } from '../../src/gitops/kube/event-recorder.ts';
import { createElection } from '../../src/gitops/kube/lease-election.ts';
import { runController } from '../../src/gitops/run/controller.ts';
import type { ControllerDeps } from '../../src/gitops/run/controller-deps.ts';
import type { ControllerMetrics, EngineSnapshot } from '../../src/gitops/run/controller-metrics.ts';
import { createPinoLog } from '../../src/gitops/run/pino-log.ts';
import { runProcess } from '../../src/gitops/run/process.ts';
import type { ControllerSettings } from '../../src/gitops/run/settings.ts';
import { systemClock } from '../../src/clock.ts';
import type { Endpoints } from '../own-process.ts';
import { leaseName } from './leases.ts';

export interface ControllerOptions {
  readonly hub: string;
  readonly maestro: Endpoints;
  readonly sourceId: string;
  readonly hubWritesPerSecond?: number;
  /** It competes for a lease under this name; absent: it leads at once. */
  readonly electedAs?: string;
  /** Its warnings are counted and not printed, because faults are what is wanted. */
  readonly quiet?: boolean;
}

/** How many pauses there were; how long all of them and the longest took. */
export interface Pauses {
  readonly count: number;
  readonly ms: number;
  readonly mostMs: number;
}

/** What the controllers did and took since the last sample. */
export interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly residentMiB: number;
  readonly peakMiB: number;
  readonly heapMiB: number;
  /** The least that was in use at any second since the last sample: near to what is alive. */
  readonly leastHeapMiB: number;
  /** After a full collection, in samples that ask for one. */
  readonly liveMiB: number;
  /** Resident then: without what was only kept for the next load. */
  readonly settledMiB: number;
  /** How much later than asked for timers rang. */
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  readonly lagMostMs: number;
  /** Pauses for the collection of garbage. */
  readonly pauses: { readonly young: Pauses; readonly full: Pauses };
  readonly counts: Readonly<Record<string, number>>;
  /** It holds the lease, or needs none. */
  readonly leading: boolean;
  /** How often it has begun to lead: a lease that is lost and won back begins all anew. */
  readonly terms: number;
  /** In this term it has read hub and Maestro, without which it writes nothing. */
  readonly hasRead: boolean;
  /** It hears of reports as they come, and has read what it missed before. */
  readonly isLive: boolean;
  /** How long each time took in which it did not, of those that ended. */
  readonly awayMs: readonly number[];
  /** What keeps its event loop alive now: timers, sockets, requests under way. */
  readonly activeResources: number;
  /** Milliseconds since the epoch of the first and of the last publish. */
  readonly firstPublishMs: number;
  readonly lastPublishMs: number;
  /**
   * Wall and CPU milliseconds from the first sample's beginning until hub and Maestro were read; 0 while they are not.
   */
  readonly readWallMs: number;
  readonly readCpuMs: number;
  /**
   * From the start of the process until its modules were loaded, which nothing above counts: no probe is answered
   * before.
   */
  readonly loadedMs: number;
  readonly snapshot: EngineSnapshot | undefined;
}

const options = JSON.parse(process.argv[2] ?? '') as ControllerOptions;
const resolutionMs = 10;
const startMs = performance.now();
const startCpu = process.cpuUsage();
const cpuMsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};
let counts: Record<string, number> = {};
let firstPublishMs = 0;
let lastPublishMs = 0;
let leading = false;
let terms = 0;
let hasRead = false;
let isLive = false;
let awaySinceMs: number | undefined;
let awayMs: number[] = [];
let readWallMs = 0;
let readCpuMs = 0;
let readSnapshot: (() => Promise<EngineSnapshot>) | undefined;
let awaited: { readonly name: string; readonly least: number; readonly reached: () => void } | undefined;
const counted = (name: string): void => {
  const count = (counts[name] ?? 0) + 1;
  counts[name] = count;
  if (awaited !== undefined && name === awaited.name && count >= awaited.least) awaited.reached();
};

/** The first time is the start, which is told by what was read. */
function noteLive(live: boolean): void {
  const nowMs = performance.now();
  if (live && awaySinceMs !== undefined) awayMs.push(nowMs - awaySinceMs);
  if (live) awaySinceMs = undefined;
  else if (isLive) awaySinceMs = nowMs;
  isLive = live;
}

function counting(metrics: ControllerMetrics): ControllerMetrics {
  return {
    ...metrics,
    readSnapshotFrom: (read) => {
      readSnapshot = read;
      metrics.readSnapshotFrom(read);
    },
    streamLive: (live) => {
      noteLive(live);
      metrics.streamLive(live);
    },
    published: (kind, result, latencyMs) => {
      lastPublishMs = Date.now();
      if (firstPublishMs === 0) firstPublishMs = lastPublishMs;
      counted(`${kind} ${result}`);
      metrics.published(kind, result, latencyMs);
    },
    statusReceived: () => {
      counted('reports');
      metrics.statusReceived();
    },
    statusDone: (outcome) => {
      counted(outcome);
      metrics.statusDone(outcome);
    },
    hubWrite: (what, result, latencyMs) => {
      counted(`hub ${what} ${result}`);
      metrics.hubWrite(what, result, latencyMs);
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-bench-'));
const kubeconfig = join(folder, 'kubeconfig');
writeFileSync(
  kubeconfig,
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'hub',
    clusters: [{ name: 'hub', cluster: { server: options.hub, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'bench' } }],
  }),
);
const settings: ControllerSettings = {
  controllers: { propagation: true, aggregation: true },
  hub: { kubeconfig, inCluster: false },
  maestro: {
    grpcEndpoint: parseGrpcEndpoint(options.maestro.grpcEndpoint, { plaintext: true }),
    httpEndpoint: parseHttpEndpoint(options.maestro.httpEndpoint),
    insecureSkipVerify: false,
    grpcTls: {},
    httpTls: {},
    allowPlaintextToken: false,
    proxy: {},
  },
  sourceId: options.sourceId,
  callTimeoutMs: 30_000,
  ...(options.electedAs === undefined
    ? {}
    : {
        election: {
          namespace: 'open-cluster-management',
          name: leaseName,
          identity: options.electedAs,
          leaseMs: 15_000,
          renewMs: 10_000,
          retryMs: 2_000,
        },
      }),
  maxConcurrency: 16,
  hubWritesPerSecond: options.hubWritesPerSecond ?? 200,
  setReports: 'never',
  statusMode: 'full',
  deletion: { policy: 'confirmed', fallbackMs: 600_000 },
  noise: 'never',
  staleAfterMs: 600_000,
  gc: { intervalMs: 600_000, brake: { kind: 'share', share: 0.01 }, overrideBrake: false },
  deliverNamespace: false,
  deliverProject: false,
  allowedTargetNamespaces: '*',
  authorisation: 'placement',
  allowClassicCoexistence: false,
  classicNamespace: 'open-cluster-management',
  ownNamespace: 'open-cluster-management',
  resyncIntervalMs: 2_700_000,
  shutdownMs: 20_000,
};

const stop = new AbortController();
const lag = monitorEventLoopDelay({ resolution: resolutionMs });
lag.enable();
const noPauses: Pauses = { count: 0, ms: 0, mostMs: 0 };
let pauses = { young: noPauses, full: noPauses };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { duration, detail } = entry as typeof entry & { readonly detail: { readonly kind: number } };
    if (detail.kind !== constants.NODE_PERFORMANCE_GC_MINOR && detail.kind !== constants.NODE_PERFORMANCE_GC_MAJOR)
      continue;
    const kind = detail.kind === constants.NODE_PERFORMANCE_GC_MINOR ? 'young' : 'full';
    const { count, ms, mostMs } = pauses[kind];
    pauses[kind] = { count: count + 1, ms: ms + duration, mostMs: Math.max(mostMs, duration) };
  }
}).observe({ entryTypes: ['gc'] });
const plain = createPinoLog(
  { level: 'info', format: 'text' },
  {
    write: (line) => {
      const level = / (warn|error) /.exec(line)?.[1];
      if (level === undefined) return;
      counted(`logged ${level}`);
      if (options.quiet !== true || level === 'error') process.stderr.write(line);
    },
  },
  () => Date.now(),
);
const log = {
  ...plain,
  info: (message: string): void => {
    if (message === 'leading' || message === 'no longer leading') leading = message === 'leading';
    if (message === 'leading') [terms, hasRead] = [terms + 1, false];
    if (message !== 'hub and Maestro have been read') return;
    hasRead = true;
    if (readWallMs > 0) return;
    readWallMs = performance.now() - startMs;
    readCpuMs = cpuMsSince(startCpu);
  },
};
const running = runProcess(
  settings,
  {
    parts: {
      connectKube,
      connectMaestro: (to) => connectMaestro(to, { clock: systemClock, random: Math.random }),
      createElection,
      createEventRecorder,
      runController: (deps: ControllerDeps, signal) =>
        runController({ ...deps, metrics: counting(deps.metrics) }, signal),
    },
    clock: systemClock,
    random: Math.random,
    env: {},
    log,
    build: buildInfo,
    processMetrics: true,
  },
  stop.signal,
);

function afterCollection(): Pick<Sample, 'liveMiB' | 'settledMiB'> {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, rss } = process.memoryUsage();
  return { liveMiB: heapUsed / 2 ** 20, settledMiB: rss / 2 ** 20 };
}

let leastHeapBytes = Infinity;
const noteHeap = (): void => {
  leastHeapBytes = Math.min(leastHeapBytes, process.memoryUsage().heapUsed);
};
setInterval(noteHeap, 1000);

let sampledMs = startMs;
let sampledCpu = startCpu;
async function sample(collect: boolean): Promise<Sample> {
  const snapshot = await readSnapshot?.();
  const wallMs = performance.now();
  const memory = process.memoryUsage();
  noteHeap();
  const late = (nanoseconds: number): number => (lag.count === 0 ? 0 : Math.max(0, nanoseconds / 1e6 - resolutionMs));
  const result: Sample = {
    wallMs: wallMs - sampledMs,
    cpuMs: cpuMsSince(sampledCpu),
    residentMiB: memory.rss / 2 ** 20,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    heapMiB: memory.heapUsed / 2 ** 20,
    leastHeapMiB: leastHeapBytes / 2 ** 20,
    ...(collect ? afterCollection() : { liveMiB: 0, settledMiB: 0 }),
    lagP50Ms: late(lag.percentile(50)),
    lagP99Ms: late(lag.percentile(99)),
    lagMostMs: late(lag.max),
    pauses,
    counts,
    leading,
    terms,
    hasRead,
    isLive,
    awayMs,
    activeResources: process.getActiveResourcesInfo().length,
    firstPublishMs,
    lastPublishMs,
    readWallMs,
    readCpuMs,
    loadedMs: startMs,
    snapshot,
  };
  counts = {};
  leastHeapBytes = Infinity;
  awayMs = [];
  pauses = { young: noPauses, full: noPauses };
  firstPublishMs = 0;
  lag.reset();
  sampledMs = wallMs;
  sampledCpu = process.cpuUsage();
  return result;
}

console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const {
    look,
    count,
    collect = false,
  } = JSON.parse(line) as {
    readonly look?: 'counts' | 'all';
    readonly count?: { readonly name: string; readonly least: number };
    readonly collect?: boolean;
  };
  if (count !== undefined) {
    if ((counts[count.name] ?? 0) < count.least)
      await new Promise<void>((reached) => (awaited = { ...count, reached }));
    awaited = undefined;
  }
  // A look leaves the counts as they are. A snapshot walks all applications, as a scrape of the metrics does.
  console.log(
    JSON.stringify(
      look === undefined
        ? await sample(collect)
        : { counts, readWallMs, ...(look === 'all' ? { snapshot: await readSnapshot?.() } : {}) },
    ),
  );
}
stop.abort(new MaestroError('terminated', 'the bench has ended'));
await running;
rmSync(folder, { recursive: true });
process.exit(0);
