import { describe, expect, it } from 'vitest';
import { findPromtool } from '../rig/binaries.ts';
import { namingProblems, promtoolProblems, readExposition } from '../../support/promlint.ts';
import type { EngineSnapshot } from '../../../src/gitops/run/controller-metrics.ts';
import { createMetrics, type MetricsServer } from '../../../src/gitops/run/metrics.ts';

const create = (): MetricsServer =>
  createMetrics({
    loopLag: () => ({ p50Ms: 1, p99Ms: 20, maxMs: 300 }),
    withProcess: false,
    build: { version: '1.2.3', commit: 'abc' },
  });

/** `name{labels}` to value, without buckets. */
async function values(server: MetricsServer): Promise<Record<string, number>> {
  const { text } = await server.render();
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#') && !line.includes('_bucket{'))
      .map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at).replace(/^maestro_gitops_/, ''), Number(line.slice(at + 1))];
      }),
  );
}

const snapshot: EngineSnapshot = {
  applications: { synced: 7, parked: 2 },
  queue: { delete: { depth: 1, oldestMs: 1500 }, resync: { depth: 9, oldestMs: 60_000 } },
  parked: { UnknownConsumer: 2 },
  setAside: { application: 3, bundle: 0 },
  orphans: 4,
  brakeOn: true,
  classicWorks: 5,
  classicWorksVisible: true,
  classicWorksApplications: 4,
  publishesInFlight: 5,
  publishWindow: 32,
  statusBacklog: 6,
  setReports: { whole: 2, cut: 1, failing: 0 },
};

describe('metrics', () => {
  it('are there before anything happened, at 0', async () => {
    const found = await values(create());
    expect(found).toMatchObject({
      'publishes_total{kind="create",result="sent"}': 0,
      publishes_skipped_total: 0,
      'status_outcomes_total{outcome="suppressed"}': 0,
      forged_reports_total: 0,
      'hub_writes_total{what="status",result="failed"}': 0,
      'malformed_total{what="bundle"}': 0,
      hub_throttled_total: 0,
      stream_live: 0,
      leader: 0,
      'build_info{version="1.2.3",commit="abc"}': 1,
      event_loop_lag_p50_seconds: 0.001,
      event_loop_lag_p99_seconds: 0.02,
      event_loop_lag_max_seconds: 0.3,
    });
    expect(found['heap_bytes{what="used"}']).toBeGreaterThan(1_000_000);
    expect(Object.keys(found).some((name) => name.startsWith('guard_blocked'))).toBe(false);
  });

  it('count what they are told', async () => {
    const server = create();
    const { metrics } = server;
    metrics.published('update', 'sent', 250);
    metrics.published('update', 'conflict', 10);
    metrics.publishSkipped();
    metrics.statusReceived();
    metrics.statusDone('suppressed');
    metrics.statusLag(12_000);
    metrics.statusLag(-5);
    metrics.forgedReport();
    metrics.hubWrite('status', 'done', 30);
    metrics.setReportWritten('updated');
    metrics.setReportBytes(300_000);
    metrics.hubThrottled();
    metrics.watchRestarted('applications', 'expired');
    metrics.malformed('application');
    metrics.collected();
    metrics.reconcileFailed('unavailable');
    metrics.leading(true);
    server.hubCall({ verb: 'get', resource: 'applications', url: 'https://hub/apis/x', status: 429, seconds: 0.1 });
    expect(await values(server)).toMatchObject({
      'publishes_total{kind="update",result="sent"}': 1,
      'publishes_total{kind="update",result="conflict"}': 1,
      'publish_seconds_count{kind="update"}': 2,
      'publish_seconds_sum{kind="update"}': 0.26,
      publishes_skipped_total: 1,
      status_events_total: 1,
      'status_outcomes_total{outcome="suppressed"}': 1,
      status_lag_seconds_count: 2,
      status_lag_seconds_sum: 12,
      forged_reports_total: 1,
      'hub_writes_total{what="status",result="done"}': 1,
      'appset_report_writes_total{result="updated"}': 1,
      appset_report_bytes_sum: 300_000,
      hub_throttled_total: 1,
      'hub_calls_total{verb="get",resource="applications",status="429"}': 1,
      'watch_restarts_total{resource="applications",why="expired"}': 1,
      'malformed_total{what="application"}': 1,
      orphans_deleted_total: 1,
      'reconcile_failures_total{code="unavailable"}': 1,
      leader: 1,
    });
  });

  it('count a stream that comes back', async () => {
    const server = create();
    for (const live of [true, true, false, true]) server.metrics.streamLive(live);
    expect(await values(server)).toMatchObject({ stream_live: 1, stream_connects_total: 2 });
  });

  it('ask the engine at each scrape, and forget it when its term is over', async () => {
    const server = create();
    let now = snapshot;
    server.metrics.readSnapshotFrom(async () => now);
    expect(await values(server)).toMatchObject({
      'applications{state="synced"}': 7,
      'applications{state="pending"}': 0,
      'queue_depth{lane="delete"}': 1,
      'queue_oldest_seconds{lane="resync"}': 60,
      'parked{reason="UnknownConsumer"}': 2,
      orphans: 4,
      gc_brake: 1,
      publishes_in_flight: 5,
      publish_window: 32,
      status_backlog: 6,
    });
    now = { ...snapshot, parked: {}, queue: { delete: { depth: 0, oldestMs: 0 } }, brakeOn: false };
    const later = await values(server);
    expect(later).toMatchObject({ 'queue_depth{lane="delete"}': 0, gc_brake: 0 });
    expect(later).not.toHaveProperty('parked{reason="UnknownConsumer"}');
    expect(later).not.toHaveProperty('queue_depth{lane="resync"}');
    server.metrics.readSnapshotFrom(undefined);
    const after = await values(server);
    expect(after).toMatchObject({ orphans: 0, publish_window: 0 });
    expect(after).not.toHaveProperty('applications{state="synced"}');
  });

  it('show one reason of the guard at a time', async () => {
    const server = create();
    server.metrics.guardBlocked('Unchecked');
    server.metrics.guardBlocked('ClassicRunning');
    const found = await values(server);
    expect(found['guard_blocked{reason="ClassicRunning"}']).toBe(1);
    expect(found).not.toHaveProperty('guard_blocked{reason="Unchecked"}');
    server.metrics.guardBlocked(undefined);
    expect(Object.keys(await values(server)).some((name) => name.startsWith('guard_blocked'))).toBe(false);
  });

  it('of two processes in one test share nothing', async () => {
    const [one, other] = [create(), create()];
    one.metrics.forgedReport();
    expect(await values(other)).toMatchObject({ forged_reports_total: 0 });
  });
});

