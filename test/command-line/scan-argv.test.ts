import { CommanderError } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonFlags } from '../../src/command-line/common-flags.ts';
import type { AnyCommandSpec, RawFlags } from '../../src/command-line/command-spec.ts';
import { flagSyntaxes, type FlagSyntax } from '../../src/command-line/flag-syntax.ts';
import { buildProgram, readCommandLine } from '../../src/command-line/program.ts';
import { scanArgv, type ScannedLine } from '../../src/command-line/scan-argv.ts';
import { refuseUnknownCommand } from '../../src/command-line/unknown-command.ts';
import { commands, grammar } from '../../src/commands/index.ts';
import { MaestroError } from '../../src/errors.ts';

const scan = (argv: readonly string[]): ScannedLine<AnyCommandSpec> => scanArgv(argv, grammar);

interface Reading {
  readonly command: string;
  readonly flags: RawFlags;
  readonly positionals: readonly string[];
}

const negated = new Set(
  commands
    .flatMap(({ flags }) => flags.map((flag) => flagSyntaxes(flag)[0]))
    .flatMap(({ negates, attribute }) => (negates ? [attribute] : [])),
);

/**
 * Of a `--no-…` that is not given, commander says that the thing is wanted; and what is given by an alias comes last.
 */
function normal(flags: RawFlags): RawFlags {
  const sorted = (value: RawFlags[string]): RawFlags[string] => (typeof value === 'object' ? value.toSorted() : value);
  return Object.fromEntries(
    Object.entries(flags).flatMap(([name, value]) =>
      negated.has(name) && value === true ? [] : [[name, sorted(value)]],
    ),
  );
}

