import { toWireJson } from '../../core/json.ts';
import { replacesAnnotation } from '../../core/works/own-annotations.ts';
import { MaestroError } from '../../errors.ts';
import type { BundleFilter, ConsumerFilter } from '../filters.ts';

/** One condition of a search, not yet text: how a value is escaped depends on the whole search. */
interface SearchTerm {
  /** Text with `?` where the quoted values go. */
  readonly pattern: string;
  readonly values: readonly string[];
}

/** One search, and what it is to find. */
export interface Search<Filter> {
  /** In Maestro's search language; "" for everything. */
  readonly text: string;
  readonly where: Filter;
}

/**
 * The searches that find these bundles, none of them a bundle of another: one
 * as a rule, none when the filter can find nothing, several when one would be
 * longer than a request line.
 *
 * @throws MaestroError usage for values that Maestro cannot search for, and for too many conditions
 */
export function bundleSearches(where: BundleFilter): readonly Search<BundleFilter>[] {
  return searchesOf(where, ['ids', 'consumers', 'names'], bundleTerms);
}

/** The same for consumers. */
export function consumerSearches(where: ConsumerFilter): readonly Search<ConsumerFilter>[] {
  return searchesOf(where, ['ids', 'names'], ({ ids, names }) => [...oneOf('id', ids), ...oneOf('name', names)]);
}

function bundleTerms(where: BundleFilter): readonly SearchTerm[] {
  const { ids, consumers, source, names, replacing, labels = {}, executor, manifests, updatedAfter } = where;
  return [
    ...oneOf('id', ids),
    ...oneOf('consumer_name', consumers),
    ...(source === undefined ? [] : [{ pattern: 'source = ?', values: [source] }]),
    // The column `name` of bundles repeats the id.
    ...oneOf(`payload -> 'metadata' ->> 'name'`, names),
    ...(replacing === undefined
      ? []
      : [
          {
            pattern: `payload -> 'metadata' -> 'annotations' ->> '${replacesAnnotation}' like ?`,
            values: [replacing === '*' ? '%"%' : `%"${replacing}"%`],
          },
        ]),
    ...(Object.keys(labels).length === 0
      ? []
      : [{ pattern: `payload -> 'metadata' -> 'labels' @> ?`, values: [toWireJson(labels)] }]),
    // On the wire executors are spelt so.
    ...(executor === undefined
      ? []
      : [{ pattern: `payload -> 'data' -> 'executer' @> ?`, values: [toWireJson(executor)] }]),
    ...(manifests === undefined ? [] : [holdsOneOf(manifests.map((pattern) => toWireJson([pattern])))]),
    ...(updatedAfter === undefined ? [] : [{ pattern: 'updated_at > ?', values: [updatedAfter] }]),
  ];
}

function oneOf(column: string, values: readonly string[] | undefined): readonly SearchTerm[] {
  if (values === undefined) return [];
  const pattern = values.length === 1 ? `${column} = ?` : `${column} in (${values.map(() => '?').join(',')})`;
  return [{ pattern, values }];
}

function holdsOneOf(values: readonly string[]): SearchTerm {
  const one = `payload -> 'data' -> 'manifests' @> ?`;
  return { pattern: values.length === 1 ? one : `(${values.map(() => one).join(' or ')})`, values };
}

/** Proxies take some 8 KiB of request line; path, order and the id of paging need some of it. */
const mostCharacters = 7_000;

/** Halves the longest list until each search fits: what both halves find is what the whole would have found. */
function searchesOf<Filter extends object>(
  where: Filter,
  lists: readonly (keyof Filter)[],
  termsOf: (where: Filter) => readonly SearchTerm[],
): readonly Search<Filter>[] {
  if (Object.values(where).some((value) => Array.isArray(value) && value.length === 0)) return [];
  const text = searchText(termsOf(where));
  if (encodeURIComponent(text).length <= mostCharacters) return [{ text, where }];
  const [longest] = lists
    .map((key) => ({ key, values: (where[key] ?? []) as readonly string[] }))
    .filter(({ values }) => values.length > 1)
    .sort((a, b) => b.values.join('').length - a.values.join('').length);
  if (longest === undefined) return [{ text, where }];
  const { key, values } = longest;
  const middle = Math.ceil(values.length / 2);
  return [values.slice(0, middle), values.slice(middle)].flatMap((half) =>
    searchesOf({ ...where, [key]: half }, lists, termsOf),
  );
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
function searchText(terms: readonly SearchTerm[]): string {
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
    throw new MaestroError('usage', `the search has ${joins + 1} conditions; Maestro takes ${mostJoins + 1}`);
  return text;
}

/** The search for the rows after `lastId`, in the order of ids. */
export function afterId(search: string, lastId: string): string {
  if (search === '') return `id > ${quote(lastId, false)}`;
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
