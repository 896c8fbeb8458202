import { oneLine } from '../../core/shown-text.ts';
import { junitText, type JunitCase } from '../junit.ts';
import { findingText, type Finding, type Report } from './finding.ts';

/** A suite per file; each finding is a case of it, and a file without findings is one case that passed. */
export function junitReport(report: Report, warningsFail: boolean): string {
  const suites = report.files.map((file) => {
    const findings = report.findings.filter((finding) => finding.file === file);
    const shownFile = oneLine(file);
    const cases =
      findings.length === 0
        ? [{ name: 'valid', classname: shownFile }]
        : findings.map((finding) => caseOf(finding, shownFile, warningsFail));
    return { name: shownFile, cases };
  });
  return junitText('maestro-cli validate', suites);
}

function caseOf(finding: Finding, shownFile: string, warningsFail: boolean): JunitCase {
  const { line, column, path, rule, severity } = finding;
  const place = `${shownFile}:${line}:${column}`;
  const text = oneLine(`${place}: ${severity}: ${path === '' ? '' : `${path}: `}${findingText(finding)}`);
  const message = oneLine(findingText(finding));
  const fails = warningsFail || severity === 'error';
  return {
    name: `${rule} ${place}`,
    classname: shownFile,
    file: shownFile,
    line,
    ...(fails ? { trouble: { kind: 'failure', message, type: rule, text } } : { output: text }),
  };
}
