import { parseArgs, type ParseArgsConfig } from 'node:util';

/** How a command of the suite ends for a mistake in a flag. */
export const usageExit = 2;

/** A mistake in what the user gave. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

/** @throws UsageError that names the flag and what is wrong with it */
export function parseFlags<T extends Options>(
  argv: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ options: T }>>['values'] {
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** @throws UsageError */
export function wholeNumber(flag: string, text: string, least: number): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(number) || number < least)
    throw new UsageError(`${flag} is ${JSON.stringify(text)}; give a whole number from ${String(least)} on`);
  return number;
}

/** @throws UsageError */
export function positive(flag: string, text: string): number {
  const number = Number(text);
  if (!(number > 0 && Number.isFinite(number)))
    throw new UsageError(`${flag} is ${JSON.stringify(text)}; give a number above 0`);
  return number;
}

/** @throws UsageError when one of the names is none of the possible ones */
export function checkNames(
  named: readonly string[] | undefined,
  possible: readonly string[],
  { what, where = '' }: { readonly what: string; readonly where?: string },
): void {
  const unknown = named?.find((name) => !possible.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`there is no ${what} ${JSON.stringify(unknown)}${where}; there are ${possible.join(', ')}`);
}

/** What the parser made of the command line; a mistake in it is told with where help is, and ends with 2. */
export function flagsOrEnd<T>(parse: (argv: readonly string[]) => T, command: string): T {
  try {
    return parse(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n"${command} -- --help" tells of all flags`);
    process.exit(usageExit);
  }
}