describe('the names and labels of the metrics, those of the process included,', () => {
  const withProcess = async (): Promise<string> => {
    const server = createMetrics({
      loopLag: () => ({ p50Ms: 1, p99Ms: 20, maxMs: 300 }),
      withProcess: true,
      build: { version: '1.2.3', commit: 'abc' },
    });
    server.metrics.readSnapshotFrom(async () => snapshot);
    server.metrics.published('create', 'sent', 1);
    server.metrics.hubWrite('status', 'done', 1);
    server.metrics.guardBlocked('Disabled');
    return (await server.render()).text;
  };

  it('are as Prometheus asks for', async () => {
    const served = readExposition(await withProcess());
    expect(served.get('maestro_gitops_publish_seconds')).toMatchObject({ type: 'histogram' });
    expect([...(served.get('maestro_gitops_publishes_total')?.labels ?? [])]).toEqual(['kind', 'result']);
    expect(served.has('process_start_time_seconds')).toBe(true);
    expect(namingProblems(served)).toEqual([]);
  });

  const promtool = findPromtool();
  it.skipIf(promtool === undefined)('pass promtool', async () => {
    expect(promtoolProblems(promtool ?? '', await withProcess())).toBe('');
  });

  // What promtool 2.42 refused of each was looked at.
  const bad = [
    { line: 'a_seconds{quantile="1"} 1', type: 'gauge', says: 'quantile' },
    { line: 'a_seconds{le="1"} 1', type: 'gauge', says: 'le is' },
    { line: 'a_handles_total 1', type: 'gauge', says: '_total' },
    { line: 'a_handles 1', type: 'counter', says: '_total' },
    { line: 'a_lag_milliseconds 1', type: 'gauge', says: 'base unit' },
    { line: 'a_camelCase 1', type: 'gauge', says: 'snake case' },
    { line: 'a_size_count 1', type: 'gauge', says: 'suffix' },
    { line: 'a_gauge 1', type: 'gauge', says: 'its type' },
  ];
  it.each(bad)('are refused when they are not: a $type $line', ({ line, type, says }) => {
    const exposition = `# HELP ${/^\w+/.exec(line)?.[0] ?? ''} Help.\n# TYPE ${/^\w+/.exec(line)?.[0] ?? ''} ${type}\n${line}\n`;
    expect(namingProblems(readExposition(exposition)).join()).toContain(says);
    if (promtool !== undefined) expect(promtoolProblems(promtool, exposition)).not.toBe('');
  });
});