/** As commander reads `argv`: the call, `help`, or undefined when it refuses the line. */
function byCommander(argv: readonly string[]): Reading | 'help' | undefined {
  let reading: Reading | undefined;
  const silent = { out: (): void => undefined, err: (): void => undefined, columns: 80 };
  try {
    buildProgram(commands, silent, ({ name }, flags, positionals) => {
      reading = { command: name, flags: normal(flags), positionals };
    }).parse([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.code === 'commander.helpDisplayed' ? 'help' : undefined;
    expect(error).toBeInstanceOf(MaestroError);
    return undefined;
  }
  return reading;
}

/** As `readCommandLine` reads it, which the commands get. */
function byProgram(argv: readonly string[]): Reading | 'help' | undefined {
  const silent = { out: (): void => undefined, err: (): void => undefined, columns: 80 };
  try {
    const invocation = readCommandLine(scan(argv), commands, silent);
    if (invocation === undefined) return 'help';
    return { command: invocation.spec.name, flags: normal(invocation.flags), positionals: invocation.args };
  } catch (error) {
    expect(error).toMatchObject({ code: 'usage' });
    return undefined;
  }
}

/** As the tokenizer reads it. */
function byScan(argv: readonly string[]): Reading | 'help' {
  const { command, given, positionals, asksHelp } = scan(argv);
  if (asksHelp) return 'help';
  const repeated = new Set(
    [...commonFlags, ...(command?.flags ?? [])].flatMap((flag) =>
      flag.repeat ? [flagSyntaxes(flag)[0].attribute] : [],
    ),
  );
  const flags: Record<string, string | boolean | readonly string[]> = {};
  for (const { flag, value } of given) {
    const { attribute } = flag;
    if (!repeated.has(attribute)) flags[attribute] = value;
    else flags[attribute] = [...((flags[attribute] as readonly string[] | undefined) ?? []), String(value)];
  }
  return { command: command?.name ?? '', flags: normal(flags), positionals };
}

/** Of groups too, and of commands that need all three of theirs. */
const wordsOfCommands = [...new Set(commands.flatMap(({ name }) => name.split(' ')))];
const anyCommand = fc.constantFrom(...commands);
/** Values that look like something else, too. */
const anyValue = fc.constantFrom('x', 'json', 'a=b', '', '=', 'apply', 'list', '-5', '-', 'two words', 'true', 'false');

/** A flag of the command, or of every command, in one of its spellings. */
function flagOf(command: AnyCommandSpec): fc.Arbitrary<FlagSyntax> {
  return fc.constantFrom(...[...command.flags, ...commonFlags].flatMap((flag) => [...flagSyntaxes(flag)]));
}

/** Any words that a command line of this command can hold, in any order: right and wrong ones. */
function wordsFor(command: AnyCommandSpec): fc.Arbitrary<readonly string[]> {
  const flag = flagOf(command).chain(({ names }) => fc.constantFrom(...names));
  const switches = fc.constantFrom('-v', '-A', '-y', '-h', '-o', '-f', '-n', '-c');
  const word = fc.oneof(
    flag,
    anyValue,
    fc.tuple(flag, anyValue).map(([name, value]) => `${name}=${value}`),
    fc.tuple(switches, switches, anyValue).map(([one, two, value]) => `${one}${two.slice(1)}${value}`),
    fc.tuple(switches, anyValue).map(([one, value]) => `${one}${value}`),
    fc.constantFrom('--', '--help', '-h', '--bogus', '--bogus=1', '-Z', '--name', '--version'),
    fc.constantFrom(...wordsOfCommands),
  );
  return fc
    .tuple(fc.array(word, { maxLength: 2 }), fc.array(word, { maxLength: 7 }))
    .map(([before, after]) => [...before, ...command.name.split(' '), ...after]);
}

/**
 * Spellings of Go tools, which commander takes for something else; and switches run together with a dash at their
 * end, of which only ours reads all, so that the dash is left and ends the flags.
 */
const ours = /^-\w+=|^--[\w-]+=(true|false)$|^-\w{2,}-$/;

describe('the tokenizer and commander', () => {
  it('read the same of any line that commander takes', () => {
    let taken = 0;
    fc.assert(
      fc.property(anyCommand.chain(wordsFor), (argv) => {
        const parsed = byCommander(argv);
        if (parsed === undefined || argv.some((word) => ours.test(word))) return;
        taken += 1;
        expect(byScan(argv)).toEqual(parsed);
        const program = byProgram(argv);
        // Before it gives help, ours may refuse a spelling that commander does not know.
        if (parsed === 'help' && program === undefined) return;
        // A command that does not exist is refused before commander sees it.
        if (program === undefined) expect(() => refuseUnknownCommand(argv, commands)).toThrow(/unknown command/);
        else expect(program).toEqual(parsed);
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('read the same of any line, when commander is given the spellings that it takes', () => {
    fc.assert(
      fc.property(anyCommand.chain(wordsFor), (argv) => {
        const parsed = byProgram(argv);
        if (parsed !== undefined) expect(byScan(argv)).toEqual(parsed);
      }),
      { numRuns: 2000 },
    );
  });
});

interface Given {
  readonly flag: FlagSyntax;
  readonly value: string;
  readonly spelling: number;
}

/** One flag with its value in one of the spellings that there are for it. */
function spelt({ flag, value, spelling }: Given): {
  readonly words: readonly string[];
  readonly read: string | boolean;
} {
  const name = flag.names[spelling % flag.names.length] ?? flag.long;
  const short = flag.names.find((other) => !other.startsWith('--'));
  if (flag.takes === 'nothing') {
    const long = { words: [`${flag.long}=true`], read: true };
    return spelling % 3 === 2 && !flag.negates ? long : { words: [name], read: !flag.negates };
  }
  if (flag.takes === 'an optional value' && spelling % 3 === 0) return { words: [flag.long], read: true };
  const glued = short === undefined ? `${flag.long}=${value}` : `${short}${value}`;
  const byEquals = short === undefined ? `${flag.long}=${value}` : `${short}=${value}`;
  const ways = [[flag.long, value], [`${flag.long}=${value}`], [name, value], [glued], [byEquals]];
  return { words: ways[spelling % ways.length] ?? [], read: value };
}

it('gives back every flag, value and positional that a line was made of, in any spelling', () => {
  const lines = anyCommand.chain((command) =>
    fc.record({
      command: fc.constant(command),
      given: fc.uniqueArray(
        fc.record({
          flag: flagOf(command),
          value: fc.constantFrom('x', 'json', 'a=b', 'apply', 'two words'),
          spelling: fc.nat(14),
        }),
        { selector: ({ flag }) => flag.attribute, maxLength: 6 },
      ),
      positionals: fc.array(fc.constantFrom('p', 'apply', '--flag', '-v', '--results-path=x'), { maxLength: 2 }),
    }),
  );
  fc.assert(
    fc.property(lines, ({ command, given, positionals }) => {
      const parts = given.map((one) => ({ ...spelt(one), attribute: one.flag.attribute }));
      const ends = positionals.length > 0 ? ['--', ...positionals] : [];
      const line = scan([...command.name.split(' '), ...parts.flatMap(({ words }) => words), ...ends]);
      expect(line).toMatchObject({ command, positionals, foreign: [], unknown: [], asksHelp: false });
      expect(new Map(line.given.map(({ flag, value }) => [flag.attribute, value]))).toEqual(
        new Map(parts.map(({ attribute, read }) => [attribute, read])),
      );
    }),
    { numRuns: 2000 },
  );
});

it('no command has a flag that is spelt as one of every command', () => {
  const namesOf = (flags: readonly FlagSyntax[]): readonly string[] => flags.flatMap(({ names }) => names);
  const common = namesOf(commonFlags.flatMap((flag) => [...flagSyntaxes(flag)]));
  for (const { name, flags } of commands) {
    const own = namesOf(flags.flatMap((flag) => [...flagSyntaxes(flag)]));
    expect(new Set([...own, ...common]).size, name).toBe(own.length + common.length);
  }
});

it('no flag has a negation of its own beside it, for what commander makes of both depends on whether it knows both', () => {
  for (const { name, flags } of commands) {
    const long = [...flags, ...commonFlags].flatMap((flag) => flagSyntaxes(flag).map((syntax) => syntax.long));
    const negated = long.filter((one) => one.startsWith('--no-')).map((one) => one.replace(/^--no-/, '--'));
    expect(
      long.filter((one) => negated.includes(one)),
      name,
    ).toEqual([]);
  }
});
