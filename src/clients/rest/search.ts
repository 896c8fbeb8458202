import { toWireJson } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';

/** One condition of a search, not yet text: how a value is escaped depends on the whole search. */
export interface SearchTerm {
  /** Text with `?` where the quoted values go. */
  readonly pattern: string;
  readonly values: readonly string[];
}

/** Columns that can be compared with `=`. */
export type SearchField = 'id' | 'name' | 'source' | 'consumer_name' | 'type';

/** Rows whose column has the value. */
export function equals(field: SearchField, value: string): SearchTerm {
  return { pattern: `${field} = ?`, values: [value] };
}

/** Rows whose id is one of the given, of which there is at least one; some hundred fit into a URL. */
export function idIn(ids: readonly string[]): SearchTerm {
  if (ids.length === 0) throw new MaestroError('internal', 'A search for no ids at all');
  return { pattern: `id in (${ids.map(() => '?').join(',')})`, values: ids };
}

/** Rows whose column `name` is one of the given, of which there is at least one: consumers by their names. */
export function nameIn(names: readonly string[]): SearchTerm {
  if (names.length === 0) throw new MaestroError('internal', 'A search for no names at all');
  return { pattern: `name in (${names.map(() => '?').join(',')})`, values: names };
}

/** Bundles whose own name (`metadata.name`) it is; the column `name` repeats the id. */
export function workNameIs(name: string): SearchTerm {
  return { pattern: `payload -> 'metadata' ->> 'name' = ?`, values: [name] };
}

/** Bundles whose own name is one of the given, of which there is at least one. */
export function workNameIn(names: readonly string[]): SearchTerm {
  if (names.length === 0) throw new MaestroError('internal', 'A search for no names at all');
  return { pattern: `payload -> 'metadata' ->> 'name' in (${names.map(() => '?').join(',')})`, values: names };
}

/** Bundles of one of the given consumers, of which there is at least one. */
export function consumerIn(consumers: readonly string[]): SearchTerm {
  if (consumers.length === 0) throw new MaestroError('internal', 'A search for no consumers at all');
  return { pattern: `consumer_name in (${consumers.map(() => '?').join(',')})`, values: consumers };
}

/** Bundles that carry all of these labels; at least one label. */
export function hasLabels(labels: Readonly<Record<string, string>>): SearchTerm {
  return { pattern: `payload -> 'metadata' -> 'labels' @> ?`, values: [toWireJson(labels)] };
}

/** Bundles of one source; REST shows the source nowhere, but finds it. */
export function sourceIs(source: string): SearchTerm {
  return equals('source', source);
}

/**
 * Matches the bundle when it has an executor, or one that contains the given:
 * the only way to learn about executors over REST. On the wire they are spelt
 * `executer`.
 */
export function executorProbe(id: string, executor: JsonObject = {}): SearchTerm {
  return { pattern: `id = ? and payload -> 'data' -> 'executer' @> ?`, values: [id, toWireJson(executor)] };
}

/** Rows that changed after the time (RFC 3339); status writes count as changes. */
export function updatedAfter(time: string): SearchTerm {
  return { pattern: 'updated_at > ?', values: [time] };
}

/** The server's parser for JSON searches takes ten `and`s; paging adds one. */
const mostJoins = 9;

/**
 * The search text for all terms together, every value quoted and escaped.
 *
 * Maestro has two parsers with two ways to escape a quote: searches with `->>`
 * or `@>` anywhere go to one that wants `\'` and takes neither a backslash nor
 * anything but ASCII in a value, all others to one that wants `''`. Throws a
 * usage error for values that the parser at hand cannot take, and for control
 * characters.
 */
export function searchAnd(first: SearchTerm, ...rest: readonly SearchTerm[]): string {
  const terms = [first, ...rest];
  const json = terms.some(({ pattern, values }) => isJsonSearch(pattern) || values.some(isJsonSearch));
  const text = terms
    .map(({ pattern, values }) => {
      let next = 0;
      return pattern.replace(/\?/g, () => quote(values[next++] ?? '', json));
    })
    .join(' and ');
  const joins = terms.length - 1 + terms.filter(({ pattern }) => pattern.includes(' and ')).length;
  if (json && joins > mostJoins) throw new MaestroError('usage', `The search has ${joins + 1} conditions; Maestro takes ${mostJoins + 1}`);
  return text;
}

/** The search for the rows after `lastId`, in the order of ids. */
export function afterId(search: string | undefined, lastId: string): string {
  if (search === undefined || search === '') return `id > ${quote(lastId, false)}`;
  return `${search} and id > ${quote(lastId, isJsonSearch(search))}`;
}

/** How the server tells which parser to use. */
function isJsonSearch(text: string): boolean {
  return text.includes('->>') || text.includes('@>');
}

function quote(value: string, json: boolean): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value)) throw refused(value, 'holds control characters');
  if (!json) return `'${value.replaceAll("'", "''")}'`;
  if (value.includes('\\')) throw refused(value, 'holds a backslash');
  // eslint-disable-next-line no-control-regex -- the server's parser cuts strings by bytes
  if (/[^\u0000-\u007f]/.test(value)) throw refused(value, 'holds characters beyond ASCII');
  return `'${value.replaceAll("'", "\\'")}'`;
}

function refused(value: string, problem: string): MaestroError {
  return new MaestroError('usage', `${JSON.stringify(value)} cannot be searched for: it ${problem}`);
}
