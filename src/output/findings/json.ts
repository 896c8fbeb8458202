import { toJson } from '../json.ts';
import { countOf, type Report } from './finding.ts';

/** What `validate -o json` prints. */
export interface PrintedReport extends Report {
  /** How many findings are errors. */
  readonly errors: number;
  /** How many are warnings. */
  readonly warnings: number;
}

/** One value; `errors` and `warnings` count the findings. */
export function jsonReport(report: Report): string {
  const { files, works, findings, withoutSchema, consumer, filledIn } = report;
  const value: PrintedReport = {
    files,
    works,
    findings,
    withoutSchema,
    ...(consumer === undefined ? {} : { consumer }),
    ...(filledIn === undefined ? {} : { filledIn }),
    errors: countOf(report, 'error'),
    warnings: countOf(report, 'warning'),
  };
  return toJson(value);
}
