import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { grammar } from '../../src/commands/index.ts';

/** Those too that only programs call. */
const { commands } = grammar;

const root = resolve(import.meta.dirname, '../../src/commands');

interface SourceFile {
  /** From src/commands, such as `config/view/run.ts`. */
  readonly path: string;
  readonly text: string;
  /** What is imported when the file is loaded, types among it; from src/commands. */
  readonly imports: readonly string[];
  /** What `import()` loads later. */
  readonly lazy: readonly string[];
}

const files: readonly SourceFile[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && path !== 'index.ts')
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const found = (pattern: RegExp): readonly string[] =>
      [...text.matchAll(pattern)].map(([, name = '']) => relative(root, resolve(root, dirname(path), name)));
    return { path, text, imports: found(/\bfrom '(\.[^']+)'/g), lazy: found(/\bimport\('(\.[^']+)'\)/g) };
  });

const folders = [...new Set(files.map(({ path }) => dirname(path)))];
const has = (path: string): boolean => files.some((file) => file.path === path);
const subcommandsOf = (folder: string): readonly string[] =>
  folders.filter((other) => dirname(other) === folder && has(`${other}/command.ts`));
const commandFolders = folders.filter((folder) => has(`${folder}/command.ts`));
/** The folders of single commands; a group, such as config, holds those of its commands and what they share. */
const ownFolders = commandFolders.filter((folder) => subcommandsOf(folder).length === 0);

/** The folder that holds a file: that of a command, or what the commands of a group, or all, share. */
function homeOf(path: string): string {
  const within = (folder: string): boolean => path.startsWith(`${folder}/`);
  const shared = folders.find((folder) => basename(folder) === 'shared' && within(folder));
  return shared ?? commandFolders.filter(within).sort((a, b) => b.length - a.length)[0] ?? '';
}

const optionsOf = (folder: string): string | undefined =>
  [`${folder}/options.ts`, `${dirname(folder)}/shared/options.ts`].find(has);

test('every command lies in the folder that is called as it is, and src/commands/index.ts lists it', () => {
  expect(
    commandFolders.map((folder) => folder.replaceAll('/', ' ')).filter((name) => !isListed(name)),
    'list the spec of this folder in src/commands/index.ts, with the words of its path as its name',
  ).toEqual([]);
  expect(
    commands.map(({ name }) => name).filter((name) => !has(`${name.replaceAll(' ', '/')}/command.ts`)),
    'put the spec of this command into src/commands/<its words>/command.ts',
  ).toEqual([]);
});

/** A group need not be a command itself. */
function isListed(name: string): boolean {
  return commands.some((spec) => spec.name === name || spec.name.startsWith(`${name} `));
}

test('the tests of each command lie in the folder of its name, or of its group', () => {
  const tests = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const groups = ownFolders.map((folder) => (folder.includes('/') ? dirname(folder) : folder));
  const untested = [...new Set(groups)].filter(
    (name) => !tests.some((path) => path.startsWith(`${name}/`) && path.endsWith('.test.ts')),
  );
  expect(
    untested,
    'add test/commands/<name>/: a table argv → options, a table options → effects, and a whole run',
  ).toEqual([]);
});

describe.each(ownFolders)('%s', (folder) => {
  const own = files.filter(({ path }) => path.startsWith(`${folder}/`));

  test('has command.ts as data, options.ts and run.ts, and further files are named for their job', () => {
    expect(has(`${folder}/run.ts`), `add src/commands/${folder}/run.ts, which exports run(options, context)`).toBe(
      true,
    );
    expect(
      optionsOf(folder),
      `add src/commands/${folder}/options.ts: the type of the options, and parse`,
    ).toBeDefined();
    const vague = /^(index|commands?s|print|printer|text|render|types|utils?|helpers?|common|misc)\.ts$/;
    expect(
      own.map(({ path }) => path).filter((path) => vague.test(basename(path))),
      'what prints is called output.ts, what is parsed options.ts, all else by what it does',
    ).toEqual([]);
  });

  test('loads its code only when it runs', () => {
    const spec = files.find(({ path }) => path === `${folder}/command.ts`);
    expect(spec?.lazy, "load: () => import('./run.ts')").toEqual([`${folder}/run.ts`]);
    expect(
      spec?.imports.filter((path) => /(^|\/)(run|output)\.ts$/.test(path)),
      'command.ts is loaded at every start, so it must not import what only a run needs',
    ).toEqual([]);
  });

  test('reads the command line only in options.ts', () => {
    expect(
      own
        .filter(({ path }) => /(^|\/)(run|output)\.ts$/.test(path))
        .filter(({ text }) => /\b(argv|flagReader|layeredReader|parseFor|RawFlags|ParseInput)\b/.test(text))
        .map(({ path }) => path),
      'parse flags into typed options in options.ts; run takes them',
    ).toEqual([]);
  });
});

test('only output.ts, and what is shared, writes to standard output', () => {
  expect(
    files
      .filter(({ path }) => basename(path) !== 'output.ts' && !path.startsWith('shared/'))
      .filter(({ text }) => /stdout\.write\b/.test(text))
      .map(({ path }) => path),
    'print in output.ts of the command, by the printers of src/output where there is one',
  ).toEqual([]);
});

test('no command imports another: what two need is shared', () => {
  const foreign = files.flatMap(({ path, imports, lazy }) =>
    [...imports, ...lazy]
      .filter((target) => !target.startsWith('..'))
      .filter((target) => {
        const [from, to] = [homeOf(path), homeOf(target)];
        const shared = basename(to) === 'shared' && (dirname(to) === '.' || `${from}/`.startsWith(`${dirname(to)}/`));
        return to !== from && !shared && !subcommandsOf(from).includes(to);
      })
      .map((target) => `${path} imports ${target}`),
  );
  expect(
    foreign,
    'move it to src/commands/shared, to the shared folder of its group, or to src/command-line when it is a flag',
  ).toEqual([]);
});
