import type { CallOptions } from '../../clients/transport.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Clock } from '../../clock.ts';
import type { MaestroError } from '../../errors.ts';

/** Where a kind is served. The group "" is the core group; all our kinds but Namespace have one. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  /** Plural, lower case: `applications`. */
  readonly resource: string;
}

export interface ObjectRef {
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly name: string;
}

/** One step of an RFC 6902 patch; `path` is a JSON Pointer, see `patches.ts` for building them. */
export interface JsonPatchStep {
  readonly op: 'test' | 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: JsonValue;
}

/** Which object a deletion means; never only a name, because that may be another's by now. */
export interface DeletePreconditions {
  readonly uid: string;
  readonly resourceVersion?: string;
}

export interface PageQuery {
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Objects per page; see `defaultPageSize`. */
  readonly limit: number;
  /** Of each object no more than its metadata; its kind is `PartialObjectMetadata` then. */
  readonly metadataOnly?: true;
  readonly continue?: string;
}

export interface ListPage {
  readonly items: readonly JsonObject[];
  /** Absent on the last page. */
  readonly continue?: string;
  readonly resourceVersion: string;
}

export interface WatchQuery {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly resourceVersion: string;
  /** The server ends the watch by then, so that it moves to another server now and then. */
  readonly timeoutSeconds: number;
}

export interface WatchOptions {
  readonly signal: AbortSignal;
  /**
   * A stream without a byte for so long is closed, because it may be dead. Most
   * servers send a bookmark a minute, but none for a kind of which they have
   * seen no change since they started, unless their etcd tells of its progress.
   */
  readonly silenceMs: number;
  /** Called when the server has taken the watch on, which is a sign of life of its own. */
  readonly onOpen?: () => void;
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: JsonObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

export type { CallOptions } from '../../clients/transport.ts';

/**
 * The API of the hub. Every rejection is a MaestroError out of
 * `translate-status.ts`; nothing is retried in here except one call per 401,
 * with credentials read again. An aborted call rejects with the signal's reason
 * when that is a MaestroError.
 */
export interface KubeApi {
  /** scheme://host:port, for messages. */
  readonly server: string;
  /** Namespace of the context or of the pod's service account. */
  readonly defaultNamespace: string | undefined;
  /** undefined when there is no such object. */
  get(path: ResourcePath, ref: ObjectRef, options: CallOptions): Promise<JsonObject | undefined>;
  /**
   * One page. With `take` its objects are handed over one by one as they come,
   * which spares the memory for all of them at once, and the page has the last
   * few or none; what was handed over stays so when the rest of the page fails.
   *
   * @throws GoneError when `continue` has expired
   */
  listPage(
    path: ResourcePath,
    query: PageQuery,
    options: CallOptions,
    take?: (object: JsonObject) => void,
  ): Promise<ListPage>;
  /**
   * Events until the server ends the watch, or has sent nothing for too long
   * after it took it on. Leaving the loop closes the socket.
   * @throws GoneError when the resource version has been compacted away
   */
  watch(path: ResourcePath, query: WatchQuery, options: WatchOptions): AsyncIterable<WatchEvent>;
  /** A failed `test` and a 409 are `conflict`, a missing object is `not-found`. */
  jsonPatch(
    path: ResourcePath,
    ref: ObjectRef,
    steps: readonly JsonPatchStep[],
    options: CallOptions,
  ): Promise<JsonObject>;
  /** An object of that name already there is `conflict`. */
  create(
    path: ResourcePath,
    namespace: string | undefined,
    object: JsonObject,
    options: CallOptions,
  ): Promise<JsonObject>;
  /** PUT; with `metadata.resourceVersion` in the object, another version on the server is `conflict`. */
  update(path: ResourcePath, ref: ObjectRef, object: JsonObject, options: CallOptions): Promise<JsonObject>;
  /**
   * Deletes exactly the object that was looked at: one of another uid or, when it is given, of another resource
   * version is `conflict` and stays. An object with finalizers is there until they are taken off.
   *
   * @returns `absent` when there was no such object
   */
  delete(
    path: ResourcePath,
    ref: ObjectRef,
    expected: DeletePreconditions,
    options: CallOptions,
  ): Promise<'taken' | 'absent'>;
  /** Ends all connections, watches too. */
  close(): Promise<void>;
}

/** What those work with that call the hub by themselves, and go on when that fails. */
export interface CallerDeps<P = MaestroError> {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for jitter and names. */
  readonly random: () => number;
  readonly onProblem?: (problem: P) => void;
}

/** What one call came to, for metrics and for people. */
export interface KubeCallFact {
  readonly verb: 'get' | 'list' | 'watch' | 'patch' | 'create' | 'update' | 'delete';
  readonly resource: string;
  /** Of the object or the list, without its query. */
  readonly url: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly seconds: number;
}

/** Pages of 12 KB Applications that stay under 100 ms of event loop each. */
export const defaultPageSize = 200;
