/** One line of a graph. */
export interface Query {
  /** PromQL; `SERIES` stands for the matchers of the dashboard's variables. */
  readonly expr: string;
  /** With `{{label}}` for the value of a label. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** What it shows and when to look at it. */
  readonly description: string;
  /** Grafana's name of the unit. */
  readonly unit: string;
  readonly kind?: 'stat';
  /** In columns of 24; 8 unless said. */
  readonly width?: number;
  /** From this value on it is shown in this colour, beside green below the first. */
  readonly thresholds?: readonly (readonly [from: number, colour: 'green' | 'orange' | 'red'])[];
  /** Of a stat that has no series. */
  readonly noValue?: string;
  readonly isStacked?: boolean;
  readonly queries: readonly Query[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const perSecond = (metric: string, matchers = ''): string =>
  `rate(maestro_gitops_${metric}{SERIES${matchers}}[$__rate_interval])`;
const since = (metric: string): string => `increase(maestro_gitops_${metric}{SERIES}[$__rate_interval])`;
/** Of a histogram: half, 95 and 99 of 100. */
function quantiles(metric: string, by: readonly string[] = []): readonly Query[] {
  const labels = ['le', ...by].join(', ');
  const names = by.map((label) => `{{${label}}} `).join('');
  return [0.5, 0.95, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${String(quantile)}, sum by (${labels}) (${perSecond(`${metric}_bucket`)}))`,
    legend: `${names}p${String(quantile * 100)}`,
  }));
}

const delivery: Row = {
  title: 'Delivery',
  panels: [
    {
      title: 'Leaders',
      description: 'Processes that lead. One is right; none publishes nothing, and two write over each other.',
      unit: 'none',
      kind: 'stat',
      width: 4,
      thresholds: [
        [0, 'red'],
        [1, 'green'],
        [2, 'red'],
      ],
      noValue: 'none is scraped',
      queries: [{ expr: 'sum(maestro_gitops_leader{SERIES})', legend: 'leaders' }],
    },
    {
      title: 'Blocked',
      description: 'Why nothing may be written: other controllers run, or the switch is off. Empty is well.',
      unit: 'none',
      kind: 'stat',
      width: 4,
      thresholds: [[1, 'red']],
      noValue: 'no',
      queries: [{ expr: 'max by (reason) (maestro_gitops_guard_blocked{SERIES})', legend: '{{reason}}' }],
    },
    {
      title: 'Synced',
      description: 'Share of the Applications for us that their cluster has reported in the published version.',
      unit: 'percentunit',
      kind: 'stat',
      width: 4,
      queries: [
        {
          expr: 'sum(maestro_gitops_applications{SERIES,state="synced"}) / sum(maestro_gitops_applications{SERIES,state!="ignored"})',
          legend: 'synced',
        },
      ],
    },
    {
      title: 'Parked and failed',
      description: 'Applications that wait for somebody, and those that their cluster could not apply.',
      unit: 'none',
      kind: 'stat',
      width: 6,
      thresholds: [[1, 'orange']],
      queries: [
        {
          expr: 'sum by (state) (maestro_gitops_applications{SERIES,state=~"parked|failed"})',
          legend: '{{state}}',
        },
      ],
    },
    {
      title: 'Brake',
      description: '1 while garbage collection has stopped, because too many works have no Application.',
      unit: 'none',
      kind: 'stat',
      width: 6,
      thresholds: [[1, 'red']],
      queries: [{ expr: 'max(maestro_gitops_gc_brake{SERIES})', legend: 'brake' }],
    },
    {
      title: 'Applications',
      description: 'By state. Pending: not published yet, or the cluster has not reported the version yet.',
      unit: 'none',
      isStacked: true,
      queries: [{ expr: 'sum by (state) (maestro_gitops_applications{SERIES})', legend: '{{state}}' }],
    },
    {
      title: 'Parked',
      description: 'Applications that wait for somebody, by reason; the log and an Event name each.',
      unit: 'none',
      isStacked: true,
      queries: [{ expr: 'sum by (reason) (maestro_gitops_parked{SERIES})', legend: '{{reason}}' }],
    },
    {
      title: 'Publishes',
      description: 'What was sent to Maestro, by kind and result. More than was changed is worth a look.',
      unit: 'ops',
      queries: [{ expr: `sum by (kind, result) (${perSecond('publishes_total')})`, legend: '{{kind}} {{result}}' }],
    },
    {
      title: 'Publishes that were not needed',
      description: 'What is stored says the same already: at a start, and by comparisons in the background.',
      unit: 'ops',
      queries: [{ expr: `sum(${perSecond('publishes_skipped_total')})`, legend: 'skipped' }],
    },
    {
      title: 'Failed reconciles',
      description: 'By code of the error; each is tried again, the log says for which Application.',
      unit: 'ops',
      queries: [{ expr: `sum by (code) (${perSecond('reconcile_failures_total')})`, legend: '{{code}}' }],
    },
    {
      title: 'Works without an Application',
      description: 'As the last search saw them, and those that were deleted.',
      unit: 'none',
      queries: [
        { expr: 'max(maestro_gitops_orphans{SERIES})', legend: 'orphans' },
        { expr: `sum(${since('orphans_deleted_total')})`, legend: 'deleted' },
      ],
    },
    {
      title: 'Works of the classic pull model',
      description:
        'ManifestWorks that it left on the hub, and Applications that they deliver beside these controllers.',
      unit: 'none',
      queries: [
        { expr: 'max(maestro_gitops_classic_works{SERIES})', legend: 'works' },
        { expr: 'max(maestro_gitops_classic_works_applications{SERIES})', legend: 'delivered twice' },
        { expr: 'max(maestro_gitops_classic_works_visible{SERIES})', legend: 'looked for' },
      ],
    },
  ],
};

const statusLag: Row = {
  title: 'Status lag',
  panels: [
    {
      title: 'Status lag',
      description: "From the agent's report to the hub's answer to our write. Agents report every 10 to 19 s.",
      unit: 's',
      thresholds: [[120, 'red']],
      queries: quantiles('status_lag_seconds'),
    },
    {
      title: 'Status reports',
      description: 'Received, and what became of them. Suppressed: nothing worth a write had changed.',
      unit: 'ops',
      queries: [
        { expr: `sum(${perSecond('status_events_total')})`, legend: 'received' },
        { expr: `sum by (outcome) (${perSecond('status_outcomes_total')})`, legend: '{{outcome}}' },
      ],
    },
    {
      title: 'Backlog',
      description: 'Reports that were received and not yet judged. It grows when we or the hub are slow.',
      unit: 'none',
      queries: [{ expr: 'sum(maestro_gitops_status_backlog{SERIES})', legend: 'reports' }],
    },
    {
      title: 'Forged reports',
      description: 'Refused, because a cluster reported for an Application of another one. Above 0: an incident.',
      unit: 'none',
      thresholds: [[1, 'red']],
      queries: [{ expr: `sum(${since('forged_reports_total')})`, legend: 'refused' }],
    },
  ],
};

const queue: Row = {
  title: 'Queue',
  panels: [
    {
      title: 'Waiting',
      description: 'Applications that wait for their turn, by lane; deletions go first, background comparisons last.',
      unit: 'none',
      isStacked: true,
      queries: [{ expr: 'sum by (lane) (maestro_gitops_queue_depth{SERIES})', legend: '{{lane}}' }],
    },
    {
      title: 'Oldest',
      description: 'How long the first of each lane has waited. An age that grows: Maestro or the hub limits.',
      unit: 's',
      thresholds: [[900, 'red']],
      queries: [{ expr: 'max by (lane) (maestro_gitops_queue_oldest_seconds{SERIES})', legend: '{{lane}}' }],
    },
    {
      title: 'Window',
      description: 'Publishes under way, and how many may be; the window shrinks as Maestro slows down.',
      unit: 'none',
      queries: [
        { expr: 'sum(maestro_gitops_publishes_in_flight{SERIES})', legend: 'under way' },
        { expr: 'sum(maestro_gitops_publish_window{SERIES})', legend: 'window' },
      ],
    },
    {
      title: 'Unreadable',
      description: 'What is set aside because it cannot be read, and how often something could not be.',
      unit: 'none',
      thresholds: [[1, 'orange']],
      queries: [
        { expr: 'sum by (what) (maestro_gitops_set_aside{SERIES})', legend: '{{what}} set aside' },
        { expr: `sum by (what) (${since('malformed_total')})`, legend: '{{what}} malformed' },
      ],
    },
  ],
};

const hubWrites: Row = {
  title: 'Hub writes',
  panels: [
    {
      title: 'Writes',
      description: 'Writes to Applications of the hub, by what is written and result.',
      unit: 'wps',
      queries: [{ expr: `sum by (what, result) (${perSecond('hub_writes_total')})`, legend: '{{what}} {{result}}' }],
    },
    {
      title: 'Time of a write',
      description: "Until the API server's answer; it grows before it throttles.",
      unit: 's',
      queries: quantiles('hub_write_seconds'),
    },
    {
      title: 'Calls by status',
      description: 'All calls to the hub. 0 is no answer, 409 another writer, 429 throttling.',
      unit: 'reqps',
      queries: [{ expr: `sum by (status) (${perSecond('hub_calls_total')})`, legend: '{{status}}' }],
    },
    {
      title: 'Throttled',
      description: 'Writes that the API server answered with 429.',
      unit: 'ops',
      thresholds: [[0.1, 'red']],
      queries: [{ expr: `sum(${perSecond('hub_throttled_total')})`, legend: '429' }],
    },
    {
      title: 'Reports of ApplicationSets',
      description: 'What the console of ACM reads. Cut: the hub could not store all of it; failing: not written.',
      unit: 'none',
      queries: [
        { expr: 'sum by (state) (maestro_gitops_appset_reports{SERIES})', legend: '{{state}}' },
        { expr: `sum by (result) (${since('appset_report_writes_total')})`, legend: '{{result}}' },
      ],
    },
    {
      title: 'Size of the reports',
      description: 'Of those that were written. The hub takes 1.5 MiB, and what is larger is cut.',
      unit: 'bytes',
      queries: quantiles('appset_report_bytes'),
    },
    {
      title: 'Watches that started over',
      description: 'By resource and why. Now and then is normal, all the time is an API server in trouble.',
      unit: 'none',
      queries: [{ expr: `sum by (resource, why) (${since('watch_restarts_total')})`, legend: '{{resource}} {{why}}' }],
    },
  ],
};

const maestro: Row = {
  title: 'Maestro',
  panels: [
    {
      title: 'Status stream',
      description: 'Of each process: 1 while its stream from Maestro is open. Standbys have none.',
      unit: 'none',
      queries: [{ expr: 'maestro_gitops_stream_live{SERIES}', legend: '{{pod}}' }],
    },
    {
      title: 'Stream opened',
      description: 'How often it was opened: more than now and then means that something cuts it.',
      unit: 'none',
      queries: [{ expr: `sum by (pod) (${since('stream_connects_total')})`, legend: '{{pod}}' }],
    },
    {
      title: 'Time of a publish',
      description: "Until Maestro's answer. Seconds: Maestro or its database is short of something.",
      unit: 's',
      queries: quantiles('publish_seconds', ['kind']),
    },
  ],
};

const ofProcess = (metric: string): string =>
  `${metric}{SERIES} and on (namespace, job, instance) maestro_gitops_build_info{SERIES}`;

const process: Row = {
  title: 'Process',
  panels: [
    {
      title: 'Leader',
      description: 'Which process leads, over time.',
      unit: 'none',
      queries: [{ expr: 'maestro_gitops_leader{SERIES}', legend: '{{pod}}' }],
    },
    {
      title: 'Event loop lag',
      description: 'How late timers run. At 10 s the process counts as stuck and is restarted.',
      unit: 's',
      thresholds: [[1, 'red']],
      queries: [
        { expr: 'maestro_gitops_event_loop_lag_p50_seconds{SERIES}', legend: '{{pod}} p50' },
        { expr: 'maestro_gitops_event_loop_lag_p99_seconds{SERIES}', legend: '{{pod}} p99' },
        { expr: 'maestro_gitops_event_loop_lag_max_seconds{SERIES}', legend: '{{pod}} max' },
      ],
    },
    {
      title: 'Heap',
      description: 'Used, external and the limit of V8. At the limit the process ends.',
      unit: 'bytes',
      queries: [{ expr: 'maestro_gitops_heap_bytes{SERIES}', legend: '{{pod}} {{what}}' }],
    },
    {
      title: 'Memory',
      description: "Resident memory of the process, which the pod's limit is for.",
      unit: 'bytes',
      queries: [{ expr: ofProcess('process_resident_memory_bytes'), legend: '{{pod}}' }],
    },
    {
      title: 'CPU',
      description: 'Cores in use.',
      unit: 'none',
      queries: [
        {
          expr: 'rate(process_cpu_seconds_total{SERIES}[$__rate_interval]) and on (namespace, job, instance) maestro_gitops_build_info{SERIES}',
          legend: '{{pod}}',
        },
      ],
    },
    {
      title: 'Garbage collection',
      description: 'Share of the time that the process collects garbage.',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum by (namespace, job, instance, pod) (rate(nodejs_gc_duration_seconds_sum{SERIES}[$__rate_interval])) and on (namespace, job, instance) maestro_gitops_build_info{SERIES}',
          legend: '{{pod}}',
        },
      ],
    },
    {
      title: 'Running since',
      description: 'Age of each process; a fall to 0 is a restart.',
      unit: 's',
      queries: [
        {
          expr: '(time() - process_start_time_seconds{SERIES}) and on (namespace, job, instance) maestro_gitops_build_info{SERIES}',
          legend: '{{pod}}',
        },
      ],
    },
    {
      title: 'Version',
      description: 'What each process runs; two of them while an update is under way.',
      unit: 'none',
      queries: [
        {
          expr: 'count by (version, commit) (maestro_gitops_build_info{SERIES})',
          legend: '{{version}} {{commit}}',
        },
      ],
    },
  ],
};

export const rows: readonly Row[] = [delivery, statusLag, queue, hubWrites, maestro, process];
