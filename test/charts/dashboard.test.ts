import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { chartFolder } from '../../scripts/chart.ts';
import { findHelm, findPromtool } from '../gitops/rig/binaries.ts';
import { emptyFolder } from '../support/run-cli.ts';
import { promqlProblems } from './support/promql.ts';
import { only, render } from './support/rendered.ts';
import { servedMetrics } from './support/served.ts';

interface GridPos {
  readonly h: number;
  readonly w: number;
  readonly x: number;
  readonly y: number;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: GridPos;
  readonly datasource?: object;
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] };
}

const text = readFileSync(join(chartFolder, 'files/dashboard.json'), 'utf8');
const dashboard = JSON.parse(text) as Dashboard;
const graphs = dashboard.panels.filter(({ type }) => type !== 'row');
/** As Grafana would send them. */
const expressions = graphs.flatMap(({ targets = [] }) =>
  targets.map(({ expr }) =>
    expr.replaceAll('$__rate_interval', '5m').replaceAll('$namespace', 'argo-hub').replaceAll('$pod', '.*'),
  ),
);

describe('the dashboard', () => {
  it('has a row for each thing that can be slow, with panels in each', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row');
    expect(rows.map(({ title }) => title)).toEqual([
      'Delivery',
      'Status lag',
      'Queue',
      'Hub writes',
      'Maestro',
      'Process',
    ]);
    for (const [index, { gridPos }] of rows.entries()) {
      const next = rows[index + 1]?.gridPos.y ?? Number.POSITIVE_INFINITY;
      expect(graphs.filter((panel) => panel.gridPos.y > gridPos.y && panel.gridPos.y < next)).not.toEqual([]);
    }
  });

  it('has panels of ids of their own that lie beside each other', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const overlap = (one: GridPos, other: GridPos): boolean =>
      one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
    for (const [index, { title, gridPos }] of panels.entries()) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (const later of panels.slice(index + 1))
        expect(overlap(gridPos, later.gridPos), `${title} and ${later.title}`).toBe(false);
    }
  });

  it('says of each panel what it shows, in which unit, and names its lines', () => {
    for (const { title, description, fieldConfig, datasource, targets = [] } of graphs) {
      expect(description, title).toMatch(/\w.*\.$/);
      expect(fieldConfig?.defaults.unit, title).toMatch(/^(?:none|s|bytes|ops|wps|reqps|percentunit)$/);
      expect(datasource, title).toEqual({ type: 'prometheus', uid: '${datasource}' });
      expect(targets.length, title).toBeGreaterThan(0);
      for (const { legendFormat } of targets) expect(legendFormat, title).toMatch(/\w/);
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
    }
  });

  it('is PromQL, and every metric and label that it names is served, in the unit that is shown', async () => {
    const served = await servedMetrics();
    expect(expressions.flatMap((expression) => promqlProblems(expression, served))).toEqual([]);
    for (const { title, fieldConfig, targets = [] } of graphs)
      for (const { expr } of targets) {
        const unit = fieldConfig?.defaults.unit;
        if (/^(?:histogram_quantile|max by \(lane\)).*_seconds/.test(expr)) expect(unit, title).toBe('s');
        if (/_bytes\{/.test(expr)) expect(unit, title).toBe('bytes');
      }
  });

  it('names in its legends only labels that the series still have', () => {
    for (const { title, targets = [] } of graphs)
      for (const { expr, legendFormat } of targets)
        for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
          const [, by] = /^(?:histogram_quantile\([^(]*)?(?:sum|max|count) by \(([^)]*)\)/.exec(expr) ?? [];
          if (by !== undefined) expect(by.split(/, */), title).toContain(label);
          else expect(expr, title).not.toMatch(/^(?:sum|max|count)\(/);
        }
  });

  it('shows every metric of the controllers', async () => {
    const all = expressions.join('\n');
    const own = [...(await servedMetrics()).keys()].filter((name) => name.startsWith('maestro_gitops_'));
    expect(own.filter((name) => !all.includes(name))).toEqual([]);
  });

  it('is narrowed by data source, namespace and pod', () => {
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'namespace', 'pod']);
    for (const expression of graphs.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)))
      for (const [, matchers = ''] of expression.matchAll(/(?:maestro_gitops|process|nodejs)_\w+(\{[^}]*\})?/g))
        expect(matchers, expression).toContain('namespace=~"$namespace",pod=~"$pod"');
  });

  const promtool = findPromtool();
  it.skipIf(promtool === undefined)('is PromQL to promtool, too', () => {
    const file = join(emptyFolder(), 'rules.yaml');
    const rules = expressions.map((expr, index) => ({ record: `panel:${String(index)}`, expr }));
    writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));
    const { status, stdout, stderr } = spawnSync(promtool ?? '', ['check', 'rules', '--lint=none', file], {
      encoding: 'utf8',
    });
    expect({ status, said: `${stdout}${stderr}` }).toMatchObject({ status: 0 });
  });
});

describe.skipIf(findHelm() === undefined)('the ConfigMap of the dashboard', () => {
  it('is there when it is asked for, for the sidecar of Grafana, and holds the file as it is', () => {
    expect(render().map(({ kind }) => kind)).not.toContain('ConfigMap');
    const map = only(render({ metrics: { dashboard: { enabled: true } } }), 'ConfigMap', '-dashboard');
    expect(map.metadata).toMatchObject({
      namespace: 'argo-hub',
      labels: { grafana_dashboard: '1' },
      annotations: { grafana_folder: 'Maestro' },
    });
    const { data } = map as unknown as { readonly data: Readonly<Record<string, string>> };
    expect(data).toEqual({ 'maestro-gitops-controllers.json': text.trim() });
    expect(text).toContain('{{pod}}');
  });

  it('is one that the API server takes', () => {
    // A ConfigMap has at most 1 MiB, and `kubectl apply` keeps a copy of 256 KiB at most in an annotation.
    expect(Buffer.byteLength(text)).toBeLessThan(200 * 1024);
  });
});
