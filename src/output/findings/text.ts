import { oneLine } from '../../core/shown-text.ts';
import { findingText, summaryText, type Finding, type FoundReport } from './finding.ts';

/** As compilers print, so that editors find the place. */
export function textReport(report: FoundReport): string {
  const lines = report.findings.map((finding) => {
    const excerpt = report.excerpts?.get(finding);
    return excerpt === undefined ? line(finding) : `${line(finding)}\n  ${excerpt.replaceAll('\n', '\n  ')}`;
  });
  return [...lines, summaryText(report), ''].join('\n');
}

function line(finding: Finding): string {
  const { file, line: row, column, severity, path, rule } = finding;
  const where = path === '' ? '' : `${path}: `;
  return oneLine(`${file}:${row}:${column}: ${severity}: ${where}${findingText(finding)} [${rule}]`);
}
