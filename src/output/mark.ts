import type { OutputStream } from '../context.ts';
import { wantsColour } from './colour.ts';

/** The sixteen colours that every terminal has, by hand: no library is loaded to say that something went wrong. */
const codes = { error: 31, warning: 33 } as const;

/** The word before a line on standard error, coloured on a terminal. */
export function mark(
  word: keyof typeof codes,
  {
    stderr,
    env,
  }: { readonly stderr: Partial<OutputStream>; readonly env: Readonly<Record<string, string | undefined>> },
): string {
  return wantsColour({ isTTY: stderr.isTTY === true }, env) ? `\u001B[${codes[word]}m${word}\u001B[39m` : word;
}
