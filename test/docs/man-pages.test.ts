import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { manPages, writeManPages } from '../../scripts/man-pages.ts';
import { filled, literal, page, prose, section } from '../../scripts/man-pages/roff.ts';
import { commonFlags } from '../../src/command-line/common-flags.ts';
import { exitCodesOf } from '../../src/command-line/exit-codes.ts';
import { flagSyntaxes } from '../../src/command-line/flag-syntax.ts';
import { groupOf, groupSummaries } from '../../src/command-line/program.ts';
import { commands } from '../../src/commands/index.ts';
import { topics } from '../../src/commands/help/topics.ts';
import { exitCodes } from '../../src/exit-code.ts';
import { projectRoot } from '../support/run-cli.ts';

const facts = { version: '1.2.3', date: '2026-01-31T23:59:59+02:00' };
const pages = manPages(facts);

/** Where the pages lie as files, for what takes all of them at once. */
const written = join(mkdtempSync(join(tmpdir(), 'man-')), 'man');
beforeAll(() => writeManPages(written, facts));
const writtenFiles = [...pages.keys()].map((name) => join(written, name));

/** What a tool says of pages; it is Debian's, and not everywhere. */
function asked(tool: string, argv: readonly string[], input = ''): string {
  const { stdout, stderr } = spawnSync(tool, argv, { input, encoding: 'utf8' });
  return `${stdout}${stderr}`;
}

const has = (tool: string): boolean => spawnSync(tool, [], { input: '' }).error === undefined;
const tools = { groff: has('groff'), mandoc: has('mandoc') };

/** A page as a reader sees it, in lines so long that nothing is broken. */
function rendered(text: string): string {
  return asked('groff', ['-man', '-Tutf8', '-K', 'utf8', '-P-cbou', '-rLL=1000n'], text);
}

const head = { name: 'a', section: 1, date: '2026-01-31', version: '1' } as const;

const groups = [
  ...new Set(
    commands.flatMap(({ name }) => groupOf(name).map((_, index, words) => words.slice(0, index + 1).join(' '))),
  ),
].filter((group) => !commands.some(({ name }) => name === group));

test('each word that only leads to commands says what they are for, in help and in a page', () => {
  expect(Object.keys(groupSummaries).sort()).toEqual(groups.sort());
});

test('there is a page for each command, group and topic, and package.json installs all of them', () => {
  expect([...pages.keys()].sort()).toEqual(
    [
      'maestro-cli.1',
      ...commands.map(({ name }) => `maestro-cli-${name.replaceAll(' ', '-')}.1`),
      ...groups.map((name) => `maestro-cli-${name.replaceAll(' ', '-')}.1`),
      ...Object.keys(topics).map((name) => `maestro-cli-${name}.7`),
    ].sort(),
  );
  const { man } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { readonly man: string[] };
  expect(man.toSorted()).toEqual([...pages.keys()].map((name) => `dist/man/${name}`).sort());
});

test('they are the same for the same commit, and of its date', () => {
  expect(manPages(facts)).toEqual(pages);
  expect(pages.get('maestro-cli-apply.1')).toMatch(/^\.TH MAESTRO\\-CLI\\-APPLY 1 2026-01-31 "maestro\\-cli 1\.2\.3" /);
  expect(manPages({ version: '1', date: 'unknown' }).get('maestro-cli.1')).toMatch(/^\.TH MAESTRO\\-CLI 1 "" /);
});

test('they are written into a folder', () => {
  expect(readdirSync(written).sort()).toEqual([...pages.keys()].sort());
  for (const [name, text] of pages) expect(readFileSync(join(written, name), 'utf8')).toBe(text);
});

