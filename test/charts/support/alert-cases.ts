/** Values of one series as promtool writes them: `0+1x20` counts up, `1x20` stays. */
export interface AlertCase {
  /** The name in `metrics.prometheusRule.rules`. */
  readonly name: string;
  readonly alert: string;
  /** Series of the release with which it fires at `atMinutes`; by name with labels, without those of the target. */
  readonly fires: Readonly<Record<string, string>>;
  /** Series, close to the others, with which it does not. */
  readonly quiet: Readonly<Record<string, string>>;
  readonly atMinutes: number;
}

const stays = (value: number): string => `${String(value)}x120`;
const counts = (step: number): string => `0+${String(step)}x120`;
const publishes = (result: string): string => `publishes_total{kind="update",result="${result}"}`;
const oldest = (lane: string): string => `queue_oldest_seconds{lane="${lane}"}`;
const hubWrites = (result: string): string => `hub_writes_total{what="status",result="${result}"}`;
const heap = (what: string): string => `heap_bytes{what="${what}"}`;
const lagBucket = (le: string): string => `status_lag_seconds_bucket{le="${le}"}`;

/** A sample a minute. Each alert once with what it is for, and once with the nearest thing that it is not for. */
export const alertCases: readonly AlertCase[] = [
  {
    name: 'absent',
    alert: 'MaestroGitOpsAbsent',
    fires: {},
    quiet: { 'build_info{version="1"}': stays(1) },
    atMinutes: 12,
  },
  {
    name: 'noLeader',
    alert: 'MaestroGitOpsNoLeader',
    fires: { 'leader{pod="a",instance="a"}': stays(0), 'leader{pod="b",instance="b"}': stays(0) },
    quiet: { 'leader{pod="a",instance="a"}': stays(0), 'leader{pod="b",instance="b"}': stays(1) },
    atMinutes: 10,
  },
  {
    name: 'manyLeaders',
    alert: 'MaestroGitOpsManyLeaders',
    fires: { 'leader{pod="a",instance="a"}': stays(1), 'leader{pod="b",instance="b"}': stays(1) },
    // One hands over to the other; a scrape sees both for a moment.
    quiet: { 'leader{pod="a",instance="a"}': '1x9 0x90', 'leader{pod="b",instance="b"}': '0x8 1x90' },
    atMinutes: 10,
  },
  {
    name: 'blocked',
    alert: 'MaestroGitOpsBlocked',
    fires: { 'guard_blocked{reason="Disabled"}': stays(1) },
    quiet: { 'guard_blocked{reason="Unchecked"}': '1x1 stale' },
    atMinutes: 15,
  },
  {
    name: 'nothingPublished',
    alert: 'MaestroGitOpsNothingPublished',
    fires: { [oldest('change')]: counts(60), [publishes('sent')]: stays(7), [publishes('failed')]: stays(0) },
    // Late, but it moves.
    quiet: { [oldest('change')]: counts(60), [publishes('sent')]: counts(1), [publishes('failed')]: counts(1) },
    atMinutes: 40,
  },
  {
    name: 'nothingPublished',
    alert: 'MaestroGitOpsNothingPublished',
    fires: { [oldest('change')]: stays(0), [publishes('sent')]: stays(7), [publishes('failed')]: counts(1) },
    // Nothing to do, and comparisons in the background.
    quiet: { [oldest('resync')]: stays(5000), [publishes('sent')]: stays(7), [publishes('failed')]: stays(3) },
    atMinutes: 40,
  },
  {
    name: 'deliveryLate',
    alert: 'MaestroGitOpsDeliveryLate',
    fires: { [oldest('delete')]: counts(60) },
    quiet: { [oldest('delete')]: stays(800), [oldest('resync')]: stays(5000) },
    atMinutes: 40,
  },
  {
    name: 'maestroUnreachable',
    alert: 'MaestroGitOpsMaestroUnreachable',
    fires: { leader: stays(1), stream_live: stays(0) },
    quiet: { leader: stays(0), stream_live: stays(0) },
    atMinutes: 10,
  },
  {
    name: 'statusLag',
    alert: 'MaestroGitOpsStatusLag',
    fires: { [lagBucket('60')]: counts(1), [lagBucket('300')]: counts(10), [lagBucket('+Inf')]: counts(10) },
    quiet: { [lagBucket('60')]: counts(99), [lagBucket('300')]: counts(100), [lagBucket('+Inf')]: counts(100) },
    atMinutes: 40,
  },
  {
    name: 'hubWritesFailing',
    alert: 'MaestroGitOpsHubWritesFailing',
    fires: { [hubWrites('failed')]: counts(1), [hubWrites('done')]: counts(10) },
    quiet: { [hubWrites('failed')]: counts(1), [hubWrites('done')]: counts(100) },
    atMinutes: 40,
  },
  {
    name: 'hubThrottled',
    alert: 'MaestroGitOpsHubThrottled',
    fires: { 'hub_calls_total{verb="patch",resource="applications",status="429"}': counts(60) },
    quiet: { 'hub_calls_total{verb="patch",resource="applications",status="200"}': counts(600) },
    atMinutes: 40,
  },
  {
    name: 'brakeEngaged',
    alert: 'MaestroGitOpsBrakeEngaged',
    fires: { gc_brake: stays(1) },
    quiet: { gc_brake: stays(0), orphans: stays(9) },
    atMinutes: 15,
  },
  {
    name: 'classicWorksLeft',
    alert: 'MaestroGitOpsClassicWorksLeft',
    fires: { classic_works_applications: stays(1) },
    // Of clusters that are left to the classic model.
    quiet: { classic_works: stays(9), classic_works_applications: stays(0) },
    atMinutes: 40,
  },
  {
    name: 'forgedReports',
    alert: 'MaestroGitOpsForgedReports',
    fires: { forged_reports_total: '0x10 1x100' },
    quiet: { forged_reports_total: stays(5) },
    atMinutes: 15,
  },
  {
    name: 'setAside',
    alert: 'MaestroGitOpsUnreadable',
    fires: { 'set_aside{what="application"}': stays(1) },
    quiet: { 'set_aside{what="application"}': stays(0) },
    atMinutes: 20,
  },
  {
    name: 'eventLoopLag',
    alert: 'MaestroGitOpsEventLoopLag',
    fires: { event_loop_lag_p99_seconds: stays(2) },
    quiet: { event_loop_lag_p99_seconds: stays(0.2), event_loop_lag_max_seconds: stays(3) },
    atMinutes: 15,
  },
  {
    name: 'heapNearLimit',
    alert: 'MaestroGitOpsHeapNearLimit',
    fires: { [heap('used')]: stays(95), [heap('limit')]: stays(100) },
    quiet: { [heap('used')]: stays(80), [heap('limit')]: stays(100), [heap('external')]: stays(99) },
    atMinutes: 20,
  },
  {
    name: 'restarting',
    alert: 'MaestroGitOpsRestarting',
    fires: { process_start_time_seconds: '1x9 2x9 3x9 4x9 5x9', 'build_info{version="1"}': stays(1) },
    // Another program of the namespace, and one update of ours.
    quiet: {
      'process_start_time_seconds{job="other",instance="other"}': '1x9 2x9 3x9 4x9 5x9',
      process_start_time_seconds: '1x20 2x90',
      'build_info{version="1"}': stays(1),
    },
    atMinutes: 45,
  },
];

/** A series with the labels that its target has, and the prefix of our metrics. */
export function seriesOf(series: string): string {
  const [, name = '', inner = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
  const full = name.startsWith('process_') ? name : `maestro_gitops_${name}`;
  const target = { namespace: 'argo-hub', job: 'metrics', pod: 'pod-1', instance: '10.0.0.1:8386' };
  const added = Object.entries(target).filter(([label]) => !inner.includes(`${label}="`));
  return `${full}{${[inner, ...added.map(([label, value]) => `${label}="${value}"`)].filter((text) => text !== '').join(',')}}`;
}
