import { badRequest, general } from '../service/service-error.ts';
import type { SortedIds } from '../store/sorted-ids.ts';
import { columnOf, compile } from './compile.ts';
import type { Predicate } from './compile.ts';
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
  /** Ids by an index that holds at least the rows of these equalities. */
  ids(equalities: Readonly<Record<string, string>>): { readonly index: SortedIds; readonly narrowed: boolean };
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
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
    const rows = this.#remembered(`${orderBy.join(',')}\n${search}`, () => this.#find(search, order));
    if (size === 0) return { rows: [], total: rows.length };
    const offset = Math.max(0, (page - 1) * size);
    return { rows: rows.slice(offset, offset + size), total: rows.length };
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

  #find(search: string, order: readonly Order[]): readonly Row[] {
    const expression = parse(search);
    const columns = order.map(({ column, descending }) => ({ column: columnOf(column, this.#table, true), descending }));
    const test = expression === undefined ? (): boolean => true : compile(expression, this.#table);
    const byId = columns[0]?.column === 'id' && !columns[0].descending;
    const { rows, sortedById } = this.#matching(expression, test, byId);
    if (byId && sortedById) return rows;
    const keys = columns.length > 0 ? columns : sortedById ? [{ column: 'updated_at', descending: false }] : [];
    return keys.length === 0 ? rows : rows.sort((a, b) => this.#compare(a, b, keys));
  }

  #matching(expression: Expression | undefined, test: Predicate<Row>, byId: boolean): { rows: Row[]; sortedById: boolean } {
    const parts = conjuncts(expression);
    const wantedIds = idsIn(parts);
    if (wantedIds !== undefined) {
      const rows = wantedIds.map((id) => this.#source.get(id)).filter((row) => row !== undefined);
      return { rows: rows.filter((row) => test(row) === true), sortedById: true };
    }
    const { index, narrowed } = this.#source.ids(equalities(parts));
    const rows: Row[] = [];
    const keep = (row: Row | undefined): void => {
      if (row !== undefined && test(row) === true) rows.push(row);
    };
    if (!narrowed && !byId) {
      for (const row of this.#source.all()) keep(row);
      return { rows, sortedById: false };
    }
    for (const id of index.after(lowestId(parts))) keep(this.#source.get(id));
    return { rows, sortedById: true };
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
      throw general('Unable to list resources: ERROR: invalid byte sequence for encoding "UTF8": 0x00 (SQLSTATE 22021)');
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

function idsIn(parts: readonly Expression[]): string[] | undefined {
  for (const part of parts) {
    if (part.kind === 'compare' && part.operator === '=' && isId(part)) return [String(part.value)];
    if (part.kind === 'in' && !part.negated && isId(part)) return [...new Set(part.values.map(String))].sort();
  }
  return undefined;
}

function lowestId(parts: readonly Expression[]): string | undefined {
  for (const part of parts) {
    if (part.kind === 'compare' && part.operator === '>' && isId(part)) return String(part.value);
  }
  return undefined;
}

function isId(part: Extract<Expression, { field: unknown }>): boolean {
  return part.field.path.length === 0 && /^(?:\w+\.)?id$/.test(part.field.column);
}

function equalities(parts: readonly Expression[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of parts) {
    if (part.kind !== 'compare' || part.operator !== '=' || part.field.path.length > 0) continue;
    found[part.field.column] = String(part.value);
  }
  return found;
}
