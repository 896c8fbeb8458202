import type { OutputStream } from '../../context.ts';
import type { Report } from '../../output/findings/finding.ts';
import { githubReport } from '../../output/findings/github.ts';
import { jsonReport } from '../../output/findings/json.ts';
import { sarifReport } from '../../output/findings/sarif.ts';
import { textReport } from '../../output/findings/text.ts';
import type { ValidateOptions } from './options.ts';

/** Prints a report in the format that was asked for, as one write. */
export async function printReport(report: Report, options: ValidateOptions, stdout: OutputStream): Promise<void> {
  stdout.write(await reportText(report, options), options.output === 'text' ? undefined : 'data');
}

async function reportText(report: Report, { output, warningsFail }: ValidateOptions): Promise<string> {
  switch (output) {
    case 'text':
      return textReport(report);
    case 'json':
      return jsonReport(report);
    case 'github':
      return githubReport(report);
    case 'sarif':
      return sarifReport(report);
    case 'junit': {
      // The XML writer is the largest of the printers, and the one least used.
      const { junitReport } = await import('../../output/findings/junit.ts');
      return junitReport(report, warningsFail);
    }
  }
}
