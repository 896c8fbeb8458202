import type { Dispatcher } from 'undici';
import type { CallOptions } from '../../clients/transport.ts';
import { toWireJson } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { CancelSource } from './cancel-source.ts';
import type { CredentialSource } from './credentials.ts';
import { exchange, type WholeAnswer } from './exchange.ts';
import type {
  DeletePreconditions,
  JsonPatchStep,
  KubeApi,
  KubeCallFact,
  ListPage,
  ObjectRef,
  PageQuery,
  ResourcePath,
  WatchEvent,
  WatchOptions,
  WatchQuery,
} from './kube-api.ts';
import { LineSplitter } from './line-splitter.ts';
import { openAnswer, type OpenAnswer } from './open-answer.ts';
import {
  failedAnswer,
  isMissingObject,
  isSuccess,
  noKubernetes,
  objectIn,
  objectOf,
  pageOf,
  watchEvent,
} from './read-answer.ts';
import { readList } from './read-list.ts';
import { noAnswerInTime, translateFailure } from './translate-status.ts';
import type { KubeCall } from './translate-status.ts';

export interface HttpKubeDeps {
  readonly clock: Clock;
  readonly userAgent: string;
  readonly observe?: (fact: KubeCallFact) => void;
}

interface Outgoing {
  readonly verb: KubeCallFact['verb'];
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: ResourcePath;
  readonly namespace?: string;
  readonly name?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly contentType?: string;
  /** Plain JSON when absent. */
  readonly accept?: string;
}

/** A server that knows no such form answers with the whole objects. */
const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

type Answer = WholeAnswer | OpenAnswer;
type Lent = Awaited<ReturnType<CredentialSource['lend']>>;

/** Sends a request and reads its answer, whole or up to its head. */
type Way<A extends Answer> = (
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal,
) => Promise<A>;

/** `KubeApi` over HTTP/1.1, on connections that all calls share. */
export class HttpKubeApi implements KubeApi {
  readonly server: string;
  readonly #credentials: CredentialSource;
  readonly #deps: HttpKubeDeps;

  constructor(credentials: CredentialSource, deps: HttpKubeDeps) {
    this.#credentials = credentials;
    this.#deps = deps;
    this.server = new URL(credentials.server).origin;
  }

  get defaultNamespace(): string | undefined {
    return this.#credentials.namespace;
  }

