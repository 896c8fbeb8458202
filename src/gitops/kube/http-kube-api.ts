import type { Dispatcher } from 'undici';
import type { CallOptions } from '../../clients/transport.ts';
import { isJsonObject, toWireJson } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../io/clock.ts';
import { CancelSource } from './cancel-source.ts';
import type { CredentialSource } from './credentials.ts';
import type {
  JsonPatchStep, KubeApi, KubeCallFact, ListPage, ObjectRef, PageQuery, ResourcePath, WatchEvent, WatchOptions, WatchQuery,
} from './kube-api.ts';
import { LineSplitter } from './line-splitter.ts';
import { readList } from './read-list.ts';
import { noAnswerInTime, translateAnswer, translateErrorEvent, translateFailure } from './translate-status.ts';
import type { KubeCall } from './translate-status.ts';
import { objectAt, parseWireJson, textAt } from './wire-json.ts';

export interface HttpKubeDeps {
  readonly clock: Clock;
  readonly userAgent: string;
  readonly observe?: (fact: KubeCallFact) => void;
}

interface Outgoing {
  readonly verb: KubeCallFact['verb'];
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly path: ResourcePath;
  readonly namespace?: string;
  readonly name?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly contentType?: string;
}

type Answer = Dispatcher.ResponseData;

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
    return this.#call({ verb: 'get', method: 'GET', path, ...ref }, options, async (answer, call) => {
      if (answer.statusCode !== 404) return objectIn(await successText(answer, call), call);
      const text = await answer.body.text();
      // A kind that is not served is a 404 as well, but not one of an object.
      if (/"reason":\s*"NotFound"/.test(text) && /"name":/.test(text)) return undefined;
      throw translateAnswer({ status: 404, body: text }, call);
    });
  }

  async listPage(path: ResourcePath, query: PageQuery, options: CallOptions, take?: (object: JsonObject) => void): Promise<ListPage> {
    const { namespace, limit, ...rest } = query;
    const outgoing = { verb: 'list', method: 'GET', path, ...at(namespace), query: { ...rest, limit: String(limit) } } as const;
    return this.#call(outgoing, options, async (answer, call) => {
      if (take === undefined) return pageOf(objectIn(await successText(answer, call), call));
      if (!isSuccess(answer)) throw await failedAnswer(answer, call);
      const list = await readList(answer.body as AsyncIterable<Buffer>, take, this.#deps.clock, options.signal).catch((error: unknown) => {
        throw error instanceof SyntaxError ? noKubernetes(call, error) : error;
      });
      return pageOf(objectOf(list, call));
    });
  }

  async jsonPatch(path: ResourcePath, ref: ObjectRef, steps: readonly JsonPatchStep[], options: CallOptions): Promise<JsonObject> {
    const body = toWireJson(steps as unknown as JsonValue);
    const outgoing = { verb: 'patch', method: 'PATCH', path, ...ref, body, contentType: 'application/json-patch+json' } as const;
    return this.#call(outgoing, options, async (answer, call) => objectIn(await successText(answer, call), call));
  }

  async create(path: ResourcePath, namespace: string | undefined, object: JsonObject, options: CallOptions): Promise<JsonObject> {
    const outgoing = { verb: 'create', method: 'POST', path, ...at(namespace), body: toWireJson(object) } as const;
    return this.#call(outgoing, options, async (answer, call) => objectIn(await successText(answer, call), call));
  }

  async update(path: ResourcePath, ref: ObjectRef, object: JsonObject, options: CallOptions): Promise<JsonObject> {
    const outgoing = { verb: 'update', method: 'PUT', path, ...ref, body: toWireJson(object) } as const;
    return this.#call(outgoing, options, async (answer, call) => objectIn(await successText(answer, call), call));
  }

  async *watch(path: ResourcePath, query: WatchQuery, options: WatchOptions): AsyncIterable<WatchEvent> {
    const { namespace, timeoutSeconds, ...rest } = query;
    const outgoing: Outgoing = {
      verb: 'watch', method: 'GET', path, ...at(namespace),
      query: { ...rest, timeoutSeconds: String(timeoutSeconds), watch: 'true', allowWatchBookmarks: 'true' },
    };
    const call = this.#describe(outgoing);
    const { silenceMs } = options;
    const tooQuiet = noAnswerInTime(call, silenceMs);
    const cancel = new CancelSource(this.#deps.clock, options.signal, silenceMs, () => tooQuiet);
    let answer: Answer | undefined;
    let opened = false;
    try {
      answer = await this.#send(outgoing, call, cancel.signal);
      if (answer.statusCode !== 200) throw await failedAnswer(answer, call);
      cancel.postpone();
      opened = true;
      options.onOpen?.();
      const lines = new LineSplitter();
      for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
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
      answer?.body.destroy();
    }
  }

  async close(): Promise<void> {
    await this.#credentials.close();
  }

  /** One call with its whole answer, inside the deadline. */
  async #call<T>(outgoing: Outgoing, { signal, deadlineMs }: CallOptions, read: (answer: Answer, call: KubeCall) => Promise<T>): Promise<T> {
    const call = this.#describe(outgoing);
    const leftMs = deadlineMs - this.#deps.clock.monotonicMs();
    const cancel = new CancelSource(this.#deps.clock, signal, leftMs, () => noAnswerInTime(call, leftMs));
    let answer: Answer | undefined;
    try {
      answer = await this.#send(outgoing, call, cancel.signal);
      return await read(answer, call);
    } catch (error) {
      answer?.body.destroy();
      throw cancel.reasonOf(error) ?? translateFailure(error, call);
    } finally {
      cancel.end();
    }
  }

  /** Up to the head of the answer. A 401 is tried once more with credentials read again. */
  async #send(outgoing: Outgoing, call: KubeCall, signal: AbortSignal): Promise<Answer> {
    const lent = await whileAlive(this.#credentials.lend(), signal);
    const first = await this.#sendWith(lent, outgoing, call, signal);
    if (first.statusCode !== 401) return first;
    const renewed = await whileAlive(this.#credentials.renew(lent), signal);
    if (renewed === lent) return first;
    await first.body.dump();
    return this.#sendWith(renewed, outgoing, call, signal);
  }

  async #sendWith(lent: Awaited<ReturnType<CredentialSource['lend']>>, outgoing: Outgoing, call: KubeCall, signal: AbortSignal): Promise<Answer> {
    const { clock, observe, userAgent } = this.#deps;
    const startMs = clock.monotonicMs();
    let status = 0;
    try {
      signal.throwIfAborted();
      const url = new URL(call.url);
      const answer = await lent.dispatcher.request({
        origin: url.origin,
        path: `${url.pathname}${queryText(outgoing.query)}`,
        method: outgoing.method,
        headers: {
          ...lent.headers,
          accept: 'application/json',
          'user-agent': userAgent,
          ...(outgoing.body === undefined ? {} : { 'content-type': outgoing.contentType ?? 'application/json' }),
        },
        ...(outgoing.body === undefined ? {} : { body: outgoing.body }),
        signal,
      });
      // A body that is given up tells so by an error event, which nobody may be left to hear.
      answer.body.on('error', () => undefined);
      status = answer.statusCode;
      return answer;
    } finally {
      observe?.({ verb: outgoing.verb, resource: outgoing.path.resource, status, seconds: (clock.monotonicMs() - startMs) / 1000 });
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
    return { verb, url: `${this.#credentials.server.replace(/\/+$/, '')}/${parts.map(encodeURIComponent).join('/')}` };
  }
}

function at(namespace: string | undefined): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

function queryText(query: Outgoing['query']): string {
  const given = Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

async function successText(answer: Answer, call: KubeCall): Promise<string> {
  if (!isSuccess(answer)) throw await failedAnswer(answer, call);
  return answer.body.text();
}

function isSuccess({ statusCode }: Answer): boolean {
  return statusCode >= 200 && statusCode <= 299;
}

async function failedAnswer(answer: Answer, call: KubeCall): Promise<MaestroError> {
  const retryAfter = answer.headers['retry-after'];
  const body = await answer.body.text();
  return translateAnswer({ status: answer.statusCode, body, ...(typeof retryAfter === 'string' ? { retryAfter } : {}) }, call);
}

function objectIn(text: string, call: KubeCall): JsonObject {
  return objectOf(parsed(text, call), call);
}

function objectOf(value: JsonValue, call: KubeCall): JsonObject {
  if (!isJsonObject(value)) throw noKubernetes(call, undefined);
  return value;
}

function parsed(text: string, call: KubeCall): JsonValue {
  try {
    return parseWireJson(text);
  } catch (error) {
    throw noKubernetes(call, error);
  }
}

function noKubernetes(call: KubeCall, cause: unknown): MaestroError {
  return new MaestroError('unavailable', `${call.verb} ${call.url}: the answer is not what the Kubernetes API sends`, {
    reason: 'ServerError',
    mayHeal: true,
    delivery: 'unknown',
    cause,
  });
}

function pageOf(list: JsonObject): ListPage {
  const metadata = objectAt(list, 'metadata');
  const { items } = list;
  const next = textAt(metadata, 'continue');
  const remaining = metadata['remainingItemCount'];
  return {
    // A server without any object of the kind may say null.
    items: Array.isArray(items) ? items.filter((item: JsonValue): item is JsonObject => isJsonObject(item)) : [],
    resourceVersion: textAt(metadata, 'resourceVersion'),
    ...(next === '' ? {} : { continue: next }),
    ...(typeof remaining === 'number' ? { remaining } : {}),
  };
}

function watchEvent(line: string, call: KubeCall): WatchEvent {
  const event = parsed(line, call);
  const object = isJsonObject(event) ? event['object'] : undefined;
  if (!isJsonObject(event) || !isJsonObject(object)) throw noKubernetes(call, undefined);
  switch (event['type']) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type: event['type'], object };
    case 'BOOKMARK':
      return { type: 'BOOKMARK', resourceVersion: textAt(objectAt(object, 'metadata'), 'resourceVersion') };
    case 'ERROR':
      throw translateErrorEvent(object, call);
    default:
      throw noKubernetes(call, undefined);
  }
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
