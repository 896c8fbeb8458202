import { line, span, wrapText, type Line } from '../screen/line.ts';
import type { Key } from './key.ts';
import { isKey } from './key.ts';
import { ArrangedRows } from './arranged-rows.ts';
import { indexOfName, isMove, moveInList, startOfList, windowOf, type ListState, type Rows } from './list-state.ts';
import { tableLines, type Column } from './table.ts';
import type { Answer, GatherDeps, KeyHelp, Place, Subject, View, Wish } from './view.ts';

/** One way to sort a table. */
export interface Sort<Row, Data> {
  /** As it is shown: `by name`. */
  readonly about: string;
  /** What it is sorted by, the least first; rows of the same stay in the order that they come in. All do without it. */
  readonly by?: (data: Data) => (row: Row) => number;
}

/** What a view that is a table consists of. */
export interface TableSpec<Row, Data> {
  readonly name: string;
  readonly title: string;
  readonly keys?: readonly KeyHelp[];
  readonly gather: (deps: GatherDeps) => Data;
  /** All rows, by name. The same array as long as nothing has changed: it is sorted and searched only once. */
  readonly rows: (data: Data) => readonly Row[];
  readonly idOf: (row: Row) => string;
  /** What a row is of: `ListState.only` shows the rows of one. */
  readonly of?: (row: Row) => string;
  /** The texts that a filter looks in. */
  readonly texts: (data: Data) => (row: Row) => readonly string[];
  readonly columns: (data: Data, place: Place) => readonly Column<Row>[];
  readonly sorts: readonly [Sort<Row, Data>, ...Sort<Row, Data>[]];
  /** One line above the table: what all of it amounts to. `shown` is what the filter has left. */
  readonly summary: (data: Data, shown: readonly Row[], place: Place) => Line;
  /** What is told in full of the selected row, below the table. */
  readonly detail?: (row: Row, place: Place) => readonly string[];
  /** What stands in place of the rows when there are none, and no filter has taken them away. */
  readonly empty: (data: Data) => string;
  readonly subject: (row: Row) => Subject;
  readonly onEnter?: (row: Row) => Wish;
  /** Keys of its own. @returns undefined for a key that is none of them */
  readonly onKey?: (key: Key, row: Row | undefined, data: Data) => Wish | undefined;
}

/** Lines that tell the selected row in full, at most. */
const detailLines = 3;

const tableKeys: readonly KeyHelp[] = [
  { key: 'enter', about: 'open' },
  { key: '/', about: 'filter' },
  { key: 's', about: 'sort' },
  { key: ':', about: 'jump' },
  { key: 'esc', about: 'take the filter away' },
  { key: 'up/down, j/k', about: 'one row; page-up, page-down and space a page, g and G to the ends' },
];

