import { describe, expect, it } from 'vitest';
import { resultGrammar } from '../../scripts/bundle/result-grammar.ts';
import { flagSyntaxes, type FlagSyntax } from '../../src/command-line/flag-syntax.ts';
import { givenResultPath } from '../../src/command-line/result-path.ts';
import { scanArgv } from '../../src/command-line/scan-argv.ts';
import { grammar } from '../../src/commands/index.ts';

/*
 * Which lines take RESULTS_PATH. A line that only reads or prints does not: in the shell of a Job it would put its end
 * where the outcome of the command after it is waited for, and who waits looks once.
 */

/** Whatever else stands on the line, also in a dry run, whose outcome says that nothing was sent. */
const always: readonly string[] = [
  'apply',
  'delete',
  'edit',
  'gitops freeze',
  'gitops migrate finish',
  'gitops migrate rollback',
  'gitops migrate run',
  'gitops unfreeze',
  'gitops uninstall',
  'migrate finish',
  'migrate rollback',
  'migrate run',
  'rollback',
  'wait',
];

/** With this flag alone. */
const withFlag: Readonly<Record<string, string>> = { build: '--apply' };

const env = { RESULTS_PATH: '/results/r.json' };
const loader = resultGrammar();
const words = grammar.commands.flatMap(({ name, aliases = [], flags }) =>
  [name, ...aliases].map((word) => ({ name, flags, word })),
);

/** As the command sees it, and as the loader does, which knows less of the flags. */
function takes(argv: readonly string[]): boolean {
  const path = givenResultPath(scanArgv(argv, grammar), env);
  expect(givenResultPath(scanArgv(argv, loader), env), `${argv.join(' ')}, in the loader`).toBe(path);
  return path !== undefined;
}

const written = ({ takes: value, long }: FlagSyntax): string => (value === 'nothing' ? long : `${long}=x`);

describe('RESULTS_PATH', () => {
  it('is looked at here for commands that there are', () => {
    const names = new Set(grammar.commands.map(({ name }) => name));
    for (const name of [...always, ...Object.keys(withFlag)]) expect(names).toContain(name);
  });

  it.each(words)('of `$word` alone', ({ name, word }) => {
    expect(takes(word.split(' '))).toBe(always.includes(name));
  });

  it.each(
    words.flatMap(({ name, flags, word }) =>
      flags
        .flatMap((flag) => flagSyntaxes(flag))
        .map((flag) => ({ name, word, flag, line: `${word} ${written(flag)}` })),
    ),
  )('of `$line`', ({ name, word, flag, line }) => {
    const isTaken = always.includes(name) || withFlag[name] === flag.long;
    expect(takes(line.split(' '))).toBe(isTaken);
    expect(takes([...word.split(' '), 'x', written(flag), '--quiet'])).toBe(isTaken);
  });

  it.each([
    { line: 'build np.yaml -n w -c c1', taken: false },
    { line: 'build np.yaml -n w -c c1 --apply', taken: true },
    { line: 'build --apply np.yaml -n w -c c1 --dry-run', taken: true },
    { line: '--quiet build --apply=true -f np.yaml', taken: true },
    { line: 'build --apply=false -f np.yaml', taken: false },
    // Refused: it is the one that was to apply that forgot to say so.
    { line: 'build -f np.yaml --watch', taken: false },
    { line: 'build --bogus --apply', taken: true },
    { line: 'build -f np.yaml -- --apply', taken: false },
    { line: 'diff -f np.yaml --apply', taken: false },
  ])('of `$line`: $taken', ({ line, taken }) => {
    expect(takes(line.split(' '))).toBe(taken);
  });
});
