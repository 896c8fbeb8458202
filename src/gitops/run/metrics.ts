import { getHeapStatistics } from 'node:v8';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { KubeCallFact } from '../kube/kube-api.ts';
import type {
  ApplicationState,
  ControllerMetrics,
  EngineSnapshot,
  HubWriteKind,
  HubWriteResult,
  MalformedKind,
  PublishKind,
  SetReportState,
  SetReportWrite,
  StatusOutcome,
} from './controller-metrics.ts';
import type { LagWindow } from './loop-lag.ts';

export interface MetricsServer {
  readonly metrics: ControllerMetrics;
  /** What one call to the hub came to. */
  readonly hubCall: (fact: KubeCallFact) => void;
  /** Exposition text and its content type. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface MetricsSource {
  readonly loopLag: () => LagWindow;
  /** Also CPU, resident memory and garbage collection of the process. */
  readonly withProcess: boolean;
  readonly build: { readonly version: string; readonly commit: string };
}

const prefix = 'maestro_gitops_';
const callSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Agents report every 10 to 19 s, so the interesting part is around it. */
const lagSeconds = [0.1, 0.5, 1, 2, 5, 10, 15, 20, 25, 30, 60, 120, 300, 600, 1800];
const states: readonly ApplicationState[] = ['synced', 'pending', 'parked', 'deleting', 'failed', 'ignored'];
const statusOutcomes: readonly StatusOutcome[] = ['written', 'suppressed', 'stale', 'unknown', 'failed'];
const hubWriteKinds: readonly HubWriteKind[] = ['status', 'finalizers', 'operation', 'refresh', 'condition'];
const hubWriteResults: readonly HubWriteResult[] = ['done', 'gone', 'conflict', 'failed'];
const malformedKinds: readonly MalformedKind[] = ['application', 'cluster', 'decision', 'project', 'bundle', 'status'];
const setReportStates: readonly SetReportState[] = ['whole', 'cut', 'failing'];
const setReportWrites: readonly SetReportWrite[] = ['created', 'updated', 'deleted', 'conflict', 'failed'];
/** etcd takes 1.5 MiB at once. */
const setReportBytes = [1_000, 10_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 1_450_000];
const publishKinds: readonly PublishKind[] = ['create', 'update', 'delete'];

/**
 * The metrics of one process, in a registry of their own. Labels come out of
 * closed sets, never from the names of applications or clusters: 150,000 series
 * would cost more than what they measure.
 */
