import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { chartFolder } from '../../scripts/chart.ts';
import { findHelm, findPromtool } from '../gitops/rig/binaries.ts';
import { emptyFolder, projectRoot } from '../support/run-cli.ts';
import { alertCases, seriesOf } from './support/alert-cases.ts';
import { promqlProblems } from './support/promql.ts';
import { only, refusal, render } from './support/rendered.ts';
import { servedMetrics } from './support/served.ts';

const helm = findHelm();
const promtool = findPromtool();
if (promtool === undefined)
  console.log('test/charts: promtool is not installed, so alerts are only parsed: run scripts/gitops-rig.sh');

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
interface Source {
  readonly name: string;
  readonly alert: string;
}

const sources = parse(readFileSync(join(chartFolder, 'files/alerts.yaml'), 'utf8')) as readonly Source[];
const rulesOf = (prometheusRule: object = {}): readonly Alert[] => {
  const rule = only(render({ metrics: { prometheusRule: { enabled: true, ...prometheusRule } } }), 'PrometheusRule');
  const [group] = rule.spec['groups'] as readonly { readonly rules: readonly Alert[] }[];
  return group?.rules ?? [];
};
const standard = helm === undefined ? [] : rulesOf();

/** The runbook's entries by their anchors on GitHub. */
const runbook = readFileSync(join(projectRoot, 'docs/runbooks/gitops.md'), 'utf8');
const entries = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((entry) => [/^\w+/.exec(entry)?.[0]?.toLowerCase() ?? '', entry]),
);

