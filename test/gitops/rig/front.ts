import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../../src/core/json.ts';
import { verifyAtEnd } from '../../support/script.ts';
import { parseApiRequest } from './api-request.ts';
import type { ApiRequest, Verb } from './api-request.ts';
import type { RigKeys } from './certificates.ts';
import type { WatchEvent } from './kube-client.ts';
import { MemoryStore, failure, isInMemory } from './memory-store.ts';

/** Of the rig's own clients, such as the simulators: what they ask for stands beside the program under test. */
const rigUser = 'rig-admin';

/** Whether a user may, by the `resourceAttributes` of the review. */
export type Rights = (user: string, attributes: JsonObject) => boolean;

/** Which requests a fault strikes; what is left out fits any. */
export interface FaultMatch {
  /**
   * Anybody but the rig itself when absent: its simulators watch the same kinds, and would use up a fault that is
   * struck once.
   */
  readonly user?: string;
  readonly verb?: Verb;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string;
  /** True: only list pages after the first, which makes a list fail half-way. False: only first pages. */
  readonly continued?: boolean;
}

/**
 * What goes wrong on purpose.
 * - `status`: this answer, and nothing is done.
 * - `lost-answer`: it is done, then the connection goes.
 * - `reset`: the connection goes, and nothing is done.
 * - `delay`: it waits first.
 * - `hang`: nothing ever comes back.
 * - `truncated`: the body ends in the middle, and the connection with it.
 * - `empty-list`: a list without items.
 * - `gone`: a watch that starts with an ERROR event of 410, as a real one does when its version is too old.
 */
export type FrontFault = FaultMatch & {
  /** How many requests it strikes; all until cleared when absent. */
  readonly count?: number;
} & (
    | {
        readonly kind: 'status';
        readonly status: number;
        readonly reason?: string;
        readonly message?: string;
        readonly retryAfterSeconds?: number;
      }
    | { readonly kind: 'lost-answer' | 'reset' | 'hang' | 'truncated' | 'empty-list' | 'gone' }
    | { readonly kind: 'delay'; readonly ms: number }
  );

interface OpenWatch {
  readonly request: ApiRequest;
  readonly response: ServerResponse;
}

export interface FrontOptions {
  readonly keys: RigKeys;
  /** Of the API server behind. */
  readonly upstream: string;
  readonly namespaces: readonly string[];
  /** Refuse objects in namespaces that do not exist, as a full API server does. */
  readonly checkNamespaces: boolean;
}

/** What stands before an API server: the kinds that it lacks, a record of all requests, and faults. */
export class Front {
  readonly memory: MemoryStore;
  readonly #options: FrontOptions;
  readonly #server: Server;
  readonly #upstream: Agent;
  /** Monotonic, from when on the times of requests count. */
  readonly startMs = performance.now();
  readonly #watches = new Set<OpenWatch>();
  #requests: ApiRequest[] = [];
  #faults: { readonly fault: FrontFault; left: number }[] = [];
  readonly #tokens = new Map<string, string>();
  #frozen = false;
  #rights: Rights = () => true;

