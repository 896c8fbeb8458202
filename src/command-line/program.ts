import { Command, CommanderError, Option } from 'commander';
import { exitCodes } from '../exit-code.ts';
import { listed } from '../core/text.ts';
import { nearest } from '../core/works/did-you-mean.ts';
import { MaestroError } from '../errors.ts';
import { commonFlags } from './common-flags.ts';
import type { AnyCommandSpec, CommandData, FlagSpec, RawFlags } from './command-spec.ts';
import { exitCodesOf } from './exit-codes.ts';
import { flagSyntaxes, flagText, mayName } from './flag-syntax.ts';
import type { ScannedLine } from './scan-argv.ts';
import { refuseUnknownCommand } from './unknown-command.ts';

const ownName = 'maestro-cli';

export interface ProgramOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly columns: number;
  /** What is typed to start us, as help is to show it; `maestro-cli` without it. */
  readonly invokedAs?: string | undefined;
}

/** What the command line turned out to ask for. */
export interface Invocation {
  readonly spec: AnyCommandSpec;
  readonly flags: RawFlags;
  readonly args: readonly string[];
}

/**
 * Parses a command line with commander. Returns undefined when help was
 * printed. Throws a usage error for anything that no command takes.
 */
export function readCommandLine(
  line: ScannedLine<AnyCommandSpec>,
  specs: readonly AnyCommandSpec[],
  output: ProgramOutput,
): Invocation | undefined {
  const { words, path } = line;
  let invocation: Invocation | undefined;
  refuseUnknownCommand(words, specs);
  // The command, and those of its group; the line cannot reach another.
  const named = specs.filter(({ name }) => name.split(' ')[0] === path[0]);
  const program = buildProgram(
    // When the line names none, all of them are listed.
    named.length > 0 ? named : specs,
    output,
    (spec, flags, args) => {
      invocation = { spec, flags, args };
    },
    { complete: named, mayBeGiven: givenOn(line) },
  );
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed' || error.code === 'commander.help') {
      if (error.exitCode === 0) return undefined;
      // Without a command, help is an answer to a mistake, not to a question.
      throw new MaestroError('usage', 'no command was given', { hint: 'Name a command from the list above.' });
    }
    throw new MaestroError('usage', withoutSecrets(error.message.replace(/^error: /, ''), words), {
      hint: hintFor(error, line, specs),
      cause: error,
    });
  }
  return invocation;
}

/**
 * Which flags commander has to know for this line. All that a command takes are hundreds of KB of objects in each run.
 * So on a line without help, and without a cluster of short flags, which may hold any, it gets those of which a name
 * is there, and those that mean something when they are not.
 */
function givenOn({ command, words }: ScannedLine<AnyCommandSpec>): (flag: FlagSpec) => boolean {
  if (command === undefined || words.some((word) => /^-[^-][^]|^-h$|^--help$/.test(word))) return () => true;
  const names = words.filter((word) => word.startsWith('-')).map((word) => word.split('=')[0] ?? word);
  return (flag) => mayName(flag, '--no-') || names.some((name) => mayName(flag, name));
}

/** What to do about a line that commander refuses. */
function hintFor(
  { code, message }: CommanderError,
  { command }: ScannedLine<AnyCommandSpec>,
  specs: readonly AnyCommandSpec[],
): string {
  const general = `maestro-cli ${command === undefined ? '' : `${command.name} `}--help shows what it takes.`;
  if (command === undefined) return general;
  if (code === 'commander.unknownOption') return unknownFlagHint(message, command, specs) ?? general;
  if (code !== 'commander.excessArguments' && code !== 'commander.missingArgument') return general;
  const { name, args, insteadOfArgs } = command;
  const takes =
    args === undefined
      ? `${name} takes no arguments${insteadOfArgs === undefined ? '' : `: ${insteadOfArgs}`}`
      : `Give: maestro-cli ${name} ${args}`;
  return `${takes}. ${general}`;
}

