import { create } from 'xmlbuilder2';

/** One case of a suite; without trouble it passed. */
export interface JunitCase {
  readonly name: string;
  readonly classname: string;
  readonly file?: string;
  readonly line?: number;
  /** What it failed by, or why nobody could tell. */
  readonly trouble?: {
    readonly kind: 'failure' | 'error';
    readonly message: string;
    readonly type: string;
    readonly text: string;
  };
  /** What a case that passed has to say. */
  readonly output?: string;
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

/** Suites as JUnit writes them. Texts are of one line each, or have line breaks that are meant. */
export function junitText(name: string, suites: readonly JunitSuite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  const root = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' }).ele('testsuites', {
    name,
    tests: all.length,
    failures: countOf(all, 'failure'),
    errors: countOf(all, 'error'),
  });
  for (const { name: suiteName, cases } of suites) {
    const suite = root.ele('testsuite', {
      name: suiteName,
      tests: cases.length,
      failures: countOf(cases, 'failure'),
      errors: countOf(cases, 'error'),
      skipped: 0,
    });
    for (const { trouble, output, ...attributes } of cases) {
      const one = suite.ele('testcase', attributes);
      if (trouble !== undefined)
        one.ele(trouble.kind, { message: trouble.message, type: trouble.type }).txt(trouble.text);
      else if (output !== undefined) one.ele('system-out').txt(output);
    }
  }
  return `${root.end({ prettyPrint: true })}\n`;
}

function countOf(cases: readonly JunitCase[], kind: 'failure' | 'error'): number {
  return cases.filter(({ trouble }) => trouble?.kind === kind).length;
}
