import type { CommandData, FlagSpec } from '../../command-line/command-spec.ts';
import { commonFlags } from '../../command-line/common-flags.ts';
import { flagSyntaxes, flagText } from '../../command-line/flag-syntax.ts';
import { groupSummaries } from '../../command-line/program.ts';
import type { LineToComplete } from './line.ts';
import { valueKind, type AskedKind } from './value-kinds.ts';

/** One word that may stand there. */
export interface Offer {
  readonly word: string;
  readonly about?: string;
  /** Offered only when nothing without this mark begins as what is typed: other spellings, short forms. */
  readonly second?: boolean;
}

/** What may stand at a place. */
export type Offered =
  | { readonly kind: 'words'; readonly words: readonly Offer[]; readonly commas?: boolean }
  | { readonly kind: 'asked'; readonly what: AskedKind; readonly commas?: boolean }
  | { readonly kind: 'files' }
  | { readonly kind: 'directories' }
  | { readonly kind: 'nothing' };

const nothing: Offered = { kind: 'nothing' };

/** What may stand under the cursor, by the commands' own data; names are to be asked for. */
export function offeredAt(line: LineToComplete, commands: readonly CommandData[]): Offered {
  switch (line.place.kind) {
    case 'flag':
      return { kind: 'words', words: flagOffers(line) };
    case 'value':
      return valueOffers(line.place.flag, line);
    case 'argument':
      return argumentOffers(line, commands);
  }
}

function flagOffers({ spec, given }: LineToComplete): readonly Offer[] {
  const own = spec?.flags ?? [];
  const output = commonFlags.filter(({ flags }) => flags.startsWith('-o') && spec?.outputs !== undefined);
  const shared = commonFlags.filter(({ flags }) => !flags.startsWith('-o'));
  const spelt = new Set<string>();
  const all: readonly FlagSpec[] = [...own, ...output, ...shared, { flags: '-h, --help', about: 'show this help' }];
  const offers: Offer[] = [];
  for (const flag of all) {
    const syntaxes = flagSyntaxes(flag);
    const [{ long, attribute }] = syntaxes;
    // A flag of the command stands for the common one of its name.
    if (spelt.has(long)) continue;
    spelt.add(long);
    if (flag.repeat !== true && given.some((one) => one.flag.attribute === attribute)) continue;
    const about = flagText(flag);
    const shorter = syntaxes.flatMap(({ names }) => names).filter((name) => name !== long);
    offers.push({ word: long, about }, ...shorter.map((word) => ({ word, about, second: true })));
  }
  return offers;
}

function valueOffers(flag: FlagSpec, { spec }: LineToComplete): Offered {
  const [{ long, valueName = '' }] = flagSyntaxes(flag);
  const commas = flag.commas === true;
  const values = flag.values ?? flag.someValues;
  if (values !== undefined) return { kind: 'words', words: values.map((word) => ({ word })), commas };
  // What follows "jsonpath=" is the user's.
  if (long === '--output')
    return { kind: 'words', words: (spec?.outputs ?? []).map((word) => ({ word: word.replace(/=.*/, '=') })) };
  const kind = valueKind(long, valueName, spec?.name ?? '');
  switch (kind) {
    case 'files':
    case 'directories':
      return { kind };
    case 'switch':
      return { kind: 'words', words: [{ word: 'true' }, { word: 'false' }] };
    case 'free':
      return nothing;
    case 'consumer':
      // A list of names may be given with commas where several may be given.
      return { kind: 'asked', what: kind, commas: commas || flag.repeat === true };
    default:
      return { kind: 'asked', what: kind, commas };
  }
}

function argumentOffers(line: LineToComplete, commands: readonly CommandData[]): Offered {
  const { spec, path, args } = line;
  const next = args.length === 0 ? wordsBehind(path, commands) : [];
  if (next.length > 0) return { kind: 'words', words: next };
  if (spec?.args === undefined || (args.length > 0 && !spec.args.includes('...'))) return nothing;
  switch (spec.argKind) {
    case 'topic':
      return { kind: 'words', words: topicOffers(spec, args, commands) };
    case 'file':
      return { kind: 'files' };
    case 'work':
    case 'consumer':
    case 'context':
      return { kind: 'asked', what: spec.argKind };
    default:
      return { kind: 'words', words: (spec.argValues ?? []).map((word) => ({ word })) };
  }
}

/** What help explains: topics, and commands word by word. */
function topicOffers(
  { argValues = [] }: CommandData,
  args: readonly string[],
  commands: readonly CommandData[],
): readonly Offer[] {
  const topics = args.length === 0 ? argValues.map((word) => ({ word, about: 'a topic' })) : [];
  return [...wordsBehind(args, commands), ...topics];
}

/** The words that may follow those of a group, the first word of every command behind none. */
function wordsBehind(path: readonly string[], commands: readonly CommandData[]): readonly Offer[] {
  const offers = new Map<string, Offer>();
  const add = (name: string, summary: string, second: boolean): void => {
    const words = name.split(' ');
    const word = words[path.length];
    if (word === undefined || path.some((known, index) => words[index] !== known) || offers.has(word)) return;
    const isLast = words.length === path.length + 1;
    const about = isLast ? summary : groupSummaries[words.slice(0, path.length + 1).join(' ')];
    offers.set(word, { word, ...(about === undefined ? {} : { about }), ...(second ? { second } : {}) });
  };
  for (const { name, summary } of commands) add(name, summary, false);
  for (const { name, summary, aliases = [] } of commands)
    for (const alias of aliases) add(alias, `${summary} (${name})`, true);
  return [...offers.values()];
}
