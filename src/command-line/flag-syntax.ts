import type { FlagSpec } from './command-spec.ts';

/** How one spelling of a flag is written, read from commander's notation (`-f, --manifest-file <file>`). */
export interface FlagSyntax {
  /** `-f` and `--manifest-file`. */
  readonly names: readonly string[];
  readonly long: string;
  /** The name under which its value is found: `manifestFile`. */
  readonly attribute: string;
  /** `--watch [expr]` takes an optional value, a switch takes none. */
  readonly takes: 'nothing' | 'a value' | 'an optional value';
  /** What stands between the brackets: `file`. */
  readonly valueName: string | undefined;
  /** `--no-remove`: its value is false. */
  readonly negates: boolean;
}

/** Whether the value of a flag is a file of the user, by the name that the specification gives it. */
export function takesFile({ valueName }: Pick<FlagSyntax, 'valueName'>): boolean {
  return valueName === 'file' || valueName === 'path';
}

/** What of a flag says how it is written. */
export type WrittenFlag = Pick<FlagSpec, 'flags' | 'aliases'>;

/** Every spelling of a flag, its own before its aliases; all have the attribute of the first. */
export function flagSyntaxes({ flags, aliases = [] }: WrittenFlag): readonly [FlagSyntax, ...FlagSyntax[]] {
  const own = syntaxOf(flags);
  return [own, ...aliases.map((alias) => syntaxOf(alias, own.attribute))];
}

/**
 * Whether one of the spellings can be this name. Each run asks it of all flags, and reads how a flag is written only
 * of those few of which this is true.
 */
export function mayName({ flags, aliases = [] }: WrittenFlag, name: string): boolean {
  return flags.indexOf(name) >= 0 || aliases.some((alias) => alias.indexOf(name) >= 0);
}

function syntaxOf(flags: string, attribute?: string): FlagSyntax {
  const names = flags.split(/[ ,]+/).filter((word) => word[0] === '-');
  const long = names.filter((name) => name[1] === '-')[0] ?? '';
  const bracket = /([<[])([^>\]]+)/.exec(flags);
  const negates = /^--no-/.test(long);
  return {
    names,
    long,
    attribute:
      attribute ?? long.replace(/^--(?:no-)?/, '').replace(/-(.)/g, (_dash, letter: string) => letter.toUpperCase()),
    takes: bracket === null ? 'nothing' : bracket[1] === '<' ? 'a value' : 'an optional value',
    valueName: bracket?.[2],
    negates,
  };
}

/** What a flag means, with its default, its variable and its other spellings. */
export function flagText({ about, defaultText, env, aliases = [] }: FlagSpec): string {
  const notes = [
    ...(defaultText === undefined ? [] : [`default ${defaultText}`]),
    ...(env === undefined ? [] : [`env ${env}`]),
    ...(aliases.length === 0 ? [] : [`also ${aliasNames(aliases)}`]),
  ];
  return notes.length === 0 ? about : `${about} (${notes.join('; ')})`;
}

/** Other spellings without what they take. */
export function aliasNames(aliases: readonly string[]): string {
  return aliases.map((alias) => alias.split(' ')[0]).join(', ');
}
