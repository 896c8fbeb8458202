import { MaestroError } from '../../errors.ts';

/**
 * The word that was probably meant, of those that could stand there: the only one that begins like it, else the nearest
 * one, when it is near at all.
 */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const begun = written.length < 3 ? [] : known.filter((name) => name.toLowerCase().startsWith(written.toLowerCase()));
  if (begun.length === 1) return begun[0];
  // Any one letter is one replacement away from any other.
  const limit = written.length < 2 ? 0 : Math.max(1, Math.floor(written.length / 3));
  const ranked = known
    .map((name) => ({ name, distance: editDistance(written.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= limit ? best.name : undefined;
}

/**
 * The error for a value that is none of a closed list.
 *
 * @param what takes it: a flag, or the variable in its place
 * @param words what can be misspelt, where `known` shows more than that: `jsonpath` of `jsonpath=TEMPLATE`
 */
export function unknownValue(
  what: string,
  given: string,
  known: readonly string[],
  words: readonly string[] = known,
): MaestroError {
  const meant = nearest(given.replace(/=.*/s, ''), words);
  return new MaestroError('usage', `${what} does not know "${given}"`, {
    hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}Use one of: ${known.join(', ')}.`,
  });
}

/** Insertions, deletions, replacements and swaps of neighbours that make one text of the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
