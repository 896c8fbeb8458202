import { expect } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { MaestroError } from '../../../src/errors.ts';
import type { JsonPatchStep, KubeApi, ObjectRef, ResourcePath } from '../../../src/gitops/kube/kube-api.ts';

const namespace = 'open-cluster-management';

export type Stored = Record<string, JsonValue>;

/** Objects that take JSON Patches as the API server does, with versions; `beforePatch` is somebody else. */
export class Hub implements Pick<KubeApi, 'get' | 'listPage' | 'jsonPatch'> {
  readonly objects = new Map<string, Stored>();
  readonly patched: string[] = [];
  beforePatch: (key: string) => void = () => undefined;
  hasHubs = true;

  put({ resource }: ResourcePath, name: string, object: JsonObject): void {
    const metadata = {
      namespace,
      name,
      uid: `uid-${name}`,
      resourceVersion: '1',
      ...(object['metadata'] as JsonObject),
    };
    this.objects.set(`${resource}/${name}`, { ...object, metadata });
  }

  of({ resource }: ResourcePath, name: string): Stored {
    return this.objects.get(`${resource}/${name}`) ?? {};
  }

  async get({ resource }: ResourcePath, { name }: ObjectRef): Promise<JsonObject | undefined> {
    return structuredClone(this.objects.get(`${resource}/${name}`));
  }

  async listPage({ resource }: ResourcePath): Promise<{ items: readonly JsonObject[]; resourceVersion: string }> {
    if (!this.hasHubs) throw new MaestroError('not-found', 'no such kind');
    return {
      items: [...this.objects].filter(([key]) => key.startsWith(`${resource}/`)).map(([, object]) => object),
      resourceVersion: '1',
    };
  }

  async jsonPatch(
    { resource }: ResourcePath,
    { name }: ObjectRef,
    steps: readonly JsonPatchStep[],
  ): Promise<JsonObject> {
    const key = `${resource}/${name}`;
    this.beforePatch(key);
    const object = structuredClone(this.objects.get(key)) ?? {};
    for (const { op, path, value } of steps) {
      const tokens = path
        .slice(1)
        .split('/')
        .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
      const last = tokens.pop() ?? '';
      const parent = tokens.reduce<Stored>((at, token) => at[token] as Stored, object);
      if (op === 'test' && parent[last] !== value) throw new MaestroError('conflict', 'it was written meanwhile');
      if (op === 'add') parent[last] = value ?? null;
      if (op === 'remove') {
        expect(Object.hasOwn(parent, last), path).toBe(true);
        delete parent[last];
      }
    }
    const metadata = object['metadata'] as Stored;
    metadata['resourceVersion'] = String(Number(metadata['resourceVersion']) + 1);
    this.objects.set(key, object);
    this.patched.push(key);
    return object;
  }
}
