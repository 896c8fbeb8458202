import type { AnyCommandSpec, FlagSpec, RawFlags } from '../../command-line/command-spec.ts';
import { commonFlags } from '../../command-line/common-flags.ts';
import { flagSyntaxes, type FlagSyntax } from '../../command-line/flag-syntax.ts';
import { scanArgv, type GivenFlag } from '../../command-line/scan-argv.ts';

/** A command line up to the cursor, read as the parser reads it. */
export interface LineToComplete {
  readonly spec: AnyCommandSpec | undefined;
  /** The words that name the command, or the group of commands. */
  readonly path: readonly string[];
  readonly given: readonly GivenFlag[];
  /** Arguments before the cursor. */
  readonly args: readonly string[];
  /** What the word under the cursor is. */
  readonly place:
    { readonly kind: 'argument' } | { readonly kind: 'flag' } | { readonly kind: 'value'; readonly flag: FlagSpec };
  /** What of that word stays before every candidate: `--consumer=`, or nothing. */
  readonly kept: string;
  /** What of it is there already of a candidate. */
  readonly typed: string;
}

/** Stands for the word under the cursor: no argument of a process can hold it. */
const cursor = '\0';

/** @param words those before the cursor, and the one that it stands in, which may be empty */
export function lineUpTo(words: readonly string[], commands: readonly AnyCommandSpec[]): LineToComplete {
  const typed = words.at(-1) ?? '';
  const looksLikeFlag = typed.startsWith('-');
  const mark = looksLikeFlag ? `-${cursor}` : cursor;
  const {
    command: spec,
    path,
    given,
    positionals,
  } = scanArgv([...words.slice(0, -1), mark], { commands, common: commonFlags });
  const line = {
    spec,
    path,
    given: given.filter(({ value }) => value !== mark),
    args: positionals.filter((word) => word !== mark),
  };
  const flags = [...(spec?.flags ?? []), ...commonFlags];
  const awaiting = given.find(({ value }) => value === mark)?.flag;
  const awaitingSpec = awaiting === undefined ? undefined : specOf(awaiting, flags);
  if (awaitingSpec !== undefined) return { ...line, place: { kind: 'value', flag: awaitingSpec }, kept: '', typed };
  // Behind "--" nothing is a flag.
  if (!looksLikeFlag || positionals.includes(mark)) return { ...line, place: { kind: 'argument' }, kept: '', typed };
  const glued = gluedValue(typed, flags);
  if (glued !== undefined) return { ...line, ...glued };
  return { ...line, place: { kind: 'flag' }, kept: '', typed };
}

/** `--output=js`, `-ojs` and `-o=js`. */
function gluedValue(
  typed: string,
  flags: readonly FlagSpec[],
): Pick<LineToComplete, 'place' | 'kept' | 'typed'> | undefined {
  const [, name = '', separator = ''] = /^(--[^=]+)(=)/.exec(typed) ?? /^(-[^-])(=?)./.exec(typed) ?? [];
  const flag = flags.find((one) =>
    flagSyntaxes(one).some((syntax) => syntax.names.includes(name) && syntax.takes !== 'nothing'),
  );
  if (flag === undefined) return undefined;
  const kept = `${name}${separator}`;
  return { place: { kind: 'value', flag }, kept, typed: typed.slice(kept.length) };
}

function specOf({ long }: FlagSyntax, flags: readonly FlagSpec[]): FlagSpec | undefined {
  return flags.find((flag) => flagSyntaxes(flag).some((syntax) => syntax.long === long));
}

/** The flags of the line as a command's `parse` takes them. */
export function rawFlags({ given, spec }: LineToComplete): RawFlags {
  const flags: Record<string, string | boolean | readonly string[]> = {};
  for (const { flag, value } of given) {
    const repeats = specOf(flag, spec?.flags ?? [])?.repeat === true && typeof value === 'string';
    const before = flags[flag.attribute];
    flags[flag.attribute] = repeats ? [...(Array.isArray(before) ? (before as readonly string[]) : []), value] : value;
  }
  return flags;
}