  private constructor(options: FrontOptions) {
    this.#options = options;
    const { ca, server, admin } = options.keys;
    this.memory = new MemoryStore(options.namespaces);
    this.#upstream = new Agent({ keepAlive: true, ca, ...admin });
    // Idle connections stay, or clients would meet resets that no test asked for.
    this.#server = createServer(
      { ...server, ca, requestCert: true, rejectUnauthorized: false, keepAliveTimeout: 0 },
      (message, response) => {
        this.#answer(message, response).catch(() => response.destroy());
      },
    );
  }

  static async start(options: FrontOptions): Promise<Front> {
    const front = new Front(options);
    await new Promise<void>((resolve) => front.#server.listen(0, '127.0.0.1', resolve));
    // Upgrades and half-closed sockets of cut connections must not end the test run.
    front.#server.on('tlsClientError', () => undefined);
    return front;
  }

  get url(): string {
    return `https://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /**
   * Every request for a resource since the start or the last `forget`, watches too; the rig's own when `user` says so.
   */
  requests(match: FaultMatch = {}): readonly ApiRequest[] {
    return this.#requests.filter((one) => fits(match, one));
  }

  forget(): void {
    this.#requests = [];
  }

  /** `verb group/resource[/subresource]`, sorted and each once: what a ClusterRole has to allow. */
  verbsUsed(user = 'gitops-controller'): string[] {
    const used = this.requests({ user }).map(
      ({ verb, kind, subresource }) =>
        `${verb} ${kind.group}/${kind.resource}${subresource === undefined ? '' : `/${subresource}`}`,
    );
    return [...new Set(used)].sort();
  }

  /** Lets a bearer token in as that user; undefined revokes it. */
  setToken(token: string, user: string | undefined): void {
    if (user === undefined) this.#tokens.delete(token);
    else this.#tokens.set(token, user);
  }

  /**
   * What a review of access is answered, of the caller or of the user that it names; everything is allowed before.
   * Nothing else asks: a request that is not
   * allowed is a fault to set.
   */
  setRights(rights: Rights): void {
    this.#rights = rights;
  }

  setFault(fault: FrontFault): void {
    const entry = { fault, left: fault.count ?? Infinity };
    this.#faults.push(entry);
    const isLeft = (): boolean => entry.left !== Infinity && this.#faults.includes(entry);
    verifyAtEnd({ left: () => (isLeft() ? [`the front of the hub: ${JSON.stringify(fault)}`] : []) });
  }

  clearFaults(): void {
    this.#faults = [];
    this.#frozen = false;
  }

  openWatches(match: FaultMatch = {}): number {
    return [...this.#watches].filter(({ request }) => fits(match, request)).length;
  }

  /** Tears down the watches that are open now. */
  cutWatches(match: FaultMatch = {}): number {
    const struck = [...this.#watches].filter(({ request }) => fits(match, request));
    for (const { response } of struck) response.destroy();
    return struck.length;
  }

  /** Half-open: until thawed, watches stay connected and nothing flows; what happens meanwhile is lost to them. */
  freezeWatches(frozen: boolean): void {
    this.#frozen = frozen;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#upstream.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const socket = message.socket as TLSSocket;
    const user = this.#userOf(message);
    if (user === undefined) return reply(response, failure(401, 'Unauthorized', 'Unauthorized'));
    const request = parseApiRequest(message, user, performance.now() - this.startMs);
    if (request === undefined) return this.#forward(message, response, undefined, undefined);
    this.#requests.push(request);
    const body = await readBody(message);
    const fault = this.#take(request);
    switch (fault?.kind) {
      case 'status': {
        const { status, reason = '', message: text = 'told to fail', retryAfterSeconds } = fault;
        if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
        return reply(
          response,
          failure(status, reason, text, retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
        );
      }
      case 'reset':
        socket.destroy();
        return;
      case 'hang':
        return;
      case 'gone':
        return reply(response, {
          status: 200,
          body: { type: 'ERROR', object: failure(410, 'Expired', 'too old resource version: 1 (2)').body },
        });
      case 'delay':
        await sleep(fault.ms);
        break;
      case 'empty-list':
        return reply(response, {
          status: 200,
          body: { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '1' }, items: [] },
        });
      case 'lost-answer':
      case 'truncated':
      case undefined:
        break;
    }
    if (this.#lacksNamespace(request))
      return reply(
        response,
        failure(404, 'NotFound', `namespaces "${request.namespace ?? ''}" not found`, {
          name: request.namespace ?? '',
          kind: 'namespaces',
        }),
      );
    if (request.kind.group === 'authorization.k8s.io') return reply(response, this.#review(user, body));
    if (isInMemory(request.kind)) return this.#fromMemory(request, body, response);
    await this.#forward(message, response, body, request, fault?.kind);
  }

  #review(user: string, body: string): { readonly status: number; readonly body: JsonObject } {
    const review = JSON.parse(body) as JsonObject & {
      readonly spec?: { readonly user?: string; readonly resourceAttributes?: JsonObject };
    };
    const allowed = this.#rights(review.spec?.user ?? user, review.spec?.resourceAttributes ?? {});
    return { status: 201, body: { ...review, status: allowed ? { allowed } : { allowed, reason: 'told to refuse' } } };
  }

  #userOf(message: IncomingMessage): string | undefined {
    const socket = message.socket as TLSSocket;
    if (socket.authorized) return String(socket.getPeerCertificate().subject.CN);
    return this.#tokens.get(/^Bearer (.+)$/.exec(message.headers.authorization ?? '')?.[1] ?? '');
  }

  #lacksNamespace({ verb, kind, namespace, contentType }: ApiRequest): boolean {
    if (!this.#options.checkNamespaces || namespace === undefined) return false;
    const creates = verb === 'create' || (verb === 'patch' && contentType.includes('apply-patch'));
    return (
      creates &&
      kind.resource !== 'namespaces' &&
      this.memory.get({ group: '', version: 'v1', resource: 'namespaces' }, { name: namespace }) === undefined
    );
  }

  #fromMemory(request: ApiRequest, body: string, response: ServerResponse): void {
    if (request.verb !== 'watch') {
      const content = body === '' ? undefined : (JSON.parse(body) as JsonObject | readonly JsonObject[]);
      reply(response, this.memory.answer(request, content));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const { kind, namespace } = request;
    const stop = this.memory.onChange((changed, event: WatchEvent) => {
      const same = changed.group === kind.group && changed.resource === kind.resource;
      if (same && (namespace === undefined || event.object.metadata.namespace === namespace) && !this.#frozen)
        response.write(`${JSON.stringify(event)}\n`);
    });
    this.#keep({ request, response }, stop);
  }

  #keep(watch: OpenWatch, then: () => void): void {
    this.#watches.add(watch);
    watch.response.once('close', () => {
      this.#watches.delete(watch);
      then();
    });
  }

  #forward(
    message: IncomingMessage,
    response: ServerResponse,
    body: string | undefined,
    request: ApiRequest | undefined,
    fault?: FrontFault['kind'],
  ): Promise<void> {
    // The server behind knows the front's own certificate only.
    const {
      host: _,
      connection: __,
      'content-length': ___,
      'transfer-encoding': ____,
      authorization: _____,
      ...headers
    } = message.headers;
    return new Promise((resolve, reject) => {
      const outgoing = httpsRequest(
        new URL(message.url ?? '/', this.#options.upstream),
        {
          method: message.method,
          headers: {
            ...headers,
            ...(body === undefined || body === '' ? {} : { 'content-length': Buffer.byteLength(body) }),
          },
          agent: this.#upstream,
        },
        (incoming) => {
          if (fault === 'lost-answer') {
            incoming.resume().once('end', () => message.socket.destroy());
            resolve();
            return;
          }
          response.writeHead(incoming.statusCode ?? 502, incoming.headers);
          response.flushHeaders();
          if (request?.verb === 'watch') this.#keep({ request, response }, () => outgoing.destroy());
          const held: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => {
            if (request?.verb === 'watch' && this.#frozen) return;
            if (fault === 'truncated') held.push(chunk);
            else response.write(chunk);
          });
          incoming.once('end', () => {
            const whole = Buffer.concat(held);
            if (fault === 'truncated')
              response.write(whole.subarray(0, Math.ceil(whole.length / 2)), () => response.destroy());
            else response.end();
          });
          // The server behind ended a watch, or was killed: the client sees the same.
          incoming.once('error', () => response.destroy());
          response.once('close', () => {
            if (!incoming.complete) outgoing.destroy();
          });
          resolve();
        },
      );
      outgoing.once('error', (error: NodeJS.ErrnoException) => {
        // The server behind closed an idle connection, which is no fault that a test asked for.
        if (outgoing.reusedSocket && error.code === 'ECONNRESET' && !response.headersSent)
          this.#forward(message, response, body, request, fault).then(resolve, reject);
        else reject(error);
      });
      outgoing.end(body);
    });
  }

  #take(request: ApiRequest): FrontFault | undefined {
    const entry = this.#faults.find(({ fault }) => fits(fault, request) && suits(fault.kind, request.verb));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#faults = this.#faults.filter((other) => other !== entry);
    return entry.fault;
  }
}

function fits(match: FaultMatch, { verb, kind, name, query, user }: ApiRequest): boolean {
  return (
    (match.user === undefined ? user !== rigUser : match.user === user) &&
    (match.verb === undefined || match.verb === verb) &&
    (match.group === undefined || match.group === kind.group) &&
    (match.resource === undefined || match.resource === kind.resource) &&
    (match.name === undefined || match.name === name) &&
    (match.continued === undefined || match.continued === ((query.get('continue') ?? '') !== ''))
  );
}

/** Two faults are for one verb only. */
function suits(kind: FrontFault['kind'], verb: Verb): boolean {
  if (kind === 'empty-list') return verb === 'list';
  return kind === 'gone' ? verb === 'watch' : true;
}

function reply(
  response: ServerResponse,
  { status, body }: { readonly status: number; readonly body: JsonObject },
): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

async function readBody(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += String(chunk);
  return text;
}
