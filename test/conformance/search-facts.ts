/**
 * Searches that the recordings do not hold, and what a real server (ab480c6,
 * PostgreSQL 15) answered to them. `$C` stands for the consumer of the run,
 * `$ID(name)` for the id of a work. Expected are the names of the works, or
 * status, code and reason of the refusal.
 *
 * The server has two parsers. A text with `->>` or `@>` anywhere in it goes to
 * the one that knows JSON; the two quote differently.
 */
export type Found = readonly string[] | { readonly status: number; readonly code: string; readonly reason: string };

export interface SearchFact {
  readonly name: string;
  readonly search: string;
  readonly found: Found;
}

/** The works that the searches run over: name, labels, executor as JSON. */
export const searchedWorks: readonly {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly executer?: unknown;
}[] = [
  { name: 'plain', labels: { app: 'x', 'hyperfleet.io/cluster': 'y' } },
  { name: "it's", labels: { app: 'x' } },
  { name: 'back\\slash' },
  { name: 'ümlaut' },
  { name: 'comma, (brace)' },
  { name: 'arrow ->> arrow' },
  {
    name: 'executor',
    executer: { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'ns', name: 'sa' } } },
  },
  { name: 'executor-empty', executer: {} },
  { name: 'executor-null', executer: null },
];

const every = searchedWorks.map((work) => work.name);
const name = `payload -> 'metadata' ->> 'name'`;
const labels = `payload -> 'metadata' -> 'labels'`;
const executer = `payload -> 'data' -> 'executer'`;
const own = `consumer_name = '$C'`;

const refused = (status: number, code: string, reason: string): Found => ({ status, code, reason });

