import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { MaestroError } from '../../../src/errors.ts';
import type { JsonPatchStep, KubeApi } from '../../../src/gitops/kube/kube-api.ts';
import { textAt, objectAt } from '../../../src/core/json-fields.ts';

/**
 * One application of a hub: it takes JSON patches as an API server does, with a
 * version that every change raises. `before` runs at the moment a request
 * arrives, which is where another writer comes in.
 */
export class MemoryHub {
  object: JsonObject;
  /** Base versions of the patches that were taken. */
  readonly writtenOver: string[] = [];
  /** Versions that were handed out to the program under test. */
  readonly handedOut = new Set<string>();
  conflicts = 0;
  patches = 0;
  before: (verb: 'get' | 'patch') => void = () => undefined;

  constructor(object: JsonObject) {
    this.object = object;
    this.handedOut.add(this.version);
  }

  get version(): string {
    return textAt(objectAt(this.object, 'metadata'), 'resourceVersion');
  }

  /** What another writer leaves; told by no watch until a test does so. */
  write(change: (object: JsonObject) => JsonObject): void {
    const changed = change(this.object);
    this.object = {
      ...changed,
      metadata: { ...objectAt(changed, 'metadata'), resourceVersion: String(Number(this.version) + 1) },
    };
  }

  get kube(): KubeApi {
    const handOut = (): JsonObject => {
      this.handedOut.add(this.version);
      return this.object;
    };
    const api = {
      get: async () => {
        this.before('get');
        return handOut();
      },
      jsonPatch: async (_path: unknown, _ref: unknown, steps: readonly JsonPatchStep[]) => {
        this.before('patch');
        this.patches += 1;
        const over = this.version;
        let changed: JsonObject;
        try {
          changed = steps.reduce(applyStep, this.object);
        } catch (error) {
          this.conflicts += 1;
          throw error;
        }
        this.writtenOver.push(over);
        this.write(() => changed);
        return handOut();
      },
    };
    return api as unknown as KubeApi;
  }
}

/** One step of a JSON patch, as an API server takes it. @throws MaestroError conflict when its test fails */
export function applyStep(object: JsonObject, step: JsonPatchStep): JsonObject {
  const names = step.path
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (step.op !== 'test') return changedAt(object, names, step.op === 'remove' ? undefined : step.value);
  let value: JsonValue | undefined = object;
  for (const name of names) value = isJsonObject(value) ? value[name] : undefined;
  if (isDeepStrictEqual(value, step.value)) return object;
  throw new MaestroError('conflict', `the test of ${step.path} failed`, { delivery: 'refused' });
}

function changedAt(
  object: JsonObject,
  [name = '', ...rest]: readonly string[],
  value: JsonValue | undefined,
): JsonObject {
  if (rest.length > 0) return { ...object, [name]: changedAt(objectAt(object, name), rest, value) };
  const { [name]: _before, ...others } = object;
  return value === undefined ? others : { ...others, [name]: value };
}
