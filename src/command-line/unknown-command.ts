import { nearest } from '../core/works/did-you-mean.ts';
import { MaestroError } from '../errors.ts';
import type { CommandData } from './command-spec.ts';

/**
 * Refuses a command that does not exist before its flags are looked at: with
 * `--help` it would be answered by the help of something else, with other
 * flags by a word about the flag.
 *
 * @throws MaestroError usage
 */
export function refuseUnknownCommand(argv: readonly string[], specs: readonly CommandData[]): void {
  const [first = '-', second = '-'] = argv;
  if (first.startsWith('-')) return;
  const heads = specs.map(({ name }) => name.split(' ')[0] ?? name);
  if (!heads.includes(first)) throw unknownCommand(first, heads, '');
  const within = specs.flatMap(({ name }) => (name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : []));
  if (second.startsWith('-') || within.length === 0) return;
  if (!within.includes(second)) throw unknownCommand(second, within, `${first} `);
}

/** Says that there is no such command; `group` is empty, or ends with a space. */
export function unknownCommand(word: string, known: readonly string[], group: string): MaestroError {
  const meant = nearest(word, [...new Set(known)]);
  return new MaestroError('usage', `unknown command '${word}'`, {
    hint:
      meant === undefined
        ? `maestro-cli ${group}--help shows what there is.`
        : `Did you mean "maestro-cli ${group}${meant}"?`,
  });
}
