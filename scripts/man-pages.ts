/**
 * Makes the manual pages from the same data as help and docs/commands: a page for each command, and one for each topic
 * of `help`. `npm run build` puts them into dist/man; the date in them is that of the commit, so the same commit makes
 * the same pages.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyCommandSpec, FlagSpec } from '../src/command-line/command-spec.ts';
import { commonFlags } from '../src/command-line/common-flags.ts';
import { flagText } from '../src/command-line/flag-syntax.ts';
import { flagName } from '../src/command-line/flag-values.ts';
import { exitCodesOf } from '../src/command-line/exit-codes.ts';
import { groupOf, groupSummaries, sentence } from '../src/command-line/program.ts';
import { commands } from '../src/commands/index.ts';
import { topics, type Topic } from '../src/commands/help/topics.ts';
import { allExitCodes, exitCodes, type ExitCode } from '../src/exit-code.ts';
import { bold, filled, italic, literal, page, paragraphs, prose, reference, section, term } from './man-pages/roff.ts';

const program = 'maestro-cli';
const about = 'applies, waits for, reads and deletes ManifestWorks through Maestro';

/** What the pages say of the build. */
export interface BuildFacts {
  readonly version: string;
  /** RFC 3339, or `unknown`. */
  readonly date: string;
}

type Head = Pick<Parameters<typeof page>[0], 'date' | 'version'>;

/** Every page by its file name, such as `maestro-cli-apply.1`. */
export function manPages({ version, date }: BuildFacts): ReadonlyMap<string, string> {
  const head = { version, date: /^\d{4}-\d\d-\d\d/.exec(date)?.[0] ?? '' };
  return new Map([
    [`${program}.1`, programPage(head)],
    ...commands.map((spec): [string, string] => [`${pageName(spec.name)}.1`, commandPage(spec, head)]),
    ...Object.entries(groupSummaries).map(([name, summary]): [string, string] => [
      `${pageName(name)}.1`,
      groupPage(name, summary, head),
    ]),
    ...Object.entries(topics).map(([name, topic]): [string, string] => [
      `${pageName(name)}.7`,
      topicPage(name, topic, head),
    ]),
  ]);
}

/** Writes them into a folder, which is emptied first. */
export function writeManPages(folder: string, facts: BuildFacts): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of manPages(facts)) writeFileSync(join(folder, name), text);
}

function pageName(words: string): string {
  return `${program}-${words.replaceAll(' ', '-')}`;
}

const said = (text: string): readonly string[] => filled(prose(text));
const nameSection = (name: string, what: string): readonly string[] =>
  section('NAME', filled(`${escapedName(name)} \\- ${prose(what)}`));
/** Tools that index pages read it, and know no fonts. */
const escapedName = (name: string): string => name.replaceAll('-', '\\-');

function programPage(head: Head): string {
  const [apply] = commands;
  return page({ name: program, section: 1, ...head }, [
    nameSection(program, about),
    section('SYNOPSIS', [`${bold(program)} ${italic('command')} [${italic('flags')}]`]),
    section(
      'DESCRIPTION',
      paragraphs([
        said(
          `${sentence(about)} Each command has a page of its own; ${program} --help and ${program} help tell the same at a terminal.`,
        ),
        ...(topics['flags']?.sections ?? []).flatMap((part) => part.paragraphs.map((text) => said(text))),
      ]),
    ),
    section('COMMANDS', listed(commands)),
    section('OPTIONS', ['Every command takes these.', ...commonFlags.flatMap((flag) => option(flag))]),
    environment(commonFlags, otherVariables),
    files,
    exitStatus(allExitCodes),
    examples([
      ...(apply?.examples ?? []).slice(0, 1),
      ...commands.slice(3, 7).flatMap((spec) => spec.examples.slice(0, 1)),
    ]),
    seeAlso([...commands.map(({ name }) => [pageName(name), 1] as const), ...topicReferences]),
  ]);
}

const topicReferences = Object.keys(topics).map((name) => [pageName(name), 7] as const);

/** Variables that stand in for no flag. */
const otherVariables: readonly (readonly [string, string])[] = [
  ['EVENT_ID', 'What the run was started for; it is told in logs and results.'],
  ['TRACEPARENT, TRACESTATE', 'The trace that the run belongs to, as W3C Trace Context has it.'],
  ['HTTP_PROXY, HTTPS_PROXY, NO_PROXY', 'Proxies on the way to Maestro, for both of its channels.'],
  ['NO_COLOR', 'When set, nothing is coloured.'],
  ['XDG_CONFIG_HOME', 'Where the configuration file is looked for.'],
];

function outcomeText(hasOutcome: true | string): string {
  const where = `its result to ${prose('--results-path')}; see ${reference(pageName('results'), 7)}`;
  return hasOutcome === true ? `It writes ${where}.` : `With ${prose(flagName(hasOutcome))} it writes ${where}.`;
}

