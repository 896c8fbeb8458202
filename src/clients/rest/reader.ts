import { isJsonObject, parseJson } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { deepestBundle, JsonLimitError } from '../../core/json-nesting.ts';
import { ListText } from '../../core/list-text.ts';
import { decodeBundle, decodeConsumer } from '../../core/works/decode-bundle.ts';
import { workName, type Consumer, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import type { ConnectionSettings } from '../connection.ts';
import { beyondLimits, notMaestro, translateHttpAnswer } from '../translate-error.ts';
import type { HttpCallFacts } from '../translate-error.ts';
import { matchesBundle, matchesConsumer, type BundleFilter, type ConsumerFilter } from '../filters.ts';
import type { CallOptions, ListQuery, RowOptions, SetAsideRow, WorkReader, OnRequest } from '../transport.ts';
import { createHttpSender } from './http.ts';
import type { HttpAnswer, HttpRequest, HttpSender } from './http.ts';
import { createRetrier } from './retry.ts';
import { listPath } from './list-path.ts';
import { afterId, bundleSearches, consumerSearches, type Search } from './search.ts';

const apiPath = '/api/maestro/v1';
/** A row's first member, whose name all rows share. */
const rowOpening = /^\{"[a-z_]+":/;
/** Rows of a page to begin with: the server builds each page in its memory, and larger ones were seen to exhaust it. */
const defaultPageSize = 400;
/** Ids that are asked for at once: some 4 KiB of a request line. */
const idsPerRequest = 100;
/** Pages are made to be about so long at most, once it is known how long rows are. Characters. */
const pageCharacters = 4 * 1024 * 1024;
/** A page that was too long is asked for again with so many times fewer rows. */
const shrinkFactor = 4;

export interface ReaderDeps {
  readonly clock: Clock;
  /** 0 up to 1, for jitter; `Math.random` fits. */
  readonly random: () => number;
  /** What carries requests; HTTP of the settings when absent. */
  readonly sender?: HttpSender;
  /** Told of each try of each request. */
  readonly onRequest?: OnRequest;
}

/**
 * The REST reader, with one pool of kept-alive connections. GETs are tried
 * again inside the deadline, up to ten seconds a try; writes of consumers only
 * while nothing was sent. Rejects with a MaestroError, or with the signal's reason.
 */
export function createWorkReader(settings: ConnectionSettings, deps: ReaderDeps): WorkReader {
  const sender = deps.sender ?? createHttpSender(settings, deps.clock);
  const send = createRetrier(sender, settings.httpEndpoint, deps);

  const getRows: GetRows = async ({ path, compressed }, options, setAside) => {
    const request: HttpRequest = { method: 'GET', path, compressed };
    const answer = await send(request, options);
    return { rows: rowsOf(answer, factsOf(settings, request), setAside), characters: answer.body.length };
  };
  const write = async (request: HttpRequest, consumer: string, options: CallOptions): Promise<JsonObject> =>
    parsed(await send(request, options), factsOf(settings, request, consumer));

  const getOne = async (id: string, options: CallOptions): Promise<OneAnswer> => {
    const request: HttpRequest = { method: 'GET', path: `${apiPath}/resource-bundles/${encodeURIComponent(id)}` };
    const answer = await send(request, options);
    return {
      status: answer.status,
      bundle: () => {
        try {
          const bundle = decodeBundle(parsed(answer, factsOf(settings, request)));
          if (bundle.id.toLowerCase() !== id.toLowerCase()) throw notAsked(request.path, bundle);
          return bundle;
        } catch (error) {
          // Only maestro-7 says that the bundle is absent; a 404 of a proxy says nothing.
          if (error instanceof MaestroError && error.code === 'not-found' && answer.status === 404) return undefined;
          throw error;
        }
      },
    };
  };
  const listBundles: WorkReader['listBundles'] = (query, options) => pages(bundleList, query, options, getRows);
  const listConsumers: WorkReader['listConsumers'] = (query, options) => pages(consumerList, query, options, getRows);

  return {
    getBundle: async (id, options) => (await getOne(id, options)).bundle(),
    listBundles,
    getBundles: async function* (ids, options) {
      const { partSize, onSetAside } = options;
      const wanted = [...new Set(ids)];
      const [only = ''] = wanted;
      if (wanted.length === 1) {
        const one = await getOne(only, options);
        const bundle = readable(one, onSetAside !== undefined);
        if (bundle !== 'unreadable') {
          if (bundle !== undefined) yield [bundle];
          return;
        }
      }
      for (let start = 0; start < wanted.length; start += idsPerRequest) {
        const some = wanted.slice(start, start + idsPerRequest);
        // A page that is full would be asked for its successor.
        yield* listBundles({ where: { ids: some }, pageSize: some.length + 1, partSize, onSetAside }, options);
      }
    },
    findConsumer: async (name, options) => {
      for await (const [consumer] of listConsumers({ where: { names: [name] }, pageSize: 2 }, options)) return consumer;
      return undefined;
    },
    listConsumers,
    createConsumer: async (name, labels, options) =>
      decodeConsumer(
        await write(
          { method: 'POST', path: `${apiPath}/consumers`, body: JSON.stringify({ name, labels }) },
          name,
          options,
        ),
      ),
    updateConsumer: async (id, labels, options) =>
      decodeConsumer(
        await write({ method: 'PATCH', path: consumerPath(id), body: JSON.stringify({ labels }) }, id, options),
      ),
    deleteConsumer: async (id, options) => {
      const request: HttpRequest = { method: 'DELETE', path: consumerPath(id) };
      const answer = await send(request, options);
      if (answer.status < 200 || answer.status > 299) {
        throw translateHttpAnswer(answer.status, answer.body, factsOf(settings, request, id));
      }
    },
    close: () => sender.close(),
  };
}

/** An answer about one bundle. */
interface OneAnswer {
  readonly status: number;
  /** undefined when there is none. @throws MaestroError */
  readonly bundle: () => ResourceBundle | undefined;
}

/** @returns "unreadable" for what may be set aside: the list can tell whose row it is */
function readable({ status, bundle }: OneAnswer, maySetAside: boolean): ResourceBundle | 'unreadable' | undefined {
  try {
    return bundle();
  } catch (error) {
    if (maySetAside && status === 200) return 'unreadable';
    throw error;
  }
}

/** What differs between the lists of bundles and of consumers. */
interface List<Found, Filter> {
  readonly path: string;
  readonly decode: (json: JsonObject) => Found;
  readonly searches: (where: Filter) => readonly Search<Filter>[];
  readonly matches: (where: Filter, row: Found) => boolean;
  /** One row at most, or hardly ever one: what is asked before each write. The answer is short as it is. */
  readonly isShort: (where: Filter) => boolean;
}

const bundleList: List<ResourceBundle, BundleFilter> = {
  path: `${apiPath}/resource-bundles`,
  decode: decodeBundle,
  searches: bundleSearches,
  matches: matchesBundle,
  isShort: ({ ids, replacing = '*' }) => ids?.length === 1 || replacing !== '*',
};
const consumerList: List<Consumer, ConsumerFilter> = {
  path: `${apiPath}/consumers`,
  decode: decodeConsumer,
  searches: consumerSearches,
  matches: matchesConsumer,
  isShort: ({ names }) => names?.length === 1,
};

async function* pages<Found extends ResourceBundle | Consumer, Filter extends object>(
  list: List<Found, Filter>,
  query: ListQuery<Filter>,
  options: CallOptions,
  getRows: GetRows,
): AsyncGenerator<readonly Found[]> {
  const { where = {} as Filter } = query;
  for (const search of list.searches(where)) yield* pagesOf(list, search, { ...query, ...options }, getRows);
}

/**
 * Pages by key: each page asks for the ids after the last one seen, always as
 * page 1, because offsets shift when rows vanish. A page
 * shorter than its size is the last. `fields=` is never sent: the server
 * answers it by closing the connection.
 */
async function* pagesOf<Found extends ResourceBundle | Consumer, Filter>(
  list: List<Found, Filter>,
  { text, where }: Search<Filter>,
  options: CallOptions & RowOptions & { readonly pageSize?: number },
  getRows: GetRows,
): AsyncGenerator<readonly Found[]> {
  const { path, decode, matches, isShort } = list;
  const { pageSize = defaultPageSize, partSize = Number.POSITIVE_INFINITY, onSetAside } = options;
  let size = pageSize;
  let search = text;
  let seen: ReadonlySet<string> = new Set();
  for (;;) {
    const ids = new Set<string>();
    let last = '';
    let count = 0;
    let part: Found[] = [];
    const counted = (id: string): void => {
      // Without this, a server that ignores the search would be asked for ever.
      if (seen.has(id)) throw notPaging(path);
      ids.add(id);
      last = id;
      count += 1;
    };
    const setAside = (json: JsonObject, error: MaestroError): void => {
      const row = setAsideRow(json, error);
      counted(row.id);
      if (onSetAside === undefined) throw row.error;
      onSetAside(row);
    };
    let answer: Page;
    try {
      const asked = { path: listPath(path, { search, size }), compressed: !isShort(where) };
      answer = await getRows(asked, options, setAside);
    } catch (error) {
      if (size === 1 || !(error instanceof MaestroError) || error.reason !== 'AnswerTooLarge') throw error;
      size = Math.max(1, Math.floor(size / shrinkFactor));
      continue;
    }
    for (const json of answer.rows) {
      let row: Found;
      try {
        row = decode(json);
      } catch (error) {
        setAside(json, MaestroError.from(error));
        continue;
      }
      counted(row.id);
      if (!matches(where, row)) throw notAsked(path, row, text);
      part.push(row);
      if (part.length < partSize) continue;
      yield part;
      part = [];
    }
    if (part.length > 0) yield part;
    if (count < size) return;
    // Rows of one source are much alike: what these took is what the next will take.
    size = Math.max(1, Math.min(pageSize, Math.floor((pageCharacters / answer.characters) * count)));
    seen = ids;
    search = afterId(text, last);
  }
}

function consumerPath(id: string): string {
  return `${apiPath}/consumers/${encodeURIComponent(id)}`;
}

function factsOf(settings: ConnectionSettings, request: HttpRequest, consumer = ''): HttpCallFacts {
  const path = request.path.split('?')[0] ?? '';
  return { method: request.method, url: `${settings.httpEndpoint}${path}`, consumer };
}

/** Rows of one page; what cannot be read is handed to `setAside` in its place. */
type GetRows = (
  asked: Pick<HttpRequest, 'path'> & { readonly compressed: boolean },
  options: CallOptions,
  setAside?: (json: JsonObject, error: MaestroError) => void,
) => Promise<Page>;

/** Each row is read when it is asked for. */
interface Page {
  readonly rows: Iterable<JsonObject>;
  /** Of the whole answer. */
  readonly characters: number;
}

/**
 * What a row that cannot be read is about, in its own words.
 *
 * @throws MaestroError the error itself for what is no row: it has no place in the order of ids
 */
function setAsideRow(json: JsonObject, error: MaestroError): SetAsideRow {
  const { id, consumer_name: consumerName, metadata } = json;
  if (typeof id !== 'string' || id === '' || typeof consumerName !== 'string') throw error;
  const name = isJsonObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '';
  const unreadable = new MaestroError(
    error.code,
    `the work ${name === '' ? id : name} on ${consumerName} cannot be read: ${error.message}`,
    {
      reason: error.reason,
      delivery: 'refused',
      cause: error,
    },
  );
  return { id, consumerName, name, error: unreadable };
}

/** The JSON object of a success. Throws what any other answer means. */
function parsed(answer: HttpAnswer, facts: HttpCallFacts): JsonObject {
  checkSuccess(answer, facts);
  return objectOf(() => parseJson(answer.body, deepestBundle), facts);
}

/**
 * The items of a list, each read when it is asked for. Throws as `parsed` does, and for what is no list when it comes
 * to that.
 */
function* rowsOf(
  answer: HttpAnswer,
  facts: HttpCallFacts,
  setAside?: (json: JsonObject, error: MaestroError) => void,
): Generator<JsonObject> {
  checkSuccess(answer, facts);
  const list = new ListText({
    opening: rowOpening,
    parse: parseJson,
    levels: deepestBundle,
    ...(setAside === undefined
      ? {}
      : {
          setAside: (shallow, error) =>
            setAside(
              shallow,
              new MaestroError('unavailable', `its row is ${error.message}`, { reason: 'ServerError', cause: error }),
            ),
        }),
  });
  yield* list.push(answer.body);
  const { items } = objectOf(() => list.end(), facts);
  if (!Array.isArray(items)) throw notMaestro(facts, 'no list of items');
  for (const item of items as readonly JsonValue[]) {
    if (!isJsonObject(item)) throw notMaestro(facts, 'no list of items');
    yield item;
  }
}

function checkSuccess(answer: HttpAnswer, facts: HttpCallFacts): void {
  if (answer.status < 200 || answer.status > 299) throw translateHttpAnswer(answer.status, answer.body, facts);
}

function objectOf(read: () => JsonValue, facts: HttpCallFacts): JsonObject {
  let value: JsonValue;
  try {
    value = read();
  } catch (error) {
    // A row that was set aside and is to fail the read.
    if (error instanceof MaestroError) throw error;
    throw error instanceof JsonLimitError ? beyondLimits(facts, error) : notMaestro(facts, error);
  }
  if (!isJsonObject(value)) throw notMaestro(facts, 'no JSON object');
  return value;
}

function notPaging(path: string): MaestroError {
  return untrusted(`the pages of ${path} repeat rows`);
}

/** A row that nobody asked for: whatever is done to it would be done to something else than was named. */
function notAsked(path: string, row: ResourceBundle | Consumer, text = ''): MaestroError {
  const what =
    'consumerName' in row
      ? `the work ${JSON.stringify(workName(row))} on ${row.consumerName}`
      : `the consumer ${row.name}`;
  return untrusted(
    `the answer to GET ${path}${text === '' ? '' : ` (${text})`} is not what was asked for: it is ${what}, id ${row.id}`,
  );
}

function untrusted(message: string): MaestroError {
  const hint = 'Something between here and Maestro may drop the query of requests, or answer from a cache.';
  return new MaestroError('unavailable', message, { reason: 'ServerError', hint, delivery: 'refused' });
}
