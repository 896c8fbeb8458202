import { toJson } from '../json.ts';
import { pathToFileURL } from 'node:url';
import { isAbsolute } from 'node:path';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import { buildInfo } from '../../build-info.ts';
import { rules, type RuleId } from '../../core/schemas/rules.ts';
import { findingText, type Finding, type Report } from './finding.ts';

/** SARIF 2.1.0, what code scanning services take. */
export function sarifReport(report: Report): string {
  const used = [...new Set(report.findings.map(({ rule }) => rule))].sort();
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'maestro-cli', version: buildInfo.version, rules: used.map((id) => descriptor(id)) } },
        columnKind: 'utf16CodeUnits',
        results: report.findings.map((finding) => result(finding, used.indexOf(finding.rule))),
      },
    ],
  };
  return toJson(log);
}

function descriptor(id: RuleId): ReportingDescriptor {
  return { id, shortDescription: { text: rules[id] } };
}

function result(finding: Finding, ruleIndex: number): Result {
  const { severity, file, line, column, path, rule } = finding;
  const text = path === '' ? findingText(finding) : `${path}: ${findingText(finding)}`;
  return {
    ruleId: rule,
    ruleIndex,
    level: severity,
    message: { text },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: { startLine: line, startColumn: column } },
        ...(path === '' ? {} : { logicalLocations: [{ fullyQualifiedName: path }] }),
      },
    ],
  };
}

/** Relative references stay relative: services resolve them against the root of the repository. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file
    .replace(/^\.\//, '')
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
}
