import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findHelm } from '../gitops/rig/binaries.ts';
import { emptyFolder, projectRoot } from '../support/run-cli.ts';
import { chart, full, release } from './support/values.ts';

const helm = findHelm() ?? '';
const run = (...argv: readonly string[]): string => execFileSync(helm, argv, { encoding: 'utf8', stdio: 'pipe' });

describe.skipIf(helm === '')('the chart as `helm package` makes it', () => {
  let packed = '';
  let values = '';
  beforeAll(() => {
    const folder = emptyFolder();
    run('package', chart, `--destination=${folder}`);
    const names = readdirSync(folder);
    expect(names).toHaveLength(1);
    packed = join(folder, names[0] ?? '');
    values = join(emptyFolder(), 'values.json');
    writeFileSync(values, JSON.stringify(full));
  });

  it('renders what the folder renders, with dashboard and alerts in it', () => {
    const [template = '', name = '', , ...flags] = release;
    const render = (from: string): string => run(template, name, from, ...flags, `--values=${values}`);
    expect(render(packed)).toBe(render(chart));
    expect(render(packed)).toContain('maestro-gitops-controllers.json');
  });

  it('brings its README, its schema and nothing that only the repository needs', () => {
    const files = execFileSync('tar', ['-tzf', packed], { encoding: 'utf8' }).trim().split('\n');
    const inside = files.map((file) => file.replace('multicluster-maestro-integrations/', ''));
    expect(inside.filter((file) => !file.startsWith('templates/')).sort()).toEqual([
      '.helmignore',
      'Chart.yaml',
      'README.md',
      'files/alerts.yaml',
      'files/dashboard.json',
      'values.schema.json',
      'values.yaml',
    ]);
    expect(run('show', 'readme', packed)).toContain('| `extraObjects` |');
  });

  it('lints without a word of warning, with default values and with all of them, for the oldest Kubernetes', () => {
    for (const set of [[], [`--values=${values}`]]) {
      const said = run('lint', '--strict', '--kube-version=1.27.0', chart, ...set);
      expect(said).not.toMatch(/WARNING|ERROR|INFO/);
    }
  });

  it('is refused by a Kubernetes that is older', () => {
    expect(() => run('template', 'release', packed, '--kube-version=1.26.0')).toThrow(/kubeVersion: >=1\.27\.0-0/);
  });

  it('says after the installation how to test it, and warns of what is dangerous', () => {
    // Without a cluster Helm shows no notes, so they are rendered as a file of the same chart.
    const copy = join(emptyFolder(), 'chart');
    cpSync(chart, copy, { recursive: true });
    cpSync(join(chart, 'templates/NOTES.txt'), join(copy, 'notes.txt'));
    const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: notes }\n';
    const data = 'data:\n  notes: {{ tpl (.Files.Get "notes.txt") . | quote }}\n';
    writeFileSync(join(copy, 'templates/shown.yaml'), map + data);
    const [template = '', name = '', , ...flags] = release;
    const notes = (...more: readonly string[]): string =>
      run(template, name, copy, ...flags, '--show-only=templates/shown.yaml', ...more);
    expect(notes()).toContain('helm test release --namespace argo-hub --logs');
    expect(notes()).toContain('maestro-cli gitops check --controller-namespace=argo-hub');
    expect(notes()).toContain('Maestro is reached in plaintext');
    expect(notes()).not.toContain('NOTE: alerts');
    expect(notes('--set=metrics.prometheusRule.enabled=true')).toContain('NOTE: alerts are installed');
    expect(notes(`--values=${values}`)).toContain('coexistence.allow is set');
    expect(notes(`--values=${values}`)).not.toContain('plaintext');
  });

  it('has an icon', () => {
    expect(readFileSync(join(projectRoot, 'charts/multicluster-maestro-integrations/icon.svg'), 'utf8')).toMatch(
      /^<svg /,
    );
  });
});
