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
  let group = '';
  for (const word of argv) {
    const known = specs.flatMap(({ name }) =>
      name.startsWith(group) ? (name.slice(group.length).split(' ')[0] ?? []) : [],
    );
    // Behind the last word of a command stand its arguments.
    if (word.startsWith('-') || known.length === 0) return;
    if (!known.includes(word)) throw unknownCommand(word, known, group);
    group += `${word} `;
  }
}

/** Says that there is no such command; `group` is empty, or ends with a space. */
export function unknownCommand(word: string, known: readonly string[], group: string): MaestroError {
  const meant = commandMeant(word, [...new Set(known)]);
  return new MaestroError('usage', `unknown command '${word}'`, {
    hint:
      meant === undefined
        ? `maestro-cli ${group}--help shows what there is.`
        : `Did you mean "maestro-cli ${group}${meant}"?`,
  });
}

/** Words that other tools have for a command, by the commands that do the same here, the best first. */
const otherWords: Readonly<Record<string, readonly string[]>> = {
  delete: ['destroy', 'remove', 'uninstall', 'del'],
  apply: ['create', 'replace', 'patch', 'deploy', 'install', 'upgrade'],
  describe: ['show', 'inspect', 'status', 'explain'],
  list: ['ps', 'all', 'top'],
  watch: ['logs', 'tail', 'follow'],
  validate: ['lint', 'check'],
  diff: ['compare', 'plan'],
  rollback: ['undo', 'rollout'],
  events: ['log'],
  config: ['login', 'ctx', 'context', 'contexts'],
  'get-contexts': ['list', 'ls', 'get'],
};

/** The command that somebody meant who typed `word`, of those that could stand there. */
export function commandMeant(word: string, known: readonly string[]): string | undefined {
  const others = new Map(known.flatMap((name) => (otherWords[name] ?? []).map((other) => [other, name])));
  const same = others.get(word.toLowerCase());
  if (same !== undefined) return same;
  const near = nearest(word, [...known, ...others.keys()]) ?? nearest(word, known);
  return near === undefined ? undefined : (others.get(near) ?? near);
}