test.each([...pages])('%s has nothing that roff could take for a request, and its sections in order', (_name, text) => {
  const requests = new Set(text.split('\n').flatMap((line) => /^[.'](\S+)/.exec(line)?.[1] ?? []));
  const known = new Set(['TH', 'SH', 'PP', 'TP', 'RS', 'RE', 'nf', 'fi', 'nh', 'ad']);
  expect([...requests].filter((request) => !known.has(request))).toEqual([]);
  const order = [
    'NAME',
    'SYNOPSIS',
    'DESCRIPTION',
    'COMMANDS',
    'OPTIONS',
    'ENVIRONMENT',
    'FILES',
    'EXIT STATUS',
    'EXAMPLES',
    'SEE ALSO',
  ];
  const sections = [...text.matchAll(/^\.SH (.*)$/gm)].map(([, title = '']) => title);
  expect(sections).toEqual(order.filter((title) => sections.includes(title)));
});

test('pages refer to pages that there are', () => {
  for (const [name, text] of pages)
    for (const [, other = '', number = ''] of text.matchAll(/\\fB(maestro[\w\\-]*)\\fR\((\d)\)/g))
      expect([...pages.keys()], name).toContain(`${other.replaceAll('\\-', '-')}.${number}`);
});

describe.skipIf(!tools.groff)('as groff shows them; skipped where there is no groff', () => {
  const shown = new Map<string, string>();
  beforeAll(() => {
    for (const [name, text] of pages) shown.set(name, rendered(text));
  });

  test('without a warning', () => {
    expect(asked('groff', ['-ww', '-z', '-man', '-K', 'utf8', ...writtenFiles])).toBe('');
  });

  test.each(commands.map((spec) => [spec.name, spec] as const))(
    '%s: with every flag, variable, exit code and example as it is typed',
    (name, spec) => {
      const text = shown.get(`maestro-cli-${name.replaceAll(' ', '-')}.1`) ?? '';
      const lines = text.split('\n').map((line) => line.trim());
      for (const flag of spec.flags) {
        const [{ names }, ...aliases] = flagSyntaxes(flag);
        expect(lines.some((line) => names.every((word, index) => line.split(/, |[ [].*/)[index] === word))).toBe(true);
        for (const word of [...aliases.map(({ long }) => long), flag.env ?? '']) expect(text).toContain(word);
      }
      for (const code of exitCodesOf(spec)) {
        const meaning = exitCodes[code].meaning.slice(1);
        expect(lines.some((line) => line.startsWith(`${code} `) && line.includes(meaning))).toBe(true);
      }
      for (const { command } of spec.examples)
        for (const line of command.split('\n')) expect(lines).toContain(line.trim());
    },
  );

  test('maestro-cli: with every command and every common flag', () => {
    const text = shown.get('maestro-cli.1') ?? '';
    for (const { flags, env } of commonFlags) {
      expect(text).toContain(flags.replace(/[<>]/g, ''));
      if (env !== undefined) expect(text).toContain(env.split(',')[0]);
    }
    for (const { name } of commands) expect(text).toContain(`maestro-cli-${name.replaceAll(' ', '-')}(1)`);
  });

  test('any text and any command line stay as they are', () => {
    const plain = fc
      .array(
        fc.constantFrom('.', "'", '\\', '-', '"', '`', '^', '~', 'a', 'B', '%', '{', '…', '→', '\\fB', '.so', '--x'),
        {
          minLength: 1,
          maxLength: 12,
        },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(plain, plain, (first, second) => {
        const text = rendered(page(head, [section('DESCRIPTION', literal(`${first}\n${second}`))]));
        expect(text).toContain(`${first}\n`);
        expect(text).toContain(`${second}\n`);
        const without = first.replaceAll('`', '');
        expect(rendered(page(head, [section('DESCRIPTION', filled(prose(`x ${without} y`)))]))).toContain(
          `x ${without} y`,
        );
      }),
      { numRuns: 15 },
    );
  });
});

test.skipIf(!tools.mandoc)('mandoc finds nothing wrong with them; skipped where there is no mandoc', () => {
  expect(asked('mandoc', ['-T', 'lint', ...writtenFiles])).toBe('');
});
