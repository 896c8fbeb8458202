import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { JsonObject } from '../../../src/core/json.ts';

/** A kind as the API server's paths name it. */
export interface Kind {
  /** "" is the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export const kinds = {
  applications: { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' },
  applicationSets: { group: 'argoproj.io', version: 'v1alpha1', resource: 'applicationsets' },
  appProjects: { group: 'argoproj.io', version: 'v1alpha1', resource: 'appprojects' },
  managedClusters: { group: 'cluster.open-cluster-management.io', version: 'v1', resource: 'managedclusters' },
  placementDecisions: {
    group: 'cluster.open-cluster-management.io',
    version: 'v1beta1',
    resource: 'placementdecisions',
  },
  placements: { group: 'cluster.open-cluster-management.io', version: 'v1beta1', resource: 'placements' },
  managedClusterSetBindings: {
    group: 'cluster.open-cluster-management.io',
    version: 'v1beta2',
    resource: 'managedclustersetbindings',
  },
  gitOpsClusters: { group: 'apps.open-cluster-management.io', version: 'v1beta1', resource: 'gitopsclusters' },
  leases: { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' },
  events: { group: 'events.k8s.io', version: 'v1', resource: 'events' },
  manifestWorks: { group: 'work.open-cluster-management.io', version: 'v1', resource: 'manifestworks' },
  setReports: {
    group: 'apps.open-cluster-management.io',
    version: 'v1alpha1',
    resource: 'multiclusterapplicationsetreports',
  },
  multiClusterHubs: { group: 'operator.open-cluster-management.io', version: 'v1', resource: 'multiclusterhubs' },
  addOns: { group: 'addon.open-cluster-management.io', version: 'v1alpha1', resource: 'managedclusteraddons' },
  customResourceDefinitions: { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' },
  configMaps: { group: '', version: 'v1', resource: 'configmaps' },
  namespaces: { group: '', version: 'v1', resource: 'namespaces' },
  deployments: { group: 'apps', version: 'v1', resource: 'deployments' },
} as const satisfies Record<string, Kind>;

export interface Ref {
  readonly namespace?: string;
  readonly name: string;
}

export interface Answer {
  readonly status: number;
  readonly body: JsonObject;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

/** What a deletion insists on. */
export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Any object, with the metadata that everything here looks at. */
export interface KubeObject extends JsonObject {
  readonly metadata: JsonObject & {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly labels?: { readonly [key: string]: string };
    readonly annotations?: { readonly [key: string]: string };
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
  };
}

/** An answer of the API server that is an error. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(answer: Answer, what: string) {
    const { message, reason } = answer.body;
    super(typeof message === 'string' ? message : `${what}: status ${String(answer.status)}`);
    this.status = answer.status;
    this.reason = typeof reason === 'string' ? reason : '';
  }
}

export interface KubeClientOptions {
  readonly url: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** Sent with each write, so that field ownership is by name. */
  readonly fieldManager?: string;
  readonly userAgent?: string;
}

/** The verbs of a Kubernetes API on top of one request, whatever carries it. */
export abstract class ObjectClient {
  readonly #fieldManager: string | undefined;

  protected constructor(fieldManager: string | undefined) {
    this.#fieldManager = fieldManager;
  }

  /** One request as it is; any status is an answer. */
  abstract send(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer>;

  /** Events from a version on, until the server or the signal ends the watch. */
  abstract watch(kind: Kind, resourceVersion: string, signal: AbortSignal): AsyncGenerator<WatchEvent>;

  abstract close(): void;

  async get(kind: Kind, ref: Ref): Promise<KubeObject | undefined> {
    const answer = await this.send('GET', pathOf(kind, ref));
    return answer.status === 404 ? undefined : this.#object(answer, `get ${kind.resource}`);
  }

  async list(
    kind: Kind,
    query: { readonly namespace?: string; readonly labelSelector?: string } = {},
  ): Promise<{ items: KubeObject[]; resourceVersion: string }> {
    const selector =
      query.labelSelector === undefined ? '' : `?labelSelector=${encodeURIComponent(query.labelSelector)}`;
    const answer = await this.send('GET', pathOf(kind, query) + selector);
    if (answer.status !== 200) throw new ApiError(answer, `list ${kind.resource}`);
    const { items, metadata } = answer.body as unknown as {
      items: KubeObject[];
      metadata: { resourceVersion: string };
    };
    return { items, resourceVersion: metadata.resourceVersion };
  }

  async create(kind: Kind, object: JsonObject): Promise<KubeObject> {
    const { namespace } = (object['metadata'] ?? {}) as { namespace?: string };
    const path = pathOf(kind, namespace === undefined ? {} : { namespace });
    return this.#object(await this.send('POST', path + this.#manager('?'), object), `create ${kind.resource}`);
  }

  async update(kind: Kind, object: KubeObject): Promise<KubeObject> {
    const path = pathOf(kind, object.metadata) + this.#manager('?');
    return this.#object(await this.send('PUT', path, object), `update ${kind.resource}`);
  }

  async mergePatch(kind: Kind, ref: Ref, patch: JsonObject, subresource = ''): Promise<KubeObject> {
    const path = `${pathOf(kind, ref)}${subresource === '' ? '' : `/${subresource}`}${this.#manager('?')}`;
    return this.#object(
      await this.send('PATCH', path, patch, 'application/merge-patch+json'),
      `patch ${kind.resource}`,
    );
  }

