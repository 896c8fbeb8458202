import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import { askNames, type AskContext } from './ask-names.ts';
import { offeredAt, type Offer } from './offers.ts';
import type { CompleteOptions } from './options.ts';
import { printAnswer, type Answer } from './output.ts';

export async function run(
  options: CompleteOptions,
  context: AskContext & Pick<Context, 'stdout'>,
): Promise<CommandResult> {
  printAnswer(await answerTo(options, context), context.stdout);
  return { exitCode: ExitCode.Done };
}

async function answerTo({ line, commands }: CompleteOptions, context: AskContext): Promise<Answer> {
  const offered = offeredAt(line, commands);
  if (offered.kind === 'files' || offered.kind === 'directories') return { kind: offered.kind };
  if (offered.kind === 'nothing') return { kind: 'words', offers: [] };
  const offers = offered.kind === 'words' ? offered.words : await orNone(askNames(offered.what, line, context));
  const comma = offered.commas === true ? line.typed.lastIndexOf(',') + 1 : 0;
  const before = line.typed.slice(0, comma);
  const typed = line.typed.slice(comma);
  const used = [...before.split(','), ...(line.place.kind === 'argument' ? line.args : [])];
  const left = offers.filter(
    ({ word }) => word.startsWith(typed) && isPlain(word, offered.kind === 'asked') && !used.includes(word),
  );
  const first = left.filter(({ second }) => second !== true);
  return {
    kind: 'words',
    offers: (first.length > 0 && typed !== '-' ? first : left).map((offer) => ({
      ...offer,
      word: `${line.kept}${before}${offer.word}`,
    })),
  };
}

/** A mistake anywhere, and a Maestro that cannot be asked, leave a Tab without effect: it is no place for messages. */
async function orNone(asked: Promise<readonly Offer[]>): Promise<readonly Offer[]> {
  try {
    return await asked;
  } catch {
    return [];
  }
}

/**
 * Whether a name can stand on a command line as it is. Names come from others, and bash puts them in without quotes:
 * one with blanks, quotes, `$(…)` or control characters must not get there, nor one that reads as a flag.
 */
function isPlain(word: string, isName: boolean): boolean {
  return /^[\w.,:=/@%+-]+$/.test(word) && !(isName && /^[-=@%]/.test(word));
}
