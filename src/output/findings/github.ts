import { shownText } from '../../core/shown-text.ts';
import { findingText, summaryText, type Report } from './finding.ts';

/** Workflow commands: GitHub shows each finding beside its line in the pull request. */
export function githubReport(report: Report): string {
  const commands = report.findings.map((finding) => {
    const { severity, file, line, column, path, rule } = finding;
    const properties = Object.entries({ file, line, col: column, title: rule })
      .map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
      .join(',');
    return `::${severity} ${properties}::${escapeData(path === '' ? findingText(finding) : `${path}: ${findingText(finding)}`)}`;
  });
  return [...commands, summaryText(report), ''].join('\n');
}

function escapeData(text: string): string {
  return shownText(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
