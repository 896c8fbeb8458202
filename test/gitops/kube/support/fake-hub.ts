import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Script } from '../../../support/script.ts';

interface Stored {
  readonly key: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly note: string;
  readonly version: number;
}

interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Stored;
}

/** What the next request of a kind is answered with, instead of the truth. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Planned {
  readonly when: (asked: Asked) => boolean;
  readonly answer: Answer | 'hang' | 'cut';
}

interface Watcher {
  readonly answer: ServerResponse;
  frozen: boolean;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/**
 * An API server of one kind, `widgets`, over plain HTTP or TLS: lists by pages of
 * a snapshot, watches from a version, and every way in which these go wrong.
 */
export class FakeHub {
  readonly asked: Asked[] = [];
  readonly #objects = new Map<string, Stored>();
  readonly #changes: Change[] = [];
  readonly #snapshots = new Map<number, readonly Stored[]>();
  readonly #watchers = new Set<Watcher>();
  readonly #sockets = new Set<Socket>();
  readonly planned = new Script<Planned>('the hub');
  readonly #server: Server;
  #version = 100;
  #oldest = 0;
  connections = 0;
  /** Called before each page but the first of a list. */
  beforeNextPage: () => void = () => undefined;

  constructor(tls?: ServerOptions) {
    const handle = (request: IncomingMessage, answer: ServerResponse): void => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.#handle(request, Buffer.concat(chunks).toString('utf8'), answer));
    };
    this.#server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle);
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this.port;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** key → version, as the truth is now, of objects that the selector of the tests takes. */
  view(): Map<string, string> {
    return new Map([...this.#objects.values()].filter(isPicked).map(({ key, version }) => [key, String(version)]));
  }

  put(name: string, note = '', picked = true): void {
    const key = `ns/${name}`;
    this.#version += 1;
    const before = this.#objects.get(key);
    const object: Stored = {
      key,
      name,
      namespace: 'ns',
      labels: { pick: picked ? 'yes' : 'no' },
      note,
      version: this.#version,
    };
    this.#objects.set(key, object);
    // A watch with a selector sees an object that stops matching as deleted.
    const was = before !== undefined && isPicked(before);
    if (picked) this.#tell({ type: was ? 'MODIFIED' : 'ADDED', object });
    else if (was) this.#tell({ type: 'DELETED', object: { ...before, version: this.#version } });
  }

  remove(name: string): void {
    const before = this.#objects.get(`ns/${name}`);
    if (before === undefined) return;
    this.#version += 1;
    this.#objects.delete(before.key);
    if (isPicked(before)) this.#tell({ type: 'DELETED', object: { ...before, version: this.#version } });
  }

  /** Forgets everything before now: older versions and continue tokens are 410. */
  compact(): void {
    this.#oldest = this.#version;
    this.#snapshots.clear();
  }

  bookmark(): void {
    this.#send(
      `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.#version) } } })}\n`,
    );
  }

  /** Raw text into all watches. */
  sendRaw(text: string): void {
    this.#send(text);
  }

  endWatches(): void {
    for (const { answer } of this.#watchers) answer.end();
  }

  cutWatches(): void {
    for (const { answer } of this.#watchers) answer.socket?.destroy();
  }

  /** Half-open: the sockets stay, and nothing comes through any more. */
  freezeWatches(): void {
    for (const watcher of this.#watchers) watcher.frozen = true;
  }

  next(verb: 'list' | 'watch' | 'any', answer: Answer | 'hang' | 'cut'): void {
    this.planned.push({
      when: (asked) => verb === 'any' || (asked.query.get('watch') === 'true') === (verb === 'watch'),
      answer,
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #tell(change: Change): void {
    this.#changes.push(change);
    this.#send(line(change));
  }

  #send(text: string): void {
    for (const { answer, frozen } of this.#watchers) if (!frozen && !answer.writableEnded) answer.write(text);
  }

  #handle(request: IncomingMessage, body: string, answer: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://hub');
    const asked: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
    };
    this.asked.push(asked);
    const planned = this.planned.take(({ when }) => when(asked));
    if (planned !== undefined) {
      const { answer: instead } = planned;
      if (instead === 'hang') return;
      if (instead === 'cut') request.socket.destroy();
      else
        answer.writeHead(instead.status, { 'content-type': 'application/json', ...instead.headers }).end(instead.body);
    } else if (asked.query.get('watch') === 'true') {
      this.#watch(asked, answer);
    } else if (asked.method === 'GET' && asked.path.endsWith('/widgets')) {
      this.#list(asked, answer);
    } else {
      const found = this.#objects.get(`ns/${asked.path.split('/').at(-1)}`);
      if (found === undefined)
        send(answer, 404, status(404, 'NotFound', 'widgets "x" not found', { name: 'x', kind: 'widgets' }));
      else send(answer, 200, JSON.stringify(manifest(found)));
    }
  }

  #list(asked: Asked, answer: ServerResponse): void {
    const limit = Number(asked.query.get('limit') ?? '500');
    const [versionText = '', offsetText = '0'] = (asked.query.get('continue') ?? '').split(':');
    if (versionText !== '') this.beforeNextPage();
    const version = versionText === '' ? this.#version : Number(versionText);
    if (versionText === '')
      this.#snapshots.set(
        version,
        [...this.#objects.values()].filter(isPicked).sort((a, b) => (a.key < b.key ? -1 : 1)),
      );
    const snapshot = this.#snapshots.get(version);
    if (snapshot === undefined)
      return send(answer, 410, status(410, 'Expired', 'The provided continue parameter is too old'));
    const end = Number(offsetText) + limit;
    const items = snapshot.slice(Number(offsetText), end).map(manifest);
    const more =
      end < snapshot.length ? { continue: `${version}:${end}`, remainingItemCount: snapshot.length - end } : {};
    send(
      answer,
      200,
      JSON.stringify({ kind: 'WidgetList', metadata: { resourceVersion: String(version), ...more }, items }),
    );
  }

  #watch(asked: Asked, answer: ServerResponse): void {
    const from = Number(asked.query.get('resourceVersion'));
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.flushHeaders();
    if (from < this.#oldest) {
      answer.end(
        `${JSON.stringify({ type: 'ERROR', object: JSON.parse(status(410, 'Expired', 'too old resource version')) as unknown })}\n`,
      );
      return;
    }
    const watcher: Watcher = { answer, frozen: false };
    this.#watchers.add(watcher);
    answer.on('close', () => this.#watchers.delete(watcher));
    for (const change of this.#changes) if (change.object.version > from) answer.write(line(change));
  }
}

/** A failed answer of Kubernetes. */
export function status(
  code: number,
  reason: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details });
}

function isPicked({ labels }: Stored): boolean {
  return labels['pick'] === 'yes';
}

function manifest({ name, namespace, labels, note, version }: Stored): unknown {
  return {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name, namespace, labels, uid: `uid-${name}`, resourceVersion: String(version) },
    spec: { note },
  };
}

function line({ type, object }: Change): string {
  return `${JSON.stringify({ type, object: manifest(object) })}\n`;
}

function send(answer: ServerResponse, code: number, body: string): void {
  answer.writeHead(code, { 'content-type': 'application/json' }).end(body);
}
