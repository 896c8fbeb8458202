import type { JsonObject } from '../../../../src/core/json.ts';
import { objectAt, textAt } from '../../../../src/core/json-fields.ts';
import { MaestroError } from '../../../../src/errors.ts';
import type { KubeApi, ListPage, ObjectRef, PageQuery, WatchEvent } from '../../../../src/gitops/kube/kube-api.ts';

/** A hub with objects of one kind, that lists and watches them in memory, and takes no writes. */
export class ListedHub implements KubeApi {
  readonly server = 'https://hub.example:6443';
  readonly defaultNamespace = undefined;
  /** Why reads fail; undefined when they do not. */
  fault: MaestroError | undefined;
  readonly selectors: (string | undefined)[] = [];
  readonly #objects = new Map<string, JsonObject>();
  readonly #waiting: WatchEvent[] = [];
  #version = 0;
  #wake = (): void => undefined;

  put(object: JsonObject): void {
    const type = this.#objects.has(keyOf(object)) ? 'MODIFIED' : 'ADDED';
    this.#version += 1;
    const metadata = { ...objectAt(object, 'metadata'), resourceVersion: String(this.#version) };
    const stored = { ...object, metadata };
    this.#objects.set(keyOf(object), stored);
    this.#tell({ type, object: stored });
  }

  remove(key: string): void {
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    this.#version += 1;
    this.#tell({ type: 'DELETED', object });
  }

  async get(_path: unknown, { namespace = '', name }: ObjectRef): Promise<JsonObject | undefined> {
    if (this.fault !== undefined) throw this.fault;
    return this.#objects.get(`${namespace}/${name}`);
  }

  async listPage(
    _path: unknown,
    query: PageQuery,
    _options: unknown,
    take?: (object: JsonObject) => void,
  ): Promise<ListPage> {
    if (this.fault !== undefined) throw this.fault;
    this.selectors.push(query.labelSelector);
    this.#waiting.length = 0;
    for (const object of this.#objects.values()) take?.(object);
    return { items: take === undefined ? [...this.#objects.values()] : [], resourceVersion: String(this.#version) };
  }

  async *watch(
    _path: unknown,
    _query: unknown,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncGenerator<WatchEvent> {
    while (!signal.aborted) {
      const event = this.#waiting.shift();
      if (event !== undefined) yield event;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
    }
  }

  jsonPatch = refused;
  create = refused;
  update = refused;
  delete = refused;

  async close(): Promise<void> {
    this.#wake();
  }

  #tell(event: WatchEvent): void {
    this.#waiting.push(event);
    this.#wake();
  }
}

async function refused(): Promise<never> {
  throw new MaestroError('internal', 'whoever only looks writes nothing');
}

function keyOf(object: JsonObject): string {
  const metadata = objectAt(object, 'metadata');
  return `${textAt(metadata, 'namespace')}/${textAt(metadata, 'name')}`;
}

/** An Application of the hub for c1, with a status. */
export function hubApplicationOf(
  name: string,
  {
    cluster = 'c1',
    set,
    status,
  }: { readonly cluster?: string; readonly set?: string; readonly status?: JsonObject } = {},
): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      namespace: 'argocd',
      name,
      uid: `uid-${name}`,
      labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': 'true' },
      annotations: {
        'apps.open-cluster-management.io/ocm-managed-cluster': cluster,
        'argocd.argoproj.io/skip-reconcile': 'true',
      },
      ...(set === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: set }] }),
    },
    spec: {
      project: 'default',
      destination: { namespace: 'shop' },
      source: { repoURL: 'https://git.example/a', path: name },
    },
    ...(status === undefined ? {} : { status }),
  };
}
