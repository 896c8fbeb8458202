import { parser } from '@prometheus-io/lezer-promql';
import type { ServedMetric } from '../../support/promlint.ts';

/** What one PromQL expression asks for. */
export interface Asked {
  readonly metric: string;
  /** Of its matchers, and of the aggregations around it. */
  readonly labels: readonly string[];
}

/** Labels that a target has, whatever it serves. */
const targetLabels = ['namespace', 'pod', 'job', 'instance', 'container', 'service'];

/** Metrics and labels of an expression; a place that the grammar does not know is named in `problems`. */
export function readPromql(expression: string): {
  readonly asked: readonly Asked[];
  readonly grouped: readonly string[];
  readonly problems: readonly string[];
} {
  const asked: { metric: string; labels: string[] }[] = [];
  const grouped: string[] = [];
  const problems: string[] = [];
  const text = (node: { readonly from: number; readonly to: number }): string => expression.slice(node.from, node.to);
  parser.parse(expression).iterate({
    enter: (node) => {
      if (node.type.isError) problems.push(`${expression}: not PromQL at ${String(node.from)}`);
      if (node.name === 'VectorSelector') asked.push({ metric: '', labels: [] });
      const selector = asked.at(-1);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector' && selector)
        selector.metric = text(node);
      if (node.name === 'LabelName' && node.node.parent?.name === 'UnquotedLabelMatcher')
        selector?.labels.push(text(node));
      if (node.name === 'LabelName' && node.node.parent?.name === 'GroupingLabels') grouped.push(text(node));
    },
  });
  return { asked, grouped, problems };
}

/** What is wrong with an expression, held against what the controllers serve. */
export function promqlProblems(expression: string, served: ReadonlyMap<string, ServedMetric>): readonly string[] {
  const { asked, grouped, problems } = readPromql(expression);
  const known = new Set<string>([...targetLabels, 'le']);
  const wrong = asked.flatMap(({ metric, labels }) => {
    const histogram = /^(.*)_(?:bucket|sum|count)$/.exec(metric)?.[1];
    const found = served.get(metric) ?? (histogram === undefined ? undefined : served.get(histogram));
    if (found === undefined) return [`${metric}: nobody serves it`];
    if (served.has(metric) && (found.type === 'histogram' || found.type === 'summary'))
      return [`${metric}: a ${found.type} is asked for by _bucket, _sum or _count`];
    for (const label of found.labels) known.add(label);
    return labels
      .filter((label) => !found.labels.has(label) && !targetLabels.includes(label))
      .map((label) => `${metric}: has no label ${label}`);
  });
  const groups = grouped
    .filter((label) => !known.has(label))
    .map((label) => `${expression}: groups by ${label}, which none of its metrics has`);
  return [...problems, ...(asked.length === 0 ? [`${expression}: asks for nothing`] : []), ...wrong, ...groups];
}
