import { flagSyntaxes, mayName, type FlagSyntax, type WrittenFlag } from './flag-syntax.ts';

/*
 * Reads a command line by the flags' own data, also one that is refused: where
 * its result goes, and whether its error is JSON, has to be known even then.
 *
 * commander parses the lines that run, and complains about the others. This
 * reads as commander does, in its two passes: first the flags of every command,
 * wherever they stand, then those of the command in what is left. A property
 * test holds both to the same. The loader has this module built in and runs it
 * in old versions of Node too, so it uses only what ES2015 has, and imports no
 * data.
 */

/** What has to be known of a command to find it and its flags on a line. */
export interface WrittenCommand {
  /** `apply`, `consumer list`. */
  readonly name: string;
  /** Other names of it, each of as many words: `ls`. */
  readonly aliases?: readonly string[];
  readonly flags: readonly WrittenFlag[];
}

/** All that can stand on a command line. */
export interface Grammar<C extends WrittenCommand> {
  readonly commands: readonly C[];
  /** Flags of every command. */
  readonly common: readonly WrittenFlag[];
}

/** A flag as it was given once. */
export interface GivenFlag {
  readonly flag: FlagSyntax;
  /** A switch is true, or false when it negates; so is a flag whose optional value was left out. */
  readonly value: string | boolean;
}

export interface ScannedLine<C extends WrittenCommand = WrittenCommand> {
  readonly command: C | undefined;
  /** The words that name the command, or the group of commands; not an alias, and empty when no word does. */
  readonly path: readonly string[];
  /** In the order in which they were read: those of every command before the command's own. */
  readonly given: readonly GivenFlag[];
  /** Flags that other commands have and this one does not; commander refuses such a line. */
  readonly foreign: readonly GivenFlag[];
  readonly positionals: readonly string[];
  /** From the first word on that looks like a flag and is none of the command: what could not be read. */
  readonly unknown: readonly string[];
  /** Help is the answer, whatever else stands on the line. */
  readonly asksHelp: boolean;
  /** The same line for commander, which does not know `--quiet=true`, `-Aojson` and `-o=json`. */
  readonly words: readonly string[];
}

/** What `line` gives a flag, in its order; on a line that is refused, also one that its command does not take. */
export function valuesOf({ given, foreign }: ScannedLine, attribute: string): readonly (string | boolean)[] {
  return given
    .concat(foreign)
    .filter(({ flag }) => flag.attribute === attribute)
    .map(({ value }) => value);
}

/** The last text that `line` gives a flag. */
export function lastText(line: ScannedLine, attribute: string): string | undefined {
  const values = valuesOf(line, attribute);
  const last = values[values.length - 1];
  return typeof last === 'string' ? last : undefined;
}

/**
 * Whether what a specification says of its command holds on `line`.
 *
 * @param said true, or the attribute of the flag with which alone it holds
 */
export function holdsOn(line: ScannedLine, said: boolean | string | undefined): boolean {
  return typeof said === 'string' ? valuesOf(line, said).some((value) => value !== false) : said === true;
}

/** Reads `argv`, without complaining. */
export function scanArgv<C extends WrittenCommand>(argv: readonly string[], grammar: Grammar<C>): ScannedLine<C> {
  // What people try first on any tool. Beside other words it is no flag of ours.
  const given = argv.length === 1 && argv[0] === '--version' ? ['version'] : argv;
  const scan = scanOf(given);
  const common = finder(grammar.common);
  const first = takeFlags(scan, wordsOf(given), { find: common, inCluster: common, isLast: false });
  const { command, path, isReached, said } = commandIn(first, grammar.commands);
  // commander knows a command by one name only.
  if (isReached) said.forEach((word, index) => respell(scan, word, [path[index] ?? word.text]));
  const wordsOfFirst = joined(scan);
  const own = finder(command === undefined ? [] : command.flags);
  const last = takeFlags(scan, first.unknown, {
    find: own,
    inCluster: (name) => own(name) ?? (name.length === 2 ? common(name) : undefined),
    isLast: true,
  });
  const unknown = texts(last.unknown);
  // commander does not look for a command behind a word that is none, so that one is only guessed.
  const asked = isReached ? unknown : texts(first.unknown);
  return {
    command,
    path,
    given: scan.given,
    foreign: foreignFlags(unknown, grammar.commands),
    positionals: texts(first.operands.concat(last.operands)),
    unknown,
    asksHelp: asked.some((text) => text === '-h' || text === '--help'),
    words: isReached ? joined(scan) : wordsOfFirst,
  };
}

