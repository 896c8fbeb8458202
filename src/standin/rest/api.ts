import { isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Clock } from '../../clock.ts';
import { operationId, randomNanos } from '../identity.ts';
import { Lister, listArguments } from '../search/list.ts';
import { consumersTable, resourcesTable } from '../search/tables.ts';
import { workIdsWhere } from '../search/work-ids-where.ts';
import type { ConsumerService } from '../service/consumer-service.ts';
import { goKind } from '../service/go-structs.ts';
import { goJsonProblem } from '../service/go-json.ts';
import type { ResourceService } from '../service/resource-service.ts';
import { general, invalid, malformed, ServiceError } from '../service/service-error.ts';
import type { Store } from '../store/store.ts';
import type { StoredConsumer, StoredWork } from '../store/types.ts';
import { apiRoot, apiV1, presentBundle, presentConsumer, presentList } from './present.ts';
import { errorAnswer, noRoute } from './respond.ts';
import type { Answer } from './respond.ts';

export interface RestRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

/** `hang-up` stands for a server that dies on the request: the connection goes without an answer. */
export type RestAnswer = Answer | 'hang-up';

/** The REST routes of Maestro (recordings/search.json, recordings/consumers.json). */
export class RestApi {
  readonly #resources: ResourceService;
  readonly #consumers: ConsumerService;
  readonly #workLister: Lister<StoredWork>;
  readonly #consumerLister: Lister<StoredConsumer>;
  readonly #clock: Clock;

  constructor(store: Store, resources: ResourceService, consumers: ConsumerService, clock: Clock) {
    this.#resources = resources;
    this.#consumers = consumers;
    this.#clock = clock;
    this.#workLister = new Lister(resourcesTable, {
      revision: () => store.revision,
      get: (id) => store.work(id),
      all: () => store.works(),
      ids: () => store.workIds(),
      idsWhere: (condition) => workIdsWhere(condition, store),
    });
    this.#consumerLister = new Lister(consumersTable, {
      revision: () => store.revision,
      get: (id) => store.consumer(id),
      all: () => store.consumers(),
      ids: () => store.consumerIds(),
      idsWhere: () => undefined,
    });
  }

  answer(request: RestRequest): RestAnswer {
    try {
      return this.#route(request);
    } catch (error) {
      const known = error instanceof ServiceError ? error : general(`Unspecified error: ${String(error)}`);
      return errorAnswer(known, operationId(this.#clock));
    }
  }

  #route({ method, url, body }: RestRequest): RestAnswer {
    const path = url.pathname.replace(/(?<=.)\/$/, '');
    if (path === apiRoot && method === 'GET') return { status: 200, body: rootBody, plain: true };
    if (path === apiV1 && method === 'GET') return { status: 200, body: v1Body };
    const [, collection, id] = /^\/api\/maestro\/v1\/(resource-bundles|consumers)(?:\/([^/]+))?$/.exec(path) ?? [];
    if (collection === undefined) return noRoute(path);
    const decodedId = id === undefined ? undefined : decodeURIComponent(id);
    const answer =
      collection === 'consumers'
        ? this.#consumersRoute(method, decodedId, url.searchParams, body)
        : this.#bundlesRoute(method, decodedId, url.searchParams);
    return answer ?? noRoute(path);
  }

  #bundlesRoute(method: string, id: string | undefined, query: URLSearchParams): RestAnswer | undefined {
    if (id === undefined) {
      if (method !== 'GET') return undefined;
      // Asked for single fields of bundles the real server dies in the middle of the request.
      if ((query.get('fields') ?? '').trim() !== '') return 'hang-up';
      const list = listArguments(query);
      const { rows, total } = this.#workLister.list(list);
      return { status: 200, body: presentList('ResourceBundleList', rows.map(presentBundle), list.page, total) };
    }
    if (method === 'GET') return { status: 200, body: presentBundle(this.#resources.get(id)) };
    if (method !== 'DELETE') return undefined;
    this.#resources.markAsDeleting(id);
    return { status: 204, body: '' };
  }

  #consumersRoute(method: string, id: string | undefined, query: URLSearchParams, body: string): Answer | undefined {
    if (id === undefined) {
      if (method === 'POST') return this.#createConsumer(body);
      if (method !== 'GET') return undefined;
      const list = listArguments(query);
      const { rows, total } = this.#consumerLister.list(list);
      const items = rows.map((row) => presentConsumer(row));
      return { status: 200, body: presentList('ConsumerList', items, list.page, total) };
    }
    switch (method) {
      case 'GET':
        return { status: 200, body: presentConsumer(this.#consumers.get(id)) };
      case 'PATCH': {
        const patched = this.#consumers.patch(id, labelsOf(parseBody(body)));
        return { status: 200, body: presentConsumer(patched, { updated: randomNanos() }) };
      }
      case 'DELETE':
        this.#consumers.delete(id);
        return { status: 204, body: '' };
      default:
        return undefined;
    }
  }

  #createConsumer(body: string): Answer {
    const fields = parseBody(body);
    if (typeof fields['id'] === 'string' && fields['id'] !== '') throw invalid('id must be empty');
    const name = typeof fields['name'] === 'string' ? fields['name'] : '';
    const consumer = this.#consumers.create(name, labelsOf(fields) ?? {});
    const nanos = randomNanos();
    return { status: 201, body: presentConsumer(consumer, { created: nanos, updated: nanos }) };
  }
}

function parseBody(body: string): JsonObject {
  const problem = goJsonProblem(body);
  if (problem !== undefined) throw malformed(problem);
  const value = JSON.parse(body) as JsonValue;
  if (isJsonObject(value)) {
    if (value['name'] !== undefined && value['name'] !== null && typeof value['name'] !== 'string') {
      throw malformed(`json: cannot unmarshal ${goKind(value['name'])} into Go struct field .name of type string`);
    }
    return value;
  }
  if (value === null) return {};
  throw malformed(`json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`);
}

/** undefined when the body says nothing about labels. */
function labelsOf(body: JsonObject): Record<string, string> | undefined {
  const labels = body['labels'];
  if (!isJsonObject(labels)) return undefined;
  for (const value of Object.values(labels)) {
    if (typeof value !== 'string') {
      throw malformed(`json: cannot unmarshal ${goKind(value ?? null)} into Go struct field .labels of type string`);
    }
  }
  return { ...(labels as Record<string, string>) };
}

const rootBody = JSON.stringify({
  id: 'maestro',
  href: apiRoot,
  kind: 'API',
  versions: [{ id: 'v1', href: apiV1, kind: '', collections: null }],
});

const v1Body = JSON.stringify({
  id: 'v1',
  href: apiV1,
  kind: 'APIVersion',
  collections: [{ id: 'resources', href: `${apiV1}/resources`, kind: 'ResourceList' }],
});
