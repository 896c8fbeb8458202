import type { IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { textAt } from '../../src/core/json-fields.ts';
import type { JsonObject } from '../../src/core/json.ts';

/** The lease that the controllers of the bench compete for. */
export const leaseName = 'bench-controllers';

const group = '/apis/coordination.k8s.io/v1/namespaces/';

/** The leases that candidates of an election make; a write needs the version that is stored, as on an API server. */
export class Leases {
  readonly #stored = new Map<string, JsonObject>();
  #version = 0;

  /** @returns undefined for what is asked of others, and for a lease that no candidate has made */
  async answer(
    request: IncomingMessage,
    path: string,
  ): Promise<{ readonly status: number; readonly body: string } | undefined> {
    if (!path.startsWith(group)) return undefined;
    if (request.method === 'GET') {
      const found = this.#stored.get(path.split('/').at(-1) ?? '');
      if (found !== undefined) return { status: 200, body: JSON.stringify(found) };
      return path.endsWith(`/${leaseName}`) ? failure(404, 'NotFound') : undefined;
    }
    const lease = JSON.parse(await textOf(request)) as { readonly metadata: JsonObject };
    const name = textAt(lease.metadata, 'name');
    const stored = this.#stored.get(name)?.['metadata'] as JsonObject | undefined;
    const isCreation = request.method === 'POST';
    if (isCreation && stored !== undefined) return failure(409, 'AlreadyExists');
    if (!isCreation && lease.metadata['resourceVersion'] !== stored?.['resourceVersion'])
      return failure(409, 'Conflict');
    this.#version += 1;
    const written = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(this.#version) } };
    this.#stored.set(name, written);
    return { status: isCreation ? 201 : 200, body: JSON.stringify(written) };
  }
}

function failure(code: number, reason: string): { readonly status: number; readonly body: string } {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: reason,
    reason,
    details: { name: leaseName },
    code,
  };
  return { status: code, body: JSON.stringify(body) };
}
