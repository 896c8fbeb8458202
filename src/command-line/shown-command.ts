import { shownEndpoint } from '../clients/connection.ts';
import { oneLine } from '../core/shown-text.ts';
import type { AnyCommandSpec } from './command-spec.ts';
import { commonFlags } from './common-flags.ts';
import { flagSyntaxes, type FlagSyntax } from './flag-syntax.ts';

/** Stands in the place of a secret. */
const masked = '***';

/**
 * The command line as it may be kept and handed on: as it was typed, quoted for a shell, without tokens, and without
 * the passwords that people put into addresses.
 *
 * @param invokedAs what was typed to start us
 */
export function shownCommand(
  argv: readonly string[],
  command: Pick<AnyCommandSpec, 'flags'> | undefined,
  invokedAs = 'maestro-cli',
): string {
  const flags = new Map<string, FlagSyntax>();
  for (const flag of [...commonFlags, ...(command?.flags ?? [])])
    for (const syntax of flagSyntaxes(flag)) for (const name of syntax.names) flags.set(name, syntax);
  const words: string[] = [];
  let before: FlagSyntax | undefined;
  for (const word of argv) {
    const [, name = '', value] = /^(--?[^=]+)=([^]*)$/.exec(word) ?? [];
    const glued = value === undefined ? undefined : flags.get(name);
    if (before?.takes === 'a value') words.push(shownWord(shownValue(word, before)));
    else if (value !== undefined && name !== '') words.push(shownWord(`${name}=${shownValue(value, glued)}`));
    else words.push(shownWord(shownValue(word, undefined)));
    before = before?.takes === 'a value' || value !== undefined ? undefined : flags.get(word);
  }
  return [invokedAs, ...words].join(' ');
}

function shownValue(value: string, flag: FlagSyntax | undefined): string {
  if (flag?.valueName === 'token') return masked;
  if (flag !== undefined && /endpoint/i.test(flag.attribute)) return shownEndpoint(value);
  return value.replace(/(\/\/)[^/@\s]*@/g, `$1${masked}@`);
}

/** As a shell takes it for one word. */
function shownWord(text: string): string {
  const line = oneLine(text);
  return line === '' || /[^\w@%+=:,./-]/.test(line) ? `'${line.replaceAll("'", String.raw`'\''`)}'` : line;
}
