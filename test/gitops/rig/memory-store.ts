import { randomUUID } from 'node:crypto';
import { canonicalJson, isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ApiRequest } from './api-request.ts';
import type { Kind, KubeObject, Preconditions, Ref, WatchEvent } from './kube-client.ts';
import { PatchError, applied, jsonPatched, mergePatched } from './patches.ts';

const names: Readonly<Record<string, string>> = {
  configmaps: 'ConfigMap',
  namespaces: 'Namespace',
  deployments: 'Deployment',
  applications: 'Application',
  appprojects: 'AppProject',
};

/** True for the kinds that an API server for custom resources cannot have. */
export function isInMemory({ group, version, resource }: Kind): boolean {
  return (
    version === 'v1' &&
    (group === ''
      ? resource === 'configmaps' || resource === 'namespaces'
      : group === 'apps' && resource === 'deployments')
  );
}

export interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

type Listener = (kind: Kind, event: WatchEvent) => void;
type Request = Pick<ApiRequest, 'kind' | 'verb' | 'namespace' | 'name' | 'subresource' | 'contentType' | 'query'>;

/** Objects with the manners of an API server, as far as controllers and agents depend on them. */
export class MemoryStore {
  readonly #objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<Listener>();
  /** What each field manager applied last, by object. */
  readonly #applied = new Map<string, Map<string, JsonObject>>();
  #revision = 1;

  constructor(namespaces: readonly string[]) {
    for (const name of namespaces)
      this.put({ group: '', version: 'v1', resource: 'namespaces' }, { metadata: { name } });
  }

  get(kind: Kind, ref: Ref): KubeObject | undefined {
    return this.#objects.get(address(kind, ref));
  }

  list(kind: Kind, namespace?: string): KubeObject[] {
    const prefix = `${kind.group}/${kind.resource}/${namespace === undefined ? '' : `${namespace}/`}`;
    return [...this.#objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object);
  }

  /** Creates or replaces. */
  put(kind: Kind, object: JsonObject): KubeObject {
    const metadata = object['metadata'] as JsonObject & Ref;
    const key = address(kind, metadata);
    const known = this.#objects.get(key);
    this.#revision += 1;
    const stored: KubeObject = {
      ...object,
      apiVersion: kind.group === '' ? 'v1' : `${kind.group}/${kind.version}`,
      kind: names[kind.resource] ?? kind.resource,
      metadata: {
        ...metadata,
        uid: known?.metadata.uid ?? randomUUID(),
        creationTimestamp: known?.metadata['creationTimestamp'] ?? now(),
        resourceVersion: String(this.#revision),
      },
    };
    this.#objects.set(key, stored);
    this.#tell(kind, { type: known === undefined ? 'ADDED' : 'MODIFIED', object: stored });
    return stored;
  }

  /** Removes it, whatever finalizers it has. */
  delete(kind: Kind, ref: Ref): boolean {
    const known = this.get(kind, ref);
    if (known === undefined) return false;
    this.#objects.delete(address(kind, ref));
    this.#applied.delete(address(kind, ref));
    this.#tell(kind, { type: 'DELETED', object: known });
    return true;
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Answers everything but a watch. */
  answer(request: Request, body: JsonObject | readonly JsonObject[] | undefined): Reply {
    const { kind, verb, namespace, name } = request;
    const scope = namespace === undefined ? {} : { namespace };
    if (verb === 'list') return this.#listed(request);
    const content = isJsonObject(body) ? body : {};
    if (verb === 'create') {
      const metadata = { ...((content['metadata'] ?? {}) as JsonObject & Ref), ...scope };
      if (this.get(kind, metadata) !== undefined)
        return failure(409, 'AlreadyExists', `${kind.resource} "${metadata.name}" already exists`);
      return { status: 201, body: this.put(kind, { ...content, metadata: { ...metadata, generation: 1 } }) };
    }
    const ref = { ...scope, name: name ?? '' };
    const known = this.get(kind, ref);
    if (verb === 'patch' && request.contentType.includes('apply-patch')) return this.#apply(request, ref, content);
    if (known === undefined || !['', 'status'].includes(request.subresource ?? ''))
      return failure(404, 'NotFound', `${kind.resource} "${ref.name}" not found`, {
        name: ref.name,
        kind: kind.resource,
      });
    switch (verb) {
      case 'get':
        return { status: 200, body: known };
      case 'update':
        return this.#write(kind, known, content);
      case 'patch':
        return this.#patch(request, known, body);
      case 'delete':
        return this.#remove(kind, known, (content['preconditions'] ?? {}) as Preconditions);
      default:
        return failure(405, 'MethodNotAllowed', `${verb} is not supported`);
    }
  }

  #listed({ kind, namespace, query }: Request): Reply {
    const items = this.list(kind, namespace).filter(
      (item) => fieldsMatch(item, query.get('fieldSelector')) && labelsMatch(item, query.get('labelSelector')),
    );
    const metadata = { resourceVersion: String(this.#revision) };
    return { status: 200, body: { apiVersion: 'v1', kind: `${names[kind.resource] ?? ''}List`, metadata, items } };
  }

  #patch(
    { kind, contentType }: Request,
    known: KubeObject,
    body: JsonObject | readonly JsonObject[] | undefined,
  ): Reply {
    try {
      const steps = Array.isArray(body) ? (body as readonly JsonObject[]) : [];
      const patched = contentType.includes('json-patch')
        ? jsonPatched(known, steps)
        : mergePatched(known, Array.isArray(body) ? {} : ((body ?? {}) as JsonObject));
      return this.#write(kind, known, patched);
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      return failure(
        422,
        'Invalid',
        `the server rejected our request due to an error in our request: ${error.message}`,
      );
    }
  }

  #apply({ kind, query }: Request, ref: Ref, wanted: JsonObject): Reply {
    const key = address(kind, ref);
    const manager = query.get('fieldManager') ?? '';
    const before = this.#applied.get(key)?.get(manager);
    const known = this.get(kind, ref);
    const metadata = { ...((wanted['metadata'] ?? {}) as JsonObject), ...ref };
    const reply =
      known === undefined
        ? { status: 201, body: this.put(kind, { ...wanted, metadata: { ...metadata, generation: 1 } }) }
        : this.#write(kind, known, applied(known, before, { ...wanted, metadata }));
    const managers = this.#applied.get(key) ?? new Map<string, JsonObject>();
    this.#applied.set(key, managers.set(manager, wanted));
    return reply;
  }

  /** The version and the uid that the new content names have to be those that stand; its generation counts changes. */
  #write(kind: Kind, known: KubeObject, content: JsonObject): Reply {
    const metadata = (content['metadata'] ?? {}) as KubeObject['metadata'];
    const expected = { uid: metadata.uid, resourceVersion: metadata.resourceVersion };
    const refusal = this.#refusal(kind, known, expected);
    if (refusal !== undefined) return refusal;
    const { uid, name, namespace, generation = 1, deletionTimestamp } = known.metadata;
    const changed = contentOf(kind, content) !== contentOf(kind, known);
    const next = {
      ...content,
      metadata: {
        ...metadata,
        uid,
        name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
        generation: changed ? generation + 1 : generation,
        resourceVersion: known.metadata.resourceVersion,
      },
    };
    if (canonicalJson(next) === canonicalJson({ ...known, metadata: { generation, ...known.metadata } }))
      return { status: 200, body: known };
    if (deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0) {
      this.delete(kind, known.metadata);
      return { status: 200, body: next };
    }
    return { status: 200, body: this.put(kind, next) };
  }

  #remove(kind: Kind, known: KubeObject, preconditions: Preconditions): Reply {
    const refusal = this.#refusal(kind, known, preconditions);
    if (refusal !== undefined) return refusal;
    if ((known.metadata.finalizers ?? []).length === 0) this.delete(kind, known.metadata);
    else if (known.metadata.deletionTimestamp === undefined) {
      const { generation = 1 } = known.metadata;
      this.put(kind, {
        ...known,
        metadata: { ...known.metadata, deletionTimestamp: now(), generation: generation + 1 },
      });
    }
    return { status: 200, body: { apiVersion: 'v1', kind: 'Status', status: 'Success' } };
  }