export const searchFacts: readonly SearchFact[] = [
  // The parser without JSON.
  { name: 'like', search: `consumer_name like '%$C' and version = 1`, found: every },
  { name: 'like is case-sensitive', search: `consumer_name like 'CONF%' and ${own}`, found: [] },
  { name: 'ilike is not', search: `consumer_name ilike 'CONF%' and ${own}`, found: every },
  { name: 'underscore is any character', search: `consumer_name like 'conf_search%' and ${own}`, found: every },
  { name: 'not like', search: `consumer_name not like 'conf%' and ${own}`, found: [] },
  { name: 'not', search: `${own} and not version = 1`, found: [] },
  { name: 'or', search: `(${own} or consumer_name = 'nope') and version > 0`, found: every },
  { name: 'doubled quote', search: `consumer_name = 'it''s' and ${own}`, found: [] },
  {
    name: 'backslash quote',
    search: `consumer_name = 'it\\'s'`,
    found: refused(400, 'maestro-21', `Failed to parse search query: consumer_name = 'it\\'s'`),
  },
  { name: 'backslash is a character', search: `source = 'a\\b' and ${own}`, found: [] },
  { name: 'in', search: `consumer_name in ('nope', '$C')`, found: every },
  { name: 'in nothing', search: `consumer_name in () and ${own}`, found: [] },
  { name: 'is null', search: `deleted_at is null and ${own}`, found: every },
  { name: 'is not null', search: `deleted_at is not null and ${own}`, found: [] },
  { name: 'time', search: `created_at > '2020-01-01T00:00:00Z' and ${own}`, found: every },
  { name: 'time with an offset', search: `updated_at > '2020-01-01T00:00:00+02:00' and ${own}`, found: every },
  { name: 'between', search: `created_at between '2020-01-01' and '2100-01-01' and ${own}`, found: every },
  {
    name: 'no time',
    search: `created_at > 'nonsense' and ${own}`,
    found: refused(
      500,
      'maestro-9',
      'Unable to list resources: ERROR: invalid input syntax for type timestamp with time zone: "nonsense" (SQLSTATE 22007)',
    ),
  },
  {
    name: 'no such table',
    search: `consumer.name = '$C'`,
    found: refused(400, 'maestro-21', 'consumer is not a related resource of Resource'),
  },
  {
    name: 'unquoted value',
    search: `consumer_name = abc`,
    found: refused(400, 'maestro-21', 'Failed to parse search query: consumer_name = abc'),
  },
  // The parser with JSON.
  { name: 'json: name', search: `${name} = 'plain' and ${own}`, found: ['plain'] },
  { name: 'json: no blanks', search: `payload->'metadata'->>'name' = 'plain' and ${own}`, found: ['plain'] },
  { name: 'json: column first', search: `${own} and ${name} = 'plain'`, found: ['plain'] },
  { name: 'json: capital AND', search: `${own} AND ${name} = 'plain'`, found: ['plain'] },
  { name: 'json: like', search: `${name} like 'pl%' and ${own}`, found: ['plain'] },
  { name: 'json: in', search: `${name} in ('plain','executor') and ${own}`, found: ['plain', 'executor'] },
  {
    name: 'json: in, with consumers',
    search: `consumer_name in ('nope','$C') and ${name} in ('plain','executor') and id > ''`,
    found: ['plain', 'executor'],
  },
  { name: 'json: or', search: `${own} and (${name} = 'plain' or ${name} = 'executor')`, found: ['plain', 'executor'] },
  { name: 'json: escaped quote', search: `${name} = 'it\\'s' and ${own}`, found: ["it's"] },
  {
    name: 'json: doubled quote',
    search: `${name} = 'it''s'`,
    found: refused(
      400,
      'maestro-21',
      "failed to parse the search query: [40] error parsing the filter: unexpected token `'s'`",
    ),
  },
  { name: 'json: backslash at the very end', search: `${own} and ${name} = 'back\\slash'`, found: ['back\\slash'] },
  { name: 'json: not ASCII finds nothing', search: `${name} = 'ümlaut' and ${own}`, found: [] },
  { name: 'json: comma and braces', search: `${name} = 'comma, (brace)' and ${own}`, found: ['comma, (brace)'] },
  {
    name: 'json: operator inside a value',
    search: `${name} = 'arrow ->> arrow' and ${own}`,
    found: ['arrow ->> arrow'],
  },
  {
    name: 'json: not',
    search: `not ${name} = 'plain'`,
    found: refused(
      400,
      'maestro-21',
      'failed to parse the search query: [5] error parsing the filter: unexpected token `payload`',
    ),
  },
  {
    name: 'json: is null',
    search: `deleted_at is null and ${name} = 'plain'`,
    found: refused(
      400,
      'maestro-21',
      'failed to parse the search query: [12] error parsing the filter: unexpected token `is`',
    ),
  },
  { name: 'json: label', search: `${labels} ->> 'app' = 'x' and ${own}`, found: ['plain', "it's"] },
  {
    name: 'json: label with a slash',
    search: `${labels} ->> 'hyperfleet.io/cluster' = 'y' and ${own}`,
    found: ['plain'],
  },
  { name: 'json: labels', search: `${labels} @> '{"app":"x"}' and ${own}`, found: ['plain', "it's"] },
  { name: 'json: any labels', search: `${labels} @> '{}' and ${own}`, found: ['plain', "it's"] },
  {
    name: 'json: no JSON',
    search: `${labels} @> 'nojson'`,
    found: refused(
      500,
      'maestro-9',
      'Unable to list resources: ERROR: invalid input syntax for type json (SQLSTATE 22P02)',
    ),
  },
  {
    name: 'json: of a column at its top',
    search: `payload @> '{}'`,
    found: refused(
      400,
      'maestro-21',
      'failed to parse the search query: [9] error parsing the filter: unexpected token `@>`',
    ),
  },
  {
    name: 'json: ten joins',
    search: Array<string>(11).fill(`${name} = 'executor-null'`).join(' and '),
    found: ['executor-null'],
  },
  {
    name: 'json: eleven joins',
    search: Array<string>(12).fill(`${name} = 'p'`).join(' and '),
    found: refused(
      400,
      'maestro-21',
      'failed to parse the search query: [470] error parsing the filter: maximum number of permitted joins (10) exceeded',
    ),
  },
  { name: 'executor: there is one', search: `id = '$ID(executor)' and ${executer} @> '{}'`, found: ['executor'] },
  {
    name: 'executor: an empty one',
    search: `id = '$ID(executor-empty)' and ${executer} @> '{}'`,
    found: ['executor-empty'],
  },
  { name: 'executor: null', search: `id = '$ID(executor-null)' and ${executer} @> '{}'`, found: [] },
  { name: 'executor: none', search: `id = '$ID(plain)' and ${executer} @> '{}'`, found: [] },
  {
    name: 'executor: a known one',
    search: `id = '$ID(executor)' and ${executer} @> '{"subject":{"type":"ServiceAccount","serviceAccount":{"namespace":"ns","name":"sa"}}}'`,
    found: ['executor'],
  },
  {
    name: 'executor: part of it',
    search: `id = '$ID(executor)' and ${executer} @> '{"subject":{"serviceAccount":{"name":"sa"}}}'`,
    found: ['executor'],
  },
  {
    name: 'executor: another one',
    search: `id = '$ID(executor)' and ${executer} @> '{"subject":{"serviceAccount":{"name":"other"}}}'`,
    found: [],
  },
];
