import { MaestroError } from '../../src/errors.ts';

/**
 * Splits a command line as a shell does: blanks, quotes, backslashes, and a
 * backslash at the end of a line that joins it to the next. Operators (`|`,
 * `>`, `&&`) come as words of their own; nothing is expanded.
 *
 * @throws MaestroError internal for a quote that does not end; only our own examples are read
 */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  const token = /\s+|\\\n\s*|(&&|\|\||[|>;])|((?:[^\s'"\\|>&;]|\\[^\n]|'[^']*'|"(?:[^"\\]|\\.)*")+)/y;
  let at = 0;
  while (at < line.length) {
    token.lastIndex = at;
    const match = token.exec(line);
    if (match === null) throw new MaestroError('internal', `no shell reads this from its character ${at}: ${line}`);
    const [all, operator, word] = match;
    if (operator !== undefined) words.push(operator);
    else if (word !== undefined) words.push(unquoted(word));
    at += all.length;
  }
  return words;
}

function unquoted(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
    (_all, single: string | undefined, double: string | undefined, escaped: string | undefined) =>
      single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? '',
  );
}

/** The words of one example up to its first operator, without `maestro-cli`. */
export function exampleArguments(command: string): readonly string[] {
  const words = shellWords(command);
  const end = words.findIndex((word) => ['&&', '||', '|', '>', ';'].includes(word));
  return words.slice(1, end < 0 ? undefined : end);
}
