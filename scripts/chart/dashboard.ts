import { rows, type Panel } from './panels.ts';

const datasource = { type: 'prometheus', uid: '${datasource}' } as const;
const series = 'namespace=~"$namespace",pod=~"$pod"';
const columns = 24;
const height = { row: 1, stat: 4, timeseries: 8 } as const;
const unlessSaid = 8;

interface GridPos {
  readonly h: number;
  readonly w: number;
  readonly x: number;
  readonly y: number;
}

/** The dashboard, in the model of Grafana's JSON that versions from 10 on read. */
export function dashboard(): object {
  const placed: object[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { h: height.row, w: columns, x: 0, y },
      panels: [],
    });
    y += height.row;
    let line = { x: 0, h: 0 };
    for (const panel of panels) {
      const [w, h] = [panel.width ?? unlessSaid, height[panel.kind ?? 'timeseries']];
      if (line.x + w > columns) {
        y += line.h;
        line = { x: 0, h: 0 };
      }
      placed.push(drawn(panel, placed.length + 1, { h, w, x: line.x, y }));
      line = { x: line.x + w, h: Math.max(line.h, h) };
    }
    y += line.h;
  }
  return {
    uid: 'maestro-gitops-controllers',
    title: 'Maestro GitOps controllers',
    description: 'Argo CD Applications on many clusters through Maestro: what is delivered, and what comes back.',
    tags: ['maestro', 'gitops', 'argocd'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    templating: { list: variables() },
    annotations: { list: [] },
    links: [],
    panels: placed,
  };
}

function drawn(panel: Panel, id: number, gridPos: GridPos): object {
  const { title, description, kind = 'timeseries', unit, thresholds = [], noValue, isStacked = false, queries } = panel;
  const isStat = kind === 'stat';
  const [first] = thresholds;
  const steps = [
    { color: first?.[0] === 0 ? first[1] : 'green', value: null },
    ...thresholds.filter(([from]) => from > 0).map(([value, color]) => ({ color, value })),
  ];
  return {
    id,
    type: kind,
    title,
    description,
    datasource,
    gridPos,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(noValue === undefined ? {} : { noValue }),
        color: { mode: isStat ? 'thresholds' : 'palette-classic' },
        thresholds: { mode: 'absolute', steps },
        ...(isStat ? {} : { custom: curve(isStacked, thresholds.length > 0) }),
      },
      overrides: [],
    },
    options: isStat
      ? { colorMode: 'value', graphMode: 'area', textMode: 'auto', reduceOptions: { calcs: ['lastNotNull'] } }
      : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource,
      expr: expr.replaceAll('SERIES', series),
      legendFormat: legend,
    })),
  };
}

function curve(isStacked: boolean, hasThresholds: boolean): object {
  return {
    lineWidth: 1,
    fillOpacity: isStacked ? 30 : 0,
    showPoints: 'never',
    stacking: { mode: isStacked ? 'normal' : 'none', group: 'A' },
    thresholdsStyle: { mode: hasThresholds ? 'line' : 'off' },
  };
}

function variables(): readonly object[] {
  const query = (name: string, label: string, matchers: string): object => ({
    name,
    label,
    type: 'query',
    datasource,
    query: { query: `label_values(maestro_gitops_build_info${matchers}, ${name})`, refId: name },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { selected: true, text: ['All'], value: ['$__all'] },
  });
  return [
    { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', refresh: 1, hide: 0 },
    query('namespace', 'Namespace', ''),
    query('pod', 'Pod', '{namespace=~"$namespace"}'),
  ];
}
