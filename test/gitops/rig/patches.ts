import { canonicalJson, isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';

/** A step that does not fit the object; as a real API server answers it. */
export class PatchError extends Error {}

/** RFC 7396. */
export function mergePatched(target: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, JsonValue | undefined> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key];
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = isJsonObject(value) ? mergePatched(isJsonObject(before) ? before : {}, value) : value;
  }
  return result;
}

/** RFC 6902, with the operations test, add, replace and remove. */
export function jsonPatched(target: JsonObject, steps: readonly JsonObject[]): JsonObject {
  const result: Container = structuredClone<JsonObject>(target);
  for (const step of steps) take(result, step);
  return result;
}

type Container = Record<string, JsonValue | undefined>;

function take(root: Container, step: JsonObject): void {
  const { op, path, value = null } = step as { op: string; path: string; value?: JsonValue };
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  let parent: unknown = root;
  for (const key of keys) parent = isContainer(parent) ? parent[key] : undefined;
  if (!isContainer(parent)) throw new PatchError(`${op} operation does not apply: doc is missing path: "${path}"`);
  const known = parent[last];
  if (op === 'test') {
    if (canonicalJson(known ?? null) !== canonicalJson(value)) throw new PatchError(`testing value ${path} failed`);
    return;
  }
  if (op !== 'add' && known === undefined)
    throw new PatchError(`${op} operation does not apply: doc is missing key: ${path}`);
  if (Array.isArray(parent)) {
    const at = last === '-' ? parent.length : Number(last);
    parent.splice(at, op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value]));
  } else if (op === 'remove') Reflect.deleteProperty(parent, last);
  else parent[last] = value;
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

/**
 * Server-side apply as far as one manager goes who always forces: what it set before and does not set now goes, and
 * what it sets stands. Lists are taken whole.
 */
export function applied(live: JsonObject, before: JsonObject | undefined, wanted: JsonObject): JsonObject {
  return mergePatched(before === undefined ? live : withoutDropped(live, before, wanted), wanted);
}

function withoutDropped(live: JsonObject, before: JsonObject, wanted: JsonObject): JsonObject {
  const left: Container = { ...live };
  for (const [key, value] of Object.entries(before)) {
    const [standing, next] = [live[key], wanted[key]];
    if (isJsonObject(value) && isJsonObject(standing))
      left[key] = withoutDropped(standing, value, isJsonObject(next) ? next : {});
    else if (next === undefined) Reflect.deleteProperty(left, key);
    if (next === undefined && isJsonObject(left[key]) && Object.keys(left[key]).length === 0)
      Reflect.deleteProperty(left, key);
  }
  return left;
}
