import { unknownValue } from '../../../core/works/did-you-mean.ts';
import type { JsonValue } from '../../../core/json.ts';
import type { Step } from '../../../output/json-path/path.ts';
import { parseRelaxedPath } from '../../../output/json-path/relaxed.ts';
import { compareSortValues, sortValue } from '../../../output/json-path/sort.ts';

/** What --sort-by says: a key, or a path into the document of each row. */
export type SortBy<Key extends string> = { readonly key: Key } | { readonly steps: readonly Step[] };

export type Order<Row> = (left: Row, right: Row) => number;

/**
 * Reads --sort-by: a key, or a path, which a dot or a bracket tells from it.
 *
 * @throws MaestroError usage
 */
export function parseSortBy<Key extends string>(text: string, keys: readonly Key[]): SortBy<Key> {
  const key = keys.find((known) => known === text);
  if (key !== undefined) return { key };
  if (/[.{[]/.test(text)) return { steps: parseRelaxedPath(text, '--sort-by') };
  throw unknownValue('--sort-by', text, [...keys, 'a path such as .metadata.creationTimestamp'], keys);
}

/** By the value at a path of the document of a row, as kubectl sorts. */
export function byPath<Row extends object>(
  rows: readonly Row[],
  steps: readonly Step[],
  documentOf: (row: Row) => JsonValue,
): Order<Row> {
  return byValue(rows, (row) => sortValue(steps, documentOf(row)), compareSortValues);
}

/** By a value that is made once for each row, because a sort compares many times. */
export function byValue<Row extends object, Value>(
  rows: readonly Row[],
  valueOf: (row: Row) => Value,
  compare: (left: Value, right: Value) => number,
): Order<Row> {
  const values = new Map(rows.map((row) => [row, valueOf(row)]));
  return (left, right) => compare(values.get(left) as Value, values.get(right) as Value);
}