/** A view that is one long table: with a filter, ways to sort, and a jump to a name. */
export function tableView<Row, Data>(spec: TableSpec<Row, Data>): View<ListState, Data> {
  const arranged = new ArrangedRows<Row, Data>(spec);
  const listOf = (state: ListState, data: Data): Rows<Row> => ({
    rows: arranged.asAsked(state, data),
    idOf: spec.idOf,
  });
  const selectedRow = (state: ListState, data: Data): Row | undefined => {
    const list = listOf(state, data);
    return list.rows[windowOf(state, list, 1).index];
  };
  const wished = (state: ListState, wish: Wish | undefined): Answer<ListState> | undefined =>
    wish === undefined ? undefined : { state, wish };
  return {
    name: spec.name,
    title: spec.title,
    keys: [...(spec.keys ?? []), ...tableKeys],
    start: startOfList,
    gather: (deps) => {
      arranged.useSlices(deps);
      return spec.gather(deps);
    },
    onKey: (state, key, data, place) => {
      if (isMove(key)) {
        const moved = moveInList(state, key, listOf(state, data), tableHeight(place));
        if (moved !== undefined) return { state: moved };
      }
      if (isKey(key, '/')) return { state, wish: { wish: 'type', kind: 'filter', label: '/', text: state.filter } };
      if (isKey(key, ':', 'J')) return { state, wish: { wish: 'type', kind: 'jump', label: 'jump to: ', text: '' } };
      if (isKey(key, 'escape') && state.filter !== '') return { state: { ...state, filter: '', top: 0 } };
      if (isKey(key, 'escape') && state.only !== undefined) return { state: ofAll(state), wish: { wish: 'back' } };
      if (isKey(key, 's')) return sortedNext(state, spec);
      if (isKey(key, 'enter')) {
        const row = selectedRow(state, data);
        return wished(state, row === undefined ? undefined : spec.onEnter?.(row));
      }
      return spec.onKey === undefined ? undefined : wished(state, spec.onKey(key, selectedRow(state, data), data));
    },
    onTyped: (state, { kind, text, done }, data) => {
      if (kind === 'filter') return { state: { ...state, filter: text, top: 0 } };
      if (kind !== 'jump' || !done || text === '') return { state };
      return jump(state, text, listOf(state, data), spec);
    },
    picture: (state, data, place) => {
      const { rows, isLate } = arranged.byNow(state, data);
      const { top, index, shown } = windowOf(state, { rows, idOf: spec.idOf }, tableHeight(place));
      const summary = summaryOf(state, spec, { summary: spec.summary(data, rows, place), isLate });
      if (rows.length === 0) {
        const text = isLate ? '' : nothingText(state, spec.empty(data));
        return [summary, line(''), ...wrapText(text, place.columns).map((each) => line(each))];
      }
      const table = tableLines({
        columns: spec.columns(data, place),
        shown,
        selected: index - top,
        width: place.columns,
      });
      const row = rows[index];
      const detail = row === undefined ? [] : (spec.detail?.(row, place) ?? []);
      return [summary, ...table, ...detailOf(detail, place, table.length + 1)];
    },
    subject: (state, data) => {
      const row = selectedRow(state, data);
      return row === undefined ? undefined : spec.subject(row);
    },
  };
}

function ofAll(state: ListState): ListState {
  const { only: _, ...all } = state;
  return { ...all, top: 0 };
}

function tableHeight({ rows }: Place): number {
  return Math.max(1, rows - 2 - detailLines);
}

/** At the bottom, wherever the table ends. */
function detailOf(texts: readonly string[], { columns, rows }: Place, used: number): readonly Line[] {
  const lines = texts
    .flatMap((text) => wrapText(text, columns))
    .slice(0, detailLines)
    .map((text) => line(span(text, 'dim')));
  const free = Math.max(0, rows - used - detailLines);
  return [...Array.from({ length: free }, () => line('')), ...lines];
}

/** Why there are no rows. */
function nothingText({ filter, only }: ListState, empty: string): string {
  if (filter !== '') return `nothing holds "${filter}"; esc takes the filter away`;
  return only === undefined ? empty : `there is nothing of ${only}; esc goes back`;
}

/** What keeps rows away comes first: there must be room for it. */
function summaryOf<Row, Data>(
  state: ListState,
  { sorts }: TableSpec<Row, Data>,
  { summary, isLate }: { readonly summary: Line; readonly isLate: boolean },
): Line {
  // What stands below is still as it was before the key.
  const late = isLate ? [span('sorting and filtering …', 'warn'), span(' · ')] : [];
  const filter = state.filter === '' ? [] : [span(`/${state.filter}`, 'warn'), span(' · ')];
  const only = state.only === undefined ? [] : [span(state.only, 'place'), span(' · ')];
  const sort = span(` · ${(sorts[state.sort] ?? sorts[0]).about}`, 'dim');
  return line(...late, ...only, ...filter, ...summary.spans, sort);
}

function sortedNext<Row, Data>(state: ListState, { sorts }: TableSpec<Row, Data>): Answer<ListState> {
  const sort = (state.sort + 1) % sorts.length;
  return { state: { ...state, sort, top: 0 }, wish: { wish: 'tell', text: `sorted ${sorts[sort]?.about ?? ''}` } };
}

function jump<Row, Data>(
  state: ListState,
  text: string,
  { rows }: Rows<Row>,
  { subject, idOf }: TableSpec<Row, Data>,
): Answer<ListState> {
  const names = rows.map((row) => subject(row).name);
  const index = indexOfName(names, text);
  const row = index === undefined ? undefined : rows[index];
  return index === undefined || row === undefined
    ? { state, wish: { wish: 'tell', text: `no row is called ${text.trim()}, nor holds it` } }
    : { state: { ...state, index, selected: idOf(row) } };
}
