import { randomUUID } from 'node:crypto';
import { isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Kind, KubeObject, Ref, WatchEvent } from './kube-client.ts';
import type { ApiRequest } from './api-request.ts';

const names: Readonly<Record<string, string>> = {
  configmaps: 'ConfigMap',
  namespaces: 'Namespace',
  deployments: 'Deployment',
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

interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

type Listener = (kind: Kind, event: WatchEvent) => void;

/** ConfigMaps, Namespaces and Deployments, as far as controllers read them. */
export class MemoryStore {
  readonly #objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<Listener>();
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
        creationTimestamp: known?.metadata['creationTimestamp'] ?? new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
        resourceVersion: String(this.#revision),
      },
    };
    this.#objects.set(key, stored);
    this.#tell(kind, { type: known === undefined ? 'ADDED' : 'MODIFIED', object: stored });
    return stored;
  }

  delete(kind: Kind, ref: Ref): boolean {
    const known = this.get(kind, ref);
    if (known === undefined) return false;
    this.#objects.delete(address(kind, ref));
    this.#tell(kind, { type: 'DELETED', object: known });
    return true;
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Answers everything but a watch. An apply is a merge, which is enough for what is kept here. */
  answer(request: ApiRequest, body: JsonObject | undefined): Reply {
    const { kind, verb, namespace, name } = request;
    const scope = namespace === undefined ? {} : { namespace };
    if (verb === 'list') {
      const items = this.list(kind, namespace).filter((item) => fieldsMatch(item, request.query.get('fieldSelector')));
      return {
        status: 200,
        body: {
          apiVersion: 'v1',
          kind: `${names[kind.resource] ?? ''}List`,
          metadata: { resourceVersion: String(this.#revision) },
          items,
        },
      };
    }
    if (verb === 'create') {
      const metadata = { ...((body?.['metadata'] ?? {}) as JsonObject & Ref), ...scope };
      if (this.get(kind, metadata) !== undefined)
        return failure(409, 'AlreadyExists', `${kind.resource} "${metadata.name}" already exists`);
      return { status: 201, body: this.put(kind, { ...body, metadata }) };
    }
    const ref = { ...scope, name: name ?? '' };
    const known = this.get(kind, ref);
    const applied = verb === 'patch' && request.contentType.includes('apply-patch');
    if (known === undefined && !applied)
      return failure(404, 'NotFound', `${kind.resource} "${ref.name}" not found`, {
        name: ref.name,
        kind: kind.resource,
      });
    switch (verb) {
      case 'get':
        return { status: 200, body: known ?? {} };
      case 'update':
        return {
          status: 200,
          body: this.put(kind, { ...body, metadata: { ...(body?.['metadata'] as JsonObject), ...ref } }),
        };
      case 'patch':
        return {
          status: known === undefined ? 201 : 200,
          body: this.put(kind, {
            ...merged(known ?? {}, body ?? {}),
            metadata: { ...(merged(known ?? {}, body ?? {})['metadata'] as JsonObject), ...ref },
          }),
        };
      case 'delete':
        this.delete(kind, ref);
        return { status: 200, body: { apiVersion: 'v1', kind: 'Status', status: 'Success' } };
      default:
        return failure(405, 'MethodNotAllowed', `${verb} is not supported`);
    }
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

/** RFC 7396, but arrays stay arrays of the patch. */
function merged(target: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, JsonObject[string]> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key];
    if (value === null) delete result[key];
    else result[key] = isJsonObject(value) ? merged(isJsonObject(before) ? before : {}, value) : value;
  }
  return result;
}

function fieldsMatch(object: KubeObject, selector: string | null): boolean {
  const name = /^metadata\.name=(.+)$/.exec(selector ?? '')?.[1];
  return name === undefined || object.metadata.name === name;
}

function address(kind: Kind, { namespace = '', name }: Ref): string {
  return `${kind.group}/${kind.resource}/${namespace}/${name}`;
}
