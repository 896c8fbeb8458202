import { toJson } from '../json.ts';
import { countOf, type Report } from './finding.ts';

/** One value; `errors` and `warnings` count the findings. */
export function jsonReport(report: Report): string {
  const { files, works, findings, withoutSchema, consumer } = report;
  const value = {
    files,
    works,
    findings,
    withoutSchema,
    ...(consumer === undefined ? {} : { consumer }),
    errors: countOf(report, 'error'),
    warnings: countOf(report, 'warning'),
  };
  return toJson(value);
}