export function createMetrics(source: MetricsSource): MetricsServer {
  const registry = new Registry();
  if (source.withProcess) collectProcess(registry);
  const { counter, histogram, gauge } = meters(registry);

  const publishes = counter('publishes_total', 'Publishes, by kind and result.', ['kind', 'result']);
  for (const kind of publishKinds)
    for (const result of ['sent', 'conflict', 'failed']) publishes.inc({ kind, result }, 0);
  const publishSeconds = histogram('publish_seconds', 'Time from a publish to its answer.', callSeconds, ['kind']);
  const skipped = counter('publishes_skipped_total', 'Publishes that were not needed: what is stored says the same.');
  const received = counter('status_events_total', 'Status reports received.');
  const done = counter('status_outcomes_total', 'What became of status reports.', ['outcome']);
  for (const outcome of statusOutcomes) done.inc({ outcome }, 0);
  const lag = histogram('status_lag_seconds', 'Time from a report to its status being on the hub.', lagSeconds);
  const forged = counter(
    'forged_reports_total',
    'Reports refused because they are not from the cluster of the application.',
  );
  const live = gauge('stream_live', '1 while the status stream is open.');
  const opened = counter(
    'stream_connects_total',
    'How often the status stream was opened; reconnects are all but the first.',
  );
  const hubWrites = counter('hub_writes_total', 'Writes to hub applications.', ['what', 'result']);
  // A rate begins with the second sample of a series: the first failure would not be seen.
  for (const what of hubWriteKinds) for (const result of hubWriteResults) hubWrites.inc({ what, result }, 0);
  const hubWriteSeconds = histogram('hub_write_seconds', 'Time of a write to the hub.', callSeconds, ['what']);
  const reportWrites = counter('appset_report_writes_total', 'Writes of reports of ApplicationSets.', ['result']);
  for (const result of setReportWrites) reportWrites.inc({ result }, 0);
  const reportBytes = histogram('appset_report_bytes', 'Size of such a report when it was written.', setReportBytes);
  const throttled = counter('hub_throttled_total', 'Answers 429 of the hub.');
  const hubCalls = counter(
    'hub_calls_total',
    'Calls to the hub, by verb, resource and status; status 0 is no answer.',
    ['verb', 'resource', 'status'],
  );
  const restarts = counter('watch_restarts_total', 'Watches of the hub that started over.', ['resource', 'why']);
  const malformed = counter('malformed_total', 'Objects that could not be read.', ['what']);
  for (const what of malformedKinds) malformed.inc({ what }, 0);
  const collected = counter('orphans_deleted_total', 'Works deleted because their application is gone.');
  const failures = counter('reconcile_failures_total', 'Reconciles that failed, by code.', ['code']);
  const blocked = gauge('guard_blocked', '1 while nothing may be written, with the reason.', ['reason']);
  const leader = gauge('leader', '1 while this process leads.');
  const { version, commit } = source.build;
  gauge('build_info', 'Always 1.', ['version', 'commit']).set({ version, commit }, 1);
  const snapshot = snapshotGauges(registry);
  runtimeGauges(registry, source.loopLag);

  let wasLive = false;
  const metrics: ControllerMetrics = {
    readSnapshotFrom: (read) => snapshot.readFrom(read),
    published: (kind, result, latencyMs) => {
      publishes.inc({ kind, result });
      publishSeconds.observe({ kind }, latencyMs / 1000);
    },
    publishSkipped: () => skipped.inc(),
    statusReceived: () => received.inc(),
    statusDone: (outcome) => done.inc({ outcome }),
    // Clocks of agents and hub differ; a report out of the future has no lag.
    statusLag: (ms) => lag.observe(Math.max(0, ms) / 1000),
    forgedReport: () => forged.inc(),
    streamLive: (now) => {
      if (now && !wasLive) opened.inc();
      wasLive = now;
      live.set(now ? 1 : 0);
    },
    hubWrite: (what, result, latencyMs) => {
      hubWrites.inc({ what, result });
      hubWriteSeconds.observe({ what }, latencyMs / 1000);
    },
    setReportWritten: (result) => reportWrites.inc({ result }),
    setReportBytes: (bytes) => reportBytes.observe(bytes),
    hubThrottled: () => throttled.inc(),
    watchRestarted: (resource, why) => restarts.inc({ resource, why }),
    malformed: (what) => malformed.inc({ what }),
    collected: () => collected.inc(),
    reconcileFailed: (code) => failures.inc({ code }),
    guardBlocked: (reason) => {
      blocked.reset();
      if (reason !== undefined) blocked.set({ reason }, 1);
    },
    leading: (now) => leader.set(now ? 1 : 0),
  };
  return {
    metrics,
    hubCall: ({ verb, resource, status }) => hubCalls.inc({ verb, resource, status: String(status) }),
    render: async () => {
      await snapshot.refresh();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

/** Gauges that are counted when somebody scrapes, all out of one snapshot. */
function snapshotGauges(registry: Registry): {
  readFrom(read: (() => Promise<EngineSnapshot>) | undefined): void;
  refresh(): Promise<void>;
} {
  let read: (() => Promise<EngineSnapshot>) | undefined;
  const { gauge } = meters(registry);
  const applications = gauge('applications', 'Applications by state.', ['state']);
  const depth = gauge('queue_depth', 'Applications waiting, by lane.', ['lane']);
  const oldest = gauge('queue_oldest_seconds', 'How long the oldest of them has waited.', ['lane']);
  const parked = gauge('parked', 'Applications that wait for somebody, by reason.', ['reason']);
  const setAside = gauge('set_aside', 'What cannot be read now, by what it is.', ['what']);
  const orphans = gauge('orphans', 'Works of this hub without an application, as last seen.');
  const brake = gauge('gc_brake', '1 while the brake of garbage collection holds.');
  const classicWorks = gauge('classic_works', 'Works of the classic pull model on the hub, as last seen.');
  const classicVisible = gauge('classic_works_visible', '1 when the last look for them was let; else 0.');
  const classicApplications = gauge(
    'classic_works_applications',
    'Applications that a work of the classic pull model delivers beside these controllers.',
  );
  const inFlight = gauge('publishes_in_flight', 'Publishes under way.');
  const window = gauge('publish_window', 'How many publishes may be under way now.');
  const backlog = gauge('status_backlog', 'Reports received and not yet judged.');
  const reports = gauge('appset_reports', 'Reports of ApplicationSets, by how they stand.', ['state']);
  return {
    readFrom: (next) => {
      read = next;
    },
    refresh: async () => {
      const now = await read?.();
      for (const labelled of [applications, depth, oldest, parked, setAside, reports]) labelled.reset();
      orphans.set(now?.orphans ?? 0);
      brake.set(now?.brakeOn === true ? 1 : 0);
      classicWorks.set(now?.classicWorks ?? 0);
      classicVisible.set(now?.classicWorksVisible === true ? 1 : 0);
      classicApplications.set(now?.classicWorksApplications ?? 0);
      inFlight.set(now?.publishesInFlight ?? 0);
      window.set(now?.publishWindow ?? 0);
      backlog.set(now?.statusBacklog ?? 0);
      if (now === undefined) return;
      for (const state of setReportStates) reports.set({ state }, now.setReports[state]);
      for (const state of states) applications.set({ state }, now.applications[state] ?? 0);
      for (const [lane, entry] of Object.entries(now.queue)) {
        depth.set({ lane }, entry.depth);
        oldest.set({ lane }, entry.oldestMs / 1000);
      }
      for (const [reason, count] of Object.entries(now.parked)) parked.set({ reason }, count);
      for (const [what, count] of Object.entries(now.setAside)) setAside.set({ what }, count);
    },
  };
}

/** CPU, memory, file descriptors and garbage collection, under the names that every Node program has. */
function collectProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  // Gauges that are named like counters; the same numbers by type stay.
  for (const kind of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${kind}_total`);
}

function runtimeGauges(registry: Registry, loopLag: () => LagWindow): void {
  const { gauge } = meters(registry);
  const lags = {
    p50: ['p50Ms', 'Half of the timers of the last ten seconds ran no later than this.'],
    p99: ['p99Ms', '99 of 100 timers of the last ten seconds ran no later than this.'],
    max: ['maxMs', 'The latest timer of the last ten seconds.'],
  } as const;
  for (const [which, [key, help]] of Object.entries(lags))
    gauge(`event_loop_lag_${which}_seconds`, help, [], (lag) => lag.set(loopLag()[key] / 1000));
  gauge('heap_bytes', 'Heap of V8: used, and its limit.', ['what'], (heap) => {
    const { used_heap_size: used, heap_size_limit: limit, external_memory: external } = getHeapStatistics();
    heap.set({ what: 'used' }, used);
    heap.set({ what: 'external' }, external);
    heap.set({ what: 'limit' }, limit);
  });
}

/** Makes metrics of a registry, under our prefix; a gauge may be filled in at each scrape. */
function meters(registry: Registry) {
  const common = (name: string, help: string) => ({ name: `${prefix}${name}`, help, registers: [registry] });
  return {
    counter: <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) =>
      new Counter({ ...common(name, help), labelNames }),
    histogram: <L extends string = never>(
      name: string,
      help: string,
      buckets: number[],
      labelNames: readonly L[] = [],
    ) => new Histogram({ ...common(name, help), labelNames, buckets }),
    gauge: <L extends string = never>(
      name: string,
      help: string,
      labelNames: readonly L[] = [],
      fill?: (gauge: Gauge<L>) => void,
    ) => {
      const made: Gauge<L> = new Gauge({
        ...common(name, help),
        labelNames,
        ...(fill === undefined ? {} : { collect: () => fill(made) }),
      });
      return made;
    },
  };
}
