import { oneLine } from '../../core/shown-text.ts';
import { create } from 'xmlbuilder2';
import { findingText, type Finding, type Report } from './finding.ts';

/** A suite per file; each finding is a case of it, and a file without findings is one case that passed. */
export function junitReport(report: Report, warningsFail: boolean): string {
  const root = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' }).ele('testsuites', {
    name: 'maestro-cli validate',
    tests: 0,
    failures: 0,
  });
  let tests = 0;
  let failures = 0;
  for (const file of report.files) {
    const findings = report.findings.filter((finding) => finding.file === file);
    const failing = findings.filter((finding) => fails(finding, warningsFail)).length;
    const cases = Math.max(1, findings.length);
    tests += cases;
    failures += failing;
    const shownFile = oneLine(file);
    const suite = root.ele('testsuite', { name: shownFile, tests: cases, failures: failing, errors: 0, skipped: 0 });
    if (findings.length === 0) suite.ele('testcase', { name: 'valid', classname: shownFile });
    for (const finding of findings) {
      const { line, column, path, rule, severity } = finding;
      const place = `${shownFile}:${line}:${column}`;
      const text = oneLine(`${place}: ${severity}: ${path === '' ? '' : `${path}: `}${findingText(finding)}`);
      const test = suite.ele('testcase', { name: `${rule} ${place}`, classname: shownFile, file: shownFile, line });
      if (fails(finding, warningsFail))
        test.ele('failure', { message: oneLine(findingText(finding)), type: rule }).txt(text);
      else test.ele('system-out').txt(text);
    }
  }
  root.att({ tests: String(tests), failures: String(failures) });
  return `${root.end({ prettyPrint: true })}\n`;
}

function fails(finding: Finding, warningsFail: boolean): boolean {
  return warningsFail || finding.severity === 'error';
}