function commandPage(spec: AnyCommandSpec, head: Head): string {
  const { name, summary, description, flags, args, outputs = [], hasOutcome } = spec;
  const written =
    args === undefined
      ? ''
      : ` ${args.replace(/[<[]([^>\]]+)[>\]]/g, (whole, word: string) => (whole.startsWith('[') ? `[${italic(word)}]` : italic(word)))}`;
  const children = commands.filter((other) => other.name.startsWith(`${name} `));
  const beside = commands.filter((other) => other !== spec && isBeside(other.name, name));
  return page({ name: pageName(name), section: 1, ...head }, [
    nameSection(pageName(name), summary),
    section('SYNOPSIS', [`${bold(`${program} ${name}`)}${written} [${italic('flags')}]`]),
    section(
      'DESCRIPTION',
      paragraphs([
        said(description ?? sentence(summary)),
        ...(spec.aliases ?? []).map((alias) => filled(`${bold(`${program} ${alias}`)} is the same.`)),
        ...(hasOutcome === false ? [] : [filled(outcomeText(hasOutcome))]),
      ]),
    ),
    section('COMMANDS', listed(children)),
    section('OPTIONS', [
      ...flags.flatMap((flag) => option(flag)),
      ...(outputs.length === 0
        ? []
        : term(
            `${bold('-o')}, ${bold('--output')} ${italic('format')}`,
            said(`output format, the default first: ${outputs.join(', ')}`),
          )),
      ...(flags.length + outputs.length === 0 ? [] : ['.PP']),
      ...filled(`Flags of every command are in ${reference(program, 1)}.`),
    ]),
    environment(flags, []),
    ...(spec.offline === true && !name.startsWith('config') ? [] : [files]),
    exitStatus(exitCodesOf(spec)),
    examples(spec.examples),
    seeAlso([[program, 1], ...beside.map((other) => [pageName(other.name), 1] as const), ...topicReferences]),
  ]);
}

/** Of a word that is no command itself, and leads to some. */
function groupPage(name: string, summary: string, head: Head): string {
  const children = commands.filter((other) => other.name.startsWith(`${name} `));
  return page({ name: pageName(name), section: 1, ...head }, [
    nameSection(pageName(name), summary),
    section('SYNOPSIS', [`${bold(`${program} ${name}`)} ${italic('command')} [${italic('flags')}]`]),
    section('DESCRIPTION', said(sentence(summary))),
    section('COMMANDS', listed(children)),
    seeAlso([[program, 1], ...children.map((child) => [pageName(child.name), 1] as const), ...topicReferences]),
  ]);
}

function listed(specs: readonly AnyCommandSpec[]): readonly string[] {
  return specs.flatMap((spec) => term(reference(pageName(spec.name), 1), said(sentence(spec.summary))));
}

/** Commands of the same group, and the group; of a command that leads to others, those. */
function isBeside(other: string, name: string): boolean {
  const group = groupOf(name).join(' ') || name;
  return other === group || other.startsWith(`${group} `);
}

function topicPage(name: string, topic: Topic, head: Head): string {
  return page({ name: pageName(name), section: 7, ...head }, [
    nameSection(pageName(name), topic.summary),
    section(
      'DESCRIPTION',
      topic.sections.flatMap(({ paragraphs: texts, rows = [] }, index) => [
        ...(index === 0 ? [] : ['.PP']),
        ...paragraphs(texts.map((text) => said(text))),
        ...rows.flatMap((row) => topicRow(name, row)),
      ]),
    ),
    seeAlso([[program, 1], ...topicReferences.filter(([other]) => other !== pageName(name))]),
  ]);
}

/** A row of a table: the first cell is what one types, or an outcome in words. */
function topicRow(name: string, [first = '', ...cells]: readonly string[]): readonly string[] {
  const text = cells
    .filter((cell) => cell !== '')
    .join('; ')
    .replace(/; yes$/, '; trying again may help');
  const flag = name === 'flags' ? commonFlags.find(({ flags }) => flags === first) : undefined;
  return flag === undefined ? term(bold(first), said(text)) : option(flag);
}

function option(flag: FlagSpec): readonly string[] {
  const names = flag.flags
    .split(/, /)
    .map((spelling) => {
      const [word = '', value] = spelling.split(' ');
      if (value === undefined) return bold(word);
      const inner = italic(value.slice(1, -1));
      return value.startsWith('[') ? `${bold(word)}[=${inner}]` : `${bold(word)} ${inner}`;
    })
    .join(', ');
  return term(names, said(flagText(flag)));
}

function environment(flags: readonly FlagSpec[], more: readonly (readonly [string, string])[]): readonly string[] {
  const own = flags.flatMap((flag): readonly (readonly [string, string])[] => {
    if (flag.env === undefined) return [];
    const [name = '', when] = flag.env.split(/, | (?=for )/);
    const long = flag.flags.split(/[ ,]+/).find((word) => word.startsWith('--')) ?? '';
    return [[name, `Stands in for ${long} when that is absent${when === undefined ? '' : `, ${when}`}.`]];
  });
  return section(
    'ENVIRONMENT',
    [...own, ...more].flatMap(([name, text]) => term(bold(name), said(text))),
  );
}

const files = section(
  'FILES',
  term(
    italic('$XDG_CONFIG_HOME/maestro-cli/config.yaml'),
    filled(
      `The configuration file with its contexts, in ${italic('~/.config')} when the variable is not set; see ${reference(pageName('config'), 1)}.`,
    ),
  ),
);

function exitStatus(codes: readonly ExitCode[]): readonly string[] {
  return section(
    'EXIT STATUS',
    codes.flatMap((code) => {
      const { meaning, tryAgain } = exitCodes[code];
      return term(bold(String(code)), said(`${sentence(meaning)}${tryAgain ? ' Trying again may help.' : ''}`));
    }),
  );
}

function examples(all: AnyCommandSpec['examples']): readonly string[] {
  return section(
    'EXAMPLES',
    all.flatMap(({ about: what, command }, index) => [
      ...(index === 0 ? [] : ['.PP']),
      ...said(/[.?!]$/.test(what) ? what : `${what}:`),
      ...literal(command),
    ]),
  );
}

function seeAlso(all: readonly (readonly [string, number])[]): readonly string[] {
  return section('SEE ALSO', filled(all.map(([name, number]) => reference(name, number)).join(', ')));
}

if (import.meta.main) {
  const [folder = 'dist/man'] = process.argv.slice(2);
  const { buildFacts } = await import('./build.ts');
  writeManPages(folder, buildFacts());
}
