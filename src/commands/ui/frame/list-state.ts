import { isKey, type Key } from './key.ts';

/** Where somebody is in a long list, how it is sorted, and what of it is shown. */
export interface ListState {
  /** Words that a row has to hold, all of them; "" for all rows. */
  readonly filter: string;
  /** What all rows are of, such as the cluster that it was opened for from another view; all rows without it. */
  readonly only?: string;
  /** Index among the ways to sort. */
  readonly sort: number;
  /** The row that the keys are about, by its id: it stays selected wherever it goes. */
  readonly selected: string | undefined;
  /** Where it was, for when it is gone. */
  readonly index: number;
  /** The first row on the screen. */
  readonly top: number;
}

export const startOfList: ListState = { filter: '', sort: 0, selected: undefined, index: 0, top: 0 };

/** Rows in their order, each with its id. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
}

/** Index of the selected row; where it was when it is gone, and the last one when there are fewer. */
export function selectedIndex<Row>(state: ListState, { rows, idOf }: Rows<Row>): number {
  const at = (index: number): string | undefined => {
    const row = rows[index];
    return row === undefined ? undefined : idOf(row);
  };
  if (state.selected !== undefined && at(state.index) !== state.selected) {
    const found = rows.findIndex((row) => idOf(row) === state.selected);
    if (found >= 0) return found;
  }
  return Math.max(0, Math.min(state.index, rows.length - 1));
}

/** The rows on a screen of so many lines: the selected one is always among them. */
export function windowOf<Row>(
  state: ListState,
  list: Rows<Row>,
  lines: number,
): { readonly top: number; readonly index: number; readonly shown: readonly Row[] } {
  const index = selectedIndex(state, list);
  const height = Math.max(1, lines);
  const highest = Math.max(0, list.rows.length - height);
  const top = Math.max(0, Math.min(Math.max(Math.min(state.top, index), index - height + 1), highest));
  return { top, index, shown: list.rows.slice(top, top + height) };
}

/** Whether a key is for moving in a list. */
export function isMove(key: Key): boolean {
  return isKey(key, 'down', 'j', 'up', 'k', 'page-down', ' ', 'page-up', 'home', 'g', 'end', 'G');
}

/** @returns undefined for a key that moves nothing */
export function moveInList<Row>(state: ListState, key: Key, list: Rows<Row>, lines: number): ListState | undefined {
  const { top, index } = windowOf(state, list, lines);
  const page = Math.max(1, lines - 1);
  const to = (next: number): ListState => {
    const at = Math.max(0, Math.min(next, list.rows.length - 1));
    const row = list.rows[at];
    const moved = { ...state, index: at, selected: row === undefined ? undefined : list.idOf(row), top };
    return { ...moved, top: windowOf(moved, list, lines).top };
  };
  if (isKey(key, 'down', 'j')) return to(index + 1);
  if (isKey(key, 'up', 'k')) return to(index - 1);
  if (isKey(key, 'page-down', ' ')) return to(index + page);
  if (isKey(key, 'page-up')) return to(index - page);
  if (isKey(key, 'home', 'g')) return to(0);
  if (isKey(key, 'end', 'G')) return to(list.rows.length - 1);
  return undefined;
}

/** What a row has to hold to be shown: each word of the filter somewhere in one of its texts, in either case. */
export function matcherOf(filter: string): ((...texts: readonly string[]) => boolean) | undefined {
  const words = filter
    .toLowerCase()
    .split(' ')
    .filter((word) => word !== '');
  if (words.length === 0) return undefined;
  return (...texts) => {
    const lower = texts.map((text) => text.toLowerCase());
    return words.every((word) => lower.some((text) => text.includes(word)));
  };
}

/** The first that is called so, else the first whose name begins so, else the first that holds it; in either case. */
export function indexOfName(names: readonly string[], typed: string): number | undefined {
  const wanted = typed.trim().toLowerCase();
  const lower = names.map((name) => name.toLowerCase());
  const ways: readonly ((name: string) => boolean)[] = [
    (name) => name === wanted,
    (name) => name.startsWith(wanted),
    (name) => name.includes(wanted),
  ];
  for (const way of ways) {
    const index = lower.findIndex(way);
    if (index >= 0) return index;
  }
  return undefined;
}
