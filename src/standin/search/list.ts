import { badRequest, general } from '../service/service-error.ts';
import { SortedIds, type Ids } from '../store/sorted-ids.ts';
import { columnOf, compile } from './compile.ts';
import { conjuncts } from './expression.ts';
import type { Expression } from './expression.ts';
import { JsonSearchError, parseJsonSearch, UnstorableText } from './json-grammar.ts';
import { parsePlainSearch, SearchSyntaxError } from './plain-grammar.ts';
import type { Table } from './tables.ts';

const largestPage = 65_500;
const cachedLists = 4;

/** `page`, `size`, `search` and `orderBy` of a list request. */
export interface ListArguments {
  readonly page: number;
  readonly size: number;
  readonly search: string;
  readonly orderBy: readonly string[];
}

/** Reads a query string as the server does: what is no number counts as 0, sizes out of range as 65500. */
export function listArguments(query: URLSearchParams): ListArguments {
  const text = (name: string): string => (query.get(name) ?? '').replace(/^ +| +$/g, '');
  const number = (name: string, absent: number): number => {
    const value = text(name);
    if (value === '') return absent;
    return /^[-+]?\d+$/.test(value) ? Number(value) : 0;
  };
  const size = number('size', 100);
  return {
    page: number('page', 1),
    size: size < 0 || size > largestPage ? largestPage : size,
    search: text('search'),
    orderBy: text('orderBy') === '' ? [] : text('orderBy').split(','),
  };
}

/** Where rows come from. */
export interface RowSource<Row> {
  /** Changes with every write. */
  revision(): number;
  get(id: string): Row | undefined;
  /** In no promised order. */
  all(): Iterable<Row>;
  ids(): SortedIds;
  /** The ids of exactly the rows that meet the condition, when an index knows them. */
  idsWhere(condition: Expression): Ids | undefined;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** How the rows of a search are come by. */
interface Scan<Row> {
  /** Holds at least the rows that are looked for. */
  readonly index: Ids;
  /** False when the index holds everything. */
  readonly narrowed: boolean;
  /** Only ids greater than this. */
  readonly after?: string;
  /** All must hold of what the index gives. */
  readonly tests: readonly ((id: string, row: Row) => boolean)[];
}

interface Order {
  readonly column: string;
  readonly descending: boolean;
}

/** Searches, sorts and pages one table; answers are remembered until the next write. */
export class Lister<Row> {
  readonly #table: Table<Row>;
  readonly #source: RowSource<Row>;
  readonly #cache = new Map<string, { readonly revision: number; readonly rows: readonly Row[] }>();

  constructor(table: Table<Row>, source: RowSource<Row>) {
    this.#table = table;
    this.#source = source;
  }