  async jsonPatch(kind: Kind, ref: Ref, steps: readonly JsonObject[]): Promise<KubeObject> {
    const path = pathOf(kind, ref) + this.#manager('?');
    return this.#object(await this.send('PATCH', path, steps, 'application/json-patch+json'), `patch ${kind.resource}`);
  }

  /** Server-side apply under the client's field manager. */
  async apply(kind: Kind, object: JsonObject, force: boolean): Promise<KubeObject> {
    const path = `${pathOf(kind, object['metadata'] as unknown as Ref)}?force=${String(force)}${this.#manager('&')}`;
    return this.#object(
      await this.send('PATCH', path, object, 'application/apply-patch+yaml'),
      `apply ${kind.resource}`,
    );
  }

  /** False when there was nothing to delete. */
  async delete(
    kind: Kind,
    ref: Ref,
    options: { readonly propagationPolicy?: string } & Preconditions = {},
  ): Promise<boolean> {
    const { propagationPolicy = 'Background', ...preconditions } = options;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy, preconditions };
    const answer = await this.send('DELETE', pathOf(kind, ref), body);
    if (answer.status === 404) return false;
    if (answer.status >= 300) throw new ApiError(answer, `delete ${kind.resource}`);
    return true;
  }

  #manager(prefix: '?' | '&'): string {
    const fieldManager = this.#fieldManager;
    return fieldManager === undefined ? '' : `${prefix}fieldManager=${encodeURIComponent(fieldManager)}`;
  }

  #object(answer: Answer, what: string): KubeObject {
    if (answer.status >= 300) throw new ApiError(answer, what);
    return answer.body as KubeObject;
  }
}

/**
 * The rig's own client for a Kubernetes API: bare HTTPS, so that it shares no
 * code, and no fault, with the client under test.
 */
export class KubeClient extends ObjectClient {
  readonly #options: KubeClientOptions;
  readonly #agent: Agent;

  constructor(options: KubeClientOptions) {
    super(options.fieldManager);
    this.#options = options;
    this.#agent = new Agent({ keepAlive: true, ca: options.ca, cert: options.cert, key: options.key });
  }

  override async *watch(kind: Kind, resourceVersion: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const query = `?watch=true&allowWatchBookmarks=true&resourceVersion=${encodeURIComponent(resourceVersion)}`;
    const response = await this.#open('GET', pathOf(kind, {}) + query, undefined, undefined, signal);
    if (response.statusCode !== 200) throw new ApiError(await readAnswer(response), `watch ${kind.resource}`);
    let rest = '';
    for await (const chunk of response.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as WatchEvent;
    }
  }

  override async send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    return readAnswer(await this.#open(method, path, body, contentType));
  }

  override close(): void {
    this.#agent.destroy();
  }

  #open(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, this.#options.url),
        {
          method,
          agent: this.#agent,
          headers: {
            accept: 'application/json',
            'user-agent': this.#options.userAgent ?? 'gitops-rig',
            ...(text === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }),
          },
          ...(signal === undefined ? {} : { signal }),
        },
        resolve,
      );
      outgoing.once('error', reject);
      outgoing.end(text);
    });
  }
}

export function pathOf({ group, version, resource }: Kind, ref: Partial<Ref>): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const namespace = ref.namespace === undefined || ref.namespace === '' ? '' : `/namespaces/${ref.namespace}`;
  return `${root}${namespace}/${resource}${ref.name === undefined ? '' : `/${ref.name}`}`;
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  const status = response.statusCode ?? 0;
  try {
    return { status, body: JSON.parse(text) as JsonObject };
  } catch {
    return { status, body: { message: text } };
  }
}

/** Files and a kubeconfig that names them. */
export interface KubeconfigOptions {
  readonly url: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export function kubeconfigText({ url, caFile, certFile, keyFile }: KubeconfigOptions): string {
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'rig', cluster: { server: url, 'certificate-authority': caFile } }],
      users: [{ name: 'rig', user: { 'client-certificate': certFile, 'client-key': keyFile } }],
      contexts: [{ name: 'rig', context: { cluster: 'rig', user: 'rig' } }],
      'current-context': 'rig',
    },
    undefined,
    2,
  )}\n`;
}
