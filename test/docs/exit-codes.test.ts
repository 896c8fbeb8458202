import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { exitCodesOf } from '../../src/command-line/exit-codes.ts';
import { commands } from '../../src/commands/index.ts';
import { exitCodeOf, MaestroError } from '../../src/errors.ts';
import { allExitCodes, ExitCode, exitCodes } from '../../src/exit-code.ts';
import { projectRoot } from '../support/run-cli.ts';

const read = (...path: readonly string[]): string => readFileSync(join(projectRoot, ...path), 'utf8');

/** The rows of the one table of a page whose first column is headed so. */
function tableOf(page: string, head: string): readonly (readonly string[])[] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${head} |`));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const numbersIn = (text: string): readonly number[] => (text.match(/\b\d+\b/g) ?? []).map(Number);
const codesFor = (job: 'fail' | 'count' | 'unnamed'): readonly ExitCode[] =>
  allExitCodes.filter((code) => exitCodes[code].job === job);

describe('what the table of exit codes says is said everywhere', () => {
  test('every code but the two answers is that of one error', () => {
    const answers: readonly ExitCode[] = [ExitCode.Done, ExitCode.Different];
    expect(
      Object.values(exitCodeOf).toSorted((a, b) => a - b),
      'give the code its error in exitCodeOf of src/errors.ts, and the error its reasons',
    ).toEqual(allExitCodes.filter((code) => !answers.includes(code)));
  });

  test('a code that ends a Job is none to try again with, and one that counts as a try is', () => {
    for (const code of codesFor('fail')) expect(exitCodes[code].tryAgain, String(code)).toBe(false);
    for (const code of codesFor('count')) expect(exitCodes[code].tryAgain, String(code)).toBe(true);
  });

  test('the README lists every code, and which to try again with', () => {
    const rows = tableOf(read('README.md'), 'code').flatMap(([codes = '', , again = '']) =>
      numbersIn(codes).map((code) => [code, again.startsWith('yes')]),
    );
    expect(rows, 'mend the table of exit codes in README.md').toEqual(
      allExitCodes.map((code) => [code, exitCodes[code].tryAgain]),
    );
  });

  test('the page of help lists every code with its meaning, and which to try again with', () => {
    const rows = tableOf(read('docs', 'commands', 'exit-codes.md'), 'code');
    expect(rows, 'run: npm run reference').toEqual(
      allExitCodes.map((code) => [`\`${code}\``, exitCodes[code].meaning, exitCodes[code].tryAgain ? 'yes' : '']),
    );
  });

  test('an error says whether to try again as the README does for its exit code', () => {
    const again = new Map(
      tableOf(read('README.md'), 'code').flatMap(([codes = '', , text = '']) =>
        numbersIn(codes).map((code) => [code, text.startsWith('yes')] as const),
      ),
    );
    for (const code of Object.keys(exitCodeOf) as (keyof typeof exitCodeOf)[]) {
      const { exitCode, retryable } = new MaestroError(code, 'x', { transient: true });
      expect({ code, retryable }).toEqual({ code, retryable: again.get(exitCode) });
    }
  });

  test('every code is in the list of some command', () => {
    expect(
      allExitCodes.filter((code) => !commands.some((command) => exitCodesOf(command).includes(code))),
      'add the code to exitCodes in the command.ts that can end with it, or to a list of src/command-line/exit-codes.ts',
    ).toEqual([]);
  });

  test('the page of the Job templates says which codes end the Job, and which are tries', () => {
    const [fail = [], count = [], other = []] = tableOf(read('job-templates', 'README.md'), 'exit code');
    expect(numbersIn(fail[0] ?? ''), 'mend the table of job-templates/README.md').toEqual(codesFor('fail'));
    expect(numbersIn(count[0] ?? ''), 'mend the table of job-templates/README.md').toEqual(codesFor('count'));
    // Examples only, one of them of the kernel's.
    const named: readonly number[] = [...codesFor('fail'), ...codesFor('count')];
    expect(numbersIn(other[0] ?? '').filter((code) => named.includes(code))).toEqual([]);
  });

  test('so do the templates, and the page of validate names what it can end with by itself', () => {
    const files = readdirSync(join(projectRoot, 'job-templates')).filter((name) => /^(?!setup).*\.yaml$/.test(name));
    expect(files.length).toBeGreaterThanOrEqual(6);
    for (const file of files) {
      const jobs = parseAllDocuments(read('job-templates', file))
        .map((document) => document.toJS() as { readonly kind?: string; readonly spec?: unknown })
        .filter(({ kind }) => kind === 'Job');
      const rules = jobs.flatMap(
        ({ spec }) =>
          (
            spec as {
              readonly podFailurePolicy: {
                readonly rules: readonly {
                  readonly action: string;
                  readonly onExitCodes?: { readonly values: number[] };
                }[];
              };
            }
          ).podFailurePolicy.rules,
      );
      expect(
        rules.map(({ action, onExitCodes }) => [action, onExitCodes?.values]),
        `run: maestro-cli job render ${file.replace('.yaml', '')} --template > job-templates/${file}`,
      ).toEqual([
        ['FailJob', codesFor('fail')],
        ['Ignore', undefined],
        ['Count', codesFor('count')],
      ]);
    }
    const [, sentence = ''] = /^Exit codes: (.*)$/m.exec(read('docs', 'validate.md')) ?? [];
    const validate = commands.find(({ name }) => name === 'validate');
    for (const code of numbersIn(sentence)) expect(validate?.exitCodes).toContain(code);
  });
});