  list({ page, size, search, orderBy }: ListArguments): Page<Row> {
    const order = orderBy.map(readOrder);
    const expression = parse(search);
    const keys = order.map(({ column, descending }) => ({ column: columnOf(column, this.#table, true), descending }));
    // The whole is compiled first: what it refuses is refused, whatever an index could say.
    if (expression !== undefined) compile(expression, this.#table);
    const scan = this.#planScan(expression);
    const byId = keys[0]?.column === 'id' && !keys[0].descending;
    const offset = Math.max(0, (page - 1) * size);
    if (byId && scan.tests.length === 0) {
      return { rows: size === 0 ? [] : this.#taken(scan, offset, size), total: scan.index.countAfter(scan.after) };
    }
    const rows = this.#remembered(`${orderBy.join(',')}\n${search}`, () => this.#find(scan, keys, byId));
    return { rows: size === 0 ? [] : rows.slice(offset, offset + size), total: rows.length };
  }

  #remembered(key: string, find: () => readonly Row[]): readonly Row[] {
    const revision = this.#source.revision();
    const known = this.#cache.get(key);
    if (known?.revision === revision) return known.rows;
    const rows = find();
    this.#cache.delete(key);
    this.#cache.set(key, { revision, rows });
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > cachedLists && oldest !== undefined) this.#cache.delete(oldest);
    return rows;
  }

  /** The smallest index drives, the others are looked into, and only what no index knows is tested row by row. */
  #planScan(expression: Expression | undefined): Scan<Row> {
    const indexes: Ids[] = [];
    const tests: Scan<Row>['tests'][number][] = [];
    let after: string | undefined;
    for (const part of conjuncts(expression)) {
      const ids = isWantedId(part) ? this.#existing(wantedIds(part)) : this.#source.idsWhere(part);
      if (ids !== undefined) indexes.push(ids);
      else if (after === undefined && part.kind === 'compare' && part.operator === '>' && isId(part))
        after = String(part.value);
      else {
        const test = compile(part, this.#table);
        tests.push((_id, row) => test(row) === true);
      }
    }
    const [index = this.#source.ids(), ...others] = indexes.sort((a, b) => a.size - b.size);
    return {
      index,
      narrowed: indexes.length > 0,
      ...(after === undefined ? {} : { after }),
      tests: [
        ...others.map(
          (ids) =>
            (id: string): boolean =>
              ids.has(id),
        ),
        ...tests,
      ],
    };
  }

  #existing(ids: readonly string[]): SortedIds {
    return new SortedIds(ids.filter((id) => this.#source.get(id) !== undefined));
  }

  #find({ index, narrowed, after, tests }: Scan<Row>, keys: readonly Order[], byId: boolean): readonly Row[] {
    const rows: Row[] = [];
    if (!narrowed && !byId) {
      for (const row of this.#source.all()) if (meets(this.#table, row, after, tests)) rows.push(row);
      return keys.length === 0 ? rows : rows.sort((a, b) => this.#compare(a, b, keys));
    }
    for (const id of index.after(after)) {
      const row = this.#source.get(id);
      if (row !== undefined && tests.every((test) => test(id, row))) rows.push(row);
    }
    if (byId) return rows;
    const order = keys.length > 0 ? keys : [{ column: 'updated_at', descending: false }];
    return rows.sort((a, b) => this.#compare(a, b, order));
  }

  #taken({ index, after }: Scan<Row>, offset: number, size: number): readonly Row[] {
    const rows: Row[] = [];
    let passed = 0;
    for (const id of index.after(after)) {
      if (passed >= offset) {
        const row = this.#source.get(id);
        if (row !== undefined) rows.push(row);
        if (rows.length === size) break;
      }
      passed += 1;
    }
    return rows;
  }

  #compare(a: Row, b: Row, keys: readonly Order[]): number {
    for (const { column, descending } of keys) {
      const [left, right] = [this.#table.scalar(a, column), this.#table.scalar(b, column)];
      if (left === right) continue;
      // PostgreSQL puts NULL last when ascending.
      const sign = left === null ? 1 : right === null ? -1 : left < right ? -1 : 1;
      return descending ? -sign : sign;
    }
    return 0;
  }
}

function parse(search: string): Expression | undefined {
  if (search === '') return undefined;
  try {
    return search.includes('->>') || search.includes('@>') ? parseJsonSearch(search) : parsePlainSearch(search);
  } catch (error) {
    if (error instanceof JsonSearchError) throw badRequest(`failed to parse the search query: ${error.message}`);
    if (error instanceof UnstorableText) {
      throw general(
        'Unable to list resources: ERROR: invalid byte sequence for encoding "UTF8": 0x00 (SQLSTATE 22021)',
      );
    }
    if (error instanceof SearchSyntaxError) throw badRequest(`Failed to parse search query: ${search}`);
    throw error;
  }
}

function readOrder(text: string): Order {
  const [column = '', direction = 'asc', ...rest] = text.replace(/^ +| +$/g, '').split(' ');
  if (rest.length > 0 || (direction !== 'asc' && direction !== 'desc')) throw badRequest(`bad order value '${text}'`);
  return { column: column.toLowerCase(), descending: direction === 'desc' };
}

type IdCondition = Extract<Expression, { kind: 'compare' | 'in' }>;

/** `id = …` or `id in (…)`. */
function isWantedId(part: Expression): part is IdCondition {
  return (
    (part.kind === 'compare' && part.operator === '=' && isId(part)) ||
    (part.kind === 'in' && !part.negated && isId(part))
  );
}

function wantedIds(part: IdCondition): string[] {
  return part.kind === 'in' ? part.values.map(String) : [String(part.value)];
}

/** For rows in no order, where `id >` is a test like any other. */
function meets<Row>(table: Table<Row>, row: Row, after: string | undefined, tests: Scan<Row>['tests']): boolean {
  const id = String(table.scalar(row, 'id'));
  return (after === undefined || id > after) && tests.every((test) => test(id, row));
}

function isId(part: Extract<Expression, { field: unknown }>): boolean {
  return part.field.path.length === 0 && /^(?:\w+\.)?id$/.test(part.field.column);
}