describe.skipIf(helm === undefined)('the alerts of the chart', () => {
  it('are one for each of the values, and none when they are off', () => {
    const values = parse(readFileSync(join(chartFolder, 'values.yaml'), 'utf8')) as {
      metrics: { prometheusRule: { rules: Readonly<Record<string, object>> } };
    };
    expect(sources.map(({ name }) => name)).toEqual(Object.keys(values.metrics.prometheusRule.rules));
    expect(standard.map(({ alert }) => alert)).toEqual(sources.map(({ alert }) => alert));
    expect(render().map(({ kind }) => kind)).not.toContain('PrometheusRule');
  });

  it('are PromQL, and every metric and label that they name is served', async () => {
    const served = await servedMetrics();
    expect(standard.flatMap(({ expr }) => promqlProblems(expr, served))).toEqual([]);
  });

  it.each([
    { expr: 'sum(maestro_gitops_leader{', says: 'not PromQL' },
    { expr: 'maestro_gitops_leaders', says: 'nobody serves it' },
    { expr: 'maestro_gitops_leader{reason="x"}', says: 'has no label reason' },
    { expr: 'sum by (lane) (maestro_gitops_leader)', says: 'groups by lane' },
    { expr: 'rate(maestro_gitops_status_lag_seconds[5m])', says: 'by _bucket, _sum or _count' },
    { expr: 'vector(1)', says: 'asks for nothing' },
  ])('would be refused with a mistake: $expr', async ({ expr, says }) => {
    expect(promqlProblems(expr, await servedMetrics()).join()).toContain(says);
  });

  it('leave no placeholder, and ask for the series of their release alone', () => {
    for (const { expr, annotations } of standard) {
      expect(expr + Object.values(annotations).join()).not.toMatch(/SELECTOR|THRESHOLD|nil|no value/);
      for (const [, selector = ''] of expr.matchAll(/(?:maestro_gitops|process)_\w+(\{[^}]*\})?/g))
        expect(selector, expr).toContain('namespace="argo-hub"');
    }
    for (const { expr } of rulesOf({ selector: 'cluster="hub-1",job="x"' })) {
      expect(expr).toContain('{cluster="hub-1",job="x"');
      expect(expr).not.toContain('argo-hub');
    }
  });

  it('have each an entry in the runbook: meaning, impact, what to look at, what to do', () => {
    for (const { alert, annotations } of standard) {
      const [page, anchor = ''] = (annotations['runbook_url'] ?? '').split('#');
      expect(page).toMatch(/\/docs\/runbooks\/gitops\.md$/);
      expect(anchor).toBe(alert.toLowerCase());
      for (const part of ['Meaning', 'Impact', 'Look at', 'Do'])
        expect(entries.get(anchor), `${alert}: ${part}`).toMatch(new RegExp(`^\\*\\*${part}\\.\\*\\* \\S`, 'm'));
    }
    expect([...entries.keys()]).toEqual(standard.map(({ alert }) => alert.toLowerCase()));
    expect(rulesOf({ runbookUrl: 'https://wiki.example/x' })[0]?.annotations['runbook_url']).toBe(
      'https://wiki.example/x#maestrogitopsabsent',
    );
  });

  it('lead on from the runbook to places that there are, and name metrics that there are', async () => {
    const served = await servedMetrics();
    for (const [, target = '', anchor] of runbook.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)) {
      const page = readFileSync(join(projectRoot, 'docs/runbooks', target), 'utf8');
      const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replaceAll(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      );
      if (anchor !== undefined) expect(anchors, target).toContain(anchor);
    }
    for (const [, name = ''] of runbook.matchAll(/`([a-z]+(?:_[a-z0-9]+)+)(?:\{[^`]*)?(?: == 1)?`/g))
      expect(
        [name, `maestro_gitops_${name}`].some((known) => served.has(known)) || name.startsWith('apiserver_'),
        name,
      ).toBe(true);
  });

  it('can be switched off, changed and added to one by one', () => {
    const own = { alert: 'Mine', expr: 'vector(1)', labels: { a: 'b' } };
    const rules = rulesOf({
      namespace: 'monitoring',
      labels: { release: 'prometheus' },
      ruleLabels: { team: 'hub' },
      rules: { absent: { enabled: false }, statusLag: { threshold: 300, for: '1h', severity: 'info' } },
      additionalRules: [own],
    });
    expect(rules.map(({ alert }) => alert)).toEqual([...sources.slice(1).map(({ alert }) => alert), 'Mine']);
    expect(rules.at(-1)).toEqual(own);
    const lag = rules.find(({ alert }) => alert === 'MaestroGitOpsStatusLag');
    expect(lag).toMatchObject({ for: '1h', labels: { severity: 'info', team: 'hub' } });
    expect(lag?.expr).toMatch(/> 300$/);
    expect(refusal({ metrics: { prometheusRule: { rules: { statusLagg: {} } } } })).toContain('statusLagg');
    expect(refusal({ metrics: { prometheusRule: { rules: { absent: { threshold: 1 } } } } })).toContain('threshold');
    expect(refusal({ metrics: { prometheusRule: { selector: 'a}' } } })).toContain('selector');
  });
});

describe.skipIf(helm === undefined || promtool === undefined)('the alerts, in promtool', () => {
  const run = (...argv: readonly string[]): { readonly status: number | null; readonly said: string } => {
    const { status, stdout, stderr } = spawnSync(promtool ?? '', argv, { encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  };
  const ruleFile = (): string => {
    const file = join(emptyFolder(), 'rules.yaml');
    writeFileSync(file, stringify({ groups: [{ name: 'all', rules: standard }] }));
    return file;
  };

  it('pass its check', () => {
    expect(run('check', 'rules', '--lint=all', '--lint-fatal', ruleFile())).toMatchObject({ status: 0 });
  });

  it('each fires for what it is for, and not for what is near it', () => {
    expect([...new Set(alertCases.map(({ alert }) => alert))]).toEqual(sources.map(({ alert }) => alert));
    const test = (series: Readonly<Record<string, string>>, { alert, atMinutes }: (typeof alertCases)[number]) =>
      ({
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: seriesOf(name), values })),
        promql_expr_test: [
          { expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`, eval_time: `${String(atMinutes)}m` },
        ],
      }) as const;
    const tests = alertCases.flatMap((one) => {
      const fires = test(one.fires, one);
      const quiet = test(one.quiet, one);
      const [expected] = fires.promql_expr_test;
      return [
        {
          ...fires,
          name: `${one.alert} fires`,
          promql_expr_test: [{ ...expected, exp_samples: [{ labels: '{}', value: 1 }] }],
        },
        { ...quiet, name: `${one.alert} is quiet`, promql_expr_test: [{ ...expected, exp_samples: [] }] },
      ];
    });
    const file = join(emptyFolder(), 'tests.yaml');
    writeFileSync(file, stringify({ rule_files: [ruleFile()], evaluation_interval: '1m', tests }));
    expect(run('test', 'rules', file)).toMatchObject({ status: 0 });
  });

  it('say where, how much and what to read', () => {
    const found = standard.find(({ alert }) => alert === 'MaestroGitOpsBlocked');
    const tests = [
      {
        interval: '1m',
        input_series: [{ series: seriesOf('guard_blocked{reason="Disabled"}'), values: '1x120' }],
        alert_rule_test: [
          {
            eval_time: '15m',
            alertname: 'MaestroGitOpsBlocked',
            exp_alerts: [
              {
                exp_labels: { severity: 'critical', namespace: 'argo-hub', reason: 'Disabled' },
                exp_annotations: {
                  summary: 'The GitOps controllers may not publish (Disabled).',
                  description:
                    'The guard of the controllers in argo-hub blocks publishes, deletions and writes to the hub; the reason is Disabled.',
                  runbook_url: found?.annotations['runbook_url'],
                },
              },
            ],
          },
        ],
      },
    ];
    const file = join(emptyFolder(), 'tests.yaml');
    writeFileSync(file, stringify({ rule_files: [ruleFile()], evaluation_interval: '1m', tests }));
    expect(run('test', 'rules', file)).toMatchObject({ status: 0 });
  });
});
