import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../../src/core/json.ts';
import { objectAt, textAt } from '../../../src/core/json-fields.ts';

/** A hub over HTTP that answers GETs, lists by pages and reviews of access, out of what it was given. */
export class ServedHub {
  /** `GET /apis/…`, without queries, in their order. */
  readonly asked: string[] = [];
  /** Plural names of kinds that nobody may list or get. */
  readonly refused = new Set<string>();
  /** `verb resource` that the service account of the controller lacks. */
  readonly lacking = new Set<string>();
  /** Answers that fail first, by plural name, before the truth comes. */
  readonly failures = new Map<string, number>();
  readonly #objects = new Map<string, JsonObject[]>();
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** For `--kubeconfig`. */
  get kubeconfig(): string {
    const server = `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'hub',
      contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'hub' } }],
      clusters: [{ name: 'hub', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'hub', user: {} }],
    });
  }

  /** The kind is served from now on, with these objects. */
  serve(resource: string, objects: readonly JsonObject[]): void {
    this.#objects.set(resource, [...objects]);
  }

  unserve(resource: string): void {
    this.#objects.delete(resource);
  }

  of(resource: string): readonly JsonObject[] {
    return this.#objects.get(resource) ?? [];
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '/', 'http://hub');
    this.asked.push(`${request.method ?? ''} ${url.pathname}`);
    // /apis/GROUP/VERSION/… and /api/VERSION/…
    const after = url.pathname.split('/').slice(url.pathname.startsWith('/apis/') ? 3 : 2);
    const namespaced = after[1] === 'namespaces' && after.length > 3;
    const [resource = '', name] = namespaced ? after.slice(3) : after.slice(1);
    const namespace = namespaced ? after[2] : undefined;
    const send = (status: number, body: JsonObject): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const failed = (code: number, reason: string): void =>
      send(code, {
        kind: 'Status',
        status: 'Failure',
        reason,
        message: `${resource}: ${reason}`,
        details: { name: name ?? resource },
        code,
      });
    const failuresLeft = this.failures.get(resource) ?? 0;
    if (failuresLeft > 0) {
      this.failures.set(resource, failuresLeft - 1);
      return failed(503, 'ServiceUnavailable');
    }
    if (this.refused.has(resource)) return failed(403, 'Forbidden');
    if (resource === 'subjectaccessreviews' || resource === 'selfsubjectaccessreviews') {
      const spec = objectAt(JSON.parse(Buffer.concat(parts).toString('utf8')) as JsonObject, 'spec');
      const of = objectAt(spec, 'resourceAttributes');
      const right = `${textAt(of, 'verb')} ${textAt(of, 'resource')}`;
      return send(201, { spec, status: { allowed: !this.lacking.has(right) } });
    }
    const objects = this.#objects.get(resource);
    if (objects === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' });
      response.end('404 page not found\n');
      return;
    }
    const here = objects.filter(
      (object) => namespace === undefined || textAt(objectAt(object, 'metadata'), 'namespace') === namespace,
    );
    if (name !== undefined) {
      const found = here.find((object) => textAt(objectAt(object, 'metadata'), 'name') === name);
      return found === undefined ? failed(404, 'NotFound') : send(200, found);
    }
    const from = Number(url.searchParams.get('continue') ?? 0);
    const to = Math.min(here.length, from + Number(url.searchParams.get('limit') ?? here.length));
    const metadata = { resourceVersion: '1', ...(to < here.length ? { continue: String(to) } : {}) };
    send(200, { kind: 'List', apiVersion: 'v1', metadata, items: here.slice(from, to) });
  }
}
