import { oneLine } from '../../../core/shown-text.ts';
import type { CheckedHub } from '../../../gitops/check/examine-hub.ts';
import type { CheckResult } from '../../../gitops/check/report.ts';
import { junitText, type JunitCase } from '../../../output/junit.ts';

/**
 * A suite for each check. What holds is one case of it, whatever else a case of its own: what failed as a failure,
 * what nobody could tell as an error.
 */
export function checksAsJunit({ checks, purpose }: CheckedHub): string {
  const suites = checks.map((check) => ({ name: check.name, cases: casesOf(check) }));
  return junitText(`maestro-cli gitops check for ${purpose}`, suites);
}

function casesOf({ name, scope, about, passed, findings, healthy }: CheckResult): readonly JunitCase[] {
  const classname = `${scope}.${name}`;
  const nameOf = (subject: string): string => oneLine(subject === '' ? about : subject);
  const together = passed > 0 ? [{ name: `${about} (${passed})`, classname }] : [];
  return [
    ...(healthy?.map((subject) => ({ name: nameOf(subject), classname })) ?? together),
    ...findings.map(({ standing, subject, message, mend }): JunitCase => {
      const lines = [message, mend].filter((line) => line !== undefined).map((line) => oneLine(line));
      const text = lines.join('\n');
      const kind = standing === 'fail' ? 'failure' : 'error';
      return {
        name: nameOf(subject),
        classname,
        ...(standing === 'note'
          ? { output: text }
          : { trouble: { kind, message: oneLine(message), type: name, text } }),
      };
    }),
  ];
}