/** A word, or what is left of a cluster of short flags, and which word of the line it is. */
interface Word {
  readonly text: string;
  readonly at: number;
}

interface Pass {
  readonly operands: Word[];
  readonly unknown: Word[];
}

type Find = (name: string) => FlagSyntax | undefined;

interface Flags {
  readonly find: Find;
  /** Behind a short switch, as in `-Aojson`. */
  readonly inCluster: Find;
  /** No command can follow any more, so a negative number is an argument. */
  readonly isLast: boolean;
}

/** What is read so far. */
interface Scan {
  readonly given: GivenFlag[];
  /** Of each word of the line, what stands for it on commander's. */
  readonly spelt: string[][];
}

function scanOf(argv: readonly string[]): Scan {
  return { given: [], spelt: argv.map((word) => [word]) };
}

function joined(scan: Scan): readonly string[] {
  return ([] as string[]).concat(...scan.spelt);
}

/** Takes known flags and their values out of `line`, and sorts the rest by whether an unknown flag came before it. */
function takeFlags(scan: Scan, line: readonly Word[], flags: Flags): Pass {
  const words = withoutSwitchValues(scan, line, flags.find);
  const pass: Pass = { operands: [], unknown: [] };
  let left = pass.operands;
  let cluster: Word | undefined;
  let next = 0;
  for (let word = words[next++]; word !== undefined; word = cluster ?? words[next++]) {
    const { text } = word;
    const find = cluster === undefined ? flags.find : flags.inCluster;
    cluster = undefined;
    if (text === '--') {
      if (left === pass.unknown) left.push(word);
      left.push(...words.slice(next));
      break;
    }
    const flag = find(text);
    if (flag !== undefined) {
      const value = takesNext(flag, words[next]) ? words[next++] : undefined;
      give(scan, flag, word, value);
      continue;
    }
    const short = /^-[^-]./.test(text) ? find(text.slice(0, 2)) : undefined;
    if (short !== undefined) {
      if (short.takes === 'nothing') {
        give(scan, short, word);
        cluster = { text: `-${text.slice(2)}`, at: word.at };
        // What looks long there is so for the command only.
        if (cluster.text[1] !== '-') respell(scan, word, [text.slice(0, 2), cluster.text]);
      } else giveGlued(scan, short, word);
      continue;
    }
    const [, name = '', value = ''] = /^(--[^=]+)=([^]*)$/.exec(text) ?? [];
    const long = find(name);
    if (long !== undefined && long.takes !== 'nothing') {
      scan.given.push({ flag: long, value });
      continue;
    }
    if (looksLikeFlag(text) && !(flags.isLast && isNegativeNumber(text))) left = pass.unknown;
    left.push(word);
  }
  return pass;
}

function give(scan: Scan, flag: FlagSyntax, word: Word, value?: Word): void {
  // Without its value, commander refuses the line.
  if (flag.takes === 'a value' && value === undefined) return;
  scan.given.push({ flag, value: value === undefined ? !flag.negates : value.text });
  const spelt = scan.spelt[word.at];
  if (spelt === undefined || spelt.length < 2 || value === undefined) return;
  // The end of a cluster: the flag may be one of every command, and commander would not find its value behind it.
  respell(scan, word, [`${flag.long}=${value.text}`]);
  scan.spelt[value.at] = [];
}

/** `-ojson`, and as Go tools have it `-o=json`. */
function giveGlued(scan: Scan, flag: FlagSyntax, word: Word): void {
  const value = word.text.slice(2).replace(/^=/, '');
  scan.given.push({ flag, value });
  if (value.length < word.text.length - 2) respell(scan, word, [`${flag.long}=${value}`]);
}

