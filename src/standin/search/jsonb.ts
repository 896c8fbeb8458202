import { isJsonObject } from '../../core/json.ts';
import type { JsonValue } from '../../core/json.ts';

/** PostgreSQL's `left @> right`. */
export function jsonbContains(left: JsonValue, right: JsonValue): boolean {
  // An array contains a bare scalar that is one of its members; nothing else mixes kinds.
  if (Array.isArray(left) && !Array.isArray(right) && !isJsonObject(right))
    return left.some((item: JsonValue) => item === right);
  return contains(left, right);
}

function contains(left: JsonValue, right: JsonValue): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return right.every((wanted: JsonValue) => left.some((item: JsonValue) => contains(item, wanted)));
  }
  if (isJsonObject(left) && isJsonObject(right)) {
    return Object.entries(right).every(([key, wanted]) => {
      const member = Object.hasOwn(left, key) ? left[key] : undefined;
      return member !== undefined && wanted !== undefined && contains(member, wanted);
    });
  }
  return left === right;
}

/** PostgreSQL's `->` along keys; undefined is SQL's NULL. A text key finds nothing in an array. */
export function jsonbAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let at = value;
  for (const key of path) {
    if (!isJsonObject(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}

/** PostgreSQL's text of a jsonb value, as `->>` gives it; null is SQL's NULL. */
export function jsonbText(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : printed(value);
}

function printed(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => printed(item)).join(', ')}]`;
  if (!isJsonObject(value)) return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
  const members = Object.keys(value)
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    .map((key) => `${JSON.stringify(key)}: ${printed(value[key] ?? null)}`);
  return `{${members.join(', ')}}`;
}
