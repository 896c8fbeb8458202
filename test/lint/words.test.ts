import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../support/run-cli.ts';

/** Words that are not written, each with what to write in its place; none of them in two words of this file itself. */
const unwanted: readonly { readonly what: string; readonly pattern: RegExp; readonly instead: string }[] = [
  { what: 'cannot in two words', pattern: /\bcan not\b/i, instead: 'cannot' },
  {
    what: 'the number of a paragraph',
    pattern: /§/,
    instead: 'the reason itself: the paper is not in this repository',
  },
  {
    what: 'a paper by its name',
    pattern:
      /\b(?:spec|specification|users|contract|maestro-facts)\/?\S*\.md\b|\bspec\/[a-z-]+\.md|\bcontract \d|\bthe seed's\b/i,
    instead: 'the reason itself: the paper is not in this repository',
  },
];

const folders = ['src', 'bin', 'test', 'scripts', 'bench', 'docs', 'charts', 'examples', 'job-templates', '.'];
/** What others wrote, or recorded. */
const foreign = /^test\/fixtures\/|^charts\/.*\/charts\/|\.(?:json|snap)$/;

function filesOf(folder: string): readonly string[] {
  return readdirSync(join(projectRoot, folder), { recursive: folder !== '.', withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|js|sh|md|ya?ml|txt|tpl)$|Dockerfile$/.test(entry.name))
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)))
    .filter((file) => !foreign.test(file) && file !== 'test/lint/words.test.ts');
}

const lines = folders.flatMap(filesOf).flatMap((file) =>
  readFileSync(join(projectRoot, file), 'utf8')
    .split('\n')
    .map((line, index) => ({ place: `${file}:${index + 1}`, line })),
);

describe('the words of code and documents', () => {
  it('are those of all folders', () => {
    expect(lines.length).toBeGreaterThan(50_000);
  });

  it.each(unwanted)('hold nowhere $what; write $instead', ({ pattern }) => {
    expect(lines.filter(({ line }) => pattern.test(line)).map(({ place, line }) => `${place}: ${line.trim()}`)).toEqual(
      [],
    );
  });

  it.each([
    ['cannot in two words', 'it can not be'],
    ['the number of a paragraph', 'see § 4'],
    ['a paper by its name', 'as in users.md'],
    ['a paper by its name', '(contract 2)'],
  ])('find %s in "%s"', (what, line) => {
    expect(unwanted.find((one) => one.what === what)?.pattern.test(line)).toBe(true);
  });
});
