import type { Context } from '../../../context.ts';
import { parseJson } from '../../../core/json.ts';
import { oneLine } from '../../../core/shown-text.ts';
import { counted } from '../../../core/text.ts';
import type { CheckedHub } from '../../../gitops/check/examine-hub.ts';
import type { CheckFinding, CheckScope, Purpose, Standing } from '../../../gitops/check/finding.ts';
import type { CheckResult } from '../../../gitops/check/report.ts';
import { openPalette, type Palette } from '../../../output/colour.ts';
import { printedJson, toJson } from '../../../output/json.ts';
import { toYaml } from '../../../output/yaml.ts';
import type { GitopsCheckOptions } from './options.ts';

/** One thing that does not simply hold. */
export interface PrintedCheckFinding {
  /** `fail`: it does not hold; `unknown`: nobody could tell, which is no success; `note`: told, and no fault. */
  readonly standing: 'note' | 'fail' | 'unknown';
  /** A cluster, `<namespace>/<name>` of an application, a kind or an object; "" for the hub. */
  readonly subject: string;
  /** The cluster, when it is about one. */
  readonly cluster?: string;
  /** What was seen. */
  readonly message: string;
  /** The command that mends it, or where to read how. */
  readonly mend?: string;
}

/** One check over all its subjects. */
export interface PrintedHubCheck {
  /** Which check it is. */
  readonly name: string;
  /** What its subjects are. */
  readonly scope: CheckScope;
  /** What holds when all is well. */
  readonly about: string;
  /** Subjects of which it holds. */
  readonly passed: number;
  /** Subjects of which it does not. */
  readonly failed: number;
  /** Subjects of which nobody could tell. */
  readonly unknown: number;
  /** Of whatever does not simply hold, in the order of the subjects. */
  readonly findings: readonly PrintedCheckFinding[];
  /** With `--all`: the subjects of which it holds. */
  readonly healthy?: readonly string[];
}

/** What `gitops check -o json` prints. */
export interface PrintedHubChecks {
  /** What was checked for. */
  readonly for: Purpose;
  /** Nothing failed, and nothing is unknown: exit code 0. */
  readonly holds: boolean;
  /** Clusters that were looked at. */
  readonly clusters: number;
  /** Applications that were looked at. */
  readonly applications: number;
  /** ManagedClusters that nothing of the model concerns; `--cluster` looks at them too. */
  readonly aside: number;
  /** In their order: hub, clusters, applications. */
  readonly checks: readonly PrintedHubCheck[];
}

/** Prints a check in the form that was asked for, as one write. */
export async function printChecks(
  checked: CheckedHub,
  { output, all }: Pick<GitopsCheckOptions, 'output' | 'all'>,
  { stdout, env }: Pick<Context, 'stdout' | 'env'>,
): Promise<void> {
  switch (output) {
    case 'json':
      stdout.write(toJson(printed(checked)));
      return;
    case 'yaml':
      stdout.write(toYaml(parseJson(printedJson(printed(checked)))));
      return;
    case 'junit': {
      const { checksAsJunit } = await import('./junit.ts');
      stdout.write(checksAsJunit(checked), 'data');
      return;
    }
    case 'text':
    case 'wide':
      stdout.write(textOf(checked, all, await openPalette(stdout, env)));
  }
}

function printed({ purpose, holds, clusters, applications, aside, checks }: CheckedHub): PrintedHubChecks {
  return {
    for: purpose,
    holds,
    clusters,
    applications,
    aside,
    checks: checks.map(({ findings, ...check }) => ({
      ...check,
      findings: findings.map(({ check: _check, ...finding }) => finding),
    })),
  };
}

/** Findings of one check that are named unless all are asked for: thousands of lines would hide the other checks. */
const namedFindings = 10;
const standingWidth = 'unknown'.length;

function textOf(checked: CheckedHub, all: boolean, palette: Palette): string {
  const { checks, purpose, holds, clusters, applications, aside } = checked;
  const nameWidth = Math.max(0, ...checks.map(({ name }) => name.length));
  const lines = checks.flatMap((check) => linesOf(check, { all, palette, nameWidth }));
  const failed = checks.filter((check) => check.failed > 0).length;
  const unknown = checks.filter((check) => check.failed === 0 && check.unknown > 0).length;
  const verdict = holds
    ? 'all hold'
    : [failed > 0 ? `${failed} failed` : '', unknown > 0 ? `${unknown} could not be told` : '']
        .filter((part) => part !== '')
        .join(', ');
  const others = aside === 0 ? '' : `; ${counted(aside, 'other ManagedCluster')} not looked at`;
  lines.push(
    '',
    `${counted(checks.length, 'check')} for ${purpose}: ${verdict}; ${counted(clusters, 'cluster')}, ${counted(applications, 'application')}${others}`,
  );
  return `${lines.join('\n')}\n`;
}

interface Look {
  readonly all: boolean;
  readonly palette: Palette;
  readonly nameWidth: number;
}

const scopeWord: Readonly<Record<CheckScope, string>> = { hub: '', cluster: 'cluster', application: 'application' };

function linesOf(check: CheckResult, { all, palette, nameWidth }: Look): readonly string[] {
  const standing = standingOf(check);
  const head = `${coloured(palette, standing)}  ${check.name.padEnd(nameWidth)}  ${summaryOf(check)}`;
  const indent = ' '.repeat(standingWidth + nameWidth + 4);
  const shown = all ? check.findings : check.findings.slice(0, namedFindings);
  const more = check.findings.length - shown.length;
  return [
    head,
    ...shown.flatMap((finding) => findingLines(finding, indent)),
    ...(more > 0 ? [`${indent}and ${more} more; --all names them`] : []),
    ...(check.healthy ?? []).filter((subject) => subject !== '').map((subject) => `${indent}pass  ${oneLine(subject)}`),
  ];
}

function findingLines({ standing, subject, cluster, message, mend }: CheckFinding, indent: string): readonly string[] {
  const where = cluster === undefined || cluster === subject ? subject : `${subject} on ${cluster}`;
  const place = where === '' ? '' : `${oneLine(where)}: `;
  return [
    `${indent}${standing}  ${place}${oneLine(message)}`,
    ...(mend === undefined ? [] : [`${indent}      ${oneLine(mend)}`]),
  ];
}

function summaryOf({ scope, about, passed, failed, unknown }: CheckResult): string {
  if (scope === 'hub' && passed + failed + unknown <= 1) return about;
  const total = passed + failed + unknown;
  const word = scopeWord[scope];
  const parts = [
    `${passed} of ${word === '' ? total : counted(total, word)}`,
    failed > 0 ? `${failed} not` : '',
    unknown > 0 ? `${unknown} could not be told` : '',
  ];
  return `${about}: ${parts.filter((part) => part !== '').join(', ')}`;
}

function standingOf({ failed, unknown, passed, findings }: CheckResult): Standing {
  if (failed > 0) return 'fail';
  if (unknown > 0) return 'unknown';
  return passed === 0 && findings.length > 0 ? 'note' : 'pass';
}

function coloured(palette: Palette, standing: Standing): string {
  const text = standing.padEnd(standingWidth);
  if (standing === 'unknown') return palette.warn(text);
  return standing === 'note' ? palette.skip(text) : palette[standing](text);
}
