import { isJsonObject, toWireJson } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { workName, type Consumer, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';

/** What a search can find. */
export type Row = ResourceBundle | Consumer;

/**
 * A search, and the way to tell whether a row can be an answer to it. A gateway
 * that drops the query of requests makes Maestro answer with any row; the
 * reader refuses those, so that nothing is done to a work that nobody named.
 */
export interface Search {
  /** In Maestro's search language. */
  readonly text: string;
  /** False when the row shows that it is not what was asked for. Source and executor are not shown. */
  admits(row: Row): boolean;
}

/** One condition of a search, not yet text: how a value is escaped depends on the whole search. */
export interface SearchTerm {
  /** Text with `?` where the quoted values go. */
  readonly pattern: string;
  readonly values: readonly string[];
  /** As `Search.admits`; absent when REST does not show what the condition is about. */
  readonly admits?: (row: Row) => boolean;
}

/** Columns that can be compared with `=`. */
export type SearchField = 'id' | 'name' | 'source' | 'consumer_name' | 'type';

/** Rows whose column has the value. */
export function equals(field: SearchField, value: string): SearchTerm {
  const shown = shownFields[field];
  return {
    pattern: `${field} = ?`,
    values: [value],
    ...(shown === undefined ? {} : { admits: (row) => shown(row) === value }),
  };
}

/** What a row shows of a column; the source and the type of a bundle are not shown. */
const shownFields: Readonly<Partial<Record<SearchField, (row: Row) => string>>> = {
  id: ({ id }) => id,
  // The column `name` of bundles repeats the id.
  name: (row) => ('consumerName' in row ? row.id : row.name),
  consumer_name: consumerOf,
};

function consumerOf(row: Row): string {
  return 'consumerName' in row ? row.consumerName : row.name;
}

function nameOf(row: Row): string {
  return 'consumerName' in row ? workName(row) : row.name;
}

/** Rows of which the value is one of the given. */
function oneOf(values: readonly string[], valueOf: (row: Row) => string): (row: Row) => boolean {
  const wanted = new Set(values);
  return (row) => wanted.has(valueOf(row));
}

/** Rows whose id is one of the given, of which there is at least one; some hundred fit into a URL. */
export function idIn(ids: readonly string[]): SearchTerm {
  if (ids.length === 0) throw new MaestroError('internal', 'A search for no ids at all');
  return { pattern: `id in (${ids.map(() => '?').join(',')})`, values: ids, admits: oneOf(ids, ({ id }) => id) };
}

/** Rows whose column `name` is one of the given, of which there is at least one: consumers by their names. */
export function nameIn(names: readonly string[]): SearchTerm {
  if (names.length === 0) throw new MaestroError('internal', 'A search for no names at all');
  return {
    pattern: `name in (${names.map(() => '?').join(',')})`,
    values: names,
    admits: oneOf(names, (row) => ('consumerName' in row ? row.id : row.name)),
  };
}

/** Bundles whose own name (`metadata.name`) it is; the column `name` repeats the id. */
export function workNameIs(name: string): SearchTerm {
  return { pattern: `payload -> 'metadata' ->> 'name' = ?`, values: [name], admits: oneOf([name], nameOf) };
}

/** Bundles whose own name is one of the given, of which there is at least one. */
export function workNameIn(names: readonly string[]): SearchTerm {
  if (names.length === 0) throw new MaestroError('internal', 'A search for no names at all');
  return {
    pattern: `payload -> 'metadata' ->> 'name' in (${names.map(() => '?').join(',')})`,
    values: names,
    admits: oneOf(names, nameOf),
  };
}

/** Bundles of one of the given consumers, of which there is at least one. */
export function consumerIn(consumers: readonly string[]): SearchTerm {
  if (consumers.length === 0) throw new MaestroError('internal', 'A search for no consumers at all');
  return {
    pattern: `consumer_name in (${consumers.map(() => '?').join(',')})`,
    values: consumers,
    admits: oneOf(consumers, consumerOf),
  };
}

/** Bundles that carry all of these labels; at least one label. */
export function hasLabels(labels: Readonly<Record<string, string>>): SearchTerm {
  const admits = (row: Row): boolean => {
    const shown = 'consumerName' in row ? row.metadata['labels'] : row.labels;
    return Object.entries(labels).every(([key, value]) => isJsonObject(shown) && shown[key] === value);
  };
  return { pattern: `payload -> 'metadata' -> 'labels' @> ?`, values: [toWireJson(labels)], admits };
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
  const admits = (row: Row): boolean => row.id === id;
  return { pattern: `id = ? and payload -> 'data' -> 'executer' @> ?`, values: [id, toWireJson(executor)], admits };
}

/**
 * Bundles with a manifest that contains one of these patterns, of which there
 * is at least one: `{kind, metadata: {namespace, name}}` or less. It counts as
 * one condition for each pattern.
 */
export function holdsManifests(patterns: readonly JsonObject[]): SearchTerm {
  if (patterns.length === 0) throw new MaestroError('internal', 'A search for no manifests at all');
  const one = `payload -> 'data' -> 'manifests' @> ?`;
  const admits = (row: Row): boolean =>
    'consumerName' in row && row.manifests.some((manifest) => patterns.some((pattern) => contains(manifest, pattern)));
  return {
    pattern: patterns.length === 1 ? one : `(${patterns.map(() => one).join(' or ')})`,
    values: patterns.map((pattern) => toWireJson([pattern])),
    admits,
  };
}

/** As `@>` of maps and texts. */
function contains(value: JsonValue | undefined, pattern: JsonValue | undefined): boolean {
  if (!isJsonObject(pattern)) return value === pattern;
  return isJsonObject(value) && Object.entries(pattern).every(([key, member]) => contains(value[key], member));
}

/** Rows that changed after the time (RFC 3339); status writes count as changes. */
export function updatedAfter(time: string): SearchTerm {
  return { pattern: 'updated_at > ?', values: [time] };
}

/** The server's parser for JSON searches takes ten `and`s and `or`s; paging adds one. */
const mostJoins = 9;

/**
 * The search for all terms together, every value quoted and escaped.
 *
 * Maestro has two parsers with two ways to escape a quote: searches with `->>`
 * or `@>` anywhere go to one that wants `\'` and takes neither a backslash nor
 * anything but ASCII in a value, all others to one that wants `''`. Throws a
 * usage error for values that the parser at hand cannot take, and for control
 * characters.
 */
export function searchAnd(first: SearchTerm, ...rest: readonly SearchTerm[]): Search {
  const terms = [first, ...rest];
  const json = terms.some(({ pattern, values }) => isJsonSearch(pattern) || values.some(isJsonSearch));
  const text = terms
    .map(({ pattern, values }) => {
      let next = 0;
      return pattern.replace(/\?/g, () => quote(values[next++] ?? '', json));
    })
    .join(' and ');
  const joins =
    terms.length - 1 + terms.reduce((sum, { pattern }) => sum + pattern.split(/ (?:and|or) /).length - 1, 0);
  if (json && joins > mostJoins)
    throw new MaestroError('usage', `The search has ${joins + 1} conditions; Maestro takes ${mostJoins + 1}`);
  return { text, admits: (row) => terms.every(({ admits }) => admits?.(row) ?? true) };
}

/** The text of a search for the rows after `lastId`, in the order of ids. */
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
