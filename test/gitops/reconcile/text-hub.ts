import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../../src/core/json.ts';
import type { JsonPatchStep } from '../../../src/gitops/kube/kube-api.ts';
import { objectAt, textAt } from '../../../src/core/json-fields.ts';
import { applyStep } from './memory-hub.ts';

/** Stands in an object for a text that nothing but text can hold. */
export const placeholder = '@deep@';

/** So many maps in each other. */
export function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

/** A hub that answers what it was given, however odd: lists, watches, GETs and JSON patches of applications. */
export class TextHub {
  readonly #apps = new Map<string, JsonObject>();
  readonly #others: Readonly<Record<string, readonly JsonObject[]>>;
  readonly #watchers = new Set<ServerResponse>();
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));
  #version = 100;
  /** What the placeholder stands for. */
  deep = nested(4_000);

  /** @param others objects of other kinds, by their plural name; they never change */
  constructor(others: Readonly<Record<string, readonly JsonObject[]>>) {
    this.#others = others;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Makes it or changes it, and tells the watches. */
  put(object: JsonObject): void {
    const metadata = objectAt(object, 'metadata');
    const key = `${textAt(metadata, 'namespace')}/${textAt(metadata, 'name')}`;
    this.#version += 1;
    const stored = { ...object, metadata: { ...metadata, resourceVersion: String(this.#version) } };
    const type = this.#apps.has(key) ? 'MODIFIED' : 'ADDED';
    this.#apps.set(key, stored);
    for (const watcher of this.#watchers) watcher.write(`{"type":"${type}","object":${this.#text(stored)}}\n`);
  }

  get(key: string): JsonObject {
    return this.#apps.get(key) ?? {};
  }

  versionOf(key: string): string {
    return textAt(objectAt(this.get(key), 'metadata'), 'resourceVersion');
  }

  #text(value: unknown): string {
    return JSON.stringify(value).replaceAll(`"${placeholder}"`, this.deep);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://hub');
    const parts = url.pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    const kind = ['applications', 'managedclusters', 'placementdecisions'].find((name) => parts.includes(name)) ?? '';
    if (url.searchParams.get('watch') === 'true') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      if (kind !== 'applications') return;
      this.#watchers.add(response);
      response.on('close', () => this.#watchers.delete(response));
      return;
    }
    if (parts.at(-1) === kind) {
      const items = kind === 'applications' ? [...this.#apps.values()] : (this.#others[kind] ?? []);
      return send(
        response,
        200,
        `{"apiVersion":"v1","kind":"List","metadata":{"resourceVersion":"${String(this.#version)}"},"items":${this.#text(items)}}`,
      );
    }
    const object = this.#apps.get(`${parts[4] ?? ''}/${parts[6] ?? ''}`);
    if (object === undefined)
      return send(
        response,
        404,
        JSON.stringify({
          kind: 'Status',
          reason: 'NotFound',
          message: 'not found',
          details: { name: parts[6] },
          code: 404,
        }),
      );
    if (request.method !== 'PATCH') return send(response, 200, this.#text(object));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      this.put(
        (JSON.parse(Buffer.concat(chunks).toString('utf8')) as readonly JsonPatchStep[]).reduce(applyStep, object),
      );
    } catch (error) {
      return send(response, 422, JSON.stringify({ kind: 'Status', message: String(error), code: 422 }));
    }
    send(response, 200, this.#text(this.#apps.get(`${parts[4] ?? ''}/${parts[6] ?? ''}`)));
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body);
}
