import { oneLine } from '../../core/shown-text.ts';
import { findingText, summaryText, type Finding, type Report } from './finding.ts';

/** As compilers print, so that editors find the place. */
export function textReport(report: Report): string {
  return [...report.findings.map((finding) => line(finding)), summaryText(report), ''].join('\n');
}

function line(finding: Finding): string {
  const { file, line: row, column, severity, path, rule } = finding;
  const where = path === '' ? '' : `${path}: `;
  return oneLine(`${file}:${row}:${column}: ${severity}: ${where}${findingText(finding)} [${rule}]`);
}