/** The flag that was probably meant; else which commands have the one that was given. */
function unknownFlagHint(message: string, command: CommandData, specs: readonly CommandData[]): string | undefined {
  const given = /'(--?[^'=]+)/.exec(message)?.[1] ?? '';
  const spellings = (flags: readonly FlagSpec[]): readonly string[] =>
    flags.flatMap((flag) => flagSyntaxes(flag).flatMap(({ names }) => names));
  const known = spellings([...command.flags, ...commonFlags]).filter((name) => name.startsWith('--'));
  const meant = given.startsWith('--') ? nearest(given, known) : undefined;
  // Only flags of every command may stand before it.
  if (spellings(command.flags).includes(given)) return `Write ${given} behind "maestro-cli ${command.name}".`;
  if (meant !== undefined) return `Did you mean ${meant}?`;
  const others = specs.filter(({ flags }) => spellings(flags).includes(given)).map(({ name }) => name);
  if (others.length === 0) return undefined;
  return `${given} is a flag of ${listed(others, 4)}. maestro-cli ${command.name} --help shows what it takes.`;
}

/** A misspelt flag may carry a token as its value, and a token with a space in it becomes a stray argument. */
function withoutSecrets(message: string, words: readonly string[]): string {
  const text = message.replace(/^(unknown option '[^=']+)=[\s\S]*'/, "$1'");
  return words.some((word) => /^--.*tok/i.test(word)) ? text.replace(/(but got \d+): [\s\S]*$/, '$1.') : text;
}

/** What of the commands a program needs for one line. */
interface Needed<C> {
  /** The commands that get their flags; the others are only named in help. */
  readonly complete: readonly C[];
  readonly mayBeGiven: (flag: FlagSpec) => boolean;
}

/** The commander program of the commands: it parses, and prints their help. Without `needed` it knows everything. */
export function buildProgram<C extends CommandData>(
  specs: readonly C[],
  output: ProgramOutput,
  found: (spec: C, flags: RawFlags, args: readonly string[]) => void,
  { complete, mayBeGiven }: Needed<C> = { complete: specs, mayBeGiven: () => true },
): Command {
  const program = configured(new Command(output.invokedAs ?? ownName), output)
    .description('Applies, waits for, reads and deletes ManifestWorks through Maestro.')
    .usage('<command> [flags]');
  for (const flag of commonFlags.filter(mayBeGiven))
    for (const option of optionsOf(flag)) program.addOption(option.hideHelp());
  program.addHelpText('after', () => commonFlagsHelp(program, output.columns));
  for (const spec of specs) {
    // A new command takes over what was configured for its parent.
    const command = parentOf(program, spec.name)
      .command(lastWord(spec.name), { hidden: spec.hidden === true })
      .helpCommand(false);
    command.summary(spec.summary).description(spec.description ?? sentence(spec.summary));
    command.usage([...(spec.args === undefined ? [] : [spec.args]), '[flags]'].join(' '));
    for (const alias of spec.aliases ?? []) command.alias(lastWord(alias));
    if (!complete.includes(spec)) continue;
    if (spec.args) command.arguments(spec.args);
    command.allowExcessArguments(false);
    for (const flag of spec.flags.filter(mayBeGiven)) for (const option of optionsOf(flag)) command.addOption(option);
    command.addHelpText('after', () => helpTail(spec, output.invokedAs ?? ownName));
    command.action(() => {
      found(spec, mergeAliases(command.optsWithGlobals(), [...spec.flags, ...commonFlags]), command.args);
    });
  }
  return program;
}

function configured(command: Command, output: ProgramOutput): Command {
  return (
    command
      .exitOverride()
      // Its suggestions know neither the common flags nor aliases.
      .showSuggestionAfterError(false)
      .helpOption('-h, --help', 'show this help')
      .helpCommand(false)
      .configureHelp({
        helpWidth: Math.min(80, output.columns),
        showGlobalOptions: false,
        styleTitle: (title) => (title === 'Options:' ? 'Flags:' : title),
        subcommandTerm: (command) =>
          [
            [command.name(), ...command.aliases()].join(', '),
            ...command.registeredArguments.filter(({ required }) => required).map((argument) => `<${argument.name()}>`),
          ].join(' '),
      })
      .configureOutput({ writeOut: output.out, writeErr: output.err, outputError: () => undefined })
  );
}

/** Of the groups that are no command themselves, by all the words that lead to them. */
export const groupSummaries: Readonly<Record<string, string>> = {
  consumer: 'target clusters and their labels',
  migrate: 'move the works of clusters to other works, without an object lost on the way',
  gitops: 'Argo CD applications of a hub on its clusters, through Maestro',
  'gitops migrate': 'hand applications over from one pull model to the other, without one of them lost',
};

