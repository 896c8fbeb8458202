import { spawnSync } from 'node:child_process';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

/** One metric as it is served. Labels are those of all its series; `le` of a histogram is not among them. */
export interface ServedMetric {
  readonly type: MetricType;
  readonly help: string;
  readonly labels: ReadonlySet<string>;
}

/** The metrics of an answer of /metrics, by name without `_bucket`, `_sum` and `_count`. */
export function readExposition(text: string): ReadonlyMap<string, ServedMetric> {
  const metrics = new Map<string, ServedMetric & { readonly labels: Set<string> }>();
  let help = '';
  let current = '';
  for (const line of text.split('\n')) {
    const [, said] = /^# HELP \S+ (.*)$/.exec(line) ?? [];
    if (said !== undefined) help = said;
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) {
      current = name;
      metrics.set(name, { type: type as MetricType, help, labels: new Set() });
      help = '';
    }
    const [, labels] = /^[^#{\s]+\{(.*)\} \S+$/.exec(line) ?? [];
    const metric = metrics.get(current);
    for (const [, label = ''] of (labels ?? '').matchAll(/(?:^|,)([A-Za-z_]\w*)="/g))
      if (metric?.type !== 'histogram' || label !== 'le') metric?.labels.add(label);
  }
  return metrics;
}

const otherUnits =
  /(?:^|_)(?:ms|us|ns|millis\w*|micros\w*|nanos\w*|minutes?|hours?|days?|[kmg]i?b|kilobytes|megabytes|percent)(?:_|$)/;

/**
 * What `promtool check metrics` would say, as far as names, types, labels and help go, so that `npm test` finds it on
 * a machine without promtool too.
 */
export function namingProblems(metrics: ReadonlyMap<string, ServedMetric>): readonly string[] {
  return [...metrics].flatMap(([name, { type, help, labels }]) =>
    [
      (type === 'counter') !== name.endsWith('_total') ? `a ${type} ends with _total, or a counter does not` : '',
      type !== 'histogram' && type !== 'summary' && /_(?:count|sum|bucket)$/.test(name) ? 'a suffix of histograms' : '',
      type !== 'histogram' && labels.has('le') ? 'le is a label of histograms' : '',
      type !== 'summary' && labels.has('quantile') ? 'quantile is a label of summaries' : '',
      /[A-Z]/.test([name, ...labels].join()) ? 'not in snake case' : '',
      otherUnits.test(name) ? 'not in a base unit' : '',
      help === '' ? 'no help' : '',
      /(?:^|_)(?:gauge|counter|summary|histogram)(?:_|$)/.test(name) ? 'its type is in its name' : '',
    ]
      .filter((problem) => problem !== '')
      .map((problem) => `${name}: ${problem}`),
  );
}

/** What promtool itself says of an answer of /metrics: nothing when it is well. */
export function promtoolProblems(promtool: string, exposition: string): string {
  const { status, stderr, stdout } = spawnSync(promtool, ['check', 'metrics'], { input: exposition, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}` || `promtool ended with ${String(status)}`;
}
