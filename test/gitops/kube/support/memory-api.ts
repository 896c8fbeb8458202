import type { JsonObject } from '../../../../src/core/json.ts';
import { MaestroError } from '../../../../src/errors.ts';
import type { KubeApi, ObjectRef } from '../../../../src/gitops/kube/kube-api.ts';
import { objectAt, textAt } from '../../../../src/core/json-fields.ts';

/**
 * Objects by name in memory, with resource versions as the API server checks
 * them. Each write is recorded; `fault` may make a call fail or hang.
 */
export class MemoryApi implements KubeApi {
  readonly server = 'memory';
  readonly defaultNamespace = undefined;
  readonly objects = new Map<string, JsonObject>();
  readonly writes: { readonly verb: 'create' | 'update'; readonly object: JsonObject }[] = [];
  fault: (verb: 'get' | 'create' | 'update', object: JsonObject | undefined) => Promise<void> = async () => undefined;
  #version = 0;

  async get(_path: unknown, ref: ObjectRef): Promise<JsonObject | undefined> {
    await this.fault('get', undefined);
    return this.objects.get(ref.name);
  }

  async create(_path: unknown, _namespace: string | undefined, object: JsonObject): Promise<JsonObject> {
    await this.fault('create', object);
    const name = textAt(objectAt(object, 'metadata'), 'name');
    if (this.objects.has(name)) throw new MaestroError('conflict', `${name} is there already`, { delivery: 'refused' });
    return this.#store('create', name, object);
  }

  async update(_path: unknown, ref: ObjectRef, object: JsonObject): Promise<JsonObject> {
    await this.fault('update', object);
    const stored = this.objects.get(ref.name);
    if (stored === undefined) throw new MaestroError('not-found', `${ref.name} is not there`, { delivery: 'refused' });
    const version = (value: JsonObject): string => textAt(objectAt(value, 'metadata'), 'resourceVersion');
    if (version(stored) !== version(object))
      throw new MaestroError('conflict', `${ref.name} was changed`, { delivery: 'refused' });
    return this.#store('update', ref.name, object);
  }

  async listPage(): Promise<never> {
    throw new MaestroError('internal', 'nobody lists here');
  }

  watch(): AsyncIterable<never> {
    throw new MaestroError('internal', 'nobody watches here');
  }

  async jsonPatch(): Promise<never> {
    throw new MaestroError('internal', 'nobody patches here');
  }

  async delete(): Promise<never> {
    throw new MaestroError('internal', 'nobody deletes here');
  }

  async close(): Promise<void> {
    this.objects.clear();
  }

  #store(verb: 'create' | 'update', name: string, object: JsonObject): JsonObject {
    this.#version += 1;
    const stored = { ...object, metadata: { ...objectAt(object, 'metadata'), resourceVersion: String(this.#version) } };
    this.objects.set(name, stored);
    this.writes.push({ verb, object: stored });
    return stored;
  }
}