function parentOf(program: Command, name: string): Command {
  const words = groupOf(name);
  return words.reduce((parent, word, index) => {
    const existing = parent.commands.find((command) => command.name() === word);
    const summary = groupSummaries[words.slice(0, index + 1).join(' ')] ?? word;
    return (
      existing ??
      parent.command(word).helpCommand(false).usage('<command> [flags]').summary(summary).description(sentence(summary))
    );
  }, program);
}

/** The words that lead to a command: `gitops`, `migrate` of `gitops migrate plan`, and none of `apply`. */
export function groupOf(name: string): readonly string[] {
  return name.split(' ').slice(0, -1);
}

/** A summary as a sentence of its own. */
export function sentence(summary: string): string {
  return `${summary[0]?.toUpperCase() ?? ''}${summary.slice(1)}.`;
}

function lastWord(name: string): string {
  return name.split(' ').at(-1) ?? name;
}

/** A flag and its other spellings, which are hidden in help but named in its text. */
function optionsOf(flag: FlagSpec): Option[] {
  const main = new Option(flag.flags, flagText(flag));
  const others = (flag.aliases ?? []).map((alias) => new Option(alias).hideHelp());
  for (const option of [main, ...others]) {
    if (flag.repeat) option.argParser(collect);
    else if (!option.isBoolean() && !option.negate) option.argParser(onceOnly(option));
  }
  return [main, ...others];
}

function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/**
 * A flag for one value given twice is a mistake: taking the last would do half
 * of what was asked, unseen. The values are not repeated, they may be tokens.
 */
function onceOnly(option: Option): (value: string, previous: string | undefined) => string {
  return (value, previous) => {
    if (previous === undefined || previous === value) return value;
    throw new MaestroError('usage', `${option.long ?? option.flags} was given twice, with different values`, {
      hint: 'Leave one of the two out.',
    });
  };
}

/** Folds each alias into the name of its flag; both at once is a mistake unless they agree or repeat. */
function mergeAliases(values: Record<string, unknown>, flags: readonly FlagSpec[]): RawFlags {
  const merged: Record<string, unknown> = { ...values };
  for (const flag of flags) {
    if (flag.aliases === undefined) continue;
    const [{ attribute, long }, ...aliases] = flagSyntaxes(flag);
    for (const alias of aliases) {
      const aliasName = new Option(alias.long).attributeName();
      const value = merged[aliasName];
      if (value === undefined) continue;
      delete merged[aliasName];
      const present = merged[attribute];
      if (present === undefined) merged[attribute] = value;
      else if (Array.isArray(present) && Array.isArray(value))
        merged[attribute] = [...(present as string[]), ...(value as string[])];
      else if (present !== value) {
        throw new MaestroError('usage', `${long} and ${alias.long} are one flag and were given different values`);
      }
    }
  }
  return merged as RawFlags;
}

/** Flags of every command, in the help of the program only, below the commands. */
function commonFlagsHelp(program: Command, columns: number): string {
  const help = program.createHelp();
  help.prepareContext({ helpWidth: Math.min(80, columns) });
  const options = commonFlags.map((flag) => optionsOf(flag)[0]).filter((option) => option !== undefined);
  const width = Math.max(...options.map((option) => option.flags.length));
  const lines = options.map((option) => help.formatItem(option.flags, width, option.description, help));
  return ['', 'Common flags, for every command:', ...lines].join('\n');
}

/** Words with commas between them, on as many lines as they need. */
function wordLines(words: readonly string[]): readonly string[] {
  return words.reduce<readonly string[]>((lines, word, index) => {
    const text = index === words.length - 1 ? word : `${word},`;
    const last = lines.at(-1);
    return last === undefined || last.length + 1 + text.length > 80
      ? [...lines, `  ${text}`]
      : [...lines.slice(0, -1), `${last} ${text}`];
  }, []);
}

function helpTail(spec: CommandData, name: string): string {
  const typed = (command: string): string => command.replaceAll(`${ownName} `, `${name} `);
  const examples = spec.examples.map((example) => `  # ${example.about}\n  ${typed(example.command)}`);
  const codes = exitCodesOf(spec).map((code) => `  ${String(code).padEnd(5)}${exitCodes[code].meaning}`);
  const outputs = spec.outputs ?? [];
  return [
    ...(outputs.length === 0 ? [] : ['', 'Output formats (-o), the default first:', ...wordLines(outputs)]),
    '',
    'Examples:',
    examples.join('\n\n'),
    '',
    'Exit codes:',
    ...codes,
    '',
    `Connection and other common flags: ${name} --help`,
  ].join('\n');
}