/** Puts other words for the last that stands for this one. */
function respell(scan: Scan, { at }: Word, instead: readonly string[]): void {
  scan.spelt[at] = (scan.spelt[at] ?? []).slice(0, -1).concat(instead);
}

/** In small letters. */
const switchValues: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['t', true],
  ['1', true],
  ['false', false],
  ['f', false],
  ['0', false],
]);

/** `--quiet=true` and `--quiet=false`, as Go tools take switches: the first is the flag, the second its absence. */
function withoutSwitchValues(scan: Scan, words: readonly Word[], find: Find): readonly Word[] {
  const kept: Word[] = [];
  let literal = false;
  for (const word of words) {
    literal = literal || word.text === '--';
    const [, name = '', value = ''] = /^(--[\w-]+)=(\w+)$/.exec(word.text) ?? [];
    const wanted = switchValues.get(value.toLowerCase());
    const flag = literal || wanted === undefined ? undefined : find(name);
    if (flag === undefined || flag.takes !== 'nothing' || flag.negates) {
      kept.push(word);
    } else if (wanted) {
      kept.push({ text: name, at: word.at });
      respell(scan, word, [name]);
    } else respell(scan, word, []);
  }
  return kept;
}

function takesNext(flag: FlagSyntax, next: Word | undefined): boolean {
  if (next === undefined || flag.takes === 'nothing') return false;
  return flag.takes === 'a value' || !looksLikeFlag(next.text) || isNegativeNumber(next.text);
}

function looksLikeFlag(text: string): boolean {
  return text.length > 1 && text[0] === '-';
}

function isNegativeNumber(text: string): boolean {
  return /^-(\d+|\d*\.\d+)([eE][+-]?\d+)?$/.test(text);
}

/**
 * Finds the command, and takes its words out of the pass. On a line that runs
 * it stands before all else that is no flag; on one that is refused it is the
 * first word that can be one.
 */
function commandIn<C extends WrittenCommand>({ operands, unknown }: Pass, commands: readonly C[]): FoundCommand<C> {
  const namesOf = ({ name, aliases = [] }: C): readonly string[] => [name].concat(aliases);
  const begins = (path: string): boolean =>
    commands.some((command) => namesOf(command).some((name) => `${name} `.indexOf(`${path} `) === 0));
  const words = operands.some(({ text }) => begins(text)) ? operands : unknown;
  const start = texts(words).findIndex(begins);
  if (start < 0) return { command: undefined, path: [], isReached: false, said: [] };
  let end = start + 1;
  const path = (upTo: number): readonly string[] => texts(words.slice(start, upTo));
  while (words[end] !== undefined && begins(path(end + 1).join(' '))) end += 1;
  const found = path(end);
  const said = words.splice(start, end - start);
  const [command] = commands.filter((one) => namesOf(one).indexOf(found.join(' ')) >= 0);
  return {
    command,
    path: command === undefined ? found : command.name.split(' '),
    isReached: words === operands && start === 0,
    said,
  };
}

interface FoundCommand<C> {
  readonly command: C | undefined;
  readonly path: readonly string[];
  readonly isReached: boolean;
  /** The words that named it. */
  readonly said: readonly Word[];
}

function foreignFlags(unknown: readonly string[], commands: readonly WrittenCommand[]): readonly GivenFlag[] {
  if (unknown.length === 0) return [];
  const scan = scanOf(unknown);
  const find = finder(([] as WrittenFlag[]).concat(...commands.map(({ flags }) => flags)));
  takeFlags(scan, wordsOf(unknown), { find, inCluster: find, isLast: true });
  return scan.given;
}

/** The first of several flags of one name wins. How a flag is written is read only where the name occurs in it. */
function finder(flags: readonly WrittenFlag[]): Find {
  return (name) => {
    if (name[0] !== '-') return undefined;
    for (const flag of flags.filter((one) => mayName(one, name)))
      for (const syntax of flagSyntaxes(flag)) if (syntax.names.indexOf(name) >= 0) return syntax;
    return undefined;
  };
}

function wordsOf(line: readonly string[]): readonly Word[] {
  return line.map((text, at) => ({ text, at }));
}

function texts(words: readonly Word[]): readonly string[] {
  return words.map(({ text }) => text);
}