  #refusal({ resource }: Kind, { metadata }: KubeObject, expected: Preconditions): Reply | undefined {
    const { uid = metadata.uid, resourceVersion = metadata.resourceVersion } = expected;
    if (uid === metadata.uid && resourceVersion === metadata.resourceVersion) return undefined;
    const what = uid === metadata.uid ? 'the object has been modified' : `Precondition failed: UID in precondition`;
    return failure(409, 'Conflict', `Operation cannot be fulfilled on ${resource} "${metadata.name}": ${what}`);
  }

  #tell(kind: Kind, event: WatchEvent): void {
    for (const listener of this.#listeners) listener(kind, event);
  }
}

/** An error as the API server words it. */
export function failure(code: number, reason: string, message: string, details: JsonObject = {}): Reply {
  return {
    status: code,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code },
  };
}

/** What a generation counts: an Application has no subresource, so that its status counts too. */
function contentOf({ resource }: Kind, { metadata: _, status, ...rest }: JsonObject): string {
  return canonicalJson(resource === 'applications' ? { ...rest, status } : rest);
}

function fieldsMatch(object: KubeObject, selector: string | null): boolean {
  const name = /^metadata\.name=(.+)$/.exec(selector ?? '')?.[1];
  return name === undefined || object.metadata.name === name;
}

/** `key`, `key=value` and `key!=value`, joined by commas. */
function labelsMatch({ metadata: { labels = {} } }: KubeObject, selector: string | null): boolean {
  return (selector ?? '')
    .split(',')
    .filter((term) => term !== '')
    .every((term) => {
      const [, key = '', operator, value = ''] = /^([^=!]+)(=|==|!=)?(.*)$/.exec(term) ?? [];
      if (operator === undefined) return labels[key] !== undefined;
      return operator === '!=' ? labels[key] !== value : labels[key] === value;
    });
}

function address(kind: Kind, { namespace = '', name }: Ref): string {
  return `${kind.group}/${kind.resource}/${namespace}/${name}`;
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
