import { readWorkReference } from '../core/works/work-reference.ts';
import { shellWord } from '../core/shell-word.ts';
import { MaestroError } from '../errors.ts';
import type { CommandData, FlagSpec, ParseInput, RawFlags } from './command-spec.ts';
import { flagSyntaxes } from './flag-syntax.ts';
import { flagName } from './flag-values.ts';

/** What the command line gave a command. */
interface GivenToCommand {
  readonly spec: Pick<CommandData, 'flags' | 'argsMean'>;
  readonly flags: RawFlags;
  readonly args: readonly string[];
}

/**
 * What a command's `parse` gets. Positional arguments that mean the same as a flag stand among the values of that
 * flag, so that `parse` knows one way only. `--consumer=c1,c2` is split: no name holds a comma. Where a command is
 * about one work, a name that says its consumer (`workReference`) is taken apart into name and consumer.
 *
 * @throws MaestroError usage when an argument and its flag name two things where one can be named, and for several
 *   consumers where one is taken
 */
export function parseInputOf(
  { spec, flags, args }: GivenToCommand,
  rest: Pick<ParseInput, 'env' | 'config'>,
): ParseInput {
  const { argsMean } = spec;
  const merged =
    argsMean === undefined || args.length === 0
      ? flags
      : { ...flags, [argsMean]: together(flags[argsMean], args, repeats(spec, argsMean), argsMean) };
  const split = withConsumersSplit(merged, spec);
  return { ...rest, flags: withConsumerOfName(split, spec), args: argsMean === undefined ? args : [] };
}

function together(
  given: RawFlags[string],
  args: readonly string[],
  isList: boolean,
  attribute: string,
): string | readonly string[] {
  const before = typeof given === 'string' ? [given] : Array.isArray(given) ? (given as readonly string[]) : [];
  if (isList) return [...before, ...args];
  const [value = '', other] = new Set([...before, ...args]);
  if (other === undefined) return value;
  throw new MaestroError('usage', `"${other}" and ${flagName(attribute)}=${value} name two, and one is taken`, {
    hint: 'Leave one of the two out.',
  });
}

function withConsumersSplit(flags: RawFlags, spec: Pick<CommandData, 'flags'>): RawFlags {
  const { consumer: given } = flags;
  if (given === undefined || typeof given === 'boolean' || flagOf(spec, 'consumer') === undefined) return flags;
  const names = (typeof given === 'string' ? [given] : given)
    .flatMap((text) => text.split(','))
    .map((name) => name.trim());
  if (names.includes('')) throw new MaestroError('usage', '--consumer is empty');
  if (typeof given !== 'string') return { ...flags, consumer: names };
  const [name, other] = new Set(names);
  if (other === undefined) return { ...flags, consumer: name };
  throw new MaestroError('usage', `--consumer names several consumers (${names.join(', ')}), and this is about one`, {
    hint: `A loop in the shell goes through them: for c in ${names.map(shellWord).join(' ')}; do … --consumer=$c; done`,
  });
}

/** A name of one work that says its consumer says it as --consumer does. */
function withConsumerOfName(flags: RawFlags, spec: Pick<CommandData, 'flags'>): RawFlags {
  const { name: text } = flags;
  const consumerFlag = flagOf(spec, 'consumer');
  if (typeof text !== 'string' || consumerFlag === undefined || flagOf(spec, 'name') === undefined) return flags;
  const { name, consumer } = readWorkReference(text);
  if (consumer === undefined) return { ...flags, name };
  const { consumer: given } = flags;
  const others = [given ?? []].flat();
  if (others.some((other) => other !== consumer)) {
    throw new MaestroError('usage', `${text} names a work of ${consumer}, and --consumer names another consumer`, {
      hint: 'Leave --consumer out.',
    });
  }
  return { ...flags, name, consumer: consumerFlag.repeat === true ? [consumer] : consumer };
}

function repeats(spec: Pick<CommandData, 'flags'>, attribute: string): boolean {
  return flagOf(spec, attribute)?.repeat === true;
}

function flagOf({ flags }: Pick<CommandData, 'flags'>, attribute: string): FlagSpec | undefined {
  return flags.find((flag) => flagSyntaxes(flag)[0].attribute === attribute);
}