  async get(path: ResourcePath, ref: ObjectRef, options: CallOptions): Promise<JsonObject | undefined> {
    return this.#ask({ verb: 'get', method: 'GET', path, ...ref }, options, (answer, call) => {
      if (isMissingObject(answer)) return undefined;
      return objectIn(answer, call);
    });
  }

  async listPage(
    path: ResourcePath,
    query: PageQuery,
    options: CallOptions,
    take?: (object: JsonObject) => void,
  ): Promise<ListPage> {
    const { namespace, limit, metadataOnly, ...rest } = query;
    const outgoing = {
      verb: 'list',
      method: 'GET',
      path,
      ...at(namespace),
      query: { ...rest, limit: String(limit) },
      ...(metadataOnly === true ? { accept: metadataList } : {}),
    } as const;
    if (take === undefined) return this.#ask(outgoing, options, (answer, call) => pageOf(objectIn(answer, call)));
    return this.#call(outgoing, options, async (call, signal) => {
      const answer = await this.#send(outgoing, call, signal, openAnswer);
      if (!isSuccess(answer.status)) throw await failedAnswer(answer, call);
      try {
        return pageOf(objectOf(await readList(answer.body, take, this.#deps.clock, options.signal), call));
      } catch (error) {
        throw error instanceof SyntaxError ? noKubernetes(call, error) : error;
      }
    });
  }

  async jsonPatch(
    path: ResourcePath,
    ref: ObjectRef,
    steps: readonly JsonPatchStep[],
    options: CallOptions,
  ): Promise<JsonObject> {
    const body = toWireJson(steps as unknown as JsonValue);
    const outgoing = {
      verb: 'patch',
      method: 'PATCH',
      path,
      ...ref,
      body,
      contentType: 'application/json-patch+json',
    } as const;
    return this.#ask(outgoing, options, objectIn);
  }

  async create(
    path: ResourcePath,
    namespace: string | undefined,
    object: JsonObject,
    options: CallOptions,
  ): Promise<JsonObject> {
    const outgoing = { verb: 'create', method: 'POST', path, ...at(namespace), body: toWireJson(object) } as const;
    return this.#ask(outgoing, options, objectIn);
  }

  async update(path: ResourcePath, ref: ObjectRef, object: JsonObject, options: CallOptions): Promise<JsonObject> {
    const outgoing = { verb: 'update', method: 'PUT', path, ...ref, body: toWireJson(object) } as const;
    return this.#ask(outgoing, options, objectIn);
  }

  async delete(
    path: ResourcePath,
    ref: ObjectRef,
    { uid, resourceVersion }: DeletePreconditions,
    options: CallOptions,
  ): Promise<'taken' | 'absent'> {
    const preconditions = resourceVersion === undefined ? { uid } : { uid, resourceVersion };
    const body = toWireJson({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions });
    const outgoing = { verb: 'delete', method: 'DELETE', path, ...ref, body } as const;
    return this.#ask(outgoing, options, (answer, call) => {
      if (isMissingObject(answer)) return 'absent';
      objectIn(answer, call);
      return 'taken';
    });
  }

  async *watch(path: ResourcePath, query: WatchQuery, options: WatchOptions): AsyncIterable<WatchEvent> {
    const { namespace, timeoutSeconds, ...rest } = query;
    const outgoing: Outgoing = {
      verb: 'watch',
      method: 'GET',
      path,
      ...at(namespace),
      query: { ...rest, timeoutSeconds: String(timeoutSeconds), watch: 'true', allowWatchBookmarks: 'true' },
    };
    const call = this.#describe(outgoing);
    const { silenceMs } = options;
    const tooQuiet = noAnswerInTime(call, silenceMs);
    const cancel = new CancelSource(this.#deps.clock, options.signal, silenceMs, () => tooQuiet);
    let opened = false;
    try {
      const answer = await this.#send(outgoing, call, cancel.signal, openAnswer);
      if (answer.status !== 200) throw await failedAnswer(answer, call);
      cancel.postpone();
      opened = true;
      options.onOpen?.();
      const lines = new LineSplitter();
      for await (const chunk of answer.body) {
        cancel.postpone();
        for (const line of lines.push(chunk)) yield watchEvent(line, call);
      }
      if (lines.pending > 0) throw translateFailure(new Error('the watch broke off in the middle of an event'), call);
    } catch (error) {
      const reason = cancel.reasonOf(error) ?? error;
      // Nothing to tell and a dead connection look alike; the next watch tells which it was.
      if (opened && reason === tooQuiet) return;
      throw translateFailure(reason, call);
    } finally {
      cancel.end();
    }
  }

  async close(): Promise<void> {
    await this.#credentials.close();
  }

  /** A call whose answer is read to its end before it is looked at. */
  async #ask<T>(
    outgoing: Outgoing,
    options: CallOptions,
    read: (answer: WholeAnswer, call: KubeCall) => T,
  ): Promise<T> {
    return this.#call(outgoing, options, async (call, signal) =>
      read(await this.#send(outgoing, call, signal, exchange), call),
    );
  }

  /** Inside the deadline. */
  async #call<T>(
    outgoing: Outgoing,
    { signal, deadlineMs }: CallOptions,
    work: (call: KubeCall, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const call = this.#describe(outgoing);
    const leftMs = deadlineMs - this.#deps.clock.monotonicMs();
    const cancel = new CancelSource(this.#deps.clock, signal, leftMs, () => noAnswerInTime(call, leftMs));
    try {
      return await work(call, cancel.signal);
    } catch (error) {
      throw cancel.reasonOf(error) ?? translateFailure(error, call);
    } finally {
      cancel.end();
    }
  }

  /** A 401 is tried once more with credentials read again. */
  async #send<A extends Answer>(outgoing: Outgoing, call: KubeCall, signal: AbortSignal, way: Way<A>): Promise<A> {
    const lent = await whileAlive(this.#credentials.lend(), signal);
    const sendWith = (credentials: Lent): Promise<A> =>
      this.#observed(outgoing, () => {
        signal.throwIfAborted();
        return way(credentials.dispatcher, this.#requestOf(outgoing, call, credentials), signal);
      });
    const first = await sendWith(lent);
    if (first.status !== 401) return first;
    const renewed = await whileAlive(this.#credentials.renew(lent), signal).catch(async (error: unknown) => {
      await leave(first);
      throw error;
    });
    if (renewed === lent) return first;
    await leave(first);
    return sendWith(renewed);
  }

  #requestOf(
    { query, method, body, contentType, accept = 'application/json' }: Outgoing,
    call: KubeCall,
    lent: Lent,
  ): Dispatcher.DispatchOptions {
    const url = new URL(call.url);
    return {
      origin: url.origin,
      path: `${url.pathname}${queryText(query)}`,
      method,
      headers: {
        ...lent.headers,
        accept,
        'user-agent': this.#deps.userAgent,
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    };
  }

  async #observed<A extends Answer>(outgoing: Outgoing, send: () => Promise<A>): Promise<A> {
    const { clock, observe } = this.#deps;
    const startMs = clock.monotonicMs();
    let status = 0;
    try {
      const answer = await send();
      status = answer.status;
      return answer;
    } finally {
      observe?.({
        verb: outgoing.verb,
        resource: outgoing.path.resource,
        url: this.#describe(outgoing).url,
        status,
        seconds: (clock.monotonicMs() - startMs) / 1000,
      });
    }
  }

  #describe({ verb, path, namespace, name }: Outgoing): KubeCall {
    const parts = [
      ...(path.group === '' ? ['api', path.version] : ['apis', path.group, path.version]),
      ...(namespace === undefined ? [] : ['namespaces', namespace]),
      path.resource,
      ...(name === undefined ? [] : [name]),
    ];
    // The server of a kubeconfig may have a path, when a proxy serves many clusters.
    return { verb, url: `${this.#credentials.server.replace(/\/+$/, '')}/${parts.map(pathSegment).join('/')}` };
  }
}

/**
 * Names with half of a surrogate pair have no form in a URL; no API server takes one, so it never will be another's.
 */
function pathSegment(part: string): string {
  if (!part.isWellFormed())
    throw new MaestroError('invalid-input', `${JSON.stringify(part)} is no name that the hub could be asked for`, {
      delivery: 'not-sent',
    });
  return encodeURIComponent(part);
}

/** Nobody will read the answer: its connection must not wait for that. */
async function leave({ body }: Answer): Promise<void> {
  if (typeof body !== 'string') await body.return?.();
}

function at(namespace: string | undefined): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

function queryText(query: Outgoing['query']): string {
  const given = Object.entries(query ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

/** Credentials may take a plugin's time; an aborted call does not wait for it. */
async function whileAlive<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
